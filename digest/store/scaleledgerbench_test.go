package store_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// BenchmarkScaleLedger measures a mailing to lists of different sizes; each is
// made once for a size and a database. Half of the list is mailed, as one worker
// with ten connections does it, without anything that sends.
func BenchmarkScaleLedger(b *testing.B) {
	for _, n := range storetest.CorpusSizes() {
		b.Run(fmt.Sprintf("of%d", n), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) {
				issue := toMail(b, db, n)
				before := bytesOf(b, db)
				b.Run("begin", once(n, func(b *testing.B) { begin(b, db, issue) }))
				size := func(b *testing.B) {
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(float64(bytesOf(b, db)-before)/float64(n), "bytes/row")
				}
				b.Run("size", size)
				ledger := &mailing{db: db, x: deliver.Exchange{IssueID: issue, Claim: 10, Now: start}}
				ledger.looks(b)
				b.Run("start", once(1000, func(b *testing.B) { ledger.until(b, 1000) }))
				b.Run("half", once(n/2-1000, func(b *testing.B) { ledger.until(b, n/2) }))
				b.Run("middle", once(1000, func(b *testing.B) { ledger.until(b, n/2+1000) }))
				ledger.looks(b)
				b.Run("grown", size)
			})
		})
	}
}

// once measures what can be done only once, with n rows.
func once(n int, do func(*testing.B)) func(*testing.B) {
	var took time.Duration
	return func(b *testing.B) {
		if took == 0 {
			began := time.Now()
			do(b)
			took = time.Since(began)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(took.Microseconds())/float64(n), "µs/row")
		b.ReportMetric(float64(n)/took.Seconds(), "rows/s")
	}
}

// readers puts active subscribers into the table from start on, past the API.
const readers = `
	WITH RECURSIVE numbered (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbered WHERE i < %d)
	INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at)
	SELECT 'reader' || i || '@list.example', 'reader' || i || '@list.example', '', 'active', 'every',
		'token-of-forty-three-letters-as-they-are-' || i, 'key-of-sixty-four-letters-as-a-digest-in-hexadecimal-has-' || i, %d
	FROM numbered ORDER BY i`

// toMail makes a published issue and a list of n readers.
func toMail(b *testing.B, db *store.DB, n int) (issueID int64) {
	b.Helper()
	addSource(b, db)
	for _, statement := range []string{fmt.Sprintf(readers, n, start.UnixMicro()), "ANALYZE subscribers"} {
		if err := db.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	issue, _, err := db.OpenDraft(b.Context(), tester, 1, start, start)
	if err != nil {
		b.Fatal(err)
	}
	issue.Frozen, issue.ApprovedAt = &digest.Frozen{}, start
	if err := db.Approve(b.Context(), tester, &issue, nil); err != nil {
		b.Fatal(err)
	}
	if err := db.MoveIssue(b.Context(), tester, issue.ID, digest.Published, start, digest.AsSeen{}); err != nil {
		b.Fatal(err)
	}
	return issue.ID
}

func begin(b *testing.B, db *store.DB, issue int64) {
	if _, err := db.Begin(b.Context(), subscribers.Mailing{IssueID: issue, Begun: start, Domain: "news.example"}, false); err != nil {
		b.Fatal(err)
	}
}

// bytesOf gives the size of the ledger with its indexes, on SQLite that of
// everything.
func bytesOf(b *testing.B, db *store.DB) int64 {
	b.Helper()
	query := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if strings.HasPrefix(db.Path(), "postgres:") {
		query = `SELECT pg_total_relation_size('deliveries')`
	}
	sizes, err := db.Column(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	size, err := strconv.ParseInt(sizes[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return size
}

// mailing is a mailing under way.
type mailing struct {
	db   *store.DB
	x    deliver.Exchange
	sent int
}

// step settles the messages begun before, begins the next and claims more.
func (m *mailing) step(b *testing.B) {
	done, err := m.db.Exchange(b.Context(), m.x)
	if err != nil || len(done.Claimed) != m.x.Claim {
		b.Fatal(len(done.Claimed), err)
	}
	m.sent += len(m.x.Settle)
	m.x.Settle, m.x.Begin = results(done.Begun), done.Claimed
}

// until mails on until n messages were sent.
func (m *mailing) until(b *testing.B, n int) {
	for m.sent < n {
		m.step(b)
	}
}

// looks measures what the pages and the workers ask of the ledger.
func (m *mailing) looks(b *testing.B) {
	b.Run(fmt.Sprintf("counts/after%d", m.sent), func(b *testing.B) {
		for b.Loop() {
			if _, err := m.db.Counts(b.Context(), m.x.IssueID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(fmt.Sprintf("next/after%d", m.sent), func(b *testing.B) {
		for b.Loop() {
			if _, ok, err := m.db.NextTry(b.Context(), m.x.IssueID); err != nil || !ok {
				b.Fatal(ok, err)
			}
		}
	})
}
