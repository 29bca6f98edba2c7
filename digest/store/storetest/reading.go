package storetest

import (
	"maps"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/reading"
)

// offered is a draft whose window has five comments under two posts and one without a
// known post; c1 has a reply.
func (b *bench) offered() (digest.Issue, map[string]int64) {
	b.Helper()
	src, _ := b.source("nightbus")
	page := pull.Page{SourceID: src.ID, Seen: after(2 * time.Hour), Posts: []digest.Post{aPost("p1", start, "h"), aPost("p2", after(time.Hour), "h")}}
	for _, c := range []digest.Comment{
		aComment("c1", "p1", "", after(time.Minute), "h1"), aComment("c2", "p1", "c1", after(2*time.Minute), "h2"),
		aComment("c3", "p1", "", after(3*time.Minute), "h3"), aComment("c4", "p2", "", after(61*time.Minute), "h4"),
		aComment("c5", "p2", "", after(62*time.Minute), "h5"), aComment("c6", "nowhere", "", after(63*time.Minute), "h6"),
	} {
		if c.GUID == "c3" {
			c.Author, c.Words = "Ines", 60
		}
		page.Comments = append(page.Comments, c)
	}
	b.page(page)
	issue := b.draft(after(3 * time.Hour))
	ids := map[string]int64{}
	for guid, c := range b.comments() {
		ids[guid] = c.ID
	}
	issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: ids["c1"], PickedHash: "h1"}}
	b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
	b.must(b.Decide(b.ctx(), issue, decision(tester, digest.SkipIt, ids["c2"])))
	b.must(b.Decide(b.ctx(), issue, decision(tester, digest.MaybeIt, ids["c4"])))
	return issue, ids
}

// lefts gives how many are left of how many, by post.
func lefts(posts []reading.Post) (all [][3]int64) {
	for _, p := range posts {
		all = append(all, [3]int64{p.ID, int64(p.Left), int64(p.All)})
	}
	return all
}

var readingTests = []test{
	{"what is left is counted by post, and by the filters", func(b *bench) {
		issue, ids := b.offered()
		q := reading.Query{CandidateQuery: desk.CandidateQuery{SeriesID: issue.SeriesID, IssueID: issue.ID, SeenAfter: start}}
		posts := must(b.ReadingPosts(b.ctx(), q))
		b.equal("by post", lefts(posts), [][3]int64{{2, 1, 2}, {1, 1, 3}, {0, 1, 1}})
		b.equal("its title", []any{posts[0].Title, posts[0].Dated, posts[0].Newest, posts[1].Offered, posts[1].Open}, []any{"About p2", after(time.Hour), ids["c5"], 3, 1})
		b.equal("in all", must(b.Open(b.ctx(), q.CandidateQuery)), 3)
		for name, c := range map[string]struct {
			filter reading.Filter
			want   [][3]int64
		}{
			"named":   {reading.Filter{Named: true}, [][3]int64{{2, 0, 0}, {1, 1, 1}, {0, 0, 0}}},
			"words":   {reading.Filter{Words: 50}, [][3]int64{{2, 0, 0}, {1, 1, 1}, {0, 0, 0}}},
			"replies": {reading.Filter{Replies: 1}, [][3]int64{{2, 0, 0}, {1, 0, 1}, {0, 0, 0}}},
		} {
			q.Filter = c.filter
			b.equal(name, lefts(must(b.ReadingPosts(b.ctx(), q))), c.want)
		}
		q.Filter = reading.Filter{}
		q.SeenAfter, q.Since, q.PostsSince = time.Time{}, after(62*time.Minute), after(30*time.Minute)
		b.equal("a first issue's", lefts(must(b.ReadingPosts(b.ctx(), q))), [][3]int64{{2, 1, 2}, {0, 1, 1}})
		older := reading.Query{CandidateQuery: desk.CandidateQuery{SeriesID: issue.SeriesID, IssueID: issue.ID}, Filter: reading.Filter{Older: true}, Posts: 1, From: 1}
		b.equal("a page of all posts", lefts(must(b.ReadingPosts(b.ctx(), older))), [][3]int64{{1, 1, 3}})
	}},
	{"a thread comes with what was decided, without words", func(b *bench) {
		issue, ids := b.offered()
		q := reading.Query{CandidateQuery: desk.CandidateQuery{SeriesID: issue.SeriesID, IssueID: issue.ID, SeenAfter: start}, Filter: reading.Filter{Named: true}}
		got := map[int64]reading.Node{}
		for _, n := range must(b.ReadingNodes(b.ctx(), q, 1)) {
			got[n.ID] = n
		}
		b.equal("how many", len(got), 3)
		b.equal("picked", []any{got[ids["c1"]].Picked, got[ids["c1"]].IsOpen(issue.ID), got[ids["c2"]].Parent}, []any{true, false, ids["c1"]})
		b.equal("skipped", []any{got[ids["c2"]].Decided.Decision, got[ids["c2"]].Decided.By, got[ids["c2"]].IsOpen(issue.ID)}, []any{digest.SkipIt, tester, false})
		b.equal("open", []any{got[ids["c3"]].IsOpen(issue.ID), got[ids["c3"]].Fits, got[ids["c2"]].Fits, got[ids["c3"]].Words}, []any{true, true, false, 60})
		b.equal("without a post", len(must(b.ReadingNodes(b.ctx(), q, 0))), 1)
	}},
	{"what came since is told, but to whom it is no news", func(b *bench) {
		issue, ids := b.offered()
		comment, post, revision, err := b.Newest(b.ctx(), issue.ID)
		b.must(err)
		b.equal("the newest", []int64{comment, post}, []int64{slices.Max(slices.Collect(maps.Values(ids))), 2})
		ben := digest.Actor{Kind: digest.ByEditor, Name: "ben@blog.example"}
		b.must(b.Decide(b.ctx(), issue, decision(ben, digest.SkipIt, ids["c5"])))
		b.page(pull.Page{SourceID: 1, Seen: after(4 * time.Hour), Comments: []digest.Comment{aComment("c7", "p2", "", after(200*time.Minute), "h7")}})
		seen := reading.Seen{IssueID: issue.ID, Comment: comment, Revision: revision, By: tester}
		news := must(b.News(b.ctx(), seen))
		b.equal("news", []any{len(news.Done), news.Done[0].By.Name, news.Done[0].Words}, []any{1, ben.Name, "decided"})
		seen.By = ben
		b.equal("his own", len(must(b.News(b.ctx(), seen)).Done), 0)
	}},
	{"places and keys are each editor's own", func(b *bench) {
		issue, _ := b.offered()
		b.must(b.SavePlace(b.ctx(), "ann", issue.SeriesID, "post=1"))
		b.must(b.SavePlace(b.ctx(), "ann", issue.SeriesID, "post=2"))
		b.equal("the last place", must(b.Place(b.ctx(), "ann", issue.SeriesID)), "post=2")
		b.equal("another's", must(b.Place(b.ctx(), "ben", issue.SeriesID)), "")
		b.must(b.SetKeys(b.ctx(), "ann", false))
		b.must(b.SetKeys(b.ctx(), "ann", false))
		b.equal("keys", []bool{must(b.KeysOff(b.ctx(), "ann")), must(b.KeysOff(b.ctx(), "ben"))}, []bool{true, false})
		b.must(b.SetKeys(b.ctx(), "ann", true))
		b.equal("on again", must(b.KeysOff(b.ctx(), "ann")), false)
	}},
}
