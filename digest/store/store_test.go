package store_test

import (
	"os"
	"path/filepath"
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

// databases are what the store can use, each with a way to one that has its tables
// and nothing else, and to a place where none was made yet.
var databases = []struct {
	name       string
	use        func(testing.TB)
	made, none func(testing.TB) string
}{
	{"SQLite", storetest.UseSQLite, storetest.MadeSQLite, func(t testing.TB) string { return filepath.Join(t.TempDir(), "postbag.db") }},
	{"PostgreSQL", storetest.UsePostgres, storetest.MadePostgres, storetest.Postgres},
}

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// TestContract runs the suite on both.
func TestContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			d.use(t)
			storetest.Run(t, func(t *testing.T) *store.DB { return open(t, d.made(t)) })
		})
	}
}

// onBoth runs a test on a database of each kind that has its tables and nothing else.
func onBoth(t *testing.T, run func(t *testing.T, dsn string)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			d.use(t)
			run(t, d.made(t))
		})
	}
}

// onNew runs a test where no database was made yet, for each kind.
func onNew(t *testing.T, run func(t *testing.T, dsn string)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			d.use(t)
			run(t, d.none(t))
		})
	}
}

// open opens a database until the test ends.
func open(t testing.TB, dsn string) *store.DB { t.Helper(); return storetest.Open(t, dsn, nil) }
