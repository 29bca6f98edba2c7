// Package charset gives the bytes of strangers in UTF-8, whatever character set they
// came in, without the characters that no document may hold.
//
// Bytes are better evidence than labels. A text that is UTF-8, and has characters
// beyond ASCII that only UTF-8 writes so, is UTF-8 whatever it is called; what is no
// UTF-8 is read as it is called. What was encoded twice ("CafÃ©") stays as it is: so the
// blog's own pages show it, and somebody may have meant it.
package charset

import (
	"bytes"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"postbag/digest/lazyregexp"
)

// xmlDeclaration may have a little before it, such as a byte order mark written in
// another character set.
var xmlDeclaration = lazyregexp.New(`^[^<]{0,16}<\?xml[^>]*\?>`)

var xmlEncoding = lazyregexp.New(`encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// Decode gives the document in UTF-8: its character set is told by the byte order
// mark, or the zeros of UTF-16 without one; else by its bytes, if they are those of
// UTF-8; else by the Content-Type; else by the XML declaration (RFC 7303, 3.2); else
// it is guessed. So is what is called UTF-8 and has other bytes beyond ASCII alone; those of
// Windows-1252 among a Western text's characters of UTF-8 are read as that.
// Bytes that are no characters become U+FFFD, control characters are dropped or become
// what they are meant for (see [Clean]), and the declaration, now untrue, is taken out.
func Decode(body []byte, contentType string) []byte {
	if wide := marked(body); wide == unicode.UTF8BOM {
		body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	} else if wide != nil {
		body = decoded(body, wide)
	} else if set := labelled(body, contentType); !set.isUTF8() && !set.refutedBy(body) {
		body = decoded(body, set.enc)
	}
	text := body
	if !utf8.Valid(text) {
		text, _, _ = transform.Bytes(joiner{}, text) // which cannot fail
		text, _, _ = transform.Bytes(newMender(text), text)
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if at := xmlDeclaration.FindIndex(text); at != nil {
		text = text[at[1]:]
	}
	return clean(text)
}

func decoded(body []byte, enc encoding.Encoding) []byte {
	if text, err := enc.NewDecoder().Bytes(body); err == nil {
		return text
	}
	return body
}

// NewReader gives a file in UTF-8, as Decode does, by its first bytes and by the first
// ones beyond ASCII. Each byte that is no character becomes U+FFFD.
func NewReader(file io.Reader, head []byte) io.Reader {
	if wide := marked(head); wide == unicode.UTF8BOM {
		return transform.NewReader(file, transform.Chain(joiner{}, newMender(head), wide.NewDecoder(), cleaner{}))
	} else if wide != nil {
		return transform.NewReader(file, transform.Chain(wide.NewDecoder(), cleaner{}))
	}
	return transform.NewReader(newJudged(file, labelled(head, "")), cleaner{})
}

// set is a character set; the zero one is UTF-8.
type set struct {
	enc  encoding.Encoding
	name string // as the Encoding Standard writes it
}

func (s set) isUTF8() bool { return s.enc == nil }

// windows1252 is what is guessed, and what is meant by Latin-1 and ASCII.
func windows1252() set { return named("windows-1252") }

func named(label string) set {
	enc, name := charset.Lookup(label)
	if name == "utf-8" {
		return set{}
	}
	return set{enc, name}
}

// labelled gives the character set that a body says it has, or that is guessed where
// it says nothing, or only that it is UTF-8.
func labelled(body []byte, contentType string) set {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		if s, known := find(params["charset"]); known {
			return s.guessed(body)
		}
	}
	if at := xmlDeclaration.Find(body[:min(len(body), 1024)]); at != nil {
		if m := xmlEncoding.FindSubmatch(at); m != nil {
			if s, known := find(string(m[1])); known {
				return s.guessed(body)
			}
		}
	}
	if utf8.Valid(body) {
		return set{}
	}
	return windows1252()
}

// guessed gives another character set for a body that is called UTF-8 and is not.
func (s set) guessed(body []byte) set {
	if s.isUTF8() && !utf8.Valid(body) && notUTF8(body) {
		return windows1252()
	}
	return s
}

// marked reads the byte order mark, or the zeros of an unmarked UTF-16; nil for neither.
// The mark of UTF-8 makes it that.
func marked(body []byte) encoding.Encoding {
	for _, m := range []struct {
		bytes string
		enc   encoding.Encoding
	}{
		{"\xEF\xBB\xBF", unicode.UTF8BOM},
		{"\xFF\xFE\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM)}, {"\x00\x00\xFE\xFF", utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)},
		{"\xFE\xFF", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)}, {"\xFF\xFE", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	} {
		if bytes.HasPrefix(body, []byte(m.bytes)) {
			return m.enc
		}
	}
	switch {
	case zerosAt(body, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case zerosAt(body, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	return nil
}

// zerosAt tells whether a body begins with ASCII of two bytes a character, of which
// the first or the second one is zero.
func zerosAt(body []byte, place int) bool {
	const enough = 8 // bytes
	if len(body) < enough {
		return false
	}
	for i, b := range body[:enough] {
		if zero := i%2 == place; zero != (b == 0) || b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// find looks a label up.
func find(label string) (s set, known bool) {
	enc, name := charset.Lookup(label)
	switch {
	case enc == nil:
		return set{}, false
	case name == "utf-8", strings.HasPrefix(name, "utf-16"):
		// A document whose declaration could be read as ASCII is no UTF-16.
		return set{}, true
	}
	return set{enc, name}, true
}
