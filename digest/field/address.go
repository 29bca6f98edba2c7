package field

import (
	"net/url"
	"strings"

	"postbag/digest/charset"
	"postbag/digest/markup"
)

// ID cleans an id or address, in which no line ends; one too long to be kept is
// none.
func ID(s string) string {
	s = strings.TrimSpace(lineless.Replace(charset.Clean(s)))
	if len(s) > MaxAddress {
		return ""
	}
	return s
}

var lineless = strings.NewReplacer("\n", "", "\r", "", "\t", "")

// Resolve makes an address absolute; what cannot be resolved stays as it is, but for
// its stray percent signs ([markup.WithPercents]).
func Resolve(base, ref string) string {
	ref = markup.WithPercents(strings.TrimSpace(ref))
	if base == "" || ref == "" {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// URL makes an address absolute and gives "" unless it is http or https.
func URL(base, ref string) string {
	u := ID(Resolve(base, ref))
	if strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
		return u
	}
	return ""
}

// PageURL is URL for an address that can be asked for: one that is broken is none.
func PageURL(base, ref string) string {
	address := URL(base, ref)
	if u, err := url.Parse(address); err != nil || u.Hostname() == "" {
		return ""
	}
	return address
}

// PathOf gives the path of an address.
func PathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// WithoutFragment gives the address of the page that an address leads to.
func WithoutFragment(u string) string {
	u, _, _ = strings.Cut(u, "#")
	return u
}
