package work

import (
	"context"
	"fmt"
	"time"
)

// Kind tells what a duty is about.
type Kind string

// The kinds of duty whose moments follow from what is stored: every source has the
// first, and every series has the others. Those of the installation as a whole are
// in package duty.
const (
	Pull     Kind = "pull"     // ask a source's feeds
	Draft    Kind = "draft"    // open a series' next draft when it has none
	Deadline Kind = "deadline" // the moment of a series' next issue: publish it, or postpone it
	Remind   Kind = "remind"   // remind the editors of a draft that nobody has approved
	Deliver  Kind = "deliver"  // begin the mailing of a published issue
)

// Duty is one recurring piece of work.
type Duty struct {
	Name    string // "pull:3", "deadline:pick-of-the-week", "clean-up"
	Kind    Kind
	Subject int64 // a source's or a series' id, by kind; else 0
	// Room, when it is not empty, is what only one of its duties may use at a
	// time: the host that a source is fetched from.
	Room string
	// Next is the occurrence that is due next; zero while nothing is planned.
	Next time.Time
	// Scheduled tells, where duties are planned, that Next is of a schedule in the
	// settings: a duty that is there already takes it if that is sooner.
	Scheduled bool
	// Failures counts the runs in a row that failed, LastError is why the last
	// one did.
	Failures  int
	LastError string
}

// Listed is a duty as a listing shows it.
type Listed struct {
	Duty
	Zone   string // of the series' schedule; "" for none
	Worker string // the name of the one that is at it; "" for nobody
	// LeasedSince and LeasedUntil are by the database's clock; LeasedUntil is zero for
	// a lease that does not run out.
	LeasedSince, LeasedUntil time.Time
	LastDue, LastDone        time.Time
	Runs                     int64
	// Asks is what the editor is asked before it goes on; "" for nothing.
	Asks string
}

// Lease is a duty that this process has taken.
type Lease struct {
	Duty
	Worker int64 // the id of the worker that has it
	Fence  int64
}

// Outcome is how a run of a duty ended.
type Outcome struct {
	// Next is the next occurrence. Duties whose moment follows from what is
	// stored (pulls, and those of a series) take that moment, but none before
	// Next.
	Next time.Time
	// Err is why the run failed, nil if it did not.
	Err error
	// Now is when it ended.
	Now time.Time
}

type leaseKey struct{}

// WithLease gives a context under which the store writes only while the lease
// holds: another worker's fence is an error of kind Conflict, in the same
// transaction and before anything is written.
func WithLease(ctx context.Context, l Lease) context.Context {
	return context.WithValue(ctx, leaseKey{}, l)
}

// LeaseOf gives the lease that a context works under.
func LeaseOf(ctx context.Context) (Lease, bool) {
	l, ok := ctx.Value(leaseKey{}).(Lease)
	return l, ok
}

// NameOf gives the name of a duty with a subject: a source's id or a series' slug.
func NameOf(kind Kind, subject any) string { return fmt.Sprintf("%s:%v", kind, subject) }
