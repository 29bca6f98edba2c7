package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A table on a screen is cut where its lines end, unless that would leave nothing
// worth reading of its last column.
func TestFit(t *testing.T) {
	table := "ID  WRITER  WORDS BEGIN\n1   Inès    " + strings.Repeat("é", 60) + "\n2   Ro      short\n"
	for _, c := range []struct{ width, longest int }{{0, 72}, {30, 72}, {40, 40}, {80, 72}} {
		longest := 0
		for _, line := range strings.Split(fit(table, c.width), "\n") {
			longest = max(longest, utf8.RuneCountInString(line))
		}
		if longest != c.longest {
			t.Errorf("at %d the longest line has %d characters, want %d", c.width, longest, c.longest)
		}
	}
	if got := fit(table, 40); !strings.Contains(got, "é…\n") || !strings.Contains(got, "short\n") {
		t.Errorf("got\n%s", got)
	}
}
