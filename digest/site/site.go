// Package site knows every address of a publication, once: what the web server
// routes by, and what pages, feeds and mails link to, are made from the same
// [Page]s.
package site

import (
	"fmt"
	"net/url"
	"strings"
)

// Page is the path of a page or document below the base URL. Parts in braces are
// to be filled in.
type Page string

// The pages.
const (
	Home        Page = "/"
	Archive     Page = "/issues/" // the list of all issues
	Issue       Page = "/issues/{number}"
	Feed        Page = "/feed.atom"
	Subscribe   Page = "/subscribe"
	Confirm     Page = "/confirm/{token}"
	Leave       Page = "/unsubscribe" // asks for the links to leave, by mail
	Unsubscribe Page = "/unsubscribe/{token}"
	Undo        Page = "/unsubscribe/{token}/undo" // takes an unsubscription back
	Preferences Page = "/preferences/{token}"
	Hook        Page = "/hooks/{provider}" // what a provider of mail tells of mails
	Asset       Page = "/assets/{file}"
	Favicon     Page = "/favicon.ico"
	Robots      Page = "/robots.txt"
	Health      Page = "/healthz" // whether the process answers
	Ready       Page = "/readyz"  // whether it can serve
)

// TestQuery is the query of the link to an issue in a test mail: the issue may not
// be published yet.
const TestQuery = "test"

// seriesPart is what stands before the addresses of a series that is not the first.
const seriesPart = "/s/{series}"

// InSeries gives the page as one of a further series: below its slug. The slug is the
// first part in braces.
func (p Page) InSeries() Page { return seriesPart + p }

// At gives the page of a series by its place, see [digest.Series.Place]: the page itself
// for the first series.
func (p Page) At(place string) Page {
	if place == "" {
		return p
	}
	return Page("/s/"+place) + p
}

// Pattern gives the pattern by which an [net/http.ServeMux] routes to the page and
// to no other.
func (p Page) Pattern() string {
	if strings.HasSuffix(string(p), "/") {
		return string(p) + "{$}"
	}
	return string(p)
}

// With gives the page's path with its parts in braces filled in, in order: an issue's
// number, a token, a file's name. Parts without a value stay as they are.
func (p Page) With(values ...any) string {
	var path strings.Builder
	rest := string(p)
	for _, v := range values {
		before, after, found := strings.Cut(rest, "{")
		if !found {
			break
		}
		path.WriteString(before + fmt.Sprint(v))
		_, rest, _ = strings.Cut(after, "}")
	}
	return path.String() + rest
}

// part names the first part in braces, "" where there is none.
func (p Page) part() string {
	_, rest, _ := strings.Cut(string(p), "{")
	name, _, _ := strings.Cut(rest, "}")
	return name
}

// Site makes addresses below a base URL.
type Site struct {
	Base string // absolute, without a trailing slash
}

// URL gives the absolute address of a page, with its parts in braces filled in if it
// has any.
func (s Site) URL(p Page, values ...any) string { return s.Base + p.With(values...) }

// Path gives the address of a page on its own host: a site may be below a path of
// its host.
func (s Site) Path(p Page, values ...any) string {
	base := ""
	if u, err := url.Parse(s.Base); err == nil {
		base = strings.TrimRight(u.EscapedPath(), "/")
	}
	return base + p.With(values...)
}

// HealthAnswer is what [Health] answers.
const HealthAnswer = "ok\n"
