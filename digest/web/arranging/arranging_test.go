package arranging_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desktest"
)

const page = "/desk/issues/8/arrange"

// pick picks the first comments that the draft is offered.
func pick(t *testing.T, d *desktest.Desk, n int) {
	t.Helper()
	issue, _, err := d.Desk.Issue(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.Desk.Candidates(t.Context(), issue)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, c := range all[:n] {
		ids = append(ids, c.ID)
	}
	if _, _, err := d.Desk.Pick(t.Context(), storetest.Tester, desk.Ref{}, ids...); err != nil {
		t.Fatal(err)
	}
}

// draft reads the draft.
func draft(t *testing.T, d *desktest.Desk) digest.Issue {
	t.Helper()
	issue, _, err := d.Desk.Issue(t.Context(), desk.Ref{Number: 8})
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

// ids are the ids of a draft's blocks, in order.
func ids(issue digest.Issue) (all []int64) {
	for _, b := range issue.Blocks {
		all = append(all, b.ID)
	}
	return all
}

func wants(t *testing.T, a desktest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", a.URL, a.Status, status)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("%s does not say %q:\n%.6000s", a.URL, w, a.Body)
		}
	}
}

// form are the fields of a form that was made on a version.
func form(issue digest.Issue, do string, fields ...any) []string {
	all := []string{"do", do, "version", fmt.Sprint(issue.Version)}
	for _, f := range fields {
		all = append(all, fmt.Sprint(f))
	}
	return all
}

// TestArrangeWithoutScript does all that can be done to a draft by plain forms.
func TestArrangeWithoutScript(t *testing.T) {
	d := start(t, 4)
	ann := d.Person("ann")
	wants(t, ann.Get("/desk/issues/draft/arrange"), http.StatusOK, "Pick of the Week 8", "The issue, in order", "Row 1, as readers see it", "4 picks", "KB of\u00a095", "Undo “picked 4 comments")
	b := ids(draft(t, d))
	quote := []any{"quote", "A rota is a promise.", "source", "The Timetable", "url", "https://timetables.example/"}
	for _, c := range []struct {
		do     string
		fields []any
		said   string
		is     func(i digest.Issue) bool
	}{
		{"title", []any{"title", "Nights & days"}, "Gave it the title “Nights &amp; days”.", func(i digest.Issue) bool { return i.Title == "Nights & days" }},
		{"intro", []any{"intro", "One *line*."}, "Wrote the introduction.", func(i digest.Issue) bool { return i.Intro == "One *line*." }},
		{"move", []any{"block", b[2], "before", b[0]}, "Moved to position 1 of 4.", func(i digest.Issue) bool { return slices.Equal(ids(i), []int64{b[2], b[0], b[1], b[3]}) }},
		{"move", []any{"block", b[2], "before", 0}, "Moved to position 4 of 4.", func(i digest.Issue) bool { return slices.Equal(ids(i), []int64{b[0], b[1], b[3], b[2]}) }},
		{"move-to", []any{"block", b[2], "position", 3}, "Moved to position 3 of 4.", func(i digest.Issue) bool { return slices.Equal(ids(i), b) }},
		{"move-to", []any{"block", b[2], "position", 3}, "Nothing was to be done.", func(i digest.Issue) bool { return slices.Equal(ids(i), b) }},
		{"above", []any{"block", b[0], "above-" + fmt.Sprint(b[0]), "On the rota"}, "Added the heading “On the rota”.", func(i digest.Issue) bool { return i.Blocks[0].Text == "On the rota" }},
		{"add-heading", []any{"heading", "At the end"}, "Added the heading “At the end”.", func(i digest.Issue) bool { return i.Blocks[5].Text == "At the end" }},
		{"add-text", []any{"text", "My *own*."}, "Added a text", func(i digest.Issue) bool { return i.Blocks[6].Kind == digest.TextBlock }},
		{"add-quote", quote, "Added the quotation", func(i digest.Issue) bool { return i.Blocks[7].SourceTitle == "The Timetable" }},
		{"order", []any{"how", "thread"}, "", func(i digest.Issue) bool { return len(i.Blocks) == 8 }},
		{"out", []any{"block", b[3]}, "Took out row", func(i digest.Issue) bool { return i.RowOf(b[3]) == 0 }},
		{"undo", nil, "Undid what you did", func(i digest.Issue) bool { return i.RowOf(b[3]) > 0 }},
	} {
		issue := draft(t, d)
		a := ann.Post(page, form(issue, c.do, c.fields...))
		if c.do == "undo" {
			c.said = "Undid what Ann did: took out row"
		}
		if wants(t, a, http.StatusOK, c.said); !c.is(draft(t, d)) {
			t.Errorf("%s %v: the draft is %+v", c.do, c.fields, draft(t, d))
		}
		if a.URL.Path != page {
			t.Errorf("%s leads to %s", c.do, a.URL)
		}
	}
	wants(t, ann.Post(page, form(draft(t, d), "out", "block", b[3]), desktest.Htmx()...), http.StatusOK, `hx-target="#note-arrange" hx-swap="innerHTML">3<`, `hx-target="#rows"`, "Took out row")
	issue := draft(t, d)
	at := fmt.Sprint(issue.Blocks[0].ID)
	wants(t, ann.Post(page, form(issue, "rewrite", "block", at, "heading-"+at, "By night")), http.StatusOK, "Rewrote row 1: the heading “By night”.", "By night</a>")
	wants(t, ann.Get("/desk/issues/8/history"), http.StatusOK, "Rewrote row 1", "you, ", "undoing takes this back", "taken back since")
	wants(t, ann.Post(page, append(form(draft(t, d), "undo"), "back", "history")), http.StatusOK, "Undid what Ann did", "Who changed")
}

// TestRefusedBesideTheField: what cannot be saved is said beside its field, and what was
// typed stands in it.
func TestRefusedBesideTheField(t *testing.T) {
	d := start(t, 2)
	ann := d.Person("ann")
	issue := draft(t, d)
	b := fmt.Sprint(issue.Blocks[0].ID)
	long := strings.Repeat("long words ", 500_000) // more than five megabytes
	for _, c := range []struct {
		do     string
		fields []any
		wants  []string
	}{
		{"title", []any{"title", " "}, []string{"A title cannot be empty. Give it some words."}},
		{"title", []any{"title", strings.Repeat("T", 400)}, []string{"The title is longer than 300 bytes. Shorten it.", strings.Repeat("T", 400)}},
		{"intro", []any{"intro", long}, []string{"The introduction is longer than 50000 bytes. Shorten it.", "long words long words"}},
		{"above", []any{"block", b, "above-" + b, "  "}, []string{"A heading cannot be empty.", " open><summary data-key=\"h\""}},
		{"add-quote", []any{"quote", "What they said.", "source", "", "url", ""}, []string{"A quotation needs its source.", "What they said."}},
		{"add-quote", []any{"quote", "x", "source", "y", "url", "javascript:alert(1)"}, []string{"is no address of a page"}},
	} {
		for _, htmx := range []bool{false, true} {
			var headers []string
			status := http.StatusUnprocessableEntity
			if htmx {
				headers, status = desktest.Htmx(), http.StatusOK
			}
			a := ann.Post(page, form(issue, c.do, c.fields...), headers...)
			wants(t, a, status, c.wants...)
			if len(a.Body) > 400_000 {
				t.Errorf("%s: the answer has %d bytes", c.do, len(a.Body))
			}
		}
	}
	if now := draft(t, d); now.Version != issue.Version {
		t.Errorf("it has become version %d of %d", now.Version, issue.Version)
	}
	for do, status := range map[string]int{"": http.StatusUnprocessableEntity, "nothing": http.StatusUnprocessableEntity} {
		wants(t, ann.Post(page, form(issue, do)), status, "does not say what is to be done")
	}
	wants(t, ann.Post(page, []string{"do", "undo"}), http.StatusUnprocessableEntity, "does not say what it was made on")
	wants(t, ann.Post(page, form(issue, "move-to", "block", b, "position", 99)), http.StatusUnprocessableEntity, "There is no position 99.")
	wants(t, ann.Post(page, form(issue, "out", "block", 99999)), http.StatusNotFound, "has no block 99999")
	wants(t, ann.Post("/desk/issues/99/arrange", form(issue, "undo")), http.StatusNotFound)
}

// TestTwoAtOnce: what another changed stays, and what both wrote is shown with both
// texts, to choose from.
func TestTwoAtOnce(t *testing.T) {
	d := start(t, 3)
	ann, ben := d.Person("ann"), d.Person("ben")
	seen := draft(t, d)
	b := ids(seen)
	wants(t, ben.Post(page, form(seen, "intro", "intro", "Ben’s *words*.")), http.StatusOK)
	wants(t, ben.Post(page, form(seen, "move", "block", b[2], "before", b[0])), http.StatusOK)
	wants(t, ann.Post(page, form(seen, "title", "title", "Ann’s title")), http.StatusOK, "Gave it the title")

	clash := ann.Post(page, form(seen, "intro", "intro", "Ann’s words."))
	wants(t, clash, http.StatusUnprocessableEntity, "Ben wrote the introduction just now. It says now:", "Ben’s *words*.", "Ann’s words.</textarea>", "Save what I wrote", "Keep that, and leave what I wrote")
	if draft(t, d).Intro != "Ben’s *words*." {
		t.Error("Ben's words are lost")
	}
	if strings.Contains(clash.Body, "Saved ") {
		t.Error("what was refused is said to be saved")
	}
	wants(t, ann.Post(page, form(draft(t, d), "intro", "intro", "Ann’s words.")), http.StatusOK, "Wrote the introduction.")

	// The same over htmx, in the part of the form alone.
	part := ben.Post(page, form(seen, "title", "title", "Ben’s title"), desktest.Htmx()...)
	wants(t, part, http.StatusOK, `hx-target="#title-form"`, "Ann gave it the title “Ann’s title” just now.", `value="Ben’s title"`, `<p id="last-saved"></p>`, "Not saved.")
	wants(t, ann.Post(page, form(seen, "move", "block", b[1], "before", b[0])), http.StatusConflict, "Ben moved row 3")

	// News tells what others did, not what one did oneself.
	news := fmt.Sprintf("/desk/issues/8/arrange/news?version=%d", seen.Version)
	told := ann.Get(news, desktest.Htmx()...)
	if wants(t, told, http.StatusOK, "Ben moved row 3 to position 1 just now.", "Show"); strings.Contains(told.Body, "ann@") {
		t.Error("Ann is told what she did herself")
	}
	wants(t, ben.Get(news, desktest.Htmx()...), http.StatusOK, "Ann wrote the introduction just now.")
	wants(t, ann.Get("/desk/issues/8/arrange/news"), http.StatusNotFound)

	// A row that the other took out is gone, and what was typed is not lost.
	at := fmt.Sprint(b[0])
	wants(t, ben.Post(page, form(draft(t, d), "out", "block", at)), http.StatusOK)
	wants(t, ann.Post(page, form(seen, "above", "block", at, "above-"+at, "A heading of many words")), http.StatusConflict, "took out row", "A heading of many words")
}

// TestAFormSentTwice does what it does once.
func TestAFormSentTwice(t *testing.T) {
	d := start(t, 3)
	ann := d.Person("ann")
	seen := draft(t, d)
	for range 2 {
		wants(t, ann.Post(page, form(seen, "add-heading", "heading", "Once")), http.StatusOK)
		wants(t, ann.Post(page, form(seen, "intro", "intro", "Once.")), http.StatusOK)
		wants(t, ann.Post(page, form(seen, "move", "block", seen.Blocks[2].ID, "before", seen.Blocks[0].ID)), http.StatusOK)
	}
	if now := draft(t, d); len(now.Blocks) != 4 || now.Version != seen.Version+3 {
		t.Errorf("the draft is %+v", now)
	}
}

// TestNoDraft: an issue that is approved can be looked at, and not changed.
func TestNoDraft(t *testing.T) {
	d := start(t, 3)
	seen := draft(t, d)
	if _, _, err := d.Desk.Approve(t.Context(), storetest.Tester, desk.Ref{Number: 8, Version: seen.Version}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	ann := d.Person("ann")
	a := ann.Get(page)
	if wants(t, a, http.StatusOK, "Pick of the Week 8 is approved.", "Take the approval back"); strings.Contains(a.Body, "<form method=\"post\" action=\"/desk/issues/8/arrange\"") {
		t.Error("it can be changed")
	}
	wants(t, ann.Post(page, form(seen, "title", "title", "A title that comes too late")), http.StatusConflict, "is approved and no draft any more", "A title that comes too late")
}

// TestLight: the page of sixty picks is light, and none of its words is markup.
func TestLight(t *testing.T) {
	d := start(t, 0)
	ann := d.Person("ann")
	issue, _, err := d.Desk.Issue(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.Desk.Candidates(t.Context(), issue)
	if err != nil {
		t.Fatal(err)
	}
	pick(t, d, min(60, len(all)))
	a := ann.Get(page)
	wants(t, a, http.StatusOK)
	if n := len(draft(t, d).Blocks); len(a.Body) > 300_000*n/60 {
		t.Errorf("the page of %d picks has %d bytes", n, len(a.Body))
	}
}
