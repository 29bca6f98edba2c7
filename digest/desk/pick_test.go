package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
)

// remove marks comments as removed from the blog.
func (d *bench) remove(t *testing.T, ids ...int64) {
	t.Helper()
	if _, err := d.db.MarkGone(t.Context(), ids, digest.ByAbsence, "not on the blog"); err != nil {
		t.Fatal(err)
	}
}

// TestRemovedIsNotPicked: a comment that was removed from the blog is no candidate,
// is not suggested, does not count as a reply, and picking it picks nothing.
func TestRemovedIsNotPicked(t *testing.T) {
	d := newDesk(t, 3)
	issue := d.open(t)
	d.remove(t, 2)
	offered, err := d.Candidates(t.Context(), issue)
	if err != nil || len(offered) != 2 || slices.ContainsFunc(offered, func(c digest.Candidate) bool { return c.ID == 2 }) {
		t.Errorf("offered are %d comments, %v", len(offered), err)
	}
	if _, _, err := d.Pick(t.Context(), ada, desk.Ref{}, 1, 2); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("picking a removed comment gives %v", err)
	}
	if draft, _ := present(t, d); len(draft.Blocks) != 0 {
		t.Errorf("it picked %v", rows(draft))
	}
}

// TestRemovedPickStops: a pick that was removed stops the approval and the
// publication, whatever row it stands in, and the error leads to that row.
func TestRemovedPickStops(t *testing.T) {
	for row, comment := range []int64{1, 2, 3, 4} {
		d, _, _ := picked(t)
		d.remove(t, comment)
		issue, at := present(t, d)
		if _, _, err := d.Approve(t.Context(), ada, at, desk.When{}); digest.KindOf(err) != digest.Conflict || err == nil || !strings.Contains(err.Error(), "no longer on the blog") {
			t.Errorf("approving with a removed pick %d: %v", row+1, err)
		} else if act := digest.ActsOf(err)[0]; act.Do != digest.RemoveRows || !slices.Equal(act.Blocks, blocksOf(issue, comment)) || act.Issue != issue.Number {
			t.Errorf("it offers %+v", act)
		}

		d, issue, at = picked(t)
		approved, _, err := d.Approve(t.Context(), ada, at, desk.When{})
		if err != nil {
			t.Fatal(err)
		}
		d.remove(t, comment)
		if _, err := d.Check(t.Context(), approved); digest.KindOf(err) != digest.Conflict || err == nil {
			t.Errorf("pick %d was removed after the approval: %v", row+1, err)
		}
		if _, _, err := d.Publish(t.Context(), ada, desk.Ref{Number: issue.Number}); digest.KindOf(err) != digest.Conflict || err == nil {
			t.Errorf("publishing with the removed pick %d: %v", row+1, err)
		}
		if now := whole(t, d, issue); now.State != digest.Approved {
			t.Errorf("the issue is %s", now.State)
		}
	}
}

func blocksOf(issue digest.Issue, comment int64) []int64 {
	b, _ := issue.PickOf(comment)
	return []int64{b.ID}
}

// speak stores comments that the rules suggest, and gives their ids.
func (d *bench) speak(t *testing.T, names ...string) (ids []int64) {
	t.Helper()
	page := pull.Page{SourceID: 1, Seen: d.clock.at}
	for _, n := range names {
		text := "At my depot I was the night controller for years and we never ran the last bus early. " + strings.Repeat(n+" word ", 30)
		page.Comments = append(page.Comments, digest.Comment{GUID: n, PostRef: "p", Author: "Writer " + n, Published: d.clock.at.Add(-time.Second),
			Hash: "h" + n, Words: prose.CountWords(text), Body: digest.Plain(text)})
	}
	stored, err := d.db.StorePage(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	return stored.CommentIDs
}

// TestSuggestionsLeaveOut what the issue has picked, and what an earlier one used,
// although it can pick that: the window of a cancelled issue is taken over.
func TestSuggestionsLeaveOut(t *testing.T) {
	d := newDesk(t, 0)
	approve := func(pick int64) digest.Issue {
		t.Helper()
		d.pick(t, pick)
		issue := d.approve(t)
		return issue
	}
	suggests := func(want ...int64) {
		t.Helper()
		found, err := d.Suggestions(t.Context(), desk.Ref{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, s := range found {
			got = append(got, s.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("suggested are %v, want %v", got, want)
		}
	}
	d.clock.at = now.Add(time.Minute)
	first := d.speak(t, "a", "b", "c")
	d.open(t)
	suggests(first...)
	d.pick(t, first[0])
	suggests(first[1:]...)
	eight := approve(first[0])
	d.clock.at = now.Add(2 * time.Minute)
	second := d.speak(t, "d", "e")
	suggests(second...)
	approve(second[0])
	if _, err := d.Cancel(t.Context(), ada, desk.Ref{Number: eight.Number}); err != nil {
		t.Fatal(err)
	}
	suggests(first[0], first[1], first[2], second[1])
}
