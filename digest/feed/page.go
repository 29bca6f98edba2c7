package feed

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// Page is what a web page says about the feeds of its blog.
type Page struct {
	Generator string // the generator it names, "" for none
	Links     []Link // its feeds, in order
	Login     bool   // it asks for a password
	// WordPress tells that the page links to WordPress's own interface.
	WordPress bool
}

// Link is a feed that a page announces.
type Link struct {
	URL   string // absolute
	Type  string // media type, lower case
	Title string
}

// maxLinks bounds how many announced feeds are looked at.
const maxLinks = 50

// ReadPage reads a web page's head: its <link rel=alternate> feeds resolved
// against base, or against the page's own <base>, and its generator.
func ReadPage(page []byte, base string) Page {
	var out Page
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			switch string(tag) {
			case "base":
				if href := attributes(z, more)["href"]; href != "" {
					base = resolve(base, href)
				}
			case "link":
				out.link(attributes(z, more), base)
			case "meta":
				if a := attributes(z, more); strings.EqualFold(a["name"], "generator") && out.Generator == "" {
					out.Generator = plain(a["content"])
				}
			case "input":
				out.Login = out.Login || strings.EqualFold(attributes(z, more)["type"], "password")
			}
		}
	}
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

func (p *Page) link(a map[string]string, base string) {
	rels := strings.Fields(strings.ToLower(a["rel"]))
	for _, rel := range rels {
		if rel == "https://api.w.org/" {
			p.WordPress = true
		}
		if rel != "alternate" || len(p.Links) >= maxLinks {
			continue
		}
		kind := strings.ToLower(strings.TrimSpace(strings.Split(a["type"], ";")[0]))
		url := webURL(base, a["href"])
		if url != "" && (kind == "application/atom+xml" || kind == "application/rss+xml" || kind == "application/feed+json") {
			p.Links = append(p.Links, Link{URL: url, Type: kind, Title: plain(a["title"])})
		}
	}
}
