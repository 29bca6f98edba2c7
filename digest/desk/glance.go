package desk

import (
	"context"
	"time"

	"postbag/digest"
)

// Glance is what stands above every screen of an issue.
type Glance struct {
	Issue  digest.Issue
	Series digest.Series
	Left   int // candidates that nobody has decided on
	ToFix  int // what stands in the way of approving it
	// Others are further issues of the series that are open or wait for their moment.
	Others []digest.Issue
	// Several tells that there is more than one series, so that an address names one.
	Several bool
}

// Glance tells how an issue stands.
func (d *Desk) Glance(ctx context.Context, ref Ref) (g Glance, err error) {
	if g.Issue, g.Series, err = d.Issue(ctx, ref); err != nil {
		return g, err
	}
	series, err := d.store.SeriesList(ctx)
	if err != nil {
		return g, err
	}
	g.Several = len(series) > 1
	all, err := d.store.Issues(ctx, g.Series.ID, newestLookedAt)
	if err != nil {
		return g, err
	}
	for _, i := range all {
		if i.ID != g.Issue.ID && (i.State == digest.Draft || i.State == digest.Approved) {
			g.Others = append(g.Others, i)
		}
	}
	if g.Issue.State != digest.Draft {
		return g, nil
	}
	window, err := d.Window(ctx, g.Issue)
	if err != nil {
		return g, err
	}
	if g.Left, err = d.store.Open(ctx, window); err != nil {
		return g, err
	}
	g.ToFix, err = d.ToFix(ctx, g.Issue)
	return g, err
}

// Standing says where an issue stands, and what it waits for, in short sentences.
func (g Glance) Standing(now time.Time) string {
	at := ShortMoment(g.Series, g.Issue.DueAt, now)
	switch g.Issue.State {
	case digest.Draft:
		if g.Issue.DueAt.IsZero() {
			return "No moment is set. Needs your approval."
		}
		return "Goes out " + at + ". Needs your approval."
	case digest.Approved:
		if g.Issue.Asks != digest.AsksNothing || g.Issue.DueAt.Before(now) {
			return "Approved. Was to go out " + at + "."
		}
		return "Approved. Goes out " + at + "."
	case digest.Published:
		return "Published " + ShortMoment(g.Series, g.Issue.PublishedAt, now) + ". Not mailed yet."
	case digest.Sending:
		return "On its way to readers."
	case digest.Paused:
		return "Sending is paused."
	case digest.Sent:
		return "Sent " + ShortMoment(g.Series, g.Issue.SentAt, now) + "."
	case digest.Skipped:
		return "Skipped. Its comments went on to the next."
	case digest.Cancelled:
		return "Cancelled. Nobody saw it."
	case digest.Withdrawn:
		return "Withdrawn."
	}
	return ""
}

// ShortMoment writes a time as people say it: the weekday alone within the week, the
// date beside it, and another year's.
func ShortMoment(series digest.Series, at, now time.Time) string {
	zone, err := series.Location()
	if err != nil {
		zone = time.UTC
	}
	at, now = at.In(zone), now.In(zone)
	layout := "Monday 2 January 2006, 15:04"
	const week = 6 * 24 * time.Hour
	switch ahead := at.Sub(now); {
	case ahead >= 0 && ahead < week:
		layout = "Monday 15:04"
	case at.Year() == now.Year():
		layout = "Monday 2 January, 15:04"
	}
	return at.Format(layout)
}
