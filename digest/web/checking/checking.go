// Package checking is the desk's screen Check: an issue as its readers will get it, all
// that is to be fixed or looked at before it goes, and the true outputs in frames that
// run no script.
package checking

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers/address"
	"postbag/templates/screen"
)

// Tester mails tests of issues.
type Tester interface {
	Test(ctx context.Context, by digest.Actor, ref desk.Ref, to string) (desk.Outlook, error)
}

// Options is what the area is made of.
type Options struct {
	Frame    *frame.Frame
	Desk     *desk.Desk
	Check    *check.Check
	Renderer check.Renderer
	Tester   Tester
}

// Area answers for the screen Check.
type Area struct {
	*frame.Frame
	o Options
}

// New makes the area.
func New(o Options) *Area { return &Area{Frame: o.Frame, o: o} }

// Routes are the addresses of the area.
func (a *Area) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.CheckScreen, a.show),
		frame.Get(site.CheckAsked, a.asked),
		frame.Get(site.ComparePick, a.compare),
		frame.Get(site.Preview, a.preview),
		frame.Post(site.CheckFix, a.fix),
		frame.Post(site.CheckAsk, a.ask),
		frame.Post(site.CheckTest, a.test),
	}
}

// at gives the address of one of an issue's pages.
func (a *Area) at(p site.Page, ref desk.Ref, values ...any) string {
	issue := any("draft")
	if ref.Number != 0 {
		issue = ref.Number
	}
	return a.Site().Desk(p, ref.Series, append([]any{issue}, values...)...)
}

// with adds a query to an address.
func with(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}

// The queries of the screen: which output it shows, and whether light and dark are
// changed over.
const (
	outputQuery = "show"
	swapQuery   = "swap"
	darkQuery   = "scheme"
)

func (a *Area) show(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	s, ref, err := a.screen(r, ref)
	if err != nil {
		return err
	}
	return a.Show(w, frame.OnIssue(r, ref), s)
}

// screen makes the screen of an issue, which it numbers.
func (a *Area) screen(r *http.Request, ref desk.Ref) (screen.Check, desk.Ref, error) {
	found, err := a.o.Check.List(r.Context(), ref)
	if err != nil {
		return screen.Check{}, ref, err
	}
	ref.Number = found.Issue.Number
	s := screen.Check{Issue: found.Issue.Title, Before: a.before(r.Context(), found, ref)}
	shown := check.Output(r.URL.Query().Get(outputQuery))
	if !slices.Contains(check.Outputs(), shown) {
		shown = check.MailOutput
	}
	here := a.at(site.CheckScreen, ref)
	for _, o := range check.Outputs() {
		s.Outputs = append(s.Outputs, screen.Link{Label: outputNames[o], Address: with(here, outputQuery+"="+string(o)), Here: o == shown})
	}
	if found.Frozen.Picks == 0 {
		s.Empty = "There is nothing to show yet: no pick of it can be quoted."
	} else {
		s.Views, s.Swap = a.views(ref, shown, r.URL.Query().Has(swapQuery))
	}
	for _, row := range found.Rows {
		if row.Kind == digest.PickBlock && found.Issue.State == digest.Draft {
			s.Picks = append(s.Picks, screen.Link{Label: nameOf(row), Address: a.at(site.TrimScreen, ref, row.ID)})
		}
	}
	s.Test = a.testForm(r, ref)
	return s, ref, nil
}

func nameOf(row desk.Row) string {
	author := row.Comment.Author
	if author == "" {
		author = "Anonymous"
	}
	words := strings.Join(strings.Fields(row.Words.Text()), " ")
	if runes := []rune(words); len(runes) > 60 {
		words = string(runes[:59]) + "…"
	}
	return author + ", “" + words + "”"
}

var outputNames = map[check.Output]string{
	check.MailOutput: "Mail", check.TextOutput: "Text", check.FeedOutput: "Feed", check.PageOutput: "Web page",
}

// views are the frames of an output: of one that has a width and colours, two.
func (a *Area) views(ref desk.Ref, shown check.Output, swapped bool) (views []screen.View, swap *screen.Link) {
	address := func(scheme check.Scheme) string {
		at := a.at(site.Preview, ref, string(shown))
		if scheme != check.AnyScheme {
			at = with(at, darkQuery+"="+string(scheme))
		}
		return at
	}
	switch shown {
	case check.TextOutput:
		return []screen.View{{Title: "The text part, 72 columns wide", Address: address(check.AnyScheme), Class: "text"}}, nil
	case check.FeedOutput:
		return []screen.View{{Title: "The feed entry, as a plain reader shows it", Address: address(check.AnyScheme), Class: "feed"}}, nil
	}
	phone, desktop := check.Dark, check.Light
	here := with(a.at(site.CheckScreen, ref), outputQuery+"="+string(shown))
	swap = &screen.Link{Label: "Phone in light, desktop in dark", Address: with(here, swapQuery+"=1")}
	if swapped {
		phone, desktop = desktop, phone
		swap = &screen.Link{Label: "Phone in dark, desktop in light", Address: here}
	}
	what := strings.ToLower(outputNames[shown])
	return []screen.View{
		{Title: fmt.Sprintf("The %s on a phone, %s", what, phone), Address: address(phone), Class: "phone"},
		{Title: fmt.Sprintf("The %s on a desktop, %s", what, desktop), Address: address(desktop), Class: "desktop"},
	}, swap
}

// previewPolicy lets a document use the styles that are in it and nothing else: no
// script, no picture, no address that is asked for. It may stand in frames of ours.
const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

// preview answers with an output as a document of its own.
func (a *Area) preview(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	as := check.Output(r.PathValue("output"))
	if !slices.Contains(check.Outputs(), as) {
		return digest.Fail(digest.NotFound, "", "there is no such output")
	}
	scheme := check.Scheme(r.URL.Query().Get(darkQuery))
	if scheme != check.Dark && scheme != check.Light {
		scheme = check.AnyScheme
	}
	sketch, err := a.o.Check.Sketch(r.Context(), ref)
	if err != nil {
		return err
	}
	document, err := a.o.Renderer.Render(sketch, as, scheme)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", previewPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(document)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(document) // whoever went away does not miss it
	return nil
}

// ask asks for the blogs to be asked.
func (a *Area) ask(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	if _, err := a.o.Check.Want(r.Context(), frame.By(r), ref); err != nil {
		return err
	}
	if frame.IsPart(r) {
		return a.asked(w, r)
	}
	return a.Back(w, r, a.at(site.CheckScreen, ref), "The blog is asked again. You can go on meanwhile.")
}

// asked tells how far the asking is; once it is done, the whole list.
func (a *Area) asked(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	if !frame.IsPart(r) {
		http.Redirect(w, r, a.at(site.CheckScreen, ref), http.StatusSeeOther)
		return nil
	}
	found, err := a.o.Check.List(r.Context(), ref)
	if err != nil {
		return err
	}
	ref.Number = found.Issue.Number
	before := a.before(r.Context(), found, ref)
	if before.Asked.Open {
		return a.Parts(w, r, "", frame.Part{Screen: "check", Name: "asked", Data: before.Asked})
	}
	return a.Parts(w, frame.OnIssue(r, ref), before.Asked.Words, frame.Part{Screen: "check", Name: "before", Data: before, Into: "#before"})
}

// fix does what mends a finding.
func (a *Area) fix(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	said, err := a.mend(r.Context(), frame.By(r), ref, form)
	if err != nil {
		return err
	}
	return a.Back(w, r, a.at(site.CheckScreen, ref), said)
}

func (a *Area) mend(ctx context.Context, by digest.Actor, ref desk.Ref, form frame.Form) (said string, err error) {
	at, block := ref, form.Number("block")
	at.Version = form.Number("version")
	var saved desk.Saved
	switch form.Text("do") {
	case "remove":
		saved, err = a.o.Desk.Edit(ctx, by, at, desk.Edit{Block: block, Remove: true})
	case "keep":
		saved, err = a.o.Desk.Keep(ctx, by, at, block)
	case "update":
		saved, err = a.o.Desk.Update(ctx, by, at, block)
	case "end-mail":
		saved, err = a.o.Desk.EndMail(ctx, by, at, block)
	case "term":
		added, err := a.o.Desk.AddTerm(ctx, by, form.Text("name"))
		if err == nil && !added {
			return "“" + form.Text("name") + "” is in the glossary already.", nil
		}
		return "Added “" + form.Text("name") + "” to the glossary.", err
	case "seen", "again":
		undo := form.Text("do") == "again"
		f, err := a.o.Check.See(ctx, by, ref, form.Text("key"), undo)
		if undo {
			return "To be looked at again: " + f.Words, err
		}
		return "You let it stand: " + f.Words, err
	default:
		return "", digest.Fail(digest.Invalid, "Start again from the page.", "that is nothing that can be done here")
	}
	if err != nil {
		return "", err
	}
	if saved.Words == "" {
		return "There was nothing to change.", nil
	}
	return strings.ToUpper(saved.Words[:1]) + saved.Words[1:] + ".", nil
}

// testForm is the form that mails a test to the editor.
func (a *Area) testForm(r *http.Request, ref desk.Ref) screen.Test {
	return screen.Test{Action: a.at(site.CheckTest, ref), Field: screen.Field{
		Name: "to", Label: "To", Value: frame.Editor(r).Email, Type: "email", Autocomplete: "email", Required: true,
		Hint: "Its subject begins with [Test]. Nobody else gets it.",
	}}
}

// test mails a test.
func (a *Area) test(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	to, err := address.Parse(form.Text("to"))
	if err != nil {
		s, ref, screenErr := a.screen(r, ref)
		if screenErr != nil {
			return screenErr
		}
		s.Test.Open, s.Test.Field.Value, s.Test.Field.Mistake = true, form.Text("to"), sentence(err.Error())
		return a.Refuse(w, frame.OnIssue(r, ref), s)
	}
	is, err := a.o.Tester.Test(r.Context(), frame.By(r), ref, to.Email)
	if err != nil {
		return err
	}
	return a.Back(w, r, a.at(site.CheckScreen, ref), fmt.Sprintf("A test of %s is on its way to %s.", is.Issue.Title, to.Email))
}

func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// compare shows what was picked beside what the blog says now.
func (a *Area) compare(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	block, err := frame.ID(r, "block")
	if err != nil {
		return err
	}
	issue, err := a.o.Desk.DraftAt(r.Context(), ref)
	if err != nil {
		return err
	}
	ref.Number = issue.Number
	c, err := a.o.Desk.Compare(r.Context(), ref, block)
	if err != nil {
		return err
	}
	s := screen.Compare{
		Issue: issue.Title, Number: c.Row.Number, Author: c.Now.Author, WasKept: c.WasKept,
		Same: !c.Row.HasChanged(c.Now.Comment), Fix: a.at(site.CheckFix, ref), Version: issue.Version, Block: block,
		Was:  screen.Text{Label: "What you picked", Paragraphs: paragraphs(c.Was.Body)},
		Now:  screen.Text{Label: "What it says now", Paragraphs: paragraphs(c.Now.Body)},
		Back: screen.Link{Label: "Back to Check", Address: a.at(site.CheckScreen, ref)},
	}
	if s.Author == "" {
		s.Author = "Anonymous"
	}
	for _, p := range c.Parts {
		s.Parts = append(s.Parts, screen.Wording{Text: p.Text, Change: string(p.Change)})
	}
	made := len(c.Row.Kept) > 0 || len(c.Row.Notes) > 0 || c.Row.Lifted.End > 0
	switch {
	case !made || !c.WasKept:
	case c.Fits:
		s.Carried = "Updating carries your trimming over: all that you kept is still there."
	case len(c.Row.Kept) > 0 && c.Carried.Kept == nil:
		s.Carried = "Updating loses your trimming: nothing that you kept is still there."
	default:
		s.Carried = "Updating carries your trimming over as far as what you kept is still there."
	}
	return a.Show(w, frame.OnIssue(r, ref), s)
}

func paragraphs(p digest.Prose) []string { return strings.Split(p.Shown(), digest.ParaBreak) }
