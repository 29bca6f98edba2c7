package suggest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
)

// reading is what the rules see of a comment: its writer's own words, marked
// quotations left out.
type reading struct {
	words       []string // in lower case, without marks
	count       int      // how many words a reader would count; an address is one
	sentences   []sentence
	personal    bool // it speaks of its writer
	longestPara int  // in words
	borrowed    bool // more than half of it stands in quotation marks
	shouted     bool // much of it is in capitals
	phrased     bool // its script has no sign for the end of a sentence
}

// sentence is a range of a reading's words.
type sentence struct {
	from, to int
	question bool
}

func read(body digest.Prose) reading {
	var own digest.Prose
	for _, para := range body {
		if para.Kind != digest.Quote {
			own = append(own, para.Own())
		}
	}
	text := own.Text()
	var t reading
	t.words = make([]string, 0, len(text)/5)
	for _, s := range prose.Sentences(own) {
		from := len(t.words)
		t.words = appendWords(t.words, text[s.Start:s.End])
		if len(t.words) > from {
			end := strings.TrimRight(text[s.Start:s.End], ` "'”’)]」』）»`)
			last, _ := utf8.DecodeLastRuneInString(end)
			t.sentences = append(t.sentences, sentence{from, len(t.words), strings.ContainsRune("?？؟", last)})
		}
	}
	for _, para := range own {
		n := prose.CountWords(para.Text())
		t.count += n
		t.longestPara = max(t.longestPara, n)
	}
	t.personal = slices.ContainsFunc(t.words, firstPerson)
	t.borrowed = 2*quotedBytes(own) > len(text)
	t.phrased = strings.ContainsFunc(text, prose.IsPhrased)
	t.shouted = 5*capitals(text) > t.count
	return t
}

// appendWords adds the words of a text: runs of letters, digits and inner
// apostrophes.
func appendWords(words []string, text string) []string {
	lower := strings.ToLower(text)
	start := -1
	end := func(at int) {
		if start >= 0 {
			words = append(words, plainApostrophes(strings.TrimRight(lower[start:at], "'’")))
		}
		start = -1
	}
	for i, r := range lower {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r):
			if start < 0 {
				start = i
			}
		case (r == '\'' || r == '’') && start >= 0:
		default:
			end(i)
		}
	}
	end(len(lower))
	return words
}

func plainApostrophes(word string) string { return strings.ReplaceAll(word, "’", "'") }

// quotedBytes counts what stands in quotation marks. One that opens a paragraph
// and is not closed in it goes on until it is: people who paste an article put
// marks around the whole.
func quotedBytes(p digest.Prose) int {
	n, inside := 0, false
	for _, para := range p {
		text := para.Text()
		open := -1
		if inside {
			open = 0
		}
		for i, r := range text {
			switch {
			case r == '“', r == '"' && open < 0:
				open = i
				inside = i == 0
			case (r == '”' || r == '"') && open >= 0 && !(inside && i == 0):
				n += i - open
				open, inside = -1, false
			}
		}
		if open >= 0 {
			n += len(text) - open
		}
	}
	return n
}

// capitals counts the words of four letters and more in capitals alone; shorter
// ones are names of things.
func capitals(text string) int {
	n := 0
	for _, word := range strings.Fields(text) {
		letters := strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
		if utf8.RuneCountInString(letters) >= 4 && letters == strings.ToUpper(letters) && letters != strings.ToLower(letters) {
			n++
		}
	}
	return n
}
