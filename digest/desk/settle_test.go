package desk_test

import (
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
)

// rewrite lets the blog change the words of a comment.
func (d *bench) rewrite(t *testing.T, id int64, hash, text string) {
	t.Helper()
	found, err := d.db.CandidatesByID(t.Context(), []int64{id})
	if err != nil {
		t.Fatal(err)
	}
	c := found[0].Comment
	c.Hash, c.Body = hash, digest.Plain(text)
	d.clock.at = d.clock.at.Add(time.Minute)
	if _, err := d.db.StorePage(t.Context(), pull.Page{SourceID: c.SourceID, Seen: d.clock.at, Comments: []digest.Comment{c}}); err != nil {
		t.Fatal(err)
	}
}

func settled(t *testing.T, saved desk.Saved, err error, words string) {
	t.Helper()
	if err != nil || !strings.Contains(saved.Words, words) {
		t.Fatalf("got %q, %v, want %q", saved.Words, err, words)
	}
}

// TestKeepTheWordsAsPicked: an editor's decision holds until the blog changes the
// words once more, survives an approval that is taken back, and can be undone.
func TestKeepTheWordsAsPicked(t *testing.T) {
	d := newDesk(t, 2)
	d.open(t)
	d.pick(t, 1, 2)
	d.rewrite(t, 1, "new", "Comment number 0 was another. It has two sentences.")
	issue, at := present(t, d)
	block := issue.Blocks[0].ID
	compared, err := d.Compare(t.Context(), at, block)
	if err != nil || !compared.WasKept || compared.Was.Body.Text() != "Comment number 0. It has two sentences." || len(compared.Parts) < 3 {
		t.Fatalf("%+v, %v", compared, err)
	}
	saved, err := d.Keep(t.Context(), ada, at, block)
	settled(t, saved, err, "kept the words of row 1: Anonymous, “Comment number 0. It has two")
	is, err := d.Outlook(t.Context(), desk.Ref{})
	if err != nil || len(is.Problems) != 0 || is.Frozen.Blocks[0].Pick.Words.Text() != "Comment number 0. It has two sentences." {
		t.Fatalf("%+v, %v", is, err)
	}
	// It is trimmed by the words as picked.
	_, at = present(t, d)
	d.edit(t, at, desk.Edit{Block: block, Keep: []int{2}})
	if is, err = d.Outlook(t.Context(), desk.Ref{}); err != nil || is.Frozen.Blocks[0].Pick.Words.Text() != "[…] It has two sentences." {
		t.Fatalf("%+v, %v", is.Frozen.Blocks[0].Pick, err)
	}
	d.approve(t)
	if _, err := d.Reopen(t.Context(), ada, desk.Ref{}); err != nil {
		t.Fatal(err)
	}
	if is, err = d.Outlook(t.Context(), desk.Ref{}); err != nil || len(is.Problems) != 0 {
		t.Fatalf("reopened: %v, %v", is.Problems, err)
	}
	// The blog changes it once more.
	d.rewrite(t, 1, "newer", "Nothing of it is left.")
	if is, err = d.Outlook(t.Context(), desk.Ref{}); err != nil || len(is.Problems) != 1 {
		t.Fatalf("%v, %v", is.Problems, err)
	}
	_, at = present(t, d)
	saved, err = d.Update(t.Context(), ada, at, block)
	settled(t, saved, err, "as they are now; its trimming does not fit them")
	issue, at = present(t, d)
	if issue.Blocks[0].PickedHash != "newer" || issue.Blocks[0].AsPicked != "" || issue.Blocks[0].Kept != nil {
		t.Errorf("%+v", issue.Blocks[0])
	}
	if _, err := d.Keep(t.Context(), ada, at, block); digest.KindOf(err) != digest.Conflict {
		t.Errorf("there is nothing to decide: %v", err)
	}
	if _, err := d.Undo(t.Context(), ada, at); err != nil {
		t.Fatal(err)
	}
	if issue, _ = present(t, d); issue.Blocks[0].AsPicked != "new" || len(issue.Blocks[0].Kept) != 1 {
		t.Errorf("undone: %+v", issue.Blocks[0])
	}
}

// TestUpdateCarriesTheTrimmingOver keeps what was kept, where it is still there.
func TestUpdateCarriesTheTrimmingOver(t *testing.T) {
	d := newDesk(t, 1)
	d.open(t)
	d.pick(t, 1)
	issue, at := present(t, d)
	block := issue.Blocks[0].ID
	d.edit(t, at, desk.Edit{Block: block, Keep: []int{2}})
	d.rewrite(t, 1, "new", "A word before all. Comment number 0. It has two sentences. And a last one.")
	_, at = present(t, d)
	saved, err := d.Update(t.Context(), ada, at, block)
	settled(t, saved, err, "as they are now")
	if strings.Contains(saved.Words, "trimming") {
		t.Error(saved.Words)
	}
	is, err := d.Outlook(t.Context(), desk.Ref{})
	if err != nil || is.Frozen.Blocks[0].Pick.Words.Text() != "[…] It has two sentences. […]" {
		t.Errorf("%+v, %v", is.Frozen.Blocks[0].Pick, err)
	}
}

// TestKeepWhatTheBlogHides: an editor's second yes overrules one sign of removal, and
// no other.
func TestKeepWhatTheBlogHides(t *testing.T) {
	d := newDesk(t, 2)
	d.open(t)
	d.pick(t, 1, 2)
	if _, err := d.db.MarkGone(t.Context(), []int64{1}, digest.ByPermalink, "its page answers 404"); err != nil {
		t.Fatal(err)
	}
	issue, at := present(t, d)
	saved, err := d.Keep(t.Context(), ben, at, issue.Blocks[0].ID)
	settled(t, saved, err, "although it is no longer on the blog")
	issue, _ = present(t, d)
	if over := issue.Blocks[0].Overruled; over == nil || over.Sign != digest.ByPermalink || over.By != ben.Name || over.At.IsZero() {
		t.Errorf("%+v", issue.Blocks[0])
	}
	history, err := d.db.Revisions(t.Context(), issue.ID, 1)
	if err != nil || history[0].By != ben || !strings.Contains(history[0].Words, "kept row 1") {
		t.Errorf("%+v, %v", history, err)
	}
	d.approve(t)
	if _, _, err := d.Publish(t.Context(), ada, desk.Ref{Number: 8}); err != nil {
		t.Errorf("it is held back: %v", err)
	}

	d = newDesk(t, 1)
	d.open(t)
	d.pick(t, 1)
	for _, by := range []digest.GoneBy{digest.ByAbsence, digest.ByMarker} {
		page := pull.Page{SourceID: 1, Seen: d.clock.at, Comments: []digest.Comment{{GUID: "c0", Published: now, Hash: "x", Gone: true, GoneBy: by}}}
		if _, err := d.db.StorePage(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		is, err := d.Outlook(t.Context(), desk.Ref{})
		if err != nil || len(is.Problems) == 0 {
			t.Fatalf("%s: %v, %v", by, is.Problems, err)
		}
		issue, at = present(t, d)
		saved, err := d.Keep(t.Context(), ada, at, issue.Blocks[0].ID)
		settled(t, saved, err, "kept row 1")
	}
	is, err := d.Outlook(t.Context(), desk.Ref{})
	if err != nil || len(is.Problems) != 0 || is.Frozen.Picks != 1 {
		t.Errorf("%v, %v", is.Problems, err)
	}
}

// TestMailEndsWhereTheEditorSays: the page has all of it.
func TestMailEndsWhereTheEditorSays(t *testing.T) {
	d := newDesk(t, 4)
	d.open(t)
	d.pick(t, 1, 2, 3, 4)
	issue, at := present(t, d)
	if _, err := d.EndMail(t.Context(), ada, at, issue.Blocks[3].ID); digest.KindOf(err) != digest.Invalid {
		t.Errorf("after the last: %v", err)
	}
	saved, err := d.EndMail(t.Context(), ada, at, issue.Blocks[1].ID)
	settled(t, saved, err, "after row 2, with 2 more comments on the web")
	is, err := d.Outlook(t.Context(), desk.Ref{})
	if err != nil || is.Frozen.MailBlocks != 2 || is.Frozen.LeftForWeb() != 2 || is.Frozen.Picks != 4 {
		t.Errorf("%+v, %v", is.Frozen, err)
	}
	_, at = present(t, d)
	if _, err := d.Undo(t.Context(), ada, at); err != nil {
		t.Fatal(err)
	}
	if is, err = d.Outlook(t.Context(), desk.Ref{}); err != nil || is.Frozen.LeftForWeb() != 0 {
		t.Errorf("%+v, %v", is.Frozen, err)
	}
}
