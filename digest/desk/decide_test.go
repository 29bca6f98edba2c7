package desk_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
)

// decide decides as ada, and gives what was done in words.
func (d *bench) decide(t *testing.T, by digest.Actor, decision digest.Decision, ids ...int64) desk.Judgement {
	t.Helper()
	done, err := d.Decide(t.Context(), by, desk.Ref{}, decision, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// decisions gives what is decided of some comments, as a line.
func (d *bench) decisions(t *testing.T, issue digest.Issue, ids ...int64) string {
	t.Helper()
	all, err := d.Decisions(t.Context(), issue, ids)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, id := range ids {
		words = append(words, string(all[id].Decision))
	}
	return strings.Join(words, ",")
}

func TestDecisionHindersNoEdit(t *testing.T) {
	d, issue, at := picked(t)
	d.decide(t, ben, digest.SkipIt, 8)
	title := "Ours"
	if saved := d.edit(t, at, desk.Edit{Title: &title}); saved.Title != title {
		t.Error(saved.Title)
	}
	// Two editors decide at once, of different comments and of one.
	var all sync.WaitGroup
	for id := range int64(6) {
		for _, by := range []digest.Actor{ada, ben} {
			all.Go(func() {
				if _, err := d.Decide(t.Context(), by, desk.Ref{}, digest.MaybeIt, id/2+6); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if got := d.decisions(t, issue, 6, 7, 8); got != "maybe,maybe,maybe" {
		t.Error(got)
	}
	done := d.decide(t, ada, digest.SkipIt, 8)
	if was := done.Was[8]; was.Decision != digest.MaybeIt || was.By.Name == "" || was.At.IsZero() {
		t.Errorf("the other's decision is %+v", was)
	}
}

func TestDecisionTakesThePickOut(t *testing.T) {
	d, _, _ := picked(t)
	before, at := present(t, d)
	id := before.Picked()[0]
	done := d.decide(t, ben, digest.SkipIt, id)
	if !strings.HasPrefix(done.Words, "took out and skipped Anonymous, “") || done.Picks() != before.Picks()-1 {
		t.Error(done.Words, done.Picks())
	}
	if _, err := d.Undo(t.Context(), ada, at); digest.KindOf(err) != digest.Conflict {
		t.Errorf("undone without having seen it: %v", err)
	}
	_, at = present(t, d)
	saved, err := d.Undo(t.Context(), ada, at)
	if err != nil || saved.Picks() != before.Picks() || d.decisions(t, saved.Issue, id) != "" {
		t.Error(saved, err)
	}
	// Undecided takes a pick out, and leaves what was decided before it.
	d.decide(t, ada, digest.MaybeIt, 9)
	d.pick(t, 9)
	if done := d.decide(t, ada, digest.Undecided, 9); done.Words[:9] != "took out " || d.decisions(t, done.Issue, 9) != "maybe" {
		t.Error(done.Words, d.decisions(t, done.Issue, 9))
	}
	if done := d.decide(t, ada, digest.Undecided, 9); len(done.Decided) != 1 || d.decisions(t, done.Issue, 9) != "" {
		t.Error(done)
	}
	if done := d.decide(t, ada, digest.Undecided, 9); len(done.Decided) != 0 || done.Words != "" {
		t.Error(done)
	}
}

// Undo of what somebody looked at does not take back what came after it.
func TestUndoOfWhatWasSeen(t *testing.T) {
	d, issue, at := picked(t)
	d.decide(t, ada, digest.SkipIt, 8)
	_, history, err := d.History(t.Context(), desk.Ref{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	at.Last = history[0].ID
	d.decide(t, ben, digest.SkipIt, 9)
	_, err = d.Undo(t.Context(), ada, at)
	if changed, is := errors.AsType[*digest.Changed](err); !is || changed.Since[0].By != ben {
		t.Fatal(err)
	}
	if got := d.decisions(t, issue, 8, 9); got != "skip,skip" {
		t.Error(got)
	}
}

// Twenty decisions and edits are taken back in one order.
func TestUndoTwentyDeep(t *testing.T) {
	d, issue, _ := picked(t)
	for i := range int64(10) {
		d.decide(t, ada, digest.SkipIt, i%5+6)
		d.decide(t, ada, digest.MaybeIt, i%5+6)
	}
	for range 20 {
		_, at := present(t, d)
		if _, err := d.Undo(t.Context(), ben, at); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.decisions(t, issue, 6, 7, 8, 9, 10); got != ",,,," {
		t.Error(got)
	}
}

func TestDecisionNeedsADraft(t *testing.T) {
	d, issue, _ := picked(t)
	d.approve(t)
	if _, err := d.Decide(t.Context(), ada, desk.Ref{Number: issue.Number}, digest.SkipIt, 8); digest.KindOf(err) != digest.Conflict {
		t.Error(err)
	}
	if _, err := d.Decide(t.Context(), ada, desk.Ref{}, digest.SkipIt, 8, 999); digest.KindOf(err) != digest.NotFound {
		t.Error(err)
	}
	// The draft after it offers what was kept for later.
	d.decide(t, ada, digest.MaybeIt, 9)
	next, _ := present(t, d)
	if done := d.decide(t, ada, digest.MaybeIt, 9); len(done.Decided) != 0 {
		t.Error(done)
	}
	if all, err := d.Candidates(t.Context(), next); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}
