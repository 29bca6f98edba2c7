package main

import (
	"strings"
	"testing"

	"postbag/digest"
)

// Each reason is said in words, faults as such, and no other one.
func TestWhatIsLeftOutIsSaidByReason(t *testing.T) {
	got := strings.Join(leftOut(digest.Outs{digest.LinkNotice: 3, digest.EntryTooLarge: 1, digest.NotApproved: 1}), "\n")
	want := "1 entry could not be used: it is larger than 1 MB\n" +
		"3 entries left out: they are notices of links (pingbacks), not comments\n" +
		"1 entry left out: the blog has not approved it yet"
	if got != want {
		t.Errorf("said is\n%s\nnot\n%s", got, want)
	}
	for _, reason := range digest.AllLeftOut() {
		for n := 1; n <= 2; n++ {
			if words := reason.Words(n); words == string(reason) || words == "" {
				t.Errorf("%q has no words", reason)
			}
		}
	}
	if lines := leftOut(nil); lines != nil {
		t.Errorf("nothing left out is said as %q", lines)
	}
}
