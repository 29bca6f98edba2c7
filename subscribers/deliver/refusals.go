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
	tried    int          // rows that were tried at least once
	refused  int          // rows that this run saw refused for what may be our fault
	others   int          // rows that failed for good for another cause, or before this run
	busy     int          // fresh connections turned away with a 421 while none was accepted
	newest   digest.Pause // the last such refusal
	why      digest.Pause // what the issue must pause for

	last   [lastLooked]bool // the last rows tried for the first time: which were refused
	at     int              // in last
	recent int              // refused among last
}

func newRefusals(c subscribers.Counts) *refusals {
	return &refusals{
		open:     c.Open(),
		total:    c.Total() - c[subscribers.Cancelled],
		accepted: c[subscribers.Delivered],
		others:   c[subscribers.Failed],
		tried:    c.Total() - c[subscribers.Queued] - c[subscribers.Claimed] - c[subscribers.Cancelled],
	}
}

// took counts an accepted message, or a failure for now that is not the sender's.
func (f *refusals) took(d subscribers.Delivery, accepted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, false)
	if accepted {
		f.accepted++
	}
}

// failed counts a failure for good that is not the sender's.
func (f *refusals) failed(d subscribers.Delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, false)
	f.others++
	f.judge()
}

// refusal counts a refusal that may be our fault, with the server's words and what the
// issue would be paused for.
func (f *refusals) refusal(d subscribers.Delivery, why digest.Pause) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, true)
	f.refused++
	f.newest = why
	f.judge()
}

// judge finds out whether the issue must pause: for a share of its readers, for too many
// of the last, or because nobody took it and nobody is left who might. The last holds of
// an issue of few readers, where no share says anything.
func (f *refusals) judge() {
	share := f.refused >= refusedLeast && f.refused*100 >= f.tried*refusedShare
	nobody := f.refused > 0 && f.accepted == 0 && f.refused+f.others >= f.total
	pause := func(of string, args ...any) {
		f.why = digest.Pause{Cause: f.newest.Cause, Detail: fmt.Sprintf(of, args...) + " failed for what looks like our own fault; the last one: " + f.newest.Detail}
	}
	switch {
	case f.why.Cause != digest.NotPaused:
	case share || nobody:
		pause("%d of %d messages", f.refused, f.tried)
	case f.recent >= lastRefused:
		pause("%d of the last %d messages", f.recent, lastLooked)
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
