package compile_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/prose"
)

// FuzzTrimBySentence: whatever a comment holds, each of its sentences can be kept
// alone or cut alone.
func FuzzTrimBySentence(f *testing.F) {
	f.Add("I can't. Not at 7.5 an hour!’s what he said… “Really?”he asked. U.S.A. Then 5.Then\nnew line")
	f.Add("夜行バス。眠い。そう?はい")
	f.Add("ends?yes!No.no a.b c’d e’ f")
	f.Fuzz(func(t *testing.T, text string) {
		p := digest.Plain(strings.ToValidUTF8(text, "?"))
		text = p.Text()
		all := prose.Sentences(p)
		for i, s := range all {
			if prose.CountWords(text[s.Start:s.End]) > 0 {
				keep(t, p, s)
			}
			var rest []digest.Range
			if i > 0 {
				rest = append(rest, digest.Range{Start: 0, End: all[i-1].End})
			}
			if i+1 < len(all) {
				rest = append(rest, digest.Range{Start: all[i+1].Start, End: len(text)})
			}
			words := 0
			for _, r := range rest {
				words += prose.CountWords(text[r.Start:r.End])
			}
			if words > 0 {
				keep(t, p, rest...)
			}
		}
	})
}

func keep(t *testing.T, p digest.Prose, ranges ...digest.Range) {
	t.Helper()
	if _, err := cut.Keep(p, ranges); err != nil {
		t.Errorf("%q cannot be trimmed to %v: %v", p.Text(), ranges, err)
	}
}
