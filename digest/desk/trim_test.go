package desk_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
)

// trimmer trims the first of two picks, as somebody who has just looked at the issue.
type trimmer struct {
	*bench
	t *testing.T
}

func newTrimmer(t *testing.T) trimmer {
	t.Helper()
	d := newDesk(t, 3)
	d.open(t)
	d.pick(t, 1, 2)
	return trimmer{d, t}
}

func (d trimmer) trim(trim desk.Trim) (desk.Saved, error) {
	d.t.Helper()
	issue, at := present(d.t, d.bench)
	return d.Trim(d.t.Context(), ada, at, issue.Blocks[0].ID, 0, trim)
}

// row is how the first pick stands.
func (d trimmer) row() desk.Row {
	d.t.Helper()
	issue, _ := present(d.t, d.bench)
	rows, err := d.Rows(d.t.Context(), issue)
	if err != nil {
		d.t.Fatal(err)
	}
	return rows[0]
}

// TestTrim does one thing after the other to a comment that says "Comment number 0. It
// has two sentences.", and undoes all of it.
func TestTrim(t *testing.T) {
	d := newTrimmer(t)
	yes, no := true, false
	words := func(s string) []desk.Part { return []desk.Part{{Words: s}} }
	steps := []struct {
		name string
		do   desk.Trim
		want string // how it reads, then the lifted line, if any
		said string
	}{
		{"cut words", desk.Trim{Cut: words("has two")}, "Comment number 0. It […] sentences.", "cut “has two” from row 1"},
		{"cut a sentence", desk.Trim{Toggle: 1}, "[…] It […] sentences.", "cut “Comment number 0.” from row 1"},
		{"restore it", desk.Trim{Toggle: 1}, "Comment number 0. It […] sentences.", "put “Comment number 0.” back into row 1"},
		{"a sentence of which some is cut", desk.Trim{Toggle: 2}, "Comment number 0. It has two sentences.", "put “It has two sentences.” back"},
		{"cut a range inside of words", desk.Trim{Cut: []desk.Part{{Range: digest.Range{Start: 10, End: 12}}}}, "Comment […] 0. It has two sentences.", "cut “number” from"},
		{"restore words", desk.Trim{PutBack: words("number")}, "Comment number 0. It has two sentences.", "put “number” back into"},
		{"note", desk.Trim{Note: &desk.NewNote{Text: "[the first]", After: &desk.Part{Words: "number 0"}}}, "Comment number 0 [the first]. It has two sentences.", "noted “the first” in row 1"},
		{"change it", desk.Trim{Note: &desk.NewNote{Text: "the very first", After: &desk.Part{Words: "number 0"}}}, "Comment number 0 [the very first]. It has two sentences.", "noted “the very first”"},
		{"note at the beginning", desk.Trim{Note: &desk.NewNote{Text: "sic"}}, "[sic] Comment number 0 [the very first]. It has two sentences.", "noted “sic”"},
		{"take it out", desk.Trim{Note: &desk.NewNote{}}, "Comment number 0 [the very first]. It has two sentences.", "took the note “sic” out of"},
		{"cut the words with the note", desk.Trim{Toggle: 1}, "[…] It has two sentences.", "cut “Comment number 0.”"},
		{"restore all", desk.Trim{Restore: true}, "Comment number 0 [the very first]. It has two sentences.", "restored row 1"},
		{"lift a sentence", desk.Trim{Lift: &desk.Part{Sentence: 2}}, "Comment number 0 [the very first]. It has two sentences. ^It has two sentences.", "lifted “It has two sentences.” out of row 1"},
		{"lift words", desk.Trim{Lift: &desk.Part{Words: "has two"}, Lead: &yes}, "Comment number 0 [the very first]. It has two sentences. ^has two, for the issue", "let the line “has two” stand for the issue"},
		{"cut of the line", desk.Trim{Cut: words("two")}, "Comment number 0 [the very first]. It has […] sentences. ^cut", "cut “two”"},
		{"not for the issue", desk.Trim{PutBack: words("two"), Lead: &no}, "Comment number 0 [the very first]. It has two sentences. ^has two", "no more"},
		{"no line", desk.Trim{Unlift: true}, "Comment number 0 [the very first]. It has two sentences.", "took the lifted line of row 1"},
		{"nothing new", desk.Trim{Unlift: true}, "Comment number 0 [the very first]. It has two sentences.", ""},
	}
	read := func() string {
		r := d.row()
		says := r.Words.Shown()
		switch {
		case r.LineCut:
			says += " ^cut"
		case len(r.Line) > 0:
			says += " ^" + r.Line.Shown()
		}
		if r.Leads && !r.LineCut {
			says += ", for the issue"
		}
		return says
	}
	for _, s := range steps {
		saved, err := d.trim(s.do)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if got := read(); got != s.want {
			t.Errorf("%s: it reads %q, want %q", s.name, got, s.want)
		}
		if !strings.Contains(saved.Words, s.said) || (s.said == "") != (saved.Words == "") {
			t.Errorf("%s: said was %q, want %q", s.name, saved.Words, s.said)
		}
	}
	for i := len(steps) - 3; i >= 0; i-- { // the last changed nothing
		_, at := present(t, d.bench)
		if _, err := d.Undo(t.Context(), ada, at); err != nil {
			t.Fatal(err)
		}
		if got := read(); got != steps[i].want {
			t.Errorf("with %q undone it reads %q, want %q", steps[i+1].name, got, steps[i].want)
		}
	}
}

// TestTrimRefuses: what does not fit the words changes nothing, and says what does.
func TestTrimRefuses(t *testing.T) {
	d := newTrimmer(t)
	yes := true
	before := d.row()
	for name, c := range map[string]struct {
		do   desk.Trim
		kind digest.Kind
	}{
		"nothing":                       {desk.Trim{}, digest.Invalid},
		"words that it does not say":    {desk.Trim{Cut: []desk.Part{{Words: "has three"}}}, digest.NotFound},
		"part of a word":                {desk.Trim{Cut: []desk.Part{{Words: "sentence"}}}, digest.NotFound},
		"no words":                      {desk.Trim{Cut: []desk.Part{{}}}, digest.Invalid},
		"all words":                     {desk.Trim{Cut: []desk.Part{{Range: digest.Range{End: 9999}}}}, digest.Invalid},
		"a sentence that is not there":  {desk.Trim{Toggle: 3}, digest.Invalid},
		"an empty note nowhere":         {desk.Trim{Note: &desk.NewNote{At: 7}}, digest.NotFound},
		"a note of nothing":             {desk.Trim{Note: &desk.NewNote{Text: "…"}}, digest.Invalid},
		"a note of too much":            {desk.Trim{Note: &desk.NewNote{Text: strings.Repeat("w ", 200)}}, digest.Invalid},
		"a note outside":                {desk.Trim{Note: &desk.NewNote{Text: "x", At: 999}}, digest.Invalid},
		"a line for the issue, of none": {desk.Trim{Lead: &yes}, digest.Invalid},
		"a line that is cut":            {desk.Trim{Cut: []desk.Part{{Words: "two"}}, Lift: &desk.Part{Sentence: 2}}, digest.Invalid},
		"a line lifted and not":         {desk.Trim{Unlift: true, Lift: &desk.Part{Sentence: 2}}, digest.Invalid},
		"whole and not":                 {desk.Trim{Restore: true, Keep: []int{1}}, digest.Invalid},
		"good words, and bad ones":      {desk.Trim{Cut: []desk.Part{{Words: "two"}, {Words: "three"}}}, digest.NotFound},
	} {
		if _, err := d.trim(c.do); err == nil || digest.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := d.row(); after.Words.Text() != before.Words.Text() || after.IsTrimmed() {
		t.Errorf("it became %+v", after.Block)
	}
}

// TestTrimmingPicks: trimming a comment that is not picked picks it, and how it was
// trimmed comes back with it; not when it says something else by then.
func TestTrimmingPicks(t *testing.T) {
	d := newTrimmer(t)
	_, at := present(t, d.bench)
	saved, err := d.Trim(t.Context(), ada, at, 0, 3, desk.Trim{Toggle: 1, Note: &desk.NewNote{Text: "sic", After: &desk.Part{Words: "two"}}, Lift: &desk.Part{Words: "two"}})
	if err != nil || !strings.HasPrefix(saved.Words, "picked ") || len(saved.Blocks) != 3 {
		t.Fatalf("%q, %v", saved.Words, err)
	}
	was, _ := saved.PickOf(3)
	if _, err := d.Unpick(t.Context(), ada, desk.Ref{Version: saved.Version}, 3); err != nil {
		t.Fatal(err)
	}
	seen, err := d.Trimming(t.Context(), desk.Ref{}, 0, 3)
	if err != nil || seen.Row != 0 || seen.Kept != 4 || seen.Of != 7 || len(seen.Line) == 0 {
		t.Errorf("before it is picked again it is %+v, %v", seen, err)
	}
	d.pick(t, 3)
	issue, _ := present(t, d.bench)
	again, _ := issue.PickOf(3)
	if again.ID == was.ID || len(again.Kept) != 1 || again.Kept[0] != was.Kept[0] || len(again.Notes) != 1 || again.Notes[0] != was.Notes[0] || again.Lifted != was.Lifted {
		t.Errorf("it was %+v, and is %+v", was, again)
	}
	if _, err := d.Trim(t.Context(), ada, desk.Ref{Version: 1}, 0, 3, desk.Trim{Toggle: 1}); digest.KindOf(err) != digest.Conflict {
		t.Errorf("trimming what somebody else picked and trimmed meanwhile: %v", err)
	}
	if _, err := d.Trim(t.Context(), ada, desk.Ref{}, 0, 3, desk.Trim{Toggle: 1}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("trimming without a version: %v", err)
	}
}

// TestOneLineLeads: of the lines that are lifted one stands for the issue, and makes the
// preheader and what feeds and lists say.
func TestOneLineLeads(t *testing.T) {
	d := newTrimmer(t)
	yes := true
	for i := range 2 {
		issue, at := present(t, d.bench)
		if _, err := d.Trim(t.Context(), ada, at, issue.Blocks[i].ID, 0, desk.Trim{Lift: &desk.Part{Sentence: 2}, Lead: &yes}); err != nil {
			t.Fatal(err)
		}
	}
	issue, at := present(t, d.bench)
	if issue.Blocks[0].Leads || !issue.Blocks[1].Leads {
		t.Errorf("they lead: %v, %v", issue.Blocks[0].Leads, issue.Blocks[1].Leads)
	}
	f, err := d.Preview(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if want := "It has two sentences. / Comment number 0. It has two sentences."; f.Preheader != want || f.Summary() != "It has two sentences." {
		t.Errorf("the preheader is %q, the summary %q", f.Preheader, f.Summary())
	}
	own, subject := "Two sentences of my own", "A subject"
	d.edit(t, at, desk.Edit{Preheader: &own, Subject: &subject})
	if f, err = d.Preview(t.Context(), desk.Ref{}); err != nil || f.Preheader != own || f.Subject != subject || f.Summary() != "It has two sentences." || f.Title == subject {
		t.Errorf("with a preheader of its own it is %q, %q, %q, %v", f.Preheader, f.Subject, f.Summary(), err)
	}
	_, at = present(t, d.bench)
	if _, err := d.Undo(t.Context(), ada, at); err != nil {
		t.Fatal(err)
	}
	if issue, _ := present(t, d.bench); issue.Preheader != "" || issue.Subject != "" {
		t.Errorf("undone it has %q, %q", issue.Subject, issue.Preheader)
	}
}
