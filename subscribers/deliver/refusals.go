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
	// Addresses that are refused for good pause an issue if they are half of the last first
	// tries of a run, once it has tried so many, or, of an issue of fewer readers, all of at
	// least so many.
	unknownLeast = 20
	unknownAll   = 5
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

	last    [lastLooked]answerTo // the last rows tried for the first time
	at      int                  // in last
	looked  int                  // how many last holds
	recent  int                  // refused for what may be our fault, among last
	unknown int                  // addresses refused for good, among last

	unknownAsked bool   // the mailing has paused for addresses already, and a person let it go on
	unknownWords string // of the last such refusal
}

// answerTo is what a first try came to.
type answerTo int

const (
	otherAnswer   answerTo = iota
	ours                   // refused for what may be our fault
	unknownToThem          // the address was refused for good
)

func newRefusals(c subscribers.Counts, m subscribers.Mailing) *refusals {
	return &refusals{
		unknownAsked: m.UnknownAsked,

		open:     c.Open(),
		total:    c.Total() - c[subscribers.Cancelled],
		accepted: c[subscribers.Delivered],
		others:   c[subscribers.Failed],
		tried:    c.Total() - c[subscribers.Queued] - c[subscribers.Claimed] - c[subscribers.Cancelled],
	}
}

// took counts an accepted message, or a temporary failure that is not the sender's.
func (f *refusals) took(d subscribers.Delivery, accepted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, otherAnswer)
	if accepted {
		f.accepted++
	}
}

// failed counts a failure for good that is not the sender's.
func (f *refusals) failed(d subscribers.Delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, otherAnswer)
	f.others++
	f.judge()
}

// addressRefused counts an address that was refused for good, with the server's words.
func (f *refusals) addressRefused(d subscribers.Delivery, words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, unknownToThem)
	f.others++
	f.unknownWords = words
	f.judge()
}

// refusal counts a refusal that may be our fault, with the server's words and what the
// issue would be paused for.
func (f *refusals) refusal(d subscribers.Delivery, why digest.Pause) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count(d, ours)
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
	case f.manyUnknown():
		f.why = digest.Pause{Cause: digest.PauseUnknown, Detail: fmt.Sprintf("%d of the last %d readers tried were refused as unknown, and none of them was taken off the list; the last answer: %s", f.unknown, f.looked, f.unknownWords)}
	}
}

// manyUnknown tells whether so many addresses were refused for good that the server is
// more likely wrong than the list. It asks once for each issue.
func (f *refusals) manyUnknown() bool {
	if f.unknownAsked {
		return false
	}
	return f.looked >= unknownLeast && f.unknown*2 >= f.looked ||
		f.total < unknownLeast && f.unknown >= unknownAll && f.unknown == f.looked && f.accepted == 0
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
func (f *refusals) count(d subscribers.Delivery, answer answerTo) {
	if d.Attempts > 1 {
		return
	}
	f.tried++
	if f.looked == lastLooked {
		f.among(f.last[f.at], -1)
	} else {
		f.looked++
	}
	f.last[f.at] = answer
	f.among(answer, 1)
	f.at = (f.at + 1) % lastLooked
}

// among adds to what the last first tries came to.
func (f *refusals) among(answer answerTo, n int) {
	switch answer {
	case ours:
		f.recent += n
	case unknownToThem:
		f.unknown += n
	}
}

// reason tells why the issue must pause; its cause is [digest.NotPaused] if it need not.
func (f *refusals) reason() digest.Pause {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.why
}
