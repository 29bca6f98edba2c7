package scan

import (
	"errors"
	"fmt"
	"io"
	"time"

	"postbag/digest/xmlread"
)

// What a document may cost gofeed beyond its length. Its reader copies the table of
// all namespaces in scope for each element, and joins the pieces of an unknown
// element's text one by one, so that a small document could keep it busy for hours.
const (
	maxNamespaces = 100 // declared by the elements that are open at once
	// maxElements bounds the elements of a document. Five thousand entries have some
	// hundred thousand, and each that gofeed does not know costs it two maps.
	maxElements   = 300_000
	maxAttributes = 1_000   // of one element
	maxJoined     = 2 << 30 // bytes copied to join the pieces of all texts
	// readTime bounds the reading of one document; the largest ordinary ones take a
	// few seconds.
	readTime = 45 * time.Second
)

var (
	errElements   = fmt.Errorf("it has more than %d elements, or one with more than %d attributes", maxElements, maxAttributes)
	errNamespaces = fmt.Errorf("it has more than %d namespaces at once", maxNamespaces)
	errJoined     = errors.New("its text is in too many pieces")
	ErrLong       = errors.New("it takes too long to read")
)

// cost adds up what a document costs while it is scanned.
type cost struct {
	elements   int
	open       []level // the elements we are in
	namespaces int     // that they declare
	joined     int64
}

// level is an element we are in.
type level struct {
	namespaces int
	text       int64 // bytes of its own text so far
}

func (c *cost) begin(t xmlread.Token) error {
	if c.elements++; c.elements > maxElements || len(t.Attrs) > maxAttributes {
		return errElements
	}
	own := 0
	for _, a := range t.Attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			own++
		}
	}
	c.open = append(c.open, level{namespaces: own})
	if c.namespaces += own; c.namespaces > maxNamespaces {
		return errNamespaces
	}
	return nil
}

// text counts a piece of text of so many bytes: all pieces before it are copied for it.
func (c *cost) text(size int) error {
	if len(c.open) == 0 {
		return nil
	}
	l := &c.open[len(c.open)-1]
	c.joined += l.text
	if l.text += int64(size); c.joined > maxJoined {
		return errJoined
	}
	return nil
}

// end closes all elements but so many.
func (c *cost) end(left int) {
	for _, l := range c.open[left:] {
		c.namespaces -= l.namespaces
	}
	c.open = c.open[:left]
}

// hurried reads a document until a moment.
type hurried struct {
	io.Reader
	until time.Time
}

// Read reads on, as long as there is time.
func (h hurried) Read(p []byte) (int, error) {
	if time.Now().After(h.until) {
		return 0, ErrLong
	}
	return h.Reader.Read(p)
}
