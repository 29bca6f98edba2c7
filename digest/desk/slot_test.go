package desk_test

import (
	"slices"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// sunday is the moment of the schedule that the drafts here are opened for: it is a
// month's last. The one after it is another month's first.
var sunday = time.Date(2026, 3, 29, 18, 0, 0, 0, time.UTC)

// drafted is a draft for [sunday] with one pick.
func drafted(t *testing.T) (*bench, digest.Series, digest.Issue) {
	t.Helper()
	d := newDesk(t, 3)
	d.clock.at = sunday.Add(-48 * time.Hour)
	issue := d.open(t)
	d.pick(t, 1)
	series, err := d.Series(t.Context(), "")
	if err != nil || !issue.Slot.Equal(sunday) || !issue.DueAt.Equal(sunday) {
		t.Fatalf("the draft is for %v, due %v, %v", issue.Slot, issue.DueAt, err)
	}
	return d, series, issue
}

// TestIssueAnswersForItsSlot approves a draft early, late and much too late: at once
// it answers for the Sunday that it was drafted for, so that who reads the month's
// last gets it, and the next draft is for the Sunday after.
func TestIssueAnswersForItsSlot(t *testing.T) {
	week := 7 * 24 * time.Hour
	for _, c := range []struct {
		name      string
		at        time.Time
		postponed bool // a worker saw the moment pass
		now       bool
		slot, due time.Time
		last      bool
		next      time.Time
	}{
		{"at once, two days early", sunday.Add(-48 * time.Hour), false, true, sunday, sunday.Add(-48*time.Hour + desk.NowWaits), true, sunday.Add(week)},
		{"at its moment, two days early", sunday.Add(-48 * time.Hour), false, false, sunday, sunday, true, sunday.Add(week)},
		{"at once, five minutes late", sunday.Add(5 * time.Minute), false, true, sunday, sunday.Add(5*time.Minute + desk.NowWaits), true, sunday.Add(week)},
		{"at once, five minutes late and postponed", sunday.Add(5 * time.Minute), true, true, sunday, sunday.Add(5*time.Minute + desk.NowWaits), true, sunday.Add(week)},
		{"for the next moment, five minutes late", sunday.Add(5 * time.Minute), false, false, sunday.Add(week), sunday.Add(week), false, sunday.Add(2 * week)},
		{"for the next moment, postponed", sunday.Add(5 * time.Minute), true, false, sunday.Add(week), sunday.Add(week), false, sunday.Add(2 * week)},
		{"at once, after the next moment passed too", sunday.Add(week + time.Hour), true, true, sunday.Add(week), sunday.Add(week + time.Hour + desk.NowWaits), false, sunday.Add(2 * week)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, series, issue := drafted(t)
			d.clock.at = c.at
			if c.postponed {
				if _, err := d.Postpone(t.Context(), digest.Actor{Kind: digest.ByWorker}, desk.Ref{}); err != nil {
					t.Fatal(err)
				}
			}
			approved, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{Now: c.now})
			if err != nil || approved.ID != issue.ID {
				t.Fatal(err)
			}
			approved = whole(t, d, approved)
			if !approved.Slot.Equal(c.slot) || !approved.DueAt.Equal(c.due) {
				t.Errorf("it answers for %v and goes out %v", approved.Slot, approved.DueAt)
			}
			if last, err := desk.LastOfMonth(approved, series); err != nil || last != c.last {
				t.Errorf("it is the month's last: %v, %v", last, err)
			}
			next, err := d.DraftAt(t.Context(), desk.Ref{})
			if err != nil || !next.Slot.Equal(c.next) || !next.DueAt.Equal(c.next) {
				t.Errorf("the next draft is for %v, due %v, %v", next.Slot, next.DueAt, err)
			}
		})
	}
}

// TestDateIsThatOfPublication: what was approved for Sunday and is published by hand
// before it, or on Monday, shows that day; nothing else of it changes.
func TestDateIsThatOfPublication(t *testing.T) {
	for _, at := range []time.Time{sunday.Add(-24 * time.Hour), sunday.Add(20 * time.Hour)} {
		d, _, issue := drafted(t)
		approved, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{})
		if err != nil || !approved.Frozen.Date.Equal(sunday) {
			t.Fatalf("approved, it is dated %v, %v", approved.Frozen.Date, err)
		}
		d.clock.at = at
		published, _, err := d.Publish(t.Context(), ada, desk.Ref{Number: issue.Number})
		if err != nil {
			t.Fatal(err)
		}
		public, err := d.db.PublicIssue(t.Context(), issue.SeriesID, issue.Number)
		if err != nil || !public.Frozen.Date.Equal(at) || !published.Frozen.Date.Equal(at) || !public.PublishedAt.Equal(at) {
			t.Errorf("published %v, readers see %v, %v", at, public.Frozen.Date, err)
		}
		if public.Frozen.EntryID != approved.Frozen.EntryID || public.Frozen.FeedID != approved.Frozen.FeedID ||
			public.Frozen.Title != approved.Frozen.Title || public.Frozen.Preheader != approved.Frozen.Preheader || len(public.Frozen.Blocks) != 1 {
			t.Errorf("published it is %+v, approved it was %+v", public.Frozen, approved.Frozen)
		}
		if public.Slot.IsZero() || !public.Slot.Equal(sunday) {
			t.Errorf("it answers for %v", public.Slot)
		}
	}
}

// TestReopeningKeepsTheMoment: an issue that is taken back in time goes out when it
// would have; one whose moment has passed waits for the next.
func TestReopeningKeepsTheMoment(t *testing.T) {
	for late, due := range map[time.Duration]time.Time{-time.Hour: sunday, time.Hour: sunday.Add(7 * 24 * time.Hour)} {
		d, _, issue := drafted(t)
		d.approve(t)
		d.clock.at = sunday.Add(late)
		reopened, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number})
		if err != nil || reopened.State != digest.Draft || !reopened.DueAt.Equal(due) || !reopened.Slot.Equal(sunday) {
			t.Errorf("reopened %v after its moment it is due %v for %v, %v", late, reopened.DueAt, reopened.Slot, err)
		}
	}
}

// TestNoSlotTwice: an issue that is reopened does not take the moment that the one
// after it answers for.
func TestNoSlotTwice(t *testing.T) {
	d, _, issue := drafted(t)
	d.approve(t)
	if _, _, err := d.Pick(t.Context(), ada, desk.Ref{}, 2); err != nil { // into the next draft
		t.Fatal(err)
	}
	next := d.approve(t)
	third, err := d.DraftAt(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cancel(t.Context(), ada, desk.Ref{Number: third.Number}); err != nil {
		t.Fatal(err)
	}
	d.clock.at = sunday.Add(time.Hour)
	reopened, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number})
	if err != nil || !reopened.DueAt.Equal(next.Slot.Add(7*24*time.Hour)) || !reopened.Slot.Equal(sunday) {
		t.Errorf("the next answers for %v, and the reopened one goes out %v for %v, %v", next.Slot, reopened.DueAt, reopened.Slot, err)
	}
}

// TestSkip lets a Sunday pass: what was picked goes on to the next draft, which is
// for the Sunday after, and what could be picked can be picked there.
func TestSkip(t *testing.T) {
	d, _, issue := drafted(t)
	_, at := present(t, d)
	intro := "A quiet week."
	d.edit(t, at, desk.Edit{Intro: &intro})
	before, _ := present(t, d)
	offered, err := d.Candidates(t.Context(), before)
	if err != nil || len(offered) == 0 {
		t.Fatalf("%d comments are offered, %v", len(offered), err)
	}
	d.clock.at = d.clock.at.Add(time.Minute)
	skipped, next, err := d.Skip(t.Context(), ben, desk.Ref{})
	if err != nil || skipped.ID != issue.ID || skipped.State != digest.Skipped {
		t.Fatalf("%+v, %v", skipped, err)
	}
	if next.ID == issue.ID || next.Number != issue.Number || !next.Slot.Equal(sunday.Add(7*24*time.Hour)) || next.Intro != intro || next.Title != "Pick 8" {
		t.Errorf("the next draft is %+v", next)
	}
	if len(next.Blocks) != 1 || next.Blocks[0].ID != before.Blocks[0].ID || next.Blocks[0].CommentID != 1 {
		t.Errorf("its rows are %+v", next.Blocks)
	}
	if left, err := d.Candidates(t.Context(), next); err != nil || len(left) != len(offered) {
		t.Errorf("%d of %d comments are offered again, %v", len(left), len(offered), err)
	}
	if _, _, err := d.Skip(t.Context(), ben, desk.Ref{Number: issue.Number}); digest.KindOf(err) != digest.Conflict {
		t.Errorf("skipping it twice gives %v", err)
	}
}

// TestSkipAfterItsMoment: a draft that missed its Sunday waits for the next, and
// skipping it lets that one pass.
func TestSkipAfterItsMoment(t *testing.T) {
	d, _, issue := drafted(t)
	d.clock.at = sunday.Add(time.Hour)
	waiting, err := d.Postpone(t.Context(), ada, desk.Ref{})
	if err != nil || !waiting.Slot.Equal(sunday) || !waiting.DueAt.Equal(sunday.Add(7*24*time.Hour)) {
		t.Fatalf("it waits for %v, %v", waiting.DueAt, err)
	}
	skipped, next, err := d.Skip(t.Context(), ben, desk.Ref{Number: issue.Number})
	if err != nil || !skipped.Slot.Equal(waiting.DueAt) || !next.DueAt.Equal(waiting.DueAt.Add(7*24*time.Hour)) {
		t.Errorf("%v is skipped, and the next is due %v, %v", skipped.Slot, next.DueAt, err)
	}
}

// TestReopenBesideTheNextDraft: an approval is taken back although somebody works on the
// next draft. Both keep their number, rows and window; which one is meant must be said;
// and the next draft gives way as long as nothing is in it.
func TestReopenBesideTheNextDraft(t *testing.T) {
	d, _, issue := drafted(t)
	offered := func(issue digest.Issue) (ids []int64) {
		all, err := d.Candidates(t.Context(), whole(t, d, issue))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			ids = append(ids, c.ID)
		}
		slices.Sort(ids)
		return ids
	}
	first := offered(issue)
	d.approve(t)
	next, at := present(t, d)
	d.arrive(t, "later")
	title := "A title of its own"
	d.edit(t, at, desk.Edit{Title: &title})
	reopened, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number})
	if err != nil || reopened.State != digest.Draft || !reopened.IsReopened() || !reopened.DueAt.Equal(sunday) {
		t.Fatalf("%+v, %v", reopened, err)
	}
	if now := whole(t, d, next); now.State != digest.Draft || now.Title != title || !now.WindowFrom.Equal(reopened.ClosedAt) {
		t.Errorf("the next is %+v", now)
	}
	if got := offered(issue); !slices.Equal(got, first) {
		t.Errorf("the reopened one may pick %v, and could %v", got, first)
	}
	if got := offered(next); len(got) != 1 {
		t.Errorf("the next may pick %v", got)
	}
	_, err = d.DraftAt(t.Context(), desk.Ref{})
	if acts := digest.ActsOf(err); digest.KindOf(err) != digest.Invalid || len(acts) != 2 || acts[0].Issue != issue.Number || acts[1].Issue != next.Number {
		t.Errorf("the present draft is %v, %+v", err, acts)
	}
	if open, created, err := d.Draft(t.Context(), ben, ""); err != nil || created || open.ID != next.ID {
		t.Errorf("the next draft is %d, %v, %v", open.Number, created, err)
	}
	d.clock.at = d.clock.at.Add(time.Hour)
	again, _, err := d.Approve(t.Context(), ada, desk.Ref{Number: issue.Number}, desk.When{})
	if err != nil || !again.ClosedAt.Equal(reopened.ClosedAt) || !again.Slot.Equal(sunday) {
		t.Errorf("approved again it closed at %v for %v, %v", again.ClosedAt, again.Slot, err)
	}
	series := "Pick 9"
	_, at = present(t, d)
	d.edit(t, at, desk.Edit{Title: &series})
	if reopened, err = d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number}); err != nil || reopened.IsReopened() {
		t.Errorf("with nothing in the next: %+v, %v", reopened, err)
	}
	if got := offered(issue); len(got) != len(first)+1 {
		t.Errorf("it may pick %v", got)
	}
}

// TestCancelledWindow: what a cancelled issue could pick is offered again.
func TestCancelledWindow(t *testing.T) {
	d, _, issue := drafted(t)
	before, err := d.Candidates(t.Context(), issue)
	if err != nil {
		t.Fatal(err)
	}
	d.approve(t)
	next, _ := present(t, d)
	if offered, err := d.Candidates(t.Context(), next); err != nil || len(offered) != 0 {
		t.Fatalf("%d comments are offered, %v", len(offered), err)
	}
	if _, err := d.Cancel(t.Context(), ada, desk.Ref{Number: issue.Number}); err != nil {
		t.Fatal(err)
	}
	offered, err := d.Candidates(t.Context(), whole(t, d, next))
	if err != nil || len(offered) != len(before) || len(before) != 3 {
		t.Errorf("%d comments are offered, %d were, %v", len(offered), len(before), err)
	}
	if after, _ := present(t, d); !after.Slot.Equal(next.Slot) {
		t.Errorf("the next draft moved to %v", after.Slot)
	}
}

// TestWithdraw takes a public issue off the pages, and no other.
func TestWithdraw(t *testing.T) {
	d, _, issue := drafted(t)
	ref := desk.Ref{Number: issue.Number}
	if _, _, err := d.Withdrawal(t.Context(), ref); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("a draft's withdrawal gives %v", err)
	}
	d.approve(t)
	if _, err := d.Withdraw(t.Context(), ada, ref); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("withdrawing an approved issue gives %v", err)
	}
	if _, _, err := d.Publish(t.Context(), ada, ref); err != nil {
		t.Fatal(err)
	}
	if _, counts, err := d.Withdrawal(t.Context(), ref); err != nil || counts.Total() != 0 {
		t.Errorf("%v, %v", counts, err)
	}
	withdrawn, err := d.Withdraw(t.Context(), ben, ref)
	if err != nil || withdrawn.State != digest.Withdrawn {
		t.Errorf("%+v, %v", withdrawn, err)
	}
	if _, err := d.db.PublicIssue(t.Context(), issue.SeriesID, issue.Number); digest.KindOf(err) != digest.NotFound {
		t.Errorf("readers get %v", err)
	}
}
