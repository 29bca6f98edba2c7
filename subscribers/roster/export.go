package roster

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/listfile"
)

// exportHeadings are the columns of an export; an import understands them all.
var exportHeadings = []string{"email", "name", "state", "frequency", "created_at", "confirmed_at", "left_at"}

// Export writes the subscribers that match as CSV in UTF-8 (RFC 4180) with a row
// of headings, by address, times in RFC 3339 UTC, and tells how many. A cell
// that a spreadsheet would run as a formula begins with an apostrophe, which
// Import takes off again.
func (s *Service) Export(ctx context.Context, w io.Writer, filter Filter) (int, error) {
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
