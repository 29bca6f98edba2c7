package markup

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
)

// attributes are those that matter of one element, the first of each name.
type attributes struct {
	href, src, data, alt, title, label, class, style string
	start, value, width, height, typ, name, encoding string
	role, later                                      string // later: the source that a script sets
	video, mathML, tex                               string // what a script shows, by its number or its source
	goomoji                                          string // the character of a picture, in hexadecimal
	hidden, unseen, checked, reversed                bool   // unseen: aria-hidden
}

// maxAttributes bounds how many are looked at.
const maxAttributes = 100

func attributesOf(z *html.Tokenizer, more bool) (a attributes) {
	set := func(to *string, value []byte) {
		if *to == "" {
			*to = string(value)
		}
	}
	for n := 0; more && n < maxAttributes; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href":
			set(&a.href, value)
		case "src":
			set(&a.src, value)
		case "data-src":
			set(&a.later, value)
		case "data":
			set(&a.data, value)
		case "videoid", "video-id", "data-videoid", "data-video-id":
			set(&a.video, value)
		case "goomoji", "data-goomoji":
			set(&a.goomoji, value)
		case "data-mathml":
			set(&a.mathML, value)
		case "data-latex":
			set(&a.tex, value)
		case "alt", "alttext":
			set(&a.alt, value)
		case "title":
			set(&a.title, value)
		case "aria-label":
			set(&a.label, value)
		case "class":
			set(&a.class, value)
		case "style":
			set(&a.style, value)
		case "start":
			set(&a.start, value)
		case "value":
			set(&a.value, value)
		case "width":
			set(&a.width, value)
		case "height":
			set(&a.height, value)
		case "type":
			set(&a.typ, value)
		case "name":
			set(&a.name, value)
		case "encoding":
			set(&a.encoding, value)
		case "role":
			set(&a.role, value)
		case "hidden":
			a.hidden = true
		case "aria-hidden":
			a.unseen = string(value) == "true"
		case "reversed":
			a.reversed = true
		case "checked":
			a.checked = true
		}
	}
	return a
}

// hasClass tells whether one of the names is among an element's classes.
func (a attributes) hasClass(names ...string) bool {
	if a.class == "" {
		return false
	}
	return slices.ContainsFunc(strings.Fields(a.class), func(c string) bool { return slices.Contains(names, c) })
}

// styled gives the value of a property in the element's own style, in lower case.
func (a attributes) styled(property string) string {
	for d := range strings.SplitSeq(a.style, ";") {
		name, value, _ := strings.Cut(d, ":")
		if strings.EqualFold(strings.TrimSpace(name), property) {
			value, _, _ = strings.Cut(strings.ToLower(value), "!")
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// hides tells whether nothing of an element is seen where it stands.
func (a attributes) hides() bool {
	return a.hidden || a.hasClass("screen-reader-text", "sr-only", "visually-hidden", "MathJax_Preview") ||
		a.style != "" && (a.styled("display") == "none" || a.styled("visibility") == "hidden" || a.styled("opacity") == "0" || isNone(a.styled("font-size")))
}

// isNone tells whether a length is none.
func isNone(length string) bool {
	return length == "0" || length == "0px" || length == "0pt" || length == "0em"
}

// draws tells whether an element is a formula drawn of many small pieces, by KaTeX or
// MathJax 2 or 3, in or beside which its source stands as a rule.
func (a attributes) draws(e element) bool {
	return e.name == "mjx-container" ||
		(e.tag == atom.Span || e.tag == atom.Div) && a.hasClass("katex-html", "MathJax", "MathJax_SVG", "MathJax_CHTML", "MathJax_MathML")
}

// dropped tells whether an element goes with all that is in it.
func dropped(e element) bool {
	switch e.tag {
	case atom.Script, atom.Style, atom.Iframe, atom.Svg, atom.Math, atom.Form, atom.Object, atom.Template,
		atom.Noscript, atom.Noembed, atom.Noframes, atom.Title, atom.Select,
		atom.Video, atom.Audio, atom.Canvas, atom.Applet, atom.Rp:
		return true
	}
	if _, ok := players[e.name]; ok {
		return true
	}
	return e.name == "mjx-math" // MathJax 3 says it in MathML beside that
}

// endSkip ends what is left out, and sets the mark that stands for it. The mark of a
// formula that was drawn waits for its source, which MathJax 2 puts behind.
func (p *parser) endSkip() {
	s := p.instead
	if p.skip.tag == atom.Noscript {
		p.spare = p.spareOf(p.unscripted.String())
		p.unscripted.Reset()
	}
	p.skip, p.nest, p.instead = element{}, 0, nil
	if s != nil && s.isDrawn {
		p.drawn = s
		return
	}
	p.stand(s)
}

// endDrawn sets the mark of a formula that was drawn, behind which no source came.
func (p *parser) endDrawn() {
	s := p.drawn
	p.drawn = nil
	p.stand(s)
}

// endsSkip tells whether a tag ends the element that is left out though it is not
// its end tag: a hidden p ends where any other block begins or ends.
func (p *parser) endsSkip(e element) bool {
	if p.skip.tag != atom.P || !block(e.tag) {
		return false
	}
	p.endSkip()
	return true
}

// effect is what an element does to the words in it.
type effect struct {
	struck bool
	shift  byte // digest.Raised, digest.Lowered or 0
	lines  bool // line ends in the source are line breaks
}

// effectOf tells what an element does, by its name, its style or its class.
func effectOf(e element, a attributes) (f effect) {
	switch e.tag {
	case atom.Del, atom.S, atom.Strike:
		f.struck = true
	case atom.Sup:
		f.shift = digest.Raised
	case atom.Sub:
		f.shift = digest.Lowered
	}
	if a.class != "" {
		f.struck = f.struck || a.hasClass("strike", "strikethrough", "strike-through", "line-through", "struck", "bbc_s")
	}
	if a.style == "" {
		return f
	}
	f.struck = f.struck || strings.Contains(a.styled("text-decoration"), "line-through") ||
		strings.Contains(a.styled("text-decoration-line"), "line-through")
	switch a.styled("vertical-align") {
	case "super":
		f.shift = digest.Raised
	case "sub":
		f.shift = digest.Lowered
	}
	f.lines = strings.HasPrefix(a.styled("white-space"), "pre") || a.styled("white-space") == "break-spaces"
	return f
}

// opened is an open element that does something to the words in it.
type opened struct {
	element
	effect
	nest   int  // how many of its name are open, from it on
	inPara bool // it ends with the paragraph that it is in
	lists  int  // in how many lists it is
}

// maxOpened bounds how many are remembered.
const maxOpened = 50

// open notes what an element does.
func (p *parser) open(e element, a attributes) {
	f := effectOf(e, a)
	if f != (effect{}) && len(p.opened) < maxOpened {
		// Browsers open these again in the paragraph that follows; others end with theirs.
		again := e.tag == atom.S || e.tag == atom.Strike
		p.opened = append(p.opened, opened{element: e, effect: f, nest: 1, inPara: p.inPara && !again || e.tag == atom.P, lists: p.b.around().lists})
		p.apply()
		return
	}
	if i := p.innermost(e); i >= 0 {
		p.opened[i].nest++
	}
}

// shut ends an element.
func (p *parser) shut(e element) {
	i := p.innermost(e)
	if i < 0 {
		return
	}
	if p.opened[i].nest--; p.opened[i].nest == 0 {
		p.opened = slices.Delete(p.opened, i, i+1)
		p.apply()
	}
}

func (p *parser) innermost(e element) int {
	for i := len(p.opened) - 1; i >= 0; i-- {
		if p.opened[i].element == e {
			return i
		}
	}
	return -1
}

// endPara ends the p that is open, and what began in it.
func (p *parser) endPara() {
	if !p.inPara {
		return
	}
	p.inPara = false
	p.shutAll(func(o opened) bool { return o.inPara })
}

// endItems ends the cells and items that need no end tag (HTML, 13.1.2.4) before an
// element, or the end of one.
func (p *parser) endItems(tag atom.Atom) {
	lists := p.b.around().lists
	switch tag {
	case atom.Td, atom.Th, atom.Tr, atom.Table:
		p.shutAll(func(o opened) bool {
			return o.tag == atom.Td || o.tag == atom.Th || o.tag == atom.Tr && tag != atom.Td && tag != atom.Th
		})
	case atom.Dt, atom.Dd, atom.Dl:
		p.shutAll(func(o opened) bool { return o.tag == atom.Dt || o.tag == atom.Dd })
	case atom.Li:
		p.shutAll(func(o opened) bool { return o.tag == atom.Li && o.lists >= lists })
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		p.shutAll(func(o opened) bool { return o.tag == atom.Li && o.lists > lists })
	}
}

// shutAll ends the open elements that are so.
func (p *parser) shutAll(so func(opened) bool) {
	n := len(p.opened)
	if p.opened = slices.DeleteFunc(p.opened, so); len(p.opened) != n {
		p.apply()
	}
}

// apply tells the builder what all open elements do together.
func (p *parser) apply() {
	var shift []byte
	p.b.struck, p.b.lines = false, false
	for _, o := range p.opened {
		p.b.struck, p.b.lines = p.b.struck || o.struck, p.b.lines || o.lines
		if o.shift != 0 && len(shift) < digest.MaxShift {
			shift = append(shift, o.shift)
		}
	}
	p.b.shift = string(shift)
}
