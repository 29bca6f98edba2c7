package storetest

import (
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/suggest"
)

// aLesson is one that chose a comment and passed over another.
func aLesson(chosen, passed int64) *desk.Lesson {
	var long suggest.Signals
	long[0] = 0.75
	return &desk.Lesson{
		Examples: []desk.Example{
			{CommentID: chosen, Shown: suggest.Shown{Picked: true, Suggested: true}, Long: true},
			{CommentID: passed, Shown: suggest.Shown{Signals: long}},
		},
		Taste: suggest.Taste{Picks: 1, Issues: 1}.WithWeight(suggest.Length, 1.5),
	}
}

// teach approves a draft that taught something.
func (b *bench) teach(issue *digest.Issue, at time.Time, l *desk.Lesson) {
	b.Helper()
	issue.ApprovedAt = at
	issue.Frozen = &digest.Frozen{Title: "Nights", Number: issue.Number, Date: issue.DueAt}
	b.must(b.Approve(b.ctx(), tester, issue, l))
}

var lessonTests = []test{
	{"what was shown is kept once, for a draft alone", func(b *bench) {
		issue := b.picked("c1", "c2", "c3")
		all := b.comments()
		b.must(b.SaveShown(b.ctx(), issue.ID, []int64{all["c2"].ID, all["c1"].ID, 999}))
		b.must(b.SaveShown(b.ctx(), issue.ID, []int64{all["c1"].ID}))
		b.equal("shown", must(b.Shown(b.ctx(), issue.ID)), []int64{all["c1"].ID, all["c2"].ID})
		b.approve(&issue, after(time.Hour))
		b.must(b.SaveShown(b.ctx(), issue.ID, []int64{all["c3"].ID}))
		b.equal("shown of what is approved", len(must(b.Shown(b.ctx(), issue.ID))), 2)
		next := b.draft(after(2 * time.Hour))
		b.must(b.SaveShown(b.ctx(), next.ID, []int64{all["c2"].ID, all["c3"].ID}))
		b.move(issue, digest.Draft, after(3*time.Hour)) // the next gives way
		b.equal("shown in both", must(b.Shown(b.ctx(), issue.ID)), []int64{all["c1"].ID, all["c2"].ID, all["c3"].ID})
	}},
	{"what a change of a draft was chosen from is kept with it, or not at all", func(b *bench) {
		issue := b.picked("c1", "c2", "c3")
		all := b.comments()
		stale := issue
		rev := anEdit
		rev.Shown = []int64{all["c2"].ID}
		b.must(b.SaveDraft(b.ctx(), &issue, rev))
		b.equal("shown", must(b.Shown(b.ctx(), issue.ID)), []int64{all["c2"].ID})
		rev.Shown = []int64{all["c3"].ID}
		b.wantKind(b.SaveDraft(b.ctx(), &stale, rev), digest.Conflict)
		b.equal("shown after what was refused", must(b.Shown(b.ctx(), issue.ID)), []int64{all["c2"].ID})
	}},
	{"what an issue taught is kept with its approval, and taken back with it", func(b *bench) {
		first := b.picked("c1", "c2")
		all := b.comments()
		taught := aLesson(all["c1"].ID, all["c2"].ID)
		b.teach(&first, after(time.Hour), taught)
		second := b.draft(after(2 * time.Hour))
		want := *taught
		want.IssueID = first.ID
		b.equal("before the second", must(b.Lessons(b.ctx(), first.SeriesID, second.ID, 9)), []desk.Lesson{want})
		b.equal("before the first", must(b.Lessons(b.ctx(), first.SeriesID, first.ID, 9)), []desk.Lesson(nil))
		b.teach(&second, after(3*time.Hour), taught)
		third := b.draft(after(4 * time.Hour))
		newest := must(b.Lessons(b.ctx(), first.SeriesID, third.ID, 1))
		b.equal("the newest", []any{len(newest), newest[0].IssueID}, []any{1, second.ID})
		b.move(second, digest.Draft, after(5*time.Hour))
		b.equal("after the reopening", must(b.Lessons(b.ctx(), first.SeriesID, third.ID, 9)), []desk.Lesson{want})
		b.move(first, digest.Cancelled, after(6*time.Hour))
		b.equal("after the cancelling", must(b.Lessons(b.ctx(), first.SeriesID, third.ID, 9)), []desk.Lesson(nil))
	}},
	{"a rule is switched off and on, what was learned is forgotten, and the audit list tells both", func(b *bench) {
		issue := b.picked("c1", "c2")
		b.equal("switched", must(b.SwitchRule(b.ctx(), tester, issue.SeriesID, suggest.Shouts, false)), true)
		b.equal("again", must(b.SwitchRule(b.ctx(), tester, issue.SeriesID, suggest.Shouts, false)), false)
		b.equal("off", must(b.RulesOff(b.ctx(), issue.SeriesID)), []suggest.Rule{suggest.Shouts})
		b.equal("switched back", must(b.SwitchRule(b.ctx(), tester, issue.SeriesID, suggest.Shouts, true)), true)
		b.equal("off then", must(b.RulesOff(b.ctx(), issue.SeriesID)), []suggest.Rule(nil))
		b.equal("nothing to forget", must(b.Forget(b.ctx(), tester, issue.SeriesID)), 0)
		taught := aLesson(1, 2)
		b.teach(&issue, after(time.Hour), taught)
		b.equal("the taste", must(b.Taste(b.ctx(), issue.SeriesID, issue.ID+1)), taught.Taste)
		b.equal("the taste before", must(b.Taste(b.ctx(), issue.SeriesID, issue.ID)), suggest.Taste{})
		b.equal("forgotten", must(b.Forget(b.ctx(), tester, issue.SeriesID)), 1)
		b.equal("the taste after", must(b.Taste(b.ctx(), issue.SeriesID, issue.ID+1)), suggest.Taste{})
		b.equal("audited", len(b.did(digest.AuditFilter{Did: digest.SeriesChanged})), 3)
	}},
	{"nothing is kept of an approval that is refused", func(b *bench) {
		issue := b.picked("c1", "c2")
		older := issue
		issue.Intro = "Changed."
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		older.ApprovedAt, older.Frozen = after(time.Hour), &digest.Frozen{}
		b.wantKind(b.Approve(b.ctx(), tester, &older, aLesson(1, 2)), digest.Conflict)
		b.equal("lessons", len(must(b.Lessons(b.ctx(), issue.SeriesID, issue.ID+1, 9))), 0)
	}},
}
