package field_test

import (
	"testing"

	"postbag/digest/field"
)

func TestShort(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"plain", 5, "plain"},
		{"plain", 3, "pla"},
		{"cafe\u0301s", 4, "caf"},
		{"ab👍🏽cd", 3, "ab"},
		{"ab👍🏽cd", 4, "ab👍🏽"},
		{"🇩🇪🇫🇷", 3, "🇩🇪"},
		{"👩\u200d👧", 2, ""},
	} {
		if got := field.Short(c.text, c.limit); got != c.want {
			t.Errorf("Short(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestHTML(t *testing.T) {
	for text, want := range map[string]string{
		"1 < 2 &\r\nb":        "1 &lt; 2 &amp;<br>b",
		"if x:\n    y\n z":    "if x:<br>&nbsp;&nbsp;&nbsp;&nbsp;y<br> z",
		"a\n\tb\n\n  c":       "a<br>&nbsp;&nbsp;&nbsp;&nbsp;b<br><br>&nbsp;&nbsp;c",
		"  first, a\x00 line": "  first, a line",
	} {
		if got := field.HTML(text); got != want {
			t.Errorf("HTML(%q) = %q, want %q", text, got, want)
		}
	}
}
