package backup

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// rowScanner reads the encoding of one row.
type rowScanner struct{ rest []byte }

// scanRow reads a row into as many values as there are columns: nil, int64,
// string or []byte.
func scanRow(line []byte, columns []Column, into []any) error {
	s := rowScanner{line}
	for i, c := range columns {
		open := byte(',')
		if i == 0 {
			open = '['
		}
		if !s.take(open) {
			return fmt.Errorf("%d values for %d columns", i, len(columns))
		}
		var err error
		if into[i], err = s.value(c.Type); err != nil {
			return fmt.Errorf("the column %s: %w", cut(c.Name), err)
		}
	}
	if !s.take(']') || len(s.rest) > 0 {
		return fmt.Errorf("more than %d values", len(columns))
	}
	return nil
}

func (s *rowScanner) take(c byte) bool {
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *rowScanner) value(kind Type) (any, error) {
	if rest, ok := bytes.CutPrefix(s.rest, []byte("null")); ok {
		s.rest = rest
		return nil, nil
	}
	switch kind {
	case Integer:
		return s.integer()
	case Bytes:
		return s.base64()
	}
	rest, ok := bytes.CutPrefix(s.rest, []byte(`{"base64":`))
	if !ok {
		return s.text()
	}
	s.rest = rest
	raw, err := s.base64()
	if err == nil && !s.take('}') {
		err = fmt.Errorf("no text")
	}
	return string(raw), err
}

func (s *rowScanner) integer() (int64, error) {
	end := 0
	for end < len(s.rest) && (s.rest[end] == '-' || s.rest[end] >= '0' && s.rest[end] <= '9') {
		end++
	}
	n, err := strconv.ParseInt(string(s.rest[:end]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("no whole number of 64 bits")
	}
	s.rest = s.rest[end:]
	return n, nil
}

func (s *rowScanner) base64() ([]byte, error) {
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("no base64")
	}
	return raw, nil
}

// text reads a string.
func (s *rowScanner) text() (string, error) {
	if !s.take('"') {
		return "", fmt.Errorf("no string")
	}
	escaped := false
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < 0x20:
			return "", fmt.Errorf("a control character in a string")
		case c == '"':
			inside := s.rest[:i]
			s.rest = s.rest[i+1:]
			return unquoted(inside, escaped)
		}
	}
	return "", fmt.Errorf("a string without an end")
}

func unquoted(inside []byte, escaped bool) (string, error) {
	if !utf8.Valid(inside) {
		return "", fmt.Errorf("a string that is not UTF-8")
	}
	if !escaped {
		return string(inside), nil
	}
	out := make([]byte, 0, len(inside))
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		if c == '\\' {
			i++
			if c = meantBy(inside[i]); c == 0 {
				return unquotedSlowly(inside)
			}
		}
		out = append(out, c)
	}
	return string(out), nil
}

// meantBy gives what a letter after a backslash stands for, 0 for a longer
// sequence or none.
func meantBy(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

func unquotedSlowly(inside []byte) (text string, err error) {
	quoted := make([]byte, 0, len(inside)+2)
	quoted = append(append(append(quoted, '"'), inside...), '"')
	if err := json.Unmarshal(quoted, &text); err != nil {
		return "", fmt.Errorf("no string")
	}
	return text, nil
}
