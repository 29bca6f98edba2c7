package setup

import (
	"cmp"
	"net"
	"net/http"

	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

func (a Area) mailScreen(r *http.Request) (screen.SetupMail, error) {
	at, err := a.reach(r, setup.MailStep)
	if err != nil {
		return screen.SetupMail{}, err
	}
	sending := a.Setup.Sending()
	s := screen.SetupMail{
		Setup: a.around(at, setup.MailStep), Outbox: sending.Outbox, Account: sending.Account,
		From: sending.From, FromMade: sending.FromMade, ReplyTo: sending.ReplyTo, Base: sending.BaseURL,
		To: frame.Editor(r).Email, Test: a.Site().Path(site.SetupTest), DNS: a.Site().Path(site.SetupDNS),
	}
	if sending.Host != "" {
		s.Server = net.JoinHostPort(sending.Host, sending.Port)
	}
	if !at.Marks.Tested.IsZero() {
		s.Tested = moment(at.Marks.Tested.UTC())
	}
	return s, nil
}

func (a Area) mail(w http.ResponseWriter, r *http.Request) error {
	s, err := a.mailScreen(r)
	if err != nil {
		return err
	}
	return a.Show(w, r, s)
}

var (
	labels = map[string]string{
		"from": "The sender’s domain", "spf": "Who may send for it (SPF)", "dmarc": "What becomes of false mail (DMARC)",
		"dkim": "The signature (DKIM)", "bounces": "Where bounces go", "ptr": "The mail server’s name (PTR)", "account": "The account", "links": "Where links lead",
	}
	marks = map[string]string{"good": "good", "look": "look at it", "wrong": "put it right", "unknown": "not known"}
)

// dns looks up what the name system says; as a page, or as a part of it.
func (a Area) dns(w http.ResponseWriter, r *http.Request) error {
	s, err := a.mailScreen(r)
	if err != nil {
		return err
	}
	s.Findings = &screen.SetupFindings{}
	for _, f := range a.Setup.Findings(r.Context()) {
		shown := screen.SetupFinding{
			Label: cmp.Or(labels[string(f.Subject)], string(f.Subject)), Grade: string(f.Grade), Mark: marks[string(f.Grade)], Text: f.Text,
		}
		if f.Publish != nil {
			shown.Record = &screen.SetupRecord{Name: f.Publish.Name, Type: f.Publish.Type, Value: f.Publish.Value}
		}
		s.Findings.All = append(s.Findings.All, shown)
	}
	if frame.IsPart(r) {
		return a.Parts(w, r, "", frame.Part{Screen: "setup-mail", Name: "setup-findings", Data: s.Findings})
	}
	return a.Show(w, r, s)
}

// test sends a test mail to whoever is signed in.
func (a Area) test(w http.ResponseWriter, r *http.Request) error {
	to := frame.Editor(r).Email
	tried, err := a.Setup.TestMail(r.Context(), to)
	if err != nil {
		return err
	}
	said := "The mail server took the test mail to " + to + ". It answered: " + tried.Reply
	if tried.Outbox != "" {
		said = "The test mail is in the folder " + tried.Outbox + "."
	}
	if frame.IsPart(r) {
		return a.Parts(w, r, "", frame.Part{Screen: "setup-mail", Name: "setup-tried", Data: said})
	}
	return a.Back(w, r, a.Site().Path(site.SetupMail), said)
}

func (a Area) takeMail(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.reach(r, setup.MailStep); err != nil {
		return err
	}
	if err := a.Setup.TakeMail(r.Context()); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SetupPull), "")
}
