package deliver

import (
	"fmt"
	"sync"

	"postbag/subscribers"
)

const (
	// So many refusals of the sender pause an issue, if they are at least this
	// many in a hundred of all rows tried.
	refusedLeast = 5
	refusedShare = 10
)

// tally counts how the server takes an issue, to tell trouble with the sender
// from trouble with single addresses.
type tally struct {
	open  int // rows to which something was to happen when the run began
	total int

	mu       sync.Mutex
	accepted int
	tried    int // rows that were tried at least once
	refused  int // rows that this run saw refused for what may be our fault
	sender   int // of those, certainly for the sender
	busy     int // fresh connections turned away with a 421 while none was accepted
	why      string
}

func newTally(c subscribers.Counts) *tally {
	return &tally{
		open:     c.Open(),
		total:    c.Total() - c[subscribers.Cancelled],
		accepted: c[subscribers.Delivered],
		tried:    c.Total() - c[subscribers.Queued] - c[subscribers.Cancelled],
	}
}

// took counts an accepted message, or a failure that is not the sender's.
func (t *tally) took(d subscribers.Delivery, accepted bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count(d)
	if accepted {
		t.accepted++
	}
}

// refusal counts a refusal that may be our fault, with the server's words.
func (t *tally) refusal(d subscribers.Delivery, ofSender bool, words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count(d)
	t.refused++
	if ofSender {
		t.sender++
	}
	share := t.refused >= refusedLeast && t.refused*100 >= t.tried*refusedShare
	everybody := t.sender >= t.total && t.accepted == 0
	if t.why == "" && (share || everybody) {
		t.why = fmt.Sprintf("%d of %d messages failed for what looks like our own fault; the last one: %s", t.refused, t.tried, words)
	}
}

// turnedAway counts a fresh connection that got a 421 to its first message.
func (t *tally) turnedAway(words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy++
	if t.why == "" && t.accepted == 0 && t.busy >= refusedLeast {
		t.why = "the mail server turned away every connection: " + words
	}
}

func (t *tally) count(d subscribers.Delivery) {
	if d.Attempts <= 1 {
		t.tried++
	}
}

// reason tells why the issue must pause, or gives "".
func (t *tally) reason() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.why
}
