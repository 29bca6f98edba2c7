package deliver

import (
	"fmt"
	"sync"

	"postbag/digest"
	"postbag/subscribers"
)

const (
	// So many refusals of the sender pause an issue, if they are at least this
	// many in a hundred of all rows tried.
	refusedLeast = 5
	refusedShare = 10
	// So many refusals among the last so many first tries of a run pause it too: a
	// server that begins to refuse after half a million messages is not asked fifty
	// thousand times more.
	lastLooked  = 100
	lastRefused = 50
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
	why      digest.Pause

	last   [lastLooked]bool // the last rows tried for the first time: which were refused
	at     int              // in last
	recent int              // refused among last
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
	f.count(d, false)
	if accepted {
		f.accepted++
	}
}

// refusal counts a refusal that may be our fault, with the server's words and what the
// issue would be paused for.
func (f *refusals) refusal(d subscribers.Delivery, ofSender bool, why digest.Pause) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, true)
	f.refused++
	if ofSender {
		f.sender++
	}
	share := f.refused >= refusedLeast && f.refused*100 >= f.tried*refusedShare
	everybody := f.sender >= f.total && f.accepted == 0
	switch {
	case f.why.Cause != digest.NotPaused:
	case share || everybody:
		f.why = digest.Pause{Cause: why.Cause, Detail: fmt.Sprintf("%d of %d messages failed for what looks like our own fault; the last one: %s", f.refused, f.tried, why.Detail)}
	case f.recent >= lastRefused:
		f.why = digest.Pause{Cause: why.Cause, Detail: fmt.Sprintf("%d of the last %d messages failed for what looks like our own fault; the last one: %s", f.recent, lastLooked, why.Detail)}
	}
}

// turnedAway counts a fresh connection that got a 421 to its first message.
func (f *refusals) turnedAway(words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy++
	if f.why.Cause == digest.NotPaused && f.accepted == 0 && f.busy >= refusedLeast {
		f.why = digest.Pause{Cause: digest.PauseRefused, Detail: "the mail server turned away every connection: " + words}
	}
}

// count counts a row that is tried for the first time, or anew after a pause for
// refusals, which takes its earlier tries back.
func (f *refusals) count(d subscribers.Delivery, refused bool) {
	if d.Attempts > 1 {
		return
	}
	f.tried++
	if f.last[f.at] {
		f.recent--
	}
	if f.last[f.at] = refused; refused {
		f.recent++
	}
	f.at = (f.at + 1) % lastLooked
}

// reason tells why the issue must pause; its cause is [digest.NotPaused] if it need not.
func (f *refusals) reason() digest.Pause {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.why
}
