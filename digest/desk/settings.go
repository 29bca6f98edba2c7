package desk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"postbag/digest"
	"postbag/digest/lazyregexp"
	"postbag/digest/markup"
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
	Deadline   *string  // a [digest.DeadlineRule]
	AtLeast    *int     // picks that an issue needs to go out unapproved
	Sources    *[]int64 // ids of the blogs that it takes comments of; not empty

	Publication   *string // the name on the masthead
	HomeURL       *string // the blog's home page
	Language      *string // BCP 47
	PostalAddress *string
	Separator     *digest.Separator // what stands between picks
	WatchList     *string           // names, one a line
	Glossary      *string           // abbreviations that readers know, one a line

	// Was are the same fields as whoever changes them saw them; nil where that is no
	// matter. What is something else by now is an error of kind Conflict, and nothing
	// is changed.
	Was *Settings
}

// IsEmpty tells whether nothing is to change.
func (s Settings) IsEmpty() bool {
	s.Was = nil
	return s == (Settings{})
}

// Follow moves the open draft along with its series' settings, from what they were
// to what they are; all are the series' issues. It may move the number of the issue
// after it on, too. It gives the words for what became of the draft, "" when that stays as it is.
type Follow func(was digest.Series, is *digest.Series, draft *digest.Issue, all []digest.Issue) (words string, err error)

// Changed is what a change of settings led to.
type Changed struct {
	Series      digest.Series
	Publication digest.Publication
	// Was and Draft are the open draft before and after; their ID is 0 where none is
	// open.
	Was, Draft digest.Issue
	// Kept are the approved issues, which keep their moments and titles.
	Kept []digest.Issue
}

// Set changes a series' settings. Everything is checked before anything is
// stored, and either all is stored or nothing. The open draft, if there is one,
// follows a new schedule, a new title pattern as long as its title is still the
// pattern's, and a new number as long as nobody has put anything into it.
func (d *Desk) Set(ctx context.Context, by digest.Actor, slug string, s Settings) (done Changed, err error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return done, err
	}
	if err := s.clean(); err != nil {
		return done, err
	}
	if err := s.checkSchedule(series); err != nil {
		return done, err
	}
	if done, err = d.store.ChangeSettings(ctx, by, series.ID, s, d.clock.Now(), d.follow(s)); err != nil {
		return done, err
	}
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	for _, issue := range all {
		if issue.State == digest.Approved {
			done.Kept = append(done.Kept, issue)
		}
	}
	return done, err
}

// AddTerm adds an abbreviation to the glossary of the publication, with what it stands
// for after a colon if it is given, and tells whether that is news.
func (d *Desk) AddTerm(ctx context.Context, by digest.Actor, line string) (added bool, err error) {
	line = oneLine(line)
	term, _, _ := strings.Cut(line, ":")
	if term = strings.TrimSpace(term); term == "" || len(line) > MaxTitle {
		return false, digest.Fail(digest.Invalid, "For example CPC, or CPC: Certificate of Professional Competence.", "that is no abbreviation")
	}
	return d.store.AddTerm(ctx, by, line, func(pub digest.Publication) bool { return slices.Contains(pub.Terms(), term) })
}

// mostAtLeast bounds how many picks an issue can need.
const mostAtLeast = 1000

// clean checks what was set, and brings it into the form that is stored.
func (s *Settings) clean() error {
	for _, bound := range []struct {
		of   *string
		what string
		most int // characters
	}{{s.Name, "the name of a series", mostName}, {s.Title, "a title pattern", mostName}, {s.Publication, "the name of the publication", mostName},
		{s.HomeURL, "an address", mostAddress}, {s.PostalAddress, "a postal address", mostAddress}} {
		if bound.of != nil && utf8.RuneCountInString(*bound.of) > bound.most {
			return digest.Fail(digest.Invalid, "Shorten it.", "%s has %d characters at the most", bound.what, bound.most)
		}
	}
	if s.Name != nil && !tidy(&s.Name, markup.Clean) {
		return digest.Fail(digest.Invalid, `Give it one, such as "Pick of the Week".`, "a series needs a name")
	}
	if s.Title != nil && (!tidy(&s.Title, markup.Clean) || !strings.Contains(*s.Title, "{number}")) {
		return digest.Fail(digest.Invalid, `For example "{name} {number}".`, "a title pattern needs {number}, so that every issue has a title of its own")
	}
	if s.Title != nil {
		if unknown := unknownField.FindString(titleFields.Replace(*s.Title)); unknown != "" {
			return digest.Fail(digest.Invalid, "The fields are {name} and {number}.", "%s in the title pattern is no field", unknown)
		}
	}
	if s.Deadline != nil && !slices.Contains(digest.DeadlineRules(), digest.DeadlineRule(*s.Deadline)) {
		return digest.Fail(digest.Invalid, "The rules are hold, send-picked, send-suggested and posts-only.", "there is no rule %q for an issue that nobody approves", *s.Deadline)
	}
	if s.AtLeast != nil && (*s.AtLeast < 0 || *s.AtLeast > mostAtLeast) {
		return digest.Fail(digest.Invalid, fmt.Sprintf("Choose 1 to %d.", mostAtLeast), "an issue cannot need %d picks", *s.AtLeast)
	}
	if s.NextNumber != nil && *s.NextNumber < 1 {
		return digest.Fail(digest.Invalid, "Issues count from 1.", "%d cannot be an issue's number", *s.NextNumber)
	}
	if s.Sources != nil && len(*s.Sources) == 0 {
		return digest.Fail(digest.Invalid, "Name one at the least.", "a series without a blog has nothing to pick from")
	}
	if s.HomeURL != nil {
		tidy(&s.HomeURL, oneLine)
		if u, err := url.Parse(*s.HomeURL); *s.HomeURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return digest.Fail(digest.Invalid, "For example https://your-blog.example/.", "%q is not the address of a web site", *s.HomeURL)
		}
	}
	if s.NextNumber != nil && *s.NextNumber > digest.MaxNumber {
		return digest.Fail(digest.Invalid, "Look whether a digit slipped in.", "an issue's number may be %d at the most", digest.MaxNumber)
	}
	if s.Publication != nil && !tidy(&s.Publication, markup.Clean) {
		return digest.Fail(digest.Invalid, "Give it the blog's name.", "a publication needs a name")
	}
	if s.Separator != nil && !slices.Contains(digest.Separators(), *s.Separator) {
		return digest.Fail(digest.Invalid, "It is hairline or asterisks.", "%q is nothing to part picks with", *s.Separator)
	}
	for _, field := range []**string{&s.Schedule, &s.Zone, &s.PostalAddress, &s.WatchList, &s.Glossary} {
		tidy(field, written)
	}
	for _, list := range []*string{s.WatchList, s.Glossary} {
		if list != nil && len(*list) > MaxText {
			return digest.Fail(digest.Invalid, "Shorten it.", "the list is longer than %d bytes", MaxText)
		}
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

// How long what stands in heads and footers may be, in characters.
const (
	mostName    = 200
	mostAddress = 1000
)

// What of a title pattern looks like a field, and the fields that there are.
var (
	unknownField = lazyregexp.New(`\{[^{}]*\}|[{}]`)
	titleFields  = strings.NewReplacer("{name}", "", "{number}", "")
)

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

// follow is the desk's [Follow] of a change.
func (d *Desk) follow(s Settings) Follow {
	return func(was digest.Series, is *digest.Series, draft *digest.Issue, all []digest.Issue) (string, error) {
		var did []string
		titled := draft.Title == was.TitleOf(draft.Number)
		if s.NextNumber != nil && draft.IsUntouched(was) {
			if draft.Number != *s.NextNumber {
				draft.Number = *s.NextNumber
				did = append(did, fmt.Sprintf("numbered it %d", draft.Number))
			}
			is.NextNumber = draft.Number + 1
		}
		if title := is.TitleOf(draft.Number); titled && draft.Title != title {
			draft.Title = title
			did = append(did, "titled it “"+title+"”")
		}
		if was.Schedule != is.Schedule || was.Zone != is.Zone {
			due, err := nextSlot(*is, all, *draft, d.clock.Now())
			if err != nil {
				return "", err
			}
			if !due.Equal(draft.DueAt) {
				draft.Slot, draft.DueAt = due, due
				did = append(did, "moved it to "+Moment(*is, due))
			}
		}
		return strings.Join(did, ", "), nil
	}
}
