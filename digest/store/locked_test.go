package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"postbag/digest/store"
)

// TestReadingAFileThatIsLocked opens a file that another process keeps the write
// lock on: what only reads does not wait for it.
func TestReadingAFileThatIsLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postbag.db")
	open(t, path)
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, store.Options{BusyTimeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Publication(t.Context()); err != nil {
		t.Error(err)
	}
}
