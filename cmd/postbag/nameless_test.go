package main

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
)

// TestNamelessWritersAreAnonymous also where a comment's post is not known yet.
func TestNamelessWritersAreAnonymous(t *testing.T) {
	var c digest.ListedComment
	c.Words, c.State = 3, "new"
	if got, want := headOf(c), "Anonymous, undated, 3 words, new\n"; got != want {
		t.Errorf("a comment begins %q, want %q", got, want)
	}
	c.Author, c.PostURL = "Ines", "https://kelp.example/tide"
	if got, want := headOf(c), "Ines, undated, 3 words, new\non \"https://kelp.example/tide\"\n"; got != want {
		t.Errorf("a comment begins %q, want %q", got, want)
	}
	var b strings.Builder
	row := desk.Row{Number: 2}
	row.Comment.URL = "https://kelp.example/tide#c7"
	(&Program{Stderr: &b}).sayUnchecked([]desk.Row{row})
	if want := "  pick 2, by Anonymous  https://kelp.example/tide#c7\n"; !strings.HasSuffix(b.String(), want) {
		t.Errorf("an unchecked pick reads %q, want %q", b.String(), want)
	}
}
