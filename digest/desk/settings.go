package desk

import (
	"context"
	"strings"
	"time"

	"golang.org/x/text/language"

	"postbag/digest"
	"postbag/digest/schedule"
)

// Settings is a change to a series and to what all series share; nil fields
// leave things as they are.
type Settings struct {
	Name       *string
	Title      *string // pattern with {name} and {number}
	Schedule   *string // five-field cron expression
	Zone       *string // IANA name
	NextNumber *int

	Publication   *string // the name on the masthead
	Language      *string // BCP 47
	PostalAddress *string
}

// Set changes a series' settings. Everything is checked before anything is
// stored. The open draft, if there is one, follows a new schedule, and a new
// title pattern as long as its title is still the pattern's.
func (d *Desk) Set(ctx context.Context, slug string, s Settings) (digest.Series, digest.Publication, error) {
	before, err := d.Series(ctx, slug)
	if err != nil {
		return before, digest.Publication{}, err
	}
	pub, err := d.store.Publication(ctx)
	if err != nil {
		return before, pub, err
	}
	after := before
	if err := s.series(&after); err != nil {
		return before, pub, err
	}
	changed := pub
	if err := s.publication(&changed); err != nil {
		return before, pub, err
	}
	if err := d.store.SaveSeries(ctx, after); err != nil {
		return before, pub, err
	}
	if err := d.store.SavePublication(ctx, changed); err != nil {
		return after, pub, err
	}
	return after, changed, d.follow(ctx, before, after)
}

func (s Settings) series(to *digest.Series) error {
	if s.Name != nil {
		if to.Name = oneLine(*s.Name); to.Name == "" {
			return digest.Fail(digest.Invalid, `Give it one, such as "Pick of the Week".`, "a series needs a name")
		}
	}
	if s.Title != nil {
		if to.Title = oneLine(*s.Title); !strings.Contains(to.Title, "{number}") {
			return digest.Fail(digest.Invalid, `For example "{name} {number}".`, "a title pattern needs {number}, so that every issue has a title of its own")
		}
	}
	set(&to.Schedule, s.Schedule)
	set(&to.Zone, s.Zone)
	if _, err := schedule.Parse(to.Schedule, to.Zone); err != nil {
		return err
	}
	if s.NextNumber != nil {
		if to.NextNumber = *s.NextNumber; to.NextNumber < 1 {
			return digest.Fail(digest.Invalid, "Issues count from 1.", "%d cannot be an issue's number", to.NextNumber)
		}
	}
	return nil
}

func (s Settings) publication(to *digest.Publication) error {
	if s.Publication != nil {
		if to.Name = oneLine(*s.Publication); to.Name == "" {
			return digest.Fail(digest.Invalid, "Give it the blog's name.", "a publication needs a name")
		}
	}
	set(&to.PostalAddress, s.PostalAddress)
	if s.Language != nil {
		tag, err := language.Parse(*s.Language)
		if err != nil {
			return digest.Fail(digest.Invalid, `Use a tag such as "en", "en-GB" or "de".`, "the language %q is not a language tag", *s.Language)
		}
		to.Language = tag.String()
	}
	return nil
}

func set(to *string, from *string) {
	if from != nil {
		*to = written(*from)
	}
}

// dueAfterOthers gives the series' next moment that no earlier issue waits for.
func (d *Desk) dueAfterOthers(ctx context.Context, series digest.Series, number int) (time.Time, error) {
	after := d.clock.Now()
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return after, err
	}
	for _, issue := range all {
		if issue.Number < number && issue.State == digest.Approved && issue.DueAt.After(after) {
			after = issue.DueAt
		}
	}
	return nextMoment(series, after)
}

// follow moves the open draft along with its series' settings.
func (d *Desk) follow(ctx context.Context, before, after digest.Series) error {
	draft, err := d.store.Issue(ctx, after.ID, 0)
	if digest.KindOf(err) == digest.NotFound && err != nil {
		return nil
	}
	if err != nil || draft.State != digest.Draft {
		return err
	}
	_, err = d.update(ctx, Ref{Series: after.Slug, Number: draft.Number}, func(issue *digest.Issue) error {
		if issue.Title == before.TitleOf(issue.Number) {
			issue.Title = after.TitleOf(issue.Number)
		}
		if before.Schedule == after.Schedule && before.Zone == after.Zone {
			return nil
		}
		due, err := d.dueAfterOthers(ctx, after, issue.Number)
		issue.DueAt = due
		return err
	})
	return err
}
