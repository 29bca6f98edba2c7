package trimming_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/trimming"
)

// aDesk is a desk with one long comment picked.
type aDesk struct {
	*desktest.Desk
	pick digest.Block
	body digest.Prose
	page string // where it is trimmed
}

func newDesk(t *testing.T) *aDesk {
	t.Helper()
	d := &aDesk{Desk: desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		return []deskweb.Area{trimming.New(f, d.Desk)}
	})}
	comment := d.long(0)
	_, saved, err := d.Desk.Desk.Pick(t.Context(), desktest.Ann.Actor(), desk.Ref{}, comment.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.pick, _ = saved.PickOf(comment.ID)
	d.body = comment.Body
	d.page = fmt.Sprintf("/desk/issues/%d/picks/%d/trim", saved.Number, d.pick.ID)
	return d
}

// long gives the comment with the nth most sentences.
func (d *aDesk) long(n int) digest.Candidate {
	d.T.Helper()
	issue := d.issue()
	all, err := d.Desk.Desk.Candidates(d.T.Context(), issue)
	if err != nil || len(all) <= n {
		d.T.Fatal(len(all), err)
	}
	slices.SortStableFunc(all, func(a, b digest.Candidate) int {
		return len(prose.Sentences(b.Body)) - len(prose.Sentences(a.Body))
	})
	return all[n]
}

// store stores a comment as a page of its blog would, and gives its id.
func (d *aDesk) store(c digest.Comment) int64 {
	d.T.Helper()
	if _, err := d.DB.StorePage(d.T.Context(), pull.Page{SourceID: c.SourceID, Seen: desktest.Start, Comments: []digest.Comment{c}}); err != nil {
		d.T.Fatal(err)
	}
	all, err := d.Desk.Desk.Candidates(d.T.Context(), d.issue())
	if err != nil {
		d.T.Fatal(err)
	}
	i := slices.IndexFunc(all, func(x digest.Candidate) bool { return x.GUID == c.GUID })
	if i < 0 {
		d.T.Fatal("the comment is no candidate")
	}
	return all[i].ID
}

func (d *aDesk) issue() digest.Issue {
	d.T.Helper()
	issue, _, err := d.Desk.Desk.Issue(d.T.Context(), desk.Ref{})
	if err != nil {
		d.T.Fatal(err)
	}
	return issue
}

// block is the pick as it is stored.
func (d *aDesk) block() digest.Block {
	d.T.Helper()
	b, _ := d.issue().PickOf(d.pick.CommentID)
	return b
}

// excerpt is what readers would see of the pick.
func (d *aDesk) excerpt() string {
	d.T.Helper()
	t, err := d.Desk.Desk.Trimming(d.T.Context(), desk.Ref{}, d.pick.ID, 0)
	if err != nil {
		d.T.Fatal(err)
	}
	return t.Excerpt.Shown()
}

func (d *aDesk) post(who *desktest.Person, fields ...string) desktest.Answer {
	d.T.Helper()
	return who.Post(d.page, append([]string{"version", fmt.Sprint(d.issue().Version), "from", "arrange"}, fields...))
}

// sentence gives the words of a sentence, counted from 1.
func (d *aDesk) sentence(n int) string {
	return d.body.Slice(prose.Sentences(d.body)[n-1]).Text()
}

// TestLinesAreOffered: a sentence that stands alone is lifted by one button.
func TestLinesAreOffered(t *testing.T) {
	const line = "I was never ashamed of that house until I had to leave it."
	d := newDesk(t)
	ann := d.Person("ann")
	of := d.long(0)
	id := d.store(digest.Comment{SourceID: of.SourceID, GUID: "house", PostRef: of.PostRef, Author: "Ines", Published: of.Published, Hash: "house", Words: 30,
		Body: digest.Plain("It had two rooms and a tap. " + line + " You could hear the trams all night.")})
	page := fmt.Sprintf("/desk/issues/8/comments/%d/trim", id)
	got := ann.Get(page)
	m := regexp.MustCompile(`name="start" value="(\d+)"><input type="hidden" name="end" value="(\d+)"><q dir="auto">([^<]*)</q>`).FindStringSubmatch(got.Body)
	if m == nil || m[3] != line {
		t.Fatalf("%d, it offers %q:\n%.6000s", got.Status, m, got.Body)
	}
	got = ann.Post(page, []string{"version", fmt.Sprint(d.issue().Version), "do", "lift", "start", m[1], "end", m[2]})
	if b, is := d.issue().PickOf(id); got.Status != 200 || !is || b.Lifted.Start == 0 {
		t.Errorf("%d, lifted %+v", got.Status, b.Lifted)
	}
	if strings.Contains(ann.Get(page).Body, `id="lift-`+m[1]) {
		t.Error("the line that is lifted is offered again")
	}
}

// TestWithoutScript trims with forms alone, as a browser without script sends them.
func TestWithoutScript(t *testing.T) {
	d := newDesk(t)
	ann := d.Person("ann")
	first, second := d.sentence(1), d.sentence(2)
	whole := d.excerpt()
	say := func(got desktest.Answer, want string) {
		t.Helper()
		if got.Status != 200 || !strings.Contains(got.Body, want) {
			t.Errorf("it answers %d without %q: %.3000s", got.Status, want, got.Body)
		}
	}
	page := ann.Get(d.page + "?from=arrange")
	say(page, "words kept")
	say(page, `<input type="checkbox" name="keep" value="1" checked>`)
	say(page, fmt.Sprintf("/arrange#row-%d", d.pick.ID))
	say(ann.Get(d.page), fmt.Sprintf("/arrange#row-%d", d.pick.ID))
	say(ann.Get(d.page, "Referer", d.Site.Base+"/desk/issues/8/check"), "/desk/issues/8/check\" data-leave")

	say(d.post(ann, "do", "keep", "keep", "1", "keep", "3"), "Trimmed row 1")
	if got := d.excerpt(); !strings.HasPrefix(got, first+" […] ") || strings.Contains(got, second) {
		t.Errorf("it reads %q", got)
	}
	words := strings.Join(strings.Fields(first)[:2], " ")
	say(d.post(ann, "do", "cut", "words", words), "Cut “")
	if got := d.excerpt(); !strings.HasPrefix(got, "[…] ") || strings.Contains(got, words+" ") {
		t.Errorf("it reads %q", got)
	}
	say(d.post(ann, "do", "restore", "words", words), "back into row 1")
	say(d.post(ann, "do", "note", "note", "as it then was", "sentence-note", "1"), "Noted “as it then was”")
	if got := d.excerpt(); !strings.HasPrefix(got, first+" [as it then was] […] ") {
		t.Errorf("it reads %q", got)
	}
	at := fmt.Sprint(d.block().Notes[0].At)
	say(d.post(ann, "do", "note", "note", "as it was", "at", at), "Noted “as it was”")
	say(d.post(ann, "do", "lift", "sentence-lift", "1"), "Lifted “")
	say(d.post(ann, "do", "lead"), "Used for the whole issue")
	if b := d.block(); !b.Leads || len(b.Notes) != 1 || b.Notes[0].Text != "as it was" {
		t.Errorf("the pick is %+v", b)
	}
	say(d.post(ann, "do", "unlead"), "Use for the whole issue")
	say(d.post(ann, "do", "unlift"), "None. A line that is lifted")
	say(d.post(ann, "do", "unnote", "at", at), "Took the note “as it was” out")
	say(d.post(ann, "do", "whole"), "Restored row 1")
	if got := d.excerpt(); got != whole {
		t.Errorf("restored it reads %q", got)
	}
	say(d.post(ann, "do", "undo"), "Undid what ")
	if got := d.excerpt(); got == whole {
		t.Errorf("undone it reads %q", got)
	}
}

// TestMistakes: what does not work is said beside what was typed, and changes nothing.
func TestMistakes(t *testing.T) {
	d := newDesk(t)
	ann := d.Person("ann")
	for name, c := range map[string]struct {
		fields []string
		want   []string
	}{
		"words that are not there":  {[]string{"do", "cut", "words", "a dragon ate it"}, []string{"does not say “a dragon ate it”", `value="a dragon ate it"`, `id="field-words-mistake"`}},
		"a note of nothing":         {[]string{"do", "note", "note", "…", "sentence-note", "1"}, []string{"The note says nothing", `value="…"`, `id="field-note-mistake"`}},
		"a note behind no words":    {[]string{"do", "note", "note", "as it was", "after", "a dragon ate it"}, []string{"does not say", `value="as it was"`, `id="field-after-mistake"`}},
		"nothing ticked":            {[]string{"do", "keep"}, []string{"Nothing of the comment would be kept"}},
		"no button":                 {nil, []string{"The form does not say what it does"}},
		"a line of another comment": {[]string{"do", "lift", "sentence-lift", "999"}, []string{"not 999"}},
	} {
		got := d.post(ann, c.fields...)
		for _, want := range c.want {
			if got.Status != 422 || !strings.Contains(got.Body, want) {
				t.Errorf("%s: %d without %q", name, got.Status, want)
			}
		}
		part := ann.Post(d.page, append([]string{"version", fmt.Sprint(d.issue().Version)}, c.fields...), desktest.Htmx()...)
		if part.Status != 422 || part.Header.Get("HX-Retarget") != "#page" || strings.Contains(part.Body, "<html") {
			t.Errorf("%s: a script gets %d, %v", name, part.Status, part.Header)
		}
	}
	if b := d.block(); b.IsTrimmed() {
		t.Errorf("it became %+v", b)
	}
	for _, page := range []string{"/desk/issues/draft/picks/999/trim", "/desk/issues/draft/picks/x/trim", "/desk/issues/draft/comments/999999/trim", "/desk/issues/77/picks/1/trim"} {
		if got := ann.Get(page); got.Status != 404 {
			t.Errorf("%s answers %d", page, got.Status)
		}
	}
}

// TestTwoEditors: what somebody else did to the pick meanwhile is told, and what was
// typed is kept; what they did elsewhere is no matter.
func TestTwoEditors(t *testing.T) {
	d := newDesk(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	seen := fmt.Sprint(d.issue().Version)
	if got := d.post(ben, "do", "toggle", "sentence", "1"); got.Status != 200 {
		t.Fatal(got.Status)
	}
	before := d.block()
	for _, headers := range [][]string{nil, desktest.Htmx()} {
		got := ann.Post(d.page, []string{"version", seen, "do", "note", "note", "my very own note", "sentence-note", "2"}, headers...)
		for _, want := range []string{"Ben", "cut “", `value="my very own note"`} {
			if got.Status != 422 || !strings.Contains(got.Body, want) {
				t.Errorf("%d without %q: %.2500s", got.Status, want, got.Body)
			}
		}
	}
	if after := d.block(); len(after.Notes) != 0 || len(after.Kept) != len(before.Kept) {
		t.Errorf("it became %+v", after)
	}
	seen = fmt.Sprint(d.issue().Version)
	title := "Another title"
	if _, err := d.Desk.Desk.Edit(t.Context(), desktest.Ben.Actor(), desk.Ref{Version: d.issue().Version}, desk.Edit{Title: &title}); err != nil {
		t.Fatal(err)
	}
	if got := ann.Post(d.page, []string{"version", seen, "do", "toggle", "sentence", "2"}); got.Status != 200 {
		t.Errorf("with another title it answers %d: %.1500s", got.Status, got.Body)
	}
}

// TestNotPicked: a comment that is not picked yet is shown whole, and trimming picks it.
func TestNotPicked(t *testing.T) {
	d := newDesk(t)
	ann := d.Person("ann")
	other := d.long(1)
	page := fmt.Sprintf("/desk/issues/draft/comments/%d/trim", other.ID)
	if got := ann.Get(page); got.Status != 200 || !strings.Contains(got.Body, "Trimming it picks it") {
		t.Errorf("it answers %d", got.Status)
	}
	if _, isIn := d.issue().PickOf(other.ID); isIn {
		t.Error("looking picked it")
	}
	got := ann.Post(page, []string{"version", fmt.Sprint(d.issue().Version), "from", "read", "do", "toggle", "sentence", "1"})
	block, isIn := d.issue().PickOf(other.ID)
	if got.Status != 200 || !isIn || len(block.Kept) == 0 || !strings.HasSuffix(got.URL.Path, fmt.Sprintf("/picks/%d/trim", block.ID)) {
		t.Errorf("it answers %d at %s, and the pick is %+v", got.Status, got.URL, block)
	}
	if !strings.Contains(got.Body, fmt.Sprintf("#c%d", other.ID)) {
		t.Error("it does not lead back to the comment")
	}
}

// TestForeignWords: whatever a comment, its writer and a note say is text on the page.
func TestForeignWords(t *testing.T) {
	d := newDesk(t)
	bad := `<script>window.ran = 1</script><img src=x onerror="window.ran=1"> "'>{{.}} ]`
	c := digest.Comment{SourceID: 1, GUID: "bad", Author: bad, Published: desktest.Start, FirstSeen: desktest.Start, Hash: "bad", Body: digest.Plain(bad + ". And " + bad + "."), Words: 9}
	id := d.store(c)
	ann := d.Person("ann")
	page := fmt.Sprintf("/desk/issues/draft/comments/%d/trim", id)
	ann.Post(page, []string{"version", fmt.Sprint(d.issue().Version), "do", "note", "note", bad, "after", "And"})
	block, _ := d.issue().PickOf(id)
	if len(block.Notes) != 1 {
		t.Fatalf("the pick is %+v", block)
	}
	page = fmt.Sprintf("/desk/issues/draft/picks/%d/trim", block.ID)
	ann.Post(page, []string{"version", fmt.Sprint(d.issue().Version), "do", "lift", "sentence-lift", "1"})
	for _, got := range []desktest.Answer{ann.Get(page), ann.Post(page, []string{"version", fmt.Sprint(d.issue().Version), "do", "cut", "words", bad, "note", bad})} {
		if strings.Contains(got.Body, "<script>window") || strings.Contains(got.Body, "<img src=x") || !strings.Contains(got.Body, "&lt;script&gt;") {
			t.Errorf("it answers %d: %.4000s", got.Status, got.Body)
		}
	}
	tab := desktest.NewBrowser(t).Tab(d.Desk, "ann", 1280)
	tab.Open(d.Site.Base + page)
	if desktest.Eval[bool](tab, "'ran' in window") {
		t.Error("a foreign script ran")
	}
	tab.Clean("with foreign words")
}

// TestLongComment: a comment of a hundred thousand bytes is trimmed as fast as another.
func TestLongComment(t *testing.T) {
	d := newDesk(t)
	body := digest.Plain(strings.Repeat("It was late, and the bus did not come. I waited for it all the same! Nobody told me why.\n\n", 1000))
	id := d.store(digest.Comment{SourceID: 1, GUID: "long", Author: "Ida", Published: desktest.Start, FirstSeen: desktest.Start, Hash: "long", Body: body, Words: 1})
	ann := d.Person("ann")
	page := fmt.Sprintf("/desk/issues/draft/comments/%d/trim", id)
	keep := func(first, until int, fields ...string) {
		t.Helper()
		got := ann.Post(page, append([]string{"version", fmt.Sprint(d.issue().Version), "do", "keep", "first", fmt.Sprint(first), "until", fmt.Sprint(until)}, fields...))
		if got.Status != 200 || !strings.Contains(got.Body, fmt.Sprintf("Sentences %d to %d of 3000", first, until)) {
			t.Fatalf("it answers %d: %.600s", got.Status, got.Body)
		}
		if len(got.Body) > 300_000 {
			t.Errorf("it has %d bytes", len(got.Body))
		}
	}
	keep(1, 300, "keep", "1", "keep", "3")
	keep(2701, 3000)
	block, _ := d.issue().PickOf(id)
	sentences := prose.Sentences(body)
	if want := []digest.Range{sentences[0], sentences[2], {Start: sentences[300].Start, End: sentences[2699].End}}; !slices.Equal(block.Kept, want) {
		t.Errorf("kept is %v, want %v", block.Kept, want)
	}
	began := time.Now()
	got := ann.Get(page + "?first=301")
	t.Logf("%d KB in %s", len(got.Body)/1000, time.Since(began))
	if took := time.Since(began); took > 2*time.Second || len(got.Body) > 300_000 || strings.Contains(got.Body, `id="s300"`) || !strings.Contains(got.Body, `id="s301"`) || !strings.Contains(got.Body, `id="s600"`) || strings.Contains(got.Body, `id="s601"`) {
		t.Errorf("it takes %s for %d bytes", took, len(got.Body))
	}
	for _, wrong := range [][]string{{"first", "5", "until", "3001"}, {"first", "5", "until", "9", "keep", "4"}} {
		if got := ann.Post(page, append([]string{"version", fmt.Sprint(d.issue().Version), "do", "keep"}, wrong...)); got.Status != 422 && got.Status != 404 && got.Status != 400 {
			t.Errorf("%v answers %d", wrong, got.Status)
		}
	}
}

// TestApproved: of an issue that is no draft the words are shown, and nothing of them
// can be changed.
func TestApproved(t *testing.T) {
	d := newDesk(t)
	ann := d.Person("ann")
	seen := fmt.Sprint(d.issue().Version)
	number := d.issue().Number
	if _, _, err := d.Desk.Desk.Approve(t.Context(), desktest.Ben.Actor(), desk.Ref{Number: number}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	got := ann.Get(d.page)
	if got.Status != 200 || !strings.Contains(got.Body, "is approved, so its words stay as they are") || strings.Contains(got.Body, `name="do"`) {
		t.Errorf("it answers %d: %.3000s", got.Status, got.Body)
	}
	got = ann.Post(d.page, []string{"version", seen, "do", "toggle", "sentence", "1"})
	if got.Status != 422 || !strings.Contains(got.Body, "no draft any more") {
		t.Errorf("changing it answers %d", got.Status)
	}
}
