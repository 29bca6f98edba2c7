package dkim

import (
	"bytes"
)

// relaxBody appends a body in the relaxed form (RFC 6376, 3.4.4): each run of blanks is
// one space, none is at the end of a line, and no empty lines are at the end. Lines end
// with CRLF.
func relaxBody(dst, body []byte) []byte {
	start := len(dst)
	for len(body) > 0 {
		line := body
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		line = trimBlanks(bytes.TrimSuffix(line, crlf[:1]))
		if bytes.IndexByte(line, '\t') < 0 && !bytes.Contains(line, twoSpaces) {
			dst = append(dst, line...)
		} else {
			dst = squeeze(dst, line)
		}
		dst = append(dst, '\r', '\n')
	}
	// Empty lines at the end: what is left ends with one line end, or is nothing.
	for len(dst)-start >= 4 && string(dst[len(dst)-4:]) == "\r\n\r\n" {
		dst = dst[:len(dst)-2]
	}
	if string(dst[start:]) == "\r\n" {
		dst = dst[:start]
	}
	return dst
}

var (
	crlf      = []byte("\r\n")
	twoSpaces = []byte("  ")
)

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// trimBlanks cuts the blanks at the end of a line off.
func trimBlanks(line []byte) []byte {
	for len(line) > 0 && isBlank(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

// squeeze appends a text with one space for each run of blanks.
func squeeze(dst, text []byte) []byte {
	blank := false
	for _, c := range text {
		if isBlank(c) {
			if blank {
				continue
			}
			blank, c = true, ' '
		} else {
			blank = false
		}
		dst = append(dst, c)
	}
	return dst
}

// relaxField appends a header field in the relaxed form (RFC 6376, 3.4.2), with its line
// end: the name in lower case, the value on one line, each run of blanks as one space,
// and none around the value. The field is as it stands in the mail, folded, without its
// last line end.
func relaxField(dst, name, value []byte) []byte {
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	dst = append(dst, ':')
	start, blank := len(dst), false
	for _, c := range value {
		switch {
		case c == '\r' || c == '\n': // of folding, which is followed by a blank
		case isBlank(c):
			blank = true
		default:
			if blank && len(dst) > start {
				dst = append(dst, ' ')
			}
			blank = false
			dst = append(dst, c)
		}
	}
	return append(dst, '\r', '\n')
}
