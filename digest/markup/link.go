package markup

import (
	"net/url"
	"strings"

	"postbag/digest/hostname"
)

// link resolves an address against base and gives it in the one spelling that
// is stored, or "" for what is not to be linked: other schemes than http, https
// and mailto, addresses that carry a login, that are too long, or that do not
// read the same twice.
func link(base *url.URL, ref string) string {
	ref = strings.Trim(strings.ToValidUTF8(ref, ""), " \t\r\n\f")
	ref = unbroken.Replace(ref)
	if ref == "" || len(ref) > 2*maxLink {
		return ""
	}
	u, err := url.Parse(WithPercents(ref))
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

// WithPercents writes percent signs of an address that begin no character as characters.
// Browsers follow such an address (URL Standard, 4.4); what else reads it does not. In
// the name of a host there are none.
func WithPercents(address string) string {
	if !strings.Contains(address, "%") {
		return address
	}
	var b strings.Builder
	from := 0
	if before, rest, ok := strings.Cut(address, "//"); ok && !strings.ContainsAny(before, "/?#") {
		from = len(before) + len("//") + len(rest)
		if n := strings.IndexAny(rest, "/?#"); n >= 0 {
			from -= len(rest) - n
		}
	}
	b.WriteString(address[:from])
	for i := from; i < len(address); i++ {
		b.WriteByte(address[i])
		if address[i] == '%' && !(i+2 < len(address) && isHex(address[i+1]) && isHex(address[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// unbroken takes out what browsers take out of an address wherever it stands.
var unbroken = strings.NewReplacer("\t", "", "\r", "", "\n", "")

// spell writes an address in visible ASCII only.
func spell(u *url.URL) string {
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" || u.User != nil || u.Opaque != "" {
			return ""
		}
		if hostname.Normal(u.Hostname()) == "" {
			return ""
		}
		v := *u
		v.Host = hostname.WithPort(u)
		return encode(v.String())
	case "mailto":
		return mailLink(u)
	}
	return ""
}

// mailLink keeps the address of a mail link and the subject that it proposes
// (RFC 6068, 2); what else may stand there, such as files to attach, is no
// stranger's to propose.
func mailLink(u *url.URL) string {
	if u.Opaque == "" {
		return ""
	}
	out := "mailto:" + u.Opaque
	for _, field := range strings.Split(u.RawQuery, "&") {
		name, value, _ := strings.Cut(field, "=")
		if plain, err := url.PathUnescape(value); strings.EqualFold(name, "subject") && err == nil && Clean(plain) == plain && plain != "" {
			out += "?subject=" + value
			break
		}
	}
	return encode(out)
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
