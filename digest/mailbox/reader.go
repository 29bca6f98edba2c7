package mailbox

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"time"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// The limits of a mailbox.
const (
	// maxMessage is how many bytes of a message are read. Its words come before what is
	// attached.
	maxMessage = 4 << 20
	maxHeader  = 256 << 10
)

// separator is the line before a message: who sent it and when, as some program wrote it.
// Archives on the web write " at " for the sign.
var separator = lazyregexp.New(`^From .{1,300}\d{1,2}:\d{2}(?::\d{2})?\b.{0,40}\r?\n?$`)

// firstField is the first line of a header.
var firstField = lazyregexp.New(`^[!-9;-~]{1,76}[ \t]*:`)

// Is tells by its first bytes whether a file is a mailbox.
func Is(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), "\r\n")
	line, rest, ok := bytes.Cut(head, []byte("\n"))
	return ok && separator.Match(append(bytes.Clone(line), '\n')) && (firstField.Match(rest) || bytes.HasPrefix(rest, []byte(">From ")))
}

// Reader reads a mailbox message by message.
type Reader struct {
	in    *bufio.Reader
	begun bool
	stamp time.Time // of the line before the message that is read next
	ended error
}

// New makes a reader.
func New(in io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(in, 64<<10)} }

// Next gives the next message. The error is io.EOF after the last one.
func (r *Reader) Next() (*Message, error) {
	raw, stamp, long, err := r.raw(maxMessage)
	if err != nil {
		return nil, err
	}
	m := parse(raw, long)
	m.Date = cmp.Or(m.Date, stamp)
	return m, nil
}

// NextHeader gives the next message without its words.
func (r *Reader) NextHeader() (*Message, error) {
	raw, stamp, _, err := r.raw(maxHeader)
	if err != nil {
		return nil, err
	}
	header, _ := split(raw)
	m := parseHeader(header)
	m.Date = cmp.Or(m.Date, stamp)
	return m, nil
}

// raw gives the text of the next message, of which so many bytes are kept, and the time in
// the line before it.
func (r *Reader) raw(limit int) (text []byte, stamp time.Time, long bool, err error) {
	if r.ended != nil {
		return nil, stamp, false, r.ended
	}
	stamp = r.stamp
	blank := true // separators stand after an empty line
	whole := true // the line before was read to its end
	for {
		line, err := r.in.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			if err != io.EOF {
				return nil, stamp, false, err
			}
			r.ended = io.EOF
			if text = append(text, line[:min(len(line), max(0, limit-len(text)))]...); !r.begun || len(bytes.TrimSpace(text)) == 0 {
				return nil, stamp, false, io.EOF
			}
			return text, stamp, long, nil
		}
		if whole && blank && separator.Match(line) {
			r.stamp = stampOf(line)
			if r.begun && len(bytes.TrimSpace(text)) > 0 {
				return text, stamp, long, nil
			}
			r.begun, stamp = true, r.stamp
			text, long, blank = text[:0], false, false
			whole = err == nil
			continue
		}
		if r.begun {
			if long = long || len(text)+len(line) > limit; !long {
				text = append(text, unquoted(line, whole)...)
			}
		}
		blank = whole && len(bytes.TrimRight(line, "\r\n")) == 0
		whole = err == nil
	}
}

// asctime is a time as the C library writes it, which has no zone: UTC (RFC 4155).
var asctime = lazyregexp.New(`[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} \d{4}`)

func stampOf(line []byte) time.Time {
	return field.Time(string(asctime.Find(line)))
}

// unquoted takes the mark off a line that would otherwise begin a message.
func unquoted(line []byte, first bool) []byte {
	if first && len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

// split parts a message at the first empty line.
func split(raw []byte) (header, body []byte) {
	if bytes.HasPrefix(raw, []byte("\n")) || bytes.HasPrefix(raw, []byte("\r\n")) {
		return nil, bytes.TrimLeft(raw, "\r\n")
	}
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
		if rest := raw[at:]; bytes.HasPrefix(rest, []byte("\n")) {
			return raw[:at], rest[1:]
		} else if bytes.HasPrefix(rest, []byte("\r\n")) {
			return raw[:at], rest[2:]
		}
	}
	return raw, nil
}
