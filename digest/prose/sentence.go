package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"postbag/digest"
)

// Sentences gives the sentences of p as ranges over its text, in order, without
// the white space around them (Unicode UAX #29). A sentence ends at every line
// break and paragraph break, and in preformatted text nowhere else; in Thai and Lao,
// which have no sign for it, at every space between two of their words. One that seems
// to end at a common abbreviation or an initial goes on, and none ends inside of a
// mark.
func Sentences(p digest.Prose) []digest.Range {
	var out []digest.Range
	at := 0
	for _, para := range p {
		text := para.Text()
		if para.Pre {
			out = append(out, linesOf(text, at)...)
		} else {
			out = append(out, sentencesOf(text, withoutEnds(para), at)...)
		}
		at += len(text) + len(digest.ParaBreak)
	}
	return out
}

// linesOf gives the lines of a preformatted paragraph that begins at an offset.
func linesOf(text string, at int) (out []digest.Range) {
	for line := range strings.Lines(text) {
		if r, ok := bareRange(line, at); ok {
			out = append(out, r)
		}
		at += len(line)
	}
	return out
}

// bareRange gives the range of a piece of text at an offset, without the white space
// around it; ok tells whether there is anything else.
func bareRange(s string, at int) (r digest.Range, ok bool) {
	r.Start = at + len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	r.End = r.Start + len(strings.TrimSpace(s))
	return r, r.Start < r.End
}

// sentencesOf gives the sentences of a paragraph; read is its text as
// [withoutEnds] gives it.
func sentencesOf(text, read string, at int) (out []digest.Range) {
	joins := false
	end := 0
	for it := sentences.FromString(read); it.Next(); {
		from := end
		end = it.Start() + len(it.Value())
		if end < len(read) {
			end -= openedAtEnd(read[from:end])
		}
		s := text[from:end]
		r, ok := bareRange(s, at+from)
		if !ok {
			continue
		}
		for phrase := phraseEnd(s); phrase > 0; phrase = phraseEnd(s) {
			out = append(out, digest.Range{Start: r.Start, End: at + from + phrase})
			from, s = from+phrase, s[phrase:]
			r, _ = bareRange(s, at+from)
			joins = false
		}
		if joins && abbreviated(text[:out[len(out)-1].End-at], text[r.Start-at:]) {
			out[len(out)-1].End = r.End
		} else {
			out = append(out, r)
		}
		joins = !strings.Contains(s, "\n")
	}
	return out
}

// openedAtEnd gives the length of the brackets and quotation marks that open right
// before the next sentence, to which they belong. UAX #29 does not tell those that open
// from those that close, and a space parts them only in scripts that have one.
func openedAtEnd(s string) int {
	bare := strings.TrimRightFunc(s, func(r rune) bool {
		switch r {
		case '“', '‘':
			return !strings.ContainsAny(s, "„‚") // which it closes in German
		case '«', '‹':
			return !strings.ContainsAny(s, "»›")
		}
		return unicode.In(r, unicode.Ps, unicode.Pi)
	})
	if strings.TrimSpace(bare) == "" {
		return 0
	}
	return len(s) - len(bare)
}

// phraseEnd gives where the first phrase of a sentence ends, 0 where it is no other
// than the sentence.
func phraseEnd(s string) int {
	if !strings.ContainsFunc(s, IsPhrased) {
		return 0
	}
	before := ' '
	for i, r := range s {
		if unicode.IsSpace(r) && IsPhrased(before) {
			next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s[i:], unicode.IsSpace))
			if IsPhrased(next) {
				return i
			}
		}
		if !unicode.Is(unicode.M, r) {
			before = r
		}
	}
	return 0
}

// withoutEnds gives a paragraph's text, byte for byte, so that no sentence ends in a
// mark, and the number of a note behind a full stop is no part of what follows.
func withoutEnds(para digest.Para) string {
	var b strings.Builder
	for _, s := range para.Spans {
		before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(b.String(), `"'”’)」』）`))
		switch {
		case s.Stands != "":
			b.WriteString(strings.Repeat("X", len(s.Text)))
		case s.Shift != "" && strings.ContainsRune(".!?。！？", before) && !strings.Contains(s.Text, "\n"):
			b.WriteString(strings.Repeat(")", len(s.Text)))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// maxAbbreviated bounds what abbreviated reads, in bytes: no known abbreviation is
// longer.
const maxAbbreviated = 40

// abbreviated tells whether the last word before ends in a full stop that is
// not the end of a sentence, given what comes next.
func abbreviated(before, next string) bool {
	before = before[max(0, len(before)-maxAbbreviated):]
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	word = strings.TrimLeft(word, "([“‘\"'")
	if !strings.HasSuffix(word, ".") {
		return false
	}
	switch strings.ToLower(word) {
	case "mr.", "mrs.", "ms.", "mx.", "dr.", "prof.", "rev.", "st.", "sgt.", "capt.", "col.", "gen.", "hon.",
		"messrs.", "e.g.", "i.e.", "cf.", "vs.", "viz.", "approx.":
		return true
	case "no.", "nos.", "p.", "pp.", "para.", "art.", "sec.", "vol.", "fig.":
		r, _ := utf8.DecodeRuneInString(next)
		return unicode.IsDigit(r)
	}
	r, size := utf8.DecodeRuneInString(word)
	return len(word) == size+1 && unicode.IsUpper(r) && r != 'I'
}
