package search

import "unicode"

// class is what a character of a decomposed text does to words.
type class int8

const (
	apart  class = iota // parts words
	inRun               // a letter or digit of a word
	alone               // a word of its own
	onto                // belongs to the character before it
	silent              // is not there
)

// unspaced are the scripts in which every character is a word: they are written
// without spaces, or with endings joined on.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

const (
	firstPictograph    = 0x2300 // Miscellaneous Technical: signs such as © and ° come before
	zeroWidthSpace     = 0x200B
	prolongedSound     = 0x30FC // common to both kana
	modifierApostrophe = 0x02BC
	turnedComma        = 0x02BB
)

// classes are those of the characters up to the end of the Armenian script: they make
// most of most texts.
var classes = func() (t [0x590]class) {
	for r := range t {
		t[r] = classify(rune(r))
	}
	return t
}()

func classOf(r rune) class {
	if 0 <= r && int(r) < len(classes) {
		return classes[r]
	}
	return classify(r)
}

func classify(r rune) class {
	switch {
	case isJoinedJamo(r), r == 0x3099, r == 0x309A: // the voiced sound marks make other letters
		return onto
	case r == modifierApostrophe, r == turnedComma, r == zeroWidthSpace, r == unicode.ReplacementChar:
		return apart
	case unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Hebrew, unicode.Arabic):
		return silent // accents, points
	case unicode.In(r, unicode.Mn, unicode.Mc):
		return onto // vowel signs
	case r == prolongedSound, unicode.IsLetter(r) && unicode.In(r, unspaced...):
		return alone
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return inRun
	case unicode.Is(unicode.Cf, r), 0x1F3FB <= r && r <= 0x1F3FF: // joiners, colours of skin
		return silent
	case r >= firstPictograph && unicode.Is(unicode.So, r):
		return alone
	}
	return apart
}

// isJoinedJamo tells a Korean vowel or final consonant, which follows the first
// consonant of its syllable.
func isJoinedJamo(r rune) bool { return 0x1160 <= r && r <= 0x11FF }
