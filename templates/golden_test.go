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
	reminder, err := set.ReminderMail(reminderView)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "reminder-mail.html", reminder.HTML)
	golden(t, "reminder-mail.txt", reminder.Text)
}

var (
	doorView = templates.DoorView{
		Publication: "The Night Bus", HomeURL: "https://news.example.org/", URL: "https://news.example.org/desk/link/abcdefghijklmnopqrstuvwxyz", Name: "Ines", Life: 15 * time.Minute, Language: "en-GB",
	}
	invitationView = templates.DoorView{
		Publication: "The Night Bus", HomeURL: "https://news.example.org/", URL: "https://news.example.org/desk/link/abcdefghijklmnopqrstuvwxyz", By: "Ines", Life: 7 * 24 * time.Hour, Language: "en-GB",
	}
)

var reminderView = templates.ReminderView{
	Publication: "The Night Bus", HomeURL: "https://news.example.org/", Editor: "Ines", Language: "en-GB",
	Title: "Pick of the Week 8", Moment: "Sunday 8 March, 18:00 London time", Hours: 24, Picks: 3, Left: 27,
	ToFix: 3, Problems: []string{"heading “Nothing under it” has nothing under it", "pick 2 by Jo was changed on the blog"},
	Suggested: []templates.ReminderComment{
		{Author: "Ines", Words: "I drove the number 8 for nine years, and I still know every stop of it by its smell.", Post: "The last bus", Reasons: "First-hand, 4 replies"},
		{Words: "It was late."},
	},
	Otherwise: "If nobody does anything, nothing goes out. What is picked is kept, and waits for the next moment.",
	Replies: []templates.ReminderReply{
		{Label: "Send this", Says: "It is approved as it stands, and goes out at its moment.", URL: "https://news.example.org/desk/reminders/abcdefghijklmnopqrstuvwxyz/send"},
		{Label: "Skip this week", Says: "Nothing goes out this time.", URL: "https://news.example.org/desk/reminders/abcdefghijklmnopqrstuvwxyz/skip", Quiet: true},
		{Label: "Give me a day", Says: "It goes out 24 hours later.", URL: "https://news.example.org/desk/reminders/abcdefghijklmnopqrstuvwxyz/wait", Quiet: true},
	},
	ReadURL: "https://news.example.org/desk/issues/8/read", CheckURL: "https://news.example.org/desk/issues/8/check",
}

var linksView = templates.LinksView{
	Publication: "The Night Bus", Series: "Pick of the Week", HomeURL: "https://nightbus.example/", Unsubscribe: links.Unsubscribe, Preferences: links.Preferences,
	Language: "en-GB", PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross",
}

var confirmView = templates.ConfirmView{
	Publication: "The Night Bus", Series: "Pick of the Week", HomeURL: "https://nightbus.example/",
	ConfirmURL: "https://post.example/confirm/" + templates.TokenMark, Days: 7, Language: "en-GB", PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross",
}
