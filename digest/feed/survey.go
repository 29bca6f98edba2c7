package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"postbag/digest"
)

// survey is what one pass over a document's tokens finds before gofeed builds
// anything from it. The pass uses the same lenient decoder as gofeed, so the
// limits hold for what gofeed will see.
type survey struct {
	root    string // local name of the root element, lower case
	source  []byte // the document as it came
	cut     []span // what is left out: over-long entries and xml:base
	marks   []mark // of each remaining entry
	ends    []end  // where each remaining entry ends
	skipped []Skip
}

// mark is what gofeed loses of an entry.
type mark struct {
	base    string // the xml:base in scope of its text
	about   string // RDF's name of it (RSS 1.0, 5.5)
	replies int    // thr:count of its replies link (RFC 4685, 4), -1 for none
}

// mark gives what is noted of the i-th of so many entries.
func (s *survey) mark(i, entries int) mark {
	if len(s.marks) < entries {
		return mark{replies: -1}
	}
	return s.marks[i]
}

// head is the beginning of the document.
func (s *survey) head() string { return string(s.source[:min(len(s.source), 4000)]) }

// errDoctype and errDepth are what a document may not contain; errEnd and
// errStray are how one can be broken.
var (
	errDoctype = errors.New("it declares entities of its own")
	errDepth   = fmt.Errorf("its elements are nested more than %d deep", MaxDepth)
	errEnd     = errors.New("document end")
	errStray   = errors.New("an element ends that never began")
)

// look makes a survey. An error other than those above is the decoder's; the
// survey then covers what came before it.
func look(doc []byte) (*survey, error) {
	w := walk{doc: doc, dec: lenient(doc), out: &survey{source: doc}}
	err := w.all()
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
	doc  []byte
	dec  *xml.Decoder
	out  *survey
	open []xml.Name // the elements we are in

	entry   int   // depth of the entry we are in, 0 outside
	started int64 // where it began
	entries int
	present mark
	outer   []string // xml:base of the elements around the entries
	inner   []string // and inside the present one, down to its text
	cut     []span   // what is left out, in order
	closing string   // what ends the elements around the last entry
	around  []xml.Name
}

type span struct{ from, to int64 }

// all walks to the end of the root element. What a server appends after it is
// nobody's concern.
func (w *walk) all() error {
	for {
		start := w.dec.InputOffset()
		tok, err := w.dec.RawToken()
		if errors.Is(err, io.EOF) {
			if len(w.open) > 0 {
				return errEnd
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			err = w.begin(t, start)
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
	name := strings.ToLower(t.Name.Local)
	if depth == 1 {
		w.out.root = name
	}
	switch {
	case w.entry == 0 && (name == "entry" || name == "item") && (depth == 2 || depth == 3):
		w.entry, w.started, w.inner = depth, start, nil
		w.present = mark{about: attribute(t, "about"), replies: -1}
	case w.entry > 0 && depth == w.entry+1 && name == "link" && strings.EqualFold(attribute(t, "rel"), "replies"):
		if n := number(attribute(t, "count")); n >= 0 {
			w.present.replies = n
		}
	}
	if base := baseOf(t); base != "" {
		w.base(base, start)
	}
	return nil
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
		to := w.dec.InputOffset()
		if w.entry > at+1 { // the entry itself was forgotten
			to = start
		}
		w.closeEntry(to)
	}
	w.open = w.open[:at]
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

// base notes an xml:base and blanks the attribute, so that gofeed hands the
// text on as it stands.
func (w *walk) base(value string, start int64) {
	if w.entry > 0 {
		w.inner = append(w.inner, value)
	} else {
		w.outer = append(w.outer, value)
	}
	tag := w.doc[start:w.dec.InputOffset()]
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
		reason = fmt.Sprintf("the feed has more than %d entries", MaxEntries)
	case to-w.started > MaxEntryBytes:
		reason = "it is larger than 1 MB"
	default:
		w.present.base = resolveAll(append(w.outer[:len(w.outer):len(w.outer)], w.inner...))
		w.out.marks = append(w.out.marks, w.present)
		w.out.ends = append(w.out.ends, end{to, w.closers(around)})
		return
	}
	w.out.skipped = append(w.out.skipped, Skip{Reason: reason})
	for n := len(w.cut); n > 0 && w.cut[n-1].from >= w.started; n-- {
		w.cut = w.cut[:n-1]
	}
	w.cut = append(w.cut, span{w.started, to})
}

// resolveAll resolves nested xml:base values, outermost first (XML Base, 4).
func resolveAll(bases []string) string {
	out := ""
	for _, b := range bases {
		out = resolve(out, b)
	}
	return out
}

// resolve makes an address absolute; what cannot be resolved stays as it is.
func resolve(base, ref string) string {
	ref = strings.TrimSpace(ref)
	if base == "" || ref == "" {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// surveyError words what the survey found wrong.
func surveyError(err error) error {
	if errors.Is(err, errDoctype) || errors.Is(err, errDepth) {
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
