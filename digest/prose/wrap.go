package prose

import (
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/markup"
)

// Wrap writes Prose as plain text for mails: lines of at most columns columns,
// prefix included, each beginning with prefix; paragraphs parted by a line of
// the prefix alone. Quotes get "> " once for each depth, list items "- " or
// "1. " with their further lines indented to match; preformatted lines keep the
// spaces that they begin with. Text without style is written as [digest.Prose.Shown]
// does. The address of a link follows its paragraph, on a line of its own and in
// angle brackets, so that the sentence reads on; an address is never broken,
// whatever its length. Wide East Asian characters and emoji count as two columns.
//
// No line ends inside of what a reader sees as one character, begins with what closes
// a sentence or brackets, or ends with what opens them (see [fragments]).
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
					bullet = strconv.Itoa(para.Number) + ". "
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
	for _, line := range strings.Split(para.Shown(), "\n") {
		bare := strings.TrimLeft(line, " \u00A0")
		indent := strings.Repeat(" ", min(columnsOf(line)-columnsOf(bare), max(0, w.columns/2-columnsOf(rest))))
		if para.Pre {
			w.line(codePieces(bare, w.room(rest+indent+codeIndent)), first+indent, rest+indent+codeIndent)
		} else {
			w.line(pieces(bare, w.room(rest+indent)), first+indent, rest+indent)
		}
		first = rest
	}
	seen := map[string]bool{}
	for spans := para.Spans; len(spans) > 0; {
		link, n := markup.LinkOf(spans)
		spans = spans[n:]
		if link.Href != "" && !seen[link.Href] && !markup.ShowsAddress(link.Text, link.Href) {
			w.lines = append(w.lines, rest+"<"+markup.Address(link.Href)+">")
		}
		seen[link.Href] = true
	}
}

// codeIndent is how far the rest of a preformatted line that is too long is set in.
const codeIndent = "    "

// room is how many columns are left after a prefix.
func (w *wrapper) room(prefix string) int { return max(8, w.columns-columnsOf(prefix)) }

// line wraps the text between two line breaks.
func (w *wrapper) line(pieces []piece, first, rest string) {
	line, used, empty := first, columnsOf(first), true
	for _, piece := range pieces {
		size := columnsOf(piece.text)
		gap := 0
		if !empty {
			gap = piece.spaces
		}
		if !empty && used+gap+size > w.columns {
			w.lines = append(w.lines, strings.TrimRight(line, " "))
			line, used, gap = rest, columnsOf(rest), 0
		}
		line += strings.Repeat(" ", gap) + piece.text
		used += gap + size
		empty = false
	}
	w.lines = append(w.lines, strings.TrimRight(line, " "))
}
