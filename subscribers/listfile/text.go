package listfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"postbag/digest"
)

// Text says in which character set a list is written.
type Text struct {
	// Guessed is the name of a set that nothing in the list tells; "" for one that is
	// known.
	Guessed string
	enc     encoding.Encoding
}

// Reader gives the list in UTF-8 without a byte order mark.
func (t Text) Reader(r io.Reader) io.Reader {
	return transform.NewReader(r, unicode.BOMOverride(t.enc.NewDecoder()))
}

// FindText reads a whole list and tells its character set: by its byte order mark, by
// the zeros of UTF-16, as UTF-8 where all or most of it is that, else as Windows-1252 where
// its bytes fit Western European names, or as what Macintoshes wrote. Others have to be
// named, by a name of the IANA; label is such a name, or "". Errors are of kind Invalid, a failing reader's
// apart.
func FindText(list io.ReadSeeker, label string) (Text, error) {
	head := make([]byte, 4096)
	n, err := io.ReadFull(list, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	head = head[:n]
	if kind := otherKind(head); kind != "" {
		return Text{}, digest.Fail(digest.Invalid, saveHint, "the list is %s", kind)
	}
	if label != "" {
		enc, err := named(label)
		return Text{enc: enc}, err
	}
	if enc := wide(head); enc != nil {
		return Text{enc: enc}, nil
	}
	if _, err := list.Seek(0, io.SeekStart); err != nil {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	shifts := &shiftFinder{}
	_, err = io.Copy(shifts, transform.NewReader(list, encoding.UTF8Validator))
	switch {
	case shifts.found:
		return Text{}, digest.Fail(digest.Invalid,
			"Save the list in UTF-8, or name its character set: ISO-2022-JP is that of old Japanese mail.",
			"the list has signs that shift between character sets, as ISO-2022-JP has").
			Offer(digest.Act{Do: digest.NameCharset})
	case err == nil:
		return Text{enc: encoding.Nop}, nil
	case !errors.Is(err, encoding.ErrInvalidUTF8):
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	if _, err := list.Seek(0, io.SeekStart); err != nil {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	mostly, err := mostlyUTF8(bufio.NewReader(list))
	if err != nil {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	if mostly {
		return Text{Guessed: "UTF-8 with faults", enc: unicode.UTF8}, nil
	}
	if _, err := list.Seek(0, io.SeekStart); err != nil {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	line, mac, err := notWestern(bufio.NewReader(list))
	if err != nil {
		return Text{}, fmt.Errorf("read the list: %w", err)
	}
	switch {
	case mac:
		return Text{Guessed: "Macintosh", enc: charmap.Macintosh}, nil
	case line > 0:
		return Text{}, digest.Fail(digest.Invalid,
			"Save the list in UTF-8, or name its character set, such as windows-1250, windows-1251, macintosh, IBM850, Shift_JIS or GBK.",
			"the list is not in UTF-8, and line %d fits no Western European character set either", line).
			Offer(digest.Act{Do: digest.NameCharset})
	}
	return Text{Guessed: "Windows-1252", enc: charmap.Windows1252}, nil
}

// shiftFinder looks in what is written to it for the escape sequences by which ISO 2022
// takes up another character set (RFC 1468, RFC 1557, RFC 1922).
type shiftFinder struct {
	found bool
	last  byte
}

func (f *shiftFinder) Write(p []byte) (int, error) {
	for _, sign := range []string{"\x1b$", "\x1b(", "\x1b)"} {
		f.found = f.found || bytes.Contains(p, []byte(sign)) || len(p) > 0 && f.last == sign[0] && p[0] == sign[1]
	}
	if len(p) > 0 {
		f.last = p[len(p)-1]
	}
	return len(p), nil
}

// otherKind names a file that is no text.
func otherKind(head []byte) string {
	for _, kind := range []struct{ begin, name string }{
		{"PK\x03\x04", "a zip archive or a spreadsheet (xlsx, ods)"}, {"\xD0\xCF\x11\xE0", "an old spreadsheet (xls)"},
		{"\x1f\x8b", "packed with gzip"}, {"%PDF", "a PDF"}, {"{", "JSON"}, {"<?xml", "XML"}, {"<!DOCTYPE", "a web page"}, {"<html", "a web page"},
	} {
		if bytes.HasPrefix(bytes.TrimLeft(head, " \r\n\t\xEF\xBB\xBF"), []byte(kind.begin)) {
			return kind.name
		}
	}
	return ""
}

func named(label string) (encoding.Encoding, error) {
	enc, err := htmlindex.Get(label)
	if err != nil {
		enc, err = ianaindex.IANA.Encoding(label)
	}
	if err != nil || enc == nil {
		return nil, digest.Fail(digest.Invalid, "Names such as utf-8, windows-1250, macintosh, IBM850, Shift_JIS and GBK are known.",
			"the character set %q is not known", short(label, 60))
	}
	return enc, nil
}

// wide finds UTF-16 by its byte order mark, or by the zeros beside plain letters.
func wide(head []byte) encoding.Encoding {
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), zeros[1] > half/2 && zeros[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), zeros[0] > half/2 && zeros[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

// mostlyUTF8 tells whether a list has more letters of UTF-8 beyond ASCII than bytes that
// are none of UTF-8, as one that was put together of two.
func mostlyUTF8(in io.RuneReader) (bool, error) {
	letters, faults := 0, 0
	for {
		r, size, err := in.ReadRune()
		switch {
		case errors.Is(err, io.EOF):
			return letters > faults, nil
		case err != nil:
			return false, err
		case r == utf8.RuneError && size == 1:
			faults++
		case size > 1:
			letters++
		}
	}
}

// latinRun is how many letters beyond ASCII a name in a Latin alphabet may have in a
// row. Other alphabets of one byte a letter have more.
const latinRun = 3

// notWestern gives the first line whose bytes make no sense as Windows-1252: bytes
// that it does not have, many letters beyond ASCII in a row, and signs or capital
// letters inside of words, where other sets have their small letters. 0 is none. mac
// tells of a list whose lines all end with CR alone, as a Macintosh wrote them before
// Unicode, in a set of its own.
func notWestern(in io.ByteReader) (line int, mac bool, err error) {
	crs, lfs, run := 0, 0, 0
	var before, at byte
	for {
		after, err := in.ReadByte()
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, false, err
		}
		ended := err != nil
		if ended {
			after = ' '
		}
		if at < 0x80 {
			run = 0
		} else if run++; line == 0 && (run > latinRun || undefined(at) || letter(before) && lower(after) && oddInside(at)) {
			line = lfs + crs + 1
		}
		if line > 0 && lfs > 0 {
			return line, false, nil
		}
		switch {
		case at == '\n':
			lfs++
		case at == '\r' && after != '\n':
			crs++
		}
		if ended {
			return line, crs > 0 && lfs == 0 && run <= latinRun, nil
		}
		before, at = at, after
	}
}

func letter(b byte) bool { return lower(b | 0x20) }

func lower(b byte) bool { return b >= 'a' && b <= 'z' }

// undefined tells of the bytes that Windows-1252 gives no meaning to.
func undefined(b byte) bool { return bytes.IndexByte([]byte{0x81, 0x8D, 0x8F, 0x90, 0x9D}, b) >= 0 }

// oddInside tells of bytes that are a sign or a capital letter in Windows-1252. The
// quotation marks and the accent are apostrophes too, and dashes and points join words.
func oddInside(b byte) bool {
	switch {
	case bytes.IndexByte([]byte("\x85\x91\x92\x96\x97\x99\x9A\x9C\x9E\xA0\xAD\xAE\xB4\xB7"), b) >= 0:
		return false
	}
	return b < 0xC0 || b <= 0xDE && b != 0xD0
}
