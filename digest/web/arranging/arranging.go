package arranging

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area answers for arranging.
type Area struct {
	frame *frame.Frame
	desk  *desk.Desk
}

// New makes the area.
func New(f *frame.Frame, d *desk.Desk) *Area { return &Area{frame: f, desk: d} }

// maxBody lets far too long a text in, so that it can be refused beside its field and
// is not lost with the page.
const maxBody = 16 << 20

// Routes are the addresses that the area answers for.
func (a *Area) Routes() []frame.Route {
	edit := frame.Post(site.ArrangeScreen, a.edit)
	edit.MaxBody = maxBody
	preview := frame.Post(site.ArrangePreview, a.preview)
	preview.MaxBody = maxBody
	return []frame.Route{
		frame.Get(site.ArrangeScreen, a.show), edit, preview,
		frame.Get(site.ArrangeNews, a.news), frame.Get(site.HistoryScreen, a.history),
	}
}

// show shows the issue; with the query "row" that row beside it, and for htmx only that.
func (a *Area) show(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	is, err := a.desk.Arrangement(r.Context(), ref)
	if err != nil {
		return err
	}
	row, _ := strconv.ParseInt(r.URL.Query().Get("row"), 10, 64) // none else
	v := a.view(is, state{row: row, by: frame.By(r), people: frame.People(r.Context())})
	if frame.IsPart(r) && row != 0 {
		return a.frame.Parts(w, r, "", part("focused", v.Panel.Focus))
	}
	return a.frame.Show(w, a.onIssue(r, is), v)
}

// onIssue names the issue for the bar, by its number and its series.
func (a *Area) onIssue(r *http.Request, is desk.Arrangement) *http.Request {
	ref := desk.Ref{Number: is.Issue.Number}
	if is.Several {
		ref.Series = is.Series.Slug
	}
	return frame.OnIssue(r, ref)
}

func part(name string, data any) frame.Part {
	ids := map[string]string{"title": "#title-form", "intro": "#intro-form", "list": "#rows"}
	into := ids[name]
	if into == "" {
		into = "#" + name
	}
	return frame.Part{Screen: "arrange", Name: name, Data: data, Into: into}
}

// preview answers with the introduction as readers see it. It stores nothing.
func (a *Area) preview(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	text := form.Get("intro")
	if len(text) > desk.MaxText {
		return a.frame.Parts(w, r, "")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(edited(markup.FromMarkdown(text)))) // whoever went away does not miss it
	return nil
}

// news answers with what others changed since a version.
func (a *Area) news(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	if err != nil || ref.Number == 0 {
		return digest.Fail(digest.NotFound, "", "there is nothing at this address")
	}
	ref.Version = version
	all, err := a.desk.News(r.Context(), ref, frame.By(r))
	if err != nil {
		return err
	}
	return a.frame.Parts(w, r, "", part("news", a.told(frame.People(r.Context()), ref, all)))
}

// history shows who changed an issue.
func (a *Area) history(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	is, err := a.desk.Arrangement(r.Context(), ref)
	if err != nil {
		return err
	}
	const most = 300
	_, all, err := a.desk.History(r.Context(), desk.Ref{Series: is.Series.Slug, Number: is.Issue.Number}, most)
	if err != nil {
		return err
	}
	at := a.at(is)
	v := screen.History{
		Name: is.Issue.Title, Arrange: at.arrange, Action: at.arrange, Version: is.Issue.Version,
		Undo: short(is.Undoes), More: len(all) == most,
	}
	if is.Undoes != nil {
		v.Last = is.Undoes.ID
	}
	undone := map[int64]bool{}
	for _, c := range all {
		undone[c.Undoes] = true
	}
	zone, people := zoneOf(is.Series), frame.People(r.Context())
	for _, c := range all {
		v.Changes = append(v.Changes, screen.HistoryChange{
			When: c.At.In(zone).Format("Monday 2 January 2006, 15:04"), Who: who(people, c.By, frame.By(r)), What: capital(people.Told(c.Words)), Version: c.Version,
			Next: is.Undoes != nil && is.Undoes.ID == c.ID, Undone: undone[c.ID],
		})
	}
	return a.frame.Show(w, a.onIssue(r, is), v)
}

// short says an edit in a few words: without the row's own words after them.
func short(r *digest.Revision) string {
	if r == nil {
		return ""
	}
	words, _, _ := strings.Cut(r.Words, ": ")
	return frame.Cut(words, 120)
}

// moved says where a row went.
func moved(saved desk.Saved, block int64) string {
	return fmt.Sprintf("Moved to position %d of %d.", saved.RowOf(block), len(saved.Blocks))
}
