package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// The limits of a document, far above what a person writes.
const (
	maxSize   = 1 << 20 // bytes of text and addresses, with a little for each paragraph and span
	maxLink   = 2000    // bytes of an address; a longer one loses its link
	maxNumber = 1 << 30 // of an ordered item

	partSize = 4 // of a paragraph or span
)

// builder makes Prose from a walk through a document. What it gives is in
// normal form: white space collapsed, no empty paragraphs, adjoining spans of
// one style merged, spaces outside of styles where they can be.
type builder struct {
	nest
	out  digest.Prose
	size int
	full bool // nothing more is taken; the walk ends

	strong, em, heading, pre int
	href                     string

	// The paragraph being made.
	spans  []digest.Span
	taken  int         // bytes for it so far, of which some may be left out again
	run    []byte      // the text of the span being made
	style  digest.Span // its style
	filter filter      // what was kept before
	space  bool        // white space since then
	breaks int         // line breaks since then
}

// text adds text in the present style.
func (b *builder) text(s string) {
	style := digest.Span{Em: b.em > 0, Strong: b.strong > 0 || b.heading > 0, Href: b.href}
	for s != "" && !b.full {
		if n := b.piece(s); n > 0 {
			b.word(s[:n], style)
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\n' && b.pre > 0:
			b.lineBreak()
		case unicode.IsSpace(r):
			b.gap()
		}
		s = s[size:]
	}
}

// lineBreak and gap note what will part the next word from the last, if one
// follows in this paragraph.
func (b *builder) lineBreak() { b.breaks, b.filter = b.breaks+1, filter{} }

func (b *builder) gap() { b.space, b.filter = true, filter{} }

// piece gives how many bytes at the beginning of s can be kept as they are:
// characters that stay, and single spaces between visible ones of ASCII. It is 0
// at white space and at what is left out.
func (b *builder) piece(s string) int {
	i := 0
	for i < len(s) && (visible(s[i]) || s[i] == ' ' && i > 0 && i+1 < len(s) && visible(s[i-1]) && visible(s[i+1])) {
		i++
	}
	if i > 0 {
		b.filter = filter{last: rune(s[i-1])}
	}
	if i == len(s) || s[i] < utf8.RuneSelf {
		return i
	}
	for at, r := range s[i:] {
		if !plain(r) && unicode.IsSpace(r) || !b.filter.keeps(r) {
			return i + at
		}
	}
	return len(s)
}

func visible(c byte) bool { return c > ' ' && c < 0x7F }

// word adds a piece that piece gave, after what parts it from the last one.
func (b *builder) word(w string, style digest.Span) {
	switch {
	case len(b.run) == 0 && len(b.spans) == 0:
		b.style = style
	case b.breaks > 1:
		filter := b.filter
		b.flush()
		b.filter, b.style = filter, style
	case b.breaks == 1:
		b.turn("\n", style)
	case b.space:
		b.turn(" ", style)
	default:
		b.turn("", style)
	}
	b.run = append(b.run, w...)
	b.space, b.breaks = false, 0
	// No paragraph that is kept has as much; flush cuts it to what is.
	if b.taken += len(w) + 1; b.taken > 2*maxSize {
		b.full = true
	}
}

// turn changes to another style, with a separator between. The separator goes
// to the side without style, so that no link or emphasis begins or ends in
// white space.
func (b *builder) turn(sep string, style digest.Span) {
	var bare digest.Span
	if style.Href == b.style.Href {
		bare.Href = style.Href
	}
	switch {
	case style == b.style:
		b.run = append(b.run, sep...)
	case style == bare:
		b.endRun(style)
		b.run = append(b.run, sep...)
	case b.style == bare || sep == "":
		b.run = append(b.run, sep...)
		b.endRun(style)
	default:
		b.endRun(bare)
		b.run = append(b.run, sep...)
		b.endRun(style)
	}
}

func (b *builder) endRun(next digest.Span) {
	if len(b.run) > 0 {
		span := b.style
		span.Text = string(b.run)
		b.spans = append(b.spans, span)
		b.taken += partSize + len(span.Href)
		b.run = b.run[:0]
	}
	b.style = next
}

// flush ends the paragraph.
func (b *builder) flush() {
	b.endRun(digest.Span{})
	if len(b.spans) > 0 {
		b.add(unmarked(b.spans))
	}
	b.spans, b.taken = b.spans[:0], 0
	b.filter, b.space, b.breaks = filter{}, false, 0
}

// add adds a paragraph, or as much of it as there is room for. What it counts is
// what comes out, so that a text that was cut is not cut again.
func (b *builder) add(spans []digest.Span) {
	para, mark := b.nest.para(b.out)
	if first := spans[0]; mark != "" && first == (digest.Span{Text: first.Text}) {
		spans[0].Text = mark + first.Text
	} else if mark != "" {
		para.Spans = append(para.Spans, digest.Span{Text: mark})
	}
	para.Spans = append(para.Spans, spans...)
	b.size += partSize
	for i, s := range para.Spans {
		size := partSize + len(s.Href) + len(s.Text)
		if b.size+size <= maxSize {
			b.size += size
			continue
		}
		b.full = true
		para.Spans = unmarked(cutAt(para.Spans[:i+1], maxSize-b.size-partSize-len(s.Href)))
		break
	}
	if len(para.Spans) > 0 {
		b.out = append(b.out, para)
	}
}

// cutAt cuts the last span to a length in bytes, and what would end in white
// space then.
func cutAt(spans []digest.Span, length int) []digest.Span {
	last := &spans[len(spans)-1]
	last.Text = strings.ToValidUTF8(last.Text[:max(0, length)], "")
	for len(spans) > 0 {
		last := &spans[len(spans)-1]
		if last.Text = strings.TrimRightFunc(last.Text, unicode.IsSpace); last.Text != "" {
			break
		}
		spans = spans[:len(spans)-1]
	}
	return spans
}

// done gives the finished text.
func (b *builder) done() digest.Prose {
	b.flush()
	return b.out
}
