package xmlread

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Nesting tells a forgiving reader what is meant where tags are missing or wrong. The
// offsets are those of the document.
type Nesting interface {
	// Stays tells how many of the open elements stay open when one begins at an offset:
	// fewer than there are if the others lack their end tags.
	Stays(name xml.Name, open []xml.Name, at int) int
	// Ends tells whether an end tag means what it says: that only so many of the open
	// elements stay open.
	Ends(open []xml.Name, left, at int) bool
	// Within tells how much of a text, from its beginning, belongs to the part of the
	// document in which that stands, -1 for all of it. A comment or a section that goes on
	// into the next part lacks its end.
	Within(text []byte) int
	// First tells where such a part begins in a text, -1 for nowhere. A comment that another one begins
	// in, behind such a part, lacks its end.
	First(text []byte) int
}

// NewForgiving makes a reader of a document at hand that reads on where another gives
// up, as browsers do: what looks like a tag and is none is text, and an end tag without
// a beginning is passed over. Names of elements and attributes are ASCII. What it gives
// is well-formed all the same.
func NewForgiving(doc []byte, n Nesting) *Reader {
	r := NewBytes(doc)
	r.nesting, r.tags.forgiving = n, true
	return r
}

// forgiven reads what begins with "<". ok is false for what says nothing, and for a
// section, whose text comes next.
func (r *Reader) forgiven() (t Token, ok bool, err error) {
	rest := r.buf[r.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return r.passed("<!--", "-->")
	case bytes.HasPrefix(rest, []byte(sectionMark)):
		return r.sectionWithin(rest[len(sectionMark):])
	case bytes.HasPrefix(rest, []byte("<?")):
		return r.passed("<?", "?>")
	case bytes.HasPrefix(rest, []byte("<!")) && len(r.open) == 0:
		return Token{}, false, r.directive()
	case bytes.HasPrefix(rest, []byte("</")):
		return r.forgivenEnd()
	}
	return r.forgivenStart()
}

// less gives a "<" that begins nothing.
func (r *Reader) less() (Token, bool, error) {
	t := Token{Kind: Text, Raw: []byte("&lt;"), text: r.buf[r.at : r.at+1], From: r.offset(), To: r.offset() + 1}
	r.at++
	return t, true, nil
}

// torn tells up to which offset what begins so lacks its end.
type torn struct {
	begin string
	until int64
}

// passed goes past a comment or an instruction, unless it lacks its end.
func (r *Reader) passed(begin, end string) (Token, bool, error) {
	if r.torn.begin == begin && r.offset() < r.torn.until {
		return r.less()
	}
	behind := r.offset() + int64(len(begin))
	rest := r.buf[r.at+len(begin):]
	n := bytes.Index(rest, []byte(end))
	if n >= 0 {
		rest = rest[:n]
	}
	if left := r.nesting.Within(rest); left >= 0 {
		r.torn = torn{begin, behind + int64(left)}
		return r.less()
	}
	if again, first := bytes.LastIndex(rest, []byte(begin)), r.nesting.First(rest); again >= 0 && first >= 0 {
		r.torn = torn{begin, behind + int64(min(again, first))}
		return r.less()
	}
	if n < 0 {
		return Token{}, false, io.ErrUnexpectedEOF
	}
	r.at += len(begin) + n + len(end)
	return Token{}, false, nil
}

// sectionWithin makes a section the next text, as far as it belongs there: one that
// lacks its end ends before the tag that closes its element.
func (r *Reader) sectionWithin(text []byte) (Token, bool, error) {
	if n := bytes.Index(text, []byte("]]>")); n >= 0 {
		text = text[:n]
	}
	switch n := r.nesting.Within(text); {
	case n >= 0:
		text = text[:n]
	case !r.hasAnother(text):
		r.section = before
		return Token{}, false, nil
	}
	if len(r.open) > 0 {
		if n := bytes.Index(text, []byte("</"+Written(r.open[len(r.open)-1]))); n >= 0 {
			text = text[:n]
		}
	}
	t := Token{Kind: Text, Raw: fmt.Appendf(nil, "%s%s]]>", sectionMark, text), text: text, cdata: true, From: r.offset()}
	r.at += len(sectionMark) + len(text)
	t.To = r.offset()
	return t, true, nil
}

// hasAnother tells whether another section begins in the text of one, behind the tag that
// closes its element and directly before another tag.
func (r *Reader) hasAnother(text []byte) bool {
	if len(r.open) == 0 {
		return false
	}
	end := []byte("</" + Written(r.open[len(r.open)-1]) + ">")
	_, behind, closed := bytes.Cut(text, end)
	return closed && bytes.HasPrefix(bytes.TrimSpace(behind), []byte("<")) && bytes.Contains(behind, []byte(sectionMark))
}

// forgivenStart reads a tag that begins an element, once those are closed that lack
// their end tags.
func (r *Reader) forgivenStart() (Token, bool, error) {
	at := r.at
	t, closed, err := r.tag((*parser).start)
	if errors.Is(err, ErrSyntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.less()
	}
	if err != nil {
		return Token{}, false, err
	}
	if left := r.nesting.Stays(t.Name, r.open, at); left < len(r.open) {
		r.at = at
		return r.closeAll(left, Token{Kind: End, From: r.offset(), To: r.offset()}), true, nil
	}
	r.began(t, closed)
	return t, true, nil
}

// forgivenEnd reads a tag that ends an element, and those in it that were left open.
func (r *Reader) forgivenEnd() (Token, bool, error) {
	at := r.at
	t, _, err := r.tag((*parser).end)
	if errors.Is(err, ErrSyntax) {
		return r.less()
	}
	if err != nil {
		return Token{}, false, err
	}
	left := r.opened(t.Name)
	if left < 0 || !r.nesting.Ends(r.open, left, at) {
		return Token{}, false, nil
	}
	if r.open[left] == t.Name && !r.tags.odd {
		r.left, r.closing = left, t
		return r.close(), true, nil
	}
	return r.closeAll(left, Token{Kind: End, From: t.From, To: t.To}), true, nil
}

// opened finds the element that an end tag closes: the innermost of its name, else of
// its name in other letters; else the innermost one, if only the prefix is wrong. It
// gives how many elements are around it, -1 for none.
func (r *Reader) opened(name xml.Name) int {
	last := len(r.open) - 1
	for at := range r.nearest() {
		if r.open[at] == name {
			return at
		}
	}
	for at := range r.nearest() {
		if strings.EqualFold(r.open[at].Local, name.Local) && (at == last || r.open[at].Space == name.Space) {
			return at
		}
	}
	return -1
}

// Of elements that are open without end, so many of the innermost and of the outermost
// are looked at.
const (
	mostInner = 1000
	mostOuter = 16
)

// nearest gives the places of the open elements, the innermost first.
func (r *Reader) nearest() iter.Seq[int] {
	return func(yield func(int) bool) {
		last := len(r.open) - 1
		for at := last; at >= 0; at-- {
			if last-at == mostInner {
				at = min(at, mostOuter)
			}
			if !yield(at) {
				return
			}
		}
	}
}

// closeAll closes all elements but so many, none of which has its tag.
func (r *Reader) closeAll(left int, closing Token) Token {
	r.left, r.closing, r.implied = left, closing, true
	return r.close()
}

// written writes a tag anew whose attributes are not as XML wants them.
func (p *parser) written(t Token, closed bool) Token {
	var b bytes.Buffer
	b.WriteString("<" + Written(t.Name))
	for i := range p.attrs {
		a := &p.attrs[i]
		a.From = b.Len()
		b.WriteString(" " + Written(a.Name) + `="`)
		value := bytes.ReplaceAll(a.raw, []byte("<"), []byte("&lt;"))
		b.Write(bytes.ReplaceAll(value, []byte(`"`), []byte("&quot;")))
		b.WriteString(`"`)
		a.To = b.Len()
	}
	if closed {
		b.WriteString("/")
	}
	b.WriteString(">")
	t.Raw = b.Bytes()
	return t
}
