package feed_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"postbag/digest/feed"
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
		{"utf-16 wrongly declared", "", []byte(doc("utf-16"))},
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
	for _, r := range []string{"\x00", "\x1F", "\x7F", "\u0080", "\u009F", "\uFFFE", "\uFFFF", "&#xFFFF;", "&#31;"} {
		equal(t, "title around a control character", parse(t, blogger(entry("1", "<title>a"+r+"b</title>")), feed.Options{}).Posts[0].Title, "ab")
	}
	for _, r := range []string{"\u00A0x", "\u00E9", "\uFFFD", "\uFFBD"} {
		got := parse(t, blogger(entry("1", "<title>a"+r+"b</title>")), feed.Options{}).Posts[0].Title
		equal(t, "title around another", got, strings.ReplaceAll("a"+r+"b", "\u00A0", " "))
	}
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
	body := append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), blogger(entry("1", "<title>a\xFFb\x00c\x1Bd\u0085e</title>"))...)
	equal(t, "title", parse(t, body, feed.Options{}).Posts[0].Title, "a\uFFFDbcde")
}
