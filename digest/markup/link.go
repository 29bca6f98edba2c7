package markup

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// link resolves an address against base and gives it in the one spelling that
// is stored, or "" for what is not to be linked: other schemes than http, https
// and mailto, addresses that carry a login, that are too long, or that do not
// read the same twice.
func link(base *url.URL, ref string) string {
	ref = strings.Trim(strings.ToValidUTF8(ref, ""), " \t\r\n\f")
	ref = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
	if ref == "" || len(ref) > 2*maxLink {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	once := spell(u)
	if once == "" || len(once) > maxLink {
		return ""
	}
	if again, err := url.Parse(once); err != nil || spell(again) != once {
		return ""
	}
	return once
}

// spell writes an address in visible ASCII only.
func spell(u *url.URL) string {
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" || u.User != nil || u.Opaque != "" {
			return ""
		}
		host, err := asciiHost(u.Host)
		if err != nil {
			return ""
		}
		v := *u
		v.Host = host
		return encode(v.String())
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
		return encode(u.String())
	}
	return ""
}

func asciiHost(host string) (string, error) {
	for i := 0; i < len(host); i++ {
		if host[i] >= 0x80 {
			return idna.Lookup.ToASCII(host)
		}
	}
	return strings.ToLower(host), nil
}

// encode percent-encodes what url.URL leaves as it is and a mail or a page
// could misread.
func encode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > ' ' && c < 0x7F && !strings.ContainsRune("\"<>\\^`{|}", rune(c)) {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// baseURL gives the address that relative links of a document start from; nil
// when there is none, and then relative links lose their link.
func baseURL(base string) *url.URL {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}
