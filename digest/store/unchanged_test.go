package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// written gives something that differs once a row of an entry was written, be it
// with what it held before.
func written(t *testing.T, db *store.DB) string {
	t.Helper()
	if filepath.IsAbs(db.Path()) {
		log, err := os.ReadFile(db.Path() + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return string(log)
	}
	var all []string
	for _, table := range []string{"posts", "comments", "comment_versions", "listings", "search_todo", "feeds", "blocks"} {
		rows, err := db.Column(t.Context(), `SELECT '`+table+`' || xmin || ' ' || ctid FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	return strings.Join(all, "\n")
}

// variedPage is a page with something of everything that has a rule of its own.
func variedPage(source int64) pull.Page {
	page := pageOf(source, "varied", 40)
	page.Seen, page.KnownBefore = start.Add(time.Hour), start.Add(time.Hour)
	p := &page.Posts[0]
	p.Key, p.URLKey, p.Ref, p.CommentsURL, p.Announced = "post-1", "/varied", "title:varied", "https://blog.example/varied/feed/", 40
	for i := range page.Comments {
		c := &page.Comments[i]
		c.URL, c.PostKey, c.Key = p.URL+"#"+c.GUID, p.Key, "key of "+c.GUID
	}
	page.Comments[3].Gone, page.Comments[3].GoneReason = true, "removed"
	page.Comments[4].PostRef, page.Comments[4].PostKey = "nowhere", "post-nowhere"
	page.Comments[5].ParentRef, page.Comments[5].ParentKey = "nobody", "comment-nobody"
	page.Comments[6].GUID = page.Comments[6].URL // its id is an address
	return page
}

// TestUnchangedPageWritesNothing stores a page again and again: after the second
// time, which may fill in what the first could not know, no row is written.
func TestUnchangedPageWritesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		page := variedPage(addSource(t, db))
		before := page
		before.Comments = []digest.Comment{page.Comments[1]} // whose id is used again by then
		before.Comments[0].Author, before.Comments[0].Published = "somebody else", start.Add(-100*time.Hour)
		before.Comments[0].URL, before.Comments[0].Body = "https://blog.example/before#1", digest.Plain("other words")
		before.Comments[0].Hash = "of other words"
		storeAll(t, db, before, page)
		export := page
		export.KeepWords = true
		export.Comments = append([]digest.Comment{}, page.Comments...)
		for i := range export.Comments {
			export.Comments[i].Hash = "of the export"
		}
		storeAll(t, db, export, page)
		if n := count(t, db, "comments"); n != 41 {
			t.Errorf("there are %d comments, not 40 and the one from before", n)
		}
		for name, again := range map[string]pull.Page{"feed": page, "export": export} {
			again.Seen, again.KnownBefore = start.Add(2*time.Hour), start.Add(2*time.Hour)
			was := written(t, db)
			got := storeAll(t, db, again)
			if got.Known != 41 || len(got.PostIDs) != 1 || len(got.CommentIDs) != 40 {
				t.Errorf("of the %s %d are known: %v, %v", name, got.Known, got.PostIDs, got.CommentIDs)
			}
			if written(t, db) != was {
				t.Errorf("the same %s writes rows", name)
			}
		}
	})
}

// storeAll stores pages, and tells of the last.
func storeAll(t *testing.T, db *store.DB, pages ...pull.Page) (last pull.Stored) {
	t.Helper()
	for _, page := range pages {
		var err error
		if last, err = db.StorePage(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// TestEntriesWithoutKeys pulls what is stored without keys: the rows get them,
// nothing counts as changed, and then a blog may move.
func TestEntriesWithoutKeys(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		fillFirstSchema(t, db)
		for _, statement := range []string{
			`UPDATE posts SET body = '[{"s":[{"t":"a post"}]}]'`,
			`UPDATE comments SET gone = 1, gone_by = 'marker', gone_reason = 'removed', body = '[{"s":[{"t":"two words"}]}]'`,
		} {
			if err := db.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		posts, err := db.Posts(t.Context(), digest.PostFilter{})
		if err != nil || len(posts) != 1 || posts[0].Body.Text() != "a post" || posts[0].Hash != "h" || posts[0].Key != "" {
			t.Fatalf("before the pull: %+v, %v", posts, err)
		}
		was, err := db.Comment(t.Context(), 1)
		if err != nil || was.GoneBy != digest.ByMarker || was.GoneReason != "removed" {
			t.Fatalf("before the pull: %+v, %v", was, err)
		}
		page := pull.Page{SourceID: 1, Seen: start, KnownBefore: start,
			Posts:    []digest.Post{{GUID: "p1", URL: "https://blog.example/1", Title: "Night bus", Author: "Ann", Hash: "h", Announced: -1, Key: "post-1", URLKey: "/1"}},
			Comments: []digest.Comment{{GUID: "c1", PostRef: "p1", Author: "Ben", Hash: "x", Gone: true, Key: "comment-1"}},
		}
		export := page
		export.KeepWords = true
		export.Comments = []digest.Comment{{GUID: "c1", PostRef: "p1", Author: "Ben", Hash: "y", Words: 2, Body: digest.Plain("other words")}}
		storeAll(t, db, export)
		if now, err := db.Comment(t.Context(), 1); err != nil || now.Body.Text() != "two words" || !now.Gone {
			t.Errorf("an export has replaced the words by %q, %v", now.Body.Text(), err)
		}
		if got := storeAll(t, db, page); got.Known != 2 || got.ChangedPosts+got.ChangedComments+got.GoneComments != 0 {
			t.Errorf("the first pull: %+v", got)
		}
		rows := written(t, db)
		storeAll(t, db, page)
		if written(t, db) != rows {
			t.Error("the second pull writes rows")
		}
		page.Posts[0].GUID, page.Comments[0].GUID = "moved p1", "moved c1"
		if got := storeAll(t, db, page); got.Known != 2 || got.NewPosts+got.NewComments != 0 {
			t.Errorf("after the blog has moved: %+v", got)
		}
		moved, err := db.Comment(t.Context(), 1)
		if err != nil || moved.GUID != "moved c1" || moved.PostID != 1 {
			t.Errorf("the comment: %+v, %v", moved, err)
		}
	})
}

// TestEarlierTextsAreCarried restores a backup and reads what was there before an
// edit, and what was remembered of a post's own feed.
func TestEarlierTextsAreCarried(t *testing.T) {
	t.Parallel()
	file := filled(t)
	onBoth(t, func(t *testing.T, empty string) {
		db := restored(t, empty, file)
		listings, err := db.Listings(t.Context(), 1, pull.ListingFilter{})
		if err != nil {
			t.Fatal(err)
		}
		var etags []string
		for _, l := range listings {
			etags = append(etags, l.ETag)
		}
		if got := strings.Join(etags, " "); !strings.Contains(got, `"l"`) {
			t.Errorf("the listings have the validators %s", got)
		}
		edited := 0
		for _, id := range storetest.CommentIDs(t, db) {
			versions, err := db.CommentVersions(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range versions {
				if v.Body.Text() == "words h1" {
					edited++
				}
			}
		}
		if edited != 1 {
			t.Errorf("%d earlier texts are there", edited)
		}
	})
}
