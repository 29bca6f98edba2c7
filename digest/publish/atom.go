package publish

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/gorilla/feeds"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/markup"
	"postbag/digest/site"
	"postbag/templates"
)

// What a feed holds at most: the newest issues that fit.
const (
	maxEntries = 20
	maxFeed    = 512 << 10 // bytes
)

// atomFeed is gorilla's feed (RFC 4287, 4.1.1) with what it lacks: a language,
// more than one link, a generator.
type atomFeed struct {
	XMLName xml.Name `xml:"feed"`
	Lang    string   `xml:"xml:lang,attr,omitempty"`
	*feeds.AtomFeed
	Subtitle  ourText            `xml:"subtitle"`
	Links     []feeds.AtomLink   `xml:"link"`
	Generator string             `xml:"generator"`
	Entries   []*feeds.AtomEntry `xml:"entry"`
}

// ourText is text of our own, which is English in a feed of any language.
type ourText struct {
	Lang string `xml:"xml:lang,attr"`
	Text string `xml:",chardata"`
}

const atomNS = "http://www.w3.org/2005/Atom"

// identity is what a feed is called.
type identity struct {
	id      string // a tag URI, never changing
	created time.Time
	site    templates.Site
}

// atom writes the feed of issues, newest first, and tells when it last changed.
// The same issues give the same bytes.
func atom(of identity, issues []digest.Issue, content func(digest.Issue) (string, error)) ([]byte, time.Time, error) {
	feed := frame(of)
	size := 0
	updated := of.created
	for i, issue := range issues {
		if i == maxEntries {
			break
		}
		entry, err := entryOf(issue, of.site, content)
		if err != nil {
			return nil, updated, err
		}
		written, err := xml.Marshal(entry)
		if err != nil {
			return nil, updated, fmt.Errorf("write issue %d into the feed: %w", issue.Number, err)
		}
		// The room left is for the feed's own elements, which are a page of text.
		if size += len(written) + 1; i > 0 && size > maxFeed-16<<10 {
			break
		}
		if at := changed(issue); i == 0 || at.After(updated) {
			updated = at
		}
		feed.Entries = append(feed.Entries, entry)
	}
	feed.Updated = stamp(updated)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(feed); err != nil {
		return nil, updated, fmt.Errorf("write the feed: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), updated, nil
}

// frame is a feed without entries.
func frame(of identity) *atomFeed {
	about, at := of.site, site.Site{Base: of.site.Base}
	return &atomFeed{
		Lang: charset.Clean(about.Language),
		AtomFeed: &feeds.AtomFeed{
			Xmlns: atomNS, Id: of.id,
			Title:  feedTitle(about),
			Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: about.Publication, Uri: charset.Clean(about.BlogURL)}},
		},
		Subtitle: ourText{Lang: "en", Text: "Readers’ comments, chosen by an editor."},
		Links: []feeds.AtomLink{
			// RFC 4287, 4.2.7.2: where this very document is found.
			{Href: at.URL(site.Feed.At(about.Place)), Rel: "self", Type: "application/atom+xml"},
			{Href: at.URL(site.Home.At(about.Place)), Rel: "alternate", Type: "text/html"},
		},
		Generator: "Postbag",
	}
}

func feedTitle(about templates.Site) string {
	if about.Series == about.Publication {
		return about.Series
	}
	return about.Publication + ": " + about.Series
}

// entryOf is an issue's entry (RFC 4287, 4.1.2). Its id was minted when the
// issue was frozen and its published time never moves; updated moves with a
// correction only.
func entryOf(issue digest.Issue, about templates.Site, content func(digest.Issue) (string, error)) (*feeds.AtomEntry, error) {
	html, err := content(issue)
	if err != nil {
		return nil, err
	}
	f := issue.Frozen
	entry := &feeds.AtomEntry{
		Title: markup.Clean(f.Title), Id: f.EntryID,
		Published: stamp(issue.PublishedAt), Updated: stamp(changed(issue)),
		Links:   []feeds.AtomLink{{Href: site.Site{Base: about.Base}.URL(site.Issue.At(about.Place), issue.Number), Rel: "alternate", Type: "text/html"}},
		Content: &feeds.AtomContent{Type: "html", Content: charset.Clean(html)},
	}
	if summary := markup.Clean(f.Summary()); summary != "" {
		entry.Summary = &feeds.AtomSummary{Type: "text", Content: summary}
	}
	return entry, nil
}

// changed is when readers last saw an issue change.
func changed(issue digest.Issue) time.Time {
	if issue.UpdatedAt.After(issue.PublishedAt) {
		return issue.UpdatedAt
	}
	return issue.PublishedAt
}

// stamp writes a time (RFC 4287, 3.3).
func stamp(t time.Time) string {
	return begun(t).UTC().Truncate(time.Second).Format(time.RFC3339)
}

// begun gives 1970 for a time that is not known, as before the first series is made.
func begun(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return t
}
