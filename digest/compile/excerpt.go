package compile

import (
	"postbag/digest"
	"postbag/digest/prose"
)

// beginning gives what a short excerpt of words is taken from: the writer's own,
// without what they quote of others, where they wrote anything beside it. The
// mark of a cut before the first word is left out, for an excerpt does not claim
// to begin where the comment did.
func beginning(words digest.Prose) digest.Prose {
	var own digest.Prose
	for _, para := range words {
		if para.Kind != digest.Quote {
			own = append(own, para)
		}
	}
	if prose.IsEmpty(own) {
		own = words
	}
	if len(own) == 0 || len(own[0].Spans) == 0 || !own[0].Spans[0].Ours {
		return own
	}
	first := own[0]
	first.Spans = first.Spans[1:]
	return append(digest.Prose{first}, own[1:]...)
}
