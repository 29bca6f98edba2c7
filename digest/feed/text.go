package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ext "github.com/mmcdole/gofeed/extensions"

	"postbag/digest/markup"
)

// plain makes one safe line of plain text, as exports are read too: without control
// characters and those that reorder or hide what is read, white space collapsed.
func plain(s string) string { return markup.Clean(s) }

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

// id cleans an id or address, in which no line ends; one too long to be kept is
// none.
func id(s string) string {
	s = strings.TrimSpace(lineless.Replace(clean(s)))
	if len(s) > MaxAddress {
		return ""
	}
	return s
}

var lineless = strings.NewReplacer("\n", "", "\r", "", "\t", "")

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
	s = strings.ReplaceAll(html.EscapeString(clean(s)), "\r\n", "\n")
	return strings.ReplaceAll(s, "\n", "<br>")
}

// clean takes the control characters out that a decoder may have brought in.
func clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
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

// extensions gives all elements of a local name, prefix by prefix.
func extensions(exts ext.Extensions, local string) []ext.Extension {
	var prefixes []string
	for prefix, byName := range exts {
		if len(byName[local]) > 0 {
			prefixes = append(prefixes, prefix)
		}
	}
	if len(prefixes) == 1 {
		return exts[prefixes[0]][local]
	}
	slices.Sort(prefixes)
	var all []ext.Extension
	for _, prefix := range prefixes {
		all = append(all, exts[prefix][local]...)
	}
	return all
}

// count reads a number of comments or results, -1 when there is none.
func count(exts ext.Extensions, local string) int {
	e, _ := extension(exts, local)
	return number(e.Value)
}

// number reads up to nine digits, -1 for anything else.
func number(s string) int {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return -1
	}
	n := 0
	for _, d := range s {
		n = n*10 + int(d-'0')
	}
	return n
}

// The forms in which RSS joins an e-mail address and a name (RSS 2.0, author).
var (
	addressName = regexp.MustCompile(`^\S+@\S+\s+\((.+)\)$`)
	nameAddress = regexp.MustCompile(`^(.+?)\s+[(<]\S+@[^\s()<>]+[)>]$`)
	addressOnly = regexp.MustCompile(`^([^\s@()<>]+)@[^\s@()<>]+\.[^\s@()<>]+$`)
)

// withoutEmail gives the name in an author text, which may hold an e-mail
// address: of a bare address, what stands before the @.
func withoutEmail(s string) string {
	s = strings.TrimSpace(s)
	for _, form := range []*regexp.Regexp{addressName, nameAddress, addressOnly} {
		if m := form.FindStringSubmatch(s); m != nil {
			return m[1]
		}
	}
	return s
}

// tagOrReference is markup in a text.
var tagOrReference = regexp.MustCompile(`</?[A-Za-z][^<>]*>|&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);`)

// hasMarkup tells whether a text looks like HTML.
func hasMarkup(s string) bool { return tagOrReference.MatchString(s) }

// pathOf gives the path of an address.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// titleRef names a post by its title, for platforms whose comments give nothing
// else: lower case, white space collapsed. Only so much of a title counts as
// fits an id.
func titleRef(raw string) string {
	t := strings.ToLower(title(raw))
	if t == "" {
		return ""
	}
	return "title:" + short(t, 400)
}
