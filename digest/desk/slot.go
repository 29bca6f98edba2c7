package desk

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
)

// Every issue has a slot: the moment of its series' schedule that it answers for. A
// draft is opened for the next one, and goes out then, or at a moment of the editor's
// own. One that misses it keeps it, and waits for the next moment: approved at once it
// answers for the slot that it missed, approved for the next moment it takes that as its
// slot. So no two issues
// of a series share a slot, and none is left out because an issue came late.

// clocksDiffer is by how much the clocks of those who share a database may differ.
const clocksDiffer = 10 * time.Minute

// nextSlot gives the first moment of a series' schedule after now that is later
// than those of the issues before this one and that no issue has taken. Cancelled
// issues take none.
func nextSlot(series digest.Series, all []digest.Issue, of digest.Issue, after time.Time) (time.Time, error) {
	plan, err := schedule.Parse(series.Schedule, series.Zone)
	if err != nil {
		return time.Time{}, err
	}
	ahead := after.Add(clocksDiffer)
	for _, i := range all {
		if i.OpenedAt.After(ahead) {
			continue // a clock that was ahead gave it its slot
		}
		if i.ID != of.ID && i.State != digest.Cancelled && i.Number < of.Number && i.Slot.After(after) {
			after = i.Slot
		}
	}
	next := plan.Next(after)
	for isTaken(all, of, next) {
		next = plan.Next(next)
	}
	return next, nil
}

// slotAt gives the slot of an issue that goes out at a moment, or would: the latest that
// has passed by then since its own, and that no other issue has taken; its own where
// there is none.
func slotAt(series digest.Series, all []digest.Issue, of digest.Issue, at time.Time) (time.Time, error) {
	const farthest = 1000 // moments; the schedule of a machine that was off for years
	plan, err := schedule.Parse(series.Schedule, series.Zone)
	if err != nil {
		return time.Time{}, err
	}
	slot := of.Slot
	for next, n := plan.Next(slot), 0; !next.IsZero() && !next.After(at) && n < farthest; next, n = plan.Next(next), n+1 {
		if !isTaken(all, of, next) {
			slot = next
		}
	}
	return slot, nil
}

// isTaken tells whether another issue answers for a moment, is a draft that will, or was
// skipped to let it pass: one that missed its slot before passes over a later moment.
func isTaken(all []digest.Issue, of digest.Issue, moment time.Time) bool {
	return !moment.IsZero() && slices.ContainsFunc(all, func(i digest.Issue) bool {
		return i.ID != of.ID && i.State != digest.Cancelled && (i.Slot.Equal(moment) || (i.State == digest.Draft || i.State == digest.Skipped) && i.DueAt.Equal(moment))
	})
}

// LastOfMonth tells whether readers who want one mail a month get this issue: by
// its slot, whenever it is really sent.
func LastOfMonth(issue digest.Issue, series digest.Series) (bool, error) {
	plan, err := schedule.Parse(series.Schedule, series.Zone)
	return err == nil && plan.LastOfMonth(issue.Slot), err
}

// Postpone moves a draft whose moment has passed to the series' next one. A
// draft whose moment is still to come stays as it is.
func (d *Desk) Postpone(ctx context.Context, by digest.Actor, ref Ref) (digest.Issue, error) {
	return d.postpone(ctx, by, ref, false)
}

// postpone does that, and gives a draft that was to go out now its slot's moment again.
func (d *Desk) postpone(ctx context.Context, by digest.Actor, ref Ref, hurried bool) (digest.Issue, error) {
	saved, err := d.repeat(ctx, by, ref, digest.Postponed, func(issue *digest.Issue, series digest.Series) (string, error) {
		now := d.clock.Now()
		switch {
		case hurried && issue.Slot.After(now):
			issue.DueAt = issue.Slot
			return "planned it for " + Moment(series, issue.DueAt) + " again", nil
		case issue.DueAt.After(now) && !hurried:
			return "", nil
		}
		all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
		if err != nil {
			return "", err
		}
		if issue.Slot, err = slotAt(series, all, *issue, now); err != nil {
			return "", err
		}
		if issue.DueAt, err = nextSlot(series, all, *issue, now); err != nil {
			return "", err
		}
		return "postponed it to " + Moment(series, issue.DueAt), nil
	})
	return saved.Issue, err
}

// PutRight gives a draft the next moment of its series' schedule if a clock that was ahead
// opened or postponed it: it would wait for that clock's time. What an editor planned is
// kept, as far as an editor can plan. It tells whether the draft has another moment now.
func (d *Desk) PutRight(ctx context.Context, by digest.Actor, draft digest.Issue) (digest.Issue, bool, error) {
	history, err := d.store.Revisions(ctx, draft.ID, revisionsLookedAt)
	if err != nil {
		return draft, false, err
	}
	now := d.clock.Now()
	moved := []digest.Change{digest.Opened, digest.Postponed, digest.Followed, digest.Timed}
	i := slices.IndexFunc(history, func(r digest.Revision) bool { return slices.Contains(moved, r.Did) })
	if i < 0 || !history[i].At.After(now.Add(clocksDiffer)) || history[i].Did == digest.Timed && draft.DueAt.Sub(now) <= FarthestMoment {
		return draft, false, nil
	}
	series, err := d.SeriesOf(ctx, draft.SeriesID)
	if err != nil {
		return draft, false, err
	}
	saved, err := d.repeat(ctx, by, Ref{Series: series.Slug, Number: draft.Number}, digest.Postponed, func(issue *digest.Issue, series digest.Series) (string, error) {
		if !issue.DueAt.Equal(draft.DueAt) {
			return "", nil
		}
		all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
		if err != nil {
			return "", err
		}
		next, err := nextSlot(series, all, *issue, now)
		if err != nil || issue.DueAt.Equal(next) && issue.Slot.Equal(next) {
			return "", err
		}
		issue.Slot, issue.DueAt = next, next
		return "planned it for " + Moment(series, next) + ", because the clock had been wrong", nil
	})
	return saved.Issue, err == nil && saved.Words != "", err
}

// Moment writes a time as the series' readers have it.
func Moment(series digest.Series, at time.Time) string {
	zone, err := series.Location()
	if err != nil {
		zone = time.UTC
	}
	return at.In(zone).Format("Monday 2 January 2006 15:04 MST")
}
