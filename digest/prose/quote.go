package prose

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"postbag/digest"
)

// Quote gives the beginning of p on one line: at most limit characters, cut at
// the end of a word and then closed with "…". It is written as
// [digest.Prose.Shown] does, and what is struck out is closed where it is cut.
func Quote(p digest.Prose, limit int) string {
	line := oneLine(p)
	if utf8.RuneCountInString(line) <= limit {
		return line
	}
	ends, room := wordEnds(p, limit), max(0, limit-1) // for the mark
	beginning := func(end int) string {
		return strings.TrimRight(oneLine(p.Slice(digest.Range{End: end})), " ,;:–—-")
	}
	n := sort.Search(len(ends), func(i int) bool { return utf8.RuneCountInString(beginning(ends[i])) > room })
	if n > 0 {
		if short := beginning(ends[n-1]); short != "" {
			return short + "…"
		}
	}
	// One word is longer than the line.
	for it := graphemes.FromString(line); it.Next(); {
		before, character := line[:it.Start()], it.Value()
		if utf8.RuneCountInString(before)+utf8.RuneCountInString(character) > room {
			return strings.TrimRight(before, " ,;:–—-") + "…"
		}
	}
	return line
}

func oneLine(p digest.Prose) string { return strings.Join(strings.Fields(p.Shown()), " ") }

// wordEnds gives where in the text of p its beginning can be cut, as far as so many
// characters may reach: before white space, and beside letters of scripts without it,
// but not inside of a mark.
func wordEnds(p digest.Prose, characters int) (ends []int) {
	// Shown, a text has hardly fewer characters than it has; white space goes.
	text, most := p.Text(), 4*characters+400
	marks := p.Marks()
	at, before := 0, ' '
	for it := graphemes.FromString(text); at <= most*utf8.UTFMax && it.Next(); {
		character := it.Value()
		first, _ := utf8.DecodeRuneInString(character)
		for len(marks) > 0 && marks[0].End <= at {
			marks = marks[1:]
		}
		isInside := len(marks) > 0 && marks[0].Start < at
		isBeside := (IsUnspaced(first) || IsUnspaced(before)) && !strings.ContainsRune(neverFirst, first) && !strings.ContainsRune(neverLast, before)
		if at > 0 && !isInside && (unicode.IsSpace(first) || isBeside) && !unicode.IsSpace(before) {
			ends = append(ends, at)
		}
		at += len(character)
		before, _ = utf8.DecodeLastRuneInString(character)
	}
	return append(ends, at)
}
