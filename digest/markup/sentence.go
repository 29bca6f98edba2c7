package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"postbag/digest"
)

// Sentences gives the sentences of p as ranges over its text, in order, without
// the white space around them (Unicode UAX #29). A sentence ends at every line
// break and paragraph break. One that seems to end at a common abbreviation or
// an initial goes on.
func Sentences(p digest.Prose) []digest.Range {
	text := p.Text()
	var out []digest.Range
	joins := false
	for it := sentences.FromString(text); it.Next(); {
		s := it.Value()
		r := digest.Range{Start: it.Start() + len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))}
		r.End = r.Start + len(strings.TrimSpace(s))
		if r.Start >= r.End {
			continue
		}
		if joins && abbreviated(text[:out[len(out)-1].End], text[r.Start:]) {
			out[len(out)-1].End = r.End
		} else {
			out = append(out, r)
		}
		joins = !strings.Contains(s, "\n")
	}
	return out
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

// Quote gives the beginning of p on one line: at most limit characters, cut at
// the end of a word and then closed with "…".
func Quote(p digest.Prose, limit int) string {
	line := strings.Join(strings.Fields(p.Text()), " ")
	if utf8.RuneCountInString(line) <= limit {
		return line
	}
	runes := []rune(line)
	cut := max(0, limit-1) // room for the mark
	end := cut
	for end > 0 && runes[end] != ' ' {
		end--
	}
	if end == 0 {
		end = cut // one word longer than the line
	}
	return strings.TrimRight(string(runes[:end]), " ,;:–—-") + "…"
}
