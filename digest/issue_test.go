package digest_test

import (
	"slices"
	"testing"

	"postbag/digest"
)

var issueStates = []digest.IssueState{
	digest.Draft, digest.Approved, digest.Published, digest.Sending, digest.Paused,
	digest.Sent, digest.Skipped, digest.Cancelled, digest.Withdrawn,
}

// TestIssueMoves spells out which of all pairs of states are moves, as the
// package documentation draws them.
func TestIssueMoves(t *testing.T) {
	moves := map[digest.IssueState][]digest.IssueState{
		digest.Draft:     {digest.Approved, digest.Skipped, digest.Cancelled},
		digest.Approved:  {digest.Draft, digest.Published, digest.Cancelled},
		digest.Published: {digest.Sending, digest.Withdrawn},
		digest.Sending:   {digest.Paused, digest.Sent, digest.Withdrawn},
		digest.Paused:    {digest.Sending, digest.Withdrawn},
		digest.Sent:      {digest.Sending, digest.Withdrawn},
	}
	for _, from := range append(issueStates, "", "unknown") {
		for _, to := range append(issueStates, "", "unknown") {
			if got, want := from.To(to), slices.Contains(moves[from], to); got != want {
				t.Errorf("%s to %s: got %v, want %v", from, to, got, want)
			}
		}
	}
}

// TestNothingPublicIsEdited: no way leads from what readers have seen back to
// a state in which it could be changed.
func TestNothingPublicIsEdited(t *testing.T) {
	for _, from := range issueStates {
		if !from.Public() && from != digest.Withdrawn {
			continue
		}
		for _, to := range []digest.IssueState{digest.Draft, digest.Approved, digest.Skipped, digest.Cancelled} {
			if from.To(to) {
				t.Errorf("a %s issue can become %s", from, to)
			}
		}
	}
}

func TestPublic(t *testing.T) {
	want := []digest.IssueState{digest.Published, digest.Sending, digest.Paused, digest.Sent}
	for _, s := range issueStates {
		if got := s.Public(); got != slices.Contains(want, s) {
			t.Errorf("%s: public is %v", s, got)
		}
	}
}
