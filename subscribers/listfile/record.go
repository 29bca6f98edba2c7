package listfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds one row, in bytes, its line breaks included.
const maxRecord = 1 << 20

// record is one row as it stands in the list. One with a fault has no cells.
type record struct {
	line  int // where it begins, from 1
	cells []string
	fault error  // why it cannot be told into cells
	text  string // of one with a fault: how its line begins
	// open tells that the list ends in this row, without a line break.
	open bool
}

// records splits a list into rows (RFC 4180). Lines end with LF, CRLF or CR.
// Quotation marks inside a cell are part of it, as far as it stays beyond doubt
// where the cell ends. After a row with a fault the next line begins a row.
type records struct {
	r     io.Reader
	buf   []byte
	start int // of what is not split yet
	eof   bool
	comma byte
	line  int // of buf[start]
}

func newRecords(r io.Reader, comma byte) *records {
	return &records{r: r, comma: comma, line: 1}
}

var errNotEnough = errors.New("the row goes on") // never leaves this file

// next gives the next row, blank lines left out, or io.EOF. Other errors are the
// reader's.
func (s *records) next() (record, error) {
	for {
		if err := s.skipBlank(); err != nil {
			return record{}, err
		}
		rest := s.buf[s.start:]
		cells, n, err := split(rest, s.comma, s.eof)
		switch {
		case errors.Is(err, errNotEnough) && len(rest) < maxRecord:
			if err := s.fill(); err != nil {
				return record{}, err
			}
		case err == nil && n <= maxRecord:
			rec := record{line: s.line, cells: cells, open: s.eof && n == len(rest) && !endsLine(rest)}
			if bytes.IndexByte(rest[:n], 0) >= 0 {
				rec.cells, rec.fault, rec.text = nil, errors.New("it is not text"), lineOf(rest)
			}
			s.advance(n)
			return rec, nil
		default:
			if err == nil || errors.Is(err, errNotEnough) {
				err = fmt.Errorf("the row is longer than %d KB, or a quotation mark in it is never closed", maxRecord>>10)
			}
			rec := record{line: s.line, fault: err, text: lineOf(rest)}
			return rec, s.skipLine()
		}
	}
}

// lineOf gives the begin of the first line of b.
func lineOf(b []byte) string {
	b = b[:min(len(b), 64<<10)]
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

func endsLine(b []byte) bool {
	return len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r')
}

// fill reads on.
func (s *records) fill() error {
	if s.start > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.start:])]
		s.start = 0
	}
	const step = 64 << 10
	if cap(s.buf)-len(s.buf) < step {
		grown := make([]byte, len(s.buf), 2*cap(s.buf)+step)
		copy(grown, s.buf)
		s.buf = grown
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if errors.Is(err, io.EOF) {
		s.eof = true
		return nil
	}
	return err
}

// advance leaves n bytes behind and counts the lines in them.
func (s *records) advance(n int) {
	s.line += lineEnds(s.buf[s.start : s.start+n])
	s.start += n
}

func lineEnds(b []byte) int {
	return bytes.Count(b, []byte("\n")) + bytes.Count(b, []byte("\r")) - bytes.Count(b, []byte("\r\n"))
}

// skipBlank leaves empty lines behind; at the end of the list it gives io.EOF.
func (s *records) skipBlank() error {
	for {
		rest := s.buf[s.start:]
		n := len(rest) - len(bytes.TrimLeft(rest, "\r\n"))
		if n < len(rest) {
			// A CR may be the first half of a line end, and is looked at with the other.
			s.advance(n)
			return nil
		}
		if s.eof {
			s.advance(n)
			return io.EOF
		}
		if n > 1 { // the last may be the CR of a CRLF
			s.advance(n - 1)
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// skipLine leaves the rest of a line behind, however long it is.
func (s *records) skipLine() error {
	for {
		rest := s.buf[s.start:]
		if i := bytes.IndexAny(rest, "\r\n"); i >= 0 && (i+1 < len(rest) || s.eof) {
			if rest[i] == '\r' && i+1 < len(rest) && rest[i+1] == '\n' {
				i++
			}
			s.advance(i + 1)
			return nil
		}
		if s.eof {
			s.advance(len(rest))
			return nil
		}
		// Nothing is kept of a line that is too long, but for a CR at the end.
		if n := len(rest); n > 1 && rest[n-1] == '\r' {
			s.advance(n - 1)
		} else if n > 0 && rest[n-1] != '\r' {
			s.advance(n)
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// split takes one row off b, and gives its cells and its length with the line end.
// Unless b is the end of the list, a row that may go on gives errNotEnough.
func split(b []byte, comma byte, eof bool) (cells []string, n int, err error) {
	for i := 0; ; {
		for i < len(b) && b[i] == ' ' {
			i++
		}
		var cell string
		if i < len(b) && b[i] == '"' {
			cell, i, err = quoted(b, i+1, comma, eof)
		} else {
			cell, i, err = bare(b, i, comma, eof)
		}
		if err != nil {
			return nil, 0, err
		}
		cells = append(cells, cell)
		switch {
		case i == len(b):
			return cells, i, nil
		case b[i] == comma:
			i++
		case b[i] == '\n':
			return cells, i + 1, nil
		default: // CR
			if i+1 == len(b) && !eof {
				return nil, 0, errNotEnough
			}
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
			return cells, i + 1, nil
		}
	}
}

// bare reads a cell without marks around it, from i to the next comma or line end.
// Pairs of quotation marks in it are its own; a single one may as well be the begin
// of something that holds commas.
func bare(b []byte, i int, comma byte, eof bool) (string, int, error) {
	end := i
	for end < len(b) && b[end] != comma && b[end] != '\n' && b[end] != '\r' {
		end++
	}
	if end == len(b) && !eof {
		return "", 0, errNotEnough
	}
	if bytes.Count(b[i:end], []byte(`"`))%2 != 0 {
		return "", 0, errors.New("a quotation mark in it is missing or out of place")
	}
	return string(b[i:end]), end, nil
}

// closing skips the space after a quotation mark at i, and tells whether the cell ends
// there.
func closing(b []byte, i int, comma byte) (end int, closes bool) {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' && comma != '\t') {
		i++
	}
	return i, i >= len(b) || b[i] == comma || b[i] == '\n' || b[i] == '\r'
}

// quoted reads a cell whose opening mark stands before i.
func quoted(b []byte, i int, comma byte, eof bool) (string, int, error) {
	var cell []byte
	stray, lines := false, false // a mark of its own; a line end
	for {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			if !eof {
				return "", 0, errNotEnough
			}
			return "", 0, errors.New("a quotation mark in it is never closed")
		}
		k += i
		if stray && bytes.IndexByte(b[i:k], comma) >= 0 {
			return "", 0, errors.New("a quotation mark in it is out of place")
		}
		cell = append(cell, b[i:k]...)
		lines = lines || bytes.ContainsAny(b[i:k], "\r\n")
		end, closes := closing(b, k+1, comma)
		if end == len(b) && !eof {
			return "", 0, errNotEnough
		}
		double := k+1 < len(b) && b[k+1] == '"'
		switch {
		case !closes && bytes.HasSuffix(cell, []byte(`\`)) && (!double || closesAt(b, k+2, comma)):
			// MailPoet writes \" for a mark inside.
			cell[len(cell)-1] = '"'
			i = k + 1
		case double:
			cell = append(cell, '"')
			i = k + 2
		case closes && stray && lines:
			return "", 0, errors.New("a quotation mark in it is out of place")
		case closes:
			return string(cell), end, nil
		case lines:
			return "", 0, errors.New("a quotation mark in it is missing or out of place")
		default:
			// The mark is one of the cell's own. The cell then ends on this line.
			stray = true
			cell = append(cell, '"')
			i = k + 1
		}
	}
}

func closesAt(b []byte, i int, comma byte) bool {
	_, closes := closing(b, i, comma)
	return closes
}
