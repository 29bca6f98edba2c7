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

// Clean makes one safe line of a foreign string, such as a title or a name:
// white space collapsed, controls and shapeless characters left out.
func Clean(s string) string {
	var b strings.Builder
	var last rune
	space := false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			space, last = true, 0
			continue
		case unwanted(r, last):
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space, last = false, r
		b.WriteRune(r)
	}
	return b.String()
}
