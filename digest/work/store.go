package work

import (
	"context"
	"time"
)

// Store is what sharing work asks of the database.
type Store interface {
	// Plan makes the duties with these names, as they are given, unless they are
	// there; see [Duty.Scheduled] for those that are. It
	// sees to it that every source and every series has its own, and no other has.
	// What was done after now, by a clock that was ahead, is due again.
	Plan(ctx context.Context, now time.Time, duties ...Duty) error
	// Claim ends the workers whose leases ran out and takes the duty that is due longest
	// among the given kinds, or ok false. The error is of kind Conflict when the
	// caller is no worker any more.
	Claim(ctx context.Context, worker int64, kinds []Kind, now time.Time) (lease Lease, ok bool, err error)
	// ClaimNamed takes the duty of a name, whether it is due or not. The error is
	// of kind NotFound for an unknown name, and of kind Conflict when another
	// holds it or one in the same room.
	ClaimNamed(ctx context.Context, worker int64, name string, now time.Time) (Lease, error)
	// Complete ends a lease and sets the duty's next moment. The error is of kind
	// Conflict when the lease had been lost.
	Complete(ctx context.Context, l Lease, o Outcome) error
	// HandBack ends a lease without having done the work: it is due again at once.
	// A lease that is lost already is let go.
	HandBack(ctx context.Context, l Lease) error
	// LetGo ends the worker's leases on all duties but those with the given names:
	// claims whose answer never came. What is let go is due again at once.
	LetGo(ctx context.Context, worker int64, but []string) error
	// NextDue gives the moment at which something among the kinds is due that
	// nobody holds; zero if nothing is planned. A worker whose lease ran out makes it now.
	NextDue(ctx context.Context, kinds []Kind, now time.Time) (time.Time, error)
	// Wakes gives a channel that is told when something may have become due, until
	// ctx ends. It may be told too often or not at all: it only shortens a wait.
	Wakes(ctx context.Context) <-chan struct{}
}

// Joining is how a process becomes one of those that work on a database.
type Joining struct {
	// Patience is how long a server that says nothing is waited for; 0: as long as all
	// that writes waits for one that is away.
	Patience time.Duration
	Name     string // for people
	// Lease is how long the process may be silent; 0 is half a minute.
	Lease time.Duration
	// Alone refuses to join where others work already.
	Alone bool
}

// Worker is a process that works on a database, as a listing shows it.
type Worker struct {
	ID        int64
	Name      string
	StartedAt time.Time // by the database's clock
	// Until is when its lease runs out, by the database's clock; zero for one that
	// is a worker for as long as it lives.
	Until time.Time
	// Silent tells that it has missed a renewal: less than half of its lease is left, of
	// which one that lives has two thirds.
	Silent bool
}

// Member is this process as one of those that work on a database.
type Member interface {
	// ID tells workers apart; none is ever used again.
	ID() int64
	// Context ends when the lease is lost or the worker leaves; its cause says which.
	Context() context.Context
	// Valid tells whether the lease certainly holds at this moment, by this
	// machine's monotonic clock and without asking.
	Valid() bool
	// Present is how many workers there were when the lease was last renewed.
	Present() int
	// Leave ends the worker and hands back its duties, at once. It may be
	// called more than once.
	Leave()
}
