package cut

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"

	"postbag/digest"
	"postbag/digest/prose"
)

// Keep gives what remains of p when only the given ranges are kept. Whatever is
// cut, the words that remain are the writer's, unchanged and in order, and every
// cut shows as one [digest.Ellipsis]; adjoining cuts show one mark together. No ranges
// at all mean that nothing is cut, and white space alone is never cut.
//
// The mark stands between the words on both sides, with one space on either
// side, but none before what closes a sentence or brackets, and none behind what opens them. A cut across the ends of lines or paragraphs leaves one such end, and the
// mark goes before the words that follow; it goes after the words before the cut
// where those are cut short and the words that follow begin their line or
// paragraph. So a mark never stands alone. The first words carry the mark of a
// cut at the beginning, the last words that of a cut at the end. Preformatted lines
// keep the spaces that they begin with, and there a mark has a line of its own.
//
// The error is of kind Invalid when a range lies outside the text, is empty,
// overlaps another, splits a character, a word or the mark of what is not shown, or
// when no word would be kept.
func Keep(p digest.Prose, kept []digest.Range) (digest.Prose, error) {
	return Excerpt(p, kept, nil)
}

// Excerpt gives what [Keep] does, with the editor's notes where they belong: each in
// brackets, with a space on the sides where words stand. A note in the midst of a cut
// is not shown; at the edge of one it stands at the words that are kept.
//
// The error is that of Keep, or of kind Invalid when a note does not fit: it stands
// outside of the text, in a character, a word or a mark, or it is not as [NoteText]
// gives it.
func Excerpt(p digest.Prose, kept []digest.Range, notes []digest.Note) (digest.Prose, error) {
	if len(kept) == 0 && len(notes) == 0 {
		return p, nil
	}
	text := p.Text()
	ranges, err := joined(p, text, kept)
	if err != nil {
		return nil, err
	}
	if err := checkNotes(p, text, notes); err != nil {
		return nil, err
	}
	shown := placed(ranges, notes)
	if len(shown) == 0 && isWhole(p, text, ranges) {
		return p, nil
	}
	c := cutter{text: text, kept: ranges, marks: marksOf(p, text, ranges), notes: shown}
	for _, para := range p {
		c.para(para)
		c.at += len(digest.ParaBreak)
	}
	return c.out, nil
}

// IsWhole tells whether ranges that [Keep] takes leave nothing of a text out.
func IsWhole(p digest.Prose, kept []digest.Range) bool {
	if len(kept) == 0 {
		return true
	}
	text := p.Text()
	ranges, err := joined(p, text, kept)
	return err == nil && isWhole(p, text, ranges)
}

func isWhole(p digest.Prose, text string, ranges []digest.Range) bool {
	return ranges[0] == withIndent(p, text, trimRange(text, digest.Range{End: len(text)}))
}

// Ranges gives what is kept of a text as ranges in order, joined where nothing lies
// between them; for no ranges that of the whole text. The error is that of [Keep].
func Ranges(p digest.Prose, kept []digest.Range) ([]digest.Range, error) {
	return joined(p, p.Text(), kept)
}

// joined gives the ranges that are kept in order, joined where nothing lies between
// them; there is always one.
func joined(p digest.Prose, text string, kept []digest.Range) ([]digest.Range, error) {
	if len(kept) == 0 {
		if strings.TrimSpace(text) == "" {
			return nil, nothingKept()
		}
		return []digest.Range{withIndent(p, text, trimRange(text, digest.Range{End: len(text)}))}, nil
	}
	ranges, err := checkRanges(p, text, kept)
	if err != nil {
		return nil, err
	}
	return joinRanges(p, text, ranges), nil
}

// checkRanges gives the ranges in order, if the text can be kept by them.
func checkRanges(p digest.Prose, text string, kept []digest.Range) ([]digest.Range, error) {
	const again = "Trim the pick again from the comment as it is now."
	const whole = "Cut whole words: those that remain must be the writer's own."
	ranges := slices.SortedFunc(slices.Values(kept), func(a, b digest.Range) int { return cmp.Compare(a.Start, b.Start) })
	isEmpty := true
	shown, marks := charactersOf(text), p.Marks()
	for i, r := range ranges {
		switch {
		case r.Start < 0 || r.End > len(text) || r.Start >= r.End:
			return nil, digest.Fail(digest.Invalid, again, "the kept range %d–%d is not inside the text of %d bytes", r.Start, r.End, len(text))
		case i > 0 && r.Start < ranges[i-1].End:
			return nil, digest.Fail(digest.Invalid, again, "the kept ranges overlap at %d", r.Start)
		case shown.split(r.Start) || shown.split(r.End):
			return nil, digest.Fail(digest.Invalid, again, "the kept range %d–%d splits a character", r.Start, r.End)
		case within(marks, r.Start) || within(marks, r.End):
			return nil, digest.Fail(digest.Invalid, "Keep it whole, or cut it.", "the kept range %d–%d splits the mark of something that is not shown", r.Start, r.End)
		case splitsWord(text, r.Start) && !(i > 0 && ranges[i-1].End == r.Start),
			splitsWord(text, r.End) && !(i+1 < len(ranges) && ranges[i+1].Start == r.End):
			return nil, digest.Fail(digest.Invalid, whole, "the kept range %d–%d splits a word", r.Start, r.End)
		}
		isEmpty = isEmpty && prose.IsEmpty(p.Slice(r))
	}
	if isEmpty {
		return nil, nothingKept()
	}
	return ranges, nil
}

// joinRanges trims white space off the ranges and joins those that have nothing
// else between them, so that a cut lies before, between and after the ranges
// wherever there is text outside of them.
func joinRanges(p digest.Prose, text string, ranges []digest.Range) []digest.Range {
	var out []digest.Range
	for _, r := range ranges {
		r = withIndent(p, text, trimRange(text, r))
		switch last := len(out) - 1; {
		case r.Start == r.End:
		case last >= 0 && strings.TrimSpace(text[out[last].End:r.Start]) == "":
			out[last].End = r.End
		default:
			out = append(out, r)
		}
	}
	return out
}

func trimRange(text string, r digest.Range) digest.Range {
	s := text[r.Start:r.End]
	r.Start += len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	r.End = r.Start + len(strings.TrimSpace(s))
	return r
}

// withIndent lets a range that begins a preformatted line begin with its spaces.
func withIndent(p digest.Prose, text string, r digest.Range) digest.Range {
	bare := strings.TrimRight(text[:r.Start], " ")
	if r.Start < r.End && p[paraOf(p, r.Start+1)].Pre && (bare == "" || strings.HasSuffix(bare, "\n")) {
		r.Start = len(bare)
	}
	return r
}

// within tells whether an offset lies inside one of the ranges.
func within(ranges []digest.Range, at int) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i].End > at })
	return i < len(ranges) && ranges[i].Start < at
}

// cutMarks are what stands for the cuts before and after a kept range.
type cutMarks struct{ before, after string }

// marks gives the marks of each of the ranges, which must be joined.
func marksOf(p digest.Prose, text string, ranges []digest.Range) []cutMarks {
	marks := make([]cutMarks, len(ranges))
	if strings.TrimSpace(text[:ranges[0].Start]) != "" {
		marks[0].before = digest.Ellipsis + " "
	}
	for i := range ranges[1:] {
		from, to := ranges[i].End, ranges[i+1].Start
		marks[i].after, marks[i+1].before = between(text[from:to], paraOf(p, from) != paraOf(p, to))
		if closes(text[to:]) {
			marks[i+1].before = strings.TrimSuffix(marks[i+1].before, " ")
		}
		if opens(text[:from]) {
			marks[i+1].before = strings.TrimPrefix(marks[i+1].before, " ")
		}
	}
	if last := len(ranges) - 1; strings.TrimSpace(text[ranges[last].End:]) != "" {
		marks[last].after = " " + digest.Ellipsis
		if end := ranges[last].End; p[paraOf(p, end)].Pre && strings.HasPrefix(text[end:], "\n") {
			marks[last].after = "\n" + digest.Ellipsis
		}
	}
	for i, r := range ranges {
		if p[paraOf(p, r.Start+1)].Pre && (r.Start == 0 || text[r.Start-1] == '\n') && marks[i].before != "" {
			marks[i].before = strings.TrimSuffix(marks[i].before, " ") + "\n"
		}
	}
	return marks
}

// between gives what ends the words before a cut and what begins those after it.
func between(cut string, paragraphs bool) (after, before string) {
	missing := strings.TrimSpace(cut)
	atEnd := strings.Contains(cut[:strings.Index(cut, missing)], "\n")
	atStart := strings.Contains(cut[strings.LastIndex(cut, missing)+len(missing):], "\n")
	shortened := atStart && !atEnd
	switch {
	case paragraphs && shortened:
		return " " + digest.Ellipsis, ""
	case paragraphs:
		return "", digest.Ellipsis + " "
	case shortened:
		return " " + digest.Ellipsis + "\n", ""
	case strings.Contains(cut, "\n"):
		return "", "\n" + digest.Ellipsis + " "
	}
	return "", " " + digest.Ellipsis + " "
}

// paraOf gives the index of the paragraph that holds an offset of the text. An
// offset between two paragraphs belongs to the one before.
func paraOf(p digest.Prose, offset int) int {
	end := 0
	for i, para := range p {
		for _, span := range para.Spans {
			end += len(span.Text)
		}
		if offset <= end {
			return i
		}
		end += len(digest.ParaBreak)
	}
	return len(p)
}

// cutter walks a text once, copying what is kept.
type cutter struct {
	text  string
	kept  []digest.Range
	marks []cutMarks
	notes []digest.Note // those that are shown, in order
	at    int           // bytes of the text walked so far
	out   digest.Prose
	// lost tells that the head of the list item at this depth was cut, and
	// which number it had.
	lost map[int]int
}

func (c *cutter) para(para digest.Para) {
	made := para
	made.Spans = nil
	for _, span := range para.Spans {
		c.span(&made, span)
	}
	c.item(&made, len(made.Spans) == 0)
	if len(made.Spans) > 0 {
		c.out = append(c.out, made)
	}
}

// span copies the kept parts of one span, with the marks of the cuts around them.
func (c *cutter) span(made *digest.Para, span digest.Span) {
	start, end := c.at, c.at+len(span.Text)
	c.at = end
	for len(c.kept) > 0 {
		r := c.kept[0]
		from, to := max(r.Start, start), min(r.End, end)
		if from >= to {
			return
		}
		if from == r.Start {
			mark(made, c.marks[0].before)
		}
		c.part(made, span, start, digest.Range{Start: from, End: to})
		if to < r.End {
			return
		}
		mark(made, c.marks[0].after)
		c.kept, c.marks = c.kept[1:], c.marks[1:]
	}
}

// part copies a kept part of a span that starts at an offset, with the notes in it.
func (c *cutter) part(made *digest.Para, span digest.Span, start int, r digest.Range) {
	copyTo := func(end int) {
		if r.Start < end {
			part := span
			part.Text = span.Text[r.Start-start : end-start]
			made.Spans = append(made.Spans, part)
			r.Start = end
		}
	}
	for len(c.notes) > 0 && c.notes[0].At <= r.End {
		copyTo(c.notes[0].At)
		mark(made, c.note(made))
		c.notes = c.notes[1:]
	}
	copyTo(r.End)
}

// note writes the next note with the spaces that part it from the words around it.
func (c *cutter) note(made *digest.Para) string {
	note := "[" + c.notes[0].Text + "]"
	if before := made.Text(); before != "" && !endsInSpace(before) && !opens(before) {
		note = " " + note
	}
	after := c.text[c.notes[0].At:]
	if c.notes[0].At < c.kept[0].End && !beginsWithSpace(after) && !closes(after) {
		note += " "
	}
	return note
}

func mark(p *digest.Para, text string) {
	if text != "" {
		p.Spans = append(p.Spans, digest.Span{Text: text, Ours: true})
	}
}

// item keeps a further paragraph of a list item an item when its head was cut:
// the first that remains gets the item's bullet or number.
func (c *cutter) item(made *digest.Para, cut bool) {
	if made.Kind != digest.Item {
		clear(c.lost)
		return
	}
	for depth := range c.lost {
		if depth > made.Depth || depth == made.Depth && !made.More {
			delete(c.lost, depth)
		}
	}
	number, lost := c.lost[made.Depth]
	switch {
	case cut && !made.More:
		if c.lost == nil {
			c.lost = map[int]int{}
		}
		c.lost[made.Depth] = made.Number
	case !cut && made.More && lost:
		made.More, made.Number = false, number
		delete(c.lost, made.Depth)
	}
}
