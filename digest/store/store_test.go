package store_test

import (
	"path/filepath"
	"testing"

	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// databases are what the store can use, each with a way to an empty one.
var databases = []struct {
	name  string
	empty func(testing.TB) string
}{
	{"SQLite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "postbag.db") }},
	{"PostgreSQL", storetest.Postgres},
}

func TestContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) *store.DB { return open(t, d.empty(t)) })
		})
	}
}

// onBoth runs a test on an empty database of each kind.
func onBoth(t *testing.T, run func(t *testing.T, empty string)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) { run(t, d.empty(t)) })
	}
}

// open opens a database that is closed when the test ends.
func open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
