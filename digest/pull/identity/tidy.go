package identity

import (
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

var hasScheme = lazyregexp.New(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// Tidy makes an address of what a person typed; bare tells that it had no
// scheme and https was taken.
func Tidy(raw string) (address string, bare bool, err error) {
	raw = strings.TrimSpace(raw)
	given := raw
	if rest, ok := strings.CutPrefix(raw, "feed:"); ok {
		raw = strings.TrimPrefix(rest, "//")
	}
	if bare = !hasScheme.MatchString(raw); bare {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if at := strings.LastIndex(given, "@"); err != nil && at >= 0 {
		given = "…" + given[at:] // what is before it may be a password
	}
	switch {
	case err != nil || u.Hostname() == "":
	case u.Scheme != "http" && u.Scheme != "https":
		return "", false, digest.Fail(digest.Invalid, "Give an address that starts with https:// or http://.",
			"the address %q is neither http nor https", u.Redacted())
	case u.User != nil:
		return "", false, digest.Fail(digest.Invalid, "Take the name and password out of the address.",
			"the address %q holds a name or password", u.Redacted())
	}
	if err != nil || u.Hostname() == "" || strings.ContainsAny(raw, " \t\r\n") {
		return "", false, digest.Fail(digest.Invalid, "Give the address of the blog, such as https://example.blogspot.com.",
			"%q is not an address", given)
	}
	return raw, bare, nil
}
