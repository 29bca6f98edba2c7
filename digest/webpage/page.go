package webpage

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"

	"golang.org/x/net/html"
)

// Page is what a web page says about the feeds of its blog.
type Page struct {
	Title     string // of the page
	SiteName  string // of the whole site (Open Graph), "" when it does not say
	Generator string // the software it names, "" for none
	Language  string // BCP 47, "" when the page does not say
	Links     []Link // the feeds it announces, in order
	// Anchors are links in its text whose addresses look like those of feeds.
	Anchors []Link
	// Blogs are links to what calls itself the site's blog: "/blog/" and the like.
	Blogs  []string
	Embeds []Embed // embedded comments of other services
	Login  bool    // it asks for a password
	// WordPressHome is the home page of the WordPress site that the page belongs
	// to, by its link to WordPress's own interface; "" elsewhere.
	WordPressHome string
}

// Link is a feed that a page announces.
type Link struct {
	URL      string // absolute
	Type     string // media type, lower case; "" when the page does not say
	Title    string
	Language string // hreflang
}

// The bounds of what is kept of a page.
const (
	maxLinks  = 50 // of each sort
	maxEmbeds = 5
)

// feedTypes are the media types of feeds.
var feedTypes = []string{"application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json"}

// Read reads a web page: the feeds it announces by <link rel=alternate>,
// wherever these stand, the links in its text that look like feeds, its generator
// and its embedded comments. Addresses are resolved against base, or against the
// page's own <base>.
func Read(page []byte, base string) Page {
	r := pageReader{z: html.NewTokenizer(bytes.NewReader(page)), base: base}
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			return r.out
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open()
		case html.TextToken:
			r.text()
		default:
			r.inside = ""
		}
	}
}

// pageReader is the reading of a page under way.
type pageReader struct {
	z      *html.Tokenizer
	base   string
	inside string // the element whose text follows, if that is wanted
	out    Page
}

func (r *pageReader) open() {
	name, more := r.z.TagName()
	r.inside = ""
	switch tag := string(name); tag {
	case "title", "script":
		r.inside = tag
		if tag == "script" {
			r.out.script(attributes(r.z, more), r.base)
		}
	case "html":
		r.out.Language = field.Line(attributes(r.z, more)["lang"], 35)
	case "base":
		// A base that is too long to be an address would be read again for each link.
		if base := field.ID(field.Resolve(r.base, attributes(r.z, more)["href"])); base != "" {
			r.base = base
		}
	case "link":
		r.out.link(attributes(r.z, more), r.base)
	case "a":
		r.out.anchor(attributes(r.z, more), r.base)
	case "meta":
		r.out.meta(attributes(r.z, more))
	case "input":
		r.out.Login = r.out.Login || strings.EqualFold(attributes(r.z, more)["type"], "password")
	case "div", "section":
		r.out.element(attributes(r.z, more))
	}
}

func (r *pageReader) text() {
	switch r.inside {
	case "title":
		if r.out.Title == "" {
			r.out.Title = field.Line(string(r.z.Text()), field.MaxTitle)
		}
	case "script":
		r.out.scriptText(string(r.z.Text()))
	}
	r.inside = ""
}

func attributes(z *html.Tokenizer, more bool) map[string]string {
	all := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, twice := all[string(key)]; !twice {
			all[string(key)] = string(value)
		}
	}
	return all
}

func (p *Page) meta(a map[string]string) {
	content := field.Line(a["content"], field.MaxTitle)
	switch {
	case strings.EqualFold(a["name"], "generator") && p.Generator == "":
		p.Generator = content
	case strings.EqualFold(a["name"], "application-name") && p.Generator == "" && strings.EqualFold(content, "mastodon"):
		p.Generator = content
	case strings.EqualFold(a["property"], "og:site_name") && p.SiteName == "":
		p.SiteName = content
	}
}

// link reads a <link> that announces a feed (HTML, 4.6.7.1), or WordPress's
// own interface.
func (p *Page) link(a map[string]string, base string) {
	for _, rel := range strings.Fields(strings.ToLower(a["rel"])) {
		switch rel {
		case "https://api.w.org/":
			p.wordPress(field.PageURL(base, a["href"]))
		case "alternate", "feed":
			if l := linkOf(a, base); l.URL != "" && announces(l) {
				p.Links = appendLink(p.Links, l)
			}
		}
	}
}

func linkOf(a map[string]string, base string) Link {
	return Link{
		URL:      field.WithoutFragment(field.PageURL(base, a["href"])),
		Type:     strings.ToLower(strings.TrimSpace(strings.Split(a["type"], ";")[0])),
		Title:    field.Line(a["title"], field.MaxTitle),
		Language: field.Line(a["hreflang"], 35),
	}
}

// announces tells whether a link leads to a feed. Types that serve for many other
// things, and no type at all, need an address that looks like one.
func announces(l Link) bool {
	switch {
	case slices.Contains(feedTypes, l.Type), oddFeedType.MatchString(l.Type):
		return true
	case l.Type == "text/xml", l.Type == "application/xml":
		return true // an alternate of a page that is XML is its feed
	case l.Type == "", l.Type == "application/json", l.Type == "text/plain", l.Type == "application/octet-stream":
		return LooksLikeFeed(l.URL)
	}
	return false
}

// oddFeedType are media types that nobody registered and sites write for those of feeds:
// "application/rss", "text/atom+xml", "application/x-rss+xml".
var oddFeedType = lazyregexp.New(`^(?:application|text)/(?:x[.-])?(?:rss|atom|rdf|feed)(?:2|10)?(?:\+(?:xml|json))?$`)

func appendLink(links []Link, l Link) []Link {
	if len(links) >= maxLinks || slices.ContainsFunc(links, func(o Link) bool { return o.URL == l.URL }) {
		return links
	}
	return append(links, l)
}

// wordPress takes the site's home page from the address of its interface:
// HOME/wp-json/, or HOME?rest_route=/ where permalinks are plain.
func (p *Page) wordPress(api string) {
	u, err := url.Parse(api)
	if err != nil || api == "" || p.WordPressHome != "" {
		return
	}
	u.RawQuery, u.Fragment = "", ""
	u.Path = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "wp-json"), "index.php")
	u.RawPath = ""
	p.WordPressHome = strings.TrimSuffix(u.String(), "/") + "/"
}

// anchor reads a link in the page's text.
func (p *Page) anchor(a map[string]string, base string) {
	l := linkOf(a, base)
	if l.URL == "" {
		return
	}
	if slices.Contains(feedTypes, l.Type) || LooksLikeFeed(l.URL) {
		p.Anchors = appendLink(p.Anchors, l)
		return
	}
	if u, err := url.Parse(l.URL); err == nil && len(p.Blogs) < maxLinks && !slices.Contains(p.Blogs, l.URL) {
		if blogPath.MatchString(u.Path) || u.Path == "/" && strings.HasPrefix(strings.ToLower(u.Host), "blog.") {
			p.Blogs = append(p.Blogs, l.URL)
		}
	}
}

var (
	blogPath = lazyregexp.New(`(?i)^/(?:[a-z]{2}/)?(?:blogs?|weblog)(?:/|/index\.html?)?$`)
	// feedName is the last part of a feed's path, and feedQuery a parameter that
	// asks for one.
	feedName  = lazyregexp.New(`(?i)(?:^|/)(?:[^/]*\.(?:rss|atom|rdf)|(?:[^/]*[-_.])?(?:feed|rss|rss2|atom)(?:\.(?:xml|json|php))?|feed/json|index\.(?:xml|rdf))/?$`)
	feedQuery = lazyregexp.New(`(?i)(?:^|[&;])(?:feed=(?:rss2?|atom|rdf|feed|comments-)|format=(?:rss|atom|feed)|type=(?:rss|atom)|alt=(?:rss|atom)|action=rss)`)
)

// LooksLikeFeed tells whether an address is one that feeds usually have.
func LooksLikeFeed(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (feedName.MatchString(u.Path) || feedQuery.MatchString(u.RawQuery) || bloggerPath.MatchString(u.Path))
}

// bloggerPath is the path of one of Blogger's feeds.
var bloggerPath = lazyregexp.New(`^/feeds/(?:\d+/)*(?:posts|comments)/(?:default|summary|full)(?:/.*)?$`)
