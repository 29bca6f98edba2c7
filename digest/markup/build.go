package markup

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// What a document is cut to; nothing a person writes comes near.
const (
	maxText   = 1 << 20 // bytes of text
	maxLink   = 2000    // bytes of an address; a longer one loses its link
	maxNumber = 1 << 30 // of an ordered item
)

type frameKind int

const (
	quoteFrame frameKind = iota
	listFrame
	itemFrame
)

// frame is an open quote, list or list item.
type frame struct {
	kind    frameKind
	ordered bool // of a list
	implied bool // a list nobody opened, around a stray item
	number  int  // of a list: its next item's; of an item: its own, 0 for a bullet
	begun   bool // of an item: it has a paragraph already
}

// builder makes Prose from a walk through a document. What it gives is in
// normal form: white space collapsed, no empty paragraphs, adjoining spans of
// one style merged, spaces outside of styles where they can be.
type builder struct {
	out    digest.Prose
	frames []frame // outermost first
	size   int
	full   bool // maxText is reached; the walk ends

	strong, em, heading, pre int
	href                     string

	// The paragraph being made.
	spans  []digest.Span
	run    strings.Builder // the text of the span being made
	style  digest.Span     // its style
	last   rune            // the last character kept
	space  bool            // white space since then
	breaks int             // line breaks since then
}

// text adds text in the present style.
func (b *builder) text(s string) {
	style := digest.Span{Em: b.em > 0, Strong: b.strong > 0 || b.heading > 0, Href: b.href}
	for s != "" && !b.full {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\n' && b.pre > 0:
			b.lineBreak()
		case unicode.IsSpace(r):
			b.gap()
		case unwanted(r, b.last):
		default:
			size = b.wordLen(s)
			b.word(s[:size], style)
		}
		s = s[size:]
	}
}

// lineBreak and gap note what will part the next word from the last, if one
// follows in this paragraph.
func (b *builder) lineBreak() { b.breaks, b.last = b.breaks+1, 0 }

func (b *builder) gap() { b.space, b.last = true, 0 }

// wordLen gives how many bytes of s can be kept as they are.
func (b *builder) wordLen(s string) int {
	last := b.last
	for i, r := range s {
		if unicode.IsSpace(r) || unwanted(r, last) {
			b.last = last
			return i
		}
		last = r
	}
	b.last = last
	return len(s)
}

func (b *builder) word(w string, style digest.Span) {
	if b.size+len(w)+1 > maxText {
		b.full = true
		return
	}
	last := b.last
	switch {
	case b.run.Len() == 0 && len(b.spans) == 0:
		b.style = style
	case b.breaks > 1:
		b.flush()
		b.style = style
	case b.breaks == 1:
		b.turn("\n", style)
	case b.space:
		b.turn(" ", style)
	default:
		b.turn("", style)
	}
	b.run.WriteString(w)
	b.size += len(w) + 1
	b.last, b.space, b.breaks = last, false, 0
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
		b.run.WriteString(sep)
	case style == bare:
		b.endRun(style)
		b.run.WriteString(sep)
	case b.style == bare || sep == "":
		b.run.WriteString(sep)
		b.endRun(style)
	default:
		b.endRun(bare)
		b.run.WriteString(sep)
		b.endRun(style)
	}
}

func (b *builder) endRun(next digest.Span) {
	if b.run.Len() > 0 {
		span := b.style
		span.Text = b.run.String()
		b.spans = append(b.spans, span)
		b.run.Reset()
	}
	b.style = next
}

// flush ends the paragraph.
func (b *builder) flush() {
	b.endRun(digest.Span{})
	if len(b.spans) > 0 {
		para := b.kind()
		para.Spans = append(para.Spans, b.spans...)
		b.out = append(b.out, para.merged())
		b.spans = nil
	}
	b.last, b.space, b.breaks = 0, false, 0
}

// made is a paragraph that may begin with a mark that merges with its text.
type made struct{ digest.Para }

func (m made) merged() digest.Para {
	if len(m.Spans) > 1 && m.Spans[1].Em == m.Spans[0].Em && m.Spans[1].Strong == m.Spans[0].Strong && m.Spans[1].Href == m.Spans[0].Href {
		m.Spans[1].Text = m.Spans[0].Text + m.Spans[1].Text
		m.Spans = m.Spans[1:]
	}
	return m.Para
}

// kind tells what the paragraph is by what is open around it. The model has no
// lists in quotes: there an item keeps its mark as text. An item goes on after a
// quote inside it as ordinary text.
func (b *builder) kind() made {
	quotes, lists, depth := 0, 0, 0
	var item *frame
	for i := range b.frames {
		switch f := &b.frames[i]; f.kind {
		case quoteFrame:
			quotes++
			item = nil
		case listFrame:
			lists++
		case itemFrame:
			item, depth = f, min(lists, digest.MaxDepth)
		}
	}
	first := item != nil && !item.begun
	if first {
		item.begun = true
	}
	switch {
	case quotes > 0:
		m := made{digest.Para{Kind: digest.Quote, Depth: min(quotes, digest.MaxDepth)}}
		if first {
			m.Spans = []digest.Span{{Text: mark(item.number)}}
		}
		return m
	case first:
		return made{digest.Para{Kind: digest.Item, Depth: depth, Number: item.number}}
	case item != nil && b.itemOpen(depth):
		return made{digest.Para{Kind: digest.Item, Depth: depth, More: true}}
	}
	return made{}
}

// itemOpen tells whether a paragraph that goes on at this depth still follows
// its item, with nothing but deeper items between.
func (b *builder) itemOpen(depth int) bool {
	for i := len(b.out) - 1; i >= 0; i-- {
		para := b.out[i]
		if para.Kind != digest.Item || para.Depth <= depth {
			return para.Kind == digest.Item && para.Depth == depth
		}
	}
	return false
}

func mark(number int) string {
	if number > 0 {
		return strconv.Itoa(number) + ". "
	}
	return "• "
}

// open begins a quote, list or item; what was being said is said before it.
func (b *builder) open(f frame) {
	b.flush()
	b.frames = append(b.frames, f)
}

// openItem begins an item of the innermost list, ending the item before it.
func (b *builder) openItem(value int) {
	b.flush()
	n := len(b.frames)
	for n > 0 && b.frames[n-1].kind == itemFrame {
		n--
	}
	b.frames = b.frames[:n]
	if n == 0 || b.frames[n-1].kind != listFrame {
		b.frames = append(b.frames, frame{kind: listFrame, implied: true})
	}
	list := &b.frames[len(b.frames)-1]
	item := frame{kind: itemFrame}
	if list.ordered {
		if value > 0 {
			list.number = value
		}
		item.number = min(list.number, maxNumber)
		list.number++
	}
	b.frames = append(b.frames, item)
}

// close ends the innermost list or item and all that is open in it. A quote is
// never ended by the end of a list that began outside of it.
func (b *builder) close(kind frameKind) {
	b.flush()
	for i := len(b.frames) - 1; i >= 0; i-- {
		f := b.frames[i]
		if f.kind == kind {
			if kind == itemFrame && i > 0 && b.frames[i-1].implied {
				i--
			}
			b.frames = b.frames[:i]
			return
		}
		if f.kind == quoteFrame {
			return
		}
	}
}

// closeQuote ends the innermost quote and all that is open in it.
func (b *builder) closeQuote() {
	b.flush()
	for i := len(b.frames) - 1; i >= 0; i-- {
		if b.frames[i].kind == quoteFrame {
			b.frames = b.frames[:i]
			return
		}
	}
}

// done gives the finished text.
func (b *builder) done() digest.Prose {
	b.flush()
	return b.out
}
