package storetest

import (
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

// draftToRemindOf opens a draft, with so many editors.
func (b *bench) draftToRemindOf(editors ...string) (digest.Issue, digest.Reminder) {
	b.Helper()
	b.source("nightbus")
	for _, e := range editors {
		b.editor(e, digest.EditorRole)
	}
	issue := b.draft(start.Add(24 * time.Hour))
	return issue, digest.Reminder{IssueID: issue.ID, DueAt: issue.DueAt, Ahead: digest.RemindersAhead()[0]}
}

var reminderTests = []test{
	{"the duty is due a day and two hours before the draft's moment, and then no more", func(b *bench) {
		issue, r := b.draftToRemindOf("ann@desk.example")
		p := b.join()
		b.must(b.Plan(b.ctx(), start))
		for _, ahead := range digest.RemindersAhead() {
			at := issue.DueAt.Add(-ahead)
			b.idle(p, at.Add(-time.Microsecond), work.Remind)
			l := b.claim(p, at, work.Remind)
			r.Ahead = ahead
			b.equal("letters", must(b.Remind(work.WithLease(b.ctx(), l), r, "{}", time.Now().Add(time.Hour))), 1)
			b.must(b.Complete(b.ctx(), l, work.Outcome{Now: at}))
		}
		b.idle(p, issue.DueAt.Add(1000*time.Hour), work.Remind)
		moved := issue.DueAt.Add(72 * time.Hour)
		issue.DueAt = moved
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.idle(p, moved.Add(-24*time.Hour-time.Microsecond), work.Remind)
		l := b.claim(p, moved.Add(-24*time.Hour), work.Remind)
		b.must(b.Complete(b.ctx(), l, work.Outcome{Now: moved}))
	}},
	{"many who remind at once mail every editor once", func(b *bench) {
		_, r := b.draftToRemindOf("ann@desk.example", "ben@desk.example")
		var all atomic.Int64
		var hands sync.WaitGroup
		for range 6 {
			hands.Go(func() {
				n, err := b.Remind(b.ctx(), r, `{"title":"Nights 1"}`, time.Now().Add(time.Hour))
				if err != nil {
					b.Error(err)
				}
				all.Add(int64(n))
			})
		}
		hands.Wait()
		b.equal("letters", all.Load(), int64(2))
		b.equal("done", must(b.Reminded(b.ctx(), r.IssueID, r.DueAt)), []time.Duration{r.Ahead})
		letters := b.letters(time.Now().Add(time.Minute))
		b.equal("on their way", len(letters), 2)
		if letters[0].Token == letters[1].Token || letters[0].About != `{"title":"Nights 1"}` {
			b.Fatalf("%+v", letters)
		}
		for _, l := range letters {
			link, found, err := b.ReminderLink(b.ctx(), l.Token)
			b.must(err)
			b.equal("the link", [4]any{found, link.Editor.Email, link.IssueID, link.DueAt.Equal(r.DueAt)}, [4]any{true, l.Email, r.IssueID, true})
			b.must(b.UseReminder(b.ctx(), link.ID, digest.ReplySkip))
			b.must(b.UseReminder(b.ctx(), link.ID, digest.ReplySend))
			link, _, err = b.ReminderLink(b.ctx(), l.Token)
			b.must(err)
			b.equal("used for", [2]any{link.Reply, link.Used.IsZero()}, [2]any{digest.ReplySkip, false})
		}
		_, found, err := b.ReminderLink(b.ctx(), "aaaaaaaaaaaaaaaaaaaaaaaaaa")
		b.must(err)
		b.equal("a forged link", found, false)
	}},
	{"a letter does not go once the draft is approved, skipped or moved", func(b *bench) {
		issue, r := b.draftToRemindOf("ann@desk.example")
		b.equal("letters", must(b.Remind(b.ctx(), r, "{}", time.Now().Add(time.Hour))), 1)
		b.approve(&issue, start)
		b.equal("mails", len(b.letters(time.Now().Add(time.Minute))), 0)
		b.equal("reminded of what is no draft", must(b.Remind(b.ctx(), digest.Reminder{IssueID: issue.ID, DueAt: r.DueAt, Ahead: 2 * time.Hour}, "{}", time.Now().Add(time.Hour))), 0)
		other := r
		other.DueAt = r.DueAt.Add(time.Hour)
		b.equal("of another moment", must(b.Remind(b.ctx(), other, "{}", time.Now().Add(time.Hour))), 0)
	}},
	{"links are gone with their editor", func(b *bench) {
		_, r := b.draftToRemindOf("ann@desk.example", "ben@desk.example")
		_, err := b.Remind(b.ctx(), r, "{}", time.Now().Add(time.Hour))
		b.must(err)
		letters := b.letters(time.Now().Add(time.Minute))
		for _, e := range must(b.Editors(b.ctx())) {
			if e.Email == letters[0].Email {
				b.must(b.RemoveEditor(b.ctx(), tester, e.ID))
			}
		}
		_, found, err := b.ReminderLink(b.ctx(), letters[0].Token)
		b.must(err)
		b.equal("found", found, false)
	}},
	{"what was too late by a clock that was ahead is reminded of when it is right again", func(b *bench) {
		issue, r := b.draftToRemindOf("ann@desk.example")
		b.must(b.PassReminder(b.ctx(), r))
		b.equal("letters", must(b.Remind(b.ctx(), r, "{}", time.Now().Add(time.Hour))), 0)
		b.must(b.Plan(b.ctx(), time.Now()))
		b.equal("still done", len(must(b.Reminded(b.ctx(), issue.ID, issue.DueAt))), 1)
		b.must(b.Plan(b.ctx(), time.Now().Add(-24*time.Hour)))
		b.equal("done by the right clock", len(must(b.Reminded(b.ctx(), issue.ID, issue.DueAt))), 0)
		b.equal("letters then", must(b.Remind(b.ctx(), r, "{}", time.Now().Add(time.Hour))), 1)
		b.must(b.Plan(b.ctx(), time.Now().Add(-24*time.Hour)))
		b.equal("mailed once for good", must(b.Remind(b.ctx(), r, "{}", time.Now().Add(time.Hour))), 0)
	}},
}
