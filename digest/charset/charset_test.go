package charset_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"postbag/digest/charset"
)

// TestNewReader holds that a stream gives what a body at hand gives, however it
// comes, and that no forbidden character or reference is torn.
func TestNewReader(t *testing.T) {
	filling := strings.Repeat("x", 4090) // the next characters lie across a buffer's end
	for _, tt := range []struct{ in, want string }{
		{"a\x00b\x1bc\x7fd\u0085e\uFFFEf\uFFFFg\u0081", "abcd…efg"},
		{"a&#150;b&#146;s&#x85;&#157;", "a–b’s…"},
		{"&#55357;&#56833;&#xd83d;&#xDE01;&amp;#55357;&amp;#56833;&#55357; &#56833;", "😁😁😁 "},
		{"&amp;#8;&amp;#150;", "&amp;#8;&amp;#150;"},
		{"a&#8;b&#xFFFE;c&#31;d&#xD800;e&#x110000;f&#000000000000008;g", "abcdefg"},
		{"é\u00a0\ufffd&#9;&#x41;&amp;&#;&# &", "é\u00a0\ufffd&#9;&#x41;&amp;&#;&# &"},
		{"\t\r\n", "\t\r\n"},
	} {
		for _, in := range []string{tt.in, filling + tt.in, filling[1:] + tt.in + filling, filling[3:] + tt.in} {
			want := strings.Replace(in, tt.in, tt.want, 1)
			if got := string(charset.Decode([]byte(in), "")); got != want {
				t.Errorf("%q is decoded as %q", tt.in, got)
			}
			for name, r := range map[string]io.Reader{"as it is": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in))} {
				got, err := io.ReadAll(charset.NewReader(r, []byte(in[:min(len(in), 64)])))
				if err != nil || string(got) != want {
					t.Errorf("%q, %s, is read as %q, %v", tt.in, name, got, err)
				}
			}
		}
	}
}

// TestLateEvidence holds that a file is read by its bytes, also where those beyond
// ASCII come late, and that it is read as it is called where they do not tell.
func TestLateEvidence(t *testing.T) {
	latin := func(label string) string { return `<?xml version="1.0" encoding="` + label + `"?>` }
	filling := strings.Repeat("plain words. ", 20_000)
	for name, tt := range map[string]struct{ in, want string }{
		"UTF-8 called Latin-1":         {latin("iso-8859-1") + filling + "Käse", filling + "Käse"},
		"UTF-8 called nothing":         {filling + "Käse", filling + "Käse"},
		"Latin-1":                      {latin("iso-8859-1") + filling + "K\xE4se", filling + "Käse"},
		"Latin-1 called nothing":       {filling + "K\xE4se", filling + "Käse"},
		"Latin-1 called UTF-8":         {latin("utf-8") + filling + "K\xE4se", filling + "Käse"},
		"a torn character":             {latin("iso-8859-1") + filling + "Käse, Kä\xC3", filling + "Käse, Kä\uFFFD"},
		"old entries, never converted": {latin("utf-8") + "Käse, Derri\xE8re, l\x92\xE9t\xE9, \x93na\xEFve\x94 caf\xE9\xE9s \xC9t\xE9 fin", "Käse, Derrière, l’été, “naïve” caféés Été fin"},
		"the same behind a mark":       {"\xEF\xBB\xBFKäse, \xAB\xA0Derri\xE8re\xA0\xBB, l\x92air", "Käse, «\u00a0Derrière\u00a0», l’air"},
		"bytes among Cyrillic":         {"Ночь, ночь \xE8 x", "Ночь, ночь \uFFFD x"},
		"bytes among Polish":           {"Łódź, żółw \xB3 x", "Łódź, żółw \uFFFD x"},
		"Cyrillic":                     {latin("windows-1251") + filling + "\xCD\xEE\xF7\xFC", filling + "Ночь"},
		"Japanese in seven bits":       {latin("iso-2022-jp") + "\x1B$BLk\x1B(B", "夜"},
		"UTF-32":                       {"\xFF\xFE\x00\x00K\x00\x00\x00\xE4\x00\x00\x00s\x00\x00\x00e\x00\x00\x00", "Käse"},
		"halves of a character":        {filling + "\xED\xA0\xBD\xED\xB8\x81", filling + "😁"},
		"nothing":                      {"", ""},
		"one character in the end":     {filling + "é", filling + "é"},
	} {
		if got := string(charset.Decode([]byte(tt.in), "")); got != tt.want {
			t.Errorf("%s: decoded as …%q", name, got[max(0, len(got)-20):])
		}
		for how, r := range map[string]io.Reader{"as it is": strings.NewReader(tt.in), "in halves": iotest.HalfReader(strings.NewReader(tt.in))} {
			got, err := io.ReadAll(charset.NewReader(r, []byte(tt.in[:min(len(tt.in), 64)])))
			if _, after, ok := strings.Cut(string(got), "?>"); ok { // a stream keeps its declaration
				got = []byte(after)
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("%s, %s: read as …%q, %v", name, how, got[max(0, len(got)-20):], err)
			}
		}
	}
}

// TestTornCharacters holds that in a Western text only what can be letters of Windows-1252 is
// read as such.
func TestTornCharacters(t *testing.T) {
	const called = `<?xml version="1.0" encoding="utf-8"?>`
	for in, want := range map[string]string{
		"Käse, Öl \xC3 x \xE2\x80 y \x80\x99 z \xFF": "Käse, Öl \uFFFD x \uFFFD y \uFFFD z \uFFFD",
		"Käse, Öl \xCD\xEE\xF7\xFC\xCD\xEE x":        "Käse, Öl \uFFFD x",
		"Käse, Öl ä\xE8 x, caf\xE8":                  "Käse, Öl ä\uFFFD x, caf\uFFFD",
		"Käse \uFFFD \xE8 x":                         "Käse \uFFFD è x",
	} {
		if got := string(charset.Decode([]byte(called+in), "")); got != want {
			t.Errorf("%q is decoded as %q, not %q", in, got, want)
		}
	}
}

// FuzzDecode holds that whatever comes is UTF-8 without forbidden characters, stays as
// it is when it is decoded again, and is the same as a stream.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"Käse", "K\xE4se", "a&#150;&#55357;&#56833;", "\xFF\xFEa\x00", "\xED\xA0\xBD\xED\xB8\x81", `<?xml version="1.0" encoding="gbk"?>\xB0\xA1`} {
		f.Add([]byte(seed), "text/xml; charset=iso-8859-1")
		f.Add([]byte(seed), "")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text := charset.Decode(body, contentType)
		if !utf8.Valid(text) || charset.Clean(string(text)) != string(text) {
			t.Fatalf("%q becomes %q", body, text)
		}
		stream, err := io.ReadAll(charset.NewReader(bytes.NewReader(body), body[:min(len(body), 64)]))
		if err != nil || !utf8.Valid(stream) || charset.Clean(string(stream)) != string(stream) {
			t.Fatalf("%q becomes %q as a stream, %v", body, stream, err)
		}
	})
}
