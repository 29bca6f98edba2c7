package xmlread

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads one tag.
type parser struct {
	doc   []byte
	at    int
	short bool // the document ends within the tag
	bad   bool // it is no tag
	odd   bool // it is one, but has to be written otherwise
	names map[string]xml.Name
	attrs []Attr

	forgiving bool
}

func newParser() parser { return parser{names: map[string]xml.Name{}} }

// fail ends the reading of a tag: at the end of what is there, more may help.
func (p *parser) fail() {
	if p.at >= len(p.doc) {
		p.short = true
	} else {
		p.bad = true
	}
}

// byte gives the next byte, or 0.
func (p *parser) byte() byte {
	if p.at < len(p.doc) {
		return p.doc[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.doc) && strings.IndexByte(" \t\r\n", p.doc[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) end() (t Token, closed bool) {
	t.Kind = End
	p.at = len("</")
	t.Name = p.name()
	p.space()
	if p.byte() != '>' {
		if p.forgiving && !p.bad && p.passEnd() {
			return t, false
		}
		p.fail()
	}
	p.at++
	return t, false
}

// passEnd goes past what an end tag has beside its name. One that lacks its ">" ends
// before the next tag.
func (p *parser) passEnd() bool {
	p.odd = true
	n := bytes.IndexAny(p.doc[p.at:], "<>")
	if n < 0 {
		p.at = len(p.doc)
		return false
	}
	if p.at += n; p.doc[p.at] == '>' {
		p.at++
	}
	return true
}

func (p *parser) start() (t Token, closed bool) {
	p.at = len("<")
	t.Name = p.name()
	for !p.short && !p.bad {
		from := p.at
		p.space()
		switch p.byte() {
		case '>':
			p.at++
			return t, false
		case '/':
			if p.at++; p.byte() != '>' {
				p.fail()
			}
			p.at++
			return t, true
		}
		p.attribute(from)
	}
	return t, false
}

// attribute reads an attribute. Its value may lack its quotes, or all.
func (p *parser) attribute(from int) {
	a := Attr{Name: p.name(), From: from}
	end := p.at
	p.space()
	if p.byte() == '=' {
		p.at++
		p.space()
		a.raw = p.value()
		end = p.at
	} else if p.at >= len(p.doc) {
		p.short = true
	}
	p.at, a.To = end, end
	p.attrs = append(p.attrs, a)
}

func (p *parser) value() []byte {
	from := p.at
	quote := p.byte()
	if quote != '"' && quote != '\'' {
		if p.forgiving {
			return p.bare()
		}
		for p.at < len(p.doc) && inValue(p.doc[p.at]) {
			p.at++
		}
		if p.at == from || p.at == len(p.doc) {
			p.fail()
		}
		return p.doc[from:p.at]
	}
	n := bytes.IndexByte(p.doc[from+1:], quote)
	if n < 0 {
		p.at = len(p.doc)
		p.short = true
		return nil
	}
	value := p.doc[from+1 : from+1+n]
	p.at = from + 1 + n + 1
	if bytes.IndexByte(value, '<') >= 0 {
		if p.forgiving && p.isClosed(value) {
			p.odd = true
		} else {
			p.bad = true
		}
	}
	return value
}

// isClosed tells whether a value with a "<" in it was meant to end where it does, and
// does not lack its closing quotation mark: it is short, and something else follows.
func (p *parser) isClosed(value []byte) bool {
	const longest = 500
	return len(value) <= longest && strings.IndexByte(" \t\r\n/>", p.byte()) >= 0
}

// bare reads a value without quotes, up to a space or the end of the tag.
func (p *parser) bare() []byte {
	from := p.at
	for p.at < len(p.doc) && strings.IndexByte(" \t\r\n><\"'", p.doc[p.at]) < 0 &&
		(p.doc[p.at] != '/' || p.at+1 == len(p.doc) || p.doc[p.at+1] != '>') {
		p.at++
	}
	if c := p.byte(); c == '<' || c == '"' || c == '\'' || c == 0 {
		p.fail()
	}
	p.odd = true
	return p.doc[from:p.at]
}

// inValue tells what a value without quotes is made of.
func inValue(c byte) bool { return inName(c) && c < utf8.RuneSelf && c != '.' }

func inName(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.' || c == '-' || c >= utf8.RuneSelf
}

// name reads a name of at most one prefix.
func (p *parser) name() xml.Name {
	from := p.at
	for p.at < len(p.doc) && inName(p.doc[p.at]) {
		p.at++
	}
	raw := p.doc[from:p.at]
	if name, known := p.names[string(raw)]; known {
		return name
	}
	if p.forgiving && bytes.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		p.fail()
		return xml.Name{}
	}
	text := string(raw)
	first, _ := utf8.DecodeRuneInString(text)
	if text == "" || first != '_' && first != ':' && !unicode.IsLetter(first) || strings.Count(text, ":") > 1 {
		p.fail()
		return xml.Name{}
	}
	name := xml.Name{Local: text}
	if space, local, ok := strings.Cut(text, ":"); ok && space != "" && local != "" {
		name = xml.Name{Space: space, Local: local}
	}
	if len(p.names) < maxNames {
		p.names[text] = name
	}
	return name
}

// maxNames bounds the names that are remembered.
const maxNames = 10_000
