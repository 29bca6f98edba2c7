package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"

	"postbag/digest"
)

// WordParts is how many parts a word has: characters of scripts without spaces are
// counted in parts of a word.
const WordParts = 4

// unspaced are the scripts that put no space between words, and fourToAWord those of
// them of which four characters make about a word; of the others it is two.
var (
	unspaced    = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan}
	fourToAWord = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan}
)

// IsUnspaced tells whether a letter is of a script that puts no space between words.
func IsUnspaced(r rune) bool { return r >= 0x0E00 && unicode.IsLetter(r) && unicode.In(r, unspaced...) }

// IsPhrased tells whether a letter is of a script that has no sign for the end of a
// sentence, and parts phrases by spaces.
func IsPhrased(r rune) bool { return r >= 0x0E00 && r <= 0x0EFF && unicode.IsLetter(r) }

// PartsOf gives how many [WordParts] a character makes that is no part of a spaced
// word: people write some two of them for a word in Chinese and Japanese, and four in
// Thai and its neighbours.
func PartsOf(r rune) int {
	if unicode.In(r, fourToAWord...) {
		return WordParts / 4
	}
	return WordParts / 2
}

// Words counts the words of a text as [CountWords] does. Paragraphs stand apart, and
// marks that the writer did not write have none.
func Words(p digest.Prose) int {
	var c wordCount
	for _, para := range p {
		c.add(para.Own().Text())
	}
	return c.total()
}

// IsEmpty tells whether a text has neither a word nor a mark of what is not shown.
func IsEmpty(p digest.Prose) bool { return Words(p) == 0 && len(p.Marks()) == 0 }

// CountWords counts the words of a plain text: runs of characters between spaces that
// hold at least one letter or digit, so that an address is one. In scripts that put
// no space between words they are those of Unicode UAX #29, several of which may make
// one.
func CountWords(text string) int {
	var c wordCount
	c.add(text)
	return c.total()
}

type wordCount struct{ words, parts int }

func (c *wordCount) total() int { return c.words + (c.parts+WordParts-1)/WordParts }

func (c *wordCount) add(text string) {
	for run := range strings.FieldsSeq(text) {
		if !strings.ContainsFunc(run, IsUnspaced) {
			if strings.ContainsFunc(run, isOfWord) {
				c.words++
			}
			continue
		}
		counted := false
		for it := words.FromString(run); it.Next(); {
			word := it.Value()
			switch r, _ := utf8.DecodeRuneInString(word); {
			case IsUnspaced(r):
				parts := 0
				for _, r := range word {
					if !unicode.Is(unicode.M, r) {
						parts += PartsOf(r)
					}
				}
				c.parts += min(parts, WordParts)
				counted = false
			case !counted && strings.ContainsFunc(word, isOfWord):
				c.words++
				counted = true
			}
		}
	}
}

func isOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
