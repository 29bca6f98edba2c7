package desk

import (
	"context"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
)

// When says when an issue goes out once it is approved. Its zero value is the issue's
// own moment, or the series' next one where that has passed.
type When struct {
	// Now lets it go out as soon as [NowWaits] has passed.
	Now bool
	// At is a moment of the editor's own; zero for none.
	At time.Time
	// Shown is the moment that an editor was told who chose neither; zero for none. When
	// it would be another by now, nothing is approved.
	Shown time.Time

	due     bool // its own, although that has passed just now
	noWords bool // it has no reader's words, on purpose
}

const (
	// NowWaits is how long an issue waits that is to go out now: so long its editor can
	// change their mind.
	NowWaits = 10 * time.Minute
	// FarthestMoment is how far ahead an issue can be planned.
	FarthestMoment = 366 * 24 * time.Hour
)

// ReadMoment reads a moment that an editor wrote: the date and the time on the clocks of
// the series' zone, as "2026-12-06 18:00" or as a browser's field gives it, or RFC 3339
// with an offset of its own. Of a time that clocks show twice it is the first. The error
// is of kind Invalid: for what is no time, one that the clocks skip, and one at which
// nothing can go out.
func (d *Desk) ReadMoment(series digest.Series, text string) (time.Time, error) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), " "))
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), d.canGoOut(series, at)
	}
	zone, err := series.Location()
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		at, skipped := schedule.At(wall, zone)
		if skipped {
			return time.Time{}, digest.Fail(digest.Invalid, "They go forward to "+at.In(zone).Format("15:04")+": choose a time from then on.",
				"on %s the clocks in %s skip the time %s", wall.Format("2 January 2006"), zoneName(series), wall.Format("15:04"))
		}
		return at, d.canGoOut(series, at)
	}
	if text == "" {
		return time.Time{}, digest.Fail(digest.Invalid, "Write it as 2026-12-06 18:00.", "the date and the time are missing")
	}
	return time.Time{}, digest.Fail(digest.Invalid, "Write it as 2026-12-06 18:00.", "%q is no date with a time", cutTo(text, 40))
}

// cutTo shortens what somebody typed, for an error.
func cutTo(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// canGoOut refuses a moment at which nothing can go out.
func (d *Desk) canGoOut(series digest.Series, at time.Time) error {
	now := d.clock.Now()
	switch {
	case !at.After(now):
		return digest.Fail(digest.Invalid, "Choose a later one, or let it go out now.", "%s has passed", Moment(series, at))
	case at.After(now.Add(FarthestMoment)):
		return digest.Fail(digest.Invalid, "An issue is planned for a year ahead at the most.", "%s is too far ahead", Moment(series, at))
	}
	return nil
}

// zoneName names a series' zone as people do: "London" for "Europe/London".
func zoneName(series digest.Series) string {
	name := series.Zone[strings.LastIndexByte(series.Zone, '/')+1:]
	return strings.ReplaceAll(name, "_", " ")
}

// schedule sets when an issue goes out that is approved at a moment, and which slot it
// answers for.
func (d *Desk) schedule(ctx context.Context, issue *digest.Issue, series digest.Series, when When, at time.Time) error {
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return err
	}
	issue.DueAt, err = d.dueAt(*issue, series, all, when, at)
	if err != nil {
		return err
	}
	issue.Slot, err = slotAt(series, all, *issue, issue.DueAt)
	return err
}

// asShown refuses a moment that is not the one which an editor was told.
func (w When) asShown(issue digest.Issue, series digest.Series) error {
	if w.Now || !w.At.IsZero() || w.Shown.IsZero() || w.Shown.Equal(issue.DueAt) {
		return nil
	}
	return digest.Fail(digest.Conflict, "Nothing was done. Look at it again, and decide anew.", "%s would go out on %s by now, not on %s",
		issue.Title, Moment(series, issue.DueAt), Moment(series, w.Shown)).Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
}

// dueAt gives the moment that an issue would go out at if it were approved now.
func (d *Desk) dueAt(issue digest.Issue, series digest.Series, all []digest.Issue, when When, now time.Time) (time.Time, error) {
	switch {
	case when.due:
		return issue.DueAt, nil
	case when.Now:
		return now.Add(NowWaits), nil
	case !when.At.IsZero():
		return when.At, d.canGoOut(series, when.At)
	case issue.DueAt.After(now):
		return issue.DueAt, nil
	}
	return nextSlot(series, all, issue, now) // it was drafted for a moment that has passed
}

// Due tells when an issue would go out if it were approved now, and whether readers who
// want one mail a month would get it.
func (d *Desk) Due(ctx context.Context, issue digest.Issue, when When) (at time.Time, lastOfMonth bool, err error) {
	series, err := d.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return at, false, err
	}
	if issue.State == digest.Draft {
		if err := d.schedule(ctx, &issue, series, when, d.clock.Now()); err != nil {
			return at, false, err
		}
	}
	lastOfMonth, err = LastOfMonth(issue, series)
	return issue.DueAt, lastOfMonth, err
}

// Plan gives a draft a moment of its own, other than the schedule's. It answers for the
// same slot, and goes out then if it is approved by then.
func (d *Desk) Plan(ctx context.Context, by digest.Actor, ref Ref, at time.Time) (digest.Issue, error) {
	saved, err := d.repeat(ctx, by, ref, digest.Timed, func(issue *digest.Issue, series digest.Series) (string, error) {
		if err := d.canGoOut(series, at); err != nil || issue.DueAt.Equal(at) {
			return "", err
		}
		issue.DueAt = at
		return "planned it for " + Moment(series, at), nil
	})
	return saved.Issue, err
}

// Spoken writes a moment as people say it: "Sunday 6 December, 18:00 London time", with
// the year if it is another one than now.
func Spoken(series digest.Series, at, now time.Time) string {
	zone, err := series.Location()
	if err != nil {
		zone = time.UTC
	}
	at, now = at.In(zone), now.In(zone)
	layout := "Monday 2 January, 15:04"
	if at.Year() != now.Year() {
		layout = "Monday 2 January 2006, 15:04"
	}
	if !strings.Contains(series.Zone, "/") || strings.HasPrefix(series.Zone, "Etc/") {
		return at.Format(layout + " MST")
	}
	return at.Format(layout) + " " + zoneName(series) + " time"
}
