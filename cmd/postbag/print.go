package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"postbag/digest/field"
)

// listing is what every command that lists has in common.
type listing struct {
	JSON bool `name:"json" help:"Print one JSON array."`
}

// printList prints rows as a table or as one JSON array. Where there is nothing to
// list, none says so on standard error, and what to do; the array is empty.
func printList[T any](p *Program, asJSON bool, rows []T, none, head string, line func(T) string) error {
	if asJSON {
		return printJSON(p, rows...)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(p.Stderr, none)
		return err
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, head)
	for _, r := range rows {
		fmt.Fprintln(tw, line(r))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(p.Stdout, fit(table.String(), p.columns(head)))
	return err
}

// printJSON prints rows as one array.
func printJSON[T any](p *Program, rows ...T) error {
	if rows == nil {
		rows = []T{}
	}
	enc := json.NewEncoder(p.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(rows)
}

// rowsOf makes a row of each thing that is listed.
func rowsOf[T, R any](found []T, row func(T) R) []R {
	rows := make([]R, len(found))
	for i, x := range found {
		rows[i] = row(x)
	}
	return rows
}

// previews are the last columns that only show how a text begins, and may be cut
// off where a line of the screen ends.
var previews = []string{"\tWORDS BEGIN", "\tTEXT", "\tTITLE"}

// columns is how wide a table with such a head may be, 0 for as wide as it is: one
// that is not for a screen, or whose last column is to be read whole.
func (p *Program) columns(head string) int {
	f, ok := p.Stdout.(*os.File)
	if !ok || !slices.ContainsFunc(previews, func(last string) bool { return strings.HasSuffix(head, last) }) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// leastPreview is how many characters of the last column must be left for a table
// to be cut at all. On a narrower screen its lines go on in the next.
const leastPreview = 24

// fit cuts the lines of a table to a width in characters.
func fit(table string, width int) string {
	head, _, _ := strings.Cut(table, "\n")
	before := strings.TrimRight(head, " ")
	before = before[:strings.LastIndex(before, "  ")+1]
	if width-utf8.RuneCountInString(before) < leastPreview {
		return table
	}
	lines := strings.Split(table, "\n")
	for i, line := range lines {
		if r := []rune(line); len(r) > width {
			lines[i] = strings.TrimRight(string(r[:width-1]), " ") + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// more says that a listing was cut off, on standard error, so that neither a
// person nor a script takes it for all there is.
func (p *Program) more(rows, limit int) {
	if limit > 0 && rows >= limit {
		fmt.Fprintf(p.Stderr, "postbag: only the first %d are listed; ask for more with --limit\n", limit)
	}
}

// cell puts text into one cell of a table: one line, at most max characters, no
// control characters, so that a comment cannot write on the terminal.
func cell(s string, max int) string {
	s = oneLine(s)
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	return strings.TrimRight(field.Short(s, max-1), " ") + "…"
}

// oneLine puts text on one line, without control characters.
func oneLine(s string) string { return printable(strings.Join(strings.Fields(s), " ")) }

// printable drops control characters other than line ends and tabs.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}

// stamp is a time in a JSON listing: RFC 3339 in UTC, or null.
type stamp time.Time

// MarshalJSON writes the time to the second, or null for no time.
func (s stamp) MarshalJSON() ([]byte, error) {
	t := time.Time(s)
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.UTC().Format(time.RFC3339))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *stamp) UnmarshalJSON(b []byte) error { return (*time.Time)(s).UnmarshalJSON(b) }

// when shows a time in a table.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// plural gives "1 comment" or "2 comments".
func plural(n int, one string) string { return counted(n, one, one+"s") }

// counted gives "1 mail waits" or "2 mails wait".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
