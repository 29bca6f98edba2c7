package xmlread_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/digest/xmlread"
)

// told is what a document is read as: tags and texts in order, joined where texts
// come in pieces, and how it ended.
func told(r *xmlread.Reader) (tokens, written string, err error) {
	var out, raw strings.Builder
	var text []byte
	flush := func() {
		if len(text) > 0 {
			fmt.Fprintf(&out, "%q ", text)
		}
		text = nil
	}
	for {
		t, err := r.Next()
		if err != nil {
			flush()
			return out.String(), raw.String(), err
		}
		if r.Depth() > 0 || t.Kind == xmlread.End { // outside the root nobody reads on
			raw.Write(t.Raw)
		}
		switch t.Kind {
		case xmlread.Text:
			text = append(text, t.Data()...)
			continue
		case xmlread.Start:
			flush()
			out.WriteString("<" + xmlread.Written(t.Name))
			for _, a := range t.Attrs {
				fmt.Fprintf(&out, " %s=%q", xmlread.Written(a.Name), a.Value())
			}
			out.WriteString("> ")
		case xmlread.End:
			flush()
			out.WriteString("</" + xmlread.Written(t.Name) + "> ")
		}
	}
}

var documents = []struct{ doc, want string }{
	{`<a b="c" x:d='e&amp;"'>t &lt; &#39;&#x2014; &nbsp; &</a>`, `<a b="c" x:d="e&\""> "t < '— &nbsp; &" </a> `},
	{`<a><b/><x:c /></a>`, `<a> <b> </b> <x:c> </x:c> </a> `},
	{"<a>1\r\n2\r3<![CDATA[ <b> &amp; ]] > \r\n]]>4</a>", `<a> "1\n2\n3 <b> &amp; ]] > \n4" </a> `},
	{`<!-- x > --><?pi a?><!DOCTYPE a SYSTEM "b"><a><!-- -- > -->t<?xml version="1.1"?></a> rest <`, `<a> "t" </a> `},
	{`<a><b><c>t</b>u</a>`, `<a> <b> <c> "t" </c> </b> "u" </a> `}, // c was left open
	{`<a b c=d:1 >t</a >`, `<a b="" c="d:1"> "t" </a> `},
	{`<a>x ]]> y</a>`, `<a> "x ]]> y" </a> `},
	{`<a><![CDATA[a <![CDATA[b]]> c]]></a>`, `<a> "a <![CDATA[b c]]>" </a> `},
	{`<é ü="1"/>`, `<é ü="1"> </é> `},
	{`<:a></:a>`, `<:a> </:a> `},
	{`<a>000001`, `<a> "000001" `},
	{`<a b=">">t</a>`, `<a b=">"> "t" </a> `},
}

func TestTokens(t *testing.T) {
	for _, d := range documents {
		root, _, err := told(xmlread.NewBytes([]byte(d.doc)))
		if !strings.HasPrefix(root, d.want) || err == nil {
			t.Errorf("%s is read as\n%s, not\n%s (%v)", d.doc, root, d.want, err)
		}
		for name, in := range map[string]io.Reader{"as a stream": strings.NewReader(d.doc), "byte by byte": iotest.OneByteReader(strings.NewReader(d.doc))} {
			if got, _, _ := told(xmlread.New(in)); got != root {
				t.Errorf("%s is read %s as\n%s, not\n%s", d.doc, name, got, root)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	for doc, want := range map[string]error{
		"":                    io.EOF,
		"<a></a>":             io.EOF,
		"<a>":                 io.ErrUnexpectedEOF,
		"<a":                  io.ErrUnexpectedEOF,
		"<a b":                io.ErrUnexpectedEOF,
		"<a b=":               io.ErrUnexpectedEOF,
		"<a b='c":             io.ErrUnexpectedEOF,
		"<a>t</":              io.ErrUnexpectedEOF,
		"<a><![CDATA[t":       io.ErrUnexpectedEOF,
		"<a><!-- t":           io.ErrUnexpectedEOF,
		"<!DOCTYPE":           io.ErrUnexpectedEOF,
		"<":                   io.ErrUnexpectedEOF,
		"<a><<b>":             xmlread.ErrSyntax,
		"<1/>":                xmlread.ErrSyntax,
		"<a:b:c/>":            xmlread.ErrSyntax,
		"<a/ >":               xmlread.ErrSyntax,
		"<a b='<'/>":          xmlread.ErrSyntax,
		"<a b=?/>":            xmlread.ErrSyntax,
		"<a></b></a>":         xmlread.ErrSyntax,
		"<a></a b>":           xmlread.ErrSyntax,
		"<!DOCTYPE a []><a/>": xmlread.ErrDoctype,
		"<!entity a 'b'><a/>": xmlread.ErrDoctype,
	} {
		for name, r := range map[string]*xmlread.Reader{"whole": xmlread.NewBytes([]byte(doc)), "as a stream": xmlread.New(iotest.OneByteReader(strings.NewReader(doc)))} {
			if _, _, err := told(r); !errors.Is(err, want) {
				t.Errorf("%q, %s, ends with %v, not %v", doc, name, err, want)
			}
		}
	}
	long := "<a b='" + strings.Repeat("x", xmlread.MaxTag) + "'/>"
	if _, _, err := told(xmlread.New(strings.NewReader(long))); !errors.Is(err, xmlread.ErrTag) {
		t.Errorf("a long tag of a stream gives %v", err)
	}
	if _, _, err := told(xmlread.NewBytes([]byte(long))); !errors.Is(err, io.EOF) {
		t.Errorf("a long tag at hand gives %v", err)
	}
	if _, _, err := told(xmlread.New(io.MultiReader(strings.NewReader("<a>"), iotest.ErrReader(io.ErrClosedPipe)))); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a stream that fails gives %v", err)
	}
}

// TestPieces reads texts that are longer than what is held of one.
func TestPieces(t *testing.T) {
	text := strings.Repeat("über &amp; \r\n ", 20_000)
	for _, doc := range []string{"<a>" + text + "</a>", "<a><![CDATA[" + text + "]]></a>"} {
		want, _, _ := told(xmlread.NewBytes([]byte(doc)))
		got, _, err := told(xmlread.New(iotest.HalfReader(strings.NewReader(doc))))
		if got != want || !errors.Is(err, io.EOF) {
			t.Errorf("in pieces the text is another (%v)", err)
		}
	}
}

// FuzzRead holds that a stream gives what the document at hand gives, and that
// what is written out is what the standard decoder can read, and reads alike.
func FuzzRead(f *testing.F) {
	for _, d := range documents {
		f.Add(d.doc)
	}
	names, _ := filepath.Glob("../feed/testdata/*.[ar]*")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, doc string) {
		for _, r := range doc { // what package charset keeps away
			if r == 0xFFFD || r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0xFFFE || r == 0xFFFF || r > 0x7E && r < 0xC0 {
				return
			}
		}
		if strings.Contains(doc, "&#") {
			return
		}
		want, written, err := told(xmlread.NewBytes([]byte(doc)))
		got, _, errStream := told(xmlread.New(strings.NewReader(doc)))
		if got != want && !errors.Is(errStream, xmlread.ErrTag) {
			t.Errorf("a stream is read as\n%s, not\n%s", got, want)
		}
		if !errors.Is(err, io.EOF) || strings.ContainsFunc(doc, func(r rune) bool { return r >= 0x80 }) {
			return
		}
		again, same, err := told(xmlread.NewBytes([]byte(written)))
		if same != written || !errors.Is(err, io.EOF) {
			t.Errorf("what is written out is read as\n%s, not\n%s (%v)", again, want, err)
		}
		if ours, theirs := tagsOf(written), decoded(t, written); theirs != ours {
			t.Errorf("the decoder reads %q as\n%s, not\n%s", written, theirs, ours)
		}
	})
}

// tagsOf gives the names of a document's tags, in order.
func tagsOf(doc string) string {
	var out strings.Builder
	for r := xmlread.NewBytes([]byte(doc)); ; {
		t, err := r.Next()
		switch {
		case err != nil:
			return out.String()
		case t.Kind == xmlread.Start:
			out.WriteString("<" + xmlread.Written(t.Name) + ">")
		case t.Kind == xmlread.End && len(t.Raw) > 0:
			out.WriteString("</" + xmlread.Written(t.Name) + ">")
		}
	}
}

func decoded(t *testing.T, doc string) string {
	var out strings.Builder
	d := xml.NewDecoder(strings.NewReader(doc))
	d.Strict = false
	ended := int64(-1)
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatalf("the decoder cannot read %q: %v", doc, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			out.WriteString("<" + xmlread.Written(tok.Name) + ">")
		case xml.EndElement:
			if d.InputOffset() > ended { // with a tag of its own
				out.WriteString("</" + xmlread.Written(tok.Name) + ">")
			}
		}
		ended = d.InputOffset()
	}
}
