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
