package storetest

import (
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/work"
)

// feeds gives a source's feeds.
func (b *bench) feeds(src digest.Source) []digest.FeedState {
	b.Helper()
	all := must(b.Feeds(b.ctx(), src.ID))
	return all
}

// pullDue gives when the pull of a source is due.
func (b *bench) pullDue(src digest.Source) time.Time {
	b.Helper()
	duty := must(b.Duty(b.ctx(), work.NameOf(work.Pull, src.ID)))
	return duty.Next
}

var sourceTests = []test{
	{"what is known of a feed is kept whole, from the start and later", func(b *bench) {
		src := digest.Source{Name: "nightbus", URL: "https://nightbus.example/", Platform: digest.Remark42, AddedAt: start, CommentsPattern: "{url}/rss", PlatformSet: true}
		feeds := []digest.FeedState{fullFeed(digest.FeedState{Kind: digest.PostsFeed, URL: src.URL + "feed"})}
		b.must(b.AddSource(b.ctx(), tester, &src, feeds, firstSeries))
		b.equal("stored", b.feeds(src), feeds)
		b.equal("the source", must(b.Source(b.ctx(), src.ID)), src)
		held := feeds[0].CatchUp
		changed := digest.FeedState{ID: feeds[0].ID, SourceID: src.ID, Kind: digest.PostsFeed, URL: src.URL + "elsewhere", NextPoll: after(time.Hour)}
		b.must(b.SaveFeed(b.ctx(), changed, held))
		b.equal("saved empty", b.feeds(src), []digest.FeedState{changed})
		feeds[0].URL = changed.URL
		b.must(b.SaveFeed(b.ctx(), feeds[0], time.Time{}))
		b.equal("saved full", b.feeds(src), feeds)
		changed.Older = "https://nightbus.example/feed?page=9"
		b.must(b.SaveFeed(b.ctx(), changed, time.Time{}))
		b.equal("how far another came", b.feeds(src)[0].Older, feeds[0].Older)
		_, others := b.source("daybus")
		changed.URL = others[0].URL
		b.wantKind(b.SaveFeed(b.ctx(), changed, held), digest.Conflict)
		changed.ID = 99
		b.wantKind(b.SaveFeed(b.ctx(), changed, held), digest.NotFound)
	}},
	{"a source is saved, and only one that is followed", func(b *bench) {
		src, _ := b.source("nightbus")
		src.Name, src.URL, src.Platform, src.Language, src.CommentsPattern = "Night Bus", "https://new.example/", digest.WordPress, "de", "{url}feed/"
		b.must(b.SaveSource(b.ctx(), tester, src))
		b.equal("the source", must(b.Source(b.ctx(), src.ID)), src)
		src.ID = 99
		b.wantKind(b.SaveSource(b.ctx(), tester, src), digest.NotFound)
		b.wantKind(errOf(b.Source(b.ctx(), src.ID)), digest.NotFound)
	}},
	{"feeds are attached to a source that has none of their kind", func(b *bench) {
		src := digest.Source{Name: "export", URL: "https://export.example/", Platform: digest.Disqus, AddedAt: start}
		b.must(b.AddSource(b.ctx(), tester, &src, nil, firstSeries))
		b.equal("no feed", len(b.feeds(src)), 0)
		b.equal("nothing to pull", b.pullDue(src), time.Time{})
		comments := []digest.FeedState{{Kind: digest.CommentsFeed, URL: src.URL + "comments", NextPoll: after(2 * time.Hour)}}
		same := src
		b.must(b.AddSource(b.ctx(), tester, &same, comments, firstSeries))
		b.equal("the source", same, src)
		b.equal("one feed", b.feeds(src), comments)
		b.equal("due", b.pullDue(src), after(2*time.Hour))
		posts := []digest.FeedState{{Kind: digest.PostsFeed, URL: src.URL + "posts", NextPoll: after(time.Hour)}}
		b.must(b.AddSource(b.ctx(), tester, &same, posts, firstSeries))
		b.equal("two feeds", b.feeds(src), append(posts, comments...))
		b.equal("due sooner", b.pullDue(src), after(time.Hour))

		b.wantKind(b.AddSource(b.ctx(), tester, &same, []digest.FeedState{{Kind: digest.PostsFeed, URL: src.URL + "more"}}, firstSeries), digest.Conflict)
		same.ID = 99
		b.wantKind(b.AddSource(b.ctx(), tester, &same, []digest.FeedState{{Kind: digest.PostsFeed, URL: src.URL + "more"}}, firstSeries), digest.NotFound)
		b.equal("still two", len(b.feeds(src)), 2)
		b.equal("sources", must(b.Sources(b.ctx())), []digest.Source{src})
	}},
	{"a feed that has stopped is no work, until it is taken up again", func(b *bench) {
		src, feeds := b.source("nightbus")
		feeds[0].NextPoll, feeds[1].NextPoll = after(time.Hour), after(2*time.Hour)
		for _, f := range feeds {
			b.must(b.SaveFeed(b.ctx(), f, time.Time{}))
		}
		b.equal("due", b.pullDue(src), after(time.Hour))
		feeds[0].Stopped, feeds[0].NextPoll = true, time.Time{}
		b.must(b.SaveFeed(b.ctx(), feeds[0], time.Time{}))
		b.equal("due with one", b.pullDue(src), after(2*time.Hour))
		feeds[1].Stopped, feeds[1].NextPoll = true, time.Time{}
		b.must(b.SaveFeed(b.ctx(), feeds[1], time.Time{}))
		b.equal("due with none", b.pullDue(src), time.Time{})
		b.must(b.Plan(b.ctx(), after(5*time.Hour)))
		b.equal("planned anew", b.pullDue(src), time.Time{})
		b.must(b.MakeDue(b.ctx(), work.NameOf(work.Pull, src.ID), after(5*time.Hour)))
		b.equal("asked", b.feeds(src)[0].NextPoll, time.Time{})
		feeds[1].Stopped, feeds[1].NextPoll = false, after(6*time.Hour)
		b.must(b.SaveFeed(b.ctx(), feeds[1], time.Time{}))
		b.equal("taken up", b.pullDue(src), after(6*time.Hour))
	}},
	{"an export belongs to the source that holds most of its posts", func(b *bench) {
		one, _ := b.source("nightbus")
		two, _ := b.source("daybus")
		gone, _ := b.source("oldbus")
		b.postsAt(one, start, aPost("p1", start, "h"), aPost("p2", start, "h"))
		b.postsAt(two, start, aPost("p2", start, "h"), aPost("p3", start, "h"), aPost("p4", start, "h"))
		b.postsAt(gone, start, aPost("p1", start, "h"), aPost("p2", start, "h"), aPost("p3", start, "h"), aPost("p4", start, "h"))
		b.must(b.RemoveSource(b.ctx(), tester, gone.ID))
		for _, c := range []struct {
			guids   []string
			source  int64
			matched int
		}{
			{[]string{"p1", "p2", "nowhere"}, one.ID, 2},
			{[]string{"p1", "p2", "p3", "p4"}, two.ID, 3},
			{[]string{"p2"}, one.ID, 1},
			{[]string{"nowhere"}, 0, 0},
			{nil, 0, 0},
		} {
			id, n, err := b.SourceOfPosts(b.ctx(), c.guids)
			b.must(err)
			b.equal(fmt.Sprint(c.guids), [2]int64{id, int64(n)}, [2]int64{c.source, int64(c.matched)})
		}
	}},
}

// listings gives the listings of a source.
func (b *bench) listings(src digest.Source, f pull.ListingFilter) []digest.Listing {
	b.Helper()
	all := must(b.Listings(b.ctx(), src.ID, f))
	return all
}

var postListingTests = []test{
	{"a post's own feed of comments is remembered, with what is announced and stored", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("p1", start, "h")
		p.Key, p.CommentsURL, p.Announced = "post-1", "https://blog.example/p1/feed/", 4
		gone := aComment("marked", "p1", "", start, "h")
		gone.Gone = true
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{
			aComment("c1", "p1", "", start, "h"), gone, aComment("absent", "p1", "", start, "h"), aComment("other", "p2", "", start, "h")}})
		must(b.MarkGone(b.ctx(), []int64{b.comments()["absent"].ID}, digest.ByAbsence, ""))
		want := digest.Listing{PostID: b.byGUID()["p1"].ID, SourceID: src.ID, GUID: "p1", URL: p.URL, Key: "post-1", Title: p.Title, Published: start,
			CommentsURL: p.CommentsURL, Announced: 4, Stored: 2, Listed: -1}
		b.equal("never read", b.listings(src, pull.ListingFilter{}), []digest.Listing{want})
		want.Listed, want.ListedAt, want.NextTry, want.Failures = 4, after(time.Hour), after(2*time.Hour), 1
		want.Validators = digest.Validators{ETag: `"l"`, LastModified: "Mon, 02 Mar 2026 09:00:00 GMT", ValidatorsURL: "https://blog.example/p1/comments"}
		for range 2 {
			b.must(b.SaveListing(b.ctx(), want))
			b.equal("saved", b.listings(src, pull.ListingFilter{}), []digest.Listing{want})
			want.Listed, want.ListedAt, want.NextTry, want.Failures, want.Validators = 0, after(3*time.Hour), time.Time{}, 0, digest.Validators{}
		}
		b.wantKind(b.SaveListing(b.ctx(), digest.Listing{PostID: 99}), digest.NotFound)
	}},
	{"they come newest first, or by id from one on", func(b *bench) {
		src, _ := b.source("nightbus")
		other, _ := b.source("daybus")
		b.postsAt(src, after(9*time.Hour), aPost("a", after(2*time.Hour), "h"), aPost("b", after(3*time.Hour), "h"), aPost("c", start, "h"))
		b.postsAt(other, start, aPost("d", start, "h"))
		ids := b.byGUID()
		for _, c := range []struct {
			filter pull.ListingFilter
			want   string
		}{
			{pull.ListingFilter{}, "[b a c]"},
			{pull.ListingFilter{Limit: 2}, "[b a]"},
			{pull.ListingFilter{AfterID: -1}, "[a b c]"},
			{pull.ListingFilter{AfterID: ids["a"].ID, Limit: 1}, "[b]"},
			{pull.ListingFilter{PostIDs: []int64{ids["c"].ID, ids["a"].ID, ids["d"].ID, 99}}, "[a c]"},
			{pull.ListingFilter{PostIDs: []int64{}}, "[]"},
		} {
			var got []string
			for _, l := range b.listings(src, c.filter) {
				got = append(got, l.GUID)
			}
			b.equal(fmt.Sprintf("%+v", c.filter), fmt.Sprint(got), c.want)
		}
	}},
}
