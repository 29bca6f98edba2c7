package feed_test

import (
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

func TestBytesThatAreNoCharacters(t *testing.T) {
	body := append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), blogger(entry("1", "<title>a\xFFb\x00c\x1Bd\u0085e</title>"))...)
	equal(t, "title", parse(t, body, feed.Options{}).Posts[0].Title, "a\uFFFDbcde")
}
