// Package sending has the desk's pages on which an issue is approved, held, sent and
// watched.
package sending

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Options are what the pages need.
type Options struct {
	Desk   *desk.Desk
	Sender *dispatch.Sender
}

// Area answers for Send.
type Area struct {
	Options
	frame *frame.Frame
}

// New makes the area.
func New(f *frame.Frame, o Options) *Area { return &Area{Options: o, frame: f} }

// Routes are the addresses.
func (a *Area) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.SendScreen, a.show),
		frame.Post(site.SendScreen, a.approve),
		frame.Post(site.SendWords, a.words),
		frame.Post(site.SendTest, a.test),
		frame.Post(site.SendHold, a.act("", a.Sender.TakeBack)),
		frame.Post(site.SendPause, a.act("Sending is paused. What has not left is kept.", a.Sender.Pause)),
		frame.Post(site.SendResume, a.act("Sending goes on.", a.Sender.Resume)),
		frame.Post(site.SendNow, a.now),
		frame.Post(site.SendRule, a.rule),
	}
}

// asked is what somebody typed into the form of a draft, with what is wrong with it.
type asked struct {
	when, at       string
	atMistake      string
	subject, first string
	// What the page showed in their fields: only what somebody changed is theirs.
	wasSubject, wasFirst string
	typed                bool
	// What somebody else made of them meanwhile, in sentences.
	subjectMistake, firstMistake string
	collided                     bool
}

// show shows the screen. For the part that is asked for again and again it leads to the
// whole page once the issue's state is another.
func (a *Area) show(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	issue, _, err := a.Desk.Issue(r.Context(), ref)
	if err != nil {
		return err
	}
	if seen := r.URL.Query().Get(seenQuery); frame.IsPart(r) && seen != "" && seen != string(issue.State) {
		w.Header().Set("HX-Redirect", a.address(site.SendScreen, ref.Series, issue.Number))
		w.WriteHeader(http.StatusOK)
		return nil
	}
	ref.Number = issue.Number
	if frame.IsPart(r) && r.URL.Query().Has(whenQuery) && issue.State == digest.Draft {
		return a.chosen(w, r, ref)
	}
	s, err := a.screen(r, ref, asked{})
	if err != nil {
		return err
	}
	return a.frame.Show(w, frame.OnIssue(r, ref), s)
}

// seenQuery names the state that the page shows which asks for a part of itself.
const seenQuery = "seen"

// whenQuery names the moment that is chosen in the form of a draft.
const whenQuery = "when"

// approve approves the draft for the moment that was chosen.
func (a *Area) approve(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ref, typed, when, err := a.read(r)
	if err != nil {
		return err
	}
	if typed.atMistake != "" {
		return a.refuse(w, r, ref, typed)
	}
	// Whoever approves has seen all of it: anything that was changed since is looked at
	// first, also what was changed while the first line is saved.
	seen := ref
	if _, err := a.Desk.DraftAt(ctx, seen); err != nil {
		return err
	}
	if ref, _, err = a.save(r, ref, &typed); err != nil {
		return err
	}
	if typed.collided {
		return a.collides(w, r, ref, typed)
	}
	if ref.Version > seen.Version+1 {
		if _, err := a.Desk.DraftAt(ctx, seen); err != nil {
			return err
		}
	}
	issue, unsure, err := a.Desk.Approve(ctx, frame.By(r), ref, when)
	if err != nil {
		return err
	}
	series, err := a.Desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	said := issue.Title + " is approved. It goes out " + desk.Spoken(series, issue.DueAt, a.frame.Now()) + "."
	if len(unsure) > 0 {
		said += " Of " + plural(len(unsure), "pick", "picks") + " nothing shows whether the blog still has it: look at Check."
	}
	return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, issue.Number), said)
}

// words saves the subject and the first line.
func (a *Area) words(w http.ResponseWriter, r *http.Request) error {
	ref, typed, _, err := a.read(r)
	if err != nil {
		return err
	}
	ref, said, err := a.save(r, ref, &typed)
	if err != nil {
		return err
	}
	if typed.collided {
		return a.collides(w, r, ref, typed)
	}
	return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, ref.Number), said)
}

// test mails the issue as it stands to whoever asks.
func (a *Area) test(w http.ResponseWriter, r *http.Request) error {
	ref, typed, _, err := a.read(r)
	if err != nil {
		return err
	}
	if ref, _, err = a.save(r, ref, &typed); err != nil {
		return err
	}
	if typed.collided {
		return a.collides(w, r, ref, typed)
	}
	to := frame.Editor(r).Email
	is, err := a.Sender.Test(r.Context(), frame.By(r), desk.Ref{Series: ref.Series, Number: ref.Number}, to)
	if err != nil {
		return err
	}
	said := "A test of " + is.Issue.Title + " is sent to " + to + "."
	if n := len(is.Problems); n > 0 {
		said += " " + plural(n, "thing is", "things are") + " still to fix before it can be approved."
	}
	return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, ref.Number), said)
}

// read reads the form of a draft.
func (a *Area) read(r *http.Request) (ref desk.Ref, typed asked, when desk.When, err error) {
	if ref, err = frame.Issue(r); err != nil {
		return ref, typed, when, err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return ref, typed, when, err
	}
	ref.Version = form.Number("version")
	if ref.Version == 0 {
		return ref, typed, when, errNoVersion()
	}
	typed = asked{when: form.Text("when"), at: form.Text("at"), subject: form.Text("subject"), first: form.Text("preheader"), typed: true,
		wasSubject: form.Text("was-subject"), wasFirst: form.Text("was-preheader")}
	issue, series, err := a.Desk.Issue(r.Context(), desk.Ref{Series: ref.Series, Number: ref.Number})
	if err != nil {
		return ref, typed, when, err
	}
	ref.Number = issue.Number
	if shown, err := time.Parse(time.RFC3339Nano, form.Text("was-next")); err == nil {
		when.Shown = shown
	}
	switch typed.when {
	case whenNow:
		when.Now = true
	case whenAt:
		var wrong error
		if when.At, wrong = a.Desk.ReadMoment(series, typed.at); wrong != nil {
			typed.atMistake = frame.Sentence(wrong)
		}
	}
	return ref, typed, when, nil
}

// save stores a subject and a first line that are not what the page showed, and gives
// the issue's version after it, with what was done. One that somebody else has written
// meanwhile is not stored: typed comes back with a mistake.
func (a *Area) save(r *http.Request, ref desk.Ref, typed *asked) (desk.Ref, string, error) {
	for i := 1; ; i++ {
		is, err := a.Desk.Outlook(r.Context(), desk.Ref{Series: ref.Series, Number: ref.Number})
		if err != nil {
			return ref, "", err
		}
		edit := desk.Edit{WasSubject: &is.Issue.Subject, WasPreheader: &is.Issue.Preheader}
		now := *typed
		edit.Subject = now.changed(now.subject, &now.wasSubject, shownSubject(is), is.Issue.Subject, &now.subjectMistake)
		edit.Preheader = now.changed(now.first, &now.wasFirst, is.Frozen.Preheader, is.Issue.Preheader, &now.firstMistake)
		if edit.Subject == nil && edit.Preheader == nil {
			*typed = now
			return ref, "The subject and the first line are as they were.", nil
		}
		saved, err := a.Desk.Edit(r.Context(), frame.By(r), ref, edit)
		if _, isChanged := errors.AsType[*digest.Changed](err); isChanged && i < triesToSave {
			continue
		}
		if err != nil {
			return ref, "", err
		}
		*typed, ref.Version = now, saved.Version
		return ref, "Saved the subject and the first line of " + saved.Title + ".", nil
	}
}

// changed gives what was typed into a field of the mail when that is to be stored, else
// nil. Own is what an editor wrote, "" where the program shows a text of its own.
func (t *asked) changed(typed string, was *string, shown, own string, mistake *string) *string {
	switch {
	case typed == *was || typed == shown:
		return nil
	case shown != *was && own != "":
		*mistake, *was, t.collided = frame.Theirs(shown), shown, true
		return nil
	}
	return &typed
}

// collides shows the screen with what was typed, and with what somebody else wrote in the
// same field meanwhile.
func (a *Area) collides(w http.ResponseWriter, r *http.Request, ref desk.Ref, typed asked) error {
	ref.Version = 0 // the page shows the issue as it is now
	s, err := a.screen(r, ref, typed)
	if err != nil {
		return err
	}
	return a.frame.ShowAs(w, frame.OnIssue(r, ref), http.StatusConflict, s)
}

func (a *Area) refuse(w http.ResponseWriter, r *http.Request, ref desk.Ref, typed asked) error {
	s, err := a.screen(r, ref, typed)
	if err != nil {
		return err
	}
	return a.frame.Refuse(w, frame.OnIssue(r, ref), s)
}

// act makes the handler of a button of one press. Said is what was done; "" says how
// the issue stands.
func (a *Area) act(said string, do func(context.Context, digest.Actor, desk.Ref) (digest.Issue, error)) frame.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ref, err := a.seen(r)
		if err != nil {
			return err
		}
		issue, err := do(r.Context(), frame.By(r), ref)
		if err != nil {
			return a.changed(w, r, ref, err)
		}
		if said := said; said == "" {
			said = held(issue)
			return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, issue.Number), said)
		}
		return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, issue.Number), issue.Title+": "+said)
	}
}

// seen reads what the page of a button showed.
func (a *Area) seen(r *http.Request) (desk.Ref, error) {
	ref, err := frame.Issue(r)
	if err != nil {
		return ref, err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return ref, err
	}
	if ref.Version, ref.Last = form.Number("version"), form.Number("last"); ref.Version == 0 || ref.Last == 0 {
		return ref, errNoVersion()
	}
	return ref, nil
}

func errNoVersion() error {
	return digest.Fail(digest.Invalid, "Open the page again.", "the form does not say which version of the issue it was made for")
}

// changed answers who pressed a button of a page that is out of date: with what was done
// since, above the page as it is now.
func (a *Area) changed(w http.ResponseWriter, r *http.Request, ref desk.Ref, cause error) error {
	if _, is := errors.AsType[*digest.Changed](cause); !is || frame.IsPart(r) {
		return cause
	}
	s, err := a.screen(r, desk.Ref{Series: ref.Series, Number: ref.Number}, asked{})
	if err != nil {
		return cause
	}
	return a.frame.ShowProblem(w, frame.OnIssue(r, ref), cause, s)
}

// held says what became of an issue that was held back.
func held(issue digest.Issue) string {
	switch issue.State {
	case digest.Draft:
		return "The approval of " + issue.Title + " is taken back. Nobody has got it."
	case digest.Published:
		return issue.Title + " is on the web, and is not mailed before you send it."
	case digest.Paused:
		return issue.Title + " is held: what has not left is kept."
	}
	return issue.Title + " is " + issue.State.Is() + "."
}

// now mails the issue at once.
func (a *Area) now(w http.ResponseWriter, r *http.Request) error {
	ref, err := a.seen(r)
	if err != nil {
		return err
	}
	issue, _, err := a.Sender.Send(r.Context(), frame.By(r), ref, false)
	if err != nil {
		return a.changed(w, r, ref, err)
	}
	return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, issue.Number), issue.Title+" is on its way.")
}

// triesToSave is how often a form is looked at anew because somebody else saved between
// reading what is stored and saving.
const triesToSave = 4

// rule stores what happens with the series' issues if nobody approves them in time, as far
// as the form says otherwise than its page did. What somebody else has changed since is
// told, and is not changed back.
func (a *Area) rule(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	for i := 1; ; i++ {
		_, series, err := a.Desk.Issue(ctx, ref)
		if err != nil {
			return err
		}
		deadline := string(series.Deadline)
		set := desk.Settings{Was: &desk.Settings{Deadline: &deadline, AtLeast: &series.AtLeast}}
		rule, picks := ruleFields(series)
		for _, f := range []*screen.Field{&rule, &picks} {
			typed, fate := form.Fate(f.Name, f.Shown())
			switch {
			case fate == frame.Stays:
				continue
			case fate == frame.Collides:
				f.Mistake = frame.Theirs(f.InWords())
			case f == &rule:
				set.Deadline = &typed
			default:
				least := int(form.Number(f.Name))
				set.AtLeast = &least
			}
			f.Choose(typed)
		}
		if !set.IsEmpty() {
			_, err = a.Desk.Set(ctx, frame.By(r), series.Slug, set)
		}
		switch {
		case digest.KindOf(err) == digest.Conflict && i < triesToSave:
			continue
		case err != nil:
			return err
		case rule.Mistake+picks.Mistake != "":
			return a.ruleAgain(w, r, ref, rule, picks)
		}
		return a.frame.Back(w, r, a.address(site.SendScreen, ref.Series, ref.Number), "Saved. If nobody approves in time: "+rule.InWords())
	}
}

// ruleAgain shows the screen with what was typed of the rule, and what somebody else made
// of it.
func (a *Area) ruleAgain(w http.ResponseWriter, r *http.Request, ref desk.Ref, rule, picks screen.Field) error {
	s, err := a.screen(r, ref, asked{})
	if err != nil {
		return err
	}
	if s.Draft == nil {
		return digest.Fail(digest.Conflict, "", "%s: %s", rule.Label, strings.TrimSpace(rule.Mistake+" "+picks.Mistake))
	}
	d := s.Draft.Deadline
	d.Rule, d.AtLeast, d.Open = rule, picks, true
	s.Draft.Mistakes = screen.Mistakes(rule, picks)
	return a.frame.ShowAs(w, frame.OnIssue(r, ref), http.StatusConflict, s)
}

// ruleFields ask what happens with an issue that nobody approves in time.
func ruleFields(series digest.Series) (rule, picks screen.Field) {
	rule = screen.Field{Name: "deadline", Label: "If nobody approves in time", Type: "select"}
	for _, r := range digest.DeadlineRules() {
		rule.Options = append(rule.Options, screen.Option{Value: string(r), Label: r.Words(), Chosen: r == series.Deadline})
	}
	return rule, screen.Field{Name: "at-least", Label: "How many picks it needs to go out", Type: "number", Value: fmt.Sprint(max(series.AtLeast, 1))}
}

func (a *Area) address(p site.Page, series string, number int) string {
	return a.frame.Site().Desk(p, series, number)
}

// timeAt writes the time of day on the series' clocks.
func timeAt(series digest.Series, at time.Time) string {
	zone, err := series.Location()
	if err != nil {
		zone = time.UTC
	}
	return at.In(zone).Format("15:04")
}
