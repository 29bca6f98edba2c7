package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"postbag/digest/store"
)

// onVariable names the database that tests run on: "postgres", else SQLite.
const onVariable = "POSTBAG_TEST_ON"

// OnPostgres tells whether the tests of the program run on PostgreSQL this time.
func OnPostgres() bool { return os.Getenv(onVariable) == "postgres" }

// Database gives the name of a database without contents for a test that is about
// something else: an SQLite file, or a PostgreSQL schema if the variable
// POSTBAG_TEST_ON is "postgres". CI runs such tests on both. The tables are made:
// that takes longer than most tests.
func Database(t testing.TB) string {
	t.Helper()
	if OnPostgres() {
		return MadePostgres(t)
	}
	return MadeSQLite(t)
}

// MadeSQLite gives an SQLite file with tables and without contents.
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

// makeTables opens a database for the first time.
func makeTables(dsn string) error {
	db, err := store.Open(context.Background(), dsn, store.Options{})
	if err != nil {
		return err
	}
	return db.Close()
}
