package desk

import (
	"context"
	"strings"

	"golang.org/x/text/language"

	"postbag/digest"
	"postbag/digest/schedule"
)

// Settings is a change to a series and to what all series share; nil fields
// leave things as they are, whatever they have become meanwhile.
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

// Follow moves the open draft along with its series' settings, from what they were
// to what they are; all are the series' issues. It gives the words for it, "" when
// the draft stays as it is.
type Follow func(was, is digest.Series, draft *digest.Issue, all []digest.Issue) (words string, err error)

// Set changes a series' settings. Everything is checked before anything is
// stored, and either all is stored or nothing. The open draft, if there is one,
// follows a new schedule, and a new title pattern as long as its title is still the
// pattern's.
func (d *Desk) Set(ctx context.Context, by digest.Actor, slug string, s Settings) (digest.Series, digest.Publication, error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return series, digest.Publication{}, err
	}
	if err := s.clean(); err != nil {
		return series, digest.Publication{}, err
	}
	if err := s.checkSchedule(series); err != nil {
		return series, digest.Publication{}, err
	}
	return d.store.ChangeSettings(ctx, by, series.ID, s, d.clock.Now(), d.follow)
}

// clean checks what was set, and brings it into the form that is stored.
func (s *Settings) clean() error {
	if s.Name != nil && !tidy(&s.Name, oneLine) {
		return digest.Fail(digest.Invalid, `Give it one, such as "Pick of the Week".`, "a series needs a name")
	}
	if s.Title != nil && (!tidy(&s.Title, oneLine) || !strings.Contains(*s.Title, "{number}")) {
		return digest.Fail(digest.Invalid, `For example "{name} {number}".`, "a title pattern needs {number}, so that every issue has a title of its own")
	}
	if s.NextNumber != nil && *s.NextNumber < 1 {
		return digest.Fail(digest.Invalid, "Issues count from 1.", "%d cannot be an issue's number", *s.NextNumber)
	}
	if s.Publication != nil && !tidy(&s.Publication, oneLine) {
		return digest.Fail(digest.Invalid, "Give it the blog's name.", "a publication needs a name")
	}
	for _, field := range []**string{&s.Schedule, &s.Zone, &s.PostalAddress} {
		tidy(field, written)
	}
	if s.Language != nil {
		tag, err := language.Parse(*s.Language)
		if err != nil {
			return digest.Fail(digest.Invalid, `Use a tag such as "en", "en-GB" or "de".`, "the language %q is not a language tag", *s.Language)
		}
		canonical := tag.String()
		s.Language = &canonical
	}
	return nil
}

// tidy brings a field into its form, and tells whether something is left of it.
func tidy(field **string, form func(string) string) bool {
	if *field == nil {
		return false
	}
	text := form(**field)
	*field = &text
	return text != ""
}

// checkSchedule tells whether the schedule and the zone fit together.
func (s Settings) checkSchedule(series digest.Series) error {
	if s.Schedule != nil {
		series.Schedule = *s.Schedule
	}
	if s.Zone != nil {
		series.Zone = *s.Zone
	}
	_, err := schedule.Parse(series.Schedule, series.Zone)
	return err
}

// follow is the desk's [Follow].
func (d *Desk) follow(was, is digest.Series, draft *digest.Issue, all []digest.Issue) (string, error) {
	var did []string
	if title := is.TitleOf(draft.Number); draft.Title == was.TitleOf(draft.Number) && draft.Title != title {
		draft.Title = title
		did = append(did, "titled it “"+title+"”")
	}
	if was.Schedule == is.Schedule && was.Zone == is.Zone {
		return strings.Join(did, ", "), nil
	}
	due, err := nextSlot(is, all, *draft, d.clock.Now())
	if err != nil {
		return "", err
	}
	if !due.Equal(draft.DueAt) {
		draft.Slot, draft.DueAt = due, due
		did = append(did, "moved it to "+Moment(is, due))
	}
	return strings.Join(did, ", "), nil
}
