package feed

import (
	"strings"

	"postbag/digest/feed/scan"
	"postbag/digest/field"

	"github.com/mmcdole/gofeed/atom"
)

// atomPage reads Atom 1.0 (RFC 4287) and 0.3.
func atomPage(s *scan.Scan, url string) (*page, error) {
	f, err := (&atom.Parser{}).Parse(s.Reader())
	if err != nil {
		return nil, err
	}
	p := &page{
		url:      url,
		id:       field.ID(f.ID),
		title:    f.Title,
		kind:     s.Title,
		home:     field.URL(url, alternate(f.Links)),
		language: f.Language,
		author:   person(f.Authors).Name,
		total:    count(f.Extensions, "totalResults"),
		links:    f.Links,
		ext:      f.Extensions,
		entries:  make([]entry, len(f.Entries)),
	}
	if f.Generator != nil {
		p.generator = strings.TrimSpace(f.Generator.Value + " " + f.Generator.URI)
	}
	p.common(s)
	for i, e := range f.Entries {
		p.entries[i] = atomEntry(e, s.Mark(i, len(f.Entries)), url)
	}
	return p, nil
}

// common reads what Atom and RSS share: links, and what modules add.
func (p *page) common(s *scan.Scan) {
	p.self = field.URL(p.url, link(p.links, "self"))
	// RFC 5005, 3 and 4: the next page, or the archive before this document.
	p.next = field.URL(p.url, link(p.links, "next"))
	if p.next == "" {
		p.next = field.URL(p.url, link(p.links, "prev-archive"))
	}
	_, p.complete = extension(p.ext, "complete") // RFC 5005, 2
	p.interval.module(p.ext)
	p.head = s.Head
	for _, reason := range s.Skipped {
		p.skipped = append(p.skipped, Skip{Reason: reason})
	}
}

func atomEntry(e *atom.Entry, m scan.Mark, url string) entry {
	base := url
	if m.Base != "" {
		base = field.Resolve(url, m.Base)
	}
	author := person(e.Authors)
	out := entry{
		id:        field.ID(e.ID),
		url:       field.URL(base, alternate(e.Links)),
		title:     e.Title,
		titleType: m.Title,
		content:   contentHTML(e.Content),
		summary:   e.Summary,
		author:    author.Name,
		authorURI: field.URL("", author.URI),
		published: field.Time(e.Published),
		updated:   field.Time(e.Updated),
		links:     e.Links,
		replies:   m.Replies,
		ext:       e.Extensions,
	}
	out.summaryIsText = isPlain(m.Summary)
	if out.url == "" { // RFC 4287, 4.1.2, asks for no link where there is content
		out.url = field.URL("", out.id)
	}
	if out.published.IsZero() {
		out.published = out.updated
	}
	out.place(m, url)
	return out
}

// place settles what relative addresses in the text are resolved against: the
// xml:base, else the entry's page, else the feed.
func (e *entry) place(m scan.Mark, feed string) {
	switch {
	case m.Text != "":
		e.base = field.Resolve(feed, m.Text)
	case e.url != "":
		e.base = e.url
	default:
		e.base = feed
	}
}

// contentHTML gives an entry's content as HTML, "" when it is no text (RFC 4287,
// 4.1.3.3).
func contentHTML(c *atom.Content) string {
	if c == nil {
		return ""
	}
	t, _, _ := strings.Cut(strings.ToLower(c.Type), ";")
	switch {
	case isPlain(t), t == "" && !hasMarkup(c.Value):
		return field.HTML(c.Value)
	case strings.HasPrefix(t, "image/"), strings.HasPrefix(t, "audio/"), strings.HasPrefix(t, "video/"), t == "application/octet-stream":
		return ""
	}
	return c.Value
}

// isPlain tells whether a text of a type is no HTML (RFC 4287, 3.1.1.1; Atom 0.3).
func isPlain(typ string) bool { return typ == "text" || typ == "text/plain" }

// person gives the first writer named. E-mail addresses are not looked at.
func person(all []*atom.Person) atom.Person {
	for _, a := range all {
		if n := field.Name(a.Name); n != "" {
			return atom.Person{Name: n, URI: a.URI}
		}
	}
	return atom.Person{}
}

// alternate gives the address of an entry's page: the first alternate link that
// is a web page, else the first.
func alternate(links []*atom.Link) string {
	for _, l := range links {
		if strings.EqualFold(l.Rel, "alternate") && (l.Type == "" || strings.Contains(strings.ToLower(l.Type), "html")) {
			return l.Href
		}
	}
	return link(links, "alternate")
}

// link gives the first link of a relation (RFC 4287, 4.2.7.2).
func link(links []*atom.Link, rel string) string {
	for _, l := range links {
		if strings.EqualFold(l.Rel, rel) {
			return l.Href
		}
	}
	return ""
}
