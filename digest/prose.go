package digest

import "strings"

// Prose is text reduced to what Postbag can show everywhere: paragraphs,
// quotes, list items, preformatted lines, emphasis, struck, raised and lowered
// text, links, line breaks, and marks in the place of what cannot be shown.
// Foreign HTML and the editor's Markdown are parsed into it; nothing else is ever
// passed on. It is written as JSON in the store, with short names because there is
// much of it.
type Prose []Para

// ParaKind tells what sort of paragraph a [Para] is.
type ParaKind string

// The kinds of paragraph.
const (
	Paragraph ParaKind = ""  // ordinary text
	Quote     ParaKind = "q" // text the writer quotes
	Item      ParaKind = "i" // an item of a list
)

// MaxDepth bounds the nesting of quotes and lists; deeper ones are drawn at
// this depth.
const MaxDepth = 6

// Para is one paragraph.
type Para struct {
	Kind ParaKind `json:"k,omitempty"`
	// Depth is how far a quote or list item is nested, from 1; 0 for ordinary
	// text.
	Depth int `json:"d,omitempty"`
	// Number is an ordered item's number, from 1; 0 for a bullet.
	Number int `json:"n,omitempty"`
	// More marks a further paragraph of the list item before it, which gets no
	// bullet of its own.
	More bool `json:"m,omitempty"`
	// Pre marks text whose lines were set by hand, such as code: they keep the
	// spaces that they begin with, and some may be empty.
	Pre   bool   `json:"p,omitempty"`
	Spans []Span `json:"s"`
}

// Span is a run of text in one style. A line break is "\n" in Text.
type Span struct {
	Text   string `json:"t"`
	Em     bool   `json:"e,omitempty"`
	Strong bool   `json:"b,omitempty"`
	// Struck marks words that their writer struck out. They are shown, but never so
	// that they read as said.
	Struck bool `json:"x,omitempty"`
	// Shift tells how the text is set off its line, from the outside in: [Raised],
	// [Lowered], or a few of them, as "^_" for the index of an exponent.
	Shift string `json:"l,omitempty"`
	// Href is an absolute http, https or mailto address, or "".
	Href string `json:"h,omitempty"`
	// Ours marks words that the writer did not write: the mark of a cut, or an
	// editor's note in brackets.
	Ours bool `json:"o,omitempty"`
	// Stands names what the text, such as "[picture: a red bus]", stands for and
	// Postbag cannot show; "" for words.
	Stands Thing `json:"w,omitempty"`
}

// How text is set off its line.
const (
	Raised   = '^'
	Lowered  = '_'
	MaxShift = 3 // more of them are not told apart
)

// Thing is what a mark in a text may stand for, in the word that the mark shows.
type Thing string

// The things that are not shown.
const (
	Picture  Thing = "picture"
	Formula  Thing = "formula"
	Film     Thing = "film"
	Sound    Thing = "sound"
	Map      Thing = "map"
	Document Thing = "document"
	Embed    Thing = "page" // another page, shown inside this one
	Form     Thing = "form"
)

// Ellipsis is the visible mark of a cut.
const Ellipsis = "[…]"

// ParaBreak stands between paragraphs in [Prose.Text].
const ParaBreak = "\n\n"

// Text gives the words alone: paragraphs separated by an empty line, line
// breaks as "\n". Byte offsets into it are what a [Range] counts. It is made to be
// compared and cut; what somebody reads is [Prose.Shown].
func (p Prose) Text() string {
	if len(p) == 1 {
		return p[0].Text()
	}
	size := 0
	for _, para := range p {
		for _, s := range para.Spans {
			size += len(s.Text)
		}
		size += len(ParaBreak)
	}
	var b strings.Builder
	b.Grow(size)
	for i, para := range p {
		if i > 0 {
			b.WriteString(ParaBreak)
		}
		for _, s := range para.Spans {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Text gives the paragraph's words.
func (p Para) Text() string {
	if len(p.Spans) == 1 {
		return p.Spans[0].Text
	}
	var b strings.Builder
	for _, s := range p.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Range is a half-open range of bytes in a comment's [Prose.Text].
type Range struct {
	Start int `json:"s"`
	End   int `json:"e"`
}

// Plain makes Prose of plain text: empty lines part paragraphs, a line of white
// space alone being empty, and single line ends become line breaks.
func Plain(text string) Prose {
	var p Prose
	var lines []string
	end := func() {
		if len(lines) > 0 {
			p = append(p, Para{Spans: []Span{{Text: strings.Join(lines, "\n")}}})
		}
		lines = nil
	}
	for line := range strings.Lines(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)) {
		if line = strings.TrimSpace(line); line == "" {
			end()
			continue
		}
		lines = append(lines, line)
	}
	end()
	return p
}
