package backup

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// appendRow adds the one encoding of a row: no spaces, and in strings only what
// must be escaped, in the shortest way JSON has (RFC 8259, 7).
func appendRow(b []byte, columns []Column, values []any) ([]byte, error) {
	if len(values) != len(columns) {
		return b, fmt.Errorf("a row has %d values for %d columns", len(values), len(columns))
	}
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		var ok bool
		if b, ok = appendValue(b, columns[i].Type, v); !ok {
			return b, fmt.Errorf("the column %s is %s and holds a %T", columns[i].Name, columns[i].Type, v)
		}
	}
	return append(b, ']'), nil
}

func appendValue(b []byte, kind Type, value any) ([]byte, bool) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), true
	case int64:
		return strconv.AppendInt(b, v, 10), kind == Integer
	case string:
		return appendText(b, v), kind == Text
	case []byte:
		if kind == Text {
			return appendText(b, string(v)), true
		}
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v)
		return append(b, '"'), kind == Bytes
	}
	return b, false
}

func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		b = append(b, `{"base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s))
		return append(b, `"}`...)
	}
	b = append(b, '"')
	plain := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		if short := shortEscape(c); short != 0 {
			b = append(b, '\\', short)
		} else {
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return append(append(b, s[plain:]...), '"')
}

// shortEscape gives the letter that stands for a character after a backslash, 0
// for none.
func shortEscape(c byte) byte {
	switch c {
	case '"', '\\':
		return c
	case '\b':
		return 'b'
	case '\f':
		return 'f'
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	}
	return 0
}
