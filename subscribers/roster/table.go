package roster

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"postbag/digest"
)

// Bounds of a list.
const (
	maxRecord = 64 << 10 // bytes of one row, its line breaks included
	maxRows   = 5_000_000
)

const saveHint = "Save the list as CSV in UTF-8, with a first row that names the columns."

// headings maps the names under which a column is known to ours.
var headings = map[string]string{
	"email": "email", "e-mail": "email", "mail": "email", "address": "email", "email address": "email", "e-mail address": "email",
	"name":  "name",
	"state": "state", "status": "state",
	"frequency":  "frequency",
	"created_at": "created_at", "created": "created_at",
	"confirmed_at": "confirmed_at", "confirmed": "confirmed_at",
	"left_at": "left_at", "unsubscribed_at": "left_at",
	"consent": "consent",
}

// table reads the rows of a list in CSV (RFC 4180), whatever its delimiter. Every
// error it gives is final and of kind Invalid, a failing reader's apart.
type table struct {
	csv     *csv.Reader
	budget  *budget
	columns map[string]int // our name to its place
	first   []string       // the first row of a list without headings, until it is read
	// headless tells that the list has no headings.
	headless bool
	line     int // where the row given last begins
	rows     int
}

// row is one row of a list: its cells by our names of the columns.
type row struct {
	line    int
	columns map[string]int
	cells   []string
}

// cell gives what stands in a column, "" when the list has no such column.
func (r row) cell(name string) string {
	i, ok := r.columns[name]
	if !ok {
		return ""
	}
	return unquoteCell(r.cells[i])
}

func (r row) blank() bool {
	return !slices.ContainsFunc(r.cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// newTable reads the headings of a list in UTF-8.
func newTable(r io.Reader) (*table, error) {
	in := bufio.NewReaderSize(r, maxRecord)
	head, err := in.Peek(maxRecord)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	b := &budget{r: in}
	t := &table{csv: csv.NewReader(b), budget: b}
	t.csv.Comma = delimiter(head)
	t.csv.TrimLeadingSpace = t.csv.Comma != '\t'
	first, err := t.record()
	if errors.Is(err, io.EOF) {
		return nil, digest.Fail(digest.Invalid, saveHint, "the list is empty")
	}
	if err != nil {
		return nil, err
	}
	return t, t.readHeadings(first)
}

func (t *table) readHeadings(first []string) error {
	t.columns = map[string]int{}
	for i, cell := range first {
		name, known := headings[strings.ToLower(strings.TrimSpace(cell))]
		if !known {
			continue
		}
		if _, twice := t.columns[name]; twice {
			return digest.Fail(digest.Invalid, saveHint, "line %d names the column %s twice", t.line, name)
		}
		t.columns[name] = i
	}
	if _, ok := t.columns["email"]; ok {
		return nil
	}
	if len(first) == 1 && strings.Contains(first[0], "@") {
		t.columns = map[string]int{"email": 0}
		t.first, t.headless = first, true
		return nil
	}
	return digest.Fail(digest.Invalid, saveHint, "line %d names no column email", t.line)
}

// next gives the next row that is not blank, or io.EOF. The row is good until
// the next call.
func (t *table) next() (row, error) {
	for {
		cells, err := t.record()
		if err != nil {
			return row{}, err
		}
		r := row{line: t.line, columns: t.columns, cells: cells}
		if r.blank() {
			continue
		}
		if t.rows++; t.rows > maxRows {
			return row{}, digest.Fail(digest.Invalid, "Import it in parts.", "the list has more than %d rows", maxRows)
		}
		return r, nil
	}
}

func (t *table) record() ([]string, error) {
	if cells := t.first; cells != nil {
		t.first = nil
		return cells, nil
	}
	t.budget.left = maxRecord
	cells, err := t.csv.Read()
	if err != nil {
		return nil, t.explain(err, len(cells))
	}
	t.line, _ = t.csv.FieldPos(0)
	if i := slices.IndexFunc(cells, func(s string) bool { return strings.IndexByte(s, 0) >= 0 }); i >= 0 {
		return nil, digest.Fail(digest.Invalid, saveHint, "line %d is not text", t.line)
	}
	return cells, nil
}

// explain words an error of the CSV reader for a person.
func (t *table) explain(err error, cells int) error {
	const hint = "The list may be cut off or damaged: mend that line and import it again. Nothing was changed."
	if errors.Is(err, errLongRecord) {
		return digest.Fail(digest.Invalid, hint, "the row after line %d is longer than %d KB, or a quotation mark in it is never closed", t.line, maxRecord>>10)
	}
	parse, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok && errors.Is(err, io.EOF):
		return io.EOF
	case !ok:
		return fmt.Errorf("read the list: %w", err)
	case errors.Is(parse.Err, csv.ErrFieldCount):
		return digest.Fail(digest.Invalid, hint, "line %d has %s; the %s has %d", parse.StartLine, counted(cells), t.firstLine(), t.csv.FieldsPerRecord)
	}
	return digest.Fail(digest.Invalid, hint, "in line %d a quotation mark is missing or out of place", parse.StartLine)
}

func counted(cells int) string {
	if cells == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", cells)
}

// firstLine says what the first row is.
func (t *table) firstLine() string {
	if t.headless {
		return "first line"
	}
	return "heading line"
}

// delimiter guesses what separates cells from the first line that is not blank:
// the most frequent of comma, semicolon and tab outside quotation marks.
func delimiter(head []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \r\n"), []byte("\n"))
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(line) {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range ";\t" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

var errLongRecord = errors.New("row too long")

// budget is a reader that refuses to give more than left bytes, so that a
// quotation mark that is never closed does not take the whole list into memory.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
