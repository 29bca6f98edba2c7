package store_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// weekOfComments is how many comments the window of an issue holds here.
const weekOfComments = 500

// BenchmarkScaleComments measures what is done with comments over corpora of
// different sizes; each is made once for a size and a database.
func BenchmarkScaleComments(b *testing.B) {
	for _, n := range storetest.CorpusSizes() {
		b.Run(fmt.Sprintf("of%d", n), func(b *testing.B) {
			sideBySide(b, func(b *testing.B, db *store.DB) {
				source := fill(b, db, n)
				b.Run("desk", func(b *testing.B) { deskPage(b, db, deskWindow(n)) })
				b.Run("first", func(b *testing.B) { deskPage(b, db, firstWindow(n)) })
				b.Run("unchanged", func(b *testing.B) { pullAgain(b, db, corpusPage(source, n)) })
				indexAll(b, db)
				for _, q := range searchQueries[:3] {
					b.Run("search/"+q.name, func(b *testing.B) { searchAgain(b, db, q.query, q.filter) })
				}
				b.Run("new", func(b *testing.B) { pullNew(b, db, source) })
			})
		})
	}
}

// lastOf gives the moment before the last comments of a corpus.
func lastOf(n, comments int) time.Time {
	return start.Add(time.Duration(n-comments)*storetest.CorpusMinute - time.Second)
}

// deskWindow is the window of an issue that follows another.
func deskWindow(n int) desk.CandidateQuery {
	return desk.CandidateQuery{SeriesID: 1, SeenAfter: lastOf(n, weekOfComments)}
}

// firstWindow is the window of a first issue, which goes back by posts as well.
func firstWindow(n int) desk.CandidateQuery {
	return desk.CandidateQuery{SeriesID: 1, Since: lastOf(n, weekOfComments/5), PostsSince: lastOf(n, weekOfComments)}
}

// deskPage reads what a page of the desk shows of the candidates.
func deskPage(b *testing.B, db *store.DB, q desk.CandidateQuery) {
	for b.Loop() {
		all, err := db.Candidates(b.Context(), q)
		if err != nil || len(all) != weekOfComments {
			b.Fatal(len(all), err)
		}
		ids := make([]int64, len(all))
		for i, c := range all {
			ids[i] = c.ID
		}
		if _, err := db.PickedIn(b.Context(), q.SeriesID, 1, ids); err != nil {
			b.Fatal(err)
		}
	}
}

// corpusPage is a page from the middle of a corpus, as it was stored.
func corpusPage(source int64, n int) pull.Page {
	page := pull.Page{SourceID: source, Seen: lastOf(n, 0), KnownBefore: lastOf(n, 0)}
	for i := n / 2; i < n/2+pageSize; i++ {
		post := strconv.Itoa(i / storetest.CommentsPerPost)
		page.Comments = append(page.Comments, digest.Comment{GUID: "comment " + strconv.Itoa(i), PostRef: "post " + post,
			URL: fmt.Sprintf("https://blog.example/%s#%d", post, i), Hash: "h"})
	}
	return page
}

func pullAgain(b *testing.B, db *store.DB, page pull.Page) {
	for b.Loop() {
		got, err := db.StorePage(b.Context(), page)
		if err != nil || got.Known != pageSize {
			b.Fatal(got, err)
		}
	}
	perEntry(b)
}

func pullNew(b *testing.B, db *store.DB, source int64) {
	for i := 0; b.Loop(); i++ {
		got, err := db.StorePage(b.Context(), pageOf(source, "new"+strconv.Itoa(i), pageSize))
		if err != nil || got.NewComments != pageSize {
			b.Fatal(got, err)
		}
	}
	perEntry(b)
}
