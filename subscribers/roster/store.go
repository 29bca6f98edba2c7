package roster

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Store is what the operator's side of the list asks of the database.
type Store interface {
	// Enrol stores people in one transaction and tells what became of each, in
	// the same order. A new one is stored in the state, and with the moments,
	// its entry has. A known address is left as it is, whatever its state: an
	// import never brings back who left. But an entry that left, bounced or
	// complained ends the subscription of a known address, active or pending, and
	// its open confirmations with it. With dryRun nothing is written. What the audit
	// list says of it is told, nothing where that says nobody; of one import, which
	// began at told.At, it says it once.
	Enrol(ctx context.Context, told digest.Audited, people []Entry, dryRun bool) ([]Enrolled, error)
	// Subscribers calls yield for each subscriber that matches, by address key,
	// until yield gives an error, which it passes on.
	Subscribers(ctx context.Context, filter Filter, yield func(subscribers.Subscriber) error) error
	// AddAudited adds a row to the audit list, of something that changes nothing else.
	AddAudited(ctx context.Context, told digest.Audited) error
	// SubscriberCounts counts subscribers by state.
	SubscriberCounts(ctx context.Context) (map[subscribers.State]int, error)
}

// Entry is a person to enrol.
type Entry struct {
	At time.Time // when it is enrolled
	// Subscriber has its Token and any State set: who left, bounced or
	// complained elsewhere is stored as such, with LeftAt, and is not mailed.
	Subscriber subscribers.Subscriber
	Consent    subscribers.Consent
	// Mailbox is what the limits on sign-ups count this address by.
	Mailbox string
	// Confirm, for a pending one, is the token of the confirmation to mail,
	// which works until Expires; empty when no mail is wanted.
	Confirm string
	Expires time.Time
}

// Enrolled tells what became of an entry.
type Enrolled string

// The outcomes of enrolling.
const (
	Added      Enrolled = "added"
	Known      Enrolled = "known"      // already on the list, active or pending
	Ended      Enrolled = "ended"      // was on the list, active or pending, and left by this entry
	Kept       Enrolled = "kept out"   // unsubscribed, bounced or complained before
	Duplicated Enrolled = "duplicated" // twice in the same input
)

// Gone tells whether the entry is of somebody who may not be mailed any more.
func (e Entry) Gone() bool { return e.Subscriber.State.Suppressed() }

// Filter selects subscribers; zero fields select all.
type Filter struct {
	State subscribers.State
	Text  string // the address must contain it
	Limit int
}
