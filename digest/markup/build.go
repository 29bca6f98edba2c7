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
// normal form: white space collapsed, but for what lines that were set by hand
// begin with; no empty paragraphs, adjoining spans of one style merged, spaces
// outside of styles where they can be.
type builder struct {
	nest
	out  digest.Prose
	size int
	full bool // nothing more is taken; the walk ends

	strong, em, heading, pre, code int
	struck                         bool
	shift                          string
	lines                          bool // line ends are line breaks
	href                           string

	// The paragraph being made.
	isPre  bool
	spans  []digest.Span
	taken  int          // bytes for it so far, of which some may be left out again
	run    []byte       // the text of the span being made
	style  digest.Span  // its style
	filter filter       // what was kept before
	space  bool         // white space since then
	breaks int          // line breaks since then
	indent int          // spaces that count, since the last of these
	cells  int          // cells of a row that ended since then
	parted bool         // some of the white space since then is on the line
	ruled  *digest.Para // a rule that was drawn since the last paragraph
}

// text adds text in the present style.
func (b *builder) text(s string) {
	style := digest.Span{Em: b.em > 0, Strong: b.strong > 0 || b.heading > 0, Struck: b.struck, Shift: b.shift, Href: b.href}
	for s != "" && !b.full {
		if n := b.piece(s); n > 0 {
			if b.style.Stands != "" {
				b.apartFrom(s)
			}
			b.word(s[:n], style)
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) {
			b.white(r)
		}
		s = s[size:]
	}
}

// white notes a character of white space.
func (b *builder) white(r rune) {
	const tab = 4
	atStart := b.breaks > 0 || b.empty()
	switch {
	case r == '\n' && (b.pre > 0 || b.lines):
		b.lineBreak()
		return
	case r == '\n':
		b.indent = 0 // an end of a line of the source
	case b.pre > 0 && r == '\t', b.isLaidOut() && atStart && r == '\t':
		b.indent += tab - b.indent%tab
	case b.pre > 0, atStart && r == '\u00A0', atStart && (b.isLaidOut() || b.indent > 0):
		b.indent++
	}
	b.gap()
}

// isLaidOut tells whether the spaces at the beginning of a line mean something:
// within code, and where a style keeps line ends.
func (b *builder) isLaidOut() bool { return b.code > 0 || b.lines }

// empty tells whether nothing of the paragraph is there yet.
func (b *builder) empty() bool { return len(b.run) == 0 && len(b.spans) == 0 }

// lineBreak, gap and cell note what will part the next word from the last, if one
// follows in this paragraph.
func (b *builder) lineBreak() {
	b.breaks, b.indent, b.filter = b.breaks+1, 0, filter{}
	b.parted = b.parted || b.shift == ""
}

func (b *builder) gap() {
	b.space, b.filter = true, filter{}
	b.parted = b.parted || b.shift == ""
}

func (b *builder) cell() {
	b.gap()
	if !b.empty() && b.breaks == 0 {
		b.cells++
	}
}

// row ends a row of a table, which becomes a line.
func (b *builder) row() {
	if b.breaks == 0 && !b.empty() {
		b.lineBreak()
	}
	b.cells = 0
}

// rule notes that a rule is drawn between two paragraphs. In a list it would end the
// list, and is left out.
func (b *builder) rule() {
	if len(b.out) > 0 && b.around().item == 0 {
		para, _ := b.nest.para(b.out)
		para.Spans = []digest.Span{{Text: ruleText}}
		b.ruled = &para
	}
}

// stand adds a mark of something that is not shown.
func (b *builder) stand(thing digest.Thing, mark, href string) {
	if href == "" {
		href = b.href
	}
	if last := b.last(); last != 0 && !strings.ContainsRune(openers, last) {
		b.space = true
	}
	b.word(mark, digest.Span{Struck: b.struck, Href: href, Stands: thing})
	b.filter = filter{}
}

// openers are the characters that stand close to what follows them.
const openers = "([{\"'“‘«¿¡"

// apartFrom puts a space between a mark and the words after it, but not before the
// comma or the quotation mark that closes.
func (b *builder) apartFrom(next string) {
	r, size := utf8.DecodeRuneInString(next)
	if r == '"' || r == '\'' {
		r, _ = utf8.DecodeRuneInString(next[size:])
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(openers, r) {
		b.space = true
	}
}

// last gives the last character of the paragraph, 0 for none.
func (b *builder) last() rune {
	text := string(b.run[max(0, len(b.run)-utf8.UTFMax):])
	if n := len(b.spans); text == "" && n > 0 {
		text = b.spans[n-1].Text
	}
	if text == "" {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}

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

// follows tells whether the last that came is a mark of the same as another, which says
// the same or nothing.
func (b *builder) follows(mark digest.Span) bool {
	last := b.style
	last.Text = string(b.run)
	if b.empty() && len(b.out) > 0 {
		spans := b.out[len(b.out)-1].Spans
		last = spans[len(spans)-1]
	}
	return last.Stands == mark.Stands && (last.Text == mark.Text || last.Text == "["+string(mark.Stands)+"]")
}

func visible(c byte) bool { return c > ' ' && c < 0x7F }

// word adds a piece that piece gave, after what parts it from the last one.
func (b *builder) word(w string, style digest.Span) {
	if !b.isPre && b.breaks > 1 && !b.empty() {
		filter, indent := b.filter, b.indent
		b.flush()
		b.filter, b.indent = filter, indent
	}
	if b.empty() {
		b.isPre = b.pre > 0
		b.style = digest.Span{}
		if lead := b.lead(); lead == "" {
			b.style = style
		} else {
			b.run = append(b.run, lead...)
			b.turn("", style)
		}
	} else {
		b.turn(b.separator(), style)
	}
	b.run = append(b.run, w...)
	b.space, b.breaks, b.indent, b.cells, b.parted = false, 0, 0, 0, false
	// No paragraph that is kept has as much; flush cuts it to what is.
	if b.taken += len(w) + 1; b.taken > 2*maxSize {
		b.full = true
	}
}

// The limits of white space that is kept.
const (
	maxIndent = 120 // spaces at the beginning of a line
	maxBreaks = 3   // line breaks in a row, in preformatted text
)

// lead gives the spaces that a line begins with. In running text they are such that
// no program takes out, and one alone is a slip.
func (b *builder) lead() string {
	n := min(b.indent, maxIndent)
	switch {
	case b.isPre:
		return strings.Repeat(" ", n)
	case n > 1:
		return strings.Repeat("\u00A0", n)
	}
	return ""
}

// separator gives what parts the next word of a paragraph from the last.
func (b *builder) separator() string {
	switch {
	case b.breaks > 0 && b.isPre:
		return strings.Repeat("\n", min(b.breaks, maxBreaks)) + b.lead()
	case b.breaks > 0:
		return "\n" + b.lead()
	case b.cells > 0:
		return strings.Repeat(" |", min(b.cells, maxBreaks)) + " "
	case b.isPre && b.indent > 0:
		return b.lead()
	case b.space:
		return " "
	}
	return ""
}

// turn changes to another style, with a separator between. The separator goes
// to the side without style, so that no link or emphasis begins or ends in
// white space.
func (b *builder) turn(sep string, style digest.Span) {
	var bare digest.Span
	if style.Href == b.style.Href {
		bare.Href = style.Href
	}
	bare.Struck = style.Struck && b.style.Struck
	isParted := b.parted && style.Shift != "" // two notes stay two
	if style.Shift == b.style.Shift && !isParted {
		bare.Shift = style.Shift
	}
	switch {
	case style == b.style && style.Stands == "" && (sep == "" || !isParted):
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
	b.spans, b.taken, b.isPre = b.spans[:0], 0, false
	b.filter, b.space, b.breaks, b.indent, b.cells = filter{}, false, 0, 0, 0
}

// add adds a paragraph, or as much of it as there is room for. What it counts is
// what comes out, so that a text that was cut is not cut again.
func (b *builder) add(spans []digest.Span) {
	if size := 2*partSize + len(ruleText); b.ruled != nil && b.size+size <= maxSize {
		b.size += size
		b.out = append(b.out, *b.ruled)
	}
	b.ruled = nil
	para, mark := b.nest.para(b.out)
	para.Pre = b.isPre
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

// ruleText is what a rule between paragraphs becomes, as typists draw it.
const ruleText = "* * *"

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
	for _, d := range b.downs {
		d.number(b.out)
	}
	return b.out
}
