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
	root    string   // local name of the root element, lower case
	doc     []byte   // the document without over-long entries and xml:base
	bases   []string // the xml:base in scope of each remaining entry's text
	skipped []Skip
}

// errDoctype and errDepth are what a document may not contain.
var (
	errDoctype = errors.New("it declares entities of its own")
	errDepth   = fmt.Errorf("its elements are nested more than %d deep", MaxDepth)
)

// look makes a survey. An error other than the two above is the decoder's.
func look(doc []byte) (*survey, error) {
	w := walk{doc: doc, dec: lenient(doc), out: &survey{}}
	for {
		start := w.dec.InputOffset()
		tok, err := w.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return w.out, err
		}
		if err := w.token(tok, start); err != nil {
			return w.out, err
		}
	}
	w.out.doc = w.rest()
	return w.out, nil
}

func lenient(doc []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	return d
}

// walk is a survey under way.
type walk struct {
	doc   []byte
	dec   *xml.Decoder
	out   *survey
	depth int

	entry   int   // depth of the entry we are in, 0 outside
	started int64 // where it began
	entries int
	outer   []string // xml:base of the elements around the entries
	inner   []string // and inside the present one, down to its text
	cut     []span   // what is left out, in order
}

type span struct{ from, to int64 }

func (w *walk) token(tok xml.Token, start int64) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return w.open(t, start)
	case xml.EndElement:
		if w.entry > 0 && w.depth == w.entry {
			w.closeEntry()
		}
		w.depth--
	case xml.Directive:
		return directive(t)
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

func (w *walk) open(t xml.StartElement, start int64) error {
	w.depth++
	if w.depth > MaxDepth {
		return errDepth
	}
	name := strings.ToLower(t.Name.Local)
	if w.depth == 1 {
		w.out.root = name
	}
	if w.entry == 0 && (name == "entry" || name == "item") && (w.depth == 2 || w.depth == 3) {
		w.entry, w.started, w.inner = w.depth, start, nil
	}
	if base := baseOf(t); base != "" {
		w.base(base, start)
	}
	return nil
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
func (w *walk) closeEntry() {
	end := w.dec.InputOffset()
	w.entry = 0
	w.entries++
	reason := ""
	switch {
	case w.entries > MaxEntries:
		reason = fmt.Sprintf("the feed has more than %d entries", MaxEntries)
	case end-w.started > MaxEntryBytes:
		reason = "it is larger than 1 MB"
	default:
		w.out.bases = append(w.out.bases, resolveAll(append(w.outer[:len(w.outer):len(w.outer)], w.inner...)))
		return
	}
	w.out.skipped = append(w.out.skipped, Skip{Reason: reason})
	for n := len(w.cut); n > 0 && w.cut[n-1].from >= w.started; n-- {
		w.cut = w.cut[:n-1]
	}
	w.cut = append(w.cut, span{w.started, end})
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

// rest is the document without what is cut.
func (w *walk) rest() []byte {
	if len(w.cut) == 0 {
		return w.doc
	}
	out := make([]byte, 0, len(w.doc))
	at := int64(0)
	for _, c := range w.cut {
		out = append(out, w.doc[at:c.from]...)
		at = c.to
	}
	return append(out, w.doc[at:]...)
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
		return digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.",
			"the feed is cut short: it ends in the middle")
	}
	return digest.Fail(digest.Invalid, "Tell the owner of the blog; a feed validator shows the place.",
		"the feed is not well-formed XML")
}
