// Package jsonread reads JSON files of any size, one value at a time and in bounded
// memory. It says where a value stands, so that the reader of a format takes what it
// knows and passes over the rest.
package jsonread

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of a file.
const (
	// MaxValue is how many bytes are held of a value that is taken.
	MaxValue = 1 << 20
	// MaxDepth is how deep values may be nested.
	MaxDepth = 500

	maxKey  = 200 // bytes of a key; a longer one has no name
	maxPath = 2000
)

// What is wrong with a file. One that ends in the middle of a value gives
// [io.ErrUnexpectedEOF].
var (
	ErrSyntax = errors.New("it is not well-formed JSON")
	ErrDepth  = fmt.Errorf("its values are nested more than %d deep", MaxDepth)
)

// Action is what is done with a value.
type Action int

// The actions.
const (
	Skip  Action = iota // pass over it
	Take                // give it
	Enter               // go on with what an object or array holds; another value is passed over
)

// Value is a value that was taken.
type Value struct {
	// Path is where it stands: the keys of the objects around it, and a star for each
	// array, with slashes between them. That of a whole document is "".
	Path string
	// Raw is its text, valid until the next call. It is not checked to be JSON any
	// further than that its brackets and quotation marks fit.
	Raw []byte
	// TooLong marks a value of more than MaxValue bytes, of which Raw holds nothing.
	TooLong bool
}

// Reader reads one document after the other, as they stand in a file with or without
// line ends between them.
type Reader struct {
	in    *bufio.Reader
	plan  func(path string) Action
	open  []frame
	raw   []byte
	depth []byte // closing brackets that a value waits for
}

// frame is an object or array that was entered.
type frame struct {
	path  string
	end   byte // what closes it
	begun bool // it has an element
}

// New makes a reader. Plan says for each value that is met what is done with it.
func New(in io.Reader, plan func(path string) Action) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 64<<10), plan: plan}
}

// Next gives the next value that the plan takes. The error is io.EOF after the last
// document.
func (r *Reader) Next() (Value, error) {
	for {
		path, first, err := r.element()
		if err != nil {
			return Value{}, err
		}
		if first == 0 {
			continue // an object or array has ended
		}
		switch action := r.plan(path); {
		case action == Enter && (first == '{' || first == '['):
			if len(r.open) >= MaxDepth {
				return Value{}, ErrDepth
			}
			r.open = append(r.open, frame{path: path, end: first + 2}) // } and ] stand two behind { and [
		case action == Take:
			long, err := r.value(first, MaxValue)
			return Value{Path: path, Raw: r.raw, TooLong: long}, err
		default:
			if _, err := r.value(first, 0); err != nil {
				return Value{}, err
			}
		}
	}
}

// element finds the next value, and gives its first byte; 0 where an object or array
// ends instead.
func (r *Reader) element() (path string, first byte, err error) {
	c, err := r.visible()
	if len(r.open) == 0 {
		return "", c, err // io.EOF is the end of the file
	}
	if err != nil {
		return "", 0, cut(err)
	}
	in := &r.open[len(r.open)-1]
	if c == in.end {
		r.open = r.open[:len(r.open)-1]
		return "", 0, nil
	}
	if in.begun {
		if c != ',' {
			return "", 0, ErrSyntax
		}
		if c, err = r.visible(); err != nil {
			return "", 0, cut(err)
		}
	}
	in.begun = true
	name := "*"
	if in.end == '}' {
		if name, c, err = r.member(c); err != nil {
			return "", 0, err
		}
	}
	return join(in.path, name), c, nil
}

// member reads the key of a member, and gives the first byte of its value.
func (r *Reader) member(c byte) (key string, first byte, err error) {
	if c != '"' {
		return "", 0, ErrSyntax
	}
	long, err := r.value(c, maxKey)
	if err != nil {
		return "", 0, err
	}
	if !long {
		key = string(r.raw[1 : len(r.raw)-1])
	}
	if c, err = r.visible(); err == nil && c != ':' {
		return "", 0, ErrSyntax
	}
	if err == nil {
		c, err = r.visible()
	}
	return key, c, cut(err)
}

func join(path, name string) string {
	name = strings.ReplaceAll(name, "/", "\\")
	switch {
	case path == "":
		return name
	case len(path)+len(name) > maxPath:
		return path
	}
	return path + "/" + name
}

// visible gives the next byte that is no white space (RFC 8259, 2).
func (r *Reader) visible() (byte, error) {
	for {
		c, err := r.in.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
	}
}

// cut words the end of a file in the middle of something.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// value reads a value of which the first byte was read. So many bytes of it are kept;
// long tells that it has more, and then none are.
func (r *Reader) value(first byte, limit int) (long bool, err error) {
	r.raw = r.raw[:0]
	keep := func(c byte) {
		if long = long || len(r.raw) >= limit; long {
			r.raw = r.raw[:0]
			return
		}
		r.raw = append(r.raw, c)
	}
	r.depth = r.depth[:0]
	c := first
	for {
		keep(c)
		switch {
		case c == '{', c == '[':
			if len(r.open)+len(r.depth) >= MaxDepth {
				return long, ErrDepth
			}
			r.depth = append(r.depth, c+2)
		case c == '}', c == ']':
			if len(r.depth) == 0 || r.depth[len(r.depth)-1] != c {
				return long, ErrSyntax
			}
			r.depth = r.depth[:len(r.depth)-1]
		case c == '"':
			if err := r.text(keep); err != nil {
				return long, err
			}
		case plainByte(c):
			if len(r.depth) > 0 {
				break
			}
			return long, r.word(keep)
		case len(r.depth) == 0 || c != ',' && c != ':' && c != ' ' && c != '\t' && c != '\n' && c != '\r':
			return long, ErrSyntax
		}
		if len(r.depth) == 0 {
			return long, nil
		}
		if c, err = r.in.ReadByte(); err != nil {
			return long, cut(err)
		}
	}
}

// plainByte tells whether a byte may be part of a number or of true, false and null.
func plainByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// word reads the rest of a number, or of true, false or null, that no bracket ends.
func (r *Reader) word(keep func(byte)) error {
	for {
		next, err := r.in.Peek(1)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !plainByte(next[0]):
			return nil
		}
		keep(next[0])
		if _, err := r.in.Discard(1); err != nil {
			return err
		}
	}
}

// text reads the rest of a string.
func (r *Reader) text(keep func(byte)) error {
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return cut(err)
		}
		keep(c)
		switch c {
		case '"':
			return nil
		case '\\':
			if c, err = r.in.ReadByte(); err != nil {
				return cut(err)
			}
			keep(c)
		}
	}
}
