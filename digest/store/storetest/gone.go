package storetest

import (
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
)

// signs are the ways in which a comment is found to be gone.
func (b *bench) signs(src digest.Source) map[digest.GoneBy]func(c digest.ListedComment, at time.Time) int {
	return map[digest.GoneBy]func(c digest.ListedComment, at time.Time) int{
		digest.ByMarker: func(c digest.ListedComment, at time.Time) int {
			return b.pageAt(src, at, digest.Comment{GUID: c.GUID, Published: c.Published, Hash: "x", Gone: true, GoneReason: "removed"}).GoneComments
		},
		digest.ByTombstone: func(c digest.ListedComment, at time.Time) int {
			return b.page(pull.Page{SourceID: src.ID, Seen: at, Deleted: []string{"unknown", c.GUID}}).GoneComments
		},
		digest.ByAbsence: func(c digest.ListedComment, at time.Time) int {
			n := must(b.MarkAbsent(b.ctx(), src.ID, c.PostID, nil, at))
			return n
		},
		digest.ByPermalink: func(c digest.ListedComment, at time.Time) int {
			n := must(b.MarkGone(b.ctx(), []int64{c.ID, 999, c.ID}, digest.ByPermalink, "its page answers 410"))
			return n
		},
	}
}

var goneTests = []test{
	{"by every sign a comment is gone once, keeps its words, leaves candidates and search, and may come back", func(b *bench) {
		src, _ := b.source("nightbus")
		c := aComment("c1", "p1", "", start, "h1")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")}, Comments: []digest.Comment{c}})
		b.indexAll(0)
		at := start
		for by, mark := range b.signs(src) {
			at = at.Add(time.Hour)
			stored := b.comments()["c1"]
			b.equal(string(by), mark(stored, at), 1)
			b.equal(string(by)+" again", mark(stored, at), 0)
			got := b.comments()["c1"]
			b.equal("the comment", []any{got.State, got.GoneBy, got.GoneReason != "", got.Body.Text(), got.Hash, got.ChangedAt},
				[]any{digest.CommentGone, by, true, "words h1", "h1", start})
			b.equal("candidates", len(b.candidates(desk.CandidateQuery{Since: start})), 0)
			b.indexAll(0)
			b.equal("found", len(b.found("words h1", digest.SearchFilter{})), 0)
			b.equal("found among those gone", b.found("words h1", digest.SearchFilter{State: digest.CommentGone}), []string{"c1"})

			b.equal("back", b.pageAt(src, at.Add(time.Minute), c), pull.Stored{Known: 1, ChangedComments: 1})
			got = b.comments()["c1"]
			b.equal("the comment", []any{got.Gone, got.GoneBy, got.GoneReason, got.ChangedAt}, []any{false, digest.GoneBy(""), "", start})
			b.indexAll(0)
			b.equal("found again", b.found("words h1", digest.SearchFilter{}), []string{"c1"})
		}
		b.wantKind(errOf(b.MarkGone(b.ctx(), []int64{1}, "hearsay", "")), digest.Invalid)
		b.equal("it is there", b.comments()["c1"].Gone, false)
	}},
	{"a marker tells more than other signs", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"))
		must(b.MarkGone(b.ctx(), []int64{b.comments()["c1"].ID}, digest.ByAbsence, "absent"))
		found := digest.Comment{GUID: "c1", Published: start, Hash: "x", Gone: true, GoneBy: digest.ByTombstone, GoneReason: "deleted"}
		b.pageAt(src, after(time.Minute), found)
		b.equal("found twice", b.comments()["c1"].GoneBy, digest.ByAbsence)
		marker := digest.Comment{GUID: "c1", Published: start, Hash: "x", Gone: true, GoneReason: "removed by its author"}
		b.equal("stored", b.pageAt(src, after(time.Hour), marker), pull.Stored{Known: 1})
		got := b.comments()["c1"]
		b.equal("the comment", []any{got.GoneBy, got.GoneReason, got.Body.Text()}, []any{digest.ByMarker, "removed by its author", "words h1"})
	}},
	{"an entry says more than a tombstone of the same page", func(b *bench) {
		src, _ := b.source("nightbus")
		c := aComment("c1", "p1", "", start, "h1")
		b.equal("stored", b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{c}, Deleted: []string{"c1"}}),
			pull.Stored{NewComments: 1})
		b.equal("gone", b.comments()["c1"].Gone, false)
		other, _ := b.source("daybus")
		b.equal("of another blog", b.page(pull.Page{SourceID: other.ID, Seen: start, Deleted: []string{"c1"}}), pull.Stored{})
	}},
	{"absent is what a complete listing lacks of what was known before it was asked for", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h"), aPost("p2", start, "h")}}
		const n = 1203 // more than one statement takes
		for i := range n {
			page.Comments = append(page.Comments, aComment(fmt.Sprint(i), "p1", "", start, "h"))
		}
		page.Comments = append(page.Comments, aComment("elsewhere", "p2", "", start, "h"))
		stored := b.storePage(page)
		b.pageAt(src, after(time.Hour), aComment("late", "p1", "", start, "h"))
		post := b.byGUID()["p1"].ID
		live := must(b.LiveComments(b.ctx(), src.ID, 0, after(time.Hour)))
		b.equal("live, a thousand at once", len(live), pull.MaxLive)
		rest := must(b.LiveComments(b.ctx(), src.ID, live[len(live)-1].ID, after(time.Hour)))
		b.equal("the rest, without what came later", len(rest), n+1-pull.MaxLive)
		b.equal("a name", rest[len(rest)-1].GUID, "elsewhere")
		b.equal("none is absent", must(b.MarkAbsent(b.ctx(), src.ID, post, stored.CommentIDs, after(time.Hour))), 0)
		b.equal("absent", must(b.MarkAbsent(b.ctx(), src.ID, post, stored.CommentIDs[:3], after(time.Hour))), n-3)
		b.equal("live", len(must(b.LiveComments(b.ctx(), src.ID, 0, after(2*time.Hour)))), 3+2)
		b.equal("left", len(must(b.Comments(b.ctx(), digest.CommentFilter{State: digest.CommentNew}))), 3+2)
		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		b.wantKind(errOf(b.MarkAbsent(b.ctx(), src.ID, post, nil, after(2*time.Hour))), digest.NotFound)
	}},
	{"an issue that is approved sees what is gone since", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"))
		id := b.comments()["c1"].ID
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: id, PickedHash: "h1"}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.approve(&issue, after(time.Hour))
		must(b.MarkGone(b.ctx(), []int64{id}, digest.ByPermalink, "its page answers 404"))
		picked := must(b.CandidatesByID(b.ctx(), []int64{id}))
		b.equal("the pick", []any{picked[0].Gone, picked[0].GoneBy, picked[0].GoneReason}, []any{true, digest.ByPermalink, "its page answers 404"})
	}},
}
