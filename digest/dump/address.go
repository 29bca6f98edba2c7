package dump

import (
	"net/url"
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull/identity"
)

// pageKey gives the part of a page's address by which the spellings of it are one; see
// [identity.Hosts.Key]. A home page goes by its host.
func pageKey(address string) string {
	if key := (identity.Hosts{}).Key(address, false); key != "" {
		return key
	}
	if u := identity.Web(address); u != nil && u.RawQuery == "" {
		return "//" + identity.Host(u)
	}
	if strings.HasPrefix(address, "/") { // a path, while nobody knows of which host
		return (identity.Hosts{}).Key("http://"+pathHost+address, false)
	}
	return ""
}

// pathHost stands for the host of a path.
const pathHost = "path.invalid"

// ending is what may follow the address of a page: the name of its version for
// telephones, or of the file that a folder shows.
var ending = lazyregexp.New(`(?:/amp|/(?:index|default)\.[a-z]{3,5})?/*$`)

// bareKey gives the key of an address without what may follow the page's own: a query,
// and an ending; "" when it has none of these.
func bareKey(address string) string {
	u := identity.Web(address)
	if u == nil {
		return ""
	}
	own := pageKey(address)
	u.RawQuery = ""
	u.Path, u.RawPath = ending.ReplaceAllString(u.Path, ""), ""
	if bare := pageKey(u.String()); bare != own {
		return bare
	}
	return ""
}

// plainer tells that an address is better than another of the same page: one without a
// query, then one by https, then the shorter.
func plainer(a, b string) bool {
	for _, mark := range []string{"?", "http://"} {
		if inA, inB := strings.Contains(a, mark), strings.Contains(b, mark); inA != inB {
			return inB
		}
	}
	return len(a) < len(b)
}

// archived is the address of a copy in the Internet Archive.
var archived = lazyregexp.New(`^https?://web\.archive\.org/web/[0-9a-z_*]+/(https?://.+)$`)

// mirrored gives the address of the page that a translation, a cache or an archive shows
// a copy of; another address stays what it is.
func mirrored(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	of := ""
	switch q := u.Query(); u.Hostname() {
	case "translate.googleusercontent.com", "translate.google.com":
		of = q.Get("u")
	case "webcache.googleusercontent.com":
		// cache:MARK:ADDRESS, and words that were looked for
		of, _, _ = strings.Cut(q.Get("q"), " ")
		of = strings.TrimPrefix(of, "cache:")
		if mark, rest, ok := strings.Cut(of, ":"); ok && !strings.HasPrefix(mark, "http") {
			of = rest
		}
		if of != "" && !strings.Contains(of, "://") {
			of = "http://" + of
		}
	case "web.archive.org":
		if m := archived.FindStringSubmatch(address); m != nil {
			of = m[1]
		}
	}
	if of = field.WithoutFragment(webURL(of)); of != "" {
		return of
	}
	return address
}
