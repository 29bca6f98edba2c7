package listfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes words comparable: lower case without accents, one space for whatever
// stands between letters and digits, and between the words of "unsubscribedAt".
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap, lower := false, false
	for _, r := range decompose(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap, lower = true, false
			continue
		}
		if (gap || lower && unicode.IsUpper(r)) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap, lower = false, unicode.IsLower(r)
		if plain, ok := plainLetters[unicode.ToLower(r)]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// plainLetters are letters whose accent is part of them.
var plainLetters = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'æ': "ae", 'œ': "oe", 'ð': "d", 'þ': "th", 'ı': "i",
}

// decompose parts letters from their accents.
func decompose(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return norm.NFKD.String(s)
		}
	}
	return s
}

// set makes a set of folded words, given between bars.
func set(words ...string) map[string]bool {
	all := map[string]bool{}
	for _, w := range words {
		for one := range strings.SplitSeq(w, "|") {
			all[fold(one)] = true
		}
	}
	return all
}
