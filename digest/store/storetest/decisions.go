package storetest

import (
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/search"
)

// decision makes a revision that decides of comments.
func decision(by digest.Actor, d digest.Decision, ids ...int64) digest.Revision {
	rev := digest.Revision{At: after(time.Hour), By: by, Did: digest.Judged, Words: "decided"}
	for _, id := range ids {
		rev.Decides = append(rev.Decides, digest.Decided{CommentID: id, Decision: d, At: rev.At, By: by})
	}
	return rev
}

// decided gives what was decided of comments.
func (b *bench) decided(ids ...int64) map[int64]digest.Decision {
	b.Helper()
	got := map[int64]digest.Decision{}
	for id, d := range must(b.Decisions(b.ctx(), b.series().ID, ids)) {
		got[id] = d.Decision
	}
	return got
}

var decisionTests = []test{
	{"a decision is kept with who made it, and leaves the draft as it is", func(b *bench) {
		issue := b.picked("c1", "c2")
		id := b.comments()["c2"].ID
		ann := digest.Actor{Kind: digest.ByEditor, Name: "ann@blog.example"}
		b.must(b.Decide(b.ctx(), issue, decision(ann, digest.SkipIt, id)))
		b.equal("the draft", must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)), issue)
		want := digest.Decided{CommentID: id, Decision: digest.SkipIt, IssueID: issue.ID, At: after(time.Hour), By: ann}
		b.equal("the decision", must(b.Decisions(b.ctx(), issue.SeriesID, []int64{id, 999})), map[int64]digest.Decided{id: want})
		rev := b.history(issue)[0]
		b.equal("its change", []any{rev.Did, rev.By, rev.Version, rev.Before.Decisions},
			[]any{digest.Judged, ann, issue.Version, []digest.Decided{{CommentID: id}}})

		b.must(b.Decide(b.ctx(), issue, decision(tester, digest.MaybeIt, id)))
		b.equal("the later one holds", b.decided(id), map[int64]digest.Decision{id: digest.MaybeIt})
		rev = b.history(issue)[0]
		b.equal("what it was before", rev.Before.Decisions, []digest.Decided{want})

		undo := digest.Revision{At: after(2 * time.Hour), By: tester, Did: digest.Undone, Words: "undid it", Undoes: rev.ID, Decides: rev.Before.Decisions}
		b.must(b.Decide(b.ctx(), issue, undo))
		b.equal("taken back", must(b.Decisions(b.ctx(), issue.SeriesID, []int64{id})), map[int64]digest.Decided{id: want})
		b.equal("it cannot be undone twice", b.history(issue)[1].Before == nil, true)
	}},
	{"a change of the draft decides in the same moment, or not at all", func(b *bench) {
		issue := b.picked("c1")
		id := b.comments()["c1"].ID
		older := issue
		rev := decision(tester, digest.SkipIt, id)
		rev.Did = digest.Edited
		issue.Blocks = nil
		b.must(b.SaveDraft(b.ctx(), &issue, rev))
		b.equal("decided", b.decided(id), map[int64]digest.Decision{id: digest.SkipIt})
		b.equal("what it takes back", b.history(issue)[0].Before.Decisions, []digest.Decided{{CommentID: id}})
		rev.Decides[0].Decision = digest.MaybeIt
		b.wantKind(b.SaveDraft(b.ctx(), &older, rev), digest.Conflict)
		b.equal("refused", b.decided(id), map[int64]digest.Decision{id: digest.SkipIt})
	}},
	{"only of what is known, and only for a draft", func(b *bench) {
		issue := b.picked("c1", "c2")
		b.wantKind(b.Decide(b.ctx(), issue, decision(tester, digest.SkipIt, b.comments()["c2"].ID, 999)), digest.NotFound)
		b.equal("nothing is kept", b.decided(b.comments()["c2"].ID), map[int64]digest.Decision{})
		history := b.history(issue)
		b.approve(&issue, after(time.Hour))
		b.wantKind(b.Decide(b.ctx(), issue, decision(tester, digest.SkipIt, b.comments()["c2"].ID)), digest.Conflict)
		b.equal("its history", len(b.history(issue)), len(history)+1)
	}},
	{"what was kept for later is offered in the next issue, what was skipped is found", func(b *bench) {
		issue := b.picked("c1", "c2", "c3")
		all := b.comments()
		issue.Blocks = issue.Blocks[:1]
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.must(b.Decide(b.ctx(), issue, decision(tester, digest.MaybeIt, all["c2"].ID)))
		b.must(b.Decide(b.ctx(), issue, decision(tester, digest.SkipIt, all["c3"].ID)))
		none := desk.CandidateQuery{SeriesID: issue.SeriesID, SeenAfter: after(time.Hour)}
		b.equal("not in its own issue again", guids(must(b.Candidates(b.ctx(), none))), []string(nil))
		b.approve(&issue, after(2*time.Hour))
		next := b.draft(after(3 * time.Hour))
		none.IssueID = next.ID
		b.equal("in the next", guids(must(b.Candidates(b.ctx(), none))), []string{"c2"})
		kept := must(b.Decisions(b.ctx(), issue.SeriesID, []int64{all["c2"].ID}))[all["c2"].ID]
		for _, twice := range []digest.Decision{digest.MaybeIt, digest.SkipIt} {
			b.must(b.Decide(b.ctx(), next, decision(tester, twice, all["c2"].ID)))
			b.equal("decided anew", guids(must(b.Candidates(b.ctx(), none))), []string(nil))
			b.must(b.Decide(b.ctx(), next, decision(tester, digest.Undecided, all["c2"].ID)))
			b.equal("and that taken back", must(b.Decisions(b.ctx(), issue.SeriesID, []int64{all["c2"].ID}))[all["c2"].ID], kept)
			b.equal("it is offered again", guids(must(b.Candidates(b.ctx(), none))), []string{"c2"})
		}
		for state, want := range map[digest.CommentState][]string{
			digest.CommentMaybe: {"c2"}, digest.CommentSkipped: {"c3"}, digest.CommentPicked: {"c1"},
		} {
			var got []string
			for _, c := range must(b.Comments(b.ctx(), digest.CommentFilter{State: state})) {
				b.equal("its state", c.State, state)
				got = append(got, c.GUID)
			}
			b.equal(string(state), got, want)
			must(b.Index(b.ctx(), 0))
			found := must(b.SearchComments(b.ctx(), must(search.Parse("words")), digest.SearchFilter{State: state}))
			b.equal("found", len(found.All), len(want))
		}
		b.equal("new", len(must(b.Comments(b.ctx(), digest.CommentFilter{State: digest.CommentNew}))), len(all)-3)
	}},
	{"what was decided for a draft that gives way stays decided", func(b *bench) {
		issue := b.picked("c1", "c2")
		b.approve(&issue, after(time.Hour))
		next := b.draft(after(2 * time.Hour))
		id := b.comments()["c2"].ID
		b.must(b.Decide(b.ctx(), next, decision(tester, digest.MaybeIt, id)))
		b.move(issue, digest.Draft, after(3*time.Hour))
		b.equal("for the issue before", must(b.Decisions(b.ctx(), issue.SeriesID, []int64{id}))[id].IssueID, issue.ID)
	}},
}
