package digest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// StruckMark stands around struck words where text has no style, as many write it.
const StruckMark = "~~"

// Shown gives the text as it is read where nothing has a style, parted as in
// [Prose.Text]: struck words stand between two [StruckMark], raised and lowered ones
// in the characters that Unicode has for them, "10⁶" and "H₂O", else behind a sign,
// "x^(a+b)". Emphasis leaves no trace.
func (p Prose) Shown() string {
	var b strings.Builder
	for i, para := range p {
		if i > 0 {
			b.WriteString(ParaBreak)
		}
		showStruck(&b, para.Spans)
	}
	return b.String()
}

// Shown gives the paragraph's text as [Prose.Shown] does.
func (p Para) Shown() string {
	var b strings.Builder
	showStruck(&b, p.Spans)
	return b.String()
}

// Slice gives the part of the text in a range, with its styles. Paragraphs without
// any of it are left out.
func (p Prose) Slice(r Range) Prose {
	var out Prose
	at := 0
	for _, para := range p {
		made := para
		made.Spans = nil
		for _, span := range para.Spans {
			from, to := max(r.Start, at), min(r.End, at+len(span.Text))
			if from < to {
				part := span
				part.Text = span.Text[from-at : to-at]
				made.Spans = append(made.Spans, part)
			}
			at += len(span.Text)
		}
		at += len(ParaBreak)
		if len(made.Spans) > 0 {
			out = append(out, made)
		}
	}
	return out
}

// Own gives the paragraph without what its writer did not write: marks of cuts, and of
// what is not shown.
func (p Para) Own() Para {
	spans := p.Spans
	p.Spans = nil
	for _, s := range spans {
		if !s.Ours && s.Stands == "" {
			p.Spans = append(p.Spans, s)
		}
	}
	return p
}

// Marks gives where in the text marks stand for what is not shown. Nothing is cut or
// ends inside of one.
func (p Prose) Marks() (all []Range) {
	at := 0
	for _, para := range p {
		for _, span := range para.Spans {
			if span.Stands != "" {
				all = append(all, Range{Start: at, End: at + len(span.Text)})
			}
			at += len(span.Text)
		}
		at += len(ParaBreak)
	}
	return all
}

// Runs parts spans where they differ by a property, and calls fn for each run of
// neighbours that have the same.
func Runs[T comparable](spans []Span, of func(Span) T, fn func(run []Span, has T)) {
	for len(spans) > 0 {
		has, n := of(spans[0]), 1
		for n < len(spans) && of(spans[n]) == has {
			n++
		}
		fn(spans[:n], has)
		spans = spans[n:]
	}
}

// IsStruck tells whether a span is struck out.
func IsStruck(s Span) bool { return s.Struck }

// ShiftAt gives a function that tells how a span is set off the line at a depth,
// from 0: [Raised], [Lowered] or 0.
func ShiftAt(depth int) func(Span) byte {
	return func(s Span) byte {
		if depth < len(s.Shift) {
			return s.Shift[depth]
		}
		return 0
	}
}

func showStruck(b *strings.Builder, spans []Span) {
	Runs(spans, IsStruck, func(run []Span, struck bool) {
		if !struck {
			showShift(b, run, 0)
			return
		}
		var inner strings.Builder
		showShift(&inner, run, 0)
		// The marks stand at the words, as their readers expect them.
		text := inner.String()
		words := strings.TrimSpace(text)
		if words == "" {
			b.WriteString(text)
			return
		}
		before, after, _ := strings.Cut(text, words)
		b.WriteString(before + StruckMark + words + StruckMark + after)
	})
}

func showShift(b *strings.Builder, spans []Span, depth int) {
	Runs(spans, ShiftAt(depth), func(run []Span, shift byte) {
		if shift == 0 || depth >= MaxShift {
			for _, s := range run {
				b.WriteString(s.Text)
			}
			return
		}
		var inner strings.Builder
		showShift(&inner, run, depth+1)
		last, _ := utf8.DecodeLastRuneInString(b.String())
		b.WriteString(shifted(inner.String(), shift, last))
	})
}

// raised and lowered are the characters that Unicode has for such text: digits and
// signs, and the letters that stand for numbers. What letters there are beside them
// are missing from many fonts.
var (
	raised  = characters("0123456789+-−=()ni", shownRaised)
	lowered = characters("0123456789+-−=()", shownLowered)
)

const (
	shownRaised  = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ"
	shownLowered = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"
)

func characters(from, to string) map[rune]rune {
	all := map[rune]rune{}
	shown := []rune(to)
	for i, r := range []rune(from) {
		all[r] = shown[i]
	}
	return all
}

// shifted writes raised or lowered text that follows a character.
func shifted(text string, shift byte, after rune) string {
	set := raised
	if shift == Lowered {
		set = lowered
	}
	if all := strings.Map(func(r rune) rune {
		if to, ok := set[r]; ok {
			return to
		}
		return -1
	}, text); utf8.RuneCountInString(all) == utf8.RuneCountInString(text) {
		return all
	}
	switch lower := strings.ToLower(text); {
	case shift == Raised && unicode.IsDigit(after) && isOrdinal(lower):
		return text // 1st
	case shift == Raised && lower == "tm":
		return "™"
	case shift == Raised && lower == "sm":
		return "℠"
	case !strings.ContainsFunc(text, isCounted), areNotes(text):
		return text // it stands apart by itself
	case isBracketed(text) && !isWordRune(after):
		return text
	case isBracketed(text), utf8.RuneCountInString(text) == 1, !strings.ContainsFunc(text, func(r rune) bool { return !isWordRune(r) }):
		return string(rune(shift)) + text
	}
	return string(rune(shift)) + "(" + text + ")"
}

// isOrdinal tells the endings of numbers that are often raised: English, French.
func isOrdinal(ending string) bool {
	switch ending {
	case "st", "nd", "rd", "th", "er", "re", "ère", "ème", "eme":
		return true
	}
	return false
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// isCounted tells the characters that change what a text says where they lose their
// place, as "∞" does, and "*" does not. Those that are set off by themselves keep it.
func isCounted(r rune) bool {
	return isWordRune(r) || (unicode.IsNumber(r) || unicode.Is(unicode.Sm, r)) && !strings.ContainsRune(shownRaised+shownLowered, r)
}

// isBracketed tells whether one pair of brackets stands around a text.
func isBracketed(text string) bool {
	return strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") && !strings.ContainsAny(text[1:len(text)-1], "()")
}

// areNotes tells whether a text is made of notes in square brackets, "[1][2]".
func areNotes(text string) bool {
	for {
		rest, opens := strings.CutPrefix(text, "[")
		note, rest, closes := strings.Cut(rest, "]")
		if !opens || !closes || strings.Contains(note, "[") {
			return false
		}
		if text = strings.TrimLeft(rest, " ,"); text == "" {
			return true
		}
	}
}
