package markup

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
)

// FromHTML reads foreign HTML, of any quality, into Prose. Relative links are
// resolved against base, an absolute address or "". What the model cannot hold
// is dropped (scripts, frames, forms, pictures) or becomes text.
//
// The result is in normal form: FromHTML of [HTML] of it gives it back.
func FromHTML(doc, base string) digest.Prose {
	p := parser{base: baseURL(base)}
	doc = strings.ToValidUTF8(doc, "\uFFFD")
	if !strings.Contains(doc, "<") { // no tags, as in every other comment
		p.b.text(html.UnescapeString(doc))
		return p.b.done()
	}
	z := html.NewTokenizer(strings.NewReader(doc))
	for !p.b.full {
		switch z.Next() {
		case html.ErrorToken: // the end; a reader of a string fails in no other way
			return p.b.done()
		case html.TextToken:
			if p.skip == 0 {
				p.b.text(string(z.Text()))
			}
		case html.StartTagToken:
			p.start(z, false)
		case html.SelfClosingTagToken:
			p.start(z, true)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
	}
	return p.b.done()
}

// parser turns tags into calls of a builder. It keeps no tree: a document of
// any depth costs time and memory in proportion to its length.
type parser struct {
	b    builder
	base *url.URL
	skip atom.Atom // the element being dropped, or 0
	nest int       // how many of it are open
}

// dropped tells whether an element goes with all that is in it.
func dropped(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Iframe, atom.Svg, atom.Math, atom.Form, atom.Object, atom.Template,
		atom.Noscript, atom.Noembed, atom.Noframes, atom.Textarea, atom.Title, atom.Select,
		atom.Video, atom.Audio, atom.Canvas, atom.Applet:
		return true
	}
	return false
}

func (p *parser) start(z *html.Tokenizer, closed bool) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	if p.skip != 0 {
		if tag == p.skip && !closed {
			p.nest++
		}
		return
	}
	if dropped(tag) {
		// HTML knows an element that closes itself in foreign content only.
		if !closed || tag != atom.Svg && tag != atom.Math {
			p.skip, p.nest = tag, 1
		}
		return
	}
	b := &p.b
	switch tag {
	case atom.Br:
		b.lineBreak()
	case atom.B, atom.Strong:
		b.strong++
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		b.em++
	case atom.A:
		b.href = link(p.base, attr(z, more, "href"))
	case atom.Img:
		if more {
			b.text(p.sign(z))
		}
	case atom.Q:
		b.text("“")
	case atom.Td, atom.Th, atom.Option:
		b.gap()
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext:
		b.flush()
		b.pre++
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.flush()
		b.heading = 1
	case atom.Blockquote:
		b.flush()
		b.open(frame{kind: quoteFrame})
	case atom.Ul, atom.Menu, atom.Dir:
		b.flush()
		b.open(frame{kind: listFrame})
	case atom.Ol:
		b.flush()
		b.open(frame{kind: listFrame, ordered: true, number: max(1, number(attr(z, more, "start")))})
	case atom.Li:
		b.flush()
		b.openItem(number(attr(z, more, "value")))
	default:
		if block(tag) {
			b.flush()
		}
	}
}

func (p *parser) end(tag atom.Atom) {
	if p.skip != 0 {
		if tag == p.skip {
			if p.nest--; p.nest == 0 {
				p.skip = 0
			}
		}
		return
	}
	b := &p.b
	switch tag {
	case atom.Br: // as browsers read it
		b.lineBreak()
	case atom.B, atom.Strong:
		b.strong = max(0, b.strong-1)
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		b.em = max(0, b.em-1)
	case atom.A:
		b.href = ""
	case atom.Q:
		b.space = false
		b.text("”")
	case atom.Td, atom.Th, atom.Option:
		b.gap()
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext:
		b.flush()
		b.pre = max(0, b.pre-1)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.flush()
		b.heading = 0
	case atom.Blockquote:
		b.flush()
		b.closeQuote()
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		b.flush()
		b.close(listFrame)
	case atom.Li:
		b.flush()
		b.close(itemFrame)
	default:
		if block(tag) {
			b.flush()
		}
	}
}

// block tells whether an element stands apart from the text around it.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Hr, atom.Section, atom.Article, atom.Aside, atom.Header, atom.Footer, atom.Main,
		atom.Nav, atom.Address, atom.Center, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption,
		atom.Details, atom.Summary, atom.Fieldset, atom.Legend, atom.Hgroup, atom.Body,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
		return true
	}
	return false
}

// attr gives an attribute of the tag just read, the first of its name.
func attr(z *html.Tokenizer, more bool, name string) string {
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		if string(key) == name {
			return string(val)
		}
	}
	return ""
}

// maxSign bounds the text of a picture that stands for a sign, in bytes.
const maxSign = 32

// sign gives the text that a picture stands for when it is the picture of a
// character, as blogs draw emoji and smileys; "" for any other. Pictures
// themselves are never kept: who fetches one is seen.
func (p *parser) sign(z *html.Tokenizer) string {
	alt, drawn := "", false
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "alt":
			alt = string(val)
		case "class":
			drawn = bytes.Contains(val, []byte("emoji")) || bytes.Contains(val, []byte("smiley"))
		}
	}
	isText := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	isSign := func(r rune) bool { return unicode.Is(unicode.So, r) }
	if len(alt) > maxSign || !drawn && (strings.ContainsFunc(alt, isText) || !strings.ContainsFunc(alt, isSign)) {
		return ""
	}
	return alt
}

// number reads an item's number, 0 for what is none.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 0
	}
	return min(n, maxNumber)
}
