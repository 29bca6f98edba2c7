package digest

import (
	"sort"
	"unicode/utf8"
)

// Range is a half-open range of bytes in a comment's [Prose.Text].
type Range struct {
	Start int `json:"s"`
	End   int `json:"e"`
}

// Keep gives what remains of p when only the given ranges are kept, each cut
// shown by [Ellipsis]; adjoining cuts show one mark. Whatever is cut, the words
// that remain are the writer's, unchanged and in order. No ranges at all mean
// nothing is cut. The error is of kind Invalid when a range lies outside the
// text, is empty, overlaps another or splits a character, or when nothing but
// white space would be kept.
func (p Prose) Keep(kept []Range) (Prose, error) {
	if len(kept) == 0 {
		return p, nil
	}
	text := p.Text()
	ranges, err := checkRanges(text, kept)
	if err != nil {
		return nil, err
	}
	c := cutter{kept: ranges}
	for i, para := range p {
		if i > 0 {
			c.at += len(paraBreak)
		}
		c.para(para)
	}
	c.finish()
	return c.out, nil
}

func checkRanges(text string, kept []Range) ([]Range, error) {
	const hint = "Trim the pick again from the comment as it is now."
	ranges := append([]Range(nil), kept...)
	sort.Slice(ranges, func(i, j int) bool { return ranges[i].Start < ranges[j].Start })
	words := 0
	for i, r := range ranges {
		switch {
		case r.Start < 0 || r.End > len(text) || r.Start >= r.End:
			return nil, Fail(Invalid, hint, "the kept range %d–%d is not inside the text of %d bytes", r.Start, r.End, len(text))
		case i > 0 && r.Start < ranges[i-1].End:
			return nil, Fail(Invalid, hint, "the kept ranges overlap at %d", r.Start)
		case r.Start < len(text) && !utf8.RuneStart(text[r.Start]), r.End < len(text) && !utf8.RuneStart(text[r.End]):
			return nil, Fail(Invalid, hint, "the kept range %d–%d splits a character", r.Start, r.End)
		}
		words += CountWords(text[r.Start:r.End])
	}
	if words == 0 {
		return nil, Fail(Invalid, "Keep at least one sentence, or take the pick out.", "nothing of the comment would be kept")
	}
	return ranges, nil
}

// cutter walks a text once, copying what is kept.
type cutter struct {
	kept []Range
	at   int  // bytes of the text walked so far
	gap  bool // words were cut since the last kept byte
	out  Prose
}

func (c *cutter) para(para Para) {
	made := Para{Kind: para.Kind, Depth: para.Depth, Number: para.Number, More: para.More}
	for _, span := range para.Spans {
		c.span(&made, span)
	}
	if len(made.Spans) > 0 {
		c.out = append(c.out, made)
	}
}

// span copies the kept parts of one span, each preceded by the mark of the cut
// before it.
func (c *cutter) span(made *Para, span Span) {
	start, end := c.at, c.at+len(span.Text)
	for pos := start; pos < end; {
		r, inside := c.next(pos, end)
		if !inside {
			c.gap = c.gap || CountWords(span.Text[pos-start:r-start]) > 0
			pos = r
			continue
		}
		part := span
		part.Text = span.Text[pos-start : r-start]
		if c.gap {
			part.Text = trimLeftSpace(part.Text)
			if part.Text == "" {
				pos = r
				continue
			}
			c.mark(made)
		}
		made.Spans = append(made.Spans, part)
		pos = r
	}
	c.at = end
}

// next tells whether pos is kept, and up to where (at most end) that holds.
func (c *cutter) next(pos, end int) (int, bool) {
	for len(c.kept) > 0 && c.kept[0].End <= pos {
		c.kept = c.kept[1:]
	}
	if len(c.kept) == 0 || c.kept[0].Start >= end {
		return end, false
	}
	if c.kept[0].Start > pos {
		return c.kept[0].Start, false
	}
	return min(end, c.kept[0].End), true
}

// mark writes the ellipsis of the gap before the words that follow it.
func (c *cutter) mark(made *Para) {
	c.gap = false
	text := Ellipsis + " "
	if n := len(made.Spans); n > 0 && !endsInSpace(made.Spans[n-1].Text) {
		text = " " + text
	}
	made.Spans = append(made.Spans, Span{Text: text, Ours: true})
}

// finish marks a cut at the very end.
func (c *cutter) finish() {
	if !c.gap || len(c.out) == 0 {
		return
	}
	last := &c.out[len(c.out)-1]
	n := len(last.Spans) - 1
	lead := " "
	if endsInSpace(last.Spans[n].Text) {
		lead = ""
	}
	last.Spans = append(last.Spans, Span{Text: lead + Ellipsis, Ours: true})
}

func endsInSpace(s string) bool {
	return s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == '\n'
}

func trimLeftSpace(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\n') {
		s = s[1:]
	}
	return s
}
