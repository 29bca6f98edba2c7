package xmlread

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// unescape resolves the references to characters and to XML's own entities; others
// stay as they are written.
func unescape(text []byte) []byte {
	text = lineEnds(text)
	at := bytes.IndexByte(text, '&')
	if at < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for ; at >= 0; at = bytes.IndexByte(text, '&') {
		out = append(out, text[:at]...)
		text = text[at:]
		size := bytes.IndexByte(text[:min(len(text), 64)], ';')
		if size > 0 {
			if r, ok := character(string(text[1:size])); ok {
				out = utf8.AppendRune(out, r)
				text = text[size+1:]
				continue
			}
		}
		out = append(out, '&')
		text = text[1:]
	}
	return append(out, text...)
}

var entities = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// character gives what a reference stands for.
func character(name string) (rune, bool) {
	if r, ok := entities[name]; ok {
		return r, true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

// lineEnds writes line ends as "\n" (XML 1.0, 2.11).
func lineEnds(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}
