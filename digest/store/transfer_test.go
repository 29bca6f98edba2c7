package store_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"testing"

	"postbag/digest/backup"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/store/transfer"
)

// backup gives a database's backup and what its last line says.
func takeBackup(t testing.TB, db *store.DB) ([]byte, backup.Trailer) {
	t.Helper()
	var b bytes.Buffer
	trailer, err := db.Backup(t.Context(), &b, transfer.BackupOptions{Program: "test", Made: start, Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), trailer
}

// restore brings a backup into a database.
func restore(ctx context.Context, dsn string, file []byte) (transfer.Restored, error) {
	from, err := backup.NewReader(bytes.NewReader(file))
	if err != nil {
		return transfer.Restored{}, err
	}
	return transfer.Restore(ctx, dsn, from, transfer.RestoreOptions{Reason: "restored in a test"})
}

// restored gives a database made of a backup.
func restored(t testing.TB, dsn string, file []byte) *store.DB {
	t.Helper()
	if _, err := restore(t.Context(), dsn, file); err != nil {
		t.Fatal(err)
	}
	return open(t, dsn)
}

// TestEverythingIsCarried goes round: SQLite, PostgreSQL, SQLite. What is read
// out is the same to the byte, but for the hold and what readers' caches go by,
// and ids go on as they would have gone on.
func TestEverythingIsCarried(t *testing.T) {
	t.Parallel()
	one := open(t, filepath.Join(t.TempDir(), "one.db"))
	storetest.Fill(t, one)
	file, want := takeBackup(t, one)
	for _, sum := range want.Tables {
		if sum.Rows == 0 {
			t.Errorf("nothing was filled into %s", sum.Table)
		}
	}
	var all []*store.DB
	for _, d := range append(slices.Clone(databases), databases[0]) {
		db := restored(t, d.none(t), file)
		var got backup.Trailer
		file, got = takeBackup(t, db)
		if diff := different(want, got); !slices.Equal(diff, []string{"generation", "publication"}) {
			t.Errorf("in %s differ %v", d.name, diff)
		}
		if since, err := db.HeldSince(t.Context()); since.IsZero() || err != nil {
			t.Errorf("in %s sending is not held: %v, %v", d.name, since, err)
		}
		all = append(all, db)
	}
	ids := storetest.NextIDs(t, one)
	for i, db := range all {
		if got := storetest.NextIDs(t, db); !slices.Equal(got, ids) {
			t.Errorf("copy %d goes on with the ids %v, want %v", i, got, ids)
		}
	}
	salt := func(db *store.DB) []byte {
		p, err := db.Publication(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return p.Salt
	}
	for i, db := range all {
		countsAgree(t, db)
		if !bytes.Equal(salt(db), salt(one)) {
			t.Errorf("copy %d has another salt", i)
		}
	}
}

// different names the tables that two backups hold differently.
func different(a, b backup.Trailer) (names []string) {
	if len(a.Tables) != len(b.Tables) {
		return []string{"the tables"}
	}
	for i := range a.Tables {
		if a.Tables[i] != b.Tables[i] {
			names = append(names, a.Tables[i].Table)
		}
	}
	return names
}
