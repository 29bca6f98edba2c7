package xmlread

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// MaxTag bounds a tag that comes from a stream, in bytes.
const MaxTag = 64 << 10

// chunk is how much is read at once, and the longest piece of a text.
const chunk = 32 << 10

// What a document may not contain, and how it may break. A document that ends in
// the middle gives [io.ErrUnexpectedEOF].
var (
	ErrDoctype = errors.New("it declares entities of its own")
	ErrTag     = errors.New("it has a tag of more than 64 KB")
	ErrSyntax  = errors.New("it is not well-formed XML")
)

// Kind is what a [Token] is.
type Kind int

// The kinds of token.
const (
	Start Kind = iota
	End
	Text
)

// Token is a tag, or a piece of text. Its slices hold until the next one is read.
type Token struct {
	Kind  Kind
	Name  xml.Name // of a tag; Space is the prefix
	Attrs []Attr
	// Raw is the token as it may be written out. The end of an element that is closed
	// by its first tag has none; that of one that was left open has a tag.
	Raw      []byte
	From, To int64 // offsets in the document

	text  []byte
	cdata bool
}

// Attr is an attribute of a tag.
type Attr struct {
	Name     xml.Name // Space is the prefix
	From, To int      // where it stands in the token's Raw, with the space before it

	raw []byte
}

// Value gives the attribute's value.
func (a Attr) Value() string { return string(unescape(a.raw)) }

// Data gives a text as it is meant: references resolved, line ends as "\n".
func (t Token) Data() []byte {
	if t.cdata {
		return lineEnds(t.text)
	}
	return unescape(t.text)
}

// Reader reads a document.
type Reader struct {
	in   io.Reader // nil once everything is in buf
	buf  []byte
	at   int   // the next byte of buf
	base int64 // offset of buf in the document
	err  error // how in ended

	lines int // ends of lines before buf

	open    []xml.Name // elements that are open
	left    int        // how many of them stay open; the others are being closed
	closing Token      // what closes the last of them
	implied bool       // it has no tag, or another one
	section section    // the CDATA section that the next text is of
	tags    parser
	nesting Nesting // of a forgiving reader; nil for a strict one
	torn    torn    // of a forgiving reader
}

// sectionMark begins a CDATA section.
const sectionMark = "<![CDATA["

// section tells whether a CDATA section is being read.
type section int

const (
	outside section = iota
	before          // its first mark comes next
	within
)

// New makes a reader of a document that comes as a stream.
func New(in io.Reader) *Reader { return &Reader{in: in, tags: newParser()} }

// NewBytes makes a reader of a document at hand. Each of its texts is one token, up
// to a comment or the like, and tags may be of any length.
func NewBytes(doc []byte) *Reader { return &Reader{buf: doc, tags: newParser()} }

// SkipTo goes on at an offset that is still to come, in a document at hand.
func (r *Reader) SkipTo(offset int) { r.at = max(r.at, offset) }

// Depth is how many elements are open.
func (r *Reader) Depth() int { return len(r.open) }

// Open gives the names of the elements that are open, outermost first.
func (r *Reader) Open() []xml.Name { return r.open }

// Next gives the next token. The error is io.EOF after the end of the document, and
// the stream's own if that fails.
func (r *Reader) Next() (Token, error) {
	if len(r.open) > r.left {
		return r.close(), nil
	}
	for {
		if r.section != outside || r.fill(1) && r.buf[r.at] != '<' {
			return r.text()
		}
		var err error
		switch {
		case !r.fill(1):
			return Token{}, r.ended()
		case r.nesting != nil:
			if t, ok, err := r.forgiven(); ok || err != nil {
				return t, err
			}
		case r.comes("<!--"):
			err = r.skip("<!--", "-->")
		case r.comes(sectionMark):
			r.section = before
		case r.comes("<?"):
			err = r.skip("<?", "?>")
		case r.comes("<!"):
			err = r.directive()
		case r.comes("</"):
			return r.endTag()
		default:
			return r.startTag()
		}
		if err != nil {
			return Token{}, err
		}
	}
}

// ended tells how a document ends where nothing comes any more.
func (r *Reader) ended() error {
	switch {
	case r.err != nil && !errors.Is(r.err, io.EOF):
		return r.err
	case len(r.open) > 0:
		return io.ErrUnexpectedEOF
	}
	return io.EOF
}

// broken is ended in the middle of something.
func (r *Reader) broken() error {
	if err := r.ended(); !errors.Is(err, io.EOF) {
		return err
	}
	return io.ErrUnexpectedEOF
}

// fill reads until so many bytes are there, if they come at all.
func (r *Reader) fill(n int) bool {
	for len(r.buf)-r.at < n {
		if !r.read() {
			return false
		}
	}
	return true
}

// more tells whether the stream has not ended yet.
func (r *Reader) more() bool { return r.in != nil && r.err == nil }

// read reads on; what is before the next byte goes.
func (r *Reader) read() bool {
	if !r.more() {
		return false
	}
	if r.at > 0 {
		r.base += int64(r.at)
		r.lines += bytes.Count(r.buf[:r.at], []byte("\n"))
		r.buf = r.buf[:copy(r.buf, r.buf[r.at:])]
		r.at = 0
	}
	had := len(r.buf)
	if cap(r.buf)-had < chunk {
		r.buf = append(make([]byte, 0, 2*cap(r.buf)+chunk), r.buf...)
	}
	n := 0
	for n == 0 && r.err == nil {
		n, r.err = r.in.Read(r.buf[had : had+chunk])
	}
	r.buf = r.buf[:had+n]
	return n > 0
}

func (r *Reader) comes(s string) bool {
	return r.fill(len(s)) && string(r.buf[r.at:r.at+len(s)]) == s
}

// skip goes past what begins with one mark and ends with another.
func (r *Reader) skip(begin, end string) error {
	r.at += len(begin)
	for {
		if n := bytes.Index(r.buf[r.at:], []byte(end)); n >= 0 {
			r.at += n + len(end)
			return nil
		}
		r.at = max(r.at, len(r.buf)-len(end)+1)
		if !r.read() {
			return r.broken()
		}
	}
}

// directive goes past a document type without declarations of its own: nothing
// that a feed or a dump needs is declared there, and entities can be made to explode.
func (r *Reader) directive() error {
	for {
		text := r.buf[r.at:]
		n := bytes.IndexByte(text, '>')
		if n >= 0 {
			text = text[:n]
		}
		switch {
		case len(text) > MaxTag, bytes.IndexByte(text, '[') >= 0, bytes.Contains(bytes.ToUpper(text), []byte("ENTITY")):
			return ErrDoctype
		case n >= 0:
			r.at += n + 1
			return nil
		case !r.read():
			return r.broken()
		}
	}
}

// text gives a text up to the next mark, or a piece of it.
func (r *Reader) text() (Token, error) {
	begin, end, cdata := 0, "<", r.section != outside
	if cdata {
		end = "]]>"
	}
	if r.section == before {
		begin = len(sectionMark)
	}
	for {
		text := r.buf[r.at+begin:]
		n, size := bytes.Index(text, []byte(end)), 0
		switch {
		case n >= 0 && cdata:
			size = begin + n + len(end)
		case n >= 0:
			size = n
		case r.more() && len(text) >= chunk:
			n = piece(text, cdata)
			size = begin + n
		case r.more():
			r.read()
			continue
		case cdata:
			return Token{}, r.broken()
		default:
			n, size = len(text), len(text)
		}
		t := Token{Kind: Text, Raw: r.buf[r.at : r.at+size], From: r.offset(), text: text[:n], cdata: cdata}
		r.at += size
		switch {
		case size > begin+n: // with the closing mark
			r.section = outside
		case cdata:
			r.section = within
		}
		if !cdata && bytes.Contains(t.text, []byte("]]>")) { // the rest of a section inside another
			t.Raw = bytes.ReplaceAll(t.text, []byte("]]>"), []byte("]]&gt;"))
		}
		t.To = r.offset()
		return t, nil
	}
}

// piece is how much of a text can be given before the rest is there: no reference, no
// line end and no closing mark is torn.
func piece(text []byte, cdata bool) int {
	const longest = 16 // of what is kept together
	n := len(text)
	if cdata {
		n -= len("]]>")
	} else if at := bytes.LastIndexByte(text[n-longest:], '&'); at >= 0 {
		n += at - longest
	}
	if text[n-1] == '\r' {
		n--
	}
	return n
}

func (r *Reader) offset() int64 { return r.base + int64(r.at) }

// startTag reads a tag that begins an element.
func (r *Reader) startTag() (Token, error) {
	t, closed, err := r.tag((*parser).start)
	if err != nil {
		return t, err
	}
	r.began(t, closed)
	return t, nil
}

// began notes that an element is open, or is closed by its first tag.
func (r *Reader) began(t Token, closed bool) {
	r.open = append(r.open, t.Name)
	r.left, r.implied = len(r.open), false
	if closed {
		r.left--
		r.closing = Token{Kind: End, From: t.To, To: t.To}
	}
}

// endTag reads a tag that ends an element, and those in it that were left open.
func (r *Reader) endTag() (Token, error) {
	t, _, err := r.tag((*parser).end)
	if err != nil {
		return t, err
	}
	at := len(r.open) - 1
	for at >= 0 && r.open[at] != t.Name {
		at--
	}
	if at < 0 {
		r.at -= int(t.To - t.From)
		return Token{}, fmt.Errorf("%w: an element ends that never began", ErrSyntax)
	}
	r.left, r.closing, r.implied = at, t, false
	return r.close(), nil
}

// close ends the innermost element.
func (r *Reader) close() Token {
	last := len(r.open) - 1
	t := r.closing
	if t.Name = r.open[last]; last > r.left || r.implied {
		t.Raw = fmt.Appendf(nil, "</%s>", Written(t.Name))
	}
	if last > r.left {
		t.To = t.From
	}
	r.open = r.open[:last]
	return t
}

// Written gives a name with its prefix.
func Written(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

// tag reads a tag whole.
func (r *Reader) tag(parse func(p *parser) (Token, bool)) (Token, bool, error) {
	for {
		p := &r.tags
		p.doc, p.at, p.short, p.bad, p.odd, p.attrs = r.buf[r.at:], 0, false, false, false, p.attrs[:0]
		t, closed := parse(p)
		switch {
		case r.in != nil && p.at > MaxTag:
			return Token{}, false, ErrTag
		case p.short && r.read():
			continue
		case p.short:
			return Token{}, false, r.broken()
		case p.bad:
			return Token{}, false, ErrSyntax
		}
		if t.Raw = p.doc[:p.at]; p.odd && t.Kind == Start {
			t = p.written(t, closed)
		}
		t.From, t.Attrs = r.offset(), p.attrs
		r.at += p.at
		t.To = r.offset()
		return t, closed, nil
	}
}
