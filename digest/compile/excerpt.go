package compile

import (
	"postbag/digest"
	"postbag/digest/prose"
)

// beginning gives what a short excerpt of words is taken from: the writer's own,
// without what they quote of others, where they wrote anything beside it. What
// stands before the first word and is not the writer's is left out, the mark of a cut
// or a note: an excerpt does not claim to begin where the comment did.
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
	if len(own) == 0 {
		return own
	}
	first := own[0]
	for len(first.Spans) > 0 && first.Spans[0].Ours {
		first.Spans = first.Spans[1:]
	}
	return append(digest.Prose{first}, own[1:]...)
}
