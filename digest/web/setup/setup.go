package setup

import (
	"net/http"
	"time"

	"postbag/digest"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area are the pages of the set-up.
type Area struct {
	*frame.Frame
	Setup *setup.Service
}

// Routes gives the pages. Only owners set an installation up.
func (a Area) Routes() []frame.Route {
	all := []frame.Route{
		frame.Get(site.SetupPage, a.start),
		frame.Get(site.SetupBlog, a.blog),
		frame.Post(site.SetupBlog, a.look),
		frame.Post(site.SetupFollow, a.follow),
		frame.Get(site.SetupSeries, a.series),
		frame.Post(site.SetupSeries, a.saveSeries),
		frame.Get(site.SetupMail, a.mail),
		frame.Get(site.SetupDNS, a.dns),
		frame.Post(site.SetupTest, a.test),
		frame.Post(site.SetupMail, a.takeMail),
		frame.Get(site.SetupPull, a.pulling),
		frame.Post(site.SetupPull, a.pull),
		frame.Post(site.SetupBegin, a.begin),
	}
	for i := range all {
		all[i].Owner = true
	}
	return all
}

// steps are the pages of the steps, with their names.
var steps = []struct {
	step  setup.Step
	label string
	page  site.Page
}{
	{setup.BlogStep, "Your blog", site.SetupBlog},
	{setup.SeriesStep, "The series", site.SetupSeries},
	{setup.MailStep, "Mail", site.SetupMail},
	{setup.PullStep, "The first pull", site.SetupPull},
}

// start leads on to the first step that is left, or to the desk.
func (a Area) start(w http.ResponseWriter, r *http.Request) error {
	at, err := a.Setup.Standing(r.Context())
	if err != nil {
		return err
	}
	page := site.DeskHome
	for _, s := range steps {
		if s.step == at.Next() {
			page = s.page
		}
	}
	return a.Back(w, r, a.Site().Path(page), "")
}

// around is what the pages share.
func (a Area) around(at setup.Standing, here setup.Step) screen.Setup {
	out := screen.Setup{Done: at.Done(here)}
	out.Steps = append(out.Steps, screen.SetupStep{Label: "You", Done: true})
	for i, s := range steps {
		step := screen.SetupStep{Label: s.label, Done: at.Done(s.step), Here: s.step == here}
		if at.Reachable(s.step) {
			step.Address = a.Site().Path(s.page)
		}
		if s.step == here {
			out.Post = a.Site().Path(s.page)
			if i+1 < len(steps) {
				out.Next = a.Site().Path(steps[i+1].page)
			}
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// reach gives how far the set-up has come; before there is a blog the error says so.
func (a Area) reach(r *http.Request, step setup.Step) (setup.Standing, error) {
	at, err := a.Setup.Standing(r.Context())
	if err == nil && !at.Reachable(step) {
		err = digest.Fail(digest.Conflict, "Name the blog first.", "this step comes after the blog").Offer(digest.Act{Do: digest.AddSource})
	}
	return at, err
}

// moment says a moment in a zone, as a person reads it.
func moment(t time.Time) string { return t.Format("Monday, 2 January 2006, 15:04 MST") }
