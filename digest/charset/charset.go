// Package charset gives the bytes of strangers in UTF-8, whatever character set they
// came in, without the characters that no document may hold.
package charset

import (
	"bytes"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

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
	return dropReferences(dropControls(text))
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

// dropControls takes out the characters that XML forbids (XML 1.0, 2.2) and
// those that only steer terminals.
func dropControls(text []byte) []byte {
	if !hasControl(text) {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, text)
}

// hasControl looks for the bytes of characters that isControl names; it may take
// a harmless one for such.
func hasControl(text []byte) bool {
	for i, b := range text {
		switch {
		case b < ' ' && b != '\t' && b != '\n' && b != '\r', b == 0x7F:
			return true
		case b == 0xC2 && i+1 < len(text) && text[i+1] < 0xA0: // U+0080 to U+009F
			return true
		case b == 0xEF && i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE: // U+FFFE, U+FFFF
			return true
		}
	}
	return false
}

// dropReferences takes out numeric references to characters that XML forbids
// ("&#8;"): one of them would make the decoder refuse the whole feed.
func dropReferences(text []byte) []byte {
	var out []byte
	kept, at := 0, 0
	for {
		next := bytes.Index(text[at:], []byte("&#"))
		if next < 0 {
			break
		}
		start := at + next
		end := start + 2
		for end < len(text) && end < start+12 && text[end] != ';' {
			end++
		}
		at = end
		if end < len(text) && text[end] == ';' && Forbidden(string(text[start+2:end])) {
			out = append(out, text[kept:start]...)
			kept, at = end+1, end+1
		}
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

// Forbidden tells whether the digits of a reference name no character of XML.
func Forbidden(digits string) bool {
	base := 10
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return err == nil && (n > unicode.MaxRune || isControl(rune(n)) || n >= 0xD800 && n <= 0xDFFF)
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
	return unicode.IsControl(r)
}
