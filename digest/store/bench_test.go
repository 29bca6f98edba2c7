package store_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"postbag/digest"
	"postbag/digest/health"
	"postbag/digest/store"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

const pageSize = 500

// sideBySide runs a benchmark on an empty database of each kind.
func sideBySide(b *testing.B, run func(b *testing.B, db *store.DB)) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) { run(b, open(b, d.made(b))) })
	}
}

func BenchmarkStorePageNew(b *testing.B) {
	sideBySide(b, func(b *testing.B, db *store.DB) {
		source := addSource(b, db)
		for i := 0; b.Loop(); i++ {
			if _, err := db.StorePage(b.Context(), pageOf(source, strconv.Itoa(i), pageSize)); err != nil {
				b.Fatal(err)
			}
		}
		perEntry(b)
	})
}

func BenchmarkStorePageUnchanged(b *testing.B) {
	for _, stored := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("of%d", stored), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) { storeAgain(b, db, stored) })
		})
	}
}

func storeAgain(b *testing.B, db *store.DB, stored int) {
	source := addSource(b, db)
	pages := stored / pageSize
	for i := range pages {
		if _, err := db.StorePage(b.Context(), pageOf(source, strconv.Itoa(i), pageSize)); err != nil {
			b.Fatal(err)
		}
	}
	page := pageOf(source, strconv.Itoa(pages/2), pageSize)
	for b.Loop() {
		got, err := db.StorePage(b.Context(), page)
		if err != nil || got.Known != pageSize+1 {
			b.Fatal(got, err)
		}
	}
	perEntry(b)
}

func perEntry(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/pageSize, "µs/entry")
}

// BenchmarkExchange settles messages, begins the next and claims 250 at a time, durably,
// as so many connections do.
func BenchmarkExchange(b *testing.B) {
	for _, batch := range []int{1, 10} {
		b.Run(fmt.Sprintf("batch%d", batch), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) { exchangeAll(b, db, batch) })
		})
	}
}

func exchangeAll(b *testing.B, db *store.DB, batch int) {
	issue := sending(b, db, 50_000)
	var ahead []subscribers.Delivery
	x := deliver.Exchange{IssueID: issue, Now: start}
	for b.Loop() {
		if x.Claim = 0; len(ahead) < batch {
			x.Claim = 250
		}
		done, err := db.Exchange(b.Context(), x)
		if ahead = append(ahead, done.Claimed...); err != nil || len(done.Begun) != len(x.Begin) || len(ahead) < batch {
			b.Fatal(len(done.Claimed), len(done.Begun), err)
		}
		x.Settle, x.Begin, ahead = results(done.Begun), ahead[:batch], ahead[batch:]
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/message")
}

// sending makes an issue under way to n readers.
func sending(b testing.TB, db *store.DB, n int) int64 {
	b.Helper()
	ctx := b.Context()
	addSource(b, db)
	people := make([]roster.Entry, n)
	for i := range people {
		email := fmt.Sprintf("reader%d@list.example", i)
		people[i] = roster.Entry{Subscriber: subscribers.Subscriber{Email: email, Key: email, State: subscribers.Active,
			Token: subscribers.NewToken()}, Consent: subscribers.Consent{At: start}}
	}
	if _, err := db.Enrol(ctx, digest.Audited{}, people, false); err != nil {
		b.Fatal(err)
	}
	issue, _, err := db.OpenDraft(ctx, tester, 1, start, start)
	if err != nil {
		b.Fatal(err)
	}
	issue.Frozen, issue.ApprovedAt = &digest.Frozen{}, start
	if err := db.Approve(ctx, tester, &issue, nil); err != nil {
		b.Fatal(err)
	}
	if err := db.MoveIssue(ctx, tester, issue.ID, digest.Published, start, digest.AsSeen{}); err != nil {
		b.Fatal(err)
	}
	if _, err := db.Begin(ctx, subscribers.Mailing{IssueID: issue.ID, Begun: start, Domain: "news.example"}, false); err != nil {
		b.Fatal(err)
	}
	return issue.ID
}

func BenchmarkGeneration(b *testing.B) {
	sideBySide(b, func(b *testing.B, db *store.DB) {
		for b.Loop() {
			if _, err := db.Generation(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStatus counts more open deliveries than a status tells of.
func BenchmarkStatus(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "postbag.db"))
	sending(b, db, health.Limit+20_000)
	for b.Loop() {
		s, err := db.Status(b.Context())
		if err != nil || s.Open != health.Limit || s.Active != health.Limit {
			b.Fatal(s, err)
		}
	}
}

func BenchmarkPing(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "postbag.db"))
	for b.Loop() {
		if err := db.Ping(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
