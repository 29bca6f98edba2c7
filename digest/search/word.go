package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mostWordBytes is how much of a word counts. It is far under what any index
// takes, and more than the longest word of most languages.
const mostWordBytes = 48

// Word is a word of a text.
type Word struct {
	Folded string // as it is compared
	// Start and End are its bytes in the text. A character that stands for parts
	// of two words, such as ¼, is the first one's.
	Start, End int
}

// IsCharacter tells that the word is one character with what belongs to it: of a
// script whose characters are words of their own, or a pictograph.
func (w Word) IsCharacter() bool {
	r, _ := utf8.DecodeRuneInString(w.Folded)
	return IsCharacter(r)
}

// IsPictograph tells that the word is a sign such as an emoji, no letter or
// number.
func (w Word) IsPictograph() bool {
	r, _ := utf8.DecodeRuneInString(w.Folded)
	return IsPictograph(r)
}

// IsCharacter is [Word.IsCharacter] by a word's first character.
func IsCharacter(first rune) bool { return classOf(first) == alone }

// IsPictograph is [Word.IsPictograph] by a word's first character.
func IsPictograph(first rune) bool { return !unicode.IsLetter(first) && !unicode.IsNumber(first) }

// Words gives the first words of a text, at most so many.
func Words(text string, most int) (all []Word) {
	scan(text, func(folded []byte, start, end int) bool {
		all = append(all, Word{Folded: string(folded), Start: start, End: end})
		return len(all) < most
	})
	return all
}

// Each gives fn the first words of a text, at most so many, one after the other and as
// [Words] does. The folded bytes are fn's until it returns.
func Each(text string, most int, fn func(folded []byte, start, end int)) {
	scan(text, func(folded []byte, start, end int) bool {
		fn(folded, start, end)
		most--
		return most > 0
	})
}

// scan calls fn for each word of a text, until fn gives false. The folded bytes
// are fn's until it returns.
func scan(text string, fn func(folded []byte, start, end int) bool) {
	s := scanner{fn: fn, word: make([]byte, 0, 2*mostWordBytes)}
	for i := 0; i < len(text) && !s.done; {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			i += s.other(text[i:], i)
		case plain[c] != 0:
			i = s.run(text, i)
		default:
			s.flush()
			i++
		}
	}
	s.flush()
}

// plain are the letters and digits of ASCII, in lower case.
var plain = func() (t [utf8.RuneSelf]byte) {
	for c := range byte(len(t)) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			t[c] = c
		case 'A' <= c && c <= 'Z':
			t[c] = c | 0x20
		}
	}
	return t
}()

// scanner gathers the folded characters of one word.
type scanner struct {
	fn         func(folded []byte, start, end int) bool
	word       []byte
	start, end int
	last       int  // where the word before ended
	alone      bool // the word is one character, and takes only what belongs to it
	done       bool
}

// run takes letters and digits of ASCII as far as they go, and gives where they end.
func (s *scanner) run(text string, i int) int {
	if s.alone {
		s.flush()
	}
	if len(s.word) == 0 {
		s.start = max(i, s.last)
	}
	for ; i < len(text) && text[i] < utf8.RuneSelf && plain[text[i]] != 0; i++ {
		if len(s.word) < mostWordBytes {
			s.word = append(s.word, plain[text[i]])
		}
	}
	s.end = i
	return i
}

// other takes a character beyond ASCII, and gives its bytes.
func (s *scanner) other(text string, at int) int {
	r, size := utf8.DecodeRuneInString(text)
	if l, v, t, ok := jamo(r); ok {
		for _, j := range []rune{l, v, t} {
			if j != 0 {
				s.fold(j, at, at+size)
			}
		}
		return size
	}
	parts := norm.NFKD.PropertiesString(text).Decomposition()
	if parts == nil {
		s.fold(r, at, at+size)
		return size
	}
	for len(parts) > 0 {
		r, n := utf8.DecodeRune(parts)
		s.fold(r, at, at+size)
		parts = parts[n:]
	}
	return size
}

// jamo takes a Korean syllable apart; The Unicode Standard, 3.12.
func jamo(r rune) (l, v, t rune, ok bool) {
	const first, last, vowels, tails = 0xAC00, 0xD7A3, 21, 28
	if r < first || r > last {
		return 0, 0, 0, false
	}
	n := r - first
	if t = n % tails; t != 0 {
		t += 0x11A7
	}
	return 0x1100 + n/(vowels*tails), 0x1161 + n/tails%vowels, t, true
}

// fold takes one character of the decomposed text.
func (s *scanner) fold(r rune, start, end int) {
	c := classOf(r)
	if c == inRun {
		if to, ok := spelled[r]; ok {
			for _, one := range to {
				s.add(one, inRun, start, end)
			}
			return
		}
		r = unicode.ToLower(unicode.ToUpper(r))
	}
	s.add(r, c, start, end)
}

// spelled are letters that Unicode does not take apart and people do.
var spelled = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o",
	'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ħ': "h", 'Ħ': "h", 'ŧ': "t", 'Ŧ': "t",
}

// add puts a folded character where its class says.
func (s *scanner) add(r rune, c class, start, end int) {
	switch c {
	case apart:
		s.flush()
		return
	case silent:
		if len(s.word) > 0 {
			s.end = end
		}
		return
	case onto:
		if len(s.word) == 0 {
			return
		}
	case alone:
		s.flush()
		s.alone = true
	case inRun:
		if s.alone {
			s.flush()
		}
	}
	if len(s.word) == 0 {
		s.start = max(start, s.last)
	}
	s.end = end
	if len(s.word)+utf8.RuneLen(r) <= mostWordBytes {
		s.word = utf8.AppendRune(s.word, r)
	}
}

// flush ends the word.
func (s *scanner) flush() {
	if len(s.word) > 0 && !s.done {
		s.done, s.last = !s.fn(s.word, s.start, s.end), s.end
	}
	s.word, s.alone = s.word[:0], false
}
