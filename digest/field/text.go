package field

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"postbag/digest/charset"
	"postbag/digest/lazyregexp"
	"postbag/digest/markup"
)

// The limits of what is taken from a stranger.
const (
	MaxTitle   = 500  // characters
	MaxName    = 200  // characters of a writer's name
	MaxAddress = 2000 // bytes of an id or address: an index of PostgreSQL takes 2,700
)

// Line makes one safe line of plain text ([markup.Clean]) of at most so many
// characters.
func Line(s string, limit int) string { return Short(markup.Clean(s), limit) }

// Short cuts a text after so many characters, but within none that a reader sees as
// one (Unicode UAX #29).
func Short(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for it := graphemes.FromString(s); it.Next(); {
		if n += utf8.RuneCountInString(it.Value()); n > limit {
			return s[:it.Start()]
		}
	}
	return s
}

var anyTag = lazyregexp.New(`<[^<>]*>`)

// Words gives the words of a short piece of HTML on one line. It is good enough to
// recognise what a platform itself wrote, and for nothing else.
func Words(s string) string {
	return markup.Clean(html.UnescapeString(anyTag.ReplaceAllString(s, " ")))
}

// HTML writes plain text as HTML, line ends as breaks. Lines that are set in, as code
// and verse are, stay so.
func HTML(s string) string {
	s = strings.ReplaceAll(html.EscapeString(charset.Clean(s)), "\r\n", "\n")
	s = setIn.ReplaceAllStringFunc(s, func(lead string) string {
		return "\n" + strings.Repeat("&nbsp;", len(strings.ReplaceAll(lead[1:], "\t", "    ")))
	})
	return strings.ReplaceAll(s, "\n", "<br>")
}

// setIn is the beginning of a line that is set in: one space alone is a slip.
var setIn = lazyregexp.New(`\n(?:[ \t]{2,40}|\t)`)

// Hash is a fingerprint of raw texts, by which edits are found.
func Hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:32]
}

// Number reads up to nine digits, -1 for anything else.
func Number(s string) int {
	if len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
