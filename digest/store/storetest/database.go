package storetest

import (
	"os"
	"path/filepath"
	"testing"
)

// onVariable names the database that tests run on: "postgres", else SQLite.
const onVariable = "POSTBAG_TEST_ON"

// OnPostgres tells whether the tests of the program run on PostgreSQL this time.
func OnPostgres() bool { return os.Getenv(onVariable) == "postgres" }

// Database gives the name of an empty database for a test that is about
// something else: an SQLite file, or a PostgreSQL schema if the variable
// POSTBAG_TEST_ON is "postgres". CI runs such tests on both.
func Database(t testing.TB) string {
	t.Helper()
	if OnPostgres() {
		return Postgres(t)
	}
	return filepath.Join(t.TempDir(), "postbag.db")
}
