package mailbox

import (
	"html"
	"strings"
	"unicode/utf8"

	"postbag/digest/lazyregexp"
)

var (
	// original begins what a program put below a message: the one that it answers, with
	// nothing before its lines.
	original = lazyregexp.New(`^\s*-{2,}\s*\pL[\pL ]{3,40}\s*-{2,}\s*$`)
	// heading is a line of the header that stands above such a message.
	heading = lazyregexp.New(`(?i)^\s*\*?(?:from|to|cc|sent|date|subject|von|an|gesendet|betreff|datum|de|à|envoyé|objet)\s*:\*?\s`)
	// footer is what lists put below: a line, and their name or address.
	footer     = lazyregexp.New(`^_{20,}\s*$`)
	footerName = lazyregexp.New(`(?i)mailing list|listinfo|unsubscribe|https?://|\S+@\S+`)
	// said is the line that names whose words follow; its addresses are left out.
	said       = lazyregexp.New(`:\s*$`)
	anAddress  = lazyregexp.New(`\s*[<(\[]?\b[^\s<>()\[\]]+@[^\s<>()\[\]]+\.[a-zA-Z]{2,}\b[>)\]]?`)
	listed     = lazyregexp.New(`^(?:[-*+•|#=]|\d+[.)])\s`)
	quoteMarks = lazyregexp.New(`^(?:> ?)+`)
)

const (
	maxFooter   = 10 // lines of what lists put below
	wrappedFrom = 55 // characters of a line that was probably broken for its length
	maxDepth    = 20 // quotations in each other
)

// unflowed joins the lines of a text that says where it may be broken (RFC 3676, 4.2).
func unflowed(text string, delSp bool) string {
	var out strings.Builder
	open := -1 // depth of the paragraph that goes on
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		line = strings.TrimPrefix(line[depth:], " ")
		flows := strings.HasSuffix(line, " ") && line != "-- "
		if flows && delSp {
			line = strings.TrimSuffix(line, " ")
		}
		if open != depth || line == "-- " {
			if open >= 0 {
				out.WriteString("\n")
			}
			if out.WriteString(strings.Repeat(">", depth)); depth > 0 {
				out.WriteString(" ")
			}
		}
		if out.WriteString(line); flows {
			open = depth
			continue
		}
		out.WriteString("\n")
		open = -1
	}
	return out.String()
}

// line is a line of a message: how deep it is quoted, and its words.
type line struct {
	depth int
	text  string
}

// linesOf reads the lines of a message's own text, without signature and footer.
func linesOf(text string) (all []line) {
	raw := strings.Split(strings.TrimRight(text, "\n \t"), "\n")
	raw = raw[:ownLines(raw)]
	deeper := 0 // below a message that was put there
	for i, t := range raw {
		t = strings.TrimRight(t, " \t")
		marks := quoteMarks.FindString(t)
		l := line{min(strings.Count(marks, ">"), maxDepth) + deeper, t[len(marks):]}
		if deeper == 0 && l.depth == 0 && (original.MatchString(t) || headed(raw[i:])) {
			deeper = 1
			if original.MatchString(t) {
				continue
			}
		}
		if deeper > 0 && heading.MatchString(t) {
			continue
		}
		all = append(all, l)
	}
	return all
}

// headed tells whether a header stands at the beginning: three of four lines.
func headed(raw []string) bool {
	if !strings.Contains(raw[0], ":") || !heading.MatchString(raw[0]) {
		return false
	}
	n := 0
	for _, t := range raw[:min(len(raw), 4)] {
		if heading.MatchString(t) {
			n++
		}
	}
	return n >= 3
}

// ownLines counts the lines before a signature (RFC 3676, 4.3) and the list's footer.
func ownLines(raw []string) int {
	for i, t := range raw {
		rest := len(raw) - i
		switch {
		case i == 0:
		case t == "-- ", strings.TrimRight(t, " \r") == "--" && rest <= maxFooter:
			return i
		case footer.MatchString(t) && rest <= maxFooter && footerName.MatchString(strings.Join(raw[i+1:], "\n")):
			return i
		}
	}
	return len(raw)
}

// fromPlain makes HTML of a message in plain text: empty lines part paragraphs, what others
// said is a quotation, and lines that were broken for their length are joined.
func fromPlain(text string) string {
	var out strings.Builder
	depth, open := 0, false
	end := func() {
		if open {
			out.WriteString("</p>\n")
		}
		open = false
	}
	lines := linesOf(text)
	for i, l := range lines {
		if l.depth != depth {
			end()
			for ; depth < l.depth; depth++ {
				out.WriteString("<blockquote>")
			}
			for ; depth > l.depth; depth-- {
				out.WriteString("</blockquote>\n")
			}
		}
		if strings.TrimSpace(l.text) == "" {
			end()
			continue
		}
		words := l.text
		if introduces(lines[i:]) {
			words = strings.TrimSpace(anAddress.ReplaceAllString(words, ""))
		}
		switch {
		case !open:
			out.WriteString("<p>")
		case joined(lines[i-1].text, l.text):
			out.WriteString(" ")
		default:
			out.WriteString("<br>\n")
		}
		open = true
		out.WriteString(html.EscapeString(words))
	}
	end()
	for ; depth > 0; depth-- {
		out.WriteString("</blockquote>")
	}
	return out.String()
}

// introduces tells whether a line, with the one behind it at most, names whose words follow
// in a quotation.
func introduces(lines []line) bool {
	for i, l := range lines[:min(len(lines), 2)] {
		if l.depth != lines[0].depth {
			return false
		}
		if said.MatchString(l.text) {
			for _, next := range lines[i+1 : min(len(lines), i+3)] {
				if next.depth > l.depth {
					return true
				}
				if strings.TrimSpace(next.text) != "" {
					return false
				}
			}
		}
	}
	return false
}

// joined tells whether a line goes on in the next.
func joined(line, next string) bool {
	return utf8.RuneCountInString(line) >= wrappedFrom && !strings.HasPrefix(next, " ") && !strings.HasPrefix(next, "\t") && !listed.MatchString(next)
}
