package store_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
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
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			d.use(t)
			storetest.Run(t, func(t *testing.T) *store.DB {
				db := open(t, d.made(t))
				t.Cleanup(func() { countsAgree(t, db) })
				return db
			})
		})
	}
}

// countsAgree looks that the kept counts are what is there.
func countsAgree(t *testing.T, db *store.DB) {
	t.Helper()
	for _, c := range []struct{ kept, there string }{
		{`SELECT issue_id || ' ' || state || ' ' || SUM(n) FROM delivery_counts GROUP BY issue_id, state HAVING SUM(n) <> 0 ORDER BY 1`,
			`SELECT issue_id || ' ' || state || ' ' || COUNT(*) FROM deliveries GROUP BY issue_id, state ORDER BY 1`},
		{`SELECT state || ' ' || frequency || ' ' || SUM(n) FROM subscriber_counts GROUP BY state, frequency HAVING SUM(n) <> 0 ORDER BY 1`,
			`SELECT state || ' ' || frequency || ' ' || COUNT(*) FROM subscribers WHERE key NOT LIKE 'erased:%' GROUP BY state, frequency ORDER BY 1`},
	} {
		kept, err := db.Column(context.WithoutCancel(t.Context()), c.kept)
		if err != nil {
			t.Fatal(err)
		}
		there, err := db.Column(context.WithoutCancel(t.Context()), c.there)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(kept, there) {
			t.Errorf("the kept counts are %q, and there are %q", kept, there)
		}
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
