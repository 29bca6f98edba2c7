package backup

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"postbag/digest"
)

// Reader reads a backup: [Reader.NextTable] and, for each table, [Reader.Next]
// until they say that there is no more. Only then has everything been compared
// with the trailer, and only then may it be believed. It holds one row at a time.
//
// What does not read as it should is an error of kind Invalid.
type Reader struct {
	in      *bufio.Reader
	header  Header
	whole   hash.Hash
	part    hash.Hash
	table   Table
	row     []any
	seen    Trailer
	pending []byte // a line that is read and is no row
	long    []byte // holds lines that do not fit the reader's buffer
	number  int64  // of the line
	ended   bool
}

// NewReader reads the header of a backup, compressed or not.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, buffer)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		gz, err := gzip.NewReader(in)
		if err != nil {
			return nil, damaged("%w", err)
		}
		in = bufio.NewReaderSize(gz, buffer)
	}
	a := &Reader{in: in, whole: sha256.New(), part: sha256.New()}
	return a, a.begin()
}

const hintNoBackup = "Give a file that Postbag wrote as a backup."

func (a *Reader) begin() error {
	line, err := a.line(maxHeader)
	if err != nil && digest.KindOf(err) != digest.Invalid {
		return err // of reading, not of what was read
	}
	noJSON := json.Unmarshal(line, &a.header)
	a.whole.Write(line)
	switch h := a.header; {
	case err != nil, noJSON != nil, h.Format != Format:
		return digest.Fail(digest.Invalid, hintNoBackup, "the file is no backup of Postbag's")
	case h.Version > Version:
		return digest.Fail(digest.Conflict, "Use the newer Postbag that wrote it.",
			"the backup has format %d and this program knows up to %d", h.Version, Version)
	case h.Version < 1 || h.Schema < 1:
		return damaged("it has format %d and schema %d", h.Version, h.Schema)
	}
	return nil
}

// Header gives the first line.
func (a *Reader) Header() Header { return a.header }

// line reads a line with its end, as it stays until the next is read.
func (a *Reader) line(limit int) ([]byte, error) {
	a.number++
	line, err := a.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = a.longLine(line, limit)
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, damaged("it is cut off in line %d", a.number)
	case corrupt, errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return nil, damaged("line %d: %w", a.number, err)
	case err != nil:
		return nil, err
	case len(line) > limit:
		return nil, a.tooLong(limit)
	}
	return line, nil
}

// longLine goes on with a line that the buffer does not hold.
func (a *Reader) longLine(line []byte, limit int) ([]byte, error) {
	a.long = append(a.long[:0], line...)
	for {
		more, err := a.in.ReadSlice('\n')
		a.long = append(a.long, more...)
		switch {
		case len(a.long) > limit:
			return nil, a.tooLong(limit)
		case !errors.Is(err, bufio.ErrBufferFull):
			return a.long, err
		}
	}
}

func (a *Reader) tooLong(limit int) error {
	return damaged("line %d is longer than %d KB", a.number, limit>>10)
}

// Next gives the next row of the table, as it stays until the next call: for each
// column nil, an int64, a string or a []byte. It is false after the last.
func (a *Reader) Next() ([]any, bool, error) {
	if a.pending != nil || a.ended || a.table.Name == "" {
		return nil, false, nil
	}
	line, err := a.line(maxLine)
	if err != nil {
		return nil, false, err
	}
	if line[0] != '[' {
		a.pending = line
		return nil, false, nil
	}
	a.whole.Write(line)
	a.part.Write(line)
	if err := scanRow(line[:len(line)-1], a.table.Columns, a.row); err != nil {
		return nil, false, damaged("line %d, in the table %s: %w", a.number, cut(a.table.Name), err)
	}
	a.last().Rows++
	a.seen.Rows++
	return a.row, true, nil
}

func (a *Reader) last() *Sum { return &a.seen.Tables[len(a.seen.Tables)-1] }

// NextTable goes to the next table, passing over rows that were not read. It is
// false after the last, when the whole has been compared with its trailer.
func (a *Reader) NextTable() (Table, bool, error) {
	for more := true; more; {
		var err error
		if _, more, err = a.Next(); err != nil {
			return Table{}, false, err
		}
	}
	if a.ended {
		return Table{}, false, nil
	}
	if a.table.Name != "" {
		a.last().SHA256 = hex.EncodeToString(a.part.Sum(nil))
		a.part.Reset()
	}
	line := a.pending
	if a.pending = nil; line == nil {
		var err error
		if line, err = a.line(maxLine); err != nil {
			return Table{}, false, err
		}
	}
	// What a line of many small values becomes is many times larger than itself.
	if len(line) > maxRecord {
		return Table{}, false, a.tooLong(maxRecord)
	}
	var record struct {
		Name *string `json:"table"`
	}
	if err := json.Unmarshal(line, &record); err != nil {
		return Table{}, false, damaged("line %d is no table and no end", a.number)
	}
	if record.Name == nil {
		return Table{}, false, a.end(line)
	}
	return a.table, true, a.begins(line)
}

// begins reads the line of a table.
func (a *Reader) begins(line []byte) error {
	a.whole.Write(line)
	a.table = Table{}
	if err := json.Unmarshal(line, &a.table); err != nil {
		return damaged("line %d is no table", a.number)
	}
	t := a.table
	if t.Name == "" || len(t.Columns) == 0 || len(t.Columns) > maxColumns || len(a.seen.Tables) == maxTables || t.LastID < 0 || t.LastID > maxLastID {
		return damaged("line %d is no table that can be", a.number)
	}
	for _, c := range t.Columns {
		if c.Type != Integer && c.Type != Text && c.Type != Bytes {
			return damaged("line %d has a column of the type %q", a.number, cut(string(c.Type)))
		}
	}
	a.seen.Tables = append(a.seen.Tables, Sum{Table: t.Name})
	a.row = make([]any, len(t.Columns))
	return nil
}

// end compares everything that was read with the last line.
func (a *Reader) end(line []byte) error {
	var told Trailer
	if err := json.Unmarshal(line, &told); err != nil {
		return damaged("line %d is no table and no end", a.number)
	}
	a.seen.SHA256 = hex.EncodeToString(a.whole.Sum(nil))
	for i, sum := range a.seen.Tables {
		if i < len(told.Tables) && told.Tables[i] != sum {
			return damaged("the table %s is not as it was written: %d rows of %d, or their checksum", cut(sum.Table), sum.Rows, told.Tables[i].Rows)
		}
	}
	if want, err := json.Marshal(a.seen); err != nil || !bytes.Equal(line, append(want, '\n')) {
		return damaged("it is not as it was written: its checksum is another")
	}
	// Reading on to the end of the file also compares what gzip knows of it.
	if _, err := a.in.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged("something follows its end")
	}
	a.ended, a.table = true, Table{}
	return nil
}

// Trailer gives what was read, once there is no next table.
func (a *Reader) Trailer() Trailer { return a.seen }

// Check reads a backup to its end, and gives its last line.
func (a *Reader) Check() (Trailer, error) {
	for {
		if _, more, err := a.NextTable(); err != nil || !more {
			return a.seen, err
		}
	}
}

// cut shortens what a file says, to be told to a person.
func cut(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
