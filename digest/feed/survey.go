package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/field"
)

// survey is what one pass over a document's tokens finds before gofeed builds
// anything from it. The pass uses the same lenient decoder as gofeed, or agrees
// with it, so the limits hold for what gofeed will see.
type survey struct {
	root    string // local name of the root element, lower case
	source  []byte // the document as it came
	cut     []span // what is left out: over-long entries and xml:base
	marks   []mark // of each remaining entry
	ends    []end  // where each remaining entry ends
	skipped []Skip
	until   time.Time // when its reading ends
}

// mark is what gofeed loses of an entry.
type mark struct {
	base    string // the xml:base in scope of the entry, for its links
	text    string // the xml:base in scope of its text
	about   string // RDF's name of it (RSS 1.0, 5.5)
	replies int    // thr:count of its replies link (RFC 4685, 4), -1 for none
}

// mark gives what is noted of the i-th of so many entries.
func (s *survey) mark(i, entries int) mark {
	if len(s.marks) != entries {
		return mark{replies: -1}
	}
	return s.marks[i]
}

// head is the beginning of the document.
func (s *survey) head() string { return string(s.source[:min(len(s.source), 4000)]) }

// Why an entry is left out.
var (
	tooMany  = fmt.Sprintf("the feed has more than %d entries", MaxEntries)
	tooLarge = "it is larger than 1 MB"
)

// maxElements bounds the elements of a document. Five thousand entries have some
// hundred thousand, and each that gofeed does not know costs it two maps.
// maxAttributes bounds those of one element.
const (
	maxElements   = 300_000
	maxAttributes = 1_000
)

// errDoctype and errDepth are what a document may not contain; errEnd, errStray,
// errElements and what [cost] adds up are what ends it early.
var (
	errDoctype  = errors.New("it declares entities of its own")
	errDepth    = fmt.Errorf("its elements are nested more than %d deep", MaxDepth)
	errElements = fmt.Errorf("it has more than %d elements, or one with more than %d attributes", maxElements, maxAttributes)
	errEnd      = errors.New("document end")
	errStray    = errors.New("an element ends that never began")

	// refused are those that no blog's feed needs.
	refused = []error{errDoctype, errDepth, errElements, errNamespaces, errJoined, errLong}
)

// look makes a survey. An error other than those above is the decoder's; the
// survey then covers what came before it.
func look(doc []byte) (*survey, error) {
	s, err := lookBy((*walk).plainly, doc)
	if errors.Is(err, errNotPlain) {
		return lookBy((*walk).all, doc)
	}
	return s, err
}

func lookBy(walking func(*walk) error, doc []byte) (*survey, error) {
	w := walk{doc: doc, out: &survey{source: doc, until: time.Now().Add(readTime)}}
	err := walking(&w)
	w.out.cut = w.cut
	return w.out, err
}

func lenient(doc []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	return d
}

// walk is a survey under way.
type walk struct {
	doc    []byte
	offset int64 // where the token ends that is being looked at
	out    *survey
	open   []xml.Name // the elements we are in

	entry    int   // depth of the entry we are in, 0 outside
	started  int64 // where it began
	entries  int
	present  mark
	elements int
	bases    []scope // the xml:base of the elements we are in
	cut      []span  // what is left out, in order
	cost     cost
	closing  string // what ends the elements around the last entry
	around   []xml.Name
}

type span struct{ from, to int64 }

// scope is an xml:base, resolved, and the depth of its element.
type scope struct {
	depth int
	base  string
}

// base is the xml:base in scope.
func (w *walk) base() string {
	if n := len(w.bases); n > 0 {
		return w.bases[n-1].base
	}
	return ""
}

// all walks to the end of the root element. What a server appends after it is
// nobody's concern.
func (w *walk) all() error {
	dec := lenient(w.doc)
	for {
		start := dec.InputOffset()
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return w.ended()
		}
		if err != nil {
			return err
		}
		w.offset = dec.InputOffset()
		switch t := tok.(type) {
		case xml.StartElement:
			err = w.begin(t, start)
		case xml.CharData:
			err = w.cost.text(len(t))
		case xml.EndElement:
			err = w.end(t.Name, start)
			if err == nil && len(w.open) == 0 {
				return nil
			}
		case xml.Directive:
			err = directive(t)
		}
		if err != nil {
			return err
		}
	}
}

// ended judges the end of the document.
func (w *walk) ended() error {
	if len(w.open) > 0 {
		return errEnd
	}
	return nil
}

// directive refuses a document type with declarations of its own: nothing that
// a feed needs is declared there, and entities can be made to explode.
func directive(d xml.Directive) error {
	text := strings.ToUpper(string(d))
	if strings.HasPrefix(text, "ENTITY") || strings.HasPrefix(text, "DOCTYPE") && strings.Contains(text, "[") {
		return errDoctype
	}
	return nil
}

func (w *walk) begin(t xml.StartElement, start int64) error {
	w.open = append(w.open, t.Name)
	depth := len(w.open)
	if depth > MaxDepth {
		return errDepth
	}
	if w.elements++; w.elements > maxElements || len(t.Attr) > maxAttributes {
		return errElements
	}
	if err := w.cost.begin(t); err != nil {
		return err
	}
	name := strings.ToLower(t.Name.Local)
	if depth == 1 {
		w.out.root = name
	}
	if base := baseOf(t); base != "" {
		w.rebase(base, depth, start)
	}
	switch {
	case w.entry == 0 && (name == "entry" || name == "item") && (depth == 2 || depth == 3):
		w.entry, w.started = depth, start
		w.present = mark{base: w.base(), text: w.base(), about: attribute(t, "about"), replies: -1}
	case w.entry > 0 && depth == w.entry+1:
		w.child(name, t)
	}
	return nil
}

// child looks at an element of an entry.
func (w *walk) child(name string, t xml.StartElement) {
	switch name {
	case "link":
		if n := field.Number(attribute(t, "count")); n >= 0 && strings.EqualFold(attribute(t, "rel"), "replies") {
			w.present.replies = n
		}
	case "content", "encoded", "summary", "description":
		if w.present.text == w.present.base {
			w.present.text = w.base()
		}
	}
}

// end closes an element, and those in it that the document forgot to close, as
// the lenient decoder does.
func (w *walk) end(name xml.Name, start int64) error {
	at := len(w.open) - 1
	for at >= 0 && w.open[at] != name {
		at--
	}
	if at < 0 {
		return errStray
	}
	if w.entry > at {
		to := w.offset
		if w.entry > at+1 { // the entry itself was forgotten
			to = start
		}
		w.closeEntry(to)
	}
	w.open = w.open[:at]
	w.cost.end(at)
	for n := len(w.bases); n > 0 && w.bases[n-1].depth > at; n-- {
		w.bases = w.bases[:n-1]
	}
	return nil
}

func attribute(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// rebase notes an xml:base (XML Base, 4) and blanks the attribute, so that gofeed
// hands the text on as it stands.
func (w *walk) rebase(value string, depth int, start int64) {
	if base := field.ID(field.Resolve(w.base(), value)); base != "" {
		w.bases = append(w.bases, scope{depth, base})
	}
	tag := w.doc[start:w.offset]
	for _, at := range baseAttribute.FindAllIndex(tag, -1) {
		from := start + int64(at[0])
		w.cut = append(w.cut, span{from, start + int64(at[1])})
	}
}

var baseAttribute = regexp.MustCompile(`\sxml:base\s*=\s*("[^"]*"|'[^']*')`)

func baseOf(t xml.StartElement) string {
	for _, a := range t.Attr {
		if a.Name.Space == "xml" && a.Name.Local == "base" {
			return a.Value
		}
	}
	return ""
}

// closeEntry decides whether the entry that ends here stays.
func (w *walk) closeEntry(to int64) {
	around := w.open[:w.entry-1]
	w.entry = 0
	w.entries++
	reason := ""
	switch {
	case w.entries > MaxEntries:
		reason = tooMany
	case to-w.started > MaxEntryBytes:
		reason = tooLarge
	default:
		w.out.marks = append(w.out.marks, w.present)
		w.out.ends = append(w.out.ends, end{to, w.closers(around)})
		return
	}
	for n := len(w.cut); n > 0 && w.cut[n-1].from >= w.started; n-- {
		w.cut = w.cut[:n-1]
	}
	if len(w.out.skipped) < MaxEntries {
		w.out.skipped = append(w.out.skipped, Skip{Reason: reason})
	}
	if n := len(w.cut); n > 0 && w.cut[n-1].to == w.started {
		w.cut[n-1].to = to
		return
	}
	w.cut = append(w.cut, span{w.started, to})
}

// surveyError words what the survey found wrong.
func surveyError(err error) error {
	if slices.ContainsFunc(refused, func(r error) bool { return errors.Is(err, r) }) {
		return digest.Fail(digest.Invalid, "No blog's feed needs that; check the address.", "the feed is refused: %w", err)
	}
	return brokenXML(err)
}

// brokenXML words an error of the XML decoder.
func brokenXML(err error) error {
	if strings.Contains(err.Error(), "EOF") || strings.Contains(err.Error(), "document end") {
		return cutShort()
	}
	return digest.Fail(digest.Invalid, "Tell the owner of the blog; a feed validator shows the place.",
		"the feed is not well-formed XML")
}

func cutShort() error {
	return digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.",
		"the feed is cut short: it ends in the middle")
}
