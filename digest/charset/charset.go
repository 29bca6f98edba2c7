// Package charset gives the bytes of strangers in UTF-8, whatever character set they
// came in, without the characters that no document may hold.
package charset

import (
	"bytes"
	"io"
	"mime"
	"regexp"
	"strconv"
	"strings"
	uni "unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// xmlDeclaration may have a little before it, such as a byte order mark written in
// another character set.
var xmlDeclaration = regexp.MustCompile(`^[^<]{0,16}<\?xml[^>]*\?>`)

var xmlEncoding = regexp.MustCompile(`encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// Decode gives the document in UTF-8: its character set is told by the byte
// order mark, else by the Content-Type, else by the XML declaration (RFC 7303,
// 3.2), else guessed; so is what is called UTF-8 and has other bytes beyond ASCII
// alone. Bytes that are no characters become U+FFFD, control characters are
// dropped, and the declaration, now untrue, is taken out.
func Decode(body []byte, contentType string) []byte {
	if enc := encodingOf(body, contentType); enc != nil {
		if decoded, err := enc.NewDecoder().Bytes(body); err == nil {
			body = decoded
		}
	}
	text := body
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if at := xmlDeclaration.FindIndex(text); at != nil {
		text = text[at[1]:]
	}
	return clean(text)
}

// NewReader gives a file in UTF-8, as Decode does, by its first bytes. Each byte that is
// no character becomes U+FFFD.
func NewReader(file io.Reader, head []byte) io.Reader {
	// The head may end within a character.
	for cut := 0; cut < utf8.UTFMax && cut < len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			head = head[:len(head)-cut]
			break
		}
	}
	enc := labelled(head, "")
	if enc == nil {
		enc = unicode.UTF8
	}
	return transform.NewReader(file, transform.Chain(unicode.BOMOverride(enc.NewDecoder()), cleaner{}))
}

// encodingOf finds the decoder a body needs; nil means it is UTF-8 already.
func encodingOf(body []byte, contentType string) encoding.Encoding {
	enc := labelled(body, contentType)
	if enc == nil && !utf8.Valid(body) && notUTF8(body) {
		return lookup("windows-1252")
	}
	return enc
}

// latinRun is how many letters beyond ASCII a text in a Latin alphabet may have in a
// row. Other alphabets of one byte a letter have more; they are not guessed.
const latinRun = 3

// notUTF8 tells whether a body has bytes beyond ASCII, few in a row, and no
// character of UTF-8 among them. A character that the end of the body cuts off says
// nothing.
func notUTF8(body []byte) bool {
	others, run := false, 0
	for i := 0; i < len(body); i++ {
		if body[i] < utf8.RuneSelf {
			run = 0
			continue
		}
		if !utf8.FullRune(body[i:]) {
			break
		}
		_, size := utf8.DecodeRune(body[i:])
		if run++; size > 1 || run > latinRun {
			return false
		}
		others = true
	}
	return others
}

// labelled finds the decoder that a body says it needs, or that is guessed where it
// says nothing; nil means UTF-8.
func labelled(body []byte, contentType string) encoding.Encoding {
	if label := marked(body); label != "" {
		return lookup(label)
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		if enc, known := find(params["charset"]); known {
			return enc
		}
	}
	if at := xmlDeclaration.Find(body[:min(len(body), 1024)]); at != nil {
		if m := xmlEncoding.FindSubmatch(at); m != nil {
			if enc, known := find(string(m[1])); known {
				return enc
			}
		}
	}
	if utf8.Valid(body) {
		return nil
	}
	return lookup("windows-1252")
}

// marked reads the byte order mark, or the zeros of an unmarked UTF-16 "<?".
func marked(body []byte) string {
	for _, m := range []struct{ bytes, label string }{
		{"\xEF\xBB\xBF", "utf-8"}, {"\xFE\xFF", "utf-16be"}, {"\xFF\xFE", "utf-16le"},
		{"\x00<\x00", "utf-16be"}, {"<\x00?\x00", "utf-16le"},
	} {
		if bytes.HasPrefix(body, []byte(m.bytes)) {
			return m.label
		}
	}
	return ""
}

// find looks a label up; UTF-8 is known and needs no decoder.
func find(label string) (enc encoding.Encoding, known bool) {
	e, name := charset.Lookup(label)
	switch {
	case e == nil:
		return nil, false
	case name == "utf-8", strings.HasPrefix(name, "utf-16"):
		// A document whose declaration could be read as ASCII is no UTF-16.
		return nil, true
	}
	return e, true
}

func lookup(label string) encoding.Encoding {
	enc, name := charset.Lookup(label)
	if name == "utf-8" {
		return nil
	}
	return enc
}

// cleaner takes out the characters that XML forbids (XML 1.0, 2.2), those that only
// steer terminals, and references to either ("&#8;"): one of them would make a reader
// refuse the whole document.
type cleaner struct{ transform.NopResetter }

// longest is the longest reference that is looked at, in bytes.
const longest = 32

// Transform copies what may stay.
func (cleaner) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		n, drop := next(src[nSrc:])
		rest := src[nSrc+n:]
		if drop == 0 && len(rest) > 0 && len(rest) < longest && !atEOF { // what begins here may go on
			if n == 0 {
				return nDst, nSrc, transform.ErrShortSrc
			}
		} else if drop == 0 {
			n += min(1, len(rest))
		}
		copied := copy(dst[nDst:], src[nSrc:nSrc+n])
		nDst, nSrc = nDst+copied, nSrc+copied
		if copied < n {
			return nDst, nSrc, transform.ErrShortDst
		}
		nSrc += drop
	}
	return nDst, nSrc, nil
}

// clean gives a whole text without those characters.
func clean(text []byte) []byte {
	for at := 0; at < len(text); {
		n, drop := next(text[at:])
		if drop > 0 {
			out, _, _ := transform.Bytes(cleaner{}, text) // which cannot fail
			return out
		}
		at += n + 1
	}
	return text
}

// next finds the first byte that something to be dropped may begin with, and how
// many bytes are dropped there.
func next(text []byte) (at, drop int) {
	for i, b := range text {
		switch {
		case b < ' ' && b != '\t' && b != '\n' && b != '\r', b == 0x7F:
			return i, 1
		case b == 0xC2: // U+0080 to U+009F
			if i+1 < len(text) && text[i+1] < 0xA0 {
				return i, 2
			}
			return i, 0
		case b == 0xEF: // U+FFFE, U+FFFF
			if i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE {
				return i, 3
			}
			return i, 0
		case b == '&':
			return i, reference(text[i:min(len(text), i+longest)])
		}
	}
	return len(text), 0
}

// reference gives the size of a reference to a character that is dropped, or 0.
func reference(text []byte) int {
	if end := bytes.IndexByte(text, ';'); end > 2 && text[1] == '#' && forbidden(string(text[2:end])) {
		return end + 1
	}
	return 0
}

// forbidden tells whether the digits of a reference name no character of XML.
func forbidden(digits string) bool {
	base := 10
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return err == nil && (n > utf8.MaxRune || isControl(rune(n)) || n >= 0xD800 && n <= 0xDFFF)
}

// Clean takes out the control characters that a decoder may have brought in.
func Clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case '\uFFFE', '\uFFFF':
		return true
	}
	return uni.IsControl(r)
}
