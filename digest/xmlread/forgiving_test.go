package xmlread_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest/xmlread"
)

// cards are documents of <card> elements, none of which stands in another.
type cards struct{}

func (cards) Stays(name xml.Name, open []xml.Name, _ int) int {
	for i, n := range open {
		if n.Local == "card" && name.Local == "card" {
			return i
		}
	}
	return len(open)
}

func (cards) Ends(open []xml.Name, left, _ int) bool { return left > 0 || len(open) == 1 }

func (cards) Within(text []byte) int { return bytes.Index(text, []byte("</card>")) }

func (cards) First(text []byte) int { return bytes.Index(text, []byte("<card>")) }

func TestForgiving(t *testing.T) {
	for doc, want := range map[string]string{
		`<a>1 < 2 <3 <é> <1> <b:c:d> </ x></a>`:                    `<a> "1 < 2 <3 <é> <1> <b:c:d> </ x>" </a> `,
		`<a></b><b></c></B></a>`:                                   `<a> <b> </b> </a> `,
		`<a><x:b>t</b></a>`:                                        `<a> <x:b> "t" </x:b> </a> `,
		`<a><b>t</b y="1"></a>`:                                    `<a> <b> "t" </b> </a> `,
		`<a><b>t</b</a>`:                                           `<a> <b> "t" </b> </a> `,
		`<a b=/x/y.z c='<"' d=1/><!-- -- --></a>`:                  `<a b="/x/y.z" c="<\"" d="1"> </a> `,
		`<a b="c>t</a>`:                                            `"<a b=\"c>t" `,
		`<d><card>1<card>2</card></d>`:                             `<d> <card> "1" </card> <card> "2" </card> </d> `,
		`<d><card><b>1</d><card>2</card></d>`:                      `<d> <card> <b> "1" </b> </card> <card> "2" </card> </d> `,
		`<d><card><b><![CDATA[1 < </b></card><card>]]></card></d>`: `<d> <card> <b> "1 < " </b> </card> <card> "]]>" </card> </d> `,
		`<d><card>1 <!-- </card><card>2 --></card></d>`:            `<d> <card> "1 <!-- " </card> <card> "2 -->" </card> </d> `,
		`<d><card>1 <? </card><card>2</card></d>`:                  `<d> <card> "1 <? " </card> <card> "2" </card> </d> `,
		`<d><card>1 <!DOCTYPE [ > <![if]> </card></d>`:             `<d> <card> "1 <!DOCTYPE [ > <![if]> " </card> </d> `,
		`<d><!-- 1 <card>2 <!-- 3 --></card></d>`:                  `<d> "<!-- 1 " <card> "2 " </card> </d> `,
		`<d><b/><c d="e<f">g</c></d>`:                              `<d> <b> </b> <c d="e<f"> "g" </c> </d> `,
	} {
		got, written, err := told(xmlread.NewForgiving([]byte(doc), cards{}))
		if got != want {
			t.Errorf("%s is read as\n%s, not\n%s (%v)", doc, got, want, err)
		}
		if !errors.Is(err, io.EOF) || written == "" {
			continue
		}
		if again, _, err := told(xmlread.NewBytes([]byte(written))); again != want || !errors.Is(err, io.EOF) {
			t.Errorf("%s is written as %s, which is read as\n%s (%v)", doc, written, again, err)
		}
	}
	for doc, want := range map[string]error{
		"<a>":                 io.ErrUnexpectedEOF,
		"<a>t</a":             io.ErrUnexpectedEOF,
		"<a><b":               io.ErrUnexpectedEOF,
		"<a><![CDATA[":        io.ErrUnexpectedEOF,
		"<a><!-- ":            io.ErrUnexpectedEOF,
		"<":                   io.EOF,
		"<!DOCTYPE a []><a/>": xmlread.ErrDoctype,
	} {
		if _, _, err := told(xmlread.NewForgiving([]byte(doc), cards{})); !errors.Is(err, want) {
			t.Errorf("%q ends with %v, not %v", doc, err, want)
		}
	}
}

// FuzzForgiving holds that whatever is forgiven is written out so that the strict reader
// and the standard decoder read it alike.
func FuzzForgiving(f *testing.F) {
	for _, d := range documents {
		f.Add(d.doc)
	}
	for _, doc := range []string{`<a><card b=/c d='<"'><1></x><![CDATA[</card><card>`, `<a><card>1<!-- </card><b></B c="d"</a>`, `<d><card b="<">x</d></card></d>`} {
		f.Add(doc)
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
		if strings.ContainsFunc(doc, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r > 0x7E }) || strings.Contains(doc, "&#") {
			return // what package charset keeps away, and what makes no tags
		}
		want, written, err := told(xmlread.NewForgiving([]byte(doc), cards{}))
		if !errors.Is(err, io.EOF) {
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
