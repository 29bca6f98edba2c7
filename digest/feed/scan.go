package feed

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/xmlread"
)

// scan is one pass over a document's tokens, before gofeed builds anything from it.
// It writes what gofeed reads: a well-formed document within the limits, without what
// gofeed would do otherwise than wanted.
type scan struct {
	root    string // local name of the root element, lower case
	head    string // the beginning of the document, for what gofeed loses
	out     []byte // the document for gofeed
	marks   []mark // of each entry in it
	skipped []Skip
	until   time.Time // when its reading ends
	cut     bool      // the document broke off, or is too costly; entries before that are in out

	in      *xmlread.Reader
	entry   int    // depth of the entry we are in, 0 outside
	started int64  // where it began
	kept    int    // size of out where it began
	whole   int    // size of out behind the last entry that stays
	around  string // what closes the elements around that entry
	entries int
	present mark
	bases   []scope // the xml:base of the elements we are in
	cost    cost
}

// mark is what gofeed loses of an entry.
type mark struct {
	base    string // the xml:base in scope of the entry, for its links
	text    string // the xml:base in scope of its text
	about   string // RDF's name of it (RSS 1.0, 5.5)
	replies int    // thr:count of its replies link (RFC 4685, 4), -1 for none
}

// scope is an xml:base, resolved, and the depth of its element.
type scope struct {
	depth int
	base  string
}

// mark gives what is noted of the i-th of so many entries.
func (s *scan) mark(i, entries int) mark {
	if len(s.marks) != entries {
		return mark{replies: -1}
	}
	return s.marks[i]
}

// Why an entry is left out.
var (
	tooMany  = fmt.Sprintf("the feed has more than %d entries", MaxEntries)
	tooLarge = "it is larger than 1 MB"
)

var errDepth = fmt.Errorf("its elements are nested more than %d deep", MaxDepth)

// refused are those that no blog's feed needs.
var refused = []error{xmlread.ErrDoctype, errDepth, errElements, errNamespaces, errJoined, errLong}

// scanXML reads a document up to the end of its root element, and ignores what
// follows it. An error means that nothing of the document can be used.
func scanXML(doc []byte) (*scan, error) {
	s := &scan{
		in: xmlread.NewBytes(doc), head: string(doc[:min(len(doc), 4000)]), out: make([]byte, 0, len(doc)),
		until: time.Now().Add(readTime),
	}
	err := s.read()
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return s, nil
	case s.whole == 0, errors.Is(err, xmlread.ErrDoctype), errors.Is(err, errDepth):
		return s, err
	}
	s.cut = true
	s.out = append(s.out[:s.whole], s.around...)
	return s, nil
}

func (s *scan) read() error {
	for {
		t, err := s.in.Next()
		if err != nil {
			return err
		}
		switch t.Kind {
		case xmlread.Start:
			err = s.begin(t)
		case xmlread.Text:
			err = s.cost.text(len(t.Raw))
			s.out = append(s.out, t.Raw...)
		case xmlread.End:
			s.out = append(s.out, t.Raw...)
			s.end(t)
			if s.in.Depth() == 0 {
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

func (s *scan) begin(t xmlread.Token) error {
	depth := s.in.Depth()
	if depth > MaxDepth {
		return errDepth
	}
	if err := s.cost.begin(t); err != nil {
		return err
	}
	name := strings.ToLower(t.Name.Local)
	if depth == 1 {
		s.root = name
	}
	before := len(s.out)
	s.write(t)
	switch {
	case s.entry == 0 && (name == "entry" || name == "item") && (depth == 2 || depth == 3):
		s.entry, s.started, s.kept = depth, t.From, before
		s.present = mark{base: s.base(), text: s.base(), about: value(t, "about"), replies: -1}
	case s.entry > 0 && depth == s.entry+1:
		s.child(name, t)
	}
	return nil
}

// write passes a tag on. An xml:base (XML Base, 4) is noted and left out, so that
// gofeed hands the text on as it stands.
func (s *scan) write(t xmlread.Token) {
	from := 0
	for _, a := range t.Attrs {
		if a.Name.Space != "xml" || a.Name.Local != "base" {
			continue
		}
		s.out = append(s.out, t.Raw[from:a.From]...)
		from = a.To
		if base := field.ID(field.Resolve(s.base(), a.Value())); base != "" {
			s.bases = append(s.bases, scope{s.in.Depth(), base})
		}
	}
	s.out = append(s.out, t.Raw[from:]...)
}

// base is the xml:base in scope.
func (s *scan) base() string {
	if n := len(s.bases); n > 0 {
		return s.bases[n-1].base
	}
	return ""
}

// child looks at an element of an entry.
func (s *scan) child(name string, t xmlread.Token) {
	switch name {
	case "link":
		if n := field.Number(value(t, "count")); n >= 0 && strings.EqualFold(value(t, "rel"), "replies") {
			s.present.replies = n
		}
	case "content", "encoded", "summary", "description":
		if s.present.text == s.present.base {
			s.present.text = s.base()
		}
	}
}

// value gives the attribute of a local name, or "".
func value(t xmlread.Token, local string) string {
	for _, a := range t.Attrs {
		if a.Name.Local == local {
			return a.Value()
		}
	}
	return ""
}

func (s *scan) end(t xmlread.Token) {
	depth := s.in.Depth()
	if s.entry > depth {
		s.closeEntry(t.To)
	}
	s.cost.end(depth)
	for n := len(s.bases); n > 0 && s.bases[n-1].depth > depth; n-- {
		s.bases = s.bases[:n-1]
	}
}

// closeEntry decides whether the entry that ends here stays.
func (s *scan) closeEntry(to int64) {
	s.entry = 0
	s.entries++
	reason := ""
	switch {
	case s.entries > MaxEntries:
		reason = tooMany
	case to-s.started > MaxEntryBytes:
		reason = tooLarge
	default:
		s.marks = append(s.marks, s.present)
		s.whole, s.around = len(s.out), closers(s.in)
		return
	}
	s.out = s.out[:s.kept]
	if len(s.skipped) < MaxEntries {
		s.skipped = append(s.skipped, Skip{Reason: reason})
	}
}

// closers gives the end tags of the elements that are open.
func closers(in *xmlread.Reader) string {
	var b strings.Builder
	for _, name := range slices.Backward(in.Open()) {
		b.WriteString("</" + xmlread.Written(name) + ">")
	}
	return b.String()
}

// scanError words why nothing can be taken of a document.
func scanError(err error) error {
	switch {
	case slices.ContainsFunc(refused, func(r error) bool { return errors.Is(err, r) }):
		return digest.Fail(digest.Invalid, "No blog's feed needs that; check the address.", "the feed is refused: %w", err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return cutShort()
	}
	return digest.Fail(digest.Invalid, "Tell the owner of the blog; a feed validator shows the place.",
		"the feed is not well-formed XML")
}

func cutShort() error {
	return digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.",
		"the feed is cut short: it ends in the middle")
}
