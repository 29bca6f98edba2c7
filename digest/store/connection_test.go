package store_test

import (
	"path/filepath"
	"testing"
)

func TestEveryConnectionIsSetUp(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	for _, c := range []struct {
		pragma string
		writer bool
		want   string
	}{
		{"journal_mode", true, "wal"}, {"journal_mode", false, "wal"},
		{"synchronous", true, "2"}, {"foreign_keys", true, "1"}, {"foreign_keys", false, "1"},
		{"busy_timeout", true, "1000"}, {"busy_timeout", false, "60000"}, // who writes waits by turns
		{"query_only", true, "0"}, {"query_only", false, "1"},
	} {
		got, err := db.Pragma(t.Context(), c.pragma, c.writer)
		if err != nil || got != c.want {
			t.Errorf("%s (writer %t) is %q (%v), want %q", c.pragma, c.writer, got, err, c.want)
		}
	}
}
