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
	wordParts     = prose.WordParts
	mostWordRunes = 255
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
	runes uint8
	own   bool // it stands in no marked quotation
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
	for _, w := range search.Words(text, mostWords) {
		for len(marks) > 0 && marks[0].End <= w.Start {
			marks = marks[1:]
		}
		if w.IsPictograph() || len(marks) > 0 && marks[0].Start <= w.Start {
			continue // a sign, or what stands for a picture
		}
		for len(addresses) > 0 && addresses[0].End <= w.Start {
			addresses = addresses[1:]
		}
		h, runes := hashOf(w.Folded), utf8.RuneCountInString(w.Folded)
		if len(addresses) > 0 && addresses[0].Start <= w.Start {
			if last := len(t.words) - 1; inAddress == addresses[0].Start {
				t.words[last].hash = mixed(t.words[last].hash, h)
				t.words[last].runes = uint8(min(int(t.words[last].runes)+runes, mostWordRunes))
				continue
			}
			inAddress = addresses[0].Start
		}
		for len(quoted) > 0 && quoted[0].End <= w.Start {
			quoted = quoted[1:]
		}
		own := len(quoted) == 0 || w.Start < quoted[0].Start
		t.words = append(t.words, word{hash: h, start: int32(w.Start), runes: uint8(min(runes, mostWordRunes)), own: own})
		t.parts = append(t.parts, t.parts[len(t.parts)-1]+partsOf(w))
	}
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

func partsOf(w search.Word) int32 {
	if !w.IsCharacter() {
		return wordParts
	}
	r, _ := utf8.DecodeRuneInString(w.Folded)
	return int32(prose.PartsOf(r))
}

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
