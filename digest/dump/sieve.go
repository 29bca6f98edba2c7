package dump

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"postbag/digest/charset"
	"postbag/digest/feed"
)

// The limits of a token. Text that is longer is cut, which makes its entry one
// byte longer than entries may be; no platform writes a tag that long.
const (
	maxRun = feed.MaxEntryBytes + 1
	maxTag = 64 << 10

	sieveChunk = 32 << 10
	lookahead  = 16 // bytes that tell what begins at a "<" or "&"
)

// What a document may not contain.
var (
	errDoctype = errors.New("it declares entities of its own")
	errTag     = errors.New("it has a tag of more than 64 KB")
)

// state is where in a document the sieve is.
type state int

const (
	inText state = iota
	inCDATA
	inTag
	inComment
	inInstruction
	inDirective
)

// sieve lets through of an XML document in UTF-8 what an [xml.Decoder] can hold
// and read: the decoder keeps a whole token in memory and refuses a document for
// one forbidden character. Comments, instructions, the XML declaration and a
// harmless document type are left out, and so are characters that XML forbids
// and references to them (XML 1.0, 2.2). Text is cut at maxRun bytes.
type sieve struct {
	in    *bufio.Reader
	out   []byte // what is let through and not read yet
	at    int    // how much of out is read
	state state
	quote byte // in a tag: the quotation mark that is open, or 0
	run   int  // bytes of the present token
	cut   bool // some of them were dropped
	err   error
}

func newSieve(r io.Reader) *sieve {
	return &sieve{in: bufio.NewReaderSize(r, sieveChunk), out: make([]byte, 0, sieveChunk+lookahead)}
}

// Read gives the document as it is let through.
func (s *sieve) Read(p []byte) (int, error) {
	for s.at == len(s.out) {
		if s.err != nil {
			return 0, s.err
		}
		s.out, s.at = s.out[:0], 0
		s.err = s.fill()
	}
	n := copy(p, s.out[s.at:])
	s.at += n
	return n, nil
}

// fill passes one piece of the document on: a run of plain bytes, and the
// special one that ends it.
func (s *sieve) fill() error {
	if _, err := s.in.Peek(1); err != nil {
		return err
	}
	piece, _ := s.in.Peek(s.in.Buffered())
	plain := s.plain(piece)
	if err := s.pass(piece[:plain]); err != nil {
		return err
	}
	if plain == len(piece) {
		return s.discard(plain)
	}
	if err := s.discard(plain); err != nil {
		return err
	}
	// The end of the document may come sooner than what is looked for.
	next, err := s.in.Peek(lookahead)
	if err != nil && err != io.EOF {
		return err
	}
	return s.special(next)
}

func (s *sieve) discard(n int) error {
	_, err := s.in.Discard(n)
	return err
}

// The bytes that need a look, by state.
var specials = func() (all [inDirective + 1][256]bool) {
	marks := [...]string{inText: "<&]", inCDATA: "]", inTag: "&\"'>", inComment: "-", inInstruction: "?", inDirective: "[>"}
	for st := range all {
		for c := range all[st] {
			control := c < ' ' && c != '\t' && c != '\n' && c != '\r'
			all[st][c] = control || c == 0xEF || bytes.IndexByte([]byte(marks[st]), byte(c)) >= 0
		}
	}
	return all
}()

// plain counts the bytes before the next special one.
func (s *sieve) plain(piece []byte) int {
	table := &specials[s.state]
	for i, c := range piece {
		if table[c] {
			return i
		}
	}
	return len(piece)
}

// pass lets bytes of the present token through, as far as its limit allows.
func (s *sieve) pass(b []byte) error {
	before := s.run
	s.run += len(b)
	switch s.state {
	case inText, inCDATA:
		if s.run > maxRun {
			b = s.shorten(b, maxRun-before)
		}
	case inTag:
		if s.run > maxTag {
			return errTag
		}
	case inDirective:
		if s.run > maxTag || bytes.Contains(b, []byte("ENTITY")) {
			return errDoctype
		}
		return nil
	default:
		return nil
	}
	s.out = append(s.out, b...)
	return nil
}

// shorten cuts bytes of a text to so many, or a few more, so that no character
// is broken. Nothing of the token is let through after a cut.
func (s *sieve) shorten(b []byte, keep int) []byte {
	if s.cut {
		return nil
	}
	keep = max(0, keep)
	for keep < len(b) && !utf8.RuneStart(b[keep]) {
		keep++
	}
	s.cut = keep < len(b)
	return b[:keep]
}

// special passes what begins with a special byte.
func (s *sieve) special(next []byte) error {
	switch c := next[0]; {
	case c == 0xEF:
		return s.lastOfPlane(next)
	case c < ' ':
		return s.discard(1)
	case c == '&':
		return s.reference(next)
	}
	switch s.state {
	case inText:
		if next[0] == ']' {
			return s.bracket(next)
		}
		return s.markup(next)
	case inCDATA:
		return s.until(next, "]]>", true)
	case inTag:
		return s.inTag(next[0])
	case inComment:
		return s.until(next, "-->", false)
	case inInstruction:
		return s.until(next, "?>", false)
	}
	if next[0] == '[' {
		return errDoctype
	}
	return s.until(next, ">", false)
}

// lastOfPlane drops U+FFFE and U+FFFF, which are no characters.
func (s *sieve) lastOfPlane(next []byte) error {
	if len(next) >= 3 && next[1] == 0xBF && next[2] >= 0xBE {
		return s.discard(3)
	}
	n := min(3, len(next))
	if err := s.pass(next[:n]); err != nil {
		return err
	}
	return s.discard(n)
}

// reference drops a reference to a character that XML forbids.
func (s *sieve) reference(next []byte) error {
	if end := bytes.IndexByte(next, ';'); end > 2 && next[1] == '#' && charset.Forbidden(string(next[2:end])) {
		return s.discard(end + 1)
	}
	if err := s.pass(next[:1]); err != nil {
		return err
	}
	return s.discard(1)
}

// bracket escapes the end of a CDATA section that nobody began: the rest of one
// that stood inside another.
func (s *sieve) bracket(next []byte) error {
	shown, n := "]", 1
	if bytes.HasPrefix(next, []byte("]]>")) {
		shown, n = "]]&gt;", 3
	}
	if err := s.pass([]byte(shown)); err != nil {
		return err
	}
	return s.discard(n)
}

// markup finds out what a "<" begins.
func (s *sieve) markup(next []byte) error {
	s.run, s.cut, s.quote = 0, false, 0
	switch {
	case bytes.HasPrefix(next, []byte("<!--")):
		s.state = inComment
		return s.discard(4)
	case bytes.HasPrefix(next, []byte("<![CDATA[")):
		s.state = inCDATA
		s.out = append(s.out, next[:9]...)
		return s.discard(9)
	case bytes.HasPrefix(next, []byte("<?")):
		s.state = inInstruction
		return s.discard(2)
	case bytes.HasPrefix(next, []byte("<!")):
		s.state = inDirective
		return s.discard(2)
	}
	s.state = inTag
	s.out = append(s.out, '<')
	return s.discard(1)
}

// until ends the present state at its closing mark, which is let through if
// what it closes was.
func (s *sieve) until(next []byte, mark string, shown bool) error {
	if !bytes.HasPrefix(next, []byte(mark)) {
		if err := s.pass(next[:1]); err != nil {
			return err
		}
		return s.discard(1)
	}
	s.state, s.run, s.cut = inText, 0, false
	if shown {
		s.out = append(s.out, mark...)
	}
	return s.discard(len(mark))
}

func (s *sieve) inTag(c byte) error {
	switch {
	case c == '>' && s.quote == 0:
		s.out = append(s.out, c)
		s.state, s.run, s.cut = inText, 0, false
		return s.discard(1)
	case c == s.quote:
		s.quote = 0
	case c != '>' && s.quote == 0:
		s.quote = c
	}
	if err := s.pass([]byte{c}); err != nil {
		return err
	}
	return s.discard(1)
}
