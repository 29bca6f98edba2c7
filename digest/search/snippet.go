package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

const (
	snippetWidth = 160 // characters of the text, about
	snippetLead  = 40  // of which so many stand before the first match
	cutMark      = "…" // where words are left out
)

// Snippet gives a piece of an entry's text, on one line, with the words that match
// marked: the piece in which most of the query's terms stand. Where nothing of the
// text matches it is the text's beginning.
func (q Query) Snippet(text string) digest.Snippet {
	words := Words(text, MostTextWords)
	found := q.matches(words)
	from, first := 0, 0
	if len(found) > 0 {
		first = densest(words, found)
		for from = first; from > 0 && width(text[words[from-1].Start:words[first].Start]) <= snippetLead; from-- {
		}
	}
	to := first
	for to < len(words) && (to == first || width(text[words[from].Start:words[to].End]) <= snippetWidth) {
		to++
	}
	var s snippet
	at, end := 0, len(text)
	if from > 0 {
		s.put(cutMark, false)
		at = words[from].Start
	}
	if to < len(words) {
		end = words[to-1].End
	}
	for _, m := range found {
		if from <= m.first && m.last < to {
			s.put(text[at:words[m.first].Start], false)
			s.put(text[words[m.first].Start:words[m.last].End], true)
			at = words[m.last].End
		}
	}
	s.put(text[at:end], false)
	if to < len(words) {
		s.put(cutMark, false)
	}
	return s.parts
}

func width(text string) int { return utf8.RuneCountInString(text) }

// match is a term that stands in a text, by its words.
type match struct{ first, last, term int }

// matches finds the terms in a text, in order and without overlap.
func (q Query) matches(words []Word) (all []match) {
	for n, t := range q.Want {
		for i := 0; t.In == Text && i+len(t.Words) <= len(words); i++ {
			if t.at(words[i:]) {
				all = append(all, match{i, i + len(t.Words) - 1, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last))
	})
	end := -1
	return slices.DeleteFunc(all, func(m match) bool {
		if m.first <= end {
			return true
		}
		end = m.last
		return false
	})
}

// at tells whether a text begins with the term.
func (t Term) at(words []Word) bool {
	for i, w := range t.Words {
		isPrefix := t.IsPrefix && i == len(t.Words)-1
		if words[i].Folded != w && !(isPrefix && strings.HasPrefix(words[i].Folded, w)) {
			return false
		}
	}
	return true
}

// densest gives the word with which the match begins that most different terms
// follow closely.
func densest(words []Word, found []match) (first int) {
	most := 0
	for i, m := range found {
		terms := map[int]bool{}
		for _, n := range found[i:] {
			if n.first > m.first && words[n.last].End-words[m.first].Start > snippetWidth*3/4 {
				break
			}
			terms[n.term] = true
		}
		if len(terms) > most || i == 0 {
			most, first = len(terms), m.first
		}
	}
	return first
}

// snippet puts parts of a text on one line.
type snippet struct{ parts digest.Snippet }

// put adds a piece, with one space for any white space; of a piece without end it
// shows the beginning.
func (s *snippet) put(text string, isMatch bool) {
	space := len(s.parts) == 0 || strings.HasSuffix(s.parts[len(s.parts)-1].Text, " ")
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > 2*snippetWidth {
			b.WriteString(cutMark)
			break
		}
		if isSpace := unicode.IsSpace(r); isSpace && space {
			continue
		} else if space = isSpace; isSpace {
			r = ' '
		}
		b.WriteRune(r)
	}
	switch last := len(s.parts) - 1; {
	case b.Len() == 0:
	case last >= 0 && s.parts[last].Match == isMatch:
		s.parts[last].Text += b.String()
	default:
		s.parts = append(s.parts, digest.SnippetPart{Text: b.String(), Match: isMatch})
	}
}
