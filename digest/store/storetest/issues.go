package storetest

import (
	"slices"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/desk"
	"postbag/digest/pull"
)

var draftTests = []test{
	{"a draft takes the next number, and there is one at a time", func(b *bench) {
		b.source("nightbus")
		series := b.series()
		issue := b.draft(start)
		b.equal("the draft", issue, digest.Issue{ID: issue.ID, SeriesID: series.ID, Number: 1, State: digest.Draft,
			Title: "Pick of the Week 1", OpenedAt: start, Slot: after(24 * time.Hour), DueAt: after(24 * time.Hour), Version: 1,
			TitleVersion: 1, IntroVersion: 1, MailVersion: 1, OrderVersion: 1})
		again, created, err := b.OpenDraft(b.ctx(), tester, series.ID, after(time.Hour), after(time.Hour))
		b.must(err)
		b.equal("created", created, false)
		b.equal("the same draft", again, issue)
		b.equal("the next number", b.series().NextNumber, 2)
		_, _, err = b.OpenDraft(b.ctx(), tester, 99, start, start)
		b.wantKind(err, digest.NotFound)
	}},
	{"two who open a draft at once get the same", func(b *bench) {
		b.source("nightbus")
		series := b.series().ID
		var wg sync.WaitGroup
		issues, errs := make([]digest.Issue, 4), make([]error, 4)
		for i := range issues {
			wg.Go(func() { issues[i], _, errs[i] = b.OpenDraft(b.ctx(), tester, series, start, start) })
		}
		wg.Wait()
		for i := range issues {
			b.must(errs[i])
			b.equal("the number", issues[i].Number, 1)
		}
		b.equal("the next number", b.series().NextNumber, 2)
	}},
	{"a saved draft reads back whole, and its blocks keep their ids", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p", "", start, "h"), aComment("c2", "p", "", start, "h")}})
		one, two := b.comments()["c1"].ID, b.comments()["c2"].ID
		issue := b.draft(start)
		issue.Title, issue.Intro, issue.DueAt = "Night 1", "*Hello*", after(30*time.Hour)
		issue.Subject, issue.Preheader = "Who missed the bus", "And who caught it"
		issue.Blocks = []digest.Block{
			{Kind: digest.HeadingBlock, Text: "Nights"},
			{Kind: digest.PickBlock, CommentID: one, Kept: []digest.Range{{Start: 0, End: 5}}, PickedHash: "h",
				Notes: []digest.Note{{At: 3, Text: "the 14"}}, Lifted: digest.Range{Start: 1, End: 4}, Leads: true},
			{Kind: digest.TextBlock, Text: "Some **words**"},
			{Kind: digest.QuoteBlock, Text: "Said elsewhere.", SourceTitle: "A book", SourceURL: "https://books.example/1"},
		}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.equal("the version", issue.Version, int64(2))
		b.equal("the draft", must(b.Issue(b.ctx(), issue.SeriesID, 1)), issue)
		heading, pick := issue.Blocks[0].ID, issue.Blocks[1].ID
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: two}, issue.Blocks[1], issue.Blocks[0]}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.equal("the ids", []int64{issue.Blocks[1].ID, issue.Blocks[2].ID}, []int64{pick, heading})
		b.equal("the draft", must(b.Issue(b.ctx(), issue.SeriesID, 0)), issue)
	}},
	{"every part of a draft knows the version that changed it last", func(b *bench) {
		issue := b.picked("c1", "c2")
		versions := func() []int64 {
			b.Helper()
			got := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
			b.equal("the draft", got, issue)
			all := []int64{got.TitleVersion, got.IntroVersion, got.OrderVersion}
			for _, block := range got.Blocks {
				all = append(all, block.Version)
			}
			return all
		}
		b.equal("at first", versions(), []int64{1, 1, 1, 2, 2})
		save := func(what string, change func(), want ...int64) {
			b.Helper()
			change()
			b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
			b.equal(what, versions(), want)
		}
		save("a title", func() { issue.Title = "Other" }, 3, 1, 1, 2, 2)
		save("an introduction", func() { issue.Intro = "Hello" }, 3, 4, 1, 2, 2)
		save("a trim", func() {
			issue.Blocks = slices.Clone(issue.Blocks)
			issue.Blocks[1].Kept = []digest.Range{{Start: 0, End: 2}}
		}, 3, 4, 1, 2, 5)
		before := issue.Blocks
		save("a row added between", func() {
			issue.Blocks = slices.Insert(slices.Clone(issue.Blocks), 1, digest.Block{Kind: digest.HeadingBlock, Text: "Nights"})
		}, 3, 4, 1, 2, 6, 5)
		save("the order", func() { issue.Blocks = []digest.Block{issue.Blocks[2], issue.Blocks[0], issue.Blocks[1]} }, 3, 4, 7, 5, 2, 6)
		save("a row taken out", func() { issue.Blocks = issue.Blocks[1:] }, 3, 4, 7, 2, 6)
		issue.Blocks = before
		undo := digest.Revision{At: after(2 * time.Hour), By: tester, Did: digest.Undone, Words: "undid it", Undoes: b.history(issue)[0].ID}
		b.must(b.SaveDraft(b.ctx(), &issue, undo))
		b.equal("what came back", versions(), []int64{3, 4, 7, 2, 9})
		b.must(b.change(desk.Settings{Title: p("Night {number}")}))
		b.equal("a title that does not follow", must(b.Issue(b.ctx(), issue.SeriesID, 0)).TitleVersion, int64(3))
		b.move(issue, digest.Skipped, after(3*time.Hour))
		next := b.draft(after(3 * time.Hour))
		b.equal("taken over", []int64{next.TitleVersion, next.OrderVersion, next.Blocks[0].Version}, []int64{next.Version, next.Version, next.Version})
	}},
	{"threads are read with all that is answered, also in a circle", func(b *bench) {
		src, _ := b.source("nightbus")
		post := aPost("p", start, "h")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{post}, Comments: []digest.Comment{
			aComment("c1", "p", "", start, "h"), aComment("c2", "p", "c1", after(time.Minute), "h"), aComment("c3", "p", "c2", after(2*time.Minute), "h"),
			aComment("other", "p", "", after(3*time.Minute), "h"), aComment("a", "p", "z", start, "h"), aComment("z", "p", "a", start, "h")}})
		all := b.comments()
		ids := func(guids ...string) (ids []int64) {
			for _, guid := range guids {
				ids = append(ids, all[guid].ID)
			}
			slices.Sort(ids)
			return ids
		}
		got := func(guids ...string) (found []int64) {
			b.Helper()
			for _, n := range must(b.Ancestry(b.ctx(), ids(guids...))) {
				found = append(found, n.ID)
			}
			slices.Sort(found)
			return found
		}
		b.equal("one below two", got("c3"), ids("c1", "c2", "c3"))
		b.equal("each once", got("c3", "c2", "other"), ids("c1", "c2", "c3", "other"))
		b.equal("a circle", got("a"), ids("a", "z"))
		b.equal("none", got(), []int64(nil))
		one := must(b.Ancestry(b.ctx(), ids("c2")))
		slices.SortFunc(one, func(a, b compile.Node) int { return a.Published.Compare(b.Published) })
		b.equal("what orders it", one[1], compile.Node{ID: all["c2"].ID, Post: all["c2"].PostID, Parent: all["c1"].ID, Published: after(time.Minute), PostPublished: start})
	}},
	{"a save of an older version is refused and changes nothing", func(b *bench) {
		b.source("nightbus")
		mine := b.draft(start)
		theirs := mine
		theirs.Title = "Theirs"
		b.must(b.SaveDraft(b.ctx(), &theirs, anEdit))
		mine.Title, mine.Blocks = "Mine", []digest.Block{{Kind: digest.TextBlock, Text: "x"}}
		b.wantKind(b.SaveDraft(b.ctx(), &mine, anEdit), digest.Conflict)
		b.equal("the version kept", mine.Version, int64(1))
		mine.ApprovedAt, mine.Frozen = start, &digest.Frozen{}
		b.wantKind(b.Approve(b.ctx(), tester, &mine, nil), digest.Conflict)
		b.equal("the draft", must(b.Issue(b.ctx(), mine.SeriesID, 1)), theirs)
	}},
	{"a save that cannot be stored leaves the draft and its caller's copy alone", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p", "", start, "h")}})
		id := b.comments()["c1"].ID
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: id}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		stored := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		for _, c := range []struct {
			blocks []digest.Block
			kind   digest.Kind
		}{
			{[]digest.Block{{Kind: digest.PickBlock, CommentID: id}, {Kind: digest.PickBlock, CommentID: id}}, digest.Conflict},
			{[]digest.Block{{Kind: digest.TextBlock}, {Kind: digest.PickBlock, CommentID: 999}}, digest.NotFound},
			{[]digest.Block{{ID: 999, Kind: digest.TextBlock}}, digest.Invalid},
			{[]digest.Block{stored.Blocks[0], stored.Blocks[0]}, digest.Invalid},
		} {
			bad := stored
			bad.Blocks = slices.Clone(c.blocks)
			b.wantKind(b.SaveDraft(b.ctx(), &bad, anEdit), c.kind)
			b.equal("the caller's copy", bad.Blocks, c.blocks)
			b.equal("the draft", must(b.Issue(b.ctx(), issue.SeriesID, 1)), stored)
		}
	}},
	{"approving freezes", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		b.wantKind(b.Approve(b.ctx(), tester, &issue, nil), digest.Invalid)
		issue.DueAt = after(2 * time.Hour)
		b.approve(&issue, after(time.Hour))
		got := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		b.equal("the issue", got, issue)
		b.equal("the state", got.State, digest.Approved)
		b.wantKind(b.SaveDraft(b.ctx(), &issue, anEdit), digest.Conflict)
		b.wantKind(b.Approve(b.ctx(), tester, &issue, nil), digest.Conflict)
	}},
	{"number 0 is the draft, else the newest", func(b *bench) {
		b.source("nightbus")
		b.wantKind(errOf(b.Issue(b.ctx(), b.series().ID, 0)), digest.NotFound)
		one := b.draft(start)
		b.approve(&one, start)
		b.equal("the newest", must(b.Issue(b.ctx(), one.SeriesID, 0)).Number, 1)
		two := b.draft(start)
		b.equal("the draft", must(b.Issue(b.ctx(), one.SeriesID, 0)).ID, two.ID)
		all := must(b.Issues(b.ctx(), one.SeriesID, 0))
		b.equal("the list", []int{all[0].Number, all[1].Number}, []int{2, 1})
		if all[1].Frozen != nil {
			b.Fatal("the list carries frozen issues")
		}
		b.equal("limited", len(must(b.Issues(b.ctx(), one.SeriesID, 1))), 1)
		b.wantKind(errOf(b.Issue(b.ctx(), one.SeriesID, 9)), digest.NotFound)
	}},
	{"a window begins where the issue before it froze", func(b *bench) {
		b.source("nightbus")
		next := func(opened time.Time, want time.Time) digest.Issue {
			b.Helper()
			issue := b.draft(opened)
			b.equal("the window", issue.WindowFrom, want)
			return issue
		}
		one := next(start, time.Time{})
		b.move(one, digest.Cancelled, after(time.Hour))
		two := next(start, time.Time{})
		b.approve(&two, after(2*time.Hour))
		three := next(start, after(2*time.Hour))
		b.move(three, digest.Skipped, after(3*time.Hour))
		four := next(start, after(2*time.Hour)) // a skipped issue passes its window on
		b.approve(&four, after(4*time.Hour))
		five := next(start, after(4*time.Hour))
		b.move(four, digest.Cancelled, after(5*time.Hour))
		b.equal("the window given back", must(b.Issue(b.ctx(), five.SeriesID, five.Number)).WindowFrom, after(2*time.Hour))
	}},
	{"what a cancelled issue had is offered again, whatever was approved since", func(b *bench) {
		src, _ := b.source("nightbus")
		one := b.draft(start)
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Minute), Comments: []digest.Comment{aComment("c1", "p", "", start, "h")}})
		b.approve(&one, after(time.Hour))
		two := b.draft(after(time.Hour))
		b.page(pull.Page{SourceID: src.ID, Seen: after(61 * time.Minute), Comments: []digest.Comment{aComment("c2", "p", "", start, "h")}})
		b.approve(&two, after(2*time.Hour))
		three := b.draft(after(2 * time.Hour))
		b.page(pull.Page{SourceID: src.ID, Seen: after(121 * time.Minute), Comments: []digest.Comment{aComment("c3", "p", "", start, "h")}})
		b.approve(&three, after(3*time.Hour))
		offered := func(want ...string) {
			b.Helper()
			open := must(b.Issue(b.ctx(), one.SeriesID, 0))
			got := guids(b.candidates(desk.CandidateQuery{SeenAfter: open.WindowFrom}))
			slices.Sort(got)
			b.equal("offered", got, want)
		}
		// Cancelled before the next draft opens, and after.
		b.move(two, digest.Cancelled, after(4*time.Hour))
		four := b.draft(after(4 * time.Hour))
		offered("c2", "c3")
		b.move(one, digest.Cancelled, after(5*time.Hour))
		offered("c1", "c2", "c3")
		// Issue 4 took all of it over, so the next begins after it.
		four = must(b.Issue(b.ctx(), one.SeriesID, four.Number))
		b.approve(&four, after(6*time.Hour))
		five := b.draft(after(6 * time.Hour))
		b.equal("the next window", five.WindowFrom, after(6*time.Hour))
		b.move(four, digest.Cancelled, after(7*time.Hour))
		offered("c1", "c2", "c3")
	}},
}

var moveTests = []test{
	{"only the moves of the state machine are made", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		for _, to := range []digest.IssueState{digest.Published, digest.Sending, digest.Paused, digest.Sent, digest.Withdrawn, digest.Draft} {
			b.wantKind(b.MoveIssue(b.ctx(), tester, issue.ID, to, start, digest.AsSeen{}), digest.Conflict)
		}
		b.wantKind(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Approved, start, digest.AsSeen{}), digest.Invalid)
		b.wantKind(b.MoveIssue(b.ctx(), tester, 99, digest.Skipped, start, digest.AsSeen{}), digest.NotFound)
		b.approve(&issue, after(time.Hour))
		b.move(issue, digest.Published, after(2*time.Hour))
		b.wantKind(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Sending, start, digest.AsSeen{}), digest.Invalid)
		b.wantKind(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Draft, start, digest.AsSeen{}), digest.Conflict)
		b.wantKind(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Published, start, digest.AsSeen{}), digest.Conflict)
	}},
	{"publishing and withdrawing stamp the moment", func(b *bench) {
		issue := b.published()
		got := must(b.PublicIssue(b.ctx(), issue.SeriesID, 1))
		issue.State, issue.PublishedAt, issue.UpdatedAt, issue.Blocks = digest.Published, after(2*time.Hour), after(2*time.Hour), nil
		dated := *issue.Frozen
		dated.Date = after(2 * time.Hour) // whatever was planned
		issue.Frozen = &dated
		b.equal("the issue", got, issue)
		b.move(issue, digest.Withdrawn, after(5*time.Hour))
		b.wantKind(errOf(b.PublicIssue(b.ctx(), issue.SeriesID, 1)), digest.NotFound)
		b.equal("updated", must(b.Issue(b.ctx(), issue.SeriesID, 1)).UpdatedAt, after(5*time.Hour))
	}},
	{"issues published in one second have seconds of their own, in their order", func(b *bench) {
		for range 3 {
			b.published() // all at one moment
		}
		fourth := b.draft(after(2 * time.Hour))
		b.approve(&fourth, after(2*time.Hour))
		b.move(fourth, digest.Published, after(2*time.Hour+1500*time.Millisecond)) // in the second of the next one
		for i, issue := range must(b.PublicIssues(b.ctx(), fourth.SeriesID, 0, 0)) {
			at := after(2*time.Hour + time.Duration(3-i)*time.Second)
			b.equal(issue.Title, []any{issue.Number, issue.PublishedAt, issue.UpdatedAt, issue.Frozen.Date}, []any{4 - i, at, at, at})
		}
	}},
	{"reopening makes a draft of it again", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		b.approve(&issue, after(time.Hour))
		b.move(issue, digest.Draft, after(2*time.Hour))
		got := must(b.Issue(b.ctx(), issue.SeriesID, 0))
		if got.State != digest.Draft || got.Frozen != nil || !got.ApprovedAt.IsZero() || got.Version <= issue.Version {
			b.Fatalf("reopened: %+v", got)
		}
		b.approve(&got, after(3*time.Hour))
		next := b.draft(after(4 * time.Hour))
		b.equal("the next window", next.WindowFrom, after(3*time.Hour))
		next.Intro = "Begun already."
		b.must(b.SaveDraft(b.ctx(), &next, anEdit))
		b.move(issue, digest.Draft, after(5*time.Hour)) // beside the next
		both := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
		b.equal("its window stays closed", both.ClosedAt, after(3*time.Hour))
		b.equal("the next stays as it is", must(b.Issue(b.ctx(), issue.SeriesID, next.Number)), next)
		b.approve(&both, after(6*time.Hour))
		b.equal("its window was closed at the first approval", must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)).ClosedAt, after(3*time.Hour))
		next.Intro = ""
		b.must(b.SaveDraft(b.ctx(), &next, anEdit))
		b.move(issue, digest.Draft, after(7*time.Hour))
		b.equal("the numbers go on from the one given back", b.series().NextNumber, next.Number)
		b.wantKind(errOf(b.Issue(b.ctx(), issue.SeriesID, next.Number)), digest.NotFound)
		b.equal("its window is open again", must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)).ClosedAt, time.Time{})
	}},
	{"of two drafts each has its own comments, and none is lost", func(b *bench) {
		src, _ := b.source("nightbus")
		comment := func(guid string, at time.Time) {
			b.page(pull.Page{SourceID: src.ID, Seen: at, Comments: []digest.Comment{aComment(guid, "p", "", at, "h")}})
		}
		zero := b.draft(start)
		b.approve(&zero, start)
		one := b.draft(start)
		comment("c1", after(time.Minute))
		b.approve(&one, after(time.Hour))
		two := b.draft(after(time.Hour))
		two.Intro = "Begun already."
		b.must(b.SaveDraft(b.ctx(), &two, anEdit))
		comment("c2", after(2*time.Hour))
		b.move(one, digest.Draft, after(3*time.Hour))
		comment("c3", after(4*time.Hour))
		offered := func(number int, want ...string) {
			b.Helper()
			issue := must(b.Issue(b.ctx(), one.SeriesID, number))
			got := guids(b.candidates(desk.CandidateQuery{SeenAfter: issue.WindowFrom, SeenUntil: issue.ClosedAt}))
			slices.Sort(got)
			b.equal("offered", got, want)
		}
		offered(one.Number, "c1")
		offered(two.Number, "c2", "c3")
		again, created, err := b.OpenDraft(b.ctx(), tester, one.SeriesID, after(4*time.Hour), after(4*time.Hour))
		b.must(err)
		b.equal("the next draft is the second", []any{again.ID, created}, []any{two.ID, false})
		b.move(one, digest.Cancelled, after(5*time.Hour))
		offered(two.Number, "c1", "c2", "c3")
	}},
	{"a reopened issue that is skipped gives its rows to the next draft", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p", "", start, "h"), aComment("c2", "p", "", start, "h")}})
		c1, c2 := b.comments()["c1"].ID, b.comments()["c2"].ID
		one := b.draft(start)
		one.Intro = "Hello."
		one.Blocks = []digest.Block{{Kind: digest.HeadingBlock, Text: "A"}, {Kind: digest.PickBlock, CommentID: c1}, {Kind: digest.PickBlock, CommentID: c2}}
		b.must(b.SaveDraft(b.ctx(), &one, anEdit))
		b.approve(&one, after(time.Hour))
		two := b.draft(after(time.Hour))
		two.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: c2}}
		b.must(b.SaveDraft(b.ctx(), &two, anEdit))
		b.move(one, digest.Draft, after(2*time.Hour))
		b.move(one, digest.Skipped, after(3*time.Hour))
		got := must(b.Issue(b.ctx(), one.SeriesID, two.Number))
		b.equal("the rows", []int64{got.Blocks[0].ID, got.Blocks[1].ID, got.Blocks[2].ID}, []int64{two.Blocks[0].ID, one.Blocks[0].ID, one.Blocks[1].ID})
		b.equal("the introduction", got.Intro, "Hello.")
		b.equal("the version", got.Version, two.Version+1)
		history := must(b.Revisions(b.ctx(), two.ID, 0))
		b.equal("the history", []any{history[0].Did, history[0].Words}, []any{digest.TookOver, "gave it what was in issue 1, which was skipped"})
		if history[1].Before != nil {
			b.Fatal("undoing an edit would take the rows away again")
		}
	}},
	{"a number that no reader saw is free again", func(b *bench) {
		b.source("nightbus")
		seen := b.published()
		two := b.draft(start)
		b.approve(&two, after(time.Hour))
		three := b.draft(start)
		b.move(two, digest.Cancelled, after(2*time.Hour))
		b.equal("a later one has a number", b.series().NextNumber, 4)
		b.move(three, digest.Skipped, after(3*time.Hour))
		b.equal("none has", b.series().NextNumber, 2)
		again := b.draft(after(4 * time.Hour))
		b.equal("the number", again.Number, 2)
		b.equal("it stands for its number", must(b.Issue(b.ctx(), two.SeriesID, 2)).ID, again.ID)
		b.equal("the cancelled one is kept", must(b.IssueByID(b.ctx(), two.ID)).State, digest.Cancelled)
		b.approve(&again, after(5*time.Hour))
		b.move(again, digest.Published, after(6*time.Hour))
		b.move(seen, digest.Withdrawn, after(6*time.Hour))
		b.move(again, digest.Withdrawn, after(6*time.Hour))
		b.equal("a number that was seen stays used", b.draft(after(7*time.Hour)).Number, 3)
	}},
	{"readers see public issues only, newest first", func(b *bench) {
		for range 3 {
			b.published()
		}
		hidden := b.draft(start)
		b.approve(&hidden, start)
		series := b.series().ID
		numbers := func(from, limit int) (out []int) {
			b.Helper()
			all := must(b.PublicIssues(b.ctx(), series, from, limit))
			for _, i := range all {
				if i.Frozen == nil || i.Frozen.Number != i.Number {
					b.Fatalf("issue %d is not frozen", i.Number)
				}
				out = append(out, i.Number)
			}
			return out
		}
		b.equal("all", numbers(0, 0), []int{3, 2, 1})
		b.equal("two", numbers(0, 2), []int{3, 2})
		b.equal("from 2", numbers(2, 5), []int{2, 1})
		b.wantKind(errOf(b.PublicIssue(b.ctx(), series, 4)), digest.NotFound)
	}},
	{"a worker finds issues by state, by their moment", func(b *bench) {
		b.source("nightbus")
		one := b.draft(after(time.Hour))
		b.approve(&one, after(time.Hour))
		two := b.draft(start)
		b.approve(&two, start)
		whenever := b.draft(start)
		whenever.DueAt = time.Time{}
		b.approve(&whenever, start)
		three := b.draft(start)
		all := must(b.IssuesIn(b.ctx(), digest.Approved, digest.Sending))
		b.equal("the order", []int64{all[0].ID, all[1].ID, all[2].ID}, []int64{two.ID, one.ID, whenever.ID})
		all = must(b.IssuesIn(b.ctx(), digest.Draft))
		b.equal("drafts", []int64{all[0].ID, int64(len(all))}, []int64{three.ID, 1})
		b.equal("none asked for", len(must(b.IssuesIn(b.ctx()))), 0)
	}},
}
