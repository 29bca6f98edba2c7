package xmlread

import "bytes"

// Place is a tag before which a document can be read on behind a fault: "<item" or
// "</item", and how many elements are open before it.
type Place struct {
	Tag  string
	Open int
}

// maxPassed bounds the text that is kept of what is passed over, in bytes.
const maxPassed = 2000

// Resume goes on behind a fault, [ErrSyntax], at the first of some places. It
// looks for none in sections and comments. It gives that place, and what stands before it
// as a text, if that is short; ok is false if the document ends before.
func (r *Reader) Resume(places []Place) (p Place, passed *Token, ok bool) {
	var text []byte
	whole := true
	pass := func(n int) {
		if whole = whole && len(text)+n <= maxPassed; whole {
			text = append(text, r.buf[r.at:r.at+n]...)
		}
		r.at += n
	}
	for started := false; r.fill(1); started = true {
		n := bytes.IndexByte(r.buf[r.at:], '<')
		switch {
		case n < 0:
			pass(len(r.buf) - r.at)
			continue
		case n > 0 || !started:
			pass(max(n, 1))
			continue
		}
		for _, mark := range [][2]string{{sectionMark, "]]>"}, {"<!--", "-->"}} {
			if r.comes(mark[0]) {
				whole, n = false, -1
				if r.skip(mark[0], mark[1]) != nil {
					return Place{}, nil, false
				}
				break
			}
		}
		if n < 0 {
			continue
		}
		for _, p := range places {
			size := len(p.Tag)
			if p.Open > len(r.open) || !r.comes(p.Tag) || !r.fill(size+1) || inName(r.buf[r.at+size]) {
				continue
			}
			r.open, r.left, r.section = r.open[:p.Open], p.Open, outside
			if whole {
				passed = &Token{Kind: Text, Raw: text, text: text}
			}
			return p, passed, true
		}
		pass(1)
	}
	return Place{}, nil, false
}

// AsText gives the "<" of a fault as a text, unless an end tag is at fault.
func (r *Reader) AsText() (t Token, ok bool) {
	if !r.comes("<") || r.comes("</") {
		return Token{}, false
	}
	t, _, _ = r.less() // which cannot fail
	return t, true
}

// Line is the line of the document at which the next token begins, from 1.
func (r *Reader) Line() int { return r.lines + bytes.Count(r.buf[:r.at], []byte("\n")) + 1 }
