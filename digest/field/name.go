package field

import (
	"html"
	"regexp"
	"strings"

	"postbag/digest/charset"
	"postbag/digest/markup"
)

// The forms in which a mail address and a name are joined (RSS 2.0, author; RFC 5322,
// 3.4), and an address within a text.
var (
	addressName = regexp.MustCompile(`^\S+[@＠]\S+\s+\((.+)\)$`)
	nameAddress = regexp.MustCompile(`^(.+?)\s+[(<]\S+[@＠][^\s()<>]+[)>]$`)
	mailAddress = regexp.MustCompile(`(^|[\s()<>\[\]"'“”‘’,;:|])([^\s()<>\[\]"'“”‘’,;:|@＠]+)[@＠][^\s()<>\[\]"'“”‘’,;:|@＠]+\.[^\s()<>\[\]"'“”‘’,;:|@＠]*`)
	mailScheme  = regexp.MustCompile(`(?i)^mailto:`)
)

// Name makes a writer's name of what a platform gives, in whatever format. Many names are
// mail addresses, and nobody's is shown to all readers: of one only what stands before
// the @ is left. A handle of the fediverse (@user@host) is a public name and stays.
func Name(s string) string {
	s = Short(markup.Clean(html.UnescapeString(charset.Clean(s))), 5*MaxName)
	if !strings.ContainsAny(s, "@＠") {
		return Short(s, MaxName)
	}
	s = mailScheme.ReplaceAllString(s, "")
	for _, form := range []*regexp.Regexp{addressName, nameAddress} {
		if m := form.FindStringSubmatch(s); m != nil {
			s = m[1]
			break
		}
	}
	for mailAddress.MatchString(s) { // one @ less each time
		s = mailAddress.ReplaceAllString(s, "$1$2")
	}
	return Line(s, MaxName)
}
