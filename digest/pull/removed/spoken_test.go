package removed

import (
	"testing"

	"postbag/digest"
	"postbag/digest/webpage"
)

// A page says a comment's words however it draws what stands between them.
func TestSpoken(t *testing.T) {
	word := func(s string) digest.Span { return digest.Span{Text: s} }
	page := webpage.Letters("Ann: The moths came back on Tuesday, all a²+b²=c² of them, and they sat on the porch light until the morning bus.")
	for name, c := range map[string]struct {
		spans []digest.Span
		want  bool
	}{
		"plain":             {[]digest.Span{word("The moths came back on Tuesday, all")}, true},
		"another's":         {[]digest.Span{word("The moths never came back on Tuesday")}, false},
		"too short":         {[]digest.Span{word("The moths")}, false},
		"around a formula":  {[]digest.Span{word("all "), {Text: "[formula: x]", Stands: digest.Formula}, word(" of them, and they sat on the porch light until the morning bus.")}, true},
		"another's, around": {[]digest.Span{word("all "), {Text: "[formula: x]", Stands: digest.Formula}, word(" of us, and they sat on the porch light until the morning bus.")}, false},
		"nothing but marks": {[]digest.Span{{Text: "[picture: The moths came back on Tuesday]", Stands: digest.Picture}}, false},
	} {
		if got := spoken(page, digest.Prose{{Spans: c.spans}}); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
