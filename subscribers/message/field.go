package message

import (
	"fmt"
	"strings"
	"unicode"

	"postbag/digest"
)

const (
	lineAim    = 76  // RFC 2047, 2
	subjectMax = 150 // characters
	nameMax    = 80  // characters of a display name
	// feedbackMax keeps the Feedback-ID on one line.
	feedbackMax = 150
)

// clean makes text fit for a header field. A line break or a NUL in it is an
// attempt at something, and refused; other control characters and marks that
// turn the direction of writing are dropped.
func clean(field, s string, most int) (string, error) {
	if strings.ContainsAny(s, "\r\n\x00") {
		return "", digest.Fail(digest.Invalid, "Write it on one line.", "the %s contains a line break or a NUL", field)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), isBidi(r), r == '\u2028', r == '\u2029', r == '\uFEFF':
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimRightFunc(string(r[:most-1]), unicode.IsSpace) + "…"
	}
	return s, nil
}

// isBidi tells whether a character changes the direction of what follows.
func isBidi(r rune) bool {
	return r == '\u061C' || r == '\u200E' || r == '\u200F' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// CheckAddress checks an address that is put between angle brackets, in a header or on
// an envelope: nothing in it may end it early.
func CheckAddress(field, s string) error {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") || strings.ContainsFunc(s, unsafeInAddress) {
		return digest.Fail(digest.Invalid, "Write it as name@example.org.", "the %s address cannot be used", field)
	}
	return nil
}

func unsafeInAddress(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>,;:"\()[]`, r)
}

// bareURI checks an address that is put between angle brackets (RFC 2369, 2).
func bareURI(field, s string) error {
	for _, r := range s {
		if r <= ' ' || r > '~' || r == '<' || r == '>' || r == ',' {
			return digest.Fail(digest.Invalid, "Percent-encode it.", "the address in %s cannot be used", field)
		}
	}
	const most = 900 // with the field's name still on one line (RFC 5322, 2.1.1)
	if !strings.Contains(s, ":") || len(s) > most {
		return digest.Fail(digest.Invalid, "Write it in full.", "the address in %s is not absolute, or too long", field)
	}
	return nil
}

// words writes text for an unstructured field: as it is, or as encoded words
// (RFC 2047, 2) where it needs them or would be read as one by mistake. Each is
// short enough to stand on the field's first line.
func words(s string) string {
	if IsASCII(s) && !strings.Contains(s, "=?") {
		return s
	}
	const room = 52 // characters between the marks of an encoded word
	var out []string
	var b strings.Builder
	for _, r := range s {
		q := quoted(r)
		if b.Len()+len(q) > room {
			out = append(out, "=?UTF-8?Q?"+b.String()+"?=")
			b.Reset()
		}
		b.WriteString(q)
	}
	return strings.Join(append(out, "=?UTF-8?Q?"+b.String()+"?="), " ")
}

// quoted writes one character in the Q encoding, with only those left as they
// are that may stand in a display name too (RFC 2047, 4.2 and 5 (3)).
func quoted(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '!', r == '*', r == '+', r == '-', r == '/':
		return string(r)
	}
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

// phrase writes a display name (RFC 5322, 3.2.5).
func phrase(name string) string {
	if w := words(name); w != name {
		return w
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// named writes a display name, if any, and what stands in angle brackets after
// it.
func named(name, id string) string {
	if name == "" {
		return "<" + id + ">"
	}
	return phrase(name) + " <" + id + ">"
}

// appendField writes a header field, folded at spaces where a line would pass
// the length to aim at (RFC 5322, 2.2.3). It never folds before the first word,
// which some readers take for an empty field.
func appendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ':', ' ')
	column := len(name) + 2
	begun := false
	for w := range strings.SplitSeq(value, " ") {
		switch {
		case !begun:
			begun = true
		case column+1+len(w) > lineAim:
			dst = append(dst, "\r\n "...)
			column = 1
		default:
			dst = append(dst, ' ')
			column++
		}
		dst = append(dst, w...)
		column += len(w)
	}
	return append(dst, "\r\n"...)
}

// IsASCII tells whether a text has ASCII characters alone.
func IsASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
