package roster

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/listfile"
)

// exportHeadings are the columns of an export; an import understands them all.
var exportHeadings = []string{"email", "name", "state", "frequency", "created_at", "confirmed_at", "left_at"}

// Export writes the subscribers that match as CSV in UTF-8 (RFC 4180) with a row
// of headings, by address, times in RFC 3339 UTC, and tells how many. A cell
// that a spreadsheet would run as a formula begins with an apostrophe, which
// Import takes off again. The audit list tells who exported them, and where to, before
// anything is written.
func (s *Service) Export(ctx context.Context, by digest.Actor, to string, w io.Writer, filter Filter) (int, error) {
	who := "all"
	if filter.State != "" {
		who = string(filter.State)
	}
	if filter.Text != "" {
		who += fmt.Sprintf(", with %q in their address", filter.Text)
	}
	told := digest.Audited{At: s.clock.Now(), By: by, Did: digest.ReadersExported, On: to, Words: who}
	if err := s.store.AddAudited(ctx, told); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	out := csv.NewWriter(w)
	if err := out.Write(exportHeadings); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	n := 0
	err := s.store.Subscribers(ctx, filter, func(sub subscribers.Subscriber) error {
		n++
		return out.Write(exportRow(sub))
	})
	if err != nil {
		return n, fmt.Errorf("export: %w", err)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return n, fmt.Errorf("export: %w", err)
	}
	return n, nil
}

func exportRow(sub subscribers.Subscriber) []string {
	cells := []string{
		sub.Email, sub.Name, string(sub.State), string(sub.Frequency),
		exportTime(sub.CreatedAt), exportTime(sub.ConfirmedAt), exportTime(sub.LeftAt),
	}
	for i, cell := range cells {
		cells[i] = listfile.Quote(cell)
	}
	return cells
}

// exportTime writes a moment, "" for none, as finely as it is known, so that an
// import gives the same moment back.
func exportTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
