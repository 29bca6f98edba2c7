package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

var pageTests = []test{
	{"a page's entries are stored whole", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("p1", start, "h1")
		p.Announced = 12
		c := aComment("c1", "p1", "", after(time.Minute), "h1")
		c.AuthorURI, c.Backfill = "https://people.example/7", true
		got := b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{p}, Comments: []digest.Comment{c}, Seen: after(time.Hour)})
		b.equal("stored", got, pull.Stored{NewPosts: 1, NewComments: 1})
		posts := must(b.RecentPosts(b.ctx(), src.ID, 10))
		p.ID, p.SourceID, p.FirstSeen = posts[0].ID, src.ID, after(time.Hour)
		b.equal("posts", posts, []digest.Post{p})
		stored := b.comments()["c1"]
		c.ID, c.SourceID, c.PostID = stored.ID, src.ID, p.ID
		c.FirstSeen, c.ChangedAt = after(time.Hour), after(time.Hour)
		b.equal("the comment", stored, digest.ListedComment{Comment: c, State: digest.CommentNew,
			PostTitle: p.Title, PostURL: p.URL, PostGUID: p.GUID})
		b.equal("the comment alone", must(b.Comment(b.ctx(), c.ID)), stored)
		b.wantKind(errOf(b.Comment(b.ctx(), 99)), digest.NotFound)
	}},
	{"the same page again stores nothing, and knows its entries", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Posts: []digest.Post{aPost("p1", start, "h1")},
			Comments: []digest.Comment{aComment("c1", "p1", "", start, "h1")}, Seen: after(time.Hour), KnownBefore: after(time.Hour)}
		b.equal("first", b.page(page).Known, 0)
		before := b.comments()
		page.Seen, page.KnownBefore = after(2*time.Hour), after(2*time.Hour)
		b.equal("again", b.page(page), pull.Stored{Known: 2})
		b.equal("the rows", b.comments(), before)
		page.KnownBefore = after(time.Hour)
		b.equal("known before it was seen", b.page(page).Known, 0)
	}},
	{"an entry twice in a page counts once, and of one guid the first post", func(b *bench) {
		src, _ := b.source("nightbus")
		got := b.page(pull.Page{SourceID: src.ID, Seen: start,
			Posts:    []digest.Post{aPost("p1", start, "first"), aPost("p1", start, "second")},
			Comments: []digest.Comment{aComment("c1", "p1", "", start, "first"), aComment("c1", "p1", "", start, "first")}})
		b.equal("stored", got, pull.Stored{NewPosts: 1, NewComments: 1})
		b.equal("the words", b.comments()["c1"].Body.Text(), "words first")
	}},
	{"an edit takes the new words and leaves the times of birth", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{aPost("p1", start, "h1")},
			Comments: []digest.Comment{aComment("c1", "p1", "", start, "h1")}, Seen: start})
		p, c := aPost("p1", after(time.Hour), "h2"), aComment("c1", "p1", "", after(time.Hour), "h2")
		p.Title, c.URL = "Renamed", ""
		got := b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{p}, Comments: []digest.Comment{c}, Seen: after(2 * time.Hour)})
		b.equal("stored", got, pull.Stored{ChangedPosts: 1, ChangedComments: 1})
		after1 := b.comments()["c1"]
		b.equal("the comment", []any{after1.Hash, after1.Body.Text(), after1.Published, after1.Updated, after1.FirstSeen, after1.ChangedAt, after1.URL},
			[]any{"h2", "words h2", start, after(time.Hour), start, after(2 * time.Hour), "https://blog.example/p1#c1"})
		posts := must(b.Posts(b.ctx(), digest.PostFilter{}))
		b.equal("the post", []any{posts[0].Title, posts[0].Published, posts[0].FirstSeen, posts[0].Body.Text()},
			[]any{"Renamed", start, start, "words h2"})
	}},
	{"the announced number of comments follows the feed", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("p1", start, "h1")
		b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{p}, Seen: start})
		p.Announced = 31
		b.equal("stored", b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{p}, Seen: start}), pull.Stored{})
		b.equal("announced", must(b.Posts(b.ctx(), digest.PostFilter{}))[0].Announced, 31)
	}},
	{"a comment first met as a placeholder counts as gone", func(b *bench) {
		src, _ := b.source("nightbus")
		c := aComment("c1", "p1", "", start, "placeholder")
		c.Gone = true
		b.equal("stored", b.page(pull.Page{SourceID: src.ID, Comments: []digest.Comment{c}, Seen: start}),
			pull.Stored{NewComments: 1, GoneComments: 1})
	}},
	{"the feed's state is stored with the page or not at all", func(b *bench) {
		src, feeds := b.source("nightbus")
		feed := feeds[0]
		feed.ETag = `"1"`
		b.page(pull.Page{SourceID: src.ID, Seen: start, Feed: &feed, Comments: []digest.Comment{aComment("c1", "p1", "", start, "h")}})
		stored := must(b.Feeds(b.ctx(), src.ID))
		b.equal("the validator", stored[1].ETag, `"1"`)
		feed.ID = 99
		_, err := b.StorePage(b.ctx(), pull.Page{SourceID: src.ID, Seen: start, Feed: &feed,
			Comments: []digest.Comment{aComment("c2", "p1", "", start, "h")}})
		b.wantKind(err, digest.NotFound)
		b.equal("comments", len(b.comments()), 1)
	}},
	{"a page fetched before an approval and stored after it is not lost", func(b *bench) {
		src, _ := b.source("nightbus")
		issue := b.draft(start)
		b.approve(&issue, after(time.Hour))
		b.page(pull.Page{SourceID: src.ID, Seen: after(59 * time.Minute), Comments: []digest.Comment{aComment("c1", "p1", "", start, "h")}})
		next := b.draft(after(2 * time.Hour))
		b.equal("the window", next.WindowFrom, after(time.Hour))
		if seen := b.comments()["c1"].FirstSeen; !seen.After(next.WindowFrom) {
			b.Fatalf("first seen at %v, which is before the window", seen)
		}
	}},
	{"entries without a date are dated by when they were seen", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p1", "", time.Time{}, "h")}})
		b.equal("published", b.comments()["c1"].Published, start)
	}},
	{"two pulls of one page at once leave the rows of one", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")}}
		for i := range 100 {
			parent := ""
			if i%3 == 0 {
				parent = fmt.Sprintf("c%d", (i+50)%100)
			}
			page.Comments = append(page.Comments, aComment(fmt.Sprintf("c%d", i), "p1", parent, after(time.Duration(i)*time.Minute), "h"))
		}
		const pulls = 4
		var wg sync.WaitGroup
		stored, errs := make([]pull.Stored, pulls), make([]error, pulls)
		for i := range pulls {
			wg.Go(func() { stored[i], errs[i] = b.StorePage(b.ctx(), page) })
		}
		wg.Wait()
		b.must(errors.Join(errs...))
		var sum pull.Stored
		for _, s := range stored {
			sum = sum.Add(s)
		}
		b.equal("stored", counts(sum), pull.Stored{NewPosts: 1, NewComments: 100})
		for guid, c := range b.comments() {
			if c.PostID == 0 || (c.ParentRef != "") != (c.ParentID != 0) {
				b.Fatalf("%s is not tied: %+v", guid, c)
			}
		}
	}},
}

var linkTests = []test{
	{"a reply that comes before its parent and its post finds them later", func(b *bench) {
		src, _ := b.source("nightbus")
		store := func(comments ...digest.Comment) {
			b.Helper()
			b.page(pull.Page{SourceID: src.ID, Comments: comments, Seen: start})
		}
		store(aComment("reply", "https://blog.example/p1", "parent", after(time.Hour), "h"))
		got := b.comments()["reply"]
		b.equal("untied", [2]int64{got.PostID, got.ParentID}, [2]int64{})
		store(aComment("parent", "p1", "", start, "h"))
		b.page(pull.Page{SourceID: src.ID, Posts: []digest.Post{aPost("p1", start, "h")}, Seen: start})
		all := b.comments()
		posts := must(b.Posts(b.ctx(), digest.PostFilter{}))
		b.equal("the reply", [2]int64{all["reply"].PostID, all["reply"].ParentID}, [2]int64{posts[0].ID, all["parent"].ID})
		b.equal("the parent", [2]int64{all["parent"].PostID, all["parent"].ParentID}, [2]int64{posts[0].ID, 0})
	}},
	{"within one page, newest first, everything is tied", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")},
			Comments: []digest.Comment{
				aComment("c3", "p1", "c2", after(3*time.Hour), "h"),
				aComment("c2", "p1", "c1", after(2*time.Hour), "h"),
				aComment("c1", "https://blog.example/p1", "", after(time.Hour), "h"),
			}})
		all := b.comments()
		b.equal("parents", [3]int64{all["c3"].ParentID, all["c2"].ParentID, all["c1"].ParentID},
			[3]int64{all["c2"].ID, all["c1"].ID, 0})
	}},
	{"on a long page of long threads, each entry is the one that it says", func(b *bench) {
		src, _ := b.source("nightbus")
		name := func(i int) string { return fmt.Sprintf(`c"%d\é`, i) }
		const entries = 1200
		var page []digest.Comment
		for i := range entries {
			parent := ""
			if i%100 > 50 {
				parent = name(i - 7)
			}
			c := aComment(name(i), "p1", parent, after(time.Duration(i)*time.Minute), fmt.Sprintf("<%d> &\t\u2028", i))
			c.Backfill = i%2 == 0
			page = append(page, c)
		}
		slices.Reverse(page)
		b.equal("stored", b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Comments: page}), pull.Stored{NewComments: entries})
		all := must(b.Comments(b.ctx(), digest.CommentFilter{Limit: 2 * entries}))
		byGUID := map[string]digest.ListedComment{}
		for _, c := range all {
			byGUID[c.GUID] = c
		}
		for _, want := range page {
			got := byGUID[want.GUID].Comment
			want.ID, want.SourceID, want.FirstSeen, want.ChangedAt = got.ID, src.ID, got.FirstSeen, got.ChangedAt
			want.ParentID = byGUID[want.ParentRef].ID
			b.equal("the comment", got, want)
		}
	}},
	{"circles and selves do no harm", func(b *bench) {
		src, _ := b.source("nightbus")
		for range 2 {
			b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{
				aComment("a", "p1", "b", start, "h"), aComment("b", "p1", "a", start, "h"),
				aComment("self", "p1", "self", start, "h")}})
		}
		all := b.comments()
		b.equal("parents", [3]int64{all["a"].ParentID, all["b"].ParentID, all["self"].ParentID},
			[3]int64{all["b"].ID, all["a"].ID, 0})
	}},
	{"names are those of one source", func(b *bench) {
		one, _ := b.source("nightbus")
		two, _ := b.source("daybus")
		b.page(pull.Page{SourceID: one.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")},
			Comments: []digest.Comment{aComment("c1", "p1", "", start, "h")}})
		b.equal("stored", b.page(pull.Page{SourceID: two.ID, Seen: start, Comments: []digest.Comment{
			aComment("c1", "p1", "", start, "h"), aComment("c2", "p1", "c1", start, "h")}}), pull.Stored{NewComments: 2})
		b.equal("the post of the other blog", b.comments()["c2"].PostID, int64(0))
	}},
	{"a post that moves is found by its new address", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("p1", start, "h1")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p},
			Comments: []digest.Comment{aComment("c1", "https://blog.example/moved", "", start, "h")}})
		p.URL, p.Hash = "https://blog.example/moved", "h2"
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}})
		if b.comments()["c1"].PostID == 0 {
			b.Fatal("the comment still waits for its post")
		}
	}},
	{"a post is found by each of its names, by old comments and by new ones", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("tag:post", start, "h")
		p.Key, p.URLKey, p.Ref = "post-7", "/p7", "title:About p7"
		names := []string{p.GUID, p.Key, p.URLKey, p.URL, p.Ref}
		comments := func(when string) (all []digest.Comment) {
			for i, name := range names {
				byRef, byKey := aComment(fmt.Sprint(when, i), name, "", start, "h"), aComment(fmt.Sprint(when, " by key", i), "unknown", "", start, "h")
				byKey.PostKey = name
				all = append(all, byRef, byKey)
			}
			return all
		}
		b.pageAt(src, start, comments("before")...)
		b.postsAt(src, start, p)
		b.pageAt(src, start, comments("after")...)
		b.equal("comments", len(b.comments()), 4*len(names))
		for guid, c := range b.comments() {
			if c.PostID == 0 {
				b.Errorf("%s has not found its post by %q and %q", guid, c.PostRef, c.PostKey)
			}
		}
	}},
	{"names that a known post gets later are names as well", func(b *bench) {
		src, _ := b.source("nightbus")
		waiting := aComment("c1", "", "", start, "h")
		waiting.PostKey = "post-7"
		p := aPost("p7", start, "h")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{waiting}})
		p.Key = "post-7"
		b.equal("stored", b.postsAt(src, after(time.Hour), p), pull.Stored{Known: 1})
		b.equal("the post", b.comments()["c1"].PostID, b.byGUID()["p7"].ID)
	}},
	{"a reply that comes before its parent finds it by its key, also when the key comes later still", func(b *bench) {
		src, _ := b.source("nightbus")
		reply, circle := aComment("r", "p1", "", after(time.Minute), "h"), aComment("self", "p1", "", start, "h")
		reply.ParentKey, circle.Key, circle.ParentKey = "comment-1", "comment-9", "comment-9"
		late := aComment("late", "p1", "", after(time.Minute), "h")
		late.ParentKey = "comment-2"
		b.pageAt(src, start, reply, circle, late, aComment("p2", "p1", "", start, "h"))
		b.pageAt(src, start, keyed(1, "p1", start, "h"))
		b.pageAt(src, start, keyed(2, "p2", start, "h"))
		all := b.comments()
		b.equal("parents", [3]int64{all["r"].ParentID, all["late"].ParentID, all["self"].ParentID}, [3]int64{all["p1"].ID, all["p2"].ID, 0})
		again := aComment("again", "p1", "", start, "h")
		again.ParentKey = "comment-1"
		b.pageAt(src, start, again)
		b.equal("a later reply", b.comments()["again"].ParentID, all["p1"].ID)
	}},
	{"within one page, replies first, parents are found by key", func(b *bench) {
		src, _ := b.source("nightbus")
		one, two, three := keyed(1, "c1", start, "h"), keyed(2, "c2", start, "h"), keyed(3, "c3", start, "h")
		two.ParentKey, three.ParentKey = "comment-1", "comment-2"
		b.pageAt(src, start, three, two, one)
		all := b.comments()
		b.equal("parents", [3]int64{all["c3"].ParentID, all["c2"].ParentID, all["c1"].ParentID}, [3]int64{all["c2"].ID, all["c1"].ID, 0})
	}},
}
