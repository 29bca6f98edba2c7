// Package reading is the desk's screen on which comments are read and decided of.
package reading

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/reading"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area is the screen Read.
type Area struct {
	*frame.Frame
	Read *reading.Service
	Desk *desk.Desk
}

// Routes are the addresses of the screen.
func (a Area) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.ReadScreen, a.show),
		frame.Get(site.ReadNews, a.news),
		frame.Get(site.VoicesScreen, a.voices),
		frame.Post(site.ReadDecide, a.decide),
		frame.Post(site.ReadMove, a.move),
		frame.Post(site.ReadUndo, a.undo),
		frame.Post(site.ReadPlace, a.place),
		frame.Post(site.KeysPage, a.keys),
	}
}

// show shows a page. Without a query it leads back to where the editor was.
func (a Area) show(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	view := reading.ParseView(query)
	switch {
	case frame.IsPart(r) && query.Has("chain"):
		return a.chain(w, r, view.Thread)
	case frame.IsPart(r) && query.Has("more"):
		return a.more(w, r, ref, view)
	case !frame.IsPart(r):
		to, err := a.onward(r, ref, view)
		if err != nil {
			return err
		}
		if to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
	}
	p, err := a.Read.Page(r.Context(), ref, view)
	if err != nil {
		if view.Search == "" || digest.KindOf(err) != digest.Invalid {
			return err
		}
		return a.badQuery(w, r, ref, view, err)
	}
	s, err := a.screen(r, ref, p)
	if err != nil {
		return err
	}
	return a.Show(w, frame.OnIssue(r, ref), s)
}

// onward gives where an address leads on to, "" for no further: one that says no more
// than a comment to where the editor was, and one with a comment to that, or to what
// follows it where the page holds it back.
func (a Area) onward(r *http.Request, ref desk.Ref, view reading.View) (string, error) {
	asked := view.Comment
	query := r.URL.Query()
	query.Del(site.SeriesQuery)
	query.Del(site.CommentQuery)
	if len(query) == 0 {
		place, err := a.Read.Place(r.Context(), frame.Editor(r), ref.Series)
		if err != nil {
			return "", err
		}
		kept, err := url.ParseQuery(place)
		if err != nil {
			return "", nil // it is nowhere
		}
		view = reading.ParseView(kept)
		view.Comment = cmp.Or(asked, view.Comment)
	}
	to, comment, err := a.Read.GoOn(r.Context(), ref, view)
	if err != nil {
		return "", err
	}
	switch {
	case to.Query() == "" || to == view && len(query) > 0:
		return "", nil
	case comment > 0:
		return a.onComment(ref, to, comment), nil
	case comment == reading.AtEnd:
		return a.address(ref, to) + "#onward", nil
	}
	return a.address(ref, to), nil
}

// badQuery shows the page with what is wrong with the search, which stays in its field.
func (a Area) badQuery(w http.ResponseWriter, r *http.Request, ref desk.Ref, view reading.View, wrong error) error {
	plain := view
	plain.Search = ""
	p, err := a.Read.Overview(r.Context(), ref, plain)
	if err != nil {
		return err
	}
	p.View = view
	s, err := a.screen(r, ref, p)
	if err != nil {
		return err
	}
	s.Counted, s.List.Empty = "", frame.Sentence(wrong)
	return a.Refuse(w, frame.OnIssue(r, ref), s)
}

// more answers with what follows on a page that is there.
func (a Area) more(w http.ResponseWriter, r *http.Request, ref desk.Ref, view reading.View) error {
	p, err := a.Read.Page(r.Context(), ref, view)
	if err != nil {
		return err
	}
	return a.Parts(w, r, "", frame.Part{Screen: "read", Name: "items", Data: a.list(r, ref, p)})
}

// chain answers with what a comment answers.
func (a Area) chain(w http.ResponseWriter, r *http.Request, id int64) error {
	all, err := a.Read.Chain(r.Context(), id)
	if err != nil {
		return err
	}
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	_, series, err := a.Desk.Issue(r.Context(), ref)
	if err != nil {
		return err
	}
	c := screen.Chain{}
	for _, one := range all {
		c.Items = append(c.Items, a.item(r, ref, series, reading.Page{}, reading.Item{Candidate: one}))
	}
	return a.Parts(w, r, "", frame.Part{Screen: "read", Name: "chain", Data: c})
}

// news tells what came since; nothing where that is nothing.
func (a Area) news(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	seen := reading.Seen{IssueID: number(q.Get("is")), Comment: number(q.Get("seen")), Revision: number(q.Get("last")), By: frame.By(r)}
	if seen.IssueID == 0 {
		return digest.Fail(digest.NotFound, "", "there is nothing at this address")
	}
	news, err := a.Read.News(r.Context(), seen)
	if err != nil {
		return err
	}
	if len(news.Done) == 0 && fmt.Sprint(news.Comments) == cmp.Or(q.Get("n"), "0") {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	view := reading.ParseView(q)
	return a.Parts(w, r, "", frame.Part{Screen: "read", Name: "news", Data: a.newsOf(r.Context(), ref, view, seen, news)})
}

// form is what a form of the screen says of its page.
func (a Area) form(r *http.Request) (desk.Ref, frame.Form, reading.View, error) {
	ref, err := frame.Issue(r)
	if err != nil {
		return ref, frame.Form{}, reading.View{}, err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return ref, form, reading.View{}, err
	}
	query, err := url.ParseQuery(form.Get("view"))
	if err != nil {
		query = nil
	}
	return ref, form, reading.ParseView(query), nil
}

// decide picks, skips, keeps for later, or takes that back.
func (a Area) decide(w http.ResponseWriter, r *http.Request) error {
	ref, form, view, err := a.form(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), form.Number("comment")
	if form.Get("decision") != "undecide" {
		if err := a.Read.Pass(ctx, ref, view, id); err != nil {
			return err
		}
	}
	said, err := a.decideOne(r, ref, form.Get("decision"), id)
	if err != nil {
		return err
	}
	to := form.Number("next")
	if to == 0 || form.Get("decision") == "undecide" {
		to = id
	}
	place := view
	place.Comment = to
	if err := a.Read.SavePlace(ctx, frame.Editor(r), ref.Series, place); err != nil {
		return err
	}
	if !frame.IsPart(r) {
		return a.Back(w, r, a.onComment(ref, view, to), said)
	}
	p, err := a.Read.Overview(ctx, ref, view)
	if err != nil {
		return err
	}
	item, err := a.Read.Item(ctx, ref, id)
	if err != nil {
		return err
	}
	shown := a.item(r, ref, p.Series, p, item)
	shown.Next = form.Number("next")
	parts := []frame.Part{{Screen: "read", Name: "comment", Data: shown}}
	around, err := a.around(r, ref, p)
	if err != nil {
		return err
	}
	seen := reading.Seen{IssueID: p.Issue.ID, Comment: form.Number("seen"), Revision: form.Number("last"), By: frame.By(r)}
	if seen.Comment > 0 {
		news, err := a.Read.News(ctx, seen)
		if err != nil {
			return err
		}
		if len(news.Done) > 0 || news.Comments > 0 {
			around = append(around, frame.Part{Screen: "read", Name: "news", Data: a.newsOf(r.Context(), ref, view, seen, news), Into: "#news"})
		}
	}
	return a.Parts(w, frame.OnIssue(r, ref), said, append(parts, around...)...)
}

// decideOne does what was decided of a comment, and says it. Where somebody else had
// decided of it before, that is said too.
func (a Area) decideOne(r *http.Request, ref desk.Ref, decision string, id int64) (string, error) {
	ctx, by := r.Context(), frame.By(r)
	kinds := map[string]digest.Decision{"skip": digest.SkipIt, "maybe": digest.MaybeIt, "undecide": digest.Undecided}
	if kind, is := kinds[decision]; is {
		done, err := a.Desk.Decide(ctx, by, ref, kind, id)
		return saidOf(done.Words, "It was so already.") + a.before(ctx, done.Was[id], by), err
	}
	if decision != "pick" {
		return "", digest.Fail(digest.Invalid, "Send it again from the page.", "nothing was decided")
	}
	issue, _, err := a.Desk.Issue(ctx, ref)
	if err != nil {
		return "", err
	}
	was, err := a.Desk.Decisions(ctx, issue, []int64{id})
	if err != nil {
		return "", err
	}
	_, saved, err := a.Desk.Pick(ctx, by, ref, id)
	return saidOf(saved.Words, "It was picked already.") + a.before(ctx, was[id], by), err
}

func saidOf(words, nothing string) string {
	if words == "" {
		return nothing
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// before says what somebody else had decided of a comment.
func (a Area) before(ctx context.Context, was digest.Decided, by digest.Actor) string {
	if was.Decision == digest.Undecided || was.By == by {
		return ""
	}
	return fmt.Sprintf(" %s had %s it %s.", frame.People(ctx).Name(was.By), was.Decision.Did(), a.ago(ctx, was.At))
}

// around are the parts beside the comments that a decision changes.
func (a Area) around(r *http.Request, ref desk.Ref, p reading.Page) ([]frame.Part, error) {
	rail, err := a.rail(r, ref, p)
	if err != nil {
		return nil, err
	}
	parts := []frame.Part{
		{Screen: "read", Name: "rail", Data: rail, Into: "#rail"},
		{Screen: "read", Name: "left", Data: counted(p), Into: "#counted", Swap: "innerHTML"},
	}
	for _, post := range p.Posts {
		if post.ID == p.Post.ID || p.View.Search != "" || p.View.Thread != 0 || p.View.Offered {
			one := screen.ReadPost{ID: post.ID}
			parts = append(parts, frame.Part{Screen: "read", Name: "left", Data: leftOf(post), Into: "#" + one.Element(), Swap: "innerHTML"})
		}
	}
	return parts, nil
}

// move moves a pick within the issue.
func (a Area) move(w http.ResponseWriter, r *http.Request) error {
	ref, form, view, err := a.form(r)
	if err != nil {
		return err
	}
	ref.Version = form.Number("version")
	saved, err := a.Desk.Move(r.Context(), frame.By(r), ref, form.Number("block"), form.Number("before"))
	if err != nil {
		return err
	}
	said := saidOf(saved.Words, "It stands there already.")
	if !frame.IsPart(r) {
		return a.Back(w, r, a.address(ref, view)+"#rail", said)
	}
	ref.Version = 0
	p, err := a.Read.Overview(r.Context(), ref, view)
	if err != nil {
		return err
	}
	rail, err := a.rail(r, ref, p)
	if err != nil {
		return err
	}
	return a.Parts(w, frame.OnIssue(r, ref), said, frame.Part{Screen: "read", Name: "rail", Data: rail})
}

// undo takes back the last change that the page shows.
func (a Area) undo(w http.ResponseWriter, r *http.Request) error {
	ref, form, view, err := a.form(r)
	if err != nil {
		return err
	}
	issue, history, err := a.Desk.History(r.Context(), ref, historyShown)
	if err != nil {
		return err
	}
	comment := undone(issue, desk.LastEdit(history))
	ref.Version, ref.Last = form.Number("version"), form.Number("last")
	saved, err := a.Desk.Undo(r.Context(), frame.By(r), ref)
	if err != nil {
		return err
	}
	address := a.address(ref, view)
	if comment != 0 {
		address = a.onComment(ref, view, comment)
	}
	return a.Back(w, r, address, saidOf(frame.People(r.Context()).Told(saved.Words), ""))
}

// undone gives the comment that undoing a change is about, 0 for none.
func undone(issue digest.Issue, last *digest.Revision) int64 {
	if last == nil {
		return 0
	}
	if len(last.Before.Decisions) > 0 {
		return last.Before.Decisions[0].CommentID
	}
	if last.Before.Blocks == nil {
		return 0
	}
	was := digest.Issue{Blocks: last.Before.Blocks}
	for _, of := range []struct{ a, b digest.Issue }{{issue, was}, {was, issue}} {
		for _, id := range of.a.Picked() {
			if _, isIn := of.b.PickOf(id); !isIn {
				return id
			}
		}
	}
	return 0
}

// place keeps where the editor reads.
func (a Area) place(w http.ResponseWriter, r *http.Request) error {
	ref, form, view, err := a.form(r)
	if err != nil {
		return err
	}
	view.Comment = max(0, form.Number(site.CommentQuery))
	if err := a.Read.SavePlace(r.Context(), frame.Editor(r), ref.Series, view); err != nil {
		return err
	}
	if frame.IsPart(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return a.Back(w, r, a.address(ref, view), "")
}

// keys switches single keys on or off.
func (a Area) keys(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if err := a.Read.SetKeys(r.Context(), frame.Editor(r), form.Is("on")); err != nil {
		return err
	}
	said := "Single keys are off."
	if form.Is("on") {
		said = "Single keys are on."
	}
	to := a.Site().Path(site.DeskHome)
	if here, err := url.Parse(r.Referer()); err == nil && strings.HasPrefix(r.Referer(), a.Site().Base+"/") {
		to = here.RequestURI()
	}
	return a.Back(w, r, to, said)
}
