package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
)

// threaded is a desk with two posts. Under the older one 1 is answered by 2, which is
// answered by 3, and 4 begins a thread of its own that 5 answers; under the newer one
// stands 6.
func threaded(t *testing.T) *bench {
	t.Helper()
	d := newDesk(t, 0)
	posts := []digest.Post{{GUID: "new", URL: "https://blog.example/new", Title: "New", Published: now, Hash: "n"}}
	for i, c := range []struct{ post, parent string }{{"p", ""}, {"p", "c1"}, {"p", "c2"}, {"p", ""}, {"p", "c4"}, {"new", ""}} {
		text := fmt.Sprintf("Comment number %d.", i+1)
		page := pull.Page{SourceID: 1, Seen: now, Posts: posts, Comments: []digest.Comment{{GUID: fmt.Sprint("c", i+1), PostRef: c.post, ParentRef: c.parent, Author: "Anonymous",
			Published: now.Add(time.Duration(i) * time.Minute), Hash: fmt.Sprint("h", i), Words: 3, Body: digest.Plain(text)}}}
		if _, err := d.db.StorePage(t.Context(), page); err != nil { // one by one, so that the ids count up
			t.Fatal(err)
		}
	}
	d.open(t)
	return d
}

// stand says what stands in a draft: "1" for a comment, and the words of other rows.
func stand(issue digest.Issue) string {
	var all []string
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			all = append(all, fmt.Sprint(b.CommentID))
			continue
		}
		all = append(all, b.Text)
	}
	return strings.Join(all, " ")
}

// lay makes a draft's rows: comments, and words that begin with H for headings, T for
// texts and Q for quotations.
func (d *bench) lay(t *testing.T, rows string) (digest.Issue, desk.Ref) {
	t.Helper()
	for _, word := range strings.Fields(rows) {
		_, at := present(t, d)
		e := desk.Edit{}
		switch word[0] {
		case 'H':
			e.Heading = &word
		case 'T':
			e.Text = &word
		case 'Q':
			e.Quote = &desk.Quote{Text: word, Source: "A book"}
		default:
			d.pick(t, int64(word[0]-'0'))
			continue
		}
		d.edit(t, at, e)
	}
	return present(t, d)
}

// TestReorder puts picks in order, each section by itself, in one edit that one undo
// takes back. Done again it changes nothing.
func TestReorder(t *testing.T) {
	for _, c := range []struct{ name, rows, byThread, byBlog string }{
		{"threads apart", "3 6 4 1 5 2", "1 2 3 6 4 5", "6 1 2 3 4 5"},
		{"texts and quotations go with the pick below them", "6 T 2 1 Q 4 T2", "6 1 T 2 Q 4 T2", "6 1 T 2 Q 4 T2"},
		{"headings keep what is under them", "H1 5 6 4 H2 3 1 H3 2", "H1 4 5 6 H2 1 3 H3 2", "H1 6 4 5 H2 1 3 H3 2"},
		{"in order already", "6 1 2", "6 1 2", "6 1 2"},
		{"empty", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := threaded(t)
			before, _ := d.lay(t, c.rows)
			for how, want := range map[desk.Ordering]string{desk.ByThread: c.byThread, desk.ByBlog: c.byBlog} {
				_, at := present(t, d)
				saved, err := d.Reorder(t.Context(), ada, at, how)
				if err != nil || stand(saved.Issue) != want || (saved.Words == "") != (want == c.rows) {
					t.Errorf("by %s: %q and %q, %v; want %q", how, stand(saved.Issue), saved.Words, err, want)
				}
				if saved.Words == "" {
					continue
				}
				_, at = present(t, d)
				if again, err := d.Reorder(t.Context(), ada, at, how); err != nil || again.Words != "" {
					t.Errorf("by %s again: %q, %v", how, again.Words, err)
				}
				undone, err := d.Undo(t.Context(), ben, at)
				if err != nil || stand(undone.Issue) != c.rows || !slices.EqualFunc(undone.Blocks, before.Blocks, sameBlock) {
					t.Errorf("by %s, undone: %q, %v", how, stand(undone.Issue), err)
				}
			}
			_, at := present(t, d)
			if _, err := d.Reorder(t.Context(), ada, at, "length"); digest.KindOf(err) != digest.Invalid || err == nil {
				t.Errorf("an unknown order gives %v", err)
			}
		})
	}
}

// TestReorderMeetsAMove: an order is refused when somebody moved a row since it was
// looked at, and not when somebody picked or trimmed.
func TestReorderMeetsAMove(t *testing.T) {
	d := threaded(t)
	issue, at := d.lay(t, "3 1 2")
	d.pick(t, 6)
	if _, err := d.Edit(t.Context(), ben, at, desk.Edit{Text: p("T")}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reorder(t.Context(), ada, at, desk.ByThread); err != nil {
		t.Errorf("after additions: %v", err)
	}
	if _, err := d.Move(t.Context(), ben, at, issue.Blocks[0].ID, 0); digest.KindOf(err) != digest.Conflict || !strings.Contains(err.Error(), "grouped the picks by thread") {
		t.Errorf("a move after that: %v", err)
	}
}

// TestAnswers: a row that answers another says so, and is brought below it, after what
// answers it there already.
func TestAnswers(t *testing.T) {
	d := threaded(t)
	issue, at := d.lay(t, "2 6 1 H 3 5")
	facts := func() (all []string) {
		t.Helper()
		issue, at = present(t, d)
		rows, err := d.Rows(t.Context(), issue)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if r.Answers > 0 {
				all = append(all, fmt.Sprintf("%d→%d %t", i+1, r.Answers, r.Apart))
			}
		}
		return all
	}
	for _, c := range []struct {
		comment int64
		want    string
		facts   []string
	}{
		{0, "2 6 1 H 3 5", []string{"1→3 true", "5→1 true"}},
		{2, "6 1 2 H 3 5", []string{"3→2 false", "5→3 true"}},
		{3, "6 1 2 3 H 5", []string{"3→2 false", "4→3 false"}},
		{2, "6 1 2 3 H 5", []string{"3→2 false", "4→3 false"}},
	} {
		if c.comment != 0 {
			block, _ := issue.PickOf(c.comment)
			if _, err := d.KeepTogether(t.Context(), ada, at, block.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got := facts(); stand(issue) != c.want || !slices.Equal(got, c.facts) {
			t.Errorf("after bringing %d: %q with %v, want %q with %v", c.comment, stand(issue), got, c.want, c.facts)
		}
	}
	for _, row := range []int{1, 5, 6} {
		if _, err := d.KeepTogether(t.Context(), ada, at, issue.Blocks[row-1].ID); digest.KindOf(err) != digest.Conflict || err == nil {
			t.Errorf("row %d, which answers nothing here: %v", row, err)
		}
	}
	if _, err := d.KeepTogether(t.Context(), ada, at, 999); digest.KindOf(err) != digest.NotFound {
		t.Errorf("an unknown row: %v", err)
	}
}

// TestMoveTo moves to every position, and to none that is not there.
func TestMoveTo(t *testing.T) {
	d := threaded(t)
	d.lay(t, "1 2 3")
	for _, c := range []struct {
		comment int64
		to      int
		want    string
		kind    digest.Kind
	}{
		{1, 3, "2 3 1", 0}, {1, 1, "1 2 3", 0}, {3, 2, "1 3 2", 0}, {3, 2, "1 3 2", 0}, {3, 0, "", digest.Invalid}, {3, 4, "", digest.Invalid},
	} {
		issue, at := present(t, d)
		block, _ := issue.PickOf(c.comment)
		saved, err := d.MoveTo(t.Context(), ada, at, block.ID, c.to)
		if digest.KindOf(err) != c.kind || err == nil && stand(saved.Issue) != c.want {
			t.Errorf("%d to %d: %q, %v", c.comment, c.to, stand(saved.Issue), err)
		}
	}
}

// TestPickAt puts picks where they are wanted, in the order given.
func TestPickAt(t *testing.T) {
	d := threaded(t)
	issue, at := d.lay(t, "1 2")
	added, saved, err := d.PickAt(t.Context(), ada, at, issue.Blocks[1].ID, 4, 1, 5)
	if err != nil || added != 2 || stand(saved.Issue) != "1 4 5 2" {
		t.Errorf("%d, %q, %v", added, stand(saved.Issue), err)
	}
}

// TestRewriting changes what a row says, and only what rows of the editor say.
func TestRewriting(t *testing.T) {
	d := threaded(t)
	issue, at := d.lay(t, "H T Q 1")
	long := strings.Repeat("x", desk.MaxText+1)
	quote := func(text, source, url string) *desk.Rewrite {
		return &desk.Rewrite{Quote: &desk.Quote{Text: text, Source: source, URL: url}}
	}
	for _, c := range []struct {
		row  int
		to   *desk.Rewrite
		want string // words of the error; "" for none
	}{
		{1, &desk.Rewrite{Heading: p(" On  the rota ")}, ""},
		{2, &desk.Rewrite{Text: p("One *line*.")}, ""},
		{3, quote("A rota is a promise.", "The Timetable", "https://timetables.example/1"), ""},
		{3, quote("A rota is a promise.", "A book without an address", ""), ""},
		{1, &desk.Rewrite{Text: p("x")}, "row 1 is a heading, and no text"},
		{2, quote("x", "y", ""), "row 2 is a text, and no quote"},
		{4, &desk.Rewrite{Text: p("Words of ours.")}, "row 4 is a pick, and no text"},
		{1, &desk.Rewrite{Heading: p(" ")}, "a heading cannot be empty"},
		{2, &desk.Rewrite{Text: &long}, "the text is longer than 50000 bytes"},
		{3, quote("", "y", ""), "a quotation cannot be empty"},
		{3, quote("x", " ", ""), "a quotation needs its source"},
		{3, quote("x", "y", "javascript:alert(1)"), "is no address of a page"},
		{3, quote("x", "y", "https://user:secret@blog.example/"), "is no address of a page"},
		{3, &desk.Rewrite{}, "nothing is said about the row"},
	} {
		before, _ := present(t, d)
		_, err := d.Edit(t.Context(), ada, at, desk.Edit{Block: issue.Blocks[c.row-1].ID, Rewrite: c.to})
		after, ref := present(t, d)
		at = ref
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || after.Version != before.Version) {
			t.Errorf("row %d to %+v: %v", c.row, c.to, err)
		}
	}
	issue, _ = present(t, d)
	if got := stand(issue); got != "On the rota One *line*. A rota is a promise. 1" {
		t.Errorf("it says %q", got)
	}
	if b := issue.Blocks[2]; b.SourceTitle != "A book without an address" || b.SourceURL != "" {
		t.Errorf("the quotation is %+v", b)
	}
	_, history, err := d.History(t.Context(), desk.Ref{}, 1)
	if err != nil || history[0].Words != "rewrote row 3: the quotation “A rota is a promise.”" {
		t.Errorf("the history says %+v, %v", history, err)
	}
}

// TestAFormSentTwice adds what it adds once, and moves once.
func TestAFormSentTwice(t *testing.T) {
	d := threaded(t)
	issue, _ := d.lay(t, "1 2")
	for _, e := range []desk.Edit{
		{Heading: p("H"), Before: issue.Blocks[1].ID}, {Text: p("T")}, {Quote: &desk.Quote{Text: "Q", Source: "S"}, Before: issue.Blocks[0].ID},
	} {
		_, at := present(t, d)
		for range 2 {
			if _, err := d.Edit(t.Context(), ada, at, e); err != nil {
				t.Error(err)
			}
		}
	}
	_, at := present(t, d)
	for range 2 {
		if _, err := d.Move(t.Context(), ada, at, issue.Blocks[1].ID, issue.Blocks[0].ID); err != nil {
			t.Error(err)
		}
	}
	issue, at = present(t, d)
	if got := stand(issue); got != "Q 2 1 H T" {
		t.Errorf("it has %q", got)
	}
	// What was there when it was looked at may be said again.
	if _, err := d.Edit(t.Context(), ada, at, desk.Edit{Text: p("T")}); err != nil {
		t.Fatal(err)
	}
	if issue, _ = present(t, d); stand(issue) != "Q 2 1 H T T" {
		t.Errorf("it has %q", stand(issue))
	}
}

// TestUndoAfterReopening: after an approval was taken back two editors undo twenty of
// their edits in a row.
func TestUndoAfterReopening(t *testing.T) {
	d, issue, at := picked(t)
	if _, _, err := d.Approve(t.Context(), ada, at, desk.When{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(t.Context(), ben, desk.Ref{Number: issue.Number}); err != nil {
		t.Fatal(err)
	}
	reopened, at := present(t, d)
	for i := range 20 {
		by := []digest.Actor{ada, ben}[i%2]
		if _, err := d.MoveTo(t.Context(), by, at, reopened.Blocks[i%5].ID, 1+(i*3+1)%5); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Edit(t.Context(), by, at, desk.Edit{Intro: p(strings.Repeat("x", i+1))}); err != nil {
			t.Fatal(err)
		}
		_, at = present(t, d)
	}
	edits := 0
	for {
		_, at = present(t, d)
		if _, err := d.Undo(t.Context(), []digest.Actor{ben, ada}[edits%2], at); err != nil {
			break
		}
		edits++
	}
	after, _ := present(t, d)
	if edits < 20 || after.Intro != "" || !slices.EqualFunc(after.Blocks, reopened.Blocks, sameBlock) {
		t.Errorf("%d undone, to %v and %q", edits, rows(after), after.Intro)
	}
}

// TestTrimSurvivesArranging: a pick that is taken out as a row and picked again at a
// position is as it was trimmed.
func TestTrimSurvivesArranging(t *testing.T) {
	d, issue, at := picked(t)
	kept := issue.Blocks[3].Kept
	d.edit(t, at, desk.Edit{Block: issue.Blocks[3].ID, Remove: true})
	_, at = present(t, d)
	_, saved, err := d.PickAt(t.Context(), ben, at, issue.Blocks[0].ID, 3)
	if b, _ := saved.PickOf(3); err != nil || len(kept) == 0 || !slices.Equal(b.Kept, kept) || saved.Blocks[0].CommentID != 3 {
		t.Errorf("it keeps %v of %v, %v", b.Kept, kept, err)
	}
}
