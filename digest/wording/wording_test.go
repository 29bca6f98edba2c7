package wording_test

import (
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/wording"
)

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct{ was, is, want string }{
		"the same":     {"one two", "one two", "one two"},
		"a word":       {"one two three", "one 2 three", "one -two-+2+ three"},
		"at the end":   {"one two.", "one two. And more.", "one two.+ And more.+"},
		"two words":    {"one two three four", "one 2 3 four", "one -two three-+2 3+ four"},
		"from nothing": {"", "one", "+one+"},
		"to nothing":   {"one", "", "-one-"},
		"by lines":     {"one\n\ntwo", "one\n\nnew\n\ntwo", "one\n\n+new\n\n+two"},
	} {
		got := ""
		for _, p := range wording.Compare(c.was, c.is) {
			mark := map[wording.Change]string{wording.Out: "-", wording.In: "+"}[p.Change]
			got += mark + p.Text + mark
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestCarry(t *testing.T) {
	was := "First one. Second one. Third one."
	second := digest.Range{Start: 11, End: 22}
	for name, c := range map[string]struct {
		is   string
		kept []digest.Range
		want string
		fits bool
	}{
		"unchanged":             {was, []digest.Range{second}, "Second one.", true},
		"a word before it":      {"Well. First one. Second one. Third one.", []digest.Range{second}, "Second one.", true},
		"a word within it":      {"First one. Second big one. Third one.", []digest.Range{second}, "Second big one.", false},
		"it is gone":            {"First one. Third one.", []digest.Range{second}, "", false},
		"one of two is left":    {"First one.", []digest.Range{{Start: 0, End: 10}, {Start: 23, End: 33}}, "First one.", false},
		"everything is another": {"Not a bit.", []digest.Range{second}, "", false},
	} {
		carried, fits := wording.Carry(wording.Compare(was, c.is), c.kept)
		var got []string
		for _, r := range carried {
			got = append(got, strings.TrimSpace(c.is[r.Start:r.End]))
		}
		if strings.Join(got, "|") != c.want || fits != c.fits {
			t.Errorf("%s: got %q, %v", name, got, fits)
		}
	}
}

// FuzzCompare holds that the parts are both texts, whatever these are, and that
// comparing ends soon.
func FuzzCompare(f *testing.F) {
	f.Add("one two", "one 2 two")
	f.Add(strings.Repeat("a b ", 3000), strings.Repeat("b c ", 3000))
	f.Fuzz(func(t *testing.T, a, b string) {
		began, was, is := time.Now(), "", ""
		for _, p := range wording.Compare(a, b) {
			if p.Change != wording.In {
				was += p.Text
			}
			if p.Change != wording.Out {
				is += p.Text
			}
		}
		if was != a || is != b {
			t.Errorf("%q and %q became %q and %q", a, b, was, is)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
