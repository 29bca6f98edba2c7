package dump

import (
	"strings"

	"postbag/digest/lazyregexp"
)

// WordPress stores texts with bare line ends and makes paragraphs of them when it
// shows them.
var (
	emptyLines = lazyregexp.New(`\n[ \t\x{A0}]*(?:\n[ \t\x{A0}]*)+`)
	// preformatted keeps its line ends.
	preformatted = lazyregexp.New(`(?is)<pre\b.*?(?:</pre\s*>|$)`)
)

// blocks makes HTML of a text as WordPress stores it: empty lines part
// paragraphs, other line ends are breaks, and HTML stays what it is. A post that
// was written in blocks is HTML already.
func blocks(text string) string {
	if text == "" || strings.Contains(text, "<!-- wp:") {
		return text
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var out strings.Builder
	out.WriteString("<p>")
	at := 0
	for _, pre := range preformatted.FindAllStringIndex(text, -1) {
		out.WriteString(paragraphs(text[at:pre[0]]))
		out.WriteString(text[pre[0]:pre[1]])
		at = pre[1]
	}
	out.WriteString(paragraphs(text[at:]))
	out.WriteString("</p>")
	return out.String()
}

func paragraphs(text string) string {
	text = emptyLines.ReplaceAllString(text, "\x00")
	text = strings.ReplaceAll(text, "\n", "<br>\n")
	return strings.ReplaceAll(text, "\x00", "</p>\n<p>")
}
