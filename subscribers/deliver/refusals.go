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

// refusals counts how the server takes an issue, to tell trouble with the sender
// from trouble with single addresses.
type refusals struct {
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

func newRefusals(c subscribers.Counts) *refusals {
	return &refusals{
		open:     c.Open(),
		total:    c.Total() - c[subscribers.Cancelled],
		accepted: c[subscribers.Delivered],
		tried:    c.Total() - c[subscribers.Queued] - c[subscribers.Claimed] - c[subscribers.Cancelled],
	}
}

// took counts an accepted message, or a failure that is not the sender's.
func (f *refusals) took(d subscribers.Delivery, accepted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d)
	if accepted {
		f.accepted++
	}
}

// refusal counts a refusal that may be our fault, with the server's words.
func (f *refusals) refusal(d subscribers.Delivery, ofSender bool, words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d)
	f.refused++
	if ofSender {
		f.sender++
	}
	share := f.refused >= refusedLeast && f.refused*100 >= f.tried*refusedShare
	everybody := f.sender >= f.total && f.accepted == 0
	if f.why == "" && (share || everybody) {
		f.why = fmt.Sprintf("%d of %d messages failed for what looks like our own fault; the last one: %s", f.refused, f.tried, words)
	}
}

// turnedAway counts a fresh connection that got a 421 to its first message.
func (f *refusals) turnedAway(words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy++
	if f.why == "" && f.accepted == 0 && f.busy >= refusedLeast {
		f.why = "the mail server turned away every connection: " + words
	}
}

func (f *refusals) count(d subscribers.Delivery) {
	if d.Attempts <= 1 {
		f.tried++
	}
}

// reason tells why the issue must pause, or gives "".
func (f *refusals) reason() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.why
}
