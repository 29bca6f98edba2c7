package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"postbag/digest"
	"postbag/digest/store"
)

// onVariable names the only database that tests run on: "sqlite" or "postgres".
// Without it tests of a database run on both, and other tests on SQLite. CI runs
// all tests on each.
const onVariable = "POSTBAG_TEST_ON"

// OnPostgres tells whether tests run on PostgreSQL alone.
func OnPostgres() bool { return os.Getenv(onVariable) == "postgres" }

// UseSQLite skips a test of SQLite where tests run on PostgreSQL alone.
func UseSQLite(t testing.TB) {
	t.Helper()
	if OnPostgres() {
		t.Skip("only PostgreSQL is tested: " + onVariable)
	}
}

// UsePostgres skips a test of PostgreSQL where tests run on SQLite alone, or where
// there is no server.
func UsePostgres(t testing.TB) {
	t.Helper()
	if os.Getenv(onVariable) == "sqlite" {
		t.Skip("only SQLite is tested: " + onVariable)
	}
	Server.Check(t)
}

// Database gives the name of a database with tables and without contents, for a
// test that is about something else: an SQLite file, or a PostgreSQL schema where
// tests run on PostgreSQL alone.
func Database(t testing.TB) string {
	t.Helper()
	if OnPostgres() {
		return MadePostgres(t)
	}
	return MadeSQLite(t)
}

// MadeSQLite gives an SQLite file with tables and without contents: to make them
// takes longer than most tests.
func MadeSQLite(t testing.TB) string {
	t.Helper()
	made, err := madeFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "postbag.db")
	if err := os.WriteFile(path, made, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// madeFile makes the tables once for all tests of a package.
var madeFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "postbag-made-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "postbag.db")
	if err := makeTables(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Open opens a database until the test ends; a nil clock is the machine's.
func Open(t testing.TB, dsn string, clock digest.Clock) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{Clock: clock})
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

// makeTables opens a database for the first time.
func makeTables(dsn string) error {
	db, err := store.Open(context.Background(), dsn, store.Options{})
	if err != nil {
		return err
	}
	return db.Close()
}
