package suggest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/suggest/pack"
)

// token is a word of a text, or an address.
type token struct {
	start, end uint32
	hash       pack.Hash // in lower case
	class      pack.Class
	flags      flags
}

type flags uint8

const (
	own     flags = 1 << iota // its writer's, in no quotation
	capital                   // begins with a capital
	capped                    // capitals alone, two of them or more
	figure                    // has a digit
	begins                    // a sentence or a quotation
	adjoins                   // one space parts it from the one before
	link                      // an address of the web
	long                      // four letters or more
)

func (t token) is(f flags) bool { return t.flags&f == f }

// sentence is a range of tokens, and of the text.
type sentence struct {
	from, to   int
	start, end uint32
	question   bool
	own        bool // all of it is its writer's
}

// reading is a text as the rules see it.
type reading struct {
	text      string
	tokens    []token
	sentences []sentence
	links     []digest.Range
	pack      *pack.Pack // nil for none
	words     int        // its writer's own, as [prose.Words] counts them
	quoted    int        // words in quotations
	longest   int        // words of the longest paragraph
	capitals  int        // own words of four letters and more in capitals
	cries     int        // of "!!" and more
	phrased   bool       // its script has no sign for the end of a sentence
	unspaced  bool       // its script puts no space between words
}

// reader reads texts one after the other.
type reader struct {
	tokens    []token
	sentences []sentence
	hashes    []pack.Hash
	quoted    []digest.Range
	terms     []pack.Hash
	corpus    *corpus // of what it read
}

// languageWords is by how many words a text's language is told.
const languageWords = 60

// read reads a text in one pass; given is the pack of its source's language.
func (b *reader) read(p digest.Prose, given *pack.Pack) reading {
	b.tokens, b.sentences = b.tokens[:0], b.sentences[:0]
	t := reading{text: p.Text()}
	at, carried := 0, rune(0)
	quoted := b.quoted
	for _, para := range p {
		text := t.text[at:]
		size := 0
		for _, s := range para.Spans {
			size += len(s.Text)
			if s.Href != "" {
				t.links = append(t.links, digest.Range{Start: at + size - len(s.Text), End: at + size})
			}
		}
		text = text[:size]
		if para.Kind == digest.Quote {
			quoted = append(quoted[:0], digest.Range{Start: at, End: at + size})
		} else {
			quoted, carried = quotations(quoted[:0], text, at, carried)
		}
		b.para(&t, para, text, at, quoted)
		at += size + len(digest.ParaBreak)
	}
	b.quoted = quoted
	b.hashes = b.hashes[:0]
	for _, w := range b.tokens {
		if len(b.hashes) == languageWords {
			break
		}
		if w.is(own) && !w.is(link) {
			b.hashes = append(b.hashes, w.hash)
		}
	}
	t.pack = pack.Guess(b.hashes, given)
	t.tokens, t.sentences = slices.Clone(b.tokens), slices.Clone(b.sentences)
	t.classify()
	return t
}

// classify says what each word may tell, by the text's language.
func (t *reading) classify() {
	if t.pack == nil {
		return
	}
	shouted := t.isShouted()
	for i := range t.tokens {
		w := &t.tokens[i]
		if w.is(link) {
			w.class = pack.Source
			continue
		}
		if w.is(capped) && !shouted {
			continue // "US" and "IT" are no small words
		}
		w.class |= t.pack.Class(w.hash)
		if w.class == 0 && w.is(long) && t.pack.IsEvent(t.text[w.start:w.end]) {
			w.class = pack.Event
		}
	}
	for i := range t.tokens {
		if t.tokens[i].is(capped) && !shouted {
			continue
		}
	phrases:
		for _, p := range t.pack.Phrases(t.tokens[i].hash) {
			if i+len(p.Rest) >= len(t.tokens) {
				continue
			}
			for n, h := range p.Rest {
				if t.tokens[i+1+n].hash != h {
					continue phrases
				}
			}
			t.tokens[i].class |= p.Class
		}
	}
}

// isShouted tells whether much of a text is in capitals.
func (t *reading) isShouted() bool { return 5*t.capitals > t.words && t.capitals > 1 }

// para reads one paragraph that begins at an offset; quoted is where others' words
// stand.
func (b *reader) para(t *reading, para digest.Para, text string, at int, quoted []digest.Range) {
	foreign := notWritten(para, at)
	first := len(b.tokens)
	sentenceFrom, sentenceStart := first, -1
	isOwn, written, borrowed := true, 0, 0
	var last rune // the last sign of the sentence
	endSentence := func(end int) {
		if len(b.tokens) > sentenceFrom {
			b.tokens[sentenceFrom].flags |= begins
			b.sentences = append(b.sentences, sentence{sentenceFrom, len(b.tokens), uint32(sentenceStart), uint32(end), last == '?', isOwn})
		}
		sentenceFrom, sentenceStart, isOwn, last = len(b.tokens), -1, true, 0
	}
	inQuote := func(i int) bool {
		for len(quoted) > 0 && quoted[0].End <= i {
			quoted = quoted[1:]
		}
		return len(quoted) > 0 && quoted[0].Start <= i
	}
	// A run of characters between spaces counts as one word, however many tokens it
	// makes.
	runHasWord, runIsOwn := false, false
	endRun := func() {
		if runHasWord {
			if runIsOwn {
				written++
			} else {
				borrowed++
			}
		}
		runHasWord = false
	}
	hasUnspaced := false
	lastEnd := -1
	opened := true // only marks stand between the sentence's beginning, or an opening mark, and here
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		for len(foreign) > 0 && foreign[0].End <= at+i {
			foreign = foreign[1:]
		}
		if len(foreign) > 0 && foreign[0].Start <= at+i {
			i = foreign[0].End - at
			continue
		}
		switch {
		case isLetter(r) || '0' <= r && r <= '9':
			from := i
			if sentenceStart < 0 {
				sentenceStart = at + from
			}
			w := token{start: uint32(at + from)}
			i = b.word(&w, text, from, at, t)
			if !inQuote(at + from) {
				w.flags |= own
			} else {
				isOwn = false
			}
			if opened {
				w.flags |= begins
			}
			if lastEnd >= 0 && from == lastEnd+1 && text[lastEnd] == ' ' {
				w.flags |= adjoins
			}
			if prose.IsUnspaced(r) {
				hasUnspaced = true
				t.phrased = t.phrased || prose.IsPhrased(r)
			}
			if w.is(capped) && w.is(own) && w.is(long) {
				t.capitals++
			}
			if !runHasWord {
				runHasWord, runIsOwn = true, w.is(own)
			}
			b.tokens = append(b.tokens, w)
			lastEnd, opened, last = i, false, 0
			continue
		case r == '\n':
			endRun()
			endSentence(at + i)
			opened = true
		case r == ' ' || unicode.IsSpace(r):
			endRun()
			if last != 0 && sentenceStart >= 0 && b.ends(text, i, last) {
				endSentence(at + i)
				opened = true
			}
		case strings.ContainsRune(".!?…。！？؟।", r):
			if r == '!' && i+1 < len(text) && text[i+1] == '!' && last != '!' && !inQuote(at+i) {
				t.cries++
			}
			switch r {
			case '？', '؟':
				last = '?'
			case '。', '！':
				last = r
			default:
				if last != '?' {
					last = r
				}
			}
			if strings.ContainsRune("。！？", r) && sentenceStart >= 0 {
				endSentence(at + i + size)
				opened = true
			}
		case strings.ContainsRune("\"“„«‘([:–—*•-@#", r):
			opened = true
		}
		i += size
	}
	endRun()
	endSentence(at + len(text))
	if hasUnspaced {
		// In such a script the spaces tell nothing: it is counted as prose does.
		t.unspaced = true
		n, foreign := prose.CountWords(text), 0
		for _, w := range b.tokens[first:] {
			if !w.is(own) {
				foreign++
			}
		}
		borrowed = n * foreign / max(1, len(b.tokens)-first)
		written = n - borrowed
	}
	t.words += written
	t.quoted += borrowed
	t.longest = max(t.longest, written)
}

// word reads a word or an address from its beginning on, and gives where it ends.
func (b *reader) word(w *token, text string, from, at int, t *reading) int {
	if n := addressAt(text[from:]); n > 0 {
		w.flags |= link
		w.end = uint32(at + from + n)
		w.hash = pack.HashOf("http")
		t.links = append(t.links, digest.Range{Start: at + from, End: at + from + n})
		return from + n
	}
	h := pack.NoHash
	upper, lower, letters := 0, 0, 0
	i := from
loop:
	for i < len(text) {
		r, size := rune(text[i]), 1
		switch {
		case 'a' <= r && r <= 'z':
			h = h.Add(byte(r))
			lower++
			letters++
		case 'A' <= r && r <= 'Z':
			if i == from {
				w.flags |= capital
			}
			h = h.Add(byte(r) + 'a' - 'A')
			upper++
			letters++
		case '0' <= r && r <= '9':
			h = h.Add(byte(r))
			w.flags |= figure
		case r == '\'':
			if i+1 >= len(text) || !isASCIILetter(text[i+1]) {
				break loop
			}
			h = h.Add('\'')
		case (r == '.' || r == ',') && i > from && w.flags&figure != 0 && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9':
			h = h.Add(byte(r))
		case r < utf8.RuneSelf:
			break loop
		default:
			r, size = utf8.DecodeRuneInString(text[i:])
			switch {
			case r == '’':
				next, _ := utf8.DecodeRuneInString(text[i+size:])
				if !isLetter(next) {
					break loop
				}
				h = h.Add('\'')
			case prose.IsUnspaced(r) && i > from:
				break loop
			case isLetter(r) || unicode.Is(unicode.M, r):
				small := unicode.ToLower(r)
				if unicode.IsUpper(r) {
					if i == from {
						w.flags |= capital
					}
					upper++
				} else {
					lower++
				}
				letters++
				var buf [utf8.UTFMax]byte
				for _, c := range buf[:utf8.EncodeRune(buf[:], small)] {
					h = h.Add(c)
				}
				if prose.IsUnspaced(r) {
					i += size
					break loop
				}
			default:
				break loop
			}
		}
		i += size
		// In French an apostrophe parts two words.
		if n := i - from; n <= 8 && (r == '\'' || r == '’') && isElision(strings.ToLower(text[from:i])) {
			h = pack.NoHash
			for _, c := range []byte(strings.ToLower(strings.TrimRight(text[from:i], "'’"))) {
				h = h.Add(c)
			}
			break
		}
	}
	if upper >= 2 && lower == 0 {
		w.flags |= capped
	}
	if letters >= 4 {
		w.flags |= long
	}
	w.hash, w.end = h, uint32(at+i)
	return i
}

// isElision tells whether a word in lower case, which ends in an apostrophe, is a
// French one that has lost its vowel. None of them begins an English contraction.
func isElision(lower string) bool {
	switch strings.TrimRight(lower, "'’") {
	case "c", "d", "j", "l", "m", "n", "s", "t", "qu", "lorsqu", "puisqu", "jusqu", "aujourd", "quelqu":
		return true
	}
	return false
}

// ends tells whether a sentence ends at a space after one of its marks.
func (b *reader) ends(text string, i int, last rune) bool {
	if last != '.' && last != '…' {
		return true
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i:], " \t\u00a0\"“„«‘('"))
	if unicode.IsLower(next) {
		return false
	}
	if n := len(b.tokens); n > 0 && last == '.' {
		w := b.tokens[n-1]
		if size := w.end - w.start; size == 1 && w.is(capital) && w.hash != pack.HashOf("i") {
			return false // an initial
		}
		if size := w.end - w.start; size <= 2 && w.is(figure) && n > 1 && slices.Contains(beforeOrdinals, b.tokens[n-2].hash) {
			return false // "am 14. Mai"
		}
		switch w.hash {
		case hashMr, hashMrs, hashMs, hashDr, hashProf, hashSt, hashNr:
			return false
		}
	}
	return true
}

var (
	hashMr, hashMrs, hashMs, hashDr = pack.HashOf("mr"), pack.HashOf("mrs"), pack.HashOf("ms"), pack.HashOf("dr")
	hashAs, hashEver                = pack.HashOf("as"), pack.HashOf("ever")
	hashEt, hashY, hashPues         = pack.HashOf("et"), pack.HashOf("y"), pack.HashOf("pues")
	hashProf, hashSt, hashNr        = pack.HashOf("prof"), pack.HashOf("st"), pack.HashOf("nr")
)

// beforeOrdinals are German words after which a figure with a full stop is an ordinal.
var beforeOrdinals = func() (all []pack.Hash) {
	for w := range strings.FieldsSeq("am im vom zum ab bis der die das dem den des zur beim seit") {
		all = append(all, pack.HashOf(w))
	}
	return all
}()

func isASCIILetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIILetter(byte(r))
	}
	return unicode.IsLetter(r)
}

// addressAt gives the length of an address of the web that a text begins with, else 0.
func addressAt(text string) int {
	const shortest = len("www.")
	if len(text) < shortest || text[0]|0x20 != 'h' && text[0]|0x20 != 'w' || text[1]|0x20 != 't' && text[1]|0x20 != 'w' {
		return 0
	}
	if !hasPrefixFold(text, "http://") && !hasPrefixFold(text, "https://") && !hasPrefixFold(text, "www.") {
		return 0
	}
	n := strings.IndexFunc(text, unicode.IsSpace)
	if n < 0 {
		n = len(text)
	}
	return len(strings.TrimRight(text[:n], ".,;:!?)\"'»”"))
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// notWritten gives where the marks of a paragraph stand that its writer did not write.
func notWritten(para digest.Para, at int) (all []digest.Range) {
	for _, s := range para.Spans {
		if s.Ours || s.Stands != "" {
			all = append(all, digest.Range{Start: at, End: at + len(s.Text)})
		}
		at += len(s.Text)
	}
	return all
}
