package arranging

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// deed is one thing that is done to an issue: it reads its fields and calls a use case.
type deed struct {
	do func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error)
	// parts are the parts of the page that change by it.
	parts []string
	// typed are the fields of words, which are shown again when they are refused.
	typed func(f frame.Form) []string
	// said is what it says instead of the words of the change.
	said func(saved desk.Saved, f frame.Form) string
}

func fields(names ...string) func(frame.Form) []string {
	return func(frame.Form) []string { return names }
}

var deeds = map[string]deed{
	"title": {parts: []string{"title-state"}, typed: fields("title"), do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		title := f.Get("title")
		return a.desk.Edit(ctx, by, ref, desk.Edit{Title: &title})
	}},
	"intro": {parts: []string{"intro-state"}, typed: fields("intro"), do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		intro := f.Get("intro")
		return a.desk.Edit(ctx, by, ref, desk.Edit{Intro: &intro})
	}},
	"move": {parts: []string{"list"}, said: func(s desk.Saved, f frame.Form) string { return moved(s, f.Number("block")) },
		do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
			return a.desk.Move(ctx, by, ref, f.Number("block"), f.Number("before"))
		}},
	"move-to": {parts: []string{"list"}, said: func(s desk.Saved, f frame.Form) string { return moved(s, f.Number("block")) },
		do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
			return a.desk.MoveTo(ctx, by, ref, f.Number("block"), int(f.Number("position")))
		}},
	"together": {parts: []string{"list"}, said: func(s desk.Saved, f frame.Form) string { return moved(s, f.Number("block")) },
		do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
			return a.desk.KeepTogether(ctx, by, ref, f.Number("block"))
		}},
	"order": {parts: []string{"list"}, do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		return a.desk.Reorder(ctx, by, ref, desk.Ordering(f.Text("how")))
	}},
	"out": {parts: []string{"list"}, do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		return a.desk.Edit(ctx, by, ref, desk.Edit{Block: f.Number("block"), Remove: true})
	}},
	"above": {parts: []string{"list"}, typed: func(f frame.Form) []string { return []string{"above-" + f.Text("block")} },
		do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
			heading := f.Get("above-" + f.Text("block"))
			return a.desk.Edit(ctx, by, ref, desk.Edit{Heading: &heading, Before: f.Number("block")})
		}},
	"add-heading": {parts: []string{"list"}, typed: fields("heading"), do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		heading := f.Get("heading")
		return a.desk.Edit(ctx, by, ref, desk.Edit{Heading: &heading})
	}},
	"add-text": {parts: []string{"list"}, typed: fields("text"), do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		text := f.Get("text")
		return a.desk.Edit(ctx, by, ref, desk.Edit{Text: &text})
	}},
	"add-quote": {parts: []string{"list"}, typed: fields("quote", "source", "url"), do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		return a.desk.Edit(ctx, by, ref, desk.Edit{Quote: &desk.Quote{Text: f.Get("quote"), Source: f.Get("source"), URL: f.Text("url")}})
	}},
	"rewrite": {parts: []string{"list"}, typed: rowFields, do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		at := "-" + f.Text("block")
		text := f.Get("text" + at)
		to := desk.Rewrite{}
		switch {
		case f.Has("quote" + at):
			to.Quote = &desk.Quote{Text: f.Get("quote" + at), Source: f.Get("source" + at), URL: f.Text("url" + at)}
		case f.Has("heading" + at):
			heading := f.Get("heading" + at)
			to.Heading = &heading
		default:
			to.Text = &text
		}
		return a.desk.Edit(ctx, by, ref, desk.Edit{Block: f.Number("block"), Rewrite: &to})
	}},
	"undo": {parts: []string{"title", "intro", "shown", "list"}, do: func(a *Area, ctx context.Context, by digest.Actor, ref desk.Ref, f frame.Form) (desk.Saved, error) {
		ref.Last = f.Number("last")
		return a.desk.Undo(ctx, by, ref)
	}},
}

// rowFields are the fields in which a row is written anew.
func rowFields(f frame.Form) (names []string) {
	at := "-" + f.Text("block")
	for _, name := range []string{"heading", "text", "quote", "source", "url"} {
		if f.Has(name + at) {
			names = append(names, name+at)
		}
	}
	return names
}

// edit does what a form asks for.
func (a *Area) edit(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Is("unsaved") { // of another form on the page
		r = frame.KeepProblem(r)
	}
	do, known := deeds[form.Text("do")]
	if !known {
		return digest.Fail(digest.Invalid, "Send it again from the page.", "the form does not say what is to be done")
	}
	if ref.Version = form.Number("version"); ref.Version < 1 {
		return digest.Fail(digest.Invalid, "Send it again from the page.", "the form does not say what it was made on")
	}
	saved, err := do.do(a, r.Context(), frame.By(r), ref, form)
	if err != nil {
		return a.refused(w, r, ref, form, do, err)
	}
	said := capital(frame.People(r.Context()).Told(saved.Words)) + "."
	if saved.Words == "" {
		said = "Nothing was to be done."
	} else if do.said != nil {
		said = do.said(saved, form)
	}
	return a.done(w, r, desk.Ref{Series: ref.Series, Number: saved.Number}, form, do, said)
}

// done answers with what changed.
func (a *Area) done(w http.ResponseWriter, r *http.Request, ref desk.Ref, form frame.Form, do deed, said string) error {
	is, err := a.desk.Arrangement(r.Context(), ref)
	if err != nil {
		return err
	}
	at := a.at(is)
	if !frame.IsPart(r) {
		to := at.row(form.Number("block"))
		if form.Text("back") == "history" {
			to = at.history
		}
		return a.frame.Back(w, r, to, said)
	}
	v := a.view(is, state{row: form.Number("block"), by: frame.By(r), people: frame.People(r.Context()), saved: form.Text("do")})
	if form.Text("back") == "history" {
		return a.frame.Back(w, r, at.history, said)
	}
	names := do.parts
	if form.Is("again") { // what was wrong with it goes with the form
		names = whole(names)
	}
	return a.frame.Parts(w, a.onIssue(r, is), said, a.parts(v, names)...)
}

// whole are the forms whose states are to be replaced.
func whole(names []string) []string {
	switch names[0] {
	case "title-state":
		return []string{"title"}
	case "intro-state":
		return []string{"intro"}
	}
	return names
}

// parts are parts of a page, and what stands beside the rows.
func (a *Area) parts(v screen.Arrange, names []string) []frame.Part {
	data := map[string]any{"title": v.Title, "title-state": v.Title, "intro": v.Intro, "intro-state": v.Intro, "list": v.List}
	var parts []frame.Part
	isList := false
	for _, name := range names {
		if name == "shown" {
			parts = append(parts, frame.Part{Screen: "arrange", Name: "shown", Data: v.Shown, Into: "#shown", Swap: "innerHTML"})
			continue
		}
		isList = isList || name == "list"
		parts = append(parts, part(name, data[name]))
	}
	if isList {
		return append(parts, part("focused", v.Panel.Focus), part("standing", v.Panel))
	}
	// Whatever others did to the rows is still news to this page.
	return append(parts, part("standing-own", v.Panel))
}

// refused answers with what was typed, beside what is wrong with it. When somebody else
// changed the same thing meanwhile, their words stand beside it, and the form saves over
// them.
func (a *Area) refused(w http.ResponseWriter, r *http.Request, ref desk.Ref, form frame.Form, do deed, refusal error) error {
	changed, isChanged := errors.AsType[*digest.Changed](refusal)
	if do.typed == nil || digest.KindOf(refusal) != digest.Invalid && !isChanged {
		return refusal
	}
	ref.Version = 0
	is, err := a.desk.Arrangement(r.Context(), ref)
	if err != nil {
		return err
	}
	if is.Issue.State != digest.Draft {
		return refusal
	}
	st := state{row: form.Number("block"), by: frame.By(r), people: frame.People(r.Context()), do: form.Text("do"), typed: map[string]string{}}
	for _, name := range do.typed(form) {
		st.typed[name] = frame.Cut(form.Get(name), mostKept)
	}
	if isChanged {
		st.theirs = a.told(frame.People(r.Context()), ref, changed.Since).Said
		if block := form.Number("block"); block != 0 && is.Issue.RowOf(block) == 0 {
			return refusal // the row is gone: the page of the error shows what was typed
		}
	} else {
		st.mistake = frame.Sentence(refusal)
	}
	v := a.view(is, st)
	if !frame.IsPart(r) {
		return a.frame.Refuse(w, a.onIssue(r, is), v)
	}
	parts := append(a.parts(v, whole(do.parts)), part("last-saved", v.Panel.Saved))
	return a.frame.Parts(w, a.onIssue(r, is), fmt.Sprintf("Not saved. %s", frame.Said(refusal)), parts...)
}

// mostKept bounds what is shown again of a text that was refused: more than may be
// saved, so that it can be shortened.
const mostKept = 4 * desk.MaxText
