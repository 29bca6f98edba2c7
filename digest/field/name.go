package field

import (
	"html"
	"strings"

	"postbag/digest/charset"
	"postbag/digest/lazyregexp"
	"postbag/digest/markup"
)

// The forms in which a mail address and a name are joined (RSS 2.0, author; RFC 5322,
// 3.4), and an address within a text.
var (
	addressName = lazyregexp.New(`^\S+[@＠]\S+\s+\((.+)\)$`)
	nameAddress = lazyregexp.New(`^(.+?)\s+[(<]\S+[@＠][^\s()<>]+[)>]$`)
	mailAddress = lazyregexp.New(`(^|[\s()<>\[\]"'“”‘’,;:|])([^\s()<>\[\]"'“”‘’,;:|@＠]+)[@＠][^\s()<>\[\]"'“”‘’,;:|@＠]+\.[^\s()<>\[\]"'“”‘’,;:|@＠]*`)
	mailScheme  = lazyregexp.New(`(?i)^mailto:`)
)

// The tags that stand in a name: the element that holds it alone, as in Atom (RFC 4287,
// 3.2); those that only say how it looks; and any other, at which it ends.
var (
	nameElement = lazyregexp.New(`(?is)<(?:\w+:)?name(?:\s[^<>]*)?>([^<]+)`)
	looks       = lazyregexp.New(`(?i)</?(?:a|b|i|u|s|em|strong|span|font|small|big|img|sup|sub|bdi|bdo)(?:\s[^<>]*)?/?>`)
	otherTag    = lazyregexp.New(`</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>`)
)

// untagged gives a name without the tags in it. What is nothing but tags is a name that
// looks like some.
func untagged(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	if m := nameElement.FindStringSubmatch(s); m != nil && strings.TrimSpace(m[1]) != "" {
		return m[1]
	}
	for _, part := range otherTag.Split(looks.ReplaceAllString(s, ""), -1) {
		if strings.TrimSpace(part) != "" {
			return part
		}
	}
	return s
}

// Name makes a writer's name of what a platform gives, in whatever format. Many names are
// mail addresses, and nobody's is shown to all readers: of one only what stands before
// the @ is left. A handle of the fediverse (@user@host) is a public name and stays.
func Name(s string) string {
	s = Short(markup.Clean(untagged(html.UnescapeString(charset.Clean(s)))), 5*MaxName)
	if !strings.ContainsAny(s, "@＠") {
		return Short(s, MaxName)
	}
	s = mailScheme.ReplaceAllString(s, "")
	for _, form := range []*lazyregexp.Regexp{addressName, nameAddress} {
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
