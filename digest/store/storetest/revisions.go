package storetest

import (
	"errors"
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
		issue.Blocks, issue.Intro, issue.Subject, issue.Preheader = issue.Blocks[1:], "Hello", "Look", "Here"
		b.must(b.SaveDraft(b.ctx(), &issue, rev))
		postponed := rev
		postponed.By, postponed.Did, postponed.Words = digest.Actor{Kind: digest.ByWorker, Name: "host:1"}, digest.Postponed, "postponed it"
		b.must(b.SaveDraft(b.ctx(), &issue, postponed))
		got := b.history(issue)
		none := ""
		rev.ID, rev.IssueID, rev.Version = got[1].ID, issue.ID, 3
		rev.Before = &digest.Content{Intro: &none, Subject: &none, Preheader: &none, Blocks: unversioned(before)}
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
	{"changes since a version are told without what they took away, and the last that can be undone with it", func(b *bench) {
		issue := b.picked("c1")
		slug, first := b.series().Slug, issue.Version
		said := func(series string, since int64, limit int) (words []string) {
			b.Helper()
			for _, r := range must(b.ChangesSince(b.ctx(), series, issue.Number, since, limit)) {
				words = append(words, r.Words)
				b.equal("what it took away", r.Before, (*digest.Content)(nil))
			}
			return words
		}
		for _, title := range []string{"One", "Two"} {
			rev := anEdit
			issue.Title, rev.Words = title, "titled it "+title
			b.must(b.SaveDraft(b.ctx(), &issue, rev))
		}
		b.equal("since", said(slug, first, 0), []string{"titled it Two", "titled it One"})
		b.equal("of the only series", said("", first+1, 0), []string{"titled it Two"})
		b.equal("at most", said(slug, 0, 1), []string{"titled it Two"})
		b.equal("nothing", said(slug, issue.Version, 0), []string(nil))
		b.equal("of another series", said("other", 0, 0), []string(nil))
		last := must(b.Undoable(b.ctx(), issue.ID))
		b.equal("the last edit", []any{last.Words, last.Before.Title, last.Version}, []any{"titled it Two", "One", issue.Version})
		issue.Title = "One"
		b.must(b.SaveDraft(b.ctx(), &issue, digest.Revision{At: start, By: tester, Did: digest.Undone, Words: "undid it", Undoes: last.ID}))
		b.equal("the one before", must(b.Undoable(b.ctx(), issue.ID)).Words, "titled it One")
		b.move(issue, digest.Cancelled, start)
		b.equal("after the end", must(b.Undoable(b.ctx(), issue.ID)), (*digest.Revision)(nil))
	}},
	{"a change that is refused leaves no trace", func(b *bench) {
		issue := b.picked("c1")
		theirs := issue
		theirs.Title = "Theirs"
		b.must(b.SaveDraft(b.ctx(), &theirs, anEdit))
		kept := b.history(issue)
		b.wantKind(b.SaveDraft(b.ctx(), &issue, anEdit), digest.Conflict)
		issue.ApprovedAt, issue.Frozen = start, &digest.Frozen{}
		b.wantKind(b.Approve(b.ctx(), tester, &issue, nil), digest.Conflict)
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
		issue.Intro, issue.Subject, issue.Preheader = "Hello", "Number 1", "Of the night"
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.move(issue, digest.Skipped, after(time.Hour))
		next := b.draft(after(time.Hour))
		b.equal("the rows", unversioned(next.Blocks), unversioned(issue.Blocks))
		b.equal("the introduction, and the preheader alone", []string{next.Intro, next.Subject, next.Preheader}, []string{"Hello", "", "Of the night"})
		b.equal("where it comes from", b.history(next)[0].Words, fmt.Sprintf("opened it with what was in issue %d", issue.Number))
		b.equal("the draft", must(b.Issue(b.ctx(), next.SeriesID, next.Number)), next)
		b.move(next, digest.Cancelled, after(2*time.Hour))
		b.equal("after a cancelled one", len(b.draft(after(2*time.Hour)).Blocks), 0)
	}},
	{"how a pick was trimmed is remembered when it is taken out, whatever becomes of the issue", func(b *bench) {
		issue := b.picked("c1", "c2")
		trimmed := digest.Block{Kind: digest.PickBlock, CommentID: issue.Blocks[0].CommentID, PickedHash: "h", Kept: []digest.Range{{Start: 0, End: 1}},
			Notes: []digest.Note{{At: 1, Text: "sic"}}, Lifted: digest.Range{Start: 0, End: 1}}
		id, plain := issue.Blocks[0].ID, issue.Blocks[1].CommentID
		issue.Blocks[0] = trimmed
		issue.Blocks[0].ID, issue.Blocks[0].Leads = id, true
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		trims := func() map[int64]digest.Block {
			b.Helper()
			return must(b.Trims(b.ctx(), issue.SeriesID, []int64{trimmed.CommentID, plain}))
		}
		b.equal("while it is in", trims(), map[int64]digest.Block{})
		issue.Blocks = nil
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.equal("taken out", trims(), map[int64]digest.Block{trimmed.CommentID: trimmed})
		b.equal("asked for another", must(b.Trims(b.ctx(), issue.SeriesID, []int64{plain})), map[int64]digest.Block{})
		b.equal("in another series", must(b.Trims(b.ctx(), issue.SeriesID+1, []int64{trimmed.CommentID})), map[int64]digest.Block{})
		b.approve(&issue, after(time.Hour))
		b.move(issue, digest.Draft, after(2*time.Hour))
		b.equal("after the issue was reopened", len(trims()), 1)
		issue = must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: trimmed.CommentID, PickedHash: "h"}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		issue.Blocks = nil
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.equal("taken out once more, untrimmed", trims(), map[int64]digest.Block{})
	}},
	{"an issue that is not as it was seen is not moved, hurried, stopped or resumed", func(b *bench) {
		issue := b.sending(1)
		other := digest.AsSeen{Version: issue.Version + 1}
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, after(4*time.Hour), digest.AsSeen{}))
		before := digest.AsSeen{Version: issue.Version, Last: b.history(issue)[1].ID}
		waiting := b.published()
		old := digest.AsSeen{Version: waiting.Version, Last: b.history(waiting)[1].ID}
		for what, err := range map[string]error{
			"resumed":   b.SetIssueState(b.ctx(), tester, issue.ID, digest.Sending, digest.Pause{}, after(5*time.Hour), before),
			"withdrawn": b.MoveIssue(b.ctx(), tester, issue.ID, digest.Withdrawn, after(5*time.Hour), other),
			"hurried":   b.SetDue(b.ctx(), tester, waiting.ID, after(5*time.Hour), digest.OverrodeNothing, old),
			"stopped":   b.StopMailing(b.ctx(), tester, waiting.ID, after(5*time.Hour), old),
		} {
			changed, is := errors.AsType[*digest.Changed](err)
			b.equal(what+" as it is not", []any{is, digest.KindOf(err)}, []any{true, digest.Conflict})
			if what != "withdrawn" {
				b.equal(what+": what was missed", len(changed.Since), 1)
			}
		}
		b.equal("they stay", []any{must(b.IssueState(b.ctx(), issue.ID)), must(b.IssueState(b.ctx(), waiting.ID))}, []any{digest.Paused, digest.Published})
		before.Last = b.history(issue)[0].ID
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Sending, digest.Pause{}, after(6*time.Hour), before))
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
		b.must(b.SetDue(b.ctx(), tester, issue.ID, start, digest.OverrodeRemovedPick, digest.AsSeen{}))
		b.equal("decided", stands(), []any{digest.AsksNothing, digest.OverrodeRemovedPick})
		b.equal("who decided", []any{b.history(issue)[0].Did, b.history(issue)[0].By, b.history(issue)[0].Words},
			[]any{digest.Hurried, tester, "sent it at once, although a pick was removed from the blog"})
		b.must(b.SetDue(b.ctx(), tester, issue.ID, start, digest.OverrodeNothing, digest.AsSeen{}))
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
