package index_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/database"
	"postbag/digest/store/index"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, index.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"search entries":  {"[1,2,3,4,5]"},
			"search posts":    {"[1,2,3,4,5]"},
			"index todo":      {"500"},
			"newest picks":    {"1", y.Issue, "100"},
			"comments around": {y.Late, "100"},
			"posts around":    {y.Late, "100"},
			"wrote before":    {"1", `[{"name":"x"}]`, y.Late},
		}
	})
}

// plan gives the plan of a search of the comments.
func plan(t *testing.T, db index.Store, query string, f digest.SearchFilter) string {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := db.SearchPlan(t.Context(), q, f)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func open(t *testing.T, dsn string) index.Store {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return index.Store{DB: db}
}

// TestSearchScansNothing: a search begins with the full-text index, newest first,
// and reads the rows that it names by their ids.
func TestSearchScansNothing(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	for query, f := range map[string]digest.SearchFilter{
		"bus":              {},
		"bus tea":          {State: digest.CommentPicked},
		`"last bus" -tea`:  {SourceID: 1, State: digest.CommentNew},
		"bus author:ines*": {Since: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
	} {
		got := plan(t, db, query, f)
		if !strings.HasPrefix(got, "SCAN search_comments VIRTUAL TABLE INDEX") || !strings.Contains(got, "SEARCH e USING INTEGER PRIMARY KEY") ||
			strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s %+v:\n%s", query, f, got)
		}
	}
}

// TestSearchUsesItsIndexOnPostgres: what few comments have is looked up in the
// index of words.
func TestSearchUsesItsIndexOnPostgres(t *testing.T) {
	db := open(t, storetest.Postgres(t))
	for _, statement := range []string{
		`INSERT INTO search_comments (rowid, words)
			SELECT n, CAST('word' || n || ':1 ' || (SELECT string_agg('word' || (n * k) % 900 || ':' || k, ' ') FROM generate_series(2, 60) AS k) AS TSVECTOR)
			FROM generate_series(1, 10000) AS n`,
		`ANALYZE search_comments`,
	} {
		if _, err := db.Write.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if got := plan(t, db, "word7777", digest.SearchFilter{}); !strings.Contains(got, "Bitmap Index Scan on search_comments_words") || strings.Contains(got, "Seq Scan on search_comments") {
		t.Error(got)
	}
}
