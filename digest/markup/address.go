package markup

import (
	"net/url"
	"strings"
)

// Address gives a link's address as a person would copy it from a text: that of
// a mail link without its scheme and its proposed subject.
func Address(href string) string {
	rest, ok := strings.CutPrefix(href, "mailto:")
	if !ok {
		return href
	}
	to, _, _ := strings.Cut(rest, "?")
	if plain, err := url.PathUnescape(to); err == nil && Clean(plain) == plain {
		return plain
	}
	return to
}

// ShowsAddress tells whether a link's text is its own address.
func ShowsAddress(text, href string) bool {
	text = strings.TrimSpace(text)
	return text == href || text+"/" == href || text == Address(href)
}
