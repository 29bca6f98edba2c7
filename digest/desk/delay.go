package desk

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
)

// anotherDay is how long a draft is given that needs more time.
const anotherDay = 24 * time.Hour

// Waiting gives a draft that waits for a moment, whole. The error is of kind Conflict when
// it is no draft any more, or waits for another moment by now, and tells who did that.
func (d *Desk) Waiting(ctx context.Context, id int64, due time.Time) (digest.Issue, digest.Series, error) {
	issue, err := d.store.IssueByID(ctx, id)
	if err != nil {
		return issue, digest.Series{}, err
	}
	series, err := d.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return issue, series, err
	}
	if issue.State != digest.Draft {
		return issue, series, d.notDraft(ctx, issue)
	}
	return issue, series, d.sameMoment(ctx, issue, series, due)
}

// sameMoment refuses a draft that waits for another moment.
func (d *Desk) sameMoment(ctx context.Context, issue digest.Issue, series digest.Series, due time.Time) error {
	if issue.DueAt.Equal(due) {
		return nil
	}
	history, err := d.store.Revisions(ctx, issue.ID, revisionsLookedAt)
	if err != nil {
		return err
	}
	refused := digest.Fail(digest.Conflict, "", "%s has another moment by now, %s", issue.Title, Moment(series, issue.DueAt))
	moved := []digest.Change{digest.Timed, digest.Postponed, digest.Reopened}
	if i := slices.IndexFunc(history, func(r digest.Revision) bool { return slices.Contains(moved, r.Did) }); i >= 0 {
		refused = digest.Fail(digest.Conflict, "", "%s has another moment by now, %s: %w", issue.Title, Moment(series, issue.DueAt), &digest.Done{Revision: history[i]})
	}
	return refused.Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
}

// DayLater gives the moment that a draft would have with another day: 24 hours after its
// own, and not after the next moment of the schedule that is free.
func (d *Desk) DayLater(ctx context.Context, issue digest.Issue, series digest.Series) (time.Time, error) {
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return time.Time{}, err
	}
	at := issue.DueAt.Add(anotherDay)
	plan, err := schedule.Parse(series.Schedule, series.Zone)
	if err != nil {
		return at, err
	}
	if next := plan.Next(issue.DueAt); !next.IsZero() && next.Before(at) {
		at = next
	}
	if isTaken(all, issue, at) {
		return at, digest.Fail(digest.Conflict, "Approve it, or let it pass.", "%s is another issue's moment", Moment(series, at))
	}
	return at, nil
}

// GiveDay gives a draft another day; see [Desk.DayLater]. It is done once for a moment:
// of two who want it at once, the second is told of the first by an error of kind Conflict.
func (d *Desk) GiveDay(ctx context.Context, by digest.Actor, ref Ref, due time.Time) (digest.Issue, error) {
	saved, err := d.repeat(ctx, by, ref, digest.Timed, func(issue *digest.Issue, series digest.Series) (string, error) {
		if err := d.sameMoment(ctx, *issue, series, due); err != nil {
			return "", err
		}
		at, err := d.DayLater(ctx, *issue, series)
		if err != nil {
			return "", err
		}
		if err := d.canGoOut(series, at); err != nil {
			return "", err
		}
		issue.DueAt = at
		return "gave it another day, until " + Moment(series, at), nil
	})
	return saved.Issue, err
}

// NextMoment gives the moment of the issue that would follow a draft which is skipped.
func (d *Desk) NextMoment(ctx context.Context, issue digest.Issue, series digest.Series) (time.Time, error) {
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return time.Time{}, err
	}
	for _, other := range all {
		if other.State == digest.Draft && other.ID > issue.ID {
			return other.DueAt, nil
		}
	}
	return nextSlot(series, all, digest.Issue{Number: issue.Number}, d.clock.Now())
}
