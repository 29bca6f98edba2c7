package webpage

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"postbag/digest/charset"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"

	"golang.org/x/net/html"
)

// Post is what the page of a post says of its comments.
type Post struct {
	// Names are the ids and names of its elements: where fragments lead to.
	Names map[string]bool
	// Text are the letters and digits of its text, in lower case: see [Letters].
	Text string
	// More are the pages of the same site that it links to and that hold more of a
	// post's comments, as WordPress writes their addresses, without fragments.
	More []string
}

const (
	maxNames = 50_000
	maxMore  = 100
)

// moreComments is how WordPress writes a page of a post's comments: in the path, or
// where permalinks are plain, as a parameter.
var moreComments = lazyregexp.New(`/comment-page-[0-9]+/?$|[?&]cpage=[0-9]+(&|$)`)

// ReadPost reads a web page that was fetched from an address.
func ReadPost(page []byte, contentType, address string) Post {
	out := Post{Names: map[string]bool{}}
	var text strings.Builder
	z := html.NewTokenizer(bytes.NewReader(charset.Decode(page, contentType)))
	for hidden := ""; ; {
		switch z.Next() {
		case html.ErrorToken:
			out.Text = text.String()
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if tag := string(name); tag == "script" || tag == "style" {
				hidden = tag
			}
			out.element(attributes(z, more), address)
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == hidden {
				hidden = ""
			}
		case html.TextToken:
			if hidden == "" {
				text.WriteString(Letters(string(z.Text())))
			}
		}
	}
}

func (p *Post) element(a map[string]string, address string) {
	for _, name := range []string{a["id"], a["name"]} {
		if name != "" && len(p.Names) < maxNames {
			p.Names[name] = true
		}
	}
	if href := a["href"]; strings.Contains(href, "comment-page-") || strings.Contains(href, "cpage=") {
		p.link(field.WithoutFragment(field.PageURL(address, href)), address)
	}
}

// link notes a page of comments on the same host.
func (p *Post) link(to, from string) {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	if errA != nil || errB != nil || to == "" || !strings.EqualFold(a.Host, b.Host) || len(p.More) >= maxMore {
		return
	}
	if at := b.EscapedPath() + "?" + b.RawQuery; moreComments.MatchString(strings.TrimSuffix(at, "?")) && !slices.Contains(p.More, to) {
		p.More = append(p.More, to)
	}
}

// Letters gives the letters and digits of a text in lower case, and nothing else:
// what is the same however a site sets quotation marks, dashes and spaces.
func Letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
