package feed_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"postbag/digest/feed"
	"postbag/digest/markup"
)

func TestCharacterSets(t *testing.T) {
	const want = "Käse – “naïve”"
	doc := func(declared string) string {
		if declared != "" {
			declared = ` encoding="` + declared + `"`
		}
		return `<?xml version="1.0"` + declared + `?>` + string(blogger(entry("1", "<title>"+want+"</title>")))
	}
	cp1252 := func(s string) []byte {
		b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	utf16 := func(e unicode.Endianness, bom unicode.BOMPolicy, s string) []byte {
		b, err := unicode.UTF16(e, bom).NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, tt := range []struct {
		name, header string
		body         []byte
	}{
		{"nothing said", "", []byte(doc(""))},
		{"declared", "application/xml", []byte(doc("UTF-8"))},
		{"latin1 declared, which means cp1252 on the web", "", cp1252(doc("ISO-8859-1"))},
		{"by the header, against the declaration", `text/xml; charset="windows-1252"`, cp1252(doc("UTF-8"))},
		{"header without charset", "text/xml", cp1252(doc("windows-1252"))},
		{"an unknown charset in the header", "text/xml; charset=x-none", []byte(doc("utf-8"))},
		{"declared wrongly", "text/xml; charset=utf-8", cp1252(doc("UTF-8"))},
		{"declared wrongly, and cut off", "", append(cp1252(doc("UTF-8")), 0xE2, 0x80)},
		{"guessed", "", cp1252(doc(""))},
		{"mark against the header", "text/xml; charset=windows-1252", append([]byte("\xEF\xBB\xBF"), doc("")...)},
		{"utf-16 with a mark", "", utf16(unicode.LittleEndian, unicode.UseBOM, doc("utf-16"))},
		{"utf-16 big-endian with a mark", "", utf16(unicode.BigEndian, unicode.UseBOM, doc("utf-16"))},
		{"utf-16 without one", "", utf16(unicode.BigEndian, unicode.IgnoreBOM, doc("utf-16"))},
		{"utf-16 little-endian without one", "", utf16(unicode.LittleEndian, unicode.IgnoreBOM, doc(""))},
		{"utf-16 without a mark or a declaration", "", utf16(unicode.LittleEndian, unicode.IgnoreBOM, string(blogger(entry("1", "<title>"+want+"</title>"))))},
		{"utf-16 wrongly declared", "", []byte(doc("utf-16"))},
		{"utf-16 by a header that is wrong", "text/xml; charset=utf-16", []byte(doc("utf-8"))},
		{"utf-8 under a server's latin1", "text/xml; charset=ISO-8859-1", []byte(doc("UTF-8"))},
		{"utf-8 under a server's ASCII", "text/xml; charset=us-ascii", []byte(doc(""))},
		{"utf-8 declared as latin1", "", []byte(doc("ISO-8859-1"))},
		{"utf-8 declared as windows-1252", "application/rss+xml", []byte(doc("windows-1252"))},
		{"utf-8 declared as latin9", "", []byte(doc("ISO-8859-15"))},
		{"utf-8 declared as Cyrillic", "", []byte(doc("windows-1251"))},
		{"utf-8 declared as Chinese", "text/xml; charset=gb2312", []byte(doc("gb2312"))},
		{"utf-8 declared as Japanese", "text/xml; charset=Shift_JIS", []byte(doc(""))},
		{"utf-8 with a torn character under latin1", "text/xml; charset=ISO-8859-1", append([]byte(doc("UTF-8")), "<!-- \xE2\x80 -->"...)},
	} {
		d, err := feed.Parse(tt.body, feed.Options{ContentType: tt.header})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := d.Posts[0].Title; got != want {
			t.Errorf("%s: title %q, want %q", tt.name, got, want)
		}
	}
}

// The same holds for every format.
func TestCharacterSetsOfOtherFormats(t *testing.T) {
	const want = "Käse – “naïve”"
	for name, body := range map[string]string{
		"RSS 2.0":     `<rss version="2.0"><channel><item><guid>1</guid><title>` + want + `</title></item></channel></rss>`,
		"RDF":         `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="1"><title>` + want + `</title></item></rdf:RDF>`,
		"JSON Feed":   `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"` + want + `"}]}`,
		"a REST list": `[{"id":1,"guid":{"rendered":"1"},"title":{"rendered":"` + want + `"}}]`,
	} {
		latin, err := charmap.Windows1252.NewEncoder().String(body)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(body)
		if err != nil {
			t.Fatal(err)
		}
		for how, text := range map[string]string{"UTF-8": body, "guessed": latin, "UTF-16": wide, "with a mark": "\uFEFF" + body} {
			equal(t, name+" "+how, parse(t, []byte(text), feed.Options{}).Posts[0].Title, want)
		}
		labelled := parse(t, []byte(latin), feed.Options{ContentType: "text/plain; charset=ISO-8859-1"})
		equal(t, name+" by its header", labelled.Posts[0].Title, want)
	}
}

func TestControlCharactersAtTheEdges(t *testing.T) {
	for _, r := range []string{"\x00", "\x1F", "\x7F", "\u0081", "\u009D", "&#129;", "\uFFFE", "\uFFFF", "&#xFFFF;", "&#31;"} {
		equal(t, "title around a control character", parse(t, blogger(entry("1", "<title>a"+r+"b</title>")), feed.Options{}).Posts[0].Title, "ab")
	}
	for _, r := range []string{"\u00A0x", "\u00E9", "\uFFFD", "\uFFBD"} {
		got := parse(t, blogger(entry("1", "<title>a"+r+"b</title>")), feed.Options{}).Posts[0].Title
		equal(t, "title around another", got, strings.ReplaceAll("a"+r+"b", "\u00A0", " "))
	}
}

// A label is believed where the bytes do not tell otherwise.
func TestOtherCharacterSets(t *testing.T) {
	for label, tt := range map[string]struct {
		enc  encoding.Encoding
		text string
	}{
		"windows-1251": {charmap.Windows1251, "Её Ночной автобус № 5 — «Её»"},
		"koi8-r":       {charmap.KOI8R, "Ночной автобус"},
		"iso-8859-2":   {charmap.ISO8859_2, "Zażółć gęślą jaźń"},
		"iso-8859-1":   {charmap.Windows1252, "«ÉTÉ», «ÉTÉ», été"},
		"gbk":          {simplifiedchinese.GBK, "夜班车今天没有来"},
		"shift_jis":    {japanese.ShiftJIS, "夜のバスは来なかった"},
		"euc-kr":       {korean.EUCKR, "밤 버스는 오지 않았다"},
	} {
		title, err := tt.enc.NewEncoder().String(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		body := string(blogger(entry("1", "<title>"+title+"</title>")))
		declared := `<?xml version="1.0" encoding="` + label + `"?>` + body
		equal(t, label+" declared", parse(t, []byte(declared), feed.Options{}).Posts[0].Title, tt.text)
		equal(t, label+" by its header", parse(t, []byte(body), feed.Options{ContentType: "text/xml; charset=" + label}).Posts[0].Title, tt.text)
	}
}

// Numbers from 128 to 159 are characters of Windows-1252, wherever they stand (HTML,
// 13.2.5.80), and two halves of a character are one.
func TestReferencesByNumber(t *testing.T) {
	for raw, want := range map[string]string{
		"3&#150;4":                   "3–4",
		"3&#x96;4":                   "3–4",
		"it&#146;s &#147;so&#148;":   "it’s “so”",
		"3\u00964, it\u0092s":        "3–4, it’s",
		"&#55357;&#56833;":           "😁",
		"&#xD83D;&#xde01; b":         "😁 b",
		"&amp;#55357;&amp;#56833;":   "😁",
		"\xED\xA0\xBD\xED\xB8\x81 x": "😁 x",
		"&#55357; b":                 "b",
		"&#56833;&#55357;c":          "c",
		"&#0;d&#8;&#xFFFE;":          "d",
	} {
		d := parse(t, blogger(entry("1", "<title>"+raw+"</title><author><name>"+raw+"</name></author>"+
			`<content type="html"><![CDATA[<p title="`+raw+`">`+raw+`</p>]]></content>`)), feed.Options{})
		p := d.Posts[0]
		equal(t, raw+": title", p.Title, want)
		equal(t, raw+": writer", p.Author, want)
		equal(t, raw+": text", strings.TrimSpace(markup.FromHTML(p.Body.HTML, "").Text()), want)
	}
	escaped := parse(t, blogger(entry("1", `<title>3&amp;#150;4</title><content type="html">&lt;b>3&amp;#150;4&lt;/b></content>`)), feed.Options{}).Posts[0]
	equal(t, "escaped", line(escaped.Title, markup.FromHTML(escaped.Body.HTML, "").Text()), "3–4 | 3–4")
	d := parse(t, []byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"3\u00964 \ud83d\ude01","content_html":"it\u0092s","authors":[{"name":"O\u0092Hara"}]}]}`), feed.Options{})
	equal(t, "JSON", line(d.Posts[0].Title, d.Posts[0].Body.HTML, d.Posts[0].Author), "3–4 😁 | it’s | O’Hara")
}

// What is called UTF-8 and is in no Latin alphabet is not guessed.
func TestOtherAlphabetsCalledUTF8(t *testing.T) {
	russian, err := charmap.Windows1251.NewEncoder().Bytes([]byte("Ночной автобус"))
	if err != nil {
		t.Fatal(err)
	}
	body := append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), blogger(entry("1", "<title>"+string(russian)+"</title>"))...)
	equal(t, "title", strings.Trim(parse(t, body, feed.Options{}).Posts[0].Title, "\uFFFD "), "")
}

func TestBytesThatAreNoCharacters(t *testing.T) {
	body := append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), blogger(entry("1", "<title>äö\xFFb\x00c\x1Bd\u0085e</title>"))...)
	equal(t, "title", parse(t, body, feed.Options{}).Posts[0].Title, "äö\uFFFDbcd…e")
}
