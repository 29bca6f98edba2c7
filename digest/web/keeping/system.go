package keeping

import (
	"context"
	"fmt"
	"net/http"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/templates/screen"
)

// Systems says how the installation is.
type Systems interface {
	Status(ctx context.Context) (health.Status, error)
}

// mostDuties bounds how much of what is done by itself is shown.
const mostDuties = 200

// system says how the installation is and what it does by itself.
func (a *Area) system(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	page := screen.System{Holding: a.Site().Path(site.SendingPage), Process: a.Process, MayHold: true}
	st, err := a.Health.Status(ctx)
	if err != nil {
		return err
	}
	page.Facts = append([]screen.Fact{
		{Name: "Version", Value: a.Version}, {Name: "Database", Value: fmt.Sprintf("%s, schema %d", a.Database, st.Schema)},
		{Name: "Readers", Value: atMost(st.Active)}, {Name: "Mails that wait", Value: atMost(st.Open)},
		{Name: "Mails in doubt", Value: atMost(st.Uncertain)}, {Name: "Confirmations that wait", Value: atMost(st.Letters)},
		{Name: "Last good answer of a blog", Value: c.at(st.LastPull)},
	}, a.backupFacts()...)
	if err := a.workersAndDuties(ctx, c, &page); err != nil {
		return err
	}
	held, err := a.Sender.Held(ctx)
	if err != nil {
		return err
	}
	page.Hold = holdOf(c, held)
	tasks, err := a.Runner.Newest(ctx)
	if err != nil {
		return err
	}
	for _, t := range tasks[:min(len(tasks), 20)] {
		at := taskTitles[t.Kind]
		page.Tasks = append(page.Tasks, screen.TaskRow{Title: fmt.Sprintf(at[0], t.Name), State: taskState(t), When: c.at(t.StartedAt) + ", " + c.people.Name(t.By)})
	}
	return a.Show(w, r, page)
}

func taskState(t beside.Task) string {
	switch {
	case t.Live():
		return t.Words()
	case t.Problem != "":
		return sentence(t.Problem)
	}
	return string(t.State)
}

// atMost writes a count that stops at [health.Limit].
func atMost(n int) string {
	if n >= health.Limit {
		return fmt.Sprintf("%d or more", health.Limit)
	}
	return fmt.Sprint(n)
}

func (a *Area) backupFacts() []screen.Fact {
	if a.Backups == "" {
		return []screen.Fact{{Name: "Backups", Value: "None are written by themselves."}}
	}
	return []screen.Fact{{Name: "Backups", Value: a.Backups}}
}

func (a *Area) workersAndDuties(ctx context.Context, c clock, page *screen.System) error {
	workers, err := a.Workers(ctx)
	if err != nil {
		return err
	}
	for _, x := range workers {
		page.Workers = append(page.Workers, screen.Fact{Name: x.Name, Value: "since " + c.at(x.StartedAt)})
	}
	duties, err := a.Duties(ctx, mostDuties)
	if err != nil {
		return err
	}
	for _, d := range duties {
		row := screen.DutyRow{Name: dutyName(d), Next: c.next(d.Next), Now: d.Worker, Last: c.at(d.LastDone)}
		if d.Failures > 0 {
			row.Problem = fmt.Sprintf("It failed %s: %s", times(d.Failures), sentence(d.LastError))
		}
		if d.Asks != "" {
			row.Problem = "It waits for you: " + d.Asks + " is late."
		}
		page.Duties = append(page.Duties, row)
	}
	return nil
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// dutyNames say what a duty does.
var dutyNames = map[string]string{
	"pull": "ask a blog", "draft": "open the next draft", "remind": "remind the editors", "deadline": "publish the next issue", "deliver": "begin its mailing",
	"index": "make the search ready", "clean-up": "clean up", "backup": "write a backup",
	"ask": "ask the blogs whether picks are still there",
}

func dutyName(d health.Duty) string {
	name := dutyNames[string(d.Kind)]
	if name == "" || d.Name == string(d.Kind) {
		if name == "" {
			return d.Name
		}
		return name
	}
	return name + " (" + d.Name + ")"
}

// holdOf shows a hold; nil where there is none.
func holdOf(c clock, held dispatch.Held) *screen.Hold {
	if held.Since.IsZero() {
		return nil
	}
	h := &screen.Hold{Since: c.at(held.Since), Reason: sentence(held.Reason), By: c.named(held.By), Letters: held.Letters, Decide: len(held.Unsure) > 0 || held.Letters > 0}
	for _, x := range held.Unsure {
		h.Issues = append(h.Issues, screen.Fact{Name: x.Title, Value: fmt.Sprintf("%s; %d sent, %d would still go out", x.State, x.Counts[subscribers.Delivered], x.Counts.Open())})
	}
	return h
}

// named calls an editor by name whose address is kept alone; "" for nobody.
func (c clock) named(address string) string {
	if address == "" {
		return ""
	}
	return c.people.Name(digest.Actor{Kind: digest.ByEditor, Name: address})
}

// hold holds all sending, or lets it go on.
func (a *Area) hold(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by, back := r.Context(), frame.By(r), a.Site().Path(site.SystemPage)
	unsent := dispatch.NotAsked
	switch form.Text("do") {
	case "hold":
		reason := form.Text("reason")
		if reason == "" {
			reason = "held by hand"
		}
		done, left, err := a.Sender.Hold(ctx, by, frame.Cut(reason, 200))
		if err != nil {
			return err
		}
		said := "Sending is held: nothing is published or mailed."
		switch {
		case !done:
			said = "Sending was held already."
		case left > 0:
			said += " " + plural(left, "mail is", "mails are") + " still under way."
		}
		return a.Back(w, r, back, said)
	case "release":
	case "uncertain":
		unsent = dispatch.LeaveUncertain
	case "send":
		unsent = dispatch.SendUnsent
	default:
		return digest.Fail(digest.Invalid, "Press one of the page's buttons.", "it is not said what is to be done")
	}
	was, issues, err := a.Sender.Release(ctx, by, unsent)
	if err != nil {
		return err
	}
	said := "Sending goes on."
	if was.Since.IsZero() {
		said = "Sending is not held."
	}
	for _, x := range issues {
		said += " " + x.Title + " " + string(x.Fate) + "."
	}
	return a.Back(w, r, back, said)
}
