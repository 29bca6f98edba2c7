// Package scan prepares the XML of a feed for gofeed: it repairs what is known to
// be wrong, so that one broken entry costs none of the others; leaves out entries over
// the limits; ends a document that breaks off after its last whole entry; and notes
// what gofeed loses of each entry. A document that would cost too much to read is
// refused.
package scan

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/markup"
	"postbag/digest/xmlread"
)

// The limits of a document.
const (
	MaxEntries    = 5000
	MaxEntryBytes = 1 << 20
	MaxDepth      = 500 // nested elements
)

// mostDepth bounds how deep an entry may nest that is left out for it.
const mostDepth = 100 * MaxDepth

// Scan is one pass over a document's tokens. It writes what gofeed reads: a
// well-formed document within the limits, without what gofeed would do otherwise
// than wanted.
type Scan struct {
	Root    string           // local name of the root element, lower case
	Head    string           // the beginning of the document, for what gofeed loses
	Skipped []digest.LeftOut // why entries were left out
	Title   string           // the type of the feed's title, lower case
	Cut     bool             // the document broke off, or is too costly; the entries before that are kept

	out   []byte    // the document for gofeed
	marks []Mark    // of each entry in it
	until time.Time // when its reading ends

	in      *xmlread.Reader
	doc     []byte
	last    int                // where the last tag of an entry stands in it, -1 for none
	entry   int                // depth of the entry we are in, 0 outside
	deep    bool               // that entry nests too deep
	leaf    leaf               // the text we were in when an element last began
	bound   bound              // how far what we are in goes
	sought  map[string]stretch // tags that were looked for; see after
	started int64              // where it began
	kept    int                // size of out where it began
	whole   int                // size of out behind the last entry that stays
	around  string             // what closes the elements around that entry
	entries int
	present Mark
	bases   []scope // the xml:base of the elements we are in
	xhtml   int     // depth of the text of XHTML that we are in, 0 outside
	inner   int     // size of out where it began
	isBody  bool    // it is an xhtml:body
	cost    cost
}

// Mark is what gofeed loses of an entry.
type Mark struct {
	Base    string // the xml:base in scope of the entry, for its links
	Text    string // the xml:base in scope of its text
	About   string // RDF's name of it (RSS 1.0, 5.5)
	Replies int    // thr:count of its replies link (RFC 4685, 4), -1 for none
	Title   string // the type of its title, lower case
	Summary string // that of its summary
}

// scope is an xml:base, resolved, and the depth of its element.
type scope struct {
	depth int
	base  string
}

// Kept is how many entries the document for gofeed has.
func (s *Scan) Kept() int { return len(s.marks) }

// Mark gives what is noted of the i-th of so many entries.
func (s *Scan) Mark(i, entries int) Mark {
	if len(s.marks) != entries {
		return Mark{Replies: -1}
	}
	return s.marks[i]
}

// Reader gives the document for gofeed. It fails with [ErrLong] when the time for
// reading a document is over.
func (s *Scan) Reader() io.Reader { return hurried{bytes.NewReader(s.out), s.until} }

// Late tells whether the time for reading the document is over.
func (s *Scan) Late() bool { return time.Now().After(s.until) }

// ErrDepth refuses a document that nests too deep.
var ErrDepth = fmt.Errorf("its elements are nested more than %d deep", MaxDepth)

// refused are those that no blog's feed needs.
var refused = []error{xmlread.ErrDoctype, ErrDepth, errElements, errNamespaces, errJoined, ErrLong}

// XML reads a document up to the end of its root element, and ignores what
// follows it. An error means that nothing of the document can be used.
func XML(doc []byte) (*Scan, error) {
	doc = withoutKeys(withoutStrangeName(doc))
	s := &Scan{
		doc: doc, last: lastEntry(doc), Head: string(doc[:min(len(doc), 4000)]), out: make([]byte, 0, len(doc)),
		until: time.Now().Add(readTime),
	}
	s.in = xmlread.NewForgiving(doc, s)
	err := s.read()
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return s, nil
	case s.whole == 0, errors.Is(err, xmlread.ErrDoctype), errors.Is(err, ErrDepth):
		return s, err
	}
	s.Cut = true
	s.out = append(s.out[:s.whole], s.around...)
	return s, nil
}

func (s *Scan) read() error {
	for {
		t, err := s.in.Next()
		if err != nil {
			return err
		}
		switch t.Kind {
		case xmlread.Start:
			err = s.begin(t)
		case xmlread.Text:
			if s.deep {
				continue
			}
			err = s.cost.text(len(t.Raw))
			s.out = append(s.out, t.Raw...)
		case xmlread.End:
			if s.xhtml > s.in.Depth() {
				s.escape()
				if s.isBody {
					t.Raw = []byte("</" + encoded + ">")
				}
			}
			if !s.deep {
				s.out = append(s.out, t.Raw...)
			}
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

func (s *Scan) begin(t xmlread.Token) error {
	depth := s.in.Depth()
	if s.deep = s.deep || s.entry > 0 && depth > MaxDepth; s.deep && depth < mostDepth {
		return s.cost.begin(t)
	}
	if depth > MaxDepth {
		return ErrDepth
	}
	if err := s.cost.begin(t); err != nil {
		return err
	}
	name := strings.ToLower(t.Name.Local)
	if depth == 1 {
		s.Root = name
	}
	before := len(s.out)
	isXHTML, isBody := s.isXHTML(name, t), s.isXHTMLBody(name, t)
	if isBody {
		s.out = append(s.out, "<"+encoded+` xmlns:content="http://purl.org/rss/1.0/modules/content/">`...)
	} else {
		s.write(t, isXHTML)
	}
	if isXHTML || isBody {
		s.xhtml, s.inner, s.isBody = depth, len(s.out), isBody
	}
	switch {
	case s.entry == 0 && isEntry(t.Name) && (depth == 2 || depth == 3):
		s.entry, s.started, s.kept = depth, t.From, before
		s.present = Mark{Base: s.base(), Text: s.base(), About: value(t, "about"), Replies: -1}
	case s.entry > 0 && depth == s.entry+1:
		s.child(name, t)
	case s.entry == 0 && depth == 2 && name == "title":
		s.Title = typeOf(t)
	}
	return nil
}

// isXHTML tells whether an element is a text of Atom that is XHTML (RFC 4287, 3.1.1.3
// and 4.1.3; Atom 0.3 calls it XML).
func (s *Scan) isXHTML(name string, t xmlread.Token) bool {
	depth := s.in.Depth()
	if s.xhtml > 0 || s.Root != "feed" || depth != 2 && (s.entry == 0 || depth != s.entry+1) {
		return false
	}
	switch name {
	case "title", "subtitle", "tagline", "rights", "summary", "content":
		typ := typeOf(t)
		return strings.Contains(typ, "xhtml") || strings.Contains(typ, "html") && strings.EqualFold(value(t, "mode"), "xml")
	}
	return false
}

// encoded is the element of RSS that holds a text as HTML.
const encoded = "content:encoded"

// isXHTMLBody tells whether an element is the text of an item of RSS as XHTML, as some
// programs add it (an xhtml:body). gofeed does not know it, and gets it as HTML.
func (s *Scan) isXHTMLBody(name string, t xmlread.Token) bool {
	return name == "body" && s.xhtml == 0 && s.Root != "feed" && s.entry > 0 && s.in.Depth() == s.entry+1 &&
		(t.Name.Space != "" || strings.Contains(string(t.Raw), "1999/xhtml")) && !bytes.HasSuffix(t.Raw, []byte("/>"))
}

// escape makes HTML of the XHTML that ends here: gofeed reads it as HTML, and would
// take what follows an element that closes itself for its content.
func (s *Scan) escape() {
	s.xhtml = 0
	if inner := string(s.out[min(s.inner, len(s.out)):]); inner != "" {
		s.out = append(s.out[:s.inner], html.EscapeString(markup.XHTML(inner))...)
	}
}

// write passes a tag on. An xml:base (XML Base, 4) is noted and left out, so that
// gofeed hands the text on as it stands; a text of XHTML is said to be HTML.
func (s *Scan) write(t xmlread.Token, isXHTML bool) {
	from := 0
	for _, a := range t.Attrs {
		isType := isXHTML && a.Name.Space == "" && (a.Name.Local == "type" || a.Name.Local == "mode")
		if !isType && (a.Name.Space != "xml" || a.Name.Local != "base") {
			continue
		}
		s.out = append(s.out, t.Raw[from:a.From]...)
		from = a.To
		if isType {
			if a.Name.Local == "type" {
				s.out = append(s.out, ` type="html"`...)
			}
			continue
		}
		if base := field.ID(field.Resolve(s.base(), a.Value())); base != "" {
			s.bases = append(s.bases, scope{s.in.Depth(), base})
		}
	}
	s.out = append(s.out, t.Raw[from:]...)
}

// base is the xml:base in scope.
func (s *Scan) base() string {
	if n := len(s.bases); n > 0 {
		return s.bases[n-1].base
	}
	return ""
}

// child looks at an element of an entry.
func (s *Scan) child(name string, t xmlread.Token) {
	switch name {
	case "link":
		if n := field.Number(value(t, "count")); n >= 0 && strings.EqualFold(value(t, "rel"), "replies") {
			s.present.Replies = n
		}
	case "title":
		s.present.Title = typeOf(t)
	case "content", "encoded", "summary", "description":
		if name == "summary" {
			s.present.Summary = typeOf(t)
		}
		if s.present.Text == s.present.Base {
			s.present.Text = s.base()
		}
	}
}

// typeOf gives the type of a text (RFC 4287, 3.1.1; Atom 0.3 has a media type).
func typeOf(t xmlread.Token) string {
	name, _, _ := strings.Cut(strings.ToLower(value(t, "type")), ";")
	return strings.TrimSpace(name)
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

func (s *Scan) end(t xmlread.Token) {
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
func (s *Scan) closeEntry(to int64) {
	deep := s.deep
	s.entry, s.deep = 0, false
	s.entries++
	var reason digest.LeftOut
	switch {
	case deep:
		reason = digest.EntryTooDeep
	case s.entries > MaxEntries:
		reason = digest.EntryTooMany
	case to-s.started > MaxEntryBytes:
		reason = digest.EntryTooLarge
	default:
		s.marks = append(s.marks, s.present)
		s.whole, s.around = len(s.out), closers(s.in)
		return
	}
	s.out = s.out[:s.kept]
	if len(s.Skipped) < MaxEntries {
		s.Skipped = append(s.Skipped, reason)
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

// Refusal words why nothing of a document can be used.
func Refusal(err error) error {
	switch {
	case slices.ContainsFunc(refused, func(r error) bool { return errors.Is(err, r) }):
		return digest.Fail(digest.Invalid, "No blog's feed needs that; check the address.", "the feed is refused: %w", err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return CutShort()
	}
	return digest.Fail(digest.Invalid, "Tell the owner of the blog; a feed validator shows the place.",
		"the feed is not well-formed XML")
}

// CutShort is the error of a document that ends before its first entry does.
func CutShort() error {
	return digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.",
		"the feed is cut short: it ends in the middle")
}
