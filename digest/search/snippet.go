package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// snippetWidth is how many characters of a text a snippet shows, about; what
// comes before its first match takes at most a quarter.
const snippetWidth = 160

// cutMark stands where a snippet leaves words out.
const cutMark = "…"

// Snippet gives the piece of an entry's text where most of the query's terms
// stand closest, on one line, with the words that match marked. Where nothing of
// the text matches it is the text's beginning.
func (q Query) Snippet(text string) digest.Snippet {
	words := Words(text, mostTextWords)
	if len(words) == 0 {
		return line{}.put(text[:cutAt(text, snippetWidth)], false).parts
	}
	found := q.matches(words)
	first, last := frame(text, words, found)
	from, to := words[first].Start, words[last].End
	var l line
	if first > 0 {
		l = l.put(cutMark, false)
	} else {
		from = 0
	}
	if last == len(words)-1 {
		to += cutAt(text[to:], snippetWidth/4)
	} else {
		to += cutAt(text[to:], strings.IndexFunc(text[to:]+" ", unicode.IsSpace))
		to = min(to, words[last+1].Start)
	}
	at := from
	for _, m := range found {
		if m.first < first || m.last > last {
			continue
		}
		l = l.put(text[at:words[m.first].Start], false).put(text[words[m.first].Start:words[m.last].End], true)
		at = words[m.last].End
	}
	l = l.put(text[at:to], false)
	if strings.TrimSpace(text[to:]) != "" {
		l = l.put(cutMark, false)
	}
	return l.parts
}

// cutAt gives how many bytes at most so many characters have.
func cutAt(text string, characters int) int {
	for i := range text {
		if characters == 0 {
			return i
		}
		characters--
	}
	return len(text)
}

// match is a term that stands in a text, by its words.
type match struct{ first, last, term int }

// matches finds the terms in a text, in order and without overlap.
func (q Query) matches(words []Word) (all []match) {
	numbers := make([]int, len(words))
	for i, w := range words {
		numbers[i] = q.numbers[w.Folded]
	}
	for n, t := range q.want {
		if t.in != inText {
			continue
		}
		for i := 0; i+len(t.numbers) <= len(numbers); i++ {
			if t.at(numbers, i) {
				all = append(all, match{i, i + len(t.numbers) - 1, n})
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

// frame chooses the first and the last word to show.
func frame(text string, words []Word, found []match) (first, last int) {
	width := func(a, b int) int { return utf8.RuneCountInString(text[words[a].Start:words[b].End]) }
	if len(found) > 0 {
		best := densest(words, found)
		first, last = best.first, best.last
		for first > 0 && width(first-1, best.first) <= snippetWidth/4 {
			first--
		}
	}
	for last+1 < len(words) && width(first, last+1) <= snippetWidth {
		last++
	}
	for first > 0 && last == len(words)-1 && width(first-1, last) <= snippetWidth {
		first--
	}
	return first, last
}

// densest finds the match from which on most different terms, then most matches
// stand within three quarters of a snippet, and the last of those.
func densest(words []Word, found []match) match {
	best, bestScore := match{}, -1
	for i, m := range found {
		terms := map[int]bool{}
		score, last := 0, m.last
		for _, n := range found[i:] {
			if n.first > m.first && words[n.last].End-words[m.first].Start > snippetWidth*3/4 {
				break
			}
			if !terms[n.term] {
				terms[n.term] = true
				score += snippetWidth
			}
			score++
			last = n.last
		}
		if score > bestScore {
			best, bestScore = match{first: m.first, last: last}, score
		}
	}
	return best
}

// line puts parts of a text on one line.
type line struct{ parts digest.Snippet }

// put adds a piece; of a word without end it shows the beginning.
func (l line) put(text string, isMatch bool) line {
	if end := cutAt(text, 2*snippetWidth); end < len(text) {
		text = text[:end] + cutMark
	}
	var b strings.Builder
	space := len(l.parts) == 0 || strings.HasSuffix(l.parts[len(l.parts)-1].Text, " ")
	for _, r := range text {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	switch last := len(l.parts) - 1; {
	case b.Len() == 0:
	case last >= 0 && l.parts[last].Match == isMatch:
		l.parts[last].Text += b.String()
	default:
		l.parts = append(l.parts, digest.SnippetPart{Text: b.String(), Match: isMatch})
	}
	return l
}
