package trimming

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area answers for the page.
type Area struct {
	frame *frame.Frame
	desk  *desk.Desk
}

// New makes the area.
func New(f *frame.Frame, d *desk.Desk) *Area { return &Area{frame: f, desk: d} }

// Routes are its addresses.
func (a *Area) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.TrimScreen, a.show), frame.Post(site.TrimScreen, a.trim),
		frame.Get(site.TrimComment, a.show), frame.Post(site.TrimComment, a.trim),
	}
}

// address is what the page is about: a block of an issue, or else a comment.
type address struct {
	ref            desk.Ref
	block, comment int64
}

func addressOf(r *http.Request) (at address, err error) {
	if at.ref, err = frame.Issue(r); err != nil {
		return at, err
	}
	if r.PathValue("block") != "" {
		at.block, err = frame.ID(r, "block")
	} else {
		at.comment, err = frame.ID(r, "comment")
	}
	return at, err
}

func (a *Area) show(w http.ResponseWriter, r *http.Request) error {
	at, err := addressOf(r)
	if err != nil {
		return err
	}
	t, err := a.desk.Trimming(r.Context(), at.ref, at.block, at.comment)
	if err != nil {
		return err
	}
	return a.frame.Show(w, frame.OnIssue(r, at.ref), a.view(t, at.ref.Series, from(r), int(frame.Form{Values: r.URL.Query()}.Number(firstQuery))))
}

// from names the screen that the page was opened from: as the address says, else as the
// browser does.
func from(r *http.Request) string {
	if name := r.URL.Query().Get(site.FromQuery); name != "" {
		return name
	}
	before, err := url.Parse(r.Referer())
	if err != nil {
		return ""
	}
	return path.Base(before.Path)
}

// trim does what a form asks for, and shows the comment as it is then.
func (a *Area) trim(w http.ResponseWriter, r *http.Request) error {
	at, err := addressOf(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	at.ref.Version = form.Number("version")
	saved, err := a.do(r, at, form)
	if err != nil {
		return a.refuse(w, r, at, form, err)
	}
	said := "It is like that already."
	if saved.Words != "" {
		said = didWords(saved.Words)
	}
	t, err := a.desk.Trimming(r.Context(), at.ref, at.block, at.comment)
	if digest.KindOf(err) == digest.NotFound && isUndo(form) {
		// What was undone is its picking.
		return a.frame.Back(w, r, a.back(saved.Issue, at.ref.Series, form.Text("from"), 0, at.comment).Address, said)
	}
	if err != nil {
		return err
	}
	view := a.view(t, at.ref.Series, form.Text("from"), int(form.Number(firstQuery)))
	if frame.IsPart(r) {
		return a.frame.Parts(w, frame.OnIssue(r, at.ref), said, frame.Part{Screen: "trim", Name: "trim", Data: view})
	}
	if view.First > 1 {
		view.Action = withQuery(view.Action, firstQuery, strconv.Itoa(view.First))
	}
	return a.frame.Back(w, r, view.Action+anchor(form), said)
}

// anchor leads back to where a form stands on the page.
func anchor(form frame.Form) string {
	if name := doOf(form); strings.HasPrefix(name, "un") || name == "lead" || name == "note" {
		return "#result-title"
	}
	return "#tools"
}

// doOf gives what a form does: by the button that was pressed, else what a script says.
func doOf(form frame.Form) string {
	if do := form.Text("do"); do != "" {
		return do
	}
	return form.Text("act")
}

func isUndo(form frame.Form) bool { return doOf(form) == "undo" }

// do is what the buttons of the page do.
func (a *Area) do(r *http.Request, at address, form frame.Form) (desk.Saved, error) {
	ctx, by := r.Context(), frame.By(r)
	yes, no := true, false
	var t desk.Trim
	switch doOf(form) {
	case "undo":
		return a.desk.Undo(ctx, by, at.ref)
	case "accept", "as-picked":
		return a.settle(r, at, doOf(form))
	case "whole":
		t.Restore = true
	case "toggle":
		t.Toggle = int(form.Number("sentence"))
	case "keep":
		for _, n := range form.Numbers("keep") {
			t.Keep = append(t.Keep, int(n))
		}
		if form.Number("until") != 0 {
			t.Among = [2]int{int(form.Number(firstQuery)), int(form.Number("until"))}
		} else if len(t.Keep) == 0 {
			return desk.Saved{}, digest.Fail(digest.Invalid, "Keep at least one sentence, or take the pick out.", "nothing of the comment would be kept")
		}
	case "cut":
		t.Cut = []desk.Part{partOf(form)}
	case "restore":
		t.PutBack = []desk.Part{partOf(form)}
	case "lift":
		part := partOf(form)
		t.Lift = &part
	case "unlift":
		t.Unlift = true
	case "lead":
		t.Lead = &yes
	case "unlead":
		t.Lead = &no
	case "note":
		note, err := noteOf(form)
		if err != nil {
			return desk.Saved{}, err
		}
		t.Note = note
	case "unnote":
		t.Note = &desk.NewNote{At: int(form.Number("at"))}
	default:
		return desk.Saved{}, digest.Fail(digest.Invalid, "Use one of the buttons of the page.", "the form does not say what it does")
	}
	return a.desk.Trim(ctx, by, at.ref, at.block, at.comment, t)
}

// settle decides which words of a comment count that was changed on the blog.
func (a *Area) settle(r *http.Request, at address, do string) (desk.Saved, error) {
	block := at.block
	if block == 0 {
		t, err := a.desk.Trimming(r.Context(), at.ref, 0, at.comment)
		if err != nil {
			return desk.Saved{}, err
		}
		block = t.Block.ID
	}
	if do == "accept" {
		return a.desk.Update(r.Context(), frame.By(r), at.ref, block)
	}
	return a.desk.Keep(r.Context(), frame.By(r), at.ref, block)
}

// partOf gives the words that a form names: bytes that a script knows, a sentence, or
// words that were typed.
func partOf(form frame.Form) desk.Part {
	if form.Text("end") != "" {
		return desk.Part{Range: digest.Range{Start: int(form.Number("start")), End: int(form.Number("end"))}}
	}
	for _, name := range []string{"sentence", "sentence-lift"} {
		if n := form.Number(name); n != 0 {
			return desk.Part{Sentence: int(n)}
		}
	}
	return desk.Part{Words: form.Text("words")}
}

// noteOf gives the note that a form holds.
func noteOf(form frame.Form) (*desk.NewNote, error) {
	note := &desk.NewNote{Text: form.Text("note"), At: int(form.Number("at"))}
	switch {
	case note.Text == "":
		return nil, digest.Fail(digest.Invalid, "Write a word or two.", "the note says nothing")
	case form.Text("after") != "":
		note.After = &desk.Part{Words: form.Text("after")}
	case form.Text("at") == "":
		note.After = &desk.Part{Sentence: int(form.Number("sentence-note"))}
	}
	return note, nil
}

// refuse shows the page as it is now, with what did not work and what was typed.
func (a *Area) refuse(w http.ResponseWriter, r *http.Request, at address, form frame.Form, problem error) error {
	kind := digest.KindOf(problem)
	if kind != digest.Invalid && kind != digest.NotFound && kind != digest.Conflict {
		return problem
	}
	t, err := a.desk.Trimming(r.Context(), at.ref, at.block, at.comment)
	if err != nil {
		return problem // it is not there any more, and the problem says why
	}
	view := a.view(t, at.ref.Series, form.Text("from"), int(form.Number(firstQuery)))
	view.Mistake = a.frame.Problem(r.Context(), problem)
	view.In = fieldOf(form, problem)
	view.Typed = screen.TrimTyped{
		Words: form.Text("words"), Note: form.Text("note"), After: form.Text("after"), At: form.Text("at"),
	}
	if doOf(form) != "note" {
		view.Typed.Note, view.Typed.After, view.Typed.At = "", "", ""
	}
	h := w.Header()
	h.Set("HX-Retarget", "#page")
	h.Set("HX-Reswap", "outerHTML")
	return a.frame.Refuse(w, frame.OnIssue(r, at.ref), view)
}

// fieldOf names the field that holds what did not work, "" for none of them.
func fieldOf(form frame.Form, problem error) string {
	if _, isChanged := errors.AsType[*digest.Changed](problem); isChanged {
		return ""
	}
	switch {
	case doOf(form) == "note" && digest.KindOf(problem) == digest.NotFound, doOf(form) == "note" && form.Text("note") != "" && strings.Contains(problem.Error(), "times"):
		return "after"
	case doOf(form) == "note":
		return "note"
	case form.Text("words") != "":
		return "words"
	}
	return ""
}

// back is where the page goes when it is done: the comment on the screen that it was
// opened from. Read goes on after it where it shows it no more.
func (a *Area) back(issue digest.Issue, series, from string, block, comment int64) screen.Link {
	page, anchor := site.ReadScreen, ""
	switch {
	case from == "arrange" && block != 0:
		page, anchor = site.ArrangeScreen, "#row-"+strconv.FormatInt(block, 10)
	case from == "arrange":
		page, anchor = site.ArrangeScreen, ""
	case from == "check":
		page, anchor = site.CheckScreen, ""
	}
	to := a.frame.Site().Desk(page, series, issue.Number)
	if page == site.ReadScreen && comment != 0 {
		id := strconv.FormatInt(comment, 10)
		to, anchor = withQuery(to, site.CommentQuery, id), "#c"+id
	}
	return screen.Link{Label: "Done", Address: to + anchor}
}
