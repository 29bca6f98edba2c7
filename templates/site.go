package templates

import (
	"cmp"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/site"
)

// Site is what the frame around every page shows. Addresses of pages are made
// from Base, so that a site below a path of its host works too.
type Site struct {
	Publication string
	Series      string
	Language    string // BCP 47
	BlogURL     string // the blog's home page; may be empty
	Base        string // absolute, without a trailing slash
	// Often says how many emails there will be, as a sentence; "" says that
	// there is one for each issue.
	Often string
	// Issues tells whether there are any to read.
	Issues bool
	// Place is that of the series, see [digest.Series.Place]. Others are the further
	// series of the publication.
	Place  string
	Others []SeriesLink
}

// Consent is the sentence beside the sign-up form: what somebody agrees to.
func (s Site) Consent() string {
	return s.often() + " You confirm by a link first; every issue has a one-click way out."
}

// Promise is what of that sentence is left to say to whoever followed the link.
func (s Site) Promise() string { return s.often() + " Every issue has a one-click way out." }

func (s Site) often() string { return cmp.Or(s.Often, "One email for each issue.") }

// Shown gives the site with names fit to be shown, and the language that frozen
// issues fall back on. Before the first source has given the publication its
// name, the series' stands for it.
func (s Site) Shown() Site {
	s.Publication, s.Series = markup.Clean(s.Publication), markup.Clean(s.Series)
	if s.Series == "" {
		s.Series = digest.DefaultSeriesName
	}
	if s.Publication == "" {
		s.Publication = s.Series
	}
	s.Language = language(s.Language)
	return s
}

// SeriesLink leads to another series.
type SeriesLink struct{ Name, Address string }

// at makes addresses of the site.
func (s Site) at() site.Site { return site.Site{Base: s.Base} }

// Home, Archive, Feed, Subscribe, Leave and Issue are the addresses that pages link
// to, on the site's own host.
func (s Site) Home() string            { return s.at().Path(site.Home.At(s.Place)) }
func (s Site) Archive() string         { return s.at().Path(site.Archive.At(s.Place)) }
func (s Site) Feed() string            { return s.at().Path(site.Feed.At(s.Place)) }
func (s Site) Subscribe() string       { return s.at().Path(site.Subscribe) }
func (s Site) Leave() string           { return s.at().Path(site.Leave) }
func (s Site) Issue(number int) string { return s.at().Path(site.Issue.At(s.Place), number) }

// The names of form fields.
const (
	EmailField = "email"
	// TrapField is hidden from people; what fills it in is a program.
	TrapField      = "website"
	FrequencyField = "frequency"
	UndoField      = "undo"
)

// Form is the sign-up form: what was typed, and what is wrong with it.
type Form struct {
	Email string
	Error string // a sentence that names the repair; "" when nothing is wrong
}

// addressForm is a form that asks for an email address.
type addressForm struct {
	voice
	Form
	Action string
	Button string
	Note   string
}

// IssueEntry is an issue as lists and links show it.
type IssueEntry struct {
	Number    int
	Title     string
	Date      string // in words
	DateISO   string
	Year      string
	Preheader string
	Count     string
	Minutes   string
}

// EntryOf gives the entry of a frozen issue. The error is of kind Invalid when
// its zone is not known.
func EntryOf(f *digest.Frozen) (IssueEntry, error) {
	zone, err := digest.LoadZone(f.Zone)
	if err != nil {
		return IssueEntry{}, fmt.Errorf("list issue %d: %w", f.Number, err)
	}
	at := f.Date.In(zone)
	return IssueEntry{
		Number: f.Number, Title: title(f), Date: dateWords(at, f.Language),
		DateISO: at.Format(time.DateOnly), Year: at.Format("2006"), Preheader: markup.Clean(f.Summary()),
		Count: countOf(f.Picks), Minutes: ReadingTime(f.Minutes),
	}, nil
}
