package desk_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/suggest"
)

// tell stores comments that tell something in a few words, each followed by a long one
// that tells nothing, and gives the ids of both.
func (d *bench) tell(t *testing.T, from, n int) (short, long []int64) {
	t.Helper()
	did := []string{"drove", "swept", "washed", "mended", "painted", "guarded", "cleaned", "steered", "loaded", "checked"}
	what := []string{"trams", "ferries", "lorries", "boilers", "railings", "turnstiles", "windows", "barges", "pallets", "tickets"}
	where := []string{"harbour", "market", "station", "brewery", "foundry", "stadium", "hospital", "canal", "warehouse", "museum"}
	page := pull.Page{SourceID: 1, Seen: d.clock.at}
	for i := range n {
		k := from + i
		few := fmt.Sprintf("I %s %s at the %s until my knees gave in, and my %s %sman never forgave the %s council.",
			did[k%10], what[(k*3)%10], where[(k*7)%10], where[(k+4)%10], what[(k+5)%10], where[(k*3+1)%10])
		var many []string
		for w := range 100 {
			many = append(many, fmt.Sprintf("%c%c%s", 'a'+rune((w*7+k)%26), "aeiou"[(w+k)%5], string([]rune{'a' + rune((w*11+k*3)%26), 'a' + rune((w*5+k*13)%26)})))
		}
		for j, text := range []string{few, strings.Join(many, " ") + "."} {
			page.Comments = append(page.Comments, digest.Comment{GUID: fmt.Sprint("told", k, j), PostRef: "p", Author: fmt.Sprint("Writer ", k, j),
				Published: d.clock.at.Add(time.Duration(2*i+j-2*n) * time.Second), Hash: fmt.Sprint("told", k, j), Words: prose.CountWords(text), Body: digest.Plain(text)})
		}
	}
	stored, err := d.db.StorePage(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range stored.CommentIDs {
		if i%2 == 0 {
			short = append(short, id)
		} else {
			long = append(long, id)
		}
	}
	return short, long
}

// lessons gives what the issues before one taught, the newest first.
func (d *bench) lessons(t *testing.T) []desk.Lesson {
	t.Helper()
	series, err := d.Series(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.db.Lessons(t.Context(), series.ID, math.MaxInt64, 99)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// firstSuggested gives the comment that is suggested first.
func (d *bench) firstSuggested(t *testing.T) int64 {
	t.Helper()
	all, err := d.Suggestions(t.Context(), desk.Ref{}, 1)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all[0].ID
}

// TestSuggestionsLearn from what an editor picks and skips: whoever picks the short ones
// and skips the long ones is offered a short one first in the next issue; and no longer,
// once that is forgotten. A rule that is off says nothing.
func TestSuggestionsLearn(t *testing.T) {
	d := newDesk(t, 0)
	d.clock.at = now.Add(time.Minute)
	short, long := d.tell(t, 0, 9)
	d.open(t)
	if first := d.firstSuggested(t); !slices.Contains(long, first) {
		t.Fatalf("at the start comment %d is suggested first, want one of %v", first, long)
	}
	d.pick(t, short[1:8]...)
	trimmed := short[8]
	draft, err := d.DraftAt(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Trim(t.Context(), ada, desk.Ref{Number: draft.Number, Version: draft.Version}, 0, trimmed, desk.Trim{Lift: &desk.Part{Sentence: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), ada, desk.Ref{}, digest.SkipIt, long[:7]...); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), ada, desk.Ref{}, digest.MaybeIt, long[7]); err != nil {
		t.Fatal(err)
	}
	if len(d.lessons(t)) > 0 {
		t.Error("something is learned before the approval")
	}
	issue := d.approve(t)
	all := d.lessons(t)
	if len(all) != 1 || all[0].IssueID != issue.ID {
		t.Fatalf("lessons: %+v", all)
	}
	isExample := func(id int64) bool {
		return slices.ContainsFunc(all[0].Examples, func(e desk.Example) bool { return e.CommentID == id && e.Picked })
	}
	if !isExample(trimmed) {
		t.Error("a pick that came of trimming teaches nothing")
	}
	picks := 0
	for _, e := range all[0].Examples {
		if e.Picked {
			picks++
		}
		if e.CommentID == short[0] || e.CommentID == long[7] || e.CommentID == long[8] {
			t.Errorf("comment %d is an example, though nobody decided of it, or it was kept for later", e.CommentID)
		}
		if e.Picked == slices.Contains(long, e.CommentID) || !e.Long || slices.Contains(long, e.CommentID) && !e.Suggested {
			t.Errorf("comment %d is %+v", e.CommentID, e)
		}
	}
	if picks != 8 || len(all[0].Examples) != 15 || all[0].Taste.Picks != 8 || all[0].Taste.Learned(suggest.Length) >= 0 {
		t.Errorf("%d picks of %d examples; the taste is %+v", picks, len(all[0].Examples), all[0].Taste)
	}
	tuned, err := d.Tuned(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	wantStanding := desk.Standing{Rule: suggest.Length, On: true, Fired: 7, Start: 2.2, Weight: all[0].Taste.Of(suggest.Length)}
	if got := tuned.Rules[0]; got != wantStanding || got.Change() != "counts less than at the start" || tuned.Shown != 15 || tuned.Picked != 8 {
		t.Errorf("the rule of length stands so: %+v, of %d shown and %d picked", got, tuned.Shown, tuned.Picked)
	}
	if said := tuned.Lately.String(); !strings.HasPrefix(said, "Of the picks of your last issue the suggestions held ") || !strings.HasSuffix(said, " of 8; the longest comments would have held 8.") ||
		tuned.Learned() != "Learned from 8 picks in 1 issue." {
		t.Errorf("%s %s", tuned.Learned(), said)
	}
	d.clock.at = d.clock.at.Add(time.Hour)
	next, lengthy := d.tell(t, 9, 1)
	if first := d.firstSuggested(t); first != next[0] {
		t.Errorf("comment %d is suggested first in the next issue, want %v; the long ones are %v", first, next, lengthy)
	}
	if n, err := d.Forget(t.Context(), ada, ""); n != 1 || err != nil {
		t.Errorf("forgotten are %d issues, %v", n, err)
	}
	if first := d.firstSuggested(t); first != lengthy[0] {
		t.Errorf("after all is forgotten comment %d is suggested first, want %v", first, lengthy)
	}
	if changed, err := d.SwitchRule(t.Context(), ada, "", suggest.Length, false); !changed || err != nil {
		t.Errorf("the rule was switched: %t, %v", changed, err)
	}
	if first := d.firstSuggested(t); first != next[0] {
		t.Errorf("without the rule of length comment %d is suggested first, want %v", first, next)
	}
	if _, err := d.SwitchRule(t.Context(), ada, "", "luck", false); digest.KindOf(err) != digest.Invalid || err == nil {
		t.Errorf("switching a rule that there is not: %v", err)
	}
}

// TestWhatWasLearnedGoesWithTheApproval that is taken back.
func TestWhatWasLearnedGoesWithTheApproval(t *testing.T) {
	d := newDesk(t, 0)
	d.clock.at = now.Add(time.Minute)
	short, _ := d.tell(t, 0, 9)
	d.open(t)
	d.pick(t, short...)
	issue := d.approve(t)
	if len(d.lessons(t)) != 1 {
		t.Fatal("nothing was learned")
	}
	if _, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number}); err != nil {
		t.Fatal(err)
	}
	if left := d.lessons(t); len(left) != 0 {
		t.Errorf("after the approval was taken back there is %+v", left)
	}
}

// TestNothingIsLearned from picks that nobody chose one by one.
func TestNothingIsLearned(t *testing.T) {
	d := newDesk(t, 0)
	d.clock.at = now.Add(time.Minute)
	d.tell(t, 0, 10)
	d.open(t)
	if _, _, err := d.PickSuggested(t.Context(), ada, desk.Ref{}, 9); err != nil {
		t.Fatal(err)
	}
	d.approve(t)
	if all := d.lessons(t); len(all) > 0 {
		t.Errorf("the rules learned of themselves: %+v", all)
	}
}

// fullStore is a store that has no room for what was shown, apart from a change.
type fullStore struct{ *store.DB }

func (fullStore) SaveShown(context.Context, int64, []int64) error {
	return errors.New("the disk is full")
}

// TestPickIsShown: what an editor picks counts as shown, in one step with the pick: no
// second step can fail after it. What the rules pick does not.
func TestPickIsShown(t *testing.T) {
	d := newDesk(t, 4)
	issue := d.open(t)
	full := desk.New(desk.Options{Store: fullStore{d.db}, Clock: d.clock, BaseURL: "https://news.example.org"})
	if added, _, err := full.Pick(t.Context(), ada, desk.Ref{}, 3); err != nil || added != 1 {
		t.Errorf("picked %d: %v", added, err)
	}
	_, at := present(t, d)
	draft, _, err := d.Issue(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if added, _, err := full.PickAt(t.Context(), ada, at, draft.Blocks[0].ID, 1); err != nil || added != 1 {
		t.Errorf("picked %d above another: %v", added, err)
	}
	shown := func(want ...int64) {
		t.Helper()
		if got, err := d.db.Shown(t.Context(), issue.ID); err != nil || !slices.Equal(got, want) {
			t.Errorf("shown are %d, want %d: %v", got, want, err)
		}
	}
	shown(1, 3)
	short, _ := d.tell(t, 0, 2)
	if _, _, err := full.PickSuggested(t.Context(), ada, desk.Ref{}, 1); err != nil {
		t.Fatal(err)
	}
	shown(1, 3)
	for _, id := range short { // one of them is in the draft already
		if _, _, err := d.Pick(t.Context(), ada, desk.Ref{}, id); err != nil {
			t.Fatal(err)
		}
	}
	shown(append([]int64{1, 3}, short...)...)
}
