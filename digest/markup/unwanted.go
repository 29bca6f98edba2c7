package markup

import (
	"strings"
	"unicode"
)

// unwanted tells whether a character is left out of every text: controls, and
// characters without a shape that can reorder, hide or fake what is read. The
// joiners that Persian, Indic scripts and emoji need stay after such characters.
func unwanted(r, last rune) bool {
	switch {
	case r > ' ' && r < 0x7F:
		return false // nearly every character
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		return last <= 0x02FF
	case unicode.IsControl(r):
		return true
	case unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return true
	case r == 0x034F || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r == 0x3164 || r == 0xFFA0:
		return true // fillers without a shape
	case r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF:
		return true // not characters, and not allowed in XML
	}
	return false
}

const (
	zeroWidthNonJoiner = '\u200C'
	zeroWidthJoiner    = '\u200D'
)

// plain tells of the commonest letters beyond ASCII that they are such: Latin,
// Greek, Cyrillic, kana, Han and Hangul.
func plain(r rune) bool {
	switch {
	case r >= 0x00C0 && r <= 0x02AF, r >= 0x0386 && r <= 0x0481, r >= 0x048A && r <= 0x052F,
		r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA, r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return true
	}
	return false
}

// maxMarks bounds the marks on one character; more of them only blot out the
// lines above and below. No script has need of so many.
const maxMarks = 6

// filter tells of one character after another whether it stays. The zero value is
// ready, and stands for what follows white space.
type filter struct {
	last  rune // the last character kept
	marks int  // how many marks stand on it
}

func (s *filter) keeps(r rune) bool {
	if plain(r) {
		s.last, s.marks = r, 0
		return true
	}
	if unwanted(r, s.last) {
		return false
	}
	switch {
	case r < 0x0300:
		s.marks = 0
	case unicode.In(r, unicode.Mn, unicode.Me):
		if s.marks == maxMarks {
			return false
		}
		s.marks++
	case r != zeroWidthJoiner && r != zeroWidthNonJoiner:
		s.marks = 0
	}
	s.last = r
	return true
}

// Clean makes one safe line of a foreign string, such as a title or a name:
// white space collapsed, controls and shapeless characters left out.
func Clean(s string) string {
	var b strings.Builder
	var filter filter
	space := false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			space, filter.last, filter.marks = true, 0, 0
			continue
		case !filter.keeps(r):
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}
