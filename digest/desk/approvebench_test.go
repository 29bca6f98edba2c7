package desk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/digesttest"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/store/storetest"
)

// BenchmarkApprove approves an issue that could pick from ten thousand comments, whose
// editor looked at a thousand and picked twenty; beside it, what a part of that takes:
// the candidates are read, and judged.
func BenchmarkApprove(b *testing.B) {
	for _, on := range []struct {
		name string
		use  func(testing.TB)
		made func(testing.TB) string
	}{{"SQLite", storetest.UseSQLite, storetest.MadeSQLite}, {"PostgreSQL", storetest.UsePostgres, storetest.MadePostgres}} {
		b.Run(on.name, func(b *testing.B) {
			on.use(b)
			d := newDeskOn(b, on.made(b), 0)
			fill(b, d, 10_000)
			ctx := b.Context()
			if _, _, err := d.Draft(ctx, ada, ""); err != nil {
				b.Fatal(err)
			}
			issue, err := d.DraftAt(ctx, desk.Ref{})
			if err != nil {
				b.Fatal(err)
			}
			candidates, err := d.Candidates(ctx, issue)
			if err != nil || len(candidates) != 10_000 {
				b.Fatal(len(candidates), err)
			}
			var looked, picks []int64
			for i, c := range candidates[:1000] {
				looked = append(looked, c.ID)
				if i%50 == 0 {
					picks = append(picks, c.ID)
				}
			}
			if err := d.db.SaveShown(ctx, issue.ID, looked); err != nil {
				b.Fatal(err)
			}
			if _, _, err := d.Pick(ctx, ada, desk.Ref{}, picks...); err != nil {
				b.Fatal(err)
			}
			b.Run("read", func(b *testing.B) {
				defer cpu(b)()
				for b.Loop() {
					if _, err := d.Candidates(ctx, issue); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("judge", func(b *testing.B) {
				defer cpu(b)()
				for b.Loop() {
					if _, _, err := d.Judge(ctx, issue); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("approve", func(b *testing.B) {
				defer cpu(b)()
				for b.Loop() {
					if _, _, err := d.Approve(ctx, ada, desk.Ref{Number: issue.Number}, desk.When{}); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					if err := d.db.MoveIssue(ctx, ada, issue.ID, digest.Draft, d.clock.at, digest.AsSeen{}); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			})
		})
	}
}

// cpu reports the processors' time from now until what it gives is called.
func cpu(b *testing.B) func() {
	began := digesttest.CPU(b)
	return func() {
		b.ReportMetric(float64((digesttest.CPU(b)-began).Milliseconds())/float64(b.N), "cpu-ms/op")
	}
}

// fill stores n comments of 20 to 160 words.
func fill(b *testing.B, d *bench, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	for at := 0; at < n; at += 500 {
		page := pull.Page{SourceID: 1, Seen: d.clock.at}
		for i := at; i < min(n, at+500); i++ {
			words := make([]string, 20+r.IntN(140))
			for w := range words {
				words[w] = fmt.Sprintf("word%d", int(4000*r.Float64()*r.Float64()))
			}
			text := strings.Join(words, " ") + "."
			page.Comments = append(page.Comments, digest.Comment{GUID: fmt.Sprint("many", i), PostRef: "p", Author: fmt.Sprint("Writer ", i%900),
				Published: d.clock.at.Add(time.Duration(i-n) * time.Second), Hash: fmt.Sprint("many", i), Words: prose.CountWords(text), Body: digest.Plain(text)})
		}
		if _, err := d.db.StorePage(context.Background(), page); err != nil {
			b.Fatal(err)
		}
	}
}
