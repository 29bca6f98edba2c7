package storetest

import (
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

var revisionTests = []test{
	{"every change of a draft is kept, and an edit brings back what it took away", func(b *bench) {
		issue := b.picked("c1", "c2")
		rev := digest.Revision{At: after(time.Hour), By: digest.Actor{Kind: digest.ByEditor, Name: "ada@blog.example"}, Did: digest.Edited, Words: "took out row 1"}
		before := issue.Blocks
		issue.Blocks, issue.Intro = issue.Blocks[1:], "Hello"
		b.must(b.SaveDraft(b.ctx(), &issue, rev))
		postponed := rev
		postponed.By, postponed.Did, postponed.Words = digest.Actor{Kind: digest.ByWorker, Name: "host:1"}, digest.Postponed, "postponed it"
		b.must(b.SaveDraft(b.ctx(), &issue, postponed))
		got := b.history(issue)
		none := ""
		rev.ID, rev.IssueID, rev.Version = got[1].ID, issue.ID, 3
		rev.Before = &digest.Content{Intro: &none, Blocks: unversioned(before)}
		postponed.ID, postponed.IssueID, postponed.Version = got[0].ID, issue.ID, 4
		b.equal("the newest", got[:2], []digest.Revision{postponed, rev})
		b.equal("the first", []any{len(got), got[3].Did, got[3].By, got[3].Version}, []any{4, digest.Opened, tester, int64(1)})
		b.equal("limited", len(must(b.Revisions(b.ctx(), issue.ID, 1))), 1)

		issue.Blocks = before
		undo := digest.Revision{At: after(2 * time.Hour), By: tester, Did: digest.Undone, Words: "undid it", Undoes: rev.ID}
		b.must(b.SaveDraft(b.ctx(), &issue, undo))
		b.equal("the rows, with their ids", unversioned(must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)).Blocks), unversioned(before))
		got = b.history(issue)
		b.equal("what can be undone now", []bool{got[0].Before != nil, got[1].Before != nil, got[2].Before != nil, got[3].Before != nil},
			[]bool{false, false, false, true})
		b.equal("what was undone", got[0].Undoes, rev.ID)
	}},
	{"a change that is refused leaves no trace", func(b *bench) {
		issue := b.picked("c1")
		theirs := issue
		theirs.Title = "Theirs"
		b.must(b.SaveDraft(b.ctx(), &theirs, anEdit))
		kept := b.history(issue)
		b.wantKind(b.SaveDraft(b.ctx(), &issue, anEdit), digest.Conflict)
		issue.ApprovedAt, issue.Frozen = start, &digest.Frozen{}
		b.wantKind(b.Approve(b.ctx(), tester, &issue), digest.Conflict)
		b.equal("the history", b.history(issue), kept)
	}},
	{"moves are kept with who made them, and end what can be undone", func(b *bench) {
		issue := b.picked("c1")
		b.approve(&issue, after(time.Hour))
		b.move(issue, digest.Draft, after(2*time.Hour))
		again := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
		b.approve(&again, after(3*time.Hour))
		b.move(again, digest.Published, after(4*time.Hour))
		b.move(again, digest.Withdrawn, after(5*time.Hour))
		var did []digest.Change
		for _, r := range b.history(issue) {
			did = append(did, r.Did)
			b.equal("who", r.By, tester)
			b.equal("to go back to", r.Before, (*digest.Content)(nil))
		}
		b.equal("the changes", did, []digest.Change{"withdrawn", "published", "approved", digest.Reopened, "approved", digest.Edited, digest.Opened})
	}},
	{"a draft takes over what a skipped issue had, and no other", func(b *bench) {
		issue := b.picked("c1", "c2")
		issue.Intro = "Hello"
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.move(issue, digest.Skipped, after(time.Hour))
		next := b.draft(after(time.Hour))
		b.equal("the rows", unversioned(next.Blocks), unversioned(issue.Blocks))
		b.equal("the introduction", next.Intro, "Hello")
		b.equal("where it comes from", b.history(next)[0].Words, fmt.Sprintf("opened it with what was in issue %d", issue.Number))
		b.equal("the draft", must(b.Issue(b.ctx(), next.SeriesID, next.Number)), next)
		b.move(next, digest.Cancelled, after(2*time.Hour))
		b.equal("after a cancelled one", len(b.draft(after(2*time.Hour)).Blocks), 0)
	}},
	{"what an issue asks and what was overridden are kept until it is decided", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		b.approve(&issue, start)
		stands := func() []any {
			b.Helper()
			got := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
			return []any{got.Asks, got.Overrode}
		}
		ask := func() {
			b.Helper()
			got := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
			must(b.Ask(b.ctx(), issue.ID, got.DueAt))
		}
		ask()
		b.equal("asked", stands(), []any{digest.AsksLate, digest.OverrodeNothing})
		b.must(b.SetDue(b.ctx(), tester, issue.ID, start, digest.OverrodeRemovedPick))
		b.equal("decided", stands(), []any{digest.AsksNothing, digest.OverrodeRemovedPick})
		b.equal("who decided", []any{b.history(issue)[0].Did, b.history(issue)[0].By, b.history(issue)[0].Words},
			[]any{digest.Hurried, tester, "sent it at once, although a pick was removed from the blog"})
		b.must(b.SetDue(b.ctx(), tester, issue.ID, start, digest.OverrodeNothing))
		ask()
		b.move(issue, digest.Published, start)
		b.equal("published by hand", stands(), []any{digest.AsksNothing, digest.OverrodeNothing})
	}},
}

// unversioned gives blocks without what tells when they were changed.
func unversioned(blocks []digest.Block) (all []digest.Block) {
	for _, block := range blocks {
		block.Version = 0
		all = append(all, block)
	}
	return all
}

// picked is a draft that picks new comments.
func (b *bench) picked(guids ...string) digest.Issue {
	b.Helper()
	src, _ := b.source("nightbus")
	page := pull.Page{SourceID: src.ID, Seen: start}
	for _, guid := range guids {
		page.Comments = append(page.Comments, aComment(guid, "p", "", start, "h"))
	}
	b.page(page)
	issue := b.draft(start)
	for _, guid := range guids {
		issue.Blocks = append(issue.Blocks, digest.Block{Kind: digest.PickBlock, CommentID: b.comments()[guid].ID, PickedHash: "h"})
	}
	b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
	return issue
}

// history gives an issue's changes, the newest first.
func (b *bench) history(issue digest.Issue) []digest.Revision {
	b.Helper()
	all := must(b.Revisions(b.ctx(), issue.ID, 0))
	return all
}
