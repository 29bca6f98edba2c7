package store_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/digest/archive"
	"postbag/digest/store"
)

// backup gives a database's backup and what its last line says.
func backup(t testing.TB, db *store.DB) ([]byte, archive.Trailer) {
	t.Helper()
	var b bytes.Buffer
	trailer, err := db.Backup(t.Context(), &b, store.BackupOptions{Program: "test", Made: start, Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), trailer
}

// restore brings a backup into a database.
func restore(ctx context.Context, dsn string, file []byte) (store.Restored, error) {
	from, err := archive.NewReader(bytes.NewReader(file))
	if err != nil {
		return store.Restored{}, err
	}
	return store.Restore(ctx, dsn, from, store.RestoreOptions{Reason: "restored in a test"})
}

// restored gives a database made of a backup.
func restored(t testing.TB, dsn string, file []byte) *store.DB {
	t.Helper()
	if _, err := restore(t.Context(), dsn, file); err != nil {
		t.Fatal(err)
	}
	return open(t, dsn)
}

// TestEverythingIsCarried goes round: SQLite, PostgreSQL, SQLite.
func TestEverythingIsCarried(t *testing.T) {
	first := open(t, filepath.Join(t.TempDir(), "first.db"))
	addSource(t, first)
	if _, err := first.StorePage(t.Context(), pageOf(1, "one", 20)); err != nil {
		t.Fatal(err)
	}
	file, want := backup(t, first)
	at := map[string]*store.DB{}
	for _, d := range append(slices.Clone(databases), databases[0]) {
		db := restored(t, d.empty(t), file)
		at[d.name] = db
		var got archive.Trailer
		file, got = backup(t, db)
		if diff := different(want, got); len(diff) != 1 || !strings.HasPrefix(diff[0], "publication") {
			t.Errorf("in %s differ %v", d.name, diff)
		}
	}
}

// different names the tables that two backups hold differently.
func different(a, b archive.Trailer) (names []string) {
	if len(a.Tables) != len(b.Tables) {
		return []string{"the tables"}
	}
	for i := range a.Tables {
		if a.Tables[i] != b.Tables[i] {
			names = append(names, fmt.Sprintf("%s %d %d", a.Tables[i].Table, a.Tables[i].Rows, b.Tables[i].Rows))
		}
	}
	return names
}
