package dump

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"postbag/digest/feed"
	"postbag/digest/xmlread"
)

// errDepth refuses a document that nests without end.
var errDepth = fmt.Errorf("its elements are nested more than %d deep", feed.MaxDepth)

// scanner reads a document unit by unit: one element after the other at a given
// depth, whole. Only one unit is held at a time, and the one around it.
type scanner struct {
	in *xmlread.Reader
	// spaces are the namespaces that the open elements declare.
	spaces []declared
	// unitDepth is where units stand: 2 below the root, 3 below a channel.
	unitDepth int
	stack     []*node // open elements of the unit
	current   []*unit // open units, innermost last
	skipping  int     // depth of an element that is left out, 0 for none
	broken    Broken

	// nested tells whether an element inside a unit is a unit of its own, and
	// omitted whether it is left out with all it holds.
	nested, omitted func(xml.Name) bool
}

func newScanner(r io.Reader) *scanner {
	never := func(xml.Name) bool { return false }
	return &scanner{in: xmlread.New(r), unitDepth: 2, nested: never, omitted: never}
}

// open reads up to the root element.
func (s *scanner) open() (*node, error) {
	for {
		t, err := s.in.Next()
		if err != nil {
			return nil, err
		}
		if t.Kind == xmlread.Start {
			return s.element(t)
		}
	}
}

// next gives the next unit. The error is io.EOF after the end of the root.
func (s *scanner) next() (*node, error) {
	for {
		t, err := s.in.Next()
		if errors.Is(err, xmlread.ErrSyntax) && s.resume() {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.measure(t.To)
		switch t.Kind {
		case xmlread.Start:
			if s.in.Depth() > feed.MaxDepth {
				return nil, errDepth
			}
			if err := s.start(t); err != nil {
				return nil, err
			}
		case xmlread.Text:
			s.text(t)
		case xmlread.End:
			if s.in.Depth() == 0 {
				return nil, io.EOF
			}
			if n := s.end(t.To); n != nil {
				return n, nil
			}
		}
	}
}

// measure holds the unit against the limit of bytes.
func (s *scanner) measure(to int64) {
	if len(s.current) == 0 {
		return
	}
	u := s.current[len(s.current)-1]
	if to-u.from-u.inner > feed.MaxEntryBytes {
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

func (s *scanner) start(t xmlread.Token) error {
	n, err := s.element(t)
	inside := len(s.stack) > 0
	switch {
	case err != nil || s.skipping > 0 || !inside && s.in.Depth() < s.unitDepth:
		return err
	case inside && s.omitted(n.name):
		s.skipping = s.in.Depth()
		return nil
	}
	if !inside || s.nested(n.name) && len(s.current) == 1 {
		n.unit = &unit{from: t.From}
		if inside {
			n.in = s.stack[0]
		}
		s.current = append(s.current, n.unit)
		s.stack = append(s.stack, n)
		return nil
	}
	u := s.current[len(s.current)-1]
	if u.tooLong && len(t.Raw) > maxShort {
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
	return nil
}

// declared is a namespace, and the depth of the element that declares it.
type declared struct {
	depth       int
	prefix, uri string
}

// maxSpaces bounds the namespaces that are declared at once.
const maxSpaces = 1000

var errSpaces = fmt.Errorf("it has more than %d namespaces at once", maxSpaces)

// element makes a node of a tag, with its namespace.
func (s *scanner) element(t xmlread.Token) (*node, error) {
	depth := s.in.Depth()
	for len(s.spaces) > 0 && s.spaces[len(s.spaces)-1].depth >= depth {
		s.spaces = s.spaces[:len(s.spaces)-1]
	}
	n := &node{name: t.Name}
	for _, a := range t.Attrs {
		value := a.Value()
		n.attrs = append(n.attrs, xml.Attr{Name: a.Name, Value: value})
		switch {
		case a.Name.Space == "xmlns":
			s.spaces = append(s.spaces, declared{depth, a.Name.Local, value})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			s.spaces = append(s.spaces, declared{depth, "", value})
		}
	}
	if len(s.spaces) > maxSpaces {
		return nil, errSpaces
	}
	for _, d := range slices.Backward(s.spaces) {
		if d.prefix == n.name.Space {
			n.name.Space = d.uri
			break
		}
	}
	return n, nil
}

func (s *scanner) text(t xmlread.Token) {
	if len(s.stack) == 0 || s.skipping > 0 {
		return
	}
	n := s.stack[len(s.stack)-1]
	if s.current[len(s.current)-1].tooLong && n.text.Len()+len(t.Raw) > maxShort {
		return
	}
	n.text.Write(t.Data())
}

// end gives the unit that ends here, if one does.
func (s *scanner) end(to int64) *node {
	if s.skipping > 0 {
		if s.in.Depth() < s.skipping {
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
		s.current[len(s.current)-1].inner += to - n.unit.from
	}
	if n.unit.broken {
		return nil
	}
	return n
}
