package compile_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/prose"
)

// FuzzToggleSentence: whatever a comment holds, cutting one of its sentences and
// restoring it gives the whole, and no other sentence is touched meanwhile.
func FuzzToggleSentence(f *testing.F) {
	f.Add("I can't. Not at 7.5 an hour!’s what he said… “Really?”he asked. U.S.A. Then 5.Then\nnew line")
	f.Add("夜行バス。眠い。そう?はい")
	f.Add("ends?yes!No.no a.b c’d e’ f")
	f.Fuzz(func(t *testing.T, text string) {
		p := digest.Plain(strings.ToValidUTF8(text, "?"))
		all := prose.Sentences(p)
		for i, s := range all {
			if cut.Snap(p, s) != s {
				t.Errorf("the sentence %q of %q is no whole words", p.Text()[s.Start:s.End], p.Text())
			}
			kept, err := cut.Without(p, nil, s)
			if err != nil {
				continue // nothing would be kept
			}
			for j, other := range all {
				if cut.Holds(p, kept, other) != (i != j) && prose.CountWords(p.Text()[other.Start:other.End]) > 0 {
					t.Errorf("with sentence %d of %q cut, sentence %d is kept: %v", i+1, p.Text(), j+1, i == j)
				}
			}
			if _, err = cut.With(p, kept, s); err != nil {
				t.Errorf("restoring %d of %q: %v", i+1, p.Text(), err)
			}
		}
	})
}
