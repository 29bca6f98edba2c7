package desk_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// ada and ben are two editors.
var (
	ada = digest.Actor{Kind: digest.ByEditor, Name: "ada@blog.example"}
	ben = digest.Actor{Kind: digest.ByEditor, Name: "ben@blog.example"}
)

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// clock is moved by the test alone.
type clock struct{ at time.Time }

func (c *clock) Now() time.Time                                   { return c.at }
func (c *clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// bench is a desk with what stands behind it.
type bench struct {
	*desk.Desk
	db    *store.DB
	clock *clock
}

// newDesk is a desk over a real database with one post and so many comments.
func newDesk(t *testing.T, comments int) *bench {
	t.Helper()
	return newDeskOn(t, storetest.Database(t), comments)
}

// newDeskOn is [newDesk] on a database without contents.
func newDeskOn(t testing.TB, dsn string, comments int) *bench {
	t.Helper()
	ctx := context.Background()
	clock := &clock{at: now}
	db := storetest.Open(t, dsn, clock)
	source := digest.Source{Name: "A blog", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: now}
	feeds := []digest.FeedState{{Kind: digest.PostsFeed, URL: "https://blog.example/posts"}, {Kind: digest.CommentsFeed, URL: "https://blog.example/comments"}}
	err := db.AddSource(ctx, digest.Actor{Kind: digest.ByCommand}, &source, feeds, digest.Series{
		Slug: "pick", Name: "Pick", Title: "{name} {number}", Schedule: "0 18 * * 0", Zone: "UTC", NextNumber: 8, Deadline: digest.Hold, CreatedAt: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	page := pull.Page{SourceID: source.ID, Seen: now, Posts: []digest.Post{{GUID: "p", URL: "https://blog.example/p", Title: "A post", Published: now.Add(-time.Hour), Hash: "p"}}}
	for i := range comments {
		text := fmt.Sprintf("Comment number %d. It has two sentences.", i)
		page.Comments = append(page.Comments, digest.Comment{
			GUID: fmt.Sprint("c", i), PostRef: "p", Author: "Anonymous", Published: now.Add(time.Duration(i-comments) * time.Second),
			Hash: fmt.Sprint("h", i), Words: prose.CountWords(text), Body: digest.Plain(text),
		})
	}
	if _, err := db.StorePage(ctx, page); err != nil {
		t.Fatal(err)
	}
	return &bench{desk.New(desk.Options{Store: db, Clock: clock, BaseURL: "https://news.example.org"}), db, clock}
}

// open opens the next draft.
func (d *bench) open(t *testing.T) digest.Issue {
	t.Helper()
	issue, _, err := d.Draft(t.Context(), ada, "")
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

// arrive lets another comment come, a second from now.
func (d *bench) arrive(t *testing.T, guid string) {
	t.Helper()
	d.clock.at = d.clock.at.Add(time.Second)
	page := pull.Page{SourceID: 1, Seen: d.clock.at, Comments: []digest.Comment{{GUID: guid, PostRef: "p", Author: "Ines", Published: d.clock.at,
		Hash: guid, Words: 2, Body: digest.Plain("It came.")}}}
	if _, err := d.db.StorePage(context.Background(), page); err != nil {
		t.Fatal(err)
	}
}

// pick picks comments into the present draft.
func (d *bench) pick(t *testing.T, comments ...int64) {
	t.Helper()
	if _, _, err := d.Pick(t.Context(), ada, desk.Ref{}, comments...); err != nil {
		t.Fatal(err)
	}
}

// approve approves the present draft for its moment.
func (d *bench) approve(t *testing.T) digest.Issue {
	t.Helper()
	draft, err := d.DraftAt(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	issue, _, err := d.Approve(t.Context(), ada, desk.Ref{Number: draft.Number}, desk.When{})
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

// edit edits a draft.
func (d *bench) edit(t *testing.T, at desk.Ref, e desk.Edit) desk.Saved {
	t.Helper()
	saved, err := d.Edit(t.Context(), ada, at, e)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// present gives the draft, and a reference to it as it stands.
func present(t *testing.T, d *bench) (digest.Issue, desk.Ref) {
	t.Helper()
	issue, err := d.DraftAt(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	return issue, desk.Ref{Number: issue.Number, Version: issue.Version}
}

// TestTwoEditorsAtOnce lets many hands pick into one draft: no pick is lost and
// none doubled.
func TestTwoEditorsAtOnce(t *testing.T) {
	const hands, each = 4, 5
	ctx := context.Background()
	d := newDesk(t, hands*each)
	issue := d.open(t)
	candidates, err := d.Candidates(ctx, issue)
	if err != nil || len(candidates) != hands*each {
		t.Fatalf("%d candidates, %v", len(candidates), err)
	}
	var all sync.WaitGroup
	for h := range hands {
		all.Go(func() {
			for i := range each {
				for {
					_, _, err := d.Pick(ctx, ada, desk.Ref{}, candidates[h*each+i].ID, candidates[0].ID)
					if err == nil {
						break
					}
					if digest.KindOf(err) != digest.Conflict {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	issue, _, err = d.Issue(ctx, desk.Ref{})
	if err != nil || len(issue.Blocks) != hands*each {
		t.Fatalf("%d rows of %d, %v", len(issue.Blocks), hands*each, err)
	}
}

// TestNextDraftTakesTheNextMoment approves an issue before its moment: the draft
// that opens with it is for the week after.
func TestNextDraftTakesTheNextMoment(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, 3)
	d.open(t)
	d.pick(t, 1)
	approved := d.approve(t)
	next, _, err := d.Issue(ctx, desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if next.Number != approved.Number+1 || !next.DueAt.Equal(approved.DueAt.AddDate(0, 0, 7)) {
		t.Errorf("issue %d is due %s and the next one, %d, %s", approved.Number, approved.DueAt, next.Number, next.DueAt)
	}
	if left, err := d.Candidates(ctx, next); err != nil || len(left) != 0 {
		t.Errorf("what the first issue could pick is offered again: %d comments, %v", len(left), err)
	}
}

// TestEditIsAllOrNothing refuses an edit of which one part cannot be done, and
// leaves the draft as it was.
func TestEditIsAllOrNothing(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, 2)
	d.open(t)
	d.pick(t, 1, 2)
	title, heading := "Another title", "A heading"
	issue, at := present(t, d)
	first := issue.Blocks[0].ID
	for name, e := range map[string]desk.Edit{
		"a sentence that is not there": {Title: &title, Block: first, Keep: []int{9}},
		"a block that is not there":    {Title: &title, Block: 999, Remove: true},
		"above a block that is not":    {Title: &title, Heading: &heading, Before: 999},
		"no block":                     {Title: &title, Restore: true},
		"nothing to a block":           {Title: &title, Block: first},
		"two things to one block":      {Title: &title, Block: first, Restore: true, Remove: true},
	} {
		if _, err := d.Edit(ctx, ada, at, e); err == nil || digest.HintOf(err) == "" && len(digest.ActsOf(err)) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	issue, _, err := d.Issue(ctx, desk.Ref{})
	if err != nil || issue.Title != "Pick 8" || len(issue.Blocks) != 2 || issue.Blocks[0].Kept != nil {
		t.Errorf("a refused edit changed the draft: %+v, %v", issue, err)
	}
}

// TestWhatCannotBeSeenIsLeftOut takes in what a file of an editor may hold and no
// database should; either database keeps the rest of it.
func TestWhatCannotBeSeenIsLeftOut(t *testing.T) {
	d := newDesk(t, 1)
	d.open(t)
	title, intro, heading, text := "A\x00 good\rweek", "\x00One\r\n\r\ntwo\xff\tthree\x1b", "A\vheading\x00", "\x00Text"
	e := desk.Edit{Title: &title, Intro: &intro, Heading: &heading, Text: &text}
	_, at := present(t, d)
	d.edit(t, at, e)
	nothing := "\x00\n"
	if _, err := d.Edit(t.Context(), ada, desk.Ref{}, desk.Edit{Text: &nothing}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("a text of nothing gives %v", err)
	}
	issue, _, err := d.Issue(t.Context(), desk.Ref{})
	if err != nil || len(issue.Blocks) != 2 {
		t.Fatalf("%+v, %v", issue, err)
	}
	got := []string{issue.Title, issue.Intro, issue.Blocks[0].Text, issue.Blocks[1].Text}
	if want := []string{"A good week", "One\n\ntwo\uFFFD\tthree", "A heading", "Text"}; !slices.Equal(got, want) {
		t.Errorf("stored are %q, want %q", got, want)
	}
	address := "The Depot\x00\r\nOstlemouth"
	if done, err := d.Set(t.Context(), ada, "pick", desk.Settings{PostalAddress: &address}); err != nil || done.Publication.PostalAddress != "The Depot\nOstlemouth" {
		t.Errorf("the address is %q, %v", done.Publication.PostalAddress, err)
	}
}

// TestTrimKeepsNeighbouringSentencesTogether trims by sentences, cuts show, and
// restoring brings all back.
func TestTrimKeepsNeighbouringSentencesTogether(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t, 1)
	d.open(t)
	d.pick(t, 1)
	trim := func(e desk.Edit) string {
		t.Helper()
		issue, at := present(t, d)
		e.Block = issue.Blocks[0].ID
		saved := d.edit(t, at, e)
		rows, err := d.Rows(ctx, saved.Issue)
		if err != nil {
			t.Fatal(err)
		}
		return rows[0].Words.Text()
	}
	if got := trim(desk.Edit{Keep: []int{2}}); got != "[…] It has two sentences." {
		t.Errorf("keeping the second sentence gives %q", got)
	}
	if got := trim(desk.Edit{Keep: []int{2, 1, 2}}); got != "Comment number 0. It has two sentences." {
		t.Errorf("keeping both gives %q", got)
	}
	trim(desk.Edit{Keep: []int{1}})
	if got := trim(desk.Edit{Restore: true}); got != "Comment number 0. It has two sentences." {
		t.Errorf("restoring gives %q", got)
	}
}

// TestSecondApproval approves twice without a number: the next draft, which opened with
// the first approval, is approved only by its own number, or once nothing waits.
func TestSecondApproval(t *testing.T) {
	d := newDesk(t, 4)
	d.open(t)
	d.pick(t, 1)
	if _, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	d.pick(t, 2)
	_, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{})
	if digest.KindOf(err) != digest.Conflict || !strings.Contains(err.Error(), "Pick 8 is approved already") || len(digest.ActsOf(err)) == 0 {
		t.Errorf("a second approval gives %v", err)
	}
	if draft, _ := present(t, d); draft.Number != 9 {
		t.Errorf("the draft is %d", draft.Number)
	}
	if _, _, err := d.Approve(t.Context(), ada, desk.Ref{Number: 9}, desk.When{}); err != nil {
		t.Error(err)
	}
	for _, n := range []int{8, 9} {
		if _, _, err := d.Publish(t.Context(), ada, desk.Ref{Number: n}); err != nil {
			t.Fatal(err)
		}
	}
	d.pick(t, 3)
	if _, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{}); err != nil {
		t.Errorf("with nothing that waits: %v", err)
	}
}

// TestOutlookTellsAllProblems looks at a draft with several faults: each is told, and
// what can be quoted is measured. An approved issue has none until a pick is removed.
func TestOutlookTellsAllProblems(t *testing.T) {
	d := newDesk(t, 3)
	d.open(t)
	d.pick(t, 1, 2)
	_, at := present(t, d)
	for _, heading := range []string{"One", "Two"} {
		d.edit(t, at, desk.Edit{Heading: &heading})
		_, at = present(t, d)
	}
	d.remove(t, 1)
	is, err := d.Outlook(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(is.Problems)
	for _, want := range []string{`"One" in row 3 is followed by another`, `"Two" in row 4 has nothing under it`, "row 1: pick 1", "no longer on the blog"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not told:\n%s", want, all)
		}
	}
	if is.Frozen.Picks != 1 || is.Frozen.Minutes != 1 || is.Frozen.Words == 0 {
		t.Errorf("it is %+v", is.Frozen)
	}
	_, _, err = d.Approve(t.Context(), ada, desk.Ref{}, desk.When{})
	if digest.KindOf(err) != digest.Invalid || strings.Count(err.Error(), "\n") != 2 || len(digest.ActsOf(err)) != 4 {
		t.Errorf("approving it gives %v", err)
	}

	d = newDesk(t, 1)
	d.open(t)
	d.pick(t, 1)
	d.approve(t)
	if is, err = d.Outlook(t.Context(), desk.Ref{Number: 8}); err != nil || len(is.Problems) != 0 || is.Frozen.Picks != 1 {
		t.Errorf("approved it is %+v, %v", is, err)
	}
	d.remove(t, 1)
	if is, err = d.Outlook(t.Context(), desk.Ref{Number: 8}); err != nil || len(is.Problems) != 1 {
		t.Errorf("with a removed pick it is %+v, %v", is, err)
	}
}
