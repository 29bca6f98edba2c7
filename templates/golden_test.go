package templates_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postbag/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it with -update and git diff.\ngot:\n%s", path, got)
	}
}

// The four renderings of one issue, and the other mails.
func TestGolden(t *testing.T) {
	set := newSet(t)
	mail, err := set.IssueMail(issue(), links)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "issue-mail.html", mail.HTML)
	golden(t, "issue-mail.txt", mail.Text)
	entry, err := set.EntryHTML(issue(), links)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "issue-entry.html", entry)
	page, err := set.IssuePage(templates.IssuePage{Site: site, Issue: issue(), Published: at(30, 17, 0),
		Previous: &templates.IssueEntry{Number: 7, Title: "Pick of the Week 7"}, Next: &templates.IssueEntry{Number: 9, Title: "Pick of the Week 9"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "issue-page.html", string(page))
	confirm, err := set.ConfirmMail(confirmView)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "confirm-mail.html", confirm.HTML)
	golden(t, "confirm-mail.txt", confirm.Text)
	own, err := set.LinksMail(linksView)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "links-mail.html", own.HTML)
	golden(t, "links-mail.txt", own.Text)
	signIn, err := set.SignInMail(doorView)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "signin-mail.html", signIn.HTML)
	golden(t, "signin-mail.txt", signIn.Text)
	invitation, err := set.InvitationMail(invitationView)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "invitation-mail.html", invitation.HTML)
	golden(t, "invitation-mail.txt", invitation.Text)
}

var (
	doorView = templates.DoorView{
		Publication: "The Night Bus", HomeURL: "https://news.example.org/", URL: "https://news.example.org/desk/link/abcdefghijklmnopqrstuvwxyz", Name: "Ines", Life: 15 * time.Minute, Language: "en-GB",
	}
	invitationView = templates.DoorView{
		Publication: "The Night Bus", HomeURL: "https://news.example.org/", URL: "https://news.example.org/desk/link/abcdefghijklmnopqrstuvwxyz", By: "Ines", Life: 7 * 24 * time.Hour, Language: "en-GB",
	}
)

var linksView = templates.LinksView{
	Publication: "The Night Bus", Series: "Pick of the Week", HomeURL: "https://nightbus.example/", Unsubscribe: links.Unsubscribe, Preferences: links.Preferences,
	Language: "en-GB", PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross",
}

var confirmView = templates.ConfirmView{
	Publication: "The Night Bus", Series: "Pick of the Week", HomeURL: "https://nightbus.example/",
	ConfirmURL: "https://post.example/confirm/" + templates.TokenMark, Days: 7, Language: "en-GB", PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross",
}
