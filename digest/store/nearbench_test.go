package store_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
)

// nearSizes are how many comments BenchmarkNear measures with.
func nearSizes() []int {
	if os.Getenv("POSTBAG_TEST_LONG") == "1" {
		return []int{10_000, 200_000}
	}
	return []int{10_000}
}

// BenchmarkNear compares all of corpora of different sizes, beside indexing them for
// the search, then twenty new comments, and reads what is known of a listing's.
func BenchmarkNear(b *testing.B) {
	for _, n := range nearSizes() {
		b.Run(fmt.Sprintf("of%d", n), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) {
				source := fill(b, db, n)
				costs(b, db, "index", n, indexAll)
				costs(b, db, "all", n, linkAll)
				b.Run("new", func(b *testing.B) { linkNew(b, db, source) })
				b.Run("listed", func(b *testing.B) {
					ids := make([]int64, 200)
					for i := range ids {
						ids[i] = int64(n - i)
					}
					for b.Loop() {
						if _, waits, err := db.Near(b.Context(), ids); err != nil || waits {
							b.Fatal(waits, err)
						}
					}
				})
			})
		})
	}
}

// toDisk gives the bytes that this process has written to files, where the system
// tells; what PostgreSQL writes is not among them.
func toDisk() (n int64) {
	counts, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(counts)) {
		if value, ok := strings.CutPrefix(line, "wchar: "); ok {
			n, _ = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return n
}

// costs tells what something costs a comment, in time, size and bytes written.
func costs(b *testing.B, db *store.DB, name string, n int, do func(testing.TB, *store.DB) time.Duration) {
	before, wrote := sizeOf(b, db), toDisk()
	took := do(b, db)
	wrote = toDisk() - wrote
	size := sizeOf(b, db) - before
	b.Run(name, func(b *testing.B) {
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(took.Microseconds())/float64(n), "µs/comment")
		b.ReportMetric(float64(size)/float64(n), "B/comment")
		b.ReportMetric(float64(wrote)/float64(n), "written-B/comment")
	})
}

// linkNew measures the comparing alone of pages of twenty comments, each unlike
// all others but one.
func linkNew(b *testing.B, db *store.DB, source int64) {
	const comments = 20
	spent := time.Duration(0)
	rounds := 0
	for ; b.Loop(); rounds++ {
		c := newCorpus(source, 1_000_000+rounds)
		page := pageOf(source, "near"+strconv.Itoa(rounds), comments)
		for i := range page.Comments {
			page.Comments[i].Body = digest.Plain(c.text(60))
		}
		page.Comments[7].Body = page.Comments[3].Body
		if _, err := db.StorePage(b.Context(), page); err != nil {
			b.Fatal(err)
		}
		indexAll(b, db)
		began := time.Now()
		linkAll(b, db)
		spent += time.Since(began)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(spent.Microseconds())/float64(rounds*comments), "µs/comment")
}

// linkAll compares all that is new.
func linkAll(tb testing.TB, db *store.DB) time.Duration {
	tb.Helper()
	began := time.Now()
	for n := 1; n > 0; {
		var err error
		if n, err = db.PrintAhead(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
	for {
		n, err := db.LinkNear(tb.Context(), 0)
		if err != nil {
			tb.Fatal(err)
		}
		if n == 0 {
			return time.Since(began)
		}
	}
}

// sizeOf gives the bytes that a database takes.
func sizeOf(b *testing.B, db *store.DB) int64 {
	b.Helper()
	query := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if db.IsPostgres() {
		query = `SELECT CAST(SUM(pg_total_relation_size(oid)) AS TEXT) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS REGNAMESPACE)`
	}
	all, err := db.Column(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	size, err := strconv.ParseInt(all[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return size
}
