package store_test

import (
	"fmt"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// searchQueries are what BenchmarkSearch looks for.
var searchQueries = []struct {
	name, query string
	filter      digest.SearchFilter
}{
	{"rare", storetest.RareWord, digest.SearchFilter{}},
	{"common", storetest.CommonWord, digest.SearchFilter{}},
	{"two", storetest.CommonWord + " " + storetest.OtherWord, digest.SearchFilter{}},
	{"phrase", `"` + storetest.KnownPhrase + `"`, digest.SearchFilter{}},
	{"without", storetest.CommonWord + " -" + storetest.OtherWord, digest.SearchFilter{}},
	{"author", storetest.CommonWord + " author:" + storetest.Coin(5), digest.SearchFilter{}},
	{"picked", storetest.CommonWord, digest.SearchFilter{State: digest.CommentPicked}},
	{"old", storetest.CommonWord, digest.SearchFilter{Until: start.Add(24 * time.Hour)}},
	{"nothing", storetest.CommonWord + " " + storetest.OtherWord + " -" + storetest.CommonWord, digest.SearchFilter{}},
}

// BenchmarkSearch searches corpora of different sizes, and tells what indexing
// them cost.
func BenchmarkSearch(b *testing.B) {
	for _, n := range storetest.CorpusSizes() {
		b.Run(fmt.Sprintf("of%d", n), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) {
				fill(b, db, n)
				cost := indexAll(b, db)
				if err := db.Exec(b.Context(), "ANALYZE search_comments"); err != nil { // PostgreSQL does so by itself, in a minute
					b.Fatal(err)
				}
				b.Run("index", func(b *testing.B) {
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(float64(cost.Microseconds())/float64(n), "µs/comment")
				})
				for _, q := range searchQueries {
					b.Run(q.name, func(b *testing.B) { searchAgain(b, db, q.query, q.filter) })
				}
			})
		})
	}
}

func indexAll(tb testing.TB, db *store.DB) time.Duration {
	tb.Helper()
	began := time.Now()
	for {
		n, err := db.Index(tb.Context(), 0)
		if err != nil {
			tb.Fatal(err)
		}
		if n == 0 {
			return time.Since(began)
		}
	}
}

func searchAgain(b *testing.B, db *store.DB, query string, filter digest.SearchFilter) {
	q, err := search.Parse(query)
	if err != nil {
		b.Fatal(err)
	}
	filter.Limit = 50
	var found digest.Found[digest.FoundComment]
	for b.Loop() {
		if found, err = db.SearchComments(b.Context(), q, filter); err != nil || found.Waiting > 0 {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(float64(found.Ranked), "ranked")
}
