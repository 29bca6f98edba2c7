package feed

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"postbag/digest"
)

// atomPage is an Atom feed on its way to a [Document].
type atomPage struct {
	survey *survey
	feed   *atom.Feed
	url    string
}

func generatorText(f *atom.Feed) string {
	if f.Generator == nil {
		return ""
	}
	return strings.TrimSpace(f.Generator.Value + " " + f.Generator.URI)
}

func (p atomPage) isBlogger() bool {
	g := strings.ToLower(generatorText(p.feed))
	return bloggerID.MatchString(p.feed.ID) || strings.HasPrefix(g, "blogger") || strings.Contains(g, "www.blogger.com")
}

func (p atomPage) isWordPress() bool {
	g := strings.ToLower(generatorText(p.feed))
	return strings.Contains(g, "wordpress.org") || strings.Contains(g, "wordpress.com") || strings.HasPrefix(g, "wordpress")
}

// document reads what stands above the entries (RFC 4287, 4.1.1).
func (p atomPage) document(platform digest.Platform) *Document {
	f, base := p.feed, p.url
	return &Document{
		Platform:     platform,
		Title:        title(f.Title),
		HomeURL:      webURL(base, link(f.Links, "alternate")),
		SelfURL:      webURL(base, link(f.Links, "self")),
		NextURL:      webURL(base, link(f.Links, "next")),
		Language:     short(plain(f.Language), 35),
		TotalResults: count(f.Extensions, "totalResults"),
		Skipped:      p.survey.skipped,
	}
}

// base gives what relative addresses in the i-th entry are resolved against:
// its xml:base, else its page, else the feed.
func (p atomPage) base(i int, permalink string) string {
	if len(p.survey.bases) == len(p.feed.Entries) && p.survey.bases[i] != "" {
		return resolve(p.url, p.survey.bases[i])
	}
	if permalink != "" {
		return permalink
	}
	return p.url
}

// post reads an entry as a post.
func (p atomPage) post(i int, e *atom.Entry, body string) PostEntry {
	url := webURL(p.base(i, ""), link(e.Links, "alternate"))
	return PostEntry{
		ID:        id(e.ID),
		URL:       url,
		Title:     title(e.Title),
		Author:    p.author(e).Name,
		Published: moment(e.PublishedParsed),
		Updated:   moment(e.UpdatedParsed),
		Announced: count(e.Extensions, "total"),
		Body:      Body{HTML: body, Base: p.base(i, url)},
		Hash:      hash(e.Title, body),
	}
}

// comment reads what all platforms share of a comment.
func (p atomPage) comment(i int, e *atom.Entry, body string) CommentEntry {
	url := webURL(p.base(i, ""), link(e.Links, "alternate"))
	author := p.author(e)
	return CommentEntry{
		ID:        id(e.ID),
		URL:       url,
		Author:    author.Name,
		AuthorURI: webURL("", author.URI),
		Published: moment(e.PublishedParsed),
		Updated:   moment(e.UpdatedParsed),
		Body:      Body{HTML: body, Base: p.base(i, url)},
		Hash:      hash(body),
	}
}

// author gives the first writer named. E-mail addresses are not looked at.
func (p atomPage) author(e *atom.Entry) atom.Person {
	for _, a := range e.Authors {
		if n := name(a.Name); n != "" {
			return atom.Person{Name: n, URI: a.URI}
		}
	}
	return atom.Person{}
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

func withoutFragment(u string) string {
	u, _, _ = strings.Cut(u, "#")
	return u
}
