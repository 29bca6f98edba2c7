package store_test

import (
	"fmt"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/reading"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// manyCandidates is how many comments the window of an issue holds in the benchmark of
// reading.
const manyCandidates = 3000

// BenchmarkReading measures a page of the screen Read, with 3,000 candidates, over
// corpora of different sizes.
func BenchmarkReading(b *testing.B) {
	for _, n := range storetest.CorpusSizes() {
		b.Run(fmt.Sprintf("of%d", n), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) {
				fill(b, db, n)
				clock := digest.NewTestClock(lastOf(n, 0), 1)
				office := desk.New(desk.Options{Store: db, Clock: clock, BaseURL: "https://digest.example"})
				issue, _, err := db.OpenDraft(b.Context(), storetest.Tester, 1, lastOf(n, 0), lastOf(n, 0).Add(24*time.Hour))
				if err != nil {
					b.Fatal(err)
				}
				if err := db.Exec(b.Context(), fmt.Sprintf("UPDATE issues SET window_from = %d WHERE id = %d", lastOf(n, manyCandidates).UnixMicro(), issue.ID)); err != nil {
					b.Fatal(err)
				}
				read := reading.New(reading.Options{Store: db, Desk: office, Clock: clock, Patience: time.Nanosecond})
				warm, err := read.Page(b.Context(), desk.Ref{}, reading.View{})
				if err != nil || warm.All != manyCandidates || len(warm.Items) < 30 {
					b.Fatal(warm.All, len(warm.Items), err)
				}
				for warm.Judging {
					time.Sleep(100 * time.Millisecond)
					if warm, err = read.Page(b.Context(), desk.Ref{}, reading.View{}); err != nil {
						b.Fatal(err)
					}
				}
				for name, view := range map[string]reading.View{
					"page": {}, "filtered": {Suggested: true, Filter: reading.Filter{Named: true, Words: 50, Replies: 1}},
					"older": {Filter: reading.Filter{Older: true}}, "thread": {Thread: warm.Items[3].ID},
				} {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							if _, err := read.Page(b.Context(), desk.Ref{}, view); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
				b.Run("bar", func(b *testing.B) {
					for b.Loop() {
						if _, err := office.Glance(b.Context(), desk.Ref{}); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run("news", func(b *testing.B) {
					for b.Loop() {
						if _, err := read.News(b.Context(), reading.Seen{IssueID: issue.ID, Comment: warm.Seen.Comment - 6}); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run("decide", func(b *testing.B) {
					for i := 0; b.Loop(); i++ {
						d := []digest.Decision{digest.SkipIt, digest.MaybeIt}[i%2]
						if _, err := office.Decide(b.Context(), storetest.Tester, desk.Ref{}, d, warm.Items[5].ID); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run("judge", func(b *testing.B) {
					for b.Loop() {
						if _, _, err := office.Judge(b.Context(), issue); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		})
	}
}
