package subscribers_test

import (
	"strings"
	"testing"
	"time"

	"postbag/subscribers"
)

var deliveryStates = []subscribers.DeliveryState{
	subscribers.Queued, subscribers.InFlight, subscribers.Delivered, subscribers.Deferred,
	subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled,
}

func TestDeliveryStates(t *testing.T) {
	allowed := map[subscribers.DeliveryState]string{
		subscribers.Queued:    "sending cancelled",
		subscribers.InFlight:  "sent deferred failed uncertain queued",
		subscribers.Deferred:  "sending failed cancelled",
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
	if c.Total() != 7 || c.Open() != 3 {
		t.Errorf("total %d, open %d", c.Total(), c.Open())
	}
	for _, s := range deliveryStates {
		if open := (subscribers.Counts{s: 1}).Open() == 1; open == s.Terminal() {
			t.Errorf("%s is open %v and terminal %v", s, open, s.Terminal())
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
