package templates

import (
	"bytes"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/site"
)

// layout is what the frame of a page needs beside the page itself.
type layout struct {
	voice
	Site        Site
	Title       string // without the publication's name
	OurTitle    bool   // Title is in our own words
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
	l.voice = voiceOf(l.Site.Language)
	l.Stylesheet = l.Site.at().Path(site.Asset, s.css)
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, l); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// issueParts is a page that shows an issue.
type issueParts struct {
	voice
	Site           Site
	Form           Form
	View           *issueView // nil before the first issue
	Page           string     // the issue's own page; "" when this is it
	Previous, Next *IssueEntry
	Updated        string // in words; "" when never corrected
}

// SignUp is the form to subscribe.
func (p issueParts) SignUp() addressForm {
	return addressForm{voice: p.voice, Form: p.Form, Action: p.Site.Subscribe(), Button: "Subscribe", Note: p.Site.Consent()}
}

// Home renders the front page.
func (s *Set) Home(p HomePage) ([]byte, error) {
	p.Site = p.Site.Shown()
	l := layout{Site: p.Site, Title: p.Site.Series, Nav: "home", Canonical: p.Site.at().URL(site.Home.At(p.Site.Place))}
	parts := issueParts{voice: voiceOf(p.Site.Language), Site: p.Site, Form: p.Form}
	if p.Latest != nil {
		parts.Site.Issues, l.Site.Issues = true, true
		view, err := viewOf(p.Latest, p.Site.links(p.Latest.Number, p.TakeDown))
		if err != nil {
			return nil, err
		}
		parts.View, l.Description = view, view.Summary
		parts.Page = p.Site.Issue(p.Latest.Number)
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
	p.Site.Issues = true
	links := p.Site.links(p.Issue.Number, p.TakeDown)
	view, err := viewOf(p.Issue, links)
	if err != nil {
		return nil, err
	}
	parts := issueParts{voice: voiceOf(p.Site.Language), Site: p.Site, View: view, Previous: p.Previous, Next: p.Next}
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
		Site: p.Site, Title: view.Title, Canonical: links.Issue, Description: view.Summary,
		Article: about, Page: parts,
	})
}

// links are the addresses of a page's own links: on its host, but for the issue
// whose address others may copy.
func (s Site) links(number int, takeDown string) Links {
	return Links{
		Base: s.Base, Issue: s.at().URL(site.Issue.At(s.Place), number), Archive: s.Archive(), Feed: s.Feed(),
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
		Site: p.Site, Title: "All issues", OurTitle: true, Nav: "archive", Canonical: p.Site.at().URL(site.Archive.At(p.Site.Place)),
		Description: fmt.Sprintf("Every issue of %s.", p.Site.Series),
		Page: struct {
			voice
			Site  Site
			Years []year
		}{voiceOf(p.Site.Language), p.Site, years},
	})
}

// readerPage is what the templates of reader's pages see.
type readerPage struct {
	voice
	Site Site
	Page ReaderPage
}

// SignUp is the form for another confirmation link; who asks for one knows the first.
func (p readerPage) SignUp() addressForm {
	return addressForm{voice: p.voice, Action: p.Site.Subscribe(), Button: "Subscribe",
		Note: p.Site.often() + " You confirm by the new link; every issue has a one-click way out."}
}

// AskLinks is the form for the links to leave and to choose.
func (p readerPage) AskLinks() addressForm {
	f := addressForm{voice: p.voice, Action: p.Site.Leave(), Button: "Mail me the links",
		Note: "If that address is on the list, a message with its own links comes to it, at most one a day. Nobody else learns whether it is."}
	if leave, ok := p.Page.(LeavePage); ok {
		f.Form = leave.Form
	}
	return f
}

// Page renders a page for one reader.
func (s *Set) Page(at Site, p ReaderPage) ([]byte, error) {
	at = at.Shown()
	name, title := p.heading(at)
	return s.page(name, layout{Site: at, Title: title, OurTitle: true, Private: true, Page: readerPage{voiceOf(at.Language), at, p}})
}
