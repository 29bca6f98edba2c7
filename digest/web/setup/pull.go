package setup

import (
	"net/http"

	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// pulling shows how far the first pull is; as a page, or as a part of it.
func (a Area) pulling(w http.ResponseWriter, r *http.Request) error {
	at, err := a.reach(r, setup.PullStep)
	if err != nil {
		return err
	}
	task, known, err := a.Setup.Pulling(r.Context(), at.Source.ID)
	if err != nil {
		return err
	}
	p := screen.SetupPulling{
		Here: a.Site().Path(site.SetupPull), Post: a.Site().Path(site.SetupPull), Begin: a.Site().Path(site.SetupBegin),
		Blog: at.Source.Name, Pulled: at.Pulled, Percent: -1, Waits: !known && !at.Pulled,
	}
	if known {
		p.Live, p.Words, p.Percent = task.Live(), task.Words(), task.Percent()
		p.Said, p.Problem, p.Hint = task.Said, task.Problem, task.Hint
	}
	if known && !p.Live && p.Problem == "" && !p.Pulled {
		p.Waits = true // it was stopped before the blog answered
	}
	if frame.IsPart(r) && r.Header.Get("HX-Target") != "" {
		return a.Parts(w, r, "", frame.Part{Screen: "setup-pull", Name: "setup-pulling", Data: p})
	}
	return a.Show(w, r, screen.SetupPull{Setup: a.around(at, setup.PullStep), Pull: p})
}

func (a Area) pull(w http.ResponseWriter, r *http.Request) error {
	if err := a.Setup.Pull(r.Context(), frame.By(r)); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SetupPull), "The blog is being read.")
}

// begin opens the first issue, and leads to its comments.
func (a Area) begin(w http.ResponseWriter, r *http.Request) error {
	issue, err := a.Setup.Begin(r.Context(), frame.By(r))
	if err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.ReadScreen, issue.Number), "")
}
