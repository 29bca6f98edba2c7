package pull_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gofeed "github.com/mmcdole/gofeed/atom"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
	"postbag/digest/sampleblog"
	"postbag/digest/store/storetest"
)

// canned answers every request with one page, or with 304 when it is asked under
// its validator.
type canned struct{ body []byte }

const cannedTag = `"canned"`

func (c *canned) Get(_ context.Context, req pull.Request) (*pull.Response, error) {
	if req.ETag == cannedTag {
		return &pull.Response{Status: 304, NotModified: true, URL: req.URL, Validators: digest.Validators{ETag: cannedTag}}, nil
	}
	return &pull.Response{Status: 200, Body: c.body, URL: req.URL, ContentType: "application/atom+xml; charset=UTF-8", Validators: digest.Validators{ETag: cannedTag}}, nil
}

const benchEntries = 500

// commentsPage is a page of 500 comments as Blogger serves it.
func commentsPage(b *testing.B) []byte {
	b.Helper()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	blog := sampleblog.New(now)
	said := blog.Comments()
	for i := range benchEntries {
		if _, err := blog.Add(i%5, "", "", said[i%len(said)].HTML, now.Add(time.Duration(i)*time.Second)); err != nil {
			b.Fatal(err)
		}
	}
	rec := httptest.NewRecorder()
	blog.ServeHTTP(rec, httptest.NewRequest("GET", "/feeds/comments/default?max-results=500", nil))
	if rec.Code != 200 {
		b.Fatal(rec.Code)
	}
	// Without a next page.
	return bytes.ReplaceAll(rec.Body.Bytes(), []byte("rel='next'"), []byte("rel='later'"))
}

// BenchmarkPull takes a page of 500 comments from bytes to rows in SQLite: new
// ones, the same again, and a feed that says that nothing changed. The first two
// report how many times as long they take as gofeed's bare parse of the same bytes.
func BenchmarkPull(b *testing.B) {
	page := commentsPage(b)
	b.Run("new", func(b *testing.B) {
		r := benchRig(b, page)
		beside(b, page, func(i int) func() {
			src := r.large(i)
			return func() {
				if got := r.pull(src, poll.Options{Force: true}); got.Stored.NewComments != benchEntries {
					b.Fatal(got)
				}
			}
		})
	})
	b.Run("again", func(b *testing.B) {
		r := benchRig(b, page)
		src := r.large(0)
		r.pull(src, poll.Options{})
		beside(b, page, func(int) func() {
			r.clock.add(time.Hour)
			return func() {
				if got := r.pull(src, poll.Options{Force: true}); got.Stored.Known != benchEntries {
					b.Fatal(got)
				}
			}
		})
	})
	b.Run("notModified", func(b *testing.B) {
		r := benchRig(b, page)
		src := r.large(0)
		r.pull(src, poll.Options{})
		for b.Loop() {
			r.clock.add(time.Hour)
			if got := r.pull(src, poll.Options{}); !got.NotModified {
				b.Fatal(got)
			}
		}
	})
}

// beside times what prepare gives, once in turn with gofeed's bare parse of the
// page, so that both meet the same noise, and reports the median of the ratios.
func beside(b *testing.B, page []byte, prepare func(i int) func()) {
	var ratios []float64
	var ours, bare time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		work := prepare(i)
		began := time.Now()
		f, err := (&gofeed.Parser{}).Parse(bytes.NewReader(page))
		parsed := time.Now()
		if err != nil || len(f.Entries) != benchEntries {
			b.Fatal(err)
		}
		b.StartTimer()
		again := time.Now()
		work()
		took := time.Since(again)
		ours, bare = ours+took, bare+parsed.Sub(began)
		ratios = append(ratios, float64(took)/float64(parsed.Sub(began)))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "×gofeed")
	b.ReportMetric(float64(ours.Microseconds())/float64(len(ratios))/benchEntries, "µs/entry")
	b.ReportMetric(float64(bare.Microseconds())/float64(len(ratios))/benchEntries, "gofeed-µs/entry")
}

// benchRig pulls canned pages into a database.
func benchRig(b *testing.B, page []byte) *rig {
	b.Helper()
	r := &rig{t: b, clock: &clock{now: time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)}}
	r.store = storetest.Open(b, filepath.Join(b.TempDir(), "postbag.db"), nil)
	r.parts = newParts(pull.Options{Store: r.store, Fetcher: &canned{page}, ToProse: markup.FromHTML, Clock: r.clock})
	return r
}

// large follows a blog through its comments feed only.
func (r *rig) large(i int) digest.Source {
	r.t.Helper()
	src := digest.Source{Name: "Large", URL: fmt.Sprintf("https://large-%d.example/", i), Platform: digest.Blogger, AddedAt: r.clock.Now()}
	feeds := []digest.FeedState{{Kind: digest.CommentsFeed, URL: src.URL + "feeds/comments/default"}}
	if err := r.store.AddSource(r.t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, feeds, firstSeries); err != nil {
		r.t.Fatal(err)
	}
	return src
}
