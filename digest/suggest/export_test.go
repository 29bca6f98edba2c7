package suggest

import "postbag/digest"

// JudgeAlone applies the rules without comparing texts for copies and quotations.
func (r Rules) JudgeAlone(candidates []digest.Candidate) []Suggestion {
	j := r.judge(candidates)
	out := make([]Suggestion, len(candidates))
	for i := range candidates {
		out[i] = j.suggestion(i)
	}
	rank(out)
	return out
}

// Words is how many words of its own a comment has.
func (s Suggestion) Words() int { return s.words }
