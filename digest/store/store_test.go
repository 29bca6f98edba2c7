package store_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// tester and anEdit are who changes things here, and how.
var (
	tester = storetest.Tester
	anEdit = digest.Revision{At: start, By: tester, Did: digest.Edited, Words: "edited it"}
)

// databases are what the store can use, each with a way to an empty one.
var databases = []struct {
	name  string
	empty func(testing.TB) string
}{
	{"SQLite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "postbag.db") }},
	{"PostgreSQL", storetest.Postgres},
}

// TestContract gives each test of the suite an empty database that was not made for
// it alone: to make the tables takes longer than most tests.
func TestContract(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		made := filepath.Join(t.TempDir(), "made.db")
		if err := openOnce(t, made); err != nil {
			t.Fatal(err)
		}
		storetest.Run(t, func(t *testing.T) *store.DB {
			path := filepath.Join(t.TempDir(), "postbag.db")
			copyFile(t, made, path)
			return open(t, path)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		made := func() *storetest.Place {
			address := storetest.Postgres(t)
			if err := openOnce(t, address); err != nil {
				t.Fatal(err)
			}
			return storetest.NewPlace(t, address)
		}
		free := make(chan *storetest.Place, runtime.GOMAXPROCS(0))
		for range runtime.GOMAXPROCS(0) { // a test waits for another's, should more run at once
			free <- made()
		}
		storetest.Run(t, func(inner *testing.T) *store.DB {
			place := <-free
			inner.Cleanup(func() { // after the database is closed
				place.Empty(inner)
				free <- place
			})
			return open(inner, place.Address)
		})
	})
}

// openOnce makes the tables of a database.
func openOnce(t *testing.T, dsn string) error {
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		return err
	}
	return db.Close()
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
