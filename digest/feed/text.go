package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	ext "github.com/mmcdole/gofeed/extensions"
)

// plain makes one line of plain text: no control or direction-forcing
// characters, white space collapsed.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case isControl(r), r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// inlineTag is markup that some platforms leave in titles.
var inlineTag = regexp.MustCompile(`(?i)</?(?:em|i|b|strong|u|s|span|code|sub|sup|small|br|a)(?:\s[^<>]*)?/?>`)

// title makes a heading of a feed's title. Blogger and WordPress escape titles
// once more than XML asks for, so entities are read a second time.
func title(s string) string {
	return short(plain(html.UnescapeString(inlineTag.ReplaceAllString(s, ""))), MaxTitle)
}

// short cuts a text after so many characters.
func short(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// name makes a writer's name of what a feed gives.
func name(s string) string { return short(plain(html.UnescapeString(s)), maxName) }

// id cleans an id or address; one too long to be kept is none.
func id(s string) string {
	s = strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if len(s) > maxID {
		return ""
	}
	return s
}

// webURL makes an address absolute and gives "" unless it is http or https.
func webURL(base, ref string) string {
	u := id(resolve(base, ref))
	if strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
		return u
	}
	return ""
}

var anyTag = regexp.MustCompile(`<[^<>]*>`)

// textOf gives the words of a short piece of HTML. It is good enough to
// recognise what a platform itself wrote, and for nothing else.
func textOf(s string) string { return html.UnescapeString(anyTag.ReplaceAllString(s, " ")) }

// textHTML writes plain text as HTML, line ends as breaks.
func textHTML(s string) string {
	s = strings.ReplaceAll(html.EscapeString(s), "\r\n", "\n")
	return strings.ReplaceAll(s, "\n", "<br>")
}

// hash is a fingerprint of raw texts, to find edits.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:32]
}

// firstBlog is before every blog: a date before it is a fault, like the 1970 of
// an unset clock.
var firstBlog = time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC)

// moment gives a parsed time in UTC, or zero for a missing or impossible one.
// A time without a zone is read as UTC.
func moment(t *time.Time) time.Time {
	if t == nil || t.Before(firstBlog) || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// extension gives the first element of a local name, whatever prefix the
// document gave its namespace.
func extension(exts ext.Extensions, local string) (ext.Extension, bool) {
	if all := extensions(exts, local); len(all) > 0 {
		return all[0], true
	}
	return ext.Extension{}, false
}

func extensions(exts ext.Extensions, local string) []ext.Extension {
	var all []ext.Extension
	for _, byName := range exts {
		all = append(all, byName[local]...)
	}
	return all
}

// count reads a number of comments or results, -1 when there is none.
func count(exts ext.Extensions, local string) int {
	e, ok := extension(exts, local)
	if !ok || e.Value == "" || len(e.Value) > 9 || strings.Trim(e.Value, "0123456789") != "" {
		return -1
	}
	n := 0
	for _, d := range e.Value {
		n = n*10 + int(d-'0')
	}
	return n
}
