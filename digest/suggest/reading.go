package suggest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/markup"
)

// reading is what the rules see of a comment: its writer's own words, marked
// quotations left out.
type reading struct {
	words       []string // in lower case, without marks
	sentences   []sentence
	longestPara int  // in words
	borrowed    bool // more than half of it stands in quotation marks
	shouted     bool // much of it is in capitals
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
			own = append(own, para)
		}
	}
	text := own.Text()
	var t reading
	t.words = make([]string, 0, len(text)/5)
	for _, s := range markup.Sentences(own) {
		from := len(t.words)
		t.words = appendWords(t.words, text[s.Start:s.End])
		if len(t.words) > from {
			end := strings.TrimRight(text[s.Start:s.End], ` "'”’)]`)
			t.sentences = append(t.sentences, sentence{from, len(t.words), strings.HasSuffix(end, "?")})
		}
	}
	for _, para := range own {
		t.longestPara = max(t.longestPara, digest.CountWords(para.Text()))
	}
	t.borrowed = 2*quotedBytes(own) > len(text)
	t.shouted = 5*capitals(text) > len(t.words) && len(t.words) > 0
	return t
}

func wordsOf(text string) []string { return appendWords(nil, text) }

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

// quotedBytes counts what stands in quotation marks. A quotation that goes on
// over paragraphs is opened anew in each and closed in the last.
func quotedBytes(p digest.Prose) int {
	n := 0
	for _, para := range p {
		open := -1
		text := para.Text()
		for i, r := range text {
			switch {
			case r == '“', r == '"' && open < 0:
				open = i
			case (r == '”' || r == '"') && open >= 0:
				n += i - open
				open = -1
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
