package storetest

import (
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

var checkTests = []test{
	{"what was looked at is kept by issue and key, and goes with the issue", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		seen := digest.Seen{By: tester, At: start}
		b.must(b.MarkSeen(b.ctx(), issue.ID, "k1", &seen))
		later := digest.Seen{By: digest.Actor{Kind: digest.ByEditor, Name: "ada@blog.example"}, At: after(time.Hour)}
		b.must(b.MarkSeen(b.ctx(), issue.ID, "k1", &later))
		b.must(b.MarkSeen(b.ctx(), issue.ID, "k2", &seen))
		b.equal("seen", must(b.Seen(b.ctx(), issue.ID)), map[string]digest.Seen{"k1": later, "k2": seen})
		b.must(b.MarkSeen(b.ctx(), issue.ID, "k1", nil))
		b.equal("left", must(b.Seen(b.ctx(), issue.ID)), map[string]digest.Seen{"k2": seen})
		b.wantKind(b.MarkSeen(b.ctx(), 999, "k", &seen), digest.NotFound)
	}},
	{"what blogs said is kept by comment, the last of it", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"), aComment("c2", "p1", "", start, "h2"))
		one, two := b.comments()["c1"].ID, b.comments()["c2"].ID
		b.must(b.SaveAnswers(b.ctx(), []digest.Answer{
			{CommentID: one, AskedAt: start, Said: digest.SaidUnsure}, {CommentID: 999, AskedAt: start, Said: digest.SaidThere}}))
		said := digest.Answer{CommentID: one, AskedAt: after(time.Minute), Said: digest.SaidThere}
		b.must(b.SaveAnswers(b.ctx(), []digest.Answer{said}))
		b.equal("answers", must(b.Answers(b.ctx(), []int64{one, two, 999})), map[int64]digest.Answer{one: said})
	}},
	{"an asking is open until it is done, and a second wish does not begin it anew", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		b.equal("never", must(b.Asking(b.ctx(), issue.ID)).IsOpen(), false)
		a := must(b.WantAsking(b.ctx(), tester, issue.ID, start, "ask"))
		b.equal("who wanted it", b.did(digest.AuditFilter{Limit: 1}), []string{"tester asked the blogs again about issue 1 of " + b.series().Name})
		b.equal("open", []any{a.IsOpen(), a.WantedAt, a.By}, []any{true, start, tester})
		a.BeganAt, a.Total, a.Done = after(time.Second), 20, 14
		b.must(b.SaveAsking(b.ctx(), a))
		again := must(b.WantAsking(b.ctx(), digest.Actor{Kind: digest.ByEditor, Name: "ben"}, issue.ID, after(time.Minute), "ask"))
		b.equal("the same", again, a)
		b.equal("rows", len(b.did(digest.AuditFilter{Did: digest.BlogsAsked})), 1)
		b.equal("to do", must(b.OpenAskings(b.ctx())), []digest.Asking{a})
		a.DoneAt, a.Done, a.Notices = after(time.Minute), 20, []string{"the blog was slow", "and more"}
		b.must(b.SaveAsking(b.ctx(), a))
		b.equal("done", must(b.Asking(b.ctx(), issue.ID)), a)
		b.equal("nothing to do", len(must(b.OpenAskings(b.ctx()))), 0)
		anew := must(b.WantAsking(b.ctx(), tester, issue.ID, after(time.Hour), "ask"))
		b.equal("anew", []any{anew.IsOpen(), anew.Done, anew.Notices == nil}, []any{true, 0, true})
		b.must(b.SaveAsking(b.ctx(), a)) // of the run before
		b.equal("untouched", must(b.Asking(b.ctx(), issue.ID)), anew)
		b.wantKind(errOf(b.WantAsking(b.ctx(), tester, 999, start, "ask")), digest.NotFound)
	}},
	{"what a link said is kept by its address, and old ones are forgotten", func(b *bench) {
		old := digest.LinkAnswer{URL: "https://a.example/old", AskedAt: after(-100 * 24 * time.Hour), Status: 200}
		b.must(b.SaveLink(b.ctx(), old))
		dead := digest.LinkAnswer{URL: "https://a.example/x", AskedAt: start, Status: 404}
		b.must(b.SaveLink(b.ctx(), digest.LinkAnswer{URL: dead.URL, AskedAt: start, Fault: "no answer"}))
		b.must(b.SaveLink(b.ctx(), dead))
		b.equal("links", must(b.LinkAnswers(b.ctx(), []string{dead.URL, old.URL})), map[string]digest.LinkAnswer{dead.URL: dead})
	}},
	{"a reply belongs to the thread of the comment at its beginning", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"), aComment("c2", "p1", "c1", after(time.Second), "h2"),
			aComment("c3", "p1", "c2", after(2*time.Second), "h3"), aComment("c4", "p1", "", start, "h4"))
		id := func(guid string) int64 { return b.comments()[guid].ID }
		b.equal("threads", must(b.Threads(b.ctx(), []int64{id("c3"), id("c4"), id("c1")})),
			map[int64]int64{id("c3"): id("c1"), id("c4"): id("c4"), id("c1"): id("c1")})
	}},
	{"a term is added to the glossary once", func(b *bench) {
		b.source("nightbus")
		has := func(term string) func(digest.Publication) bool {
			return func(p digest.Publication) bool {
				for _, t := range p.Terms() {
					if t == term {
						return true
					}
				}
				return false
			}
		}
		b.equal("added", must(b.AddTerm(b.ctx(), tester, "CPC: a card", has("CPC"))), true)
		b.equal("again", must(b.AddTerm(b.ctx(), tester, "CPC", has("CPC"))), false)
		b.equal("another", must(b.AddTerm(b.ctx(), tester, "AVL", has("AVL"))), true)
		b.equal("terms", must(b.Publication(b.ctx())).Terms(), []string{"CPC", "AVL"})
		list := "Harriet\nThe Depot"
		b.must(b.change(desk.Settings{WatchList: &list}))
		b.equal("watched", must(b.Publication(b.ctx())).Watched(), []string{"Harriet", "The Depot"})
	}},
	{"what was decided about a pick, and where the mail ends, is kept and can be undone", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"))
		id := b.comments()["c1"].ID
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: id, PickedHash: "h1"}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		c := aComment("c1", "p1", "", start, "h2")
		c.Body = digest.Plain("other words")
		b.pageAt(src, after(time.Hour), c)
		b.equal("versions", []any{len(must(b.CommentVersions(b.ctx(), id))), must(b.CommentVersions(b.ctx(), id))[0].Hash}, []any{1, "h1"})
		b.equal("standing", must(b.Standings(b.ctx(), issue.ID)), map[int64]digest.Standing{id: {Hash: "h2"}})

		issue.MailEnds = issue.Blocks[0].ID
		issue.Blocks[0].AsPicked = "h2"
		issue.Blocks[0].Overruled = &digest.Overruling{Sign: digest.ByPermalink, At: after(time.Hour), By: "ada"}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		stored := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
		b.equal("blocks", stored.Blocks, issue.Blocks)
		b.equal("the mail's end", stored.MailEnds, issue.Blocks[0].ID)
		before := must(b.Revisions(b.ctx(), issue.ID, 1))[0].Before
		b.equal("what undo brings back", []any{before.Blocks[0].AsPicked, before.Blocks[0].Overruled == nil, *before.MailEnds}, []any{"", true, int64(0)})
		// The same words under another hash leave what was decided as it is.
		c.Hash = "h3"
		b.pageAt(src, after(2*time.Hour), c)
		b.equal("as picked", must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)).Blocks[0].AsPicked, "h3")
	}},
}
