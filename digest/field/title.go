package field

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/lazyregexp"
	"postbag/digest/markup"
)

// PlainTitle makes a heading of a title that is plain text (RFC 4287, 3.1.1.1): what
// looks like a tag is meant.
func PlainTitle(s string) string { return Line(charset.Clean(s), MaxTitle) }

// HTMLTitle makes a heading of a title that is HTML (RFC 4287, 3.1.1.2): its text.
func HTMLTitle(s string) string { return Line(textOf(charset.Clean(s)), MaxTitle) }

// Title makes a heading of a title whose format does not say what it is. RSS's may be
// either: most programs escape HTML once more than XML asks for, and some write plain
// text. It is HTML if it has a tag that is closed, or is empty by nature, or the name of
// a character, and no tag that titles do not have; so Python's feedparser decides.
func Title(s string) string {
	if isHTML(s) {
		return HTMLTitle(s)
	}
	return PlainTitle(s)
}

var (
	titleTag  = lazyregexp.New(`<(/?)([A-Za-z][A-Za-z0-9:]*)(?:\s[^<>]*?)?(/?)>`)
	character = lazyregexp.New(`&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);`)
)

// titleTags are the tags that titles have; those of the second line close themselves.
var titleTags = map[atom.Atom]bool{
	atom.A: false, atom.Abbr: false, atom.Acronym: false, atom.B: false, atom.Bdi: false, atom.Bdo: false, atom.Big: false, atom.Center: false,
	atom.Br: true, atom.Hr: true, atom.Img: true, atom.Wbr: true,
	atom.Cite: false, atom.Code: false, atom.Del: false, atom.Dfn: false, atom.Div: false, atom.Em: false, atom.Font: false, atom.H1: false,
	atom.H2: false, atom.H3: false, atom.H4: false, atom.I: false, atom.Ins: false, atom.Kbd: false, atom.Mark: false, atom.Nobr: false,
	atom.P: false, atom.Q: false, atom.S: false, atom.Samp: false, atom.Small: false, atom.Span: false, atom.Strike: false,
	atom.Strong: false, atom.Sub: false, atom.Sup: false, atom.Tt: false, atom.U: false, atom.Var: false,
}

func isHTML(s string) bool {
	sure := false
	for _, m := range titleTag.FindAllStringSubmatch(s, -1) {
		empty, known := titleTags[atom.Lookup([]byte(strings.ToLower(m[2])))]
		if !known {
			return false
		}
		sure = sure || empty || m[1] != "" || m[3] != ""
	}
	return sure || character.MatchString(s) && html.UnescapeString(s) != s
}

// textOf gives the text of a short piece of HTML as it reads without style: a title
// that strikes a word out does not say it. Pictures in it are ornaments.
func textOf(s string) string {
	var b strings.Builder
	for _, para := range markup.FromHTML(s, "") {
		para.Spans = slices.DeleteFunc(para.Spans, func(span digest.Span) bool { return span.Stands == digest.Picture })
		b.WriteString(para.Shown() + " ")
	}
	return b.String()
}
