package cut

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"postbag/digest"
)

// edges are the offsets of a text at which it may be cut: between two characters, in no
// word and in no mark.
type edges []int

func edgesOf(p digest.Prose, text string) (all edges) {
	shown, marks := charactersOf(text), p.Marks()
	for at := range text {
		if !shown.split(at) && !splitsWord(text, at) && !within(marks, at) {
			all = append(all, at)
		}
	}
	return append(all, len(text))
}

// next gives the first edge at or behind an offset of the text, last the one at or
// before it.
func (e edges) next(at int) int { return e[sort.SearchInts(e, at)] }

func (e edges) last(at int) int {
	i, found := slices.BinarySearch(e, at)
	if !found {
		i--
	}
	return e[i]
}

// Snap widens a range of a text to whole words, and takes the white space around them
// off. A range of nothing but that is empty.
func Snap(p digest.Prose, r digest.Range) digest.Range {
	text := p.Text()
	r.Start, r.End = min(max(r.Start, 0), len(text)), min(max(r.End, 0), len(text))
	if r.Start >= r.End {
		return digest.Range{}
	}
	e := edgesOf(p, text)
	r = trimRange(text, digest.Range{Start: e.last(r.Start), End: e.next(r.End)})
	if r.Start == r.End {
		return digest.Range{}
	}
	return r
}

// Without takes a range off what is kept of a text, both whole words. Punctuation that
// would stand alone between two cuts goes too. The error is that of [Keep].
func Without(p digest.Prose, kept []digest.Range, r digest.Range) ([]digest.Range, error) {
	text := p.Text()
	ranges, err := joined(p, text, kept)
	if err != nil {
		return nil, err
	}
	r = Snap(p, r)
	var out []digest.Range
	for _, k := range ranges {
		if r.Start >= k.End || r.End <= k.Start {
			out = append(out, k)
			continue
		}
		for _, part := range []digest.Range{{Start: k.Start, End: r.Start}, {Start: r.End, End: k.End}} {
			if part.Start < part.End && strings.ContainsFunc(text[part.Start:part.End], isSaid) {
				out = append(out, part)
			}
		}
	}
	return kind(p, text, out)
}

// With gives back a range to what is kept of a text. The error is that of [Keep].
func With(p digest.Prose, kept []digest.Range, r digest.Range) ([]digest.Range, error) {
	text := p.Text()
	ranges, err := joined(p, text, kept)
	if err != nil {
		return nil, err
	}
	r = Snap(p, r)
	var out []digest.Range
	for _, k := range ranges {
		if r.Start < r.End && k.Start <= r.End && r.Start <= k.End {
			r.Start, r.End = min(r.Start, k.Start), max(r.End, k.End)
			continue
		}
		out = append(out, k)
	}
	if r.Start < r.End {
		out = append(out, r)
	}
	return kind(p, text, out)
}

// kind gives ranges in the form in which they are kept: in order, joined, and none for
// the whole text.
func kind(p digest.Prose, text string, ranges []digest.Range) ([]digest.Range, error) {
	if len(ranges) == 0 {
		return nil, nothingKept()
	}
	ranges, err := joined(p, text, ranges)
	if err != nil || isWhole(p, text, ranges) {
		return nil, err
	}
	return ranges, nil
}

// isSaid tells of characters that say something: all but white space and punctuation.
func isSaid(r rune) bool { return !unicode.IsSpace(r) && !unicode.IsPunct(r) }

func nothingKept() error {
	return digest.Fail(digest.Invalid, "Keep at least one sentence, or take the pick out.", "nothing of the comment would be kept")
}

// Holds tells whether all of a range is kept.
func Holds(p digest.Prose, kept []digest.Range, r digest.Range) bool {
	ranges, err := joined(p, p.Text(), kept)
	return err == nil && slices.ContainsFunc(ranges, func(k digest.Range) bool { return k.Start <= r.Start && r.End <= k.End })
}
