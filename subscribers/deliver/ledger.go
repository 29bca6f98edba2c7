package deliver

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Ledger is what delivering asks of the database. Every method is one
// transaction and is durable when it returns.
type Ledger interface {
	// Begin moves an issue from published to sending, and with it freezes the
	// audience: one queued row for every active subscriber who wants this issue
	// (monthly subscribers only when lastOfMonth). For an issue that is already
	// sending, paused or sent it changes nothing and gives the mailing made
	// before. Any other state is an error of kind Conflict, and so is any state
	// while sending is held.
	Begin(ctx context.Context, m subscribers.Mailing, lastOfMonth bool) (subscribers.Mailing, error)
	// Exchange settles results, begins claimed rows and claims due ones, in this
	// order; see [Exchange]. It begins and claims nothing unless the issue is
	// sending and x.Worker, if set, still has its lease, nor while sending is held.
	Exchange(ctx context.Context, x Exchange) (Exchanged, error)
	// Recover deals with rows that were claimed by a worker that has ended,
	// or by r.Worker, which works on no row.
	// Claimed ones are queued again; those in "sending" become what r.Policy says
	// ([subscribers.Ambiguity.InDoubt]), the deferred ones until r.Retry. It gives
	// the number of the latter. Rows whose next try is farther ahead than [FarthestTry]
	// are due.
	Recover(ctx context.Context, r Recovery) (inDoubt int, err error)
	// Counts gives the rows of an issue by state.
	Counts(ctx context.Context, issueID int64) (subscribers.Counts, error)
	// NextTry gives the earliest moment at which a queued or deferred row of an
	// issue is due; ok is false when there is none.
	NextTry(ctx context.Context, issueID int64) (at time.Time, ok bool, err error)
	// Finish moves a sending issue whose rows are all terminal to sent, and
	// tells whether the issue is sent.
	Finish(ctx context.Context, issueID int64, now time.Time) (bool, error)
	// SetIssueState moves an issue along sending ⇄ paused; the move to the state
	// it has already changes nothing. With a pause for refusals, the rows that were
	// refused for what may be our own fault ([subscribers.Cause.MayBeOurs]) are queued
	// again as if they had never been tried, and so are those whose refusal is
	// settled during that pause; with one for unknown addresses also those whose address
	// was refused, and [subscribers.Mailing.UnknownAsked] is so from then on.
	SetIssueState(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, why digest.Pause, now time.Time, seen digest.AsSeen) error
	// IssueState reads where an issue stands.
	IssueState(ctx context.Context, issueID int64) (digest.IssueState, error)
}

// Exchange is one step of the conversation with the ledger.
type Exchange struct {
	IssueID int64
	Worker  int64 // the asking worker; 0 for a process that is none
	// Settle are results. One is taken only if the row is "sending", or claimed if
	// it is to be queued again, under the same fence.
	Settle []Result
	// Begin are claimed rows whose messages are sent next: they are on the wire, which
	// counts as "sending", and the attempt is counted. One whose address may not be
	// mailed any more is cancelled instead; one that cannot be begun for another reason
	// is queued again, or is another's already.
	Begin []subscribers.Delivery
	// Rate limits how many of Begin are begun now, over all issues and processes.
	Rate Rate
	// Claim is how many due rows to claim at most. Rows deferred until later than
	// Now are not due.
	Claim int
	Now   time.Time
}

// Exchanged is what an [Exchange] gives: the rows begun, in the order asked for,
// and the rows claimed.
type Exchanged struct {
	Begun, Claimed []subscribers.Delivery
	// Waiting is how many of the rows to begin, the last ones, are claimed still: the
	// rate lets none through before Next.
	Waiting int
	Next    time.Time
	// Stopped tells that nothing could be begun or claimed, because the issue is not
	// being sent or sending is held.
	Stopped bool
}

// Recovery is what [Ledger.Recover] is asked.
type Recovery struct {
	IssueID    int64
	Worker     int64 // the asking worker; 0 for a process that is none
	Policy     subscribers.Ambiguity
	Retry, Now time.Time
}

// Result is what became of one claimed delivery.
type Result struct {
	DeliveryID int64
	Fence      int // of the claim
	State      subscribers.DeliveryState
	NextTry    time.Time // for deferred and queued
	At         time.Time
	subscribers.Outcome
}
