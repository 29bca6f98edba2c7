// Package health says how an installation is, as data: what was pulled last, what
// waits, and what needs a person. Commands and pages print it their own way.
package health

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

// Limit is how far the counts of a [Stored] go: a larger number is told as this
// one, so that asking stays cheap however long the list is.
const Limit = 100_000

// Stored is what the database counts of itself. No count goes beyond [Limit].
type Stored struct {
	Schema   int       // the schema's version
	LastPull time.Time // the newest good answer of any feed, zero if none
	// FailingFeeds counts feeds whose last poll failed, by hand or not.
	FailingFeeds int
	// Newest is the newest issue of any series, without Blocks and Frozen; its ID
	// is 0 if there is none.
	Newest digest.Issue
	// Open counts the deliveries of sending and paused issues to which something
	// will still happen, and Uncertain those of any issue that wait for a person.
	Open, Uncertain int
	// Letters counts the single letters not sent yet.
	Letters int
	// Active counts the subscribers who get the next issue.
	Active int
}

// Status is how an installation is.
type Status struct {
	Stored
	Workers   int       // processes that do what is due
	HeldSince time.Time // since when all sending is held; zero: it is not
	// TooLate are the issues that wait for the editor because their moment passed
	// too long ago.
	TooLate []digest.Issue
	// UnderWay are the issues that wait for their moment or are being mailed, paused
	// ones among them, by their moment.
	UnderWay []digest.Issue
	// Overdue are those of them that should go out by now, and do not because no worker
	// is there.
	Overdue []digest.Issue
}

// OverdueAfter is how long after its moment an issue that nobody works on is overdue: a
// worker that is starting takes less.
const OverdueAfter = 2 * time.Minute

// Waits tells whether anything waits for a worker while none is there.
func (s Status) Waits() bool {
	return s.Workers == 0 && (len(s.UnderWay) > 0 || s.Open > 0 || s.Letters > 0)
}

// Store is what health asks of the database.
type Store interface {
	// Ping tells whether the database answers, by the cheapest question there is.
	Ping(ctx context.Context) error
	// Writable fails when nothing can be stored.
	Writable(ctx context.Context) error
	Status(ctx context.Context) (Stored, error)
	Workers(ctx context.Context) ([]work.Worker, error)
	HeldSince(ctx context.Context) (time.Time, error)
	// IssuesIn lists the issues in some states, without Blocks and Frozen.
	IssuesIn(ctx context.Context, states ...digest.IssueState) ([]digest.Issue, error)
}

// Health asks how an installation is.
type Health struct {
	Store Store
	Clock digest.Clock
}

// Status says how the installation is.
func (h Health) Status(ctx context.Context) (s Status, err error) {
	if s.Stored, err = h.Store.Status(ctx); err != nil {
		return s, err
	}
	workers, err := h.Store.Workers(ctx)
	if err != nil {
		return s, err
	}
	s.Workers = len(workers)
	if s.HeldSince, err = h.Store.HeldSince(ctx); err != nil {
		return s, err
	}
	under, err := h.Store.IssuesIn(ctx, append(digest.WaitingStates(), digest.MailingStates()...)...)
	if err != nil {
		return s, err
	}
	late := h.Clock.Now().Add(-OverdueAfter)
	for _, issue := range under {
		switch {
		case issue.Asks == digest.AsksLate:
			s.TooLate = append(s.TooLate, issue)
			continue
		case issue.State == digest.Published && issue.DueAt.IsZero():
			continue // it is on the web, and is not to be mailed
		}
		s.UnderWay = append(s.UnderWay, issue)
		isDue := !issue.DueAt.IsZero() && issue.DueAt.Before(late) && issue.State != digest.Paused
		if isDue && s.Workers == 0 && s.HeldSince.IsZero() {
			s.Overdue = append(s.Overdue, issue)
		}
	}
	return s, nil
}

// What is listed of the work that is shared.
type (
	// Worker is a process that works on the database.
	Worker = work.Worker
	// Duty is something that is done by itself.
	Duty = work.Listed
)
