package cut

import (
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// characters are what a reader sees as single characters, one after the other: a
// letter and its accents, an emoji and what is joined to it, a flag, a conjunct
// (Unicode UAX #29).
type characters struct {
	text string
	it   *graphemes.Iterator[string]
}

func charactersOf(text string) characters { return characters{text, graphemes.FromString(text)} }

// split tells whether an offset lies inside a character. Offsets must not go back.
// What follows white space begins a character, though an accent alone is none.
func (c characters) split(at int) bool {
	for c.it.End() < at && c.it.Next() {
	}
	if at <= 0 || c.it.End() == at {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(c.text[:at])
	return !unicode.IsSpace(before)
}

// splitsWord tells whether an offset lies inside a word, so that cutting there
// would leave a word that nobody wrote: "un|able", "can|'t", "non|-stop",
// "7|.5". Scripts that put no space between words have no such offsets.
func splitsWord(text string, at int) bool {
	if at <= 0 || at >= len(text) {
		return false
	}
	before, size := lastLetter(text[:at])
	after, next := utf8.DecodeRuneInString(text[at:])
	switch {
	case ofWord(before) && ofWord(after):
		return true
	case ofWord(after):
		first, _ := lastLetter(text[:at-size])
		return joins(first, before, after)
	case ofWord(before):
		last, _ := utf8.DecodeRuneInString(text[at+next:])
		return joins(before, after, last)
	}
	return false
}

// lastLetter gives the last character of a text, its accents left out, and the
// size of both.
func lastLetter(text string) (r rune, size int) {
	for size < len(text) {
		var n int
		r, n = utf8.DecodeLastRuneInString(text[:len(text)-size])
		size += n
		if !unicode.Is(unicode.M, r) {
			break
		}
	}
	return r, size
}

// joins tells whether a mark between two characters makes one word of them.
func joins(first, mark, last rune) bool {
	switch mark {
	case '\'', '’', '-', '\u2010', '\u2011', '_':
		return ofWord(first) && ofWord(last)
	case '.', ',', ':':
		return unicode.IsDigit(first) && unicode.IsDigit(last)
	}
	return false
}

// ofWord tells whether a character belongs to a word of a script that parts its
// words by spaces.
func ofWord(r rune) bool {
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return false
	}
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}
