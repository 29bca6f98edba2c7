package charset

import (
	"bytes"
	"strconv"
	"strings"
	uni "unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// cleaner puts right what a document says of its characters. What XML forbids (XML
// 1.0, 2.2) and what only steers terminals goes, and so do references to either
// ("&#8;"): one of them would make a reader refuse the whole document. The numbers
// 128 to 159 mean characters of Windows-1252, as in HTML (HTML 13.2.5.80), as
// characters and as references. References to the two halves of a character of UTF-16
// ("&#55357;&#56832;") become that character, and so they do where they are escaped once
// more ("&amp;#55357;").
type cleaner struct{ transform.NopResetter }

// longest is the longest pair of references that is looked at, in bytes.
const longest = 64

// Transform copies what may stay, and puts the rest right.
func (cleaner) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		at, size, instead := next(src[nSrc:])
		rest := src[nSrc+at:]
		if len(rest) > 0 && len(rest) < longest && !atEOF && goesOn(rest) {
			size, instead = 0, ""
			if at == 0 {
				return nDst, nSrc, transform.ErrShortSrc
			}
		} else if size == 0 {
			at += min(1, len(rest))
		}
		copied := copy(dst[nDst:], src[nSrc:nSrc+at])
		nDst, nSrc = nDst+copied, nSrc+copied
		if copied < at || len(dst)-nDst < len(instead) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += copy(dst[nDst:], instead)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// goesOn tells whether what begins a text may be longer than the text.
func goesOn(text []byte) bool { return text[0] == '&' || text[0] >= utf8.RuneSelf }

// clean puts a whole text right.
func clean(text []byte) []byte {
	for at := 0; at < len(text); {
		n, size, _ := next(text[at:])
		if size > 0 {
			out, _, _ := transform.Bytes(cleaner{}, text) // which cannot fail
			return out
		}
		at += n + 1
	}
	return text
}

// next finds the first byte that something to be put right may begin with, how many
// bytes that has, 0 for none, and what stands in their place.
func next(text []byte) (at, size int, instead string) {
	for i, b := range text {
		switch {
		case b < ' ' && b != '\t' && b != '\n' && b != '\r', b == 0x7F:
			return i, 1, ""
		case b == 0xC2: // U+0080 to U+009F
			if i+1 < len(text) && text[i+1] < 0xA0 {
				return i, 2, meant(rune(text[i+1]))
			}
			return i, 0, ""
		case b == 0xEF: // U+FFFE, U+FFFF
			if i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE {
				return i, 3, ""
			}
			return i, 0, ""
		case b == '&':
			size, instead = reference(text[i:min(len(text), i+longest)])
			return i, size, instead
		}
	}
	return len(text), 0, ""
}

// meant gives what a control character from U+0080 to U+009F stands for, which is
// the character of Windows-1252 of that number; "" where that has none.
func meant(r rune) string {
	if c := charmap.Windows1252.DecodeByte(byte(r)); c != utf8.RuneError {
		return string(c)
	}
	return ""
}

// reference gives the size of a reference that does not stand for a character of XML,
// or of two that are one character together, and what stands in its place; 0 for any
// other text.
func reference(text []byte) (size int, instead string) {
	r, size, escaped, ok := number(text)
	switch {
	case !ok:
		return 0, ""
	case utf16.IsSurrogate(r):
		if low, more, _, ok := number(text[size:]); ok {
			if c := utf16.DecodeRune(r, low); c != utf8.RuneError {
				return size + more, string(c)
			}
		}
	}
	switch {
	case escaped:
		return 0, "" // it is for HTML to say
	case r >= 0x80 && r <= 0x9F:
		return size, meant(r)
	case r > utf8.MaxRune, isControl(r), utf16.IsSurrogate(r):
		return size, ""
	}
	return 0, ""
}

// number reads a reference to a character by its number, which may be escaped once
// more, and gives its size.
func number(text []byte) (r rune, size int, escaped, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte("&#"))
	if !ok {
		if rest, ok = bytes.CutPrefix(text, []byte("&amp;#")); !ok {
			return 0, 0, false, false
		}
		escaped = true
	}
	end := bytes.IndexByte(rest, ';')
	if end < 1 {
		return 0, 0, false, false
	}
	digits, base := string(rest[:end]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	return rune(n), len(text) - len(rest) + end + 1, escaped, err == nil
}

// Clean puts right a text that a decoder gave, such as that of JSON's escapes: control
// characters go, but those from U+0080 to U+009F are characters of Windows-1252.
func Clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 0x80 && r <= 0x9F:
			b.WriteString(meant(r))
		case !isControl(r):
			b.WriteRune(r)
		}
	}
	return b.String()
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
