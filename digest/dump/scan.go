package dump

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"postbag/digest/feed"
)

// errDepth refuses a document that nests without end.
var errDepth = fmt.Errorf("its elements are nested more than %d deep", feed.MaxDepth)

// scanner reads a document unit by unit: one element after the other at a given
// depth, whole. Only one unit is held at a time, and the one around it.
type scanner struct {
	dec   *xml.Decoder
	depth int
	// unitDepth is where units stand: 2 below the root, 3 below a channel.
	unitDepth int
	root      *node
	stack     []*node // open elements of the unit
	current   []*unit // open units, innermost last
	skipping  int     // depth of an element that is left out, 0 for none

	// nested tells whether an element inside a unit is a unit of its own, and
	// omitted whether it is left out with all it holds.
	nested, omitted func(xml.Name) bool
}

func newScanner(r io.Reader) *scanner {
	never := func(xml.Name) bool { return false }
	s := &scanner{dec: xml.NewDecoder(r), unitDepth: 2, nested: never, omitted: never}
	s.dec.Strict = false
	// The text is UTF-8 by now, whatever a declaration further down says.
	s.dec.CharsetReader = func(_ string, text io.Reader) (io.Reader, error) { return text, nil }
	return s
}

// open reads up to the root element.
func (s *scanner) open() (*node, error) {
	for {
		tok, err := s.dec.Token()
		if err != nil {
			return nil, err
		}
		if t, ok := tok.(xml.StartElement); ok {
			s.depth = 1
			s.root = &node{name: t.Name, attrs: t.Attr}
			return s.root, nil
		}
	}
}

// next gives the next unit. The error is io.EOF after the end of the root.
func (s *scanner) next() (*node, error) {
	for {
		start := s.dec.InputOffset()
		tok, err := s.dec.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		s.measure()
		switch t := tok.(type) {
		case xml.StartElement:
			if s.depth++; s.depth > feed.MaxDepth {
				return nil, errDepth
			}
			s.start(t, start)
		case xml.CharData:
			s.text(t)
		case xml.EndElement:
			s.depth--
			if s.depth == 0 {
				return nil, io.EOF
			}
			if n := s.end(); n != nil {
				return n, nil
			}
		}
	}
}

// measure holds the unit against the limit of bytes.
func (s *scanner) measure() {
	if len(s.current) == 0 {
		return
	}
	u := s.current[len(s.current)-1]
	if s.dec.InputOffset()-u.from-u.inner > feed.MaxEntryBytes {
		s.shorten(u)
	}
}

// shorten marks a unit as too long and drops the long texts of its elements.
func (s *scanner) shorten(u *unit) {
	if u.tooLong {
		return
	}
	u.tooLong = true
	for _, n := range s.stack {
		if n.unit == u {
			n.shorten()
		}
	}
}

func (n *node) shorten() {
	if n.text.Len() > maxShort {
		n.text.Reset()
	}
	for _, c := range n.children {
		c.shorten()
	}
}

func (s *scanner) start(t xml.StartElement, at int64) {
	inside := len(s.stack) > 0
	switch {
	case s.skipping > 0 || !inside && s.depth < s.unitDepth:
		return
	case inside && s.omitted(t.Name):
		s.skipping = s.depth
		return
	}
	n := &node{name: t.Name, attrs: t.Attr}
	if !inside || s.nested(t.Name) && len(s.current) == 1 {
		n.unit = &unit{from: at}
		if inside {
			n.in = s.stack[0]
		}
		s.current = append(s.current, n.unit)
		s.stack = append(s.stack, n)
		return
	}
	u := s.current[len(s.current)-1]
	if u.tooLong && s.dec.InputOffset()-at > maxShort {
		n.attrs = nil
	}
	if u.nodes >= maxNodes {
		s.shorten(u)
	} else {
		u.nodes++
		parent := s.stack[len(s.stack)-1]
		parent.children = append(parent.children, n)
	}
	s.stack = append(s.stack, n)
}

func (s *scanner) text(t xml.CharData) {
	if len(s.stack) == 0 || s.skipping > 0 {
		return
	}
	n := s.stack[len(s.stack)-1]
	if s.current[len(s.current)-1].tooLong && n.text.Len()+len(t) > maxShort {
		return
	}
	n.text.Write(t)
}

// end gives the unit that ends here, if one does.
func (s *scanner) end() *node {
	if s.skipping > 0 {
		if s.depth < s.skipping {
			s.skipping = 0
		}
		return nil
	}
	if len(s.stack) == 0 {
		return nil
	}
	n := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	if n.unit == nil {
		return nil
	}
	s.current = s.current[:len(s.current)-1]
	if len(s.current) > 0 {
		s.current[len(s.current)-1].inner += s.dec.InputOffset() - n.unit.from
	}
	return n
}
