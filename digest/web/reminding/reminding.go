// Package reminding has the pages of the links in reminders: each says what would happen,
// and has one button. Nobody needs to be signed in, since the link says who it is.
package reminding

import (
	"net/http"

	"postbag/digest"
	"postbag/digest/remind"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area answers for the links of reminders.
type Area struct {
	*frame.Frame
	Remind *remind.Service
}

// Routes are the addresses.
func (a Area) Routes() []frame.Route {
	open := func(r frame.Route) frame.Route {
		r.Open = true
		return r
	}
	return []frame.Route{open(frame.Get(site.Reminder, a.ask)), open(frame.Post(site.Reminder, a.reply))}
}

func reply(r *http.Request) (token string, reply digest.Reply) {
	return r.PathValue("token"), digest.Reply(r.PathValue("reply"))
}

// ask shows what a link would do. It changes nothing: mail scanners open links.
func (a Area) ask(w http.ResponseWriter, r *http.Request) error {
	token, reply := reply(r)
	q, err := a.Remind.Ask(r.Context(), token, reply)
	if err != nil {
		return err
	}
	series := ""
	if q.Several {
		series = q.Series.Slug
	}
	at := a.Site()
	v := screen.Reminder{
		Title: titles[reply](q.Issue.Title), Editor: q.Editor.Shown(), Lines: q.Lines, Problems: q.Problems,
		Action: at.Path(site.Reminder, token, reply), Button: reply.Label(), Danger: reply == digest.ReplySkip, Version: q.Issue.Version,
		Check: at.Desk(site.CheckScreen, series, q.Issue.Number),
		Desk:  at.Desk(site.ReadScreen, series, q.Issue.Number),
	}
	return a.Show(w, r, v)
}

var titles = map[digest.Reply]func(issue string) string{
	digest.ReplySend: func(issue string) string { return "Send " + issue + "?" },
	digest.ReplySkip: func(issue string) string { return "Skip " + issue + "?" },
	digest.ReplyWait: func(issue string) string { return "Give " + issue + " another day?" },
}

// reply does what the button says.
func (a Area) reply(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	token, reply := reply(r)
	said, err := a.Remind.Reply(r.Context(), token, reply, form.Number("version"))
	if err != nil {
		return err
	}
	return a.Show(w, r, screen.Replied{Said: said, Desk: a.Site().Path(site.DeskHome)})
}
