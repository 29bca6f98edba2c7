package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/store/database"
)

var listingTests = []test{
	{"posts are listed newest first, by source and time", func(b *bench) {
		src, _ := b.source("nightbus")
		other, _ := b.source("daybus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{
			aPost("p1", start, "h"), aPost("p3", after(3*time.Hour), "h"), aPost("p2", after(2*time.Hour), "h")}})
		b.page(pull.Page{SourceID: other.ID, Seen: start, Posts: []digest.Post{aPost("q", after(time.Hour), "h")}})
		for _, c := range []struct {
			filter digest.PostFilter
			want   []string
		}{
			{digest.PostFilter{}, []string{"p3", "p2", "q", "p1"}},
			{digest.PostFilter{Limit: 2}, []string{"p3", "p2"}},
			{digest.PostFilter{SourceID: src.ID}, []string{"p3", "p2", "p1"}},
			{digest.PostFilter{Since: after(time.Hour), Until: after(3 * time.Hour)}, []string{"p2", "q"}},
		} {
			posts := must(b.Posts(b.ctx(), c.filter))
			var got []string
			for _, p := range posts {
				got = append(got, p.GUID)
			}
			b.equal(fmt.Sprintf("%+v", c.filter), got, c.want)
		}
		recent := must(b.RecentPosts(b.ctx(), src.ID, 1))
		b.equal("the newest", recent[0].GUID, "p3")
	}},
	{"comments are listed by post, time, state and words", func(b *bench) {
		src, _ := b.source("nightbus")
		shout := aComment("shout", "p1", "", after(4*time.Hour), "h")
		shout.Body = digest.Plain("The last BUS to Ærø left empty.\n\nNobody ran.")
		gone := aComment("gone", "p1", "", after(3*time.Hour), "h")
		gone.Gone = true
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h"), aPost("p2", start, "h")},
			Comments: []digest.Comment{shout, gone, aComment("picked", "p1", "", after(2*time.Hour), "h"),
				aComment("old", "p2", "", after(time.Hour), "h")}})
		all := b.comments()
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: all["picked"].ID}, {Kind: digest.PickBlock, CommentID: all["gone"].ID}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.indexAll(0)
		b.wantKind(errOf(b.Comments(b.ctx(), digest.CommentFilter{Text: "%"})), digest.Invalid)
		for _, c := range []struct {
			filter digest.CommentFilter
			want   []string
		}{
			{digest.CommentFilter{}, []string{"shout", "gone", "picked", "old"}},
			{digest.CommentFilter{Limit: 3}, []string{"shout", "gone", "picked"}},
			{digest.CommentFilter{SourceID: src.ID, PostID: all["old"].PostID}, []string{"old"}},
			{digest.CommentFilter{State: digest.CommentPicked}, []string{"picked"}},
			{digest.CommentFilter{State: digest.CommentGone}, []string{"gone"}},
			{digest.CommentFilter{State: digest.CommentNew}, []string{"shout", "old"}},
			{digest.CommentFilter{Text: "bus to æRØ"}, []string{"shout"}},
			{digest.CommentFilter{Text: "words", Limit: 2}, []string{"gone", "picked"}},
			{digest.CommentFilter{Since: after(2 * time.Hour), Until: after(4 * time.Hour)}, []string{"gone", "picked"}},
		} {
			comments := must(b.Comments(b.ctx(), c.filter))
			var got []string
			for _, c := range comments {
				got = append(got, c.GUID)
			}
			b.equal(fmt.Sprintf("%+v", c.filter), got, c.want)
		}
		all = b.comments()
		b.equal("picked in", [2]int{all["picked"].PickedIn, all["gone"].PickedIn}, [2]int{1, 1})
		b.equal("gone though picked", all["gone"].State, digest.CommentGone)
		b.move(issue, digest.Cancelled, after(time.Hour))
		b.equal("new again", b.comments()["picked"].State, digest.CommentNew)
	}},
	{"a listing without a limit is bounded", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Seen: start}
		for i := range database.DefaultLimit + 10 {
			page.Comments = append(page.Comments, aComment(fmt.Sprint(i), "p1", "", start, "h"))
		}
		b.page(page)
		b.equal("listed", len(must(b.Comments(b.ctx(), digest.CommentFilter{}))), database.DefaultLimit)
	}},
}

// guids gives candidates' guids in order.
func guids(all []digest.Candidate) (out []string) {
	for _, c := range all {
		out = append(out, c.GUID)
	}
	return out
}

func (b *bench) candidates(q desk.CandidateQuery) []digest.Candidate {
	b.Helper()
	q.SeriesID = b.series().ID
	all := must(b.Candidates(b.ctx(), q))
	return all
}

var candidateTests = []test{
	{"they come by post, then thread by thread", func(b *bench) {
		src, _ := b.source("nightbus")
		at := func(minutes int) time.Time { return after(time.Duration(minutes) * time.Minute) }
		b.page(pull.Page{SourceID: src.ID, Seen: start,
			Posts: []digest.Post{aPost("old", start, "h"), aPost("new", after(time.Hour), "h")},
			Comments: []digest.Comment{
				aComment("n2", "new", "", at(20), "h"),
				aComment("n1", "new", "", at(10), "h"),
				aComment("n1b", "new", "n1", at(40), "h"),
				aComment("n1a", "new", "n1", at(30), "h"),
				aComment("n1a1", "new", "n1a", at(50), "h"),
				aComment("stray", "new", "o1", at(15), "h"),         // its parent is under another post
				aComment("orphan", "new", "nowhere", at(5), "h"),    // its parent is not known
				aComment("x", "new", "y", at(1), "h"),               // x and y reply to each other
				aComment("y", "new", "x", at(2), "h"),               //
				aComment("o1", "old", "", at(60), "h"),              //
				aComment("homeless", "nowhere", "", at(100), "h")}}) // its post is not known
		all := b.candidates(desk.CandidateQuery{Since: start})
		b.equal("the order", guids(all), []string{"orphan", "n1", "n1a", "n1a1", "n1b", "stray", "n2", "x", "y", "o1", "homeless"})
		b.equal("replies", []int{all[1].Replies, all[2].Replies, all[3].Replies, all[9].Replies}, []int{2, 1, 0, 1})
		b.equal("the post", []any{all[0].PostTitle, all[0].PostURL, all[0].PostPublished}, []any{"About new", "https://blog.example/new", after(time.Hour)})
		b.equal("no post", []any{all[10].PostTitle, all[10].PostPublished}, []any{"", time.Time{}})
		b.equal("limited", guids(b.candidates(desk.CandidateQuery{Since: start, Limit: 3})), []string{"orphan", "n1", "n1a"})
		b.equal("by id", must(b.CandidatesByID(b.ctx(), []int64{all[9].ID, 999, all[0].ID})), []digest.Candidate{all[9], all[0]})
	}},
	{"whoever replies to whom, each comes once, and a reply after its parent", func(b *bench) {
		src, _ := b.source("nightbus")
		random := rand.New(rand.NewPCG(1, 2))
		const n = 200
		page := pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p0", start, "h"), aPost("p1", start, "h")}}
		for i := range n {
			parent := ""
			if random.IntN(4) > 0 {
				parent = fmt.Sprint(random.IntN(n))
			}
			page.Comments = append(page.Comments, aComment(fmt.Sprint(i), fmt.Sprintf("p%d", i%2), parent,
				after(time.Duration(random.IntN(50))*time.Minute), "h"))
		}
		b.page(page)
		all := b.candidates(desk.CandidateQuery{Since: start})
		b.equal("candidates", len(all), n)
		place, parents, posts := map[int64]int{}, map[int64]int64{}, map[int64]int64{}
		for i, c := range all {
			place[c.ID], parents[c.ID], posts[c.ID] = i, c.ParentID, c.PostID
		}
		b.equal("different ones", len(place), n)
		for _, c := range all {
			circle, up := false, c.ParentID
			for range n {
				circle = circle || up == c.ID
				up = parents[up]
			}
			if c.ParentID != 0 && posts[c.ParentID] == c.PostID && !circle && place[c.ParentID] > place[c.ID] {
				b.Fatalf("%s stands before its parent", c.GUID)
			}
		}
	}},
	{"gone ones are left out and are no replies", func(b *bench) {
		src, _ := b.source("nightbus")
		gone := aComment("gone", "p", "c", start, "h")
		gone.Gone = true
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p", start, "h")},
			Comments: []digest.Comment{gone, aComment("c", "p", "", start, "h"), aComment("r", "p", "gone", start, "h")}})
		for _, q := range []desk.CandidateQuery{{Since: start}, {Since: after(time.Hour), PostsSince: start}, {SeenAfter: after(-time.Hour)}} {
			all := b.candidates(q)
			b.equal("candidates", guids(all), []string{"c", "r"})
			b.equal("replies", all[0].Replies, 0)
		}
		b.equal("gone by id", len(must(b.CandidatesByID(b.ctx(), []int64{b.comments()["gone"].ID}))), 1)
	}},
	{"a later issue's are those first seen in its window", func(b *bench) {
		src, _ := b.source("nightbus")
		old := aComment("backfill", "p", "", after(-time.Hour), "h")
		old.Backfill = true
		young := aComment("young backfill", "p", "", after(time.Minute), "h")
		young.Backfill = true
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("before", "p", "", start, "h")}})
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Microsecond), Comments: []digest.Comment{
			old, young, aComment("late", "p", "", after(-240*time.Hour), "h")}})
		b.equal("candidates", guids(b.candidates(desk.CandidateQuery{SeenAfter: start})), []string{"late", "young backfill"})
	}},
	{"a first issue's go by publication, or by their posts'", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start,
			Posts: []digest.Post{aPost("old", after(-100*time.Hour), "h"), aPost("new", after(-10*time.Hour), "h")},
			Comments: []digest.Comment{
				aComment("old1", "old", "", after(-99*time.Hour), "h"), aComment("old2", "old", "", after(-time.Hour), "h"),
				aComment("new1", "new", "", after(-9*time.Hour), "h"), aComment("new2", "new", "", after(-time.Hour), "h")}})
		b.equal("by publication", guids(b.candidates(desk.CandidateQuery{Since: after(-time.Hour)})), []string{"new2", "old2"})
		b.equal("or by post", guids(b.candidates(desk.CandidateQuery{Since: after(-time.Hour), PostsSince: after(-10 * time.Hour)})),
			[]string{"new1", "new2", "old2"})
	}},
	{"activity and counts leave out what is gone", func(b *bench) {
		src, _ := b.source("nightbus")
		gone := aComment("gone", "p1", "", after(time.Hour), "h")
		gone.Gone = true
		b.page(pull.Page{SourceID: src.ID, Seen: start,
			Posts:    []digest.Post{aPost("p1", start, "h"), aPost("p2", after(time.Hour), "h"), aPost("p0", after(-time.Hour), "h")},
			Comments: []digest.Comment{gone, aComment("c1", "p1", "", start, "h"), aComment("c2", "p1", "", after(time.Hour), "h")}})
		counts := must(b.PostActivity(b.ctx(), b.series().ID, 2))
		b.equal("activity", fmt.Sprint(counts), fmt.Sprintf("[{%v 0} {%v 2}]", after(time.Hour), start))
		b.equal("since", must(b.CommentsSince(b.ctx(), b.series().ID, after(time.Hour))), 1)
	}},
	{"picks of other issues are known, cancelled ones forgotten", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p", "", start, "h"), aComment("c2", "p", "", start, "h")}})
		id := b.comments()["c1"].ID
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: id}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		picked := func(except int64) map[int64]int {
			m := must(b.PickedIn(b.ctx(), issue.SeriesID, except, []int64{id, b.comments()["c2"].ID}))
			return m
		}
		b.equal("picked", picked(0), map[int64]int{id: 1})
		b.equal("by others", picked(issue.ID), map[int64]int{})
		b.move(issue, digest.Cancelled, start)
		b.equal("after cancelling", picked(0), map[int64]int{})
	}},
}
