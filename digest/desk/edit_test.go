package desk_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
)

// picked is a draft with the comments 1 to 4 in its rows, the third of them trimmed,
// and a heading above the second.
func picked(t *testing.T) (*bench, digest.Issue, desk.Ref) {
	t.Helper()
	return pickedOn(t, storetest.Database(t))
}

// pickedOn is picked over an empty database of one's choice.
func pickedOn(t *testing.T, dsn string) (*bench, digest.Issue, desk.Ref) {
	t.Helper()
	d := newDeskOn(t, dsn, 12)
	d.open(t)
	d.pick(t, 1, 2, 3, 4)
	issue, at := present(t, d)
	heading := "A heading"
	d.edit(t, at, desk.Edit{Heading: &heading, Before: issue.Blocks[1].ID, Block: issue.Blocks[2].ID, Keep: []int{2}})
	issue, at = present(t, d)
	return d, issue, at
}

// rows says what stands in a draft: comment ids, and the kinds of other rows.
func rows(issue digest.Issue) (all []int64) {
	for _, b := range issue.Blocks {
		if b.Kind != digest.PickBlock {
			all = append(all, 0)
			continue
		}
		all = append(all, b.CommentID)
	}
	return all
}

// change is an edit of the draft that [picked] gives, made on what its editor saw.
type change struct {
	name string
	do   func(t *testing.T, d *bench, by digest.Actor, seen digest.Issue, at desk.Ref) error
	// changes is what of the draft it changes, and about what it needs to be as it was
	// seen: "title", "intro", "order", what is in a row ("row 3"), and that the row is
	// there ("there 3").
	changes, about []string
	// whole needs all of the draft to be as it was seen.
	whole bool
	// adds is done without a version, too.
	adds bool
	done func(seen, now digest.Issue) bool
}

func edit(e func(seen digest.Issue) desk.Edit) func(*testing.T, *bench, digest.Actor, digest.Issue, desk.Ref) error {
	return func(t *testing.T, d *bench, by digest.Actor, seen digest.Issue, at desk.Ref) error {
		_, err := d.Edit(t.Context(), by, at, e(seen))
		return err
	}
}

// said counts the rows of a kind with some words.
func said(issue digest.Issue, kind digest.BlockKind, text string) (n int) {
	for _, b := range issue.Blocks {
		if b.Kind == kind && b.Text == text {
			n++
		}
	}
	return n
}

func p[T any](v T) *T { return &v }

var quote = desk.Quote{Text: "A rota is a promise.", Source: "The Timetable", URL: "https://timetables.example/1"}

var changes = []change{
	{name: "take row 3 out", changes: []string{"row 3", "there 3"}, about: []string{"row 3", "there 3"},
		do:   edit(func(seen digest.Issue) desk.Edit { return desk.Edit{Block: seen.Blocks[2].ID, Remove: true} }),
		done: func(seen, now digest.Issue) bool { return now.RowOf(seen.Blocks[2].ID) == 0 }},
	{name: "trim row 1", changes: []string{"row 1"}, about: []string{"row 1", "there 1"},
		do:   edit(func(seen digest.Issue) desk.Edit { return desk.Edit{Block: seen.Blocks[0].ID, Keep: []int{1}} }),
		done: func(seen, now digest.Issue) bool { b, _ := now.BlockOf(seen.Blocks[0].ID); return len(b.Kept) == 1 }},
	{name: "trim row 3", changes: []string{"row 3"}, about: []string{"row 3", "there 3"},
		do:   edit(func(seen digest.Issue) desk.Edit { return desk.Edit{Block: seen.Blocks[2].ID, Keep: []int{1}} }),
		done: func(seen, now digest.Issue) bool { b, _ := now.BlockOf(seen.Blocks[2].ID); return len(b.Kept) == 1 }},
	{name: "restore row 4", changes: []string{"row 4"}, about: []string{"row 4", "there 4"},
		do:   edit(func(seen digest.Issue) desk.Edit { return desk.Edit{Block: seen.Blocks[3].ID, Restore: true} }),
		done: func(seen, now digest.Issue) bool { b, _ := now.BlockOf(seen.Blocks[3].ID); return b.Kept == nil }},
	{name: "write the heading anew", changes: []string{"row 2"}, about: []string{"row 2", "there 2"},
		do: edit(func(seen digest.Issue) desk.Edit {
			return desk.Edit{Block: seen.Blocks[1].ID, Rewrite: &desk.Rewrite{Heading: p("On the rota")}}
		}),
		done: func(_, now digest.Issue) bool { return said(now, digest.HeadingBlock, "On the rota") == 1 }},
	{name: "write the heading otherwise", changes: []string{"row 2"}, about: []string{"row 2", "there 2"},
		do: edit(func(seen digest.Issue) desk.Edit {
			return desk.Edit{Block: seen.Blocks[1].ID, Rewrite: &desk.Rewrite{Heading: p("On the bus")}}
		}),
		done: func(_, now digest.Issue) bool { return said(now, digest.HeadingBlock, "On the bus") == 1 }},
	{name: "change the title", changes: []string{"title"}, about: []string{"title"},
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Title: p("Another title")} }),
		done: func(_, now digest.Issue) bool { return now.Title == "Another title" }},
	{name: "write the introduction", changes: []string{"intro"}, about: []string{"intro"},
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Intro: p("Hello.")} }),
		done: func(_, now digest.Issue) bool { return now.Intro == "Hello." }},
	{name: "write another introduction", changes: []string{"intro"}, about: []string{"intro"},
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Intro: p("Good evening.")} }),
		done: func(_, now digest.Issue) bool { return now.Intro == "Good evening." }},
	{name: "write the subject", changes: []string{"mail"}, about: []string{"mail"},
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Subject: p("A subject")} }),
		done: func(_, now digest.Issue) bool { return now.Subject == "A subject" }},
	{name: "write the preheader", changes: []string{"mail"}, about: []string{"mail"},
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Preheader: p("A line")} }),
		done: func(_, now digest.Issue) bool { return now.Preheader == "A line" }},
	{name: "add a heading above row 4", about: []string{"there 4"},
		do: edit(func(seen digest.Issue) desk.Edit {
			return desk.Edit{Heading: p("Another heading"), Before: seen.Blocks[3].ID}
		}),
		done: func(seen, now digest.Issue) bool {
			at := slices.IndexFunc(now.Blocks, func(b digest.Block) bool { return b.Text == "Another heading" })
			return said(now, digest.HeadingBlock, "Another heading") == 1 && now.Blocks[at+1].ID == seen.Blocks[3].ID
		}},
	{name: "add a text at the end", adds: true,
		do:   edit(func(digest.Issue) desk.Edit { return desk.Edit{Text: p("A text.")} }),
		done: func(_, now digest.Issue) bool { return said(now, digest.TextBlock, "A text.") == 1 }},
	{name: "quote something above row 3", about: []string{"there 3"},
		do:   edit(func(seen digest.Issue) desk.Edit { return desk.Edit{Quote: &quote, Before: seen.Blocks[2].ID} }),
		done: func(_, now digest.Issue) bool { return said(now, digest.QuoteBlock, quote.Text) == 1 }},
	{name: "pick", adds: true,
		do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
			_, _, err := d.Pick(t.Context(), by, at, 5)
			return err
		},
		done: func(_, now digest.Issue) bool { return slices.Contains(now.Picked(), 5) }},
	{name: "pick above row 5", about: []string{"there 5"},
		do: func(t *testing.T, d *bench, by digest.Actor, seen digest.Issue, at desk.Ref) error {
			_, _, err := d.PickAt(t.Context(), by, at, seen.Blocks[4].ID, 6)
			return err
		},
		done: func(_, now digest.Issue) bool { return slices.Contains(now.Picked(), 6) }},
	{name: "unpick row 5", changes: []string{"row 5", "there 5"}, about: []string{"row 5", "there 5"},
		do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
			_, err := d.Unpick(t.Context(), by, at, 4)
			return err
		},
		done: func(_, now digest.Issue) bool { return !slices.Contains(now.Picked(), 4) }},
	{name: "move row 5 above row 1", changes: []string{"order"}, about: []string{"order", "there 5", "there 1"},
		do: func(t *testing.T, d *bench, by digest.Actor, seen digest.Issue, at desk.Ref) error {
			_, err := d.Move(t.Context(), by, at, seen.Blocks[4].ID, seen.Blocks[0].ID)
			return err
		},
		done: func(seen, now digest.Issue) bool { return now.RowOf(seen.Blocks[4].ID) < now.RowOf(seen.Blocks[0].ID) }},
	{name: "move row 4 to position 1", changes: []string{"order"}, about: []string{"order", "there 4"},
		do: func(t *testing.T, d *bench, by digest.Actor, seen digest.Issue, at desk.Ref) error {
			_, err := d.MoveTo(t.Context(), by, at, seen.Blocks[3].ID, 1)
			return err
		},
		done: func(seen, now digest.Issue) bool { return now.RowOf(seen.Blocks[3].ID) < now.RowOf(seen.Blocks[0].ID) }},
	{name: "undo", whole: true, changes: []string{"row 2", "there 2"},
		do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
			_, err := d.Undo(t.Context(), by, at)
			return err
		},
		done: func(seen, now digest.Issue) bool { return now.RowOf(seen.Blocks[1].ID) == 0 }},
	{name: "approve", whole: true, do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
		_, _, err := d.Approve(t.Context(), by, at, desk.When{})
		return err
	}},
	{name: "skip", whole: true, do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
		_, _, err := d.Skip(t.Context(), by, at)
		return err
	}},
	{name: "cancel", whole: true, do: func(t *testing.T, d *bench, by digest.Actor, _ digest.Issue, at desk.Ref) error {
		_, err := d.Cancel(t.Context(), by, at)
		return err
	}},
}

// ends tells of the changes after which there is no draft to edit.
func (c change) ends() bool { return slices.Contains([]string{"approve", "skip", "cancel"}, c.name) }

// minds tells whether a change is refused after another.
func (c change) minds(first change) bool {
	if first.name == "skip" && !c.whole && len(c.changes) == 0 { // what adds goes to the next draft, which has the number and the rows
		return false
	}
	return first.ends() || c.whole || slices.ContainsFunc(first.changes, func(s string) bool { return slices.Contains(c.about, s) })
}

// TestTwoEditors lets every change be made on a draft that somebody else has changed
// since it was looked at. It is done, and loses nothing of the other, unless the other
// changed what it is about: then it is refused, changes nothing, and tells who did what.
// The same twice is done once.
func TestTwoEditors(t *testing.T) {
	for _, first := range changes {
		t.Run(first.name, func(t *testing.T) {
			t.Parallel()
			for left := changes; len(left) > 0; {
				seconds := left
				left = left[1:]
				t.Run("then "+seconds[0].name, func(t *testing.T) { left = meet(t, first, seconds) })
			}
		})
	}
}

// meet has one change meet others at a desk, until one is done: it gives those that were
// not tried then. The rules of who may do what after whom know no database: where tests
// run on PostgreSQL, most pairs meet on SQLite, and there a change of each sort of row,
// of all and of the state meets every other.
func meet(t *testing.T, first change, seconds []change) (left []change) {
	var dsn string
	if slices.Contains([]string{"write the heading anew", "pick", "undo", "approve"}, first.name) {
		dsn = storetest.Database(t)
	} else {
		dsn = storetest.MadeSQLite(t)
	}
	d, seen, at := pickedOn(t, dsn)
	if err := first.do(t, d, ben, seen, at); err != nil {
		t.Fatal(err)
	}
	for i, second := range seconds {
		before := whole(t, d, seen)
		err := second.do(t, d, ada, seen, at)
		after := whole(t, d, seen)
		isSame := second.name == first.name && !second.whole && !slices.Contains(second.changes, "there 3") && !slices.Contains(second.changes, "there 5")
		switch {
		case isSame || !second.minds(first):
			if err != nil || !second.done(seen, after) {
				t.Errorf("then %s: %v, rows %v", second.name, err, rows(after))
			}
			if !first.ends() && !first.done(seen, after) && !slices.Contains(second.changes, "order") {
				t.Errorf("then %s lost what was done first: rows %v", second.name, rows(after))
			}
			if isSame && after.Version != before.Version {
				t.Errorf("done twice, it makes version %d of %d", after.Version, before.Version)
			}
		case err == nil || digest.KindOf(err) != digest.Conflict:
			t.Errorf("then %s: %v", second.name, err)
		case after.Version != before.Version || !slices.Equal(rows(after), rows(before)):
			t.Errorf("then %s changed %v to %v", second.name, rows(before), rows(after))
		case first.ends():
			if !strings.Contains(err.Error(), ben.Name) {
				t.Errorf("then %s: %v does not tell who did it", second.name, err)
			}
		default:
			changed, ok := errors.AsType[*digest.Changed](err)
			if !ok || changed.Since[0].By != ben || !strings.Contains(err.Error(), ben.Name+" "+changed.Since[0].Words) || len(digest.ActsOf(err)) == 0 {
				t.Errorf("then %s: %v does not tell what was changed", second.name, err)
			}
		}
		if after.Version != before.Version || after.State != before.State {
			return seconds[i+1:]
		}
	}
	return nil
}

// whole reads an issue again.
func whole(t *testing.T, d *bench, issue digest.Issue) digest.Issue {
	t.Helper()
	now, _, err := d.Issue(t.Context(), desk.Ref{Number: issue.Number})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// TestRemovingMeetsAnotherRemoval is one editor who takes the second row out while
// another takes out the first: no third comment goes with them.
func TestRemovingMeetsAnotherRemoval(t *testing.T) {
	d, seen, at := picked(t)
	if _, err := d.Unpick(t.Context(), ben, at, 1); err != nil {
		t.Fatal(err)
	}
	saved, err := d.Edit(t.Context(), ada, at, desk.Edit{Block: seen.Blocks[2].ID, Remove: true})
	if err != nil || !slices.Equal(rows(saved.Issue), []int64{0, 3, 4}) {
		t.Errorf("rows %v, %v", rows(saved.Issue), err)
	}
	if want := "took out row 2: Anonymous, “Comment number 1. It has two sentences.”"; saved.Words != want {
		t.Errorf("it says %q, want %q", saved.Words, want)
	}
}

// TestEditsAtTheSameMoment lets several editors take a row of their own out of what
// all of them see, and write the same title: each row goes, and of the titles one
// stays, whose writer is the only one not told of another.
func TestEditsAtTheSameMoment(t *testing.T) {
	d, seen, at := picked(t)
	var titles atomic.Int64
	var all sync.WaitGroup
	for i, block := range seen.Blocks {
		all.Go(func() {
			if _, err := d.Edit(t.Context(), ada, at, desk.Edit{Block: block.ID, Remove: true}); err != nil {
				t.Errorf("refused with %v", err)
			}
		})
		all.Go(func() {
			_, err := d.Edit(t.Context(), ben, at, desk.Edit{Title: p(strings.Repeat("x", i+1))})
			if err == nil {
				titles.Add(1)
				return
			}
			if changed, ok := errors.AsType[*digest.Changed](err); !ok || len(changed.Since) != 1 || !strings.Contains(changed.Since[0].Words, "title") {
				t.Errorf("refused with %v", err)
			}
		})
	}
	all.Wait()
	left := whole(t, d, seen)
	if len(left.Blocks) != 0 || titles.Load() != 1 || left.Version != seen.Version+int64(len(seen.Blocks))+1 {
		t.Errorf("left are %v, %d titles were given, version %d after %d", rows(left), titles.Load(), left.Version, seen.Version)
	}
}

// TestNextDraftIsNoOldVersion: what somebody saw of a draft that has been approved
// meanwhile is no version of the next one, so that no row of that is hit.
func TestNextDraftIsNoOldVersion(t *testing.T) {
	d, seen, at := picked(t)
	if _, _, err := d.Approve(t.Context(), ben, at, desk.When{}); err != nil {
		t.Fatal(err)
	}
	for version := at.Version; version > 0; version-- {
		_, err := d.DraftAt(t.Context(), desk.Ref{Version: version})
		if changed, ok := errors.AsType[*digest.Changed](err); !ok || changed.Issue != seen.Number+1 || !strings.Contains(err.Error(), "opened it") {
			t.Errorf("version %d, seen of the issue before, gives %v", version, err)
		}
	}
}

// TestUnpickTwiceNamed takes a comment out once that is named twice.
func TestUnpickTwiceNamed(t *testing.T) {
	d, _, at := picked(t)
	saved, err := d.Unpick(t.Context(), ada, at, 1, 2, 1)
	if err != nil || !slices.Equal(rows(saved.Issue), []int64{0, 3, 4}) || strings.Count(saved.Words, "Comment number 1") != 1 {
		t.Errorf("%v, %q, %v", rows(saved.Issue), saved.Words, err)
	}
}

// TestEditOfNothing leaves the draft's version, so that nobody else's edit is refused
// for it.
func TestEditOfNothing(t *testing.T) {
	d, seen, at := picked(t)
	for name, e := range map[string]desk.Edit{
		"restoring what is whole": {Block: seen.Blocks[0].ID, Restore: true},
		"the same trimming again": {Block: seen.Blocks[3].ID, Keep: []int{2}},
		"trimming to all it says": {Block: seen.Blocks[0].ID, Keep: []int{1, 2}},
	} {
		saved, err := d.Edit(t.Context(), ada, at, e)
		if err != nil || saved.Words != "" || whole(t, d, seen).Version != seen.Version {
			t.Errorf("%s: %q, %v, version %d after %d", name, saved.Words, err, whole(t, d, seen).Version, seen.Version)
		}
	}
}

// TestEditNeedsAVersion: nobody edits what they have not looked at.
func TestEditNeedsAVersion(t *testing.T) {
	d, seen, _ := picked(t)
	for _, c := range changes {
		if c.adds || c.ends() {
			continue
		}
		if err := c.do(t, d, ada, seen, desk.Ref{Number: seen.Number}); digest.KindOf(err) != digest.Invalid || err == nil {
			t.Errorf("%s without a version: %v", c.name, err)
		}
	}
}

// TestUndoGoesBack takes twenty edits and more back, one by one, whoever made them,
// and finds the draft each time as it was: the same rows with the same ids.
func TestUndoGoesBack(t *testing.T) {
	d, issue, _ := picked(t)
	var states []digest.Issue
	for i := range 25 {
		states = append(states, issue)
		_, at := present(t, d)
		by, title, intro := ada, strings.Repeat("x", i+1), strings.Repeat("y", i+1)
		if i%2 == 0 {
			by = ben
		}
		e := desk.Edit{Title: &title}
		switch i % 5 {
		case 1:
			e = desk.Edit{Block: issue.Blocks[len(issue.Blocks)-1].ID, Remove: true}
		case 2:
			e = desk.Edit{Text: &intro}
		case 3:
			e = desk.Edit{Intro: &intro}
		case 4:
			if _, err := d.Move(t.Context(), by, at, issue.Blocks[0].ID, 0); err != nil {
				t.Fatal(err)
			}
			issue, _ = present(t, d)
			continue
		}
		saved, err := d.Edit(t.Context(), by, at, e)
		if err != nil {
			t.Fatal(i, err)
		}
		issue = saved.Issue
	}
	for i, want := range slices.Backward(states) {
		_, at := present(t, d)
		saved, err := d.Undo(t.Context(), ada, at)
		if err != nil {
			t.Fatal(i, err)
		}
		who := ada.Name
		if i%2 == 0 {
			who = ben.Name
		}
		if !strings.HasPrefix(saved.Words, "undid what "+who+" did: ") {
			t.Errorf("undoing %d says %q", i, saved.Words)
		}
		got := whole(t, d, want)
		if got.Title != want.Title || got.Intro != want.Intro || !slices.EqualFunc(got.Blocks, want.Blocks, sameBlock) {
			t.Fatalf("after undoing %d:\n got %+v\nwant %+v", i, got, want)
		}
	}
	// The picks and the heading of the beginning can be undone too, then nothing.
	for range 2 {
		_, at := present(t, d)
		if _, err := d.Undo(t.Context(), ada, at); err != nil {
			t.Fatal(err)
		}
	}
	_, at := present(t, d)
	if _, err := d.Undo(t.Context(), ada, at); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("with nothing to undo: %v", err)
	}
}

func sameBlock(a, b digest.Block) bool {
	return a.ID == b.ID && a.Kind == b.Kind && a.CommentID == b.CommentID && a.Text == b.Text && slices.Equal(a.Kept, b.Kept)
}

// TestUndoStopsAtTheApproval: what was approved is not taken apart by undoing, also
// after the approval was taken back.
func TestUndoStopsAtTheApproval(t *testing.T) {
	d, issue, at := picked(t)
	if _, _, err := d.Approve(t.Context(), ada, at, desk.When{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(t.Context(), ben, desk.Ref{Number: issue.Number}); err != nil {
		t.Fatal(err)
	}
	_, at = present(t, d)
	if _, err := d.Undo(t.Context(), ada, at); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("undoing after a reopening gives %v", err)
	}
	_, history, err := d.History(t.Context(), desk.Ref{Number: issue.Number}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var did []digest.Change
	for _, r := range history {
		did = append(did, r.Did)
	}
	if want := []digest.Change{digest.Reopened, "approved", digest.Edited, digest.Edited, digest.Opened}; !slices.Equal(did, want) {
		t.Errorf("the history is %v, want %v", did, want)
	}
	if history[0].By != ben || history[1].By != ada || !history[1].At.Equal(now) {
		t.Errorf("it says %+v", history[:2])
	}
}

// TestTrimSurvives: a comment that was trimmed, taken out and picked again is as it
// was trimmed, unless its words have changed.
func TestTrimSurvives(t *testing.T) {
	d, seen, at := picked(t)
	d.edit(t, at, desk.Edit{Block: seen.Blocks[0].ID, Keep: []int{2}})
	again := func() []digest.Range {
		t.Helper()
		_, at := present(t, d)
		if _, err := d.Unpick(t.Context(), ben, at, 1); err != nil {
			t.Fatal(err)
		}
		_, saved, err := d.Pick(t.Context(), ada, desk.Ref{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := saved.PickOf(1)
		return block.Kept
	}
	if kept := again(); len(kept) != 1 || kept[0].Start == 0 {
		t.Errorf("picked again, it keeps %v", kept)
	}
	issue, at := present(t, d)
	block, _ := issue.PickOf(1)
	d.edit(t, at, desk.Edit{Block: block.ID, Restore: true})
	if kept := again(); kept != nil {
		t.Errorf("restored and picked again, it keeps %v", kept)
	}
}
