package dispatch

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
)

// Store is what dispatching asks of the database.
type Store interface {
	Holds
	Workers
	Settlements
	// Publication, SeriesList and Counts are those of [desk.Store].
	Publication(ctx context.Context) (digest.Publication, error)
	SeriesList(ctx context.Context) ([]digest.Series, error)
	// SetDue moves the moment of an issue that is approved or published, and keeps
	// what was overridden. The error is of kind Conflict in any other state, and
	// while sending is held. So it is for one that is not as it was seen, here and below.
	SetDue(ctx context.Context, by digest.Actor, issueID int64, at time.Time, overrode digest.Override, seen digest.AsSeen) error
	// StopMailing leaves a published issue that is not being mailed yet without a moment,
	// so that it waits for somebody to send it. The error is of kind Conflict in any
	// other state.
	StopMailing(ctx context.Context, by digest.Actor, issueID int64, at time.Time, seen digest.AsSeen) error
	// IssueState reads where an issue stands.
	IssueState(ctx context.Context, issueID int64) (digest.IssueState, error)
	// SetIssueState moves an issue along sending ⇄ paused, and keeps why it pauses.
	SetIssueState(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, why digest.Pause, now time.Time, seen digest.AsSeen) error

	// Begin freezes the audience of a published issue; see [deliver.Ledger].
	Begin(ctx context.Context, m subscribers.Mailing, lastOfMonth bool) (subscribers.Mailing, error)
	Counts(ctx context.Context, issueID int64) (subscribers.Counts, error)
	// SetWaits keeps what the sending of an issue waits for, and Waits gives it; nothing for
	// one that is not being sent.
	SetWaits(ctx context.Context, issueID int64, w digest.Waits) error
	Waits(ctx context.Context, issueID int64) (digest.Waits, error)
	// NextTry gives the earliest moment at which a row of an issue is due; see [deliver.Ledger].
	NextTry(ctx context.Context, issueID int64) (time.Time, bool, error)
	// Deliveries lists deliveries of an issue, those in the given states.
	Deliveries(ctx context.Context, issueID int64, limit int, states ...subscribers.DeliveryState) ([]subscribers.Delivery, error)
	// ByDomain sums up an issue's mails for each receiving domain, with all of its rows read once.
	ByDomain(ctx context.Context, issueID int64) (*Domains, error)
	// Audience counts the readers by what they asked for.
	Audience(ctx context.Context) (subscribers.Audience, error)
}

// Workers are the processes that work on the database.
type Workers interface {
	// Join makes this process a worker; the error is of kind Conflict where none may join.
	Join(ctx context.Context, j work.Joining) (work.Member, error)
	// Workers lists the processes whose lease has not run out.
	Workers(ctx context.Context) ([]work.Worker, error)
	// LeftByItself tells whether a worker left before its lease ran out.
	LeftByItself(ctx context.Context, id int64) (bool, error)
}

// Options are what a [Sender] needs. Mailer, Transport and Writer are needed only by
// what mails.
type Options struct {
	Store     Store
	Desk      *desk.Desk
	Mailer    *deliver.Sender
	Transport deliver.Transport // of tests
	Writer    letters.Writer
	Clock     digest.Clock
	Log       *slog.Logger  // default: none
	Joining   work.Joining  // this process among those that work on the database
	LateAfter time.Duration // an issue later than this waits for the editor
	// PauseFor is how long [Sender.Deliver] waits for an issue to go on that was paused by
	// hand; 0 is five minutes.
	PauseFor time.Duration
}

// Sender publishes and mails issues.
type Sender struct {
	Options
	noted sync.Map // what each issue's sending waits for, as this process stored it
}

// New makes a sender.
func New(o Options) *Sender {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Sender{Options: o}
}
