package markup

import (
	"net/url"
	"strings"

	"golang.org/x/text/width"

	"postbag/digest"
)

// Wrap writes Prose as plain text for mails: lines of at most columns columns,
// prefix included, each beginning with prefix; paragraphs parted by a line of
// the prefix alone. Quotes get "> " once for each depth, list items "- " or
// "1. " with their further lines indented to match. Words are the writer's
// alone: emphasis leaves no mark. The address of a link follows its paragraph,
// on a line of its own and in angle brackets, so that the sentence reads on; an
// address is never broken, whatever its length. Wide East Asian characters count
// as two columns.
//
// The text ends without a line end.
func Wrap(p digest.Prose, columns int, prefix string) string {
	w := wrapper{columns: columns}
	indent := 0
	for i, para := range p {
		if i > 0 && !(para.Kind == digest.Item && p[i-1].Kind == digest.Item && !para.More) {
			w.lines = append(w.lines, strings.TrimRight(prefix+quoteMarks(shared(p[i-1], para)), " "))
		}
		first, rest := prefix, prefix
		switch para.Kind {
		case digest.Quote:
			first += quoteMarks(para.Depth)
			rest = first
		case digest.Item:
			outer := strings.Repeat("  ", max(0, para.Depth-1))
			if !para.More {
				bullet := "- "
				if para.Number > 0 {
					bullet = itemMark(para.Number)
				}
				first += outer + bullet
				indent = len(outer) + len(bullet)
			} else {
				indent = max(indent, len(outer)+2)
				first += strings.Repeat(" ", indent)
			}
			rest += strings.Repeat(" ", indent)
		}
		w.para(para, first, rest)
	}
	return strings.Join(w.lines, "\n")
}

// shared is how many quotes go on from one paragraph to the next.
func shared(a, b digest.Para) int {
	if a.Kind != digest.Quote || b.Kind != digest.Quote {
		return 0
	}
	return min(a.Depth, b.Depth)
}

func quoteMarks(depth int) string { return strings.Repeat("> ", min(depth, digest.MaxDepth)) }

type wrapper struct {
	columns int
	lines   []string
}

func (w *wrapper) para(para digest.Para, first, rest string) {
	for _, line := range strings.Split(para.Text(), "\n") {
		w.line(line, first, rest)
		first = rest
	}
	seen := map[string]bool{}
	for spans := para.Spans; len(spans) > 0; {
		link, n := linkOf(spans)
		spans = spans[n:]
		if link.Href != "" && !seen[link.Href] && !shows(link.Text, link.Href) {
			w.lines = append(w.lines, rest+"<"+Address(link.Href)+">")
		}
		seen[link.Href] = true
	}
}

// Address gives a link's address as a person would copy it from a text: that of
// a mail link without its scheme and its proposed subject.
func Address(href string) string {
	rest, ok := strings.CutPrefix(href, "mailto:")
	if !ok {
		return href
	}
	to, _, _ := strings.Cut(rest, "?")
	if plain, err := url.PathUnescape(to); err == nil && Clean(plain) == plain {
		return plain
	}
	return to
}

// shows tells whether a link's text is its own address.
func shows(text, href string) bool {
	text = strings.TrimSpace(text)
	return text == href || text+"/" == href || text == Address(href)
}

// line wraps the text between two line breaks.
func (w *wrapper) line(text, first, rest string) {
	line, used, empty := first, columnsOf(first), true
	for _, piece := range pieces(text, max(8, w.columns-columnsOf(rest))) {
		size := columnsOf(piece.text)
		gap := 0
		if piece.space && !empty {
			gap = 1
		}
		if !empty && used+gap+size > w.columns {
			w.lines = append(w.lines, strings.TrimRight(line, " "))
			line, used, empty, gap = rest, columnsOf(rest), true, 0
		}
		line += strings.Repeat(" ", gap) + piece.text
		used += gap + size
		empty = false
	}
	w.lines = append(w.lines, strings.TrimRight(line, " "))
}

// piece is text that stays on one line; space says that a space goes before it.
type piece struct {
	text  string
	space bool
}

// pieces cuts text where a line may end: at spaces, beside wide characters, and
// within words that no line could hold, unless they are addresses.
func pieces(text string, limit int) []piece {
	var out []piece
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "://") {
			out = append(out, piece{word, true})
			continue
		}
		start, used, space := 0, 0, true
		wasWide := false
		for i, r := range word {
			size := runeColumns(r)
			edge := i > start && (size == 2 || wasWide) && !strings.ContainsRune(neverFirst, r)
			if edge || used+size > limit {
				out = append(out, piece{word[start:i], space})
				start, used, space = i, 0, false
			}
			used += size
			wasWide = size == 2
		}
		out = append(out, piece{word[start:], space})
	}
	return out
}

// neverFirst are characters that do not begin a line.
const neverFirst = "、。，．：；！？）」』】〕〉》’”…,.:;!?)]}"

func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x1100 {
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
