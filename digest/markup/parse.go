package markup

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
)

// FromHTML reads foreign HTML, of any quality, into Prose. Relative links are
// resolved against base, an absolute address or "". What the model cannot hold
// leaves a mark ([digest.Thing]) where a reader would see it, and else is dropped.
//
// The result is in normal form: [Look.HTML] of it, read again, gives the same HTML.
func FromHTML(doc, base string) digest.Prose { return (&parser{base: baseURL(base)}).read(doc) }

func (p *parser) read(doc string) digest.Prose {
	doc = strings.ToValidUTF8(doc, "\uFFFD")
	if !strings.Contains(doc, "<") { // no tags, as in every other comment
		p.b.text(html.UnescapeString(doc))
		return p.b.done()
	}
	z := html.NewTokenizer(strings.NewReader(doc))
	for !p.b.full {
		switch z.Next() {
		case html.ErrorToken: // the end; a reader of a string fails in no other way
			p.endSkip()
			p.endReading()
			p.endWaiting()
			return p.b.done()
		case html.TextToken:
			p.text(z)
		case html.StartTagToken:
			p.start(z, false)
		case html.SelfClosingTagToken:
			p.start(z, closesItself(z.Raw()))
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(element{name: string(name), tag: atom.Lookup(name)})
		}
	}
	return p.b.done()
}

// parser turns tags into calls of a builder. It keeps no tree: a document of
// any depth costs time and memory in proportion to its length.
type parser struct {
	b    builder
	base *url.URL
	own  bool // the editor wrote it, who vouches for where pictures are

	skip       element         // the element being left out; its name is "" for none
	nest       int             // how many of it are open
	instead    *stand          // what stands for it, if anything
	drawn      *stand          // what stands for a formula whose source may come
	spare      []digest.Span   // marks of what browsers without scripts show, whose twin may come
	isSpare    bool            // that is what is read
	unscripted strings.Builder // its source
	opened     []opened
	inPara     bool // a p is open, which any other block ends
	ruby       reading
}

// reading tells of the reading of characters whether it is open. It goes on in the next
// one where nothing stands between, as where all characters come first.
type reading int

const (
	noReading reading = iota
	openReading
	endedReading
)

// element is an element's name.
type element struct {
	name string
	tag  atom.Atom // 0 for one that HTML does not know
}

// text takes the text between two tags.
func (p *parser) text(z *html.Tokenizer) {
	switch {
	case p.skip.name == "":
		text := string(z.Text())
		if strings.TrimSpace(text) != "" {
			p.endReading()
			p.endWaiting()
		}
		p.b.text(text)
	case p.skip.tag == atom.Noscript && !p.isSpare:
		p.unscripted.Write(z.Text())
	case p.instead != nil:
		p.instead.take(string(z.Text()))
	}
}

func (p *parser) start(z *html.Tokenizer, closed bool) {
	name, more := z.TagName()
	e := element{name: string(name), tag: atom.Lookup(name)}
	if p.skip.name != "" && !p.endsSkip(e) {
		if e == p.skip && !closed {
			p.nest++
		}
		if p.instead != nil {
			p.instead.start(e, attributesOf(z, more))
		}
		return
	}
	a := attributesOf(z, more)
	if p.drawn != nil && e.tag == atom.Script && isTeX(a) {
		p.drawn = nil
	}
	if isShown(e, a) {
		p.spare = nil
	}
	if e.tag != atom.Rt && e.tag != atom.Rp && e.tag != atom.Rtc {
		p.endReading()
	}
	p.endWaiting()
	if block(e.tag) {
		p.endPara()
	}
	if isVoid(e.name) {
		p.void(e, a)
		return
	}
	if closed {
		// In HTML nothing closes itself, and browsers take all that follows for its
		// content. Whoever writes it so means XHTML.
		z.NextIsNotRawText()
	}
	// Discourse writes name and size of a picture below it, inside of its link.
	isCaption := e.tag == atom.Div && p.b.href != "" && a.hasClass("meta")
	if hidden, draws := isCaption || a.hides(), a.draws(e); hidden || draws || dropped(e) {
		p.skip, p.nest = e, 1
		switch {
		case hidden:
		case draws:
			p.instead = p.drawing(a)
		case players[e.name] == digest.Picture:
			p.picture(a)
		default:
			p.instead = standFor(e, a)
		}
		if closed {
			p.endSkip()
		}
		return
	}
	if closed && isEmptyWhenClosed(e.tag) {
		return
	}
	if len(p.opened) > 0 && e.tag != atom.Ul && e.tag != atom.Ol && e.tag != atom.Table && e.tag != atom.Dl {
		p.endItems(e.tag)
	}
	p.open(e, a)
	p.begin(e, a)
}

// closesItself tells whether the slash at the end of a tag is its own: in
// <script src=http://a.example/> it belongs to the address (HTML, 13.1.2.3).
func closesItself(tag []byte) bool {
	body := bytes.TrimSuffix(tag, []byte("/>"))
	last := body[bytes.LastIndexAny(body, " \t\r\n\f\"'")+1:]
	return !bytes.ContainsRune(last, '=')
}

// isEmptyWhenClosed tells the elements that have nothing in them when they close
// themselves, whatever browsers make of it: styles, and those of text alone. Others,
// such as "<p/>" and "<li/>", are written where they begin.
func isEmptyWhenClosed(tag atom.Atom) bool {
	switch tag {
	case atom.Textarea, atom.Xmp, atom.Plaintext, atom.Listing, atom.Pre:
		return true
	case atom.A, atom.Td, atom.Th, atom.Rt, atom.Rb:
		return false
	}
	return !block(tag)
}

// begin tells the builder what begins.
func (p *parser) begin(e element, a attributes) {
	b := &p.b
	switch e.tag {
	case atom.B, atom.Strong:
		b.strong++
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		b.em++
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		b.code++
	case atom.A:
		b.href = link(p.base, a.href)
	case atom.Q:
		b.text("“")
	case atom.Rt:
		if p.ruby == noReading {
			b.text("(")
		}
		p.ruby = openReading
	case atom.Rb:
		p.endRuby()
	case atom.Td, atom.Th:
		b.cell()
	case atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot:
		b.row()
	case atom.Option, atom.Button, atom.Marquee, atom.Progress, atom.Meter, atom.Output:
		b.gap()
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext, atom.Textarea:
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
		list := frame{kind: listFrame, ordered: true, number: max(1, number(a.start))}
		if a.reversed {
			list.down = &countdown{isKnown: number(a.start) > 0}
		}
		b.open(list)
	case atom.Li:
		b.flush()
		b.openItem(number(a.value))
	default:
		if block(e.tag) {
			b.flush()
		}
	}
	p.inPara = p.inPara || e.tag == atom.P
}

// void takes an element that has no content.
func (p *parser) void(e element, a attributes) {
	b := &p.b
	switch {
	case a.hides():
	case e.tag == atom.Br:
		b.lineBreak()
	case e.tag == atom.Hr:
		b.flush()
		b.rule()
	case e.tag == atom.Img, e.tag == atom.Input && strings.EqualFold(a.typ, "image"):
		p.picture(a)
	case e.tag == atom.Embed:
		p.stand(standFor(e, a))
	case e.tag == atom.Input && strings.EqualFold(a.typ, "checkbox"):
		b.gap()
		if a.checked {
			b.text("☑ ")
		} else {
			b.text("☐ ")
		}
	case e.tag == atom.Input && !strings.EqualFold(a.typ, "hidden"):
		b.gap()
	}
}

func (p *parser) end(e element) {
	if p.skip.name != "" && !p.endsSkip(e) {
		if e == p.skip {
			if p.nest--; p.nest == 0 {
				p.endSkip()
			}
		} else if p.instead != nil {
			p.instead.end(e)
		}
		return
	}
	if e.tag != atom.Rt && e.tag != atom.Rp && e.tag != atom.Rtc {
		p.endReading()
	}
	p.endSpare()
	if block(e.tag) {
		p.endPara()
	}
	b := &p.b
	switch e.tag {
	case atom.Br: // as browsers read it
		b.lineBreak()
	case atom.B, atom.Strong:
		b.strong = max(0, b.strong-1)
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		b.em = max(0, b.em-1)
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		b.code = max(0, b.code-1)
	case atom.A:
		b.href = ""
	case atom.Q:
		b.space = false
		b.text("”")
	case atom.Rt:
		if p.ruby == openReading {
			p.ruby = endedReading
		}
	case atom.Ruby:
		p.endRuby()
	case atom.Td, atom.Th, atom.Option, atom.Button, atom.Marquee, atom.Progress, atom.Meter, atom.Output:
		b.gap()
	case atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot:
		b.row()
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext, atom.Textarea:
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
		if block(e.tag) {
			b.flush()
		}
	}
	if p.shut(e); len(p.opened) > 0 {
		p.endItems(e.tag)
	}
}

// endReading closes the brackets when something else follows.
func (p *parser) endReading() {
	if p.ruby == endedReading {
		p.endRuby()
	}
}

// endRuby closes the brackets around the reading of characters.
func (p *parser) endRuby() {
	if p.ruby != noReading {
		p.ruby = noReading
		p.b.space = false
		p.b.text(")")
	}
}

// block tells whether an element stands apart from the text around it.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Hr, atom.Section, atom.Article, atom.Aside, atom.Header, atom.Footer, atom.Main,
		atom.Nav, atom.Address, atom.Center, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption,
		atom.Details, atom.Summary, atom.Dialog, atom.Fieldset, atom.Legend, atom.Hgroup, atom.Body,
		atom.Table, atom.Caption,
		atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext, atom.Textarea,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Blockquote, atom.Ul, atom.Ol, atom.Menu, atom.Dir, atom.Li:
		return true
	}
	return false
}

// number reads an item's number, 0 for what is none.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 0
	}
	return min(n, maxNumber)
}
