package dump

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/digest/feed"
	"postbag/digest/markup"
)

const (
	maxName = 200  // characters of a writer's name
	maxID   = 2000 // bytes of an id or address
)

// inlineTag is markup that some platforms leave in titles.
var inlineTag = regexp.MustCompile(`(?i)</?(?:em|i|b|strong|u|s|span|code|sub|sup|small|br|a)(?:\s[^<>]*)?/?>`)

// title makes a heading of an export's title, whose entities are escaped once
// more than XML asks for, as in feeds.
func title(s string) string {
	return short(markup.Clean(html.UnescapeString(inlineTag.ReplaceAllString(s, ""))), feed.MaxTitle)
}

// name makes a writer's name.
func name(s string) string { return short(markup.Clean(html.UnescapeString(s)), maxName) }

// short cuts a text after so many characters.
func short(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// id cleans an id or address; one too long to be kept is none.
func id(s string) string {
	if s = strings.TrimSpace(s); len(s) > maxID || strings.ContainsAny(s, "\n\r\t\x00") {
		return ""
	}
	return s
}

// webURL gives an address if it is http or https, else "".
func webURL(s string) string {
	u, err := url.Parse(id(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return id(s)
}

func withoutFragment(u string) string {
	u, _, _ = strings.Cut(u, "#")
	return u
}

var plainMark = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// number gives an entry's number without leading zeros, or the mark that some
// writers of these formats use instead; "" for 0 and for anything else.
func number(s string) string {
	s = strings.TrimLeft(strings.TrimSpace(s), "0")
	if !plainMark.MatchString(s) {
		return ""
	}
	return s
}

// count reads a number of comments, -1 when there is none.
func count(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 1e9 {
		return -1
	}
	return n
}

// hash is a fingerprint of raw texts.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:32]
}

var anyTag = regexp.MustCompile(`<[^<>]*>`)

// words gives the words of a short piece of HTML that the platform itself wrote.
func words(s string) string {
	return short(markup.Clean(html.UnescapeString(anyTag.ReplaceAllString(s, " "))), maxName)
}

// firstBlog is before every blog: a date before it is a fault.
var firstBlog = time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC)

// stamp reads a time in RFC 3339, zero when it is missing or impossible.
func stamp(s string) time.Time { return moment(time.RFC3339Nano, s) }

// moment reads a time in a layout; one without a zone is read as UTC.
func moment(layout, s string) time.Time {
	t, err := time.Parse(layout, strings.TrimSpace(s))
	if err != nil || t.Before(firstBlog) || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// firstTime gives the first time that is not zero.
func firstTime(all ...time.Time) time.Time {
	for _, t := range all {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// or gives the first text that is not empty.
func or(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
