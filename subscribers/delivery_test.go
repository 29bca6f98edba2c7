package subscribers_test

import (
	"strings"
	"testing"
	"time"

	"postbag/subscribers"
)

var deliveryStates = []subscribers.DeliveryState{
	subscribers.Queued, subscribers.Claimed, subscribers.InFlight, subscribers.Delivered, subscribers.Deferred,
	subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled,
}

func TestDeliveryStates(t *testing.T) {
	allowed := map[subscribers.DeliveryState]string{
		subscribers.Queued:    "claimed uncertain cancelled",
		subscribers.Claimed:   "sending queued uncertain cancelled",
		subscribers.InFlight:  "sent deferred failed uncertain queued",
		subscribers.Deferred:  "claimed queued sent uncertain cancelled",
		subscribers.Failed:    "sent queued",
		subscribers.Uncertain: "sent queued failed",
	}
	for _, from := range deliveryStates {
		for _, to := range deliveryStates {
			want := strings.Contains(" "+allowed[from]+" ", " "+string(to)+" ")
			if got := from.To(to); got != want {
				t.Errorf("%s to %s: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestTerminalStates(t *testing.T) {
	c := subscribers.Counts{}
	for _, s := range deliveryStates {
		c[s] = 1
	}
	if c.Total() != 8 || c.Open() != 4 {
		t.Errorf("total %d, open %d", c.Total(), c.Open())
	}
	for _, s := range subscribers.UnbegunStates() {
		if s.Terminal() || s == subscribers.InFlight {
			t.Errorf("%s is no state of an open row that is not begun", s)
		}
	}
	for _, s := range deliveryStates {
		if open := (subscribers.Counts{s: 1}).Open() == 1; open == s.Terminal() {
			t.Errorf("%s is open %v and terminal %v", s, open, s.Terminal())
		}
	}
}

// TestInDoubt has every policy, every cause and a message that got no answer
// before.
func TestInDoubt(t *testing.T) {
	for _, cause := range subscribers.Causes() {
		for unanswered := range 3 {
			want := subscribers.Deferred
			if cause == subscribers.NoAnswer && unanswered > 0 {
				want = subscribers.Uncertain
			}
			if got := subscribers.Resend.InDoubt(cause, unanswered); got != want {
				t.Errorf("resend, %q after %d: %s, want %s", cause, unanswered, got, want)
			}
			if got := subscribers.HoldUncertain.InDoubt(cause, unanswered); got != subscribers.Uncertain {
				t.Errorf("hold, %q after %d: %s", cause, unanswered, got)
			}
		}
	}
}

func TestMessageID(t *testing.T) {
	m := subscribers.Mailing{IssueID: 7, Begun: time.Unix(0, 0), Domain: "example.org"}
	salt := []byte("salt")
	id := m.MessageID(salt, 1)
	if !strings.HasSuffix(id, "@example.org") || len(id) != 32+len("@example.org") {
		t.Errorf("id %q", id)
	}
	later := m
	later.Begun = time.Unix(1e9, 0)
	if later.MessageID(salt, 1) != id {
		t.Error("a retry has another Message-ID")
	}
	seen := map[string]bool{id: true}
	for what, other := range map[string]string{
		"another reader":      m.MessageID(salt, 2),
		"another issue":       subscribers.Mailing{IssueID: 8, Domain: "example.org"}.MessageID(salt, 1),
		"swapped":             subscribers.Mailing{IssueID: 1, Domain: "example.org"}.MessageID(salt, 7),
		"another publication": m.MessageID([]byte("pepper"), 1),
	} {
		if seen[other] {
			t.Errorf("%s has the same Message-ID", what)
		}
		seen[other] = true
	}
}

func TestLettersShareNoMessageIDWithDeliveries(t *testing.T) {
	salt := []byte("salt")
	seen := map[string]bool{}
	for issue := range int64(30) {
		for reader := range int64(30) {
			seen[subscribers.Mailing{IssueID: issue - 2, Domain: "example.org"}.MessageID(salt, reader)] = true
		}
	}
	for id := range int64(900) {
		l := subscribers.Letter{ID: id}
		if m := l.MessageID(salt, "example.org"); seen[m] || m != l.MessageID(salt, "example.org") {
			t.Errorf("letter %d has the id %s", id, m)
		} else {
			seen[m] = true
		}
	}
}
