package near

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/search"
)

const (
	// mostWords is how many words of a text count, as in a search.
	mostWords = 15_000

	// wordParts is how many parts a word has; a character that is a word of its own has
	// fewer.
	wordParts = prose.WordParts
)

// Text is a text as it is compared.
type Text struct {
	prose  digest.Prose
	words  []word
	parts  []int32 // parts[i] is the length of the words before word i
	own    []uint64
	quotes bool // it has marked quotations
}

// word is a word of a text.
type word struct {
	hash  uint64
	start int32 // its first byte in the text
	own   bool  // it stands in no marked quotation
}

// Read makes a text ready to be compared.
func Read(p digest.Prose) Text {
	text := p.Text()
	t := Text{prose: p, parts: make([]int32, 1, 1+len(text)/6), words: make([]word, 0, len(text)/6)}
	quoted := quotedRanges(p)
	t.quotes = len(quoted) > 0
	addresses := addressesIn(text)
	inAddress := -1 // the address that the word before stands in
	marks := p.Marks()
	search.Each(text, mostWords, func(folded []byte, start, _ int) {
		for len(marks) > 0 && marks[0].End <= start {
			marks = marks[1:]
		}
		parts := int32(wordParts)
		if folded[0] >= utf8.RuneSelf {
			first, _ := utf8.DecodeRune(folded)
			if search.IsPictograph(first) {
				return
			}
			if search.IsCharacter(first) {
				parts = int32(prose.PartsOf(first))
			}
		}
		if len(marks) > 0 && marks[0].Start <= start {
			return // it stands for a picture
		}
		for len(addresses) > 0 && addresses[0].End <= start {
			addresses = addresses[1:]
		}
		h := hashOf(folded)
		if len(addresses) > 0 && addresses[0].Start <= start {
			if last := len(t.words) - 1; inAddress == addresses[0].Start {
				t.words[last].hash = mixed(t.words[last].hash, h)
				return
			}
			inAddress = addresses[0].Start
		}
		for len(quoted) > 0 && quoted[0].End <= start {
			quoted = quoted[1:]
		}
		own := len(quoted) == 0 || start < quoted[0].Start
		t.words = append(t.words, word{hash: h, start: int32(start), own: own})
		t.parts = append(t.parts, t.parts[len(t.parts)-1]+parts)
	})
	t.own = t.ownRows()
	return t
}

// quotedRanges gives where the marked quotations stand in a text.
func quotedRanges(p digest.Prose) (all []digest.Range) {
	at := 0
	for _, para := range p {
		end := at + len(para.Text())
		if para.Kind == digest.Quote {
			all = append(all, digest.Range{Start: at, End: end})
		}
		at = end + len("\n\n") // as digest.Prose.Text parts paragraphs
	}
	return all
}

// addressesIn gives where addresses of the web stand in a text: what has a scheme
// or begins with www, up to the next white space.
func addressesIn(text string) (all []digest.Range) {
	scheme, www := -1, -1 // where the next ones are
	for at := 0; ; {
		scheme, www = next(text, "://", scheme, at), next(text, "www.", www, at)
		first := min(scheme, www)
		if first == len(text) {
			return all
		}
		begin := at + len(strings.TrimRightFunc(text[at:first], isSchemeLetter))
		if end := strings.IndexFunc(text[first:], unicode.IsSpace); end >= 0 {
			at = first + end
		} else {
			at = len(text)
		}
		all = append(all, digest.Range{Start: begin, End: at})
	}
}

// next gives where a piece of a text is next, from at on, or the text's end; known
// is what it gave before.
func next(text, piece string, known, at int) int {
	if known >= at {
		return known
	}
	if i := strings.Index(text[at:], piece); i >= 0 {
		return at + i
	}
	return len(text)
}

func isSchemeLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// hashOf gives the FNV-1a hash of a word.
func hashOf[T string | []byte](folded T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(folded) {
		h = (h ^ uint64(folded[i])) * 1099511628211
	}
	return h
}

// mixed adds a hash to another, all bits of both counting for all of the result
// (the finaliser of SplitMix64).
func mixed(h, next uint64) uint64 {
	h = h*0x9e3779b97f4a7c15 + next
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
