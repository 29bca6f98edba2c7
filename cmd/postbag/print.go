package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// listing is what every command that lists has in common.
type listing struct {
	JSON bool `name:"json" help:"Print one JSON array."`
}

// printList prints rows as a table or as one JSON array. Where there is nothing to
// list, none says so on standard error, and what to do; the array is empty.
func printList[T any](p *Program, asJSON bool, rows []T, none, head string, line func(T) string) error {
	w := p.Stdout
	if asJSON {
		if rows == nil {
			rows = []T{}
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(rows)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(p.Stderr, none)
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, head)
	for _, r := range rows {
		fmt.Fprintln(tw, line(r))
	}
	return tw.Flush()
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
	r := []rune(s)
	return strings.TrimRight(string(r[:max-1]), " ") + "…"
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
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
