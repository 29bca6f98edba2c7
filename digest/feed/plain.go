package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"

	"postbag/digest/charset"
)

// errNotPlain tells that a document is more, or less, than plain XML.
var errNotPlain = errors.New("not plain XML")

// plainXML reads the tags of XML as programs write it: well-formed, with quoted
// attributes, names in ASCII, and no entities but XML's own. Its only purpose is to
// be quick. Whatever else it meets it does not judge: the walk is then made with the
// decoder that gofeed uses, which is what this must agree with.
type plainXML struct {
	doc   []byte // as toUTF8 gives it: valid UTF-8 without control characters
	at    int
	names map[string]xml.Name
	attrs []xml.Attr // of the tag just read
}

// plainly walks as all does.
func (w *walk) plainly() error {
	p := plainXML{doc: w.doc, names: map[string]xml.Name{}}
	for {
		if !p.text(&w.cost) {
			return errNotPlain
		}
		start := p.at
		if start == len(p.doc) {
			return w.ended()
		}
		isEnd, closed := p.comes("</"), false
		var name xml.Name
		ok := true
		switch {
		case isEnd:
			name, ok = p.endTag()
		case p.comes("<!"), p.comes("<?"):
			if !p.aside(&w.cost) {
				return errNotPlain
			}
			continue
		default:
			name, closed, ok = p.startTag()
		}
		if !ok {
			return errNotPlain
		}
		w.offset = int64(p.at)
		if !isEnd {
			if err := w.begin(xml.StartElement{Name: name, Attr: p.attrs}, int64(start)); err != nil {
				return err
			}
			start = p.at
		}
		if isEnd || closed {
			if err := w.end(name, int64(start)); err != nil || len(w.open) == 0 {
				return err
			}
		}
	}
}

func (p *plainXML) comes(s string) bool { return bytes.HasPrefix(p.doc[p.at:], []byte(s)) }

// pass goes past the next of s after so many bytes.
func (p *plainXML) pass(skip int, s string) bool {
	from := p.at + skip
	n := bytes.Index(p.doc[from:], []byte(s))
	p.at = from + n + len(s)
	return n >= 0
}

// text goes to the next tag, or to the end of the document. What it costs is counted
// with references as they are written; where that is too much, the decoder judges.
func (p *plainXML) text(c *cost) bool {
	text := p.doc[p.at:]
	if n := bytes.IndexByte(text, '<'); n >= 0 {
		text = text[:n]
	}
	p.at += len(text)
	if len(text) == 0 {
		return true
	}
	return !bytes.Contains(text, []byte("]]>")) && plainReferences(text) && c.text(len(text)) == nil
}

// aside goes past a CDATA section, a comment or an instruction other than a
// declaration of XML.
func (p *plainXML) aside(c *cost) bool {
	from := p.at
	switch {
	case p.comes("<![CDATA["):
		return p.pass(len("<![CDATA["), "]]>") && c.text(p.at-from-len("<![CDATA[]]>")) == nil
	case p.comes("<!--"):
		if !p.pass(len("<!--"), "--") || !p.comes(">") {
			return false
		}
		p.at++
		return true
	case p.comes("<?"):
		p.at += len("<?")
		name, ok := p.name()
		return ok && name.Local != "xml" && p.pass(0, "?>")
	}
	return false
}

func (p *plainXML) endTag() (name xml.Name, ok bool) {
	p.at += len("</")
	name, ok = p.name()
	p.space()
	ok = ok && p.comes(">")
	p.at++
	return name, ok
}

// startTag reads a tag and its attributes; closed tells that it ends its element.
func (p *plainXML) startTag() (name xml.Name, closed, ok bool) {
	p.at++
	name, ok = p.name()
	p.attrs = p.attrs[:0]
	for ok {
		p.space()
		switch {
		case p.comes(">"):
			p.at++
			return name, false, true
		case p.comes("/>"):
			p.at += len("/>")
			return name, true, true
		}
		ok = p.attribute()
	}
	return name, false, false
}

// attribute reads an attribute, and its value if the walk asks for those of this
// name.
func (p *plainXML) attribute() bool {
	name, ok := p.name()
	p.space()
	if !ok || !p.comes("=") {
		return false
	}
	p.at++
	p.space()
	if !p.comes(`"`) && !p.comes(`'`) {
		return false
	}
	from := p.at + 1
	n := bytes.IndexByte(p.doc[from:], p.doc[p.at])
	if n < 0 {
		return false
	}
	raw := p.doc[from : from+n]
	p.at = from + n + 1
	if bytes.IndexByte(raw, '<') >= 0 || !plainReferences(raw) {
		return false
	}
	value := ""
	switch name.Local {
	case "about", "base", "count", "rel":
		if bytes.ContainsAny(raw, "&\r") {
			return false // it would have to be decoded
		}
		value = string(raw)
	}
	p.attrs = append(p.attrs, xml.Attr{Name: name, Value: value})
	return true
}

func (p *plainXML) space() {
	for p.at < len(p.doc) && strings.IndexByte(" \t\r\n", p.doc[p.at]) >= 0 {
		p.at++
	}
}

// name reads a name of at most one prefix.
func (p *plainXML) name() (name xml.Name, ok bool) {
	from := p.at
	for p.at < len(p.doc) && inName(p.doc[p.at]) {
		p.at++
	}
	raw := p.doc[from:p.at]
	if name, ok = p.names[string(raw)]; ok {
		return name, true
	}
	local := string(raw)
	space, rest, prefixed := strings.Cut(local, ":")
	if prefixed {
		local = rest
	}
	if !beginsName(space) || !beginsName(local) || strings.Contains(local, ":") {
		return name, false
	}
	if name.Local = local; prefixed {
		name.Space = space
	}
	p.names[string(raw)] = name
	return name, true
}

func inName(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.' || c == '-'
}

// beginsName is about names of inName's bytes.
func beginsName(s string) bool { return s != "" && (s[0] == '_' || s[0] >= 'A') }

// plainReferences tells whether all references in a text are to XML's own entities,
// or to characters that it allows.
func plainReferences(text []byte) bool {
	for {
		at := bytes.IndexByte(text, '&')
		if at < 0 {
			return true
		}
		text = text[at+1:]
		end := bytes.IndexByte(text[:min(len(text), 10)], ';')
		if end < 0 {
			return false
		}
		switch name := string(text[:end]); name {
		case "lt", "gt", "amp", "quot", "apos":
		default:
			digits, isNumber := strings.CutPrefix(name, "#")
			hex, isHex := strings.CutPrefix(digits, "x")
			if isHex {
				isNumber = isNumber && strings.Trim(hex, "0123456789abcdefABCDEF") == ""
			} else {
				isNumber = isNumber && strings.Trim(digits, "0123456789") == ""
			}
			if !isNumber || charset.Forbidden(digits) {
				return false
			}
		}
		text = text[end+1:]
	}
}
