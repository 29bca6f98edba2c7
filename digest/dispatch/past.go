package dispatch

import (
	"context"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
)

// PastIssue is an issue that readers saw, and what became of it.
type PastIssue struct {
	digest.Issue // without Blocks and Frozen
	// Sent, Refused and Doubt count its mails: taken by a server, refused for good, of
	// unknown fate.
	Sent, Refused, Doubt int
	// Left counts the readers who left, or complained, after its mailing began and
	// before the next one did.
	Left int
}

// MostCounted is how far the readers are counted who left.
const MostCounted = 100_000

// PastStore is what looking back asks of the database.
type PastStore interface {
	// PastIssues lists a series' issues that were published, the newest number first:
	// those below a number, 0 for all.
	PastIssues(ctx context.Context, seriesID int64, before, limit int) ([]PastIssue, error)
	// PastIssue tells what became of an issue.
	PastIssue(ctx context.Context, issue digest.Issue) (PastIssue, error)
	Deliveries(ctx context.Context, issueID int64, limit int, states ...subscribers.DeliveryState) ([]subscribers.Delivery, error)
	Revisions(ctx context.Context, issueID int64, limit int) ([]digest.Revision, error)
}

// Past looks back at issues.
type Past struct {
	Store PastStore
	Desk  *desk.Desk
}

// List lists the issues of a series that were published, the newest first: those below
// a number, 0 for all.
func (p Past) List(ctx context.Context, series digest.Series, before, limit int) ([]PastIssue, error) {
	return p.Store.PastIssues(ctx, series.ID, before, limit)
}

// Told is all that is told of an issue that was published.
type Told struct {
	PastIssue
	Series digest.Series
	// Refusals are mails that were refused or are in doubt, with the servers' words.
	Refusals []subscribers.Delivery
	// Moves are the changes of its state, the newest first: who approved it, and who
	// took it back.
	Moves []digest.Revision
}

// mostRefusals and mostMoves bound what is told of an issue.
const (
	mostRefusals = 100
	mostMoves    = 200
)

// Tell tells what became of an issue.
func (p Past) Tell(ctx context.Context, ref desk.Ref) (t Told, err error) {
	issue, series, err := p.Desk.Issue(ctx, ref)
	if err != nil {
		return t, err
	}
	t.Series = series
	if t.PastIssue, err = p.Store.PastIssue(ctx, issue); err != nil {
		return t, err
	}
	if t.Refusals, err = p.Store.Deliveries(ctx, issue.ID, mostRefusals, subscribers.Failed, subscribers.Uncertain); err != nil {
		return t, err
	}
	all, err := p.Store.Revisions(ctx, issue.ID, mostMoves)
	for _, r := range all {
		if r.Did != digest.Edited && r.Did != digest.Undone {
			t.Moves = append(t.Moves, r)
		}
	}
	return t, err
}
