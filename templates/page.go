package templates

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/subscribers"
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
}

// Consent is the sentence beside the sign-up form: what somebody agrees to.
func (s Site) Consent() string {
	often := s.Often
	if often == "" {
		often = "One email for each issue."
	}
	return often + " You confirm by a link first; every issue has a one-click way out."
}

// Shown gives the site with names fit to be shown. Before the first source has
// given the publication its name, the series' stands for it.
func (s Site) Shown() Site {
	s.Publication, s.Series = markup.Clean(s.Publication), markup.Clean(s.Series)
	if s.Series == "" {
		s.Series = digest.DefaultSeriesName
	}
	if s.Publication == "" {
		s.Publication = s.Series
	}
	return s
}

// Path gives the address of a page on its own host.
func (s Site) Path(page string) string {
	base := ""
	if u, err := url.Parse(s.Base); err == nil {
		base = strings.TrimRight(u.Path, "/")
	}
	return base + page
}

// IssuePath is the page of an issue below the base URL.
func IssuePath(number int) string { return fmt.Sprintf("/issues/%d", number) }

// The other pages that templates link to, below the base URL.
const (
	HomePath      = "/"
	ArchivePath   = "/issues/"
	FeedPath      = "/feed.atom"
	SubscribePath = "/subscribe"
	AssetsPath    = "/assets/"
)

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
		DateISO: at.Format(time.DateOnly), Year: at.Format("2006"), Preheader: markup.Clean(f.Preheader),
		Count: countOf(f.Picks), Minutes: minutesOf(f.Minutes),
	}, nil
}

// HomePage is the front page: the sign-up form and the latest issue.
type HomePage struct {
	Site   Site
	Form   Form
	Latest *digest.Frozen // nil before the first issue
	// TakeDown is where a writer asks for a comment to be taken down; "" leaves
	// the line out.
	TakeDown string
}

// IssuePage is the page of one issue.
type IssuePage struct {
	Site           Site
	Form           Form
	Issue          *digest.Frozen
	Published      time.Time
	Updated        time.Time   // of the last correction, if after Published
	Previous, Next *IssueEntry // nil at the ends
	TakeDown       string      // as in [HomePage]
}

// ArchivePage lists all issues.
type ArchivePage struct {
	Site   Site
	Issues []IssueEntry // newest first
}

// SubscribedPage answers the sign-up form; it is the same for everybody.
type SubscribedPage struct {
	Site Site
}

// ConfirmPage asks for the one press that confirms an address.
type ConfirmPage struct {
	Site   Site
	Email  string // masked
	Action string // where the button posts to
}

// ConfirmedPage follows a confirmation.
type ConfirmedPage struct {
	Site Site
	// Preferences is the reader's own page; "" leaves the link out.
	Preferences string
}

// ConfirmExpiredPage meets a confirmation link that is too old or unknown.
type ConfirmExpiredPage struct {
	Site Site
	Form Form
}

// UnsubscribePage asks for the one press that ends a subscription.
type UnsubscribePage struct {
	Site        Site
	Email       string // masked
	Action      string // where the button posts to
	Preferences string // the quieter choices
}

// UnsubscribedPage follows the end of a subscription.
type UnsubscribedPage struct {
	Site  Site
	Email string // masked
	Undo  string // where the Undo button posts to, with [UndoField]
}

// PreferencesPage is a reader's own page.
type PreferencesPage struct {
	Site        Site
	Email       string // masked
	Action      string // where the choice posts to, as [FrequencyField]
	Frequency   subscribers.Frequency
	Subscribed  bool   // false when the reader has left
	Saved       bool   // a choice was just saved
	Unsubscribe string // the page that ends the subscription
}

// MessagePage says something in plain words, most often that a page is not
// there or did not work.
type MessagePage struct {
	Site   Site
	Status int    // of the answer; picks the words when Title is empty
	Title  string // a few words
	Text   string // a sentence or two
}

// layout is what the frame of a page needs beside the page itself.
type layout struct {
	Site        Site
	Lang, Dir   string
	Title       string // without the publication's name
	Nav         string // the current page in the navigation, or ""
	Stylesheet  string
	Description string
	Canonical   string // absolute; "" for pages that are nobody's to find
	Article     *article
	Private     bool // kept out of search engines and Referer
	Page        any
}

// article is what pages of an issue tell other sites.
type article struct{ Published, Updated string }

func (s *Set) page(name string, l layout) ([]byte, error) {
	l.Lang, l.Dir = language(l.Site.Language), direction(l.Site.Language)
	l.Stylesheet = l.Site.Path(AssetsPath + s.css)
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, l); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// issueParts is a page that shows an issue.
type issueParts struct {
	Site           Site
	Form           Form
	View           *issueView // nil before the first issue
	Own            string     // the issue's own page; "" when this is it
	Previous, Next *IssueEntry
	Updated        string // in words; "" when never corrected
}

// Home renders the front page.
func (s *Set) Home(p HomePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	l := layout{Site: p.Site, Title: p.Site.Series, Nav: "home", Canonical: p.Site.Base + "/"}
	parts := issueParts{Site: p.Site, Form: p.Form}
	if p.Latest != nil {
		view, err := viewOf(p.Latest, p.Site.links(p.Latest.Number, p.TakeDown))
		if err != nil {
			return nil, err
		}
		parts.View, l.Description = view, view.Preheader
		parts.Own = p.Site.Path(IssuePath(p.Latest.Number))
	}
	if p.Form.Error != "" {
		l.Title = "Error: " + l.Title
	}
	l.Page = parts
	return s.page("home", l)
}

// IssuePage renders the page of an issue.
func (s *Set) IssuePage(p IssuePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	links := p.Site.links(p.Issue.Number, p.TakeDown)
	view, err := viewOf(p.Issue, links)
	if err != nil {
		return nil, err
	}
	parts := issueParts{Site: p.Site, Form: p.Form, View: view, Previous: p.Previous, Next: p.Next}
	about := &article{Published: p.Published.UTC().Format(time.RFC3339)}
	if p.Updated.After(p.Published) {
		zone, err := digest.LoadZone(p.Issue.Zone)
		if err != nil {
			return nil, err
		}
		parts.Updated = dateWords(p.Updated.In(zone), p.Issue.Language)
		about.Updated = p.Updated.UTC().Format(time.RFC3339)
	}
	return s.page("issue", layout{
		Site: p.Site, Title: view.Title, Canonical: links.Issue, Description: view.Preheader,
		Article: about, Page: parts,
	})
}

// links are the addresses of a page's own links: on its host, but for the issue
// whose address others may copy.
func (s Site) links(number int, takeDown string) Links {
	return Links{
		Base: s.Base, Issue: s.Base + IssuePath(number), Archive: s.Path(ArchivePath), Feed: s.Path(FeedPath),
		TakeDown: takeDown,
	}
}

// year is the issues of one year.
type year struct {
	Year   string
	Issues []IssueEntry
}

// Archive renders the list of all issues.
func (s *Set) Archive(p ArchivePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	var years []year
	for _, e := range p.Issues {
		if len(years) == 0 || years[len(years)-1].Year != e.Year {
			years = append(years, year{Year: e.Year})
		}
		last := &years[len(years)-1]
		last.Issues = append(last.Issues, e)
	}
	return s.page("archive", layout{
		Site: p.Site, Title: "All issues", Nav: "archive", Canonical: p.Site.Base + ArchivePath,
		Description: fmt.Sprintf("Every issue of %s.", p.Site.Series),
		Page: struct {
			Site  Site
			Years []year
		}{p.Site, years},
	})
}

// Subscribed renders the answer to the sign-up form.
func (s *Set) Subscribed(p SubscribedPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("subscribed", layout{Site: p.Site, Title: "Look in your mail", Private: true, Page: p})
}

// Confirm renders the page behind a confirmation link.
func (s *Set) Confirm(p ConfirmPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("confirm", layout{Site: p.Site, Title: "One press to confirm", Private: true, Page: p})
}

// Confirmed renders the page after a confirmation.
func (s *Set) Confirmed(p ConfirmedPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("confirmed", layout{Site: p.Site, Title: "You are subscribed", Private: true, Page: p})
}

// ConfirmExpired renders the page for a confirmation link that works no more.
func (s *Set) ConfirmExpired(p ConfirmExpiredPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("expired", layout{Site: p.Site, Title: "This link has run out", Private: true, Page: p})
}

// Unsubscribe renders the page behind the link in the footer of mails.
func (s *Set) Unsubscribe(p UnsubscribePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("unsubscribe", layout{Site: p.Site, Title: "Unsubscribe", Private: true, Page: p})
}

// Unsubscribed renders the page after the end of a subscription.
func (s *Set) Unsubscribed(p UnsubscribedPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("unsubscribed", layout{Site: p.Site, Title: "You are unsubscribed", Private: true, Page: p})
}

// Preferences renders a reader's own page.
func (s *Set) Preferences(p PreferencesPage) ([]byte, error) {
	p.Site = p.Site.Shown()
	return s.page("preferences", layout{Site: p.Site, Title: "How often", Private: true, Page: p})
}

// Message renders a page of plain words.
func (s *Set) Message(p MessagePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	if p.Title == "" {
		p.Title, p.Text = messageFor(p.Status)
	}
	return s.page("message", layout{Site: p.Site, Title: markup.Clean(p.Title), Private: true, Page: p})
}

// messageFor gives the words for a status: what happened and what to do, and
// nothing of the inside.
func messageFor(status int) (title, text string) {
	switch status {
	case 400:
		return "That did not arrive whole", "Please go back and send it again."
	case 403:
		return "This was refused", "The request did not come from a page of this site. Please open the page here and try again."
	case 404:
		return "There is no such page", "The address may be mistyped, or the page was taken away. All issues are in the archive."
	case 405:
		return "This page cannot do that", "Please start again from the front page."
	case 410:
		return "This was withdrawn", "The page was here once and was taken away for good."
	case 413:
		return "That was too much", "Please send less at once."
	case 429:
		return "A little slower, please", "There were many requests from where you are. Please wait a few minutes and try again."
	case 503:
		return "Back in a moment", "The site is busy with itself. Please try again in a minute."
	}
	return "Something went wrong", "The fault is ours, and it has been noted. Please try again in a few minutes."
}
