package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
)

// buffer is how much is read or written at once.
const buffer = 256 << 10

// Writer writes a backup. It holds one row at a time.
type Writer struct {
	out     *bufio.Writer
	finish  func() error // what is below out
	whole   hash.Hash
	part    hash.Hash // of the table under way
	table   Table     // without a name before the first
	trailer Trailer
	buf     []byte
}

// NewWriter begins a backup: compressed with gzip, as in a file, or plain, as
// from one database into another. Format and Version are set in the header.
func NewWriter(w io.Writer, h Header, compress bool) (*Writer, error) {
	a := &Writer{whole: sha256.New(), part: sha256.New()}
	a.out, a.finish = bufio.NewWriterSize(w, buffer), func() error { return nil }
	if compress {
		below := a.out // gzip writes a few bytes at a time
		gz, err := gzip.NewWriterLevel(below, gzip.BestSpeed)
		if err != nil {
			return nil, err
		}
		a.out, a.finish = bufio.NewWriterSize(gz, buffer), func() error { return first(gz.Close(), below.Flush()) }
	}
	h.Format, h.Version = Format, Version
	h.Made = h.Made.UTC()
	return a, a.record(h)
}

// record writes a line that is no row.
func (a *Writer) record(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.line(append(line, '\n'))
}

func (a *Writer) line(line []byte) error {
	a.whole.Write(line) // a hash takes everything
	_, err := a.out.Write(line)
	return err
}

// Table begins a table, whose rows follow.
func (a *Writer) Table(t Table) error {
	a.endTable()
	a.table = t
	a.trailer.Tables = append(a.trailer.Tables, Sum{Table: t.Name})
	return a.record(t)
}

// endTable notes the sum of the table that ends.
func (a *Writer) endTable() {
	if a.table.Name == "" {
		return
	}
	last := &a.trailer.Tables[len(a.trailer.Tables)-1]
	last.SHA256 = hex.EncodeToString(a.part.Sum(nil))
	a.part.Reset()
}

// Row writes a row of the table: for each column nil, or an int64, a string or a
// []byte as its type asks.
func (a *Writer) Row(values []any) (err error) {
	if a.buf, err = appendRow(a.buf[:0], a.table.Columns, values); err != nil {
		return fmt.Errorf("the table %s: %w", a.table.Name, err)
	}
	if a.buf = append(a.buf, '\n'); len(a.buf) > maxLine {
		return fmt.Errorf("the table %s: a row of %d MB is too large", a.table.Name, len(a.buf)>>20)
	}
	a.part.Write(a.buf)
	a.trailer.Rows++
	a.trailer.Tables[len(a.trailer.Tables)-1].Rows++
	return a.line(a.buf)
}

// Close ends the backup, and gives what its last line says.
func (a *Writer) Close() (Trailer, error) {
	a.endTable()
	a.trailer.SHA256 = hex.EncodeToString(a.whole.Sum(nil))
	if err := a.record(a.trailer); err != nil {
		return Trailer{}, err
	}
	if err := a.out.Flush(); err != nil {
		return Trailer{}, err
	}
	return a.trailer, a.finish()
}

func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}
