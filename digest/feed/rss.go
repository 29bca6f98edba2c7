package feed

import (
	"strings"

	"postbag/digest/feed/scan"
	"postbag/digest/field"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// rssPage reads RSS 0.90 to 2.0, RDF included.
func rssPage(s *scan.Scan, url string) (*page, error) {
	f, err := (&rss.Parser{}).Parse(s.Reader())
	if err != nil {
		return nil, err
	}
	p := &page{
		url:       url,
		title:     f.Title,
		about:     f.Description,
		home:      field.URL(url, firstOf(f.Links, f.Link)),
		language:  f.Language,
		generator: strings.TrimSpace(f.Generator),
		total:     count(f.Extensions, "totalResults"),
		links:     atomLinks(f.Extensions),
		ext:       f.Extensions,
		entries:   make([]entry, len(f.Items)),
	}
	if x := f.Extensions["atom"]["id"]; len(x) > 0 {
		p.id = field.ID(x[0].Value)
	}
	if dc := f.DublinCoreExt; dc != nil && p.language == "" {
		p.language = firstOf(dc.Language, "")
	}
	p.interval.rss(f)
	p.common(s)
	for i, item := range f.Items {
		p.entries[i] = rssEntry(item, s.Mark(i, len(f.Items)), url)
	}
	return p, nil
}

func rssEntry(item *rss.Item, m scan.Mark, url string) entry {
	base := url
	if m.Base != "" {
		base = field.Resolve(url, m.Base)
	}
	e := entry{
		id:         field.ID(m.About),
		url:        field.URL(base, firstOf(item.Links, item.Link)),
		title:      item.Title,
		content:    itemBody(item),
		author:     creator(item),
		published:  field.Time(item.PubDate),
		links:      atomLinks(item.Extensions),
		discussion: field.URL(base, item.Comments),
		replies:    m.Replies,
		ext:        item.Extensions,
	}
	if e.id != "" && e.url == "" && item.GUID == nil {
		e.url = field.URL("", e.id) // RDF's name of an item is its address (RSS 1.0, 5.5)
	}
	if item.GUID != nil && strings.TrimSpace(item.GUID.Value) != "" {
		e.id = field.ID(item.GUID.Value)
		if e.url == "" && !strings.EqualFold(item.GUID.IsPermalink, "false") {
			e.url = field.URL("", e.id)
		}
	}
	if e.url == "" {
		e.url = field.URL(base, alternate(e.links))
	}
	// FeedBurner puts its own address in the place of the entry's.
	if x, ok := extension(item.Extensions, "origLink"); ok {
		if u := field.URL(base, x.Value); u != "" {
			e.url = u
		}
	}
	if dc := item.DublinCoreExt; dc != nil && e.published.IsZero() {
		e.published = field.Time(firstOf(dc.Date, ""))
	}
	for _, name := range []string{"updated", "modified"} {
		if x, ok := extension(item.Extensions, name); ok && e.updated.IsZero() {
			e.updated = field.Time(x.Value)
		}
	}
	if e.published.IsZero() {
		e.published = e.updated
	}
	e.place(m, url)
	return e
}

// itemBody gives the text, which is HTML by custom: the content, or the description
// where that says nothing.
func itemBody(item *rss.Item) string {
	if item.Content == "" || item.Description != "" && isBlank(item.Content) {
		return item.Description
	}
	return item.Content
}

// creator gives the writer: dc:creator, else the author element.
func creator(item *rss.Item) string {
	if item.DublinCoreExt != nil {
		if n := field.Name(firstOf(item.DublinCoreExt.Creator, "")); n != "" {
			return n
		}
	}
	if n := field.Name(item.Author); n != "" {
		return n
	}
	for _, x := range append(item.Extensions["dc"]["creator"], item.Extensions["atom"]["author"]...) {
		for _, n := range x.Children["name"] {
			return field.Name(n.Value)
		}
	}
	return ""
}

// firstOf gives the first text that is not empty, else the other.
func firstOf(all []string, other string) string {
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return other
}

// atomLinks gives the Atom links that an RSS feed or item holds.
func atomLinks(exts ext.Extensions) []*atom.Link {
	var all []*atom.Link
	for _, x := range exts["atom"]["link"] {
		rel := x.Attrs["rel"]
		if rel == "" {
			rel = "alternate"
		}
		all = append(all, &atom.Link{Href: x.Attrs["href"], Rel: rel, Type: x.Attrs["type"]})
	}
	return all
}
