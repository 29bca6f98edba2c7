package cut

import (
	"strings"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
)

// MaxLine bounds a line that is lifted, in characters: what is longer is no line.
const MaxLine = 300

// CheckLine tells whether a range of a text can be lifted out of it, where so much is
// kept. The error is of kind Invalid.
func CheckLine(p digest.Prose, kept []digest.Range, r digest.Range) error {
	text := p.Text()
	switch {
	case r.Start < 0 || r.End > len(text) || r.Start >= r.End || Snap(p, r) != r || prose.IsEmpty(p.Slice(r)):
		return digest.Fail(digest.Invalid, "Choose a sentence, or words of one.", "there is no line to lift at %d–%d", r.Start, r.End)
	case paraOf(p, r.Start+1) != paraOf(p, r.End):
		return digest.Fail(digest.Invalid, "Choose words of one paragraph.", "what is lifted would go over several paragraphs")
	case utf8.RuneCountInString(text[r.Start:r.End]) > MaxLine:
		return digest.Fail(digest.Invalid, "Lift fewer words.", "what is lifted would have more than %d characters", MaxLine)
	case !Holds(p, kept, r):
		return digest.Fail(digest.Invalid, "Restore its words first, or lift another.", "some of that line is cut")
	}
	return nil
}

// Line gives a lifted line as it stands by itself: the writer's words and their styles, in
// one ordinary paragraph without links. It is empty where [CheckLine] refuses it.
func Line(p digest.Prose, kept []digest.Range, r digest.Range) digest.Prose {
	if CheckLine(p, kept, r) != nil {
		return nil
	}
	line := digest.Para{}
	for _, para := range p.Slice(r) {
		for _, s := range para.Spans {
			s.Text, s.Href = strings.ReplaceAll(s.Text, "\n", " "), ""
			line.Spans = append(line.Spans, s)
		}
	}
	return digest.Prose{line}
}
