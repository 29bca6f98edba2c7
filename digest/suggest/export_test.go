package suggest

import (
	"slices"

	"postbag/digest"
)

// JudgeAlone applies the rules without comparing texts for copies and quotations.
func (r Rules) JudgeAlone(candidates []digest.Candidate) []Suggestion {
	j := r.judge(candidates)
	out := j.suggestions()
	rank(out)
	return out
}

// Words is how many words of its own a comment has.
func (s Suggestion) Words() int { return s.words }

// Bare gives suggestions without what they are compared by.
func Bare(all []Suggestion) []Suggestion {
	bare := slices.Clone(all)
	for i := range bare {
		bare[i].corpus, bare[i].terms = nil, nil
	}
	return bare
}
