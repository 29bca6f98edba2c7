package reminding_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/remind"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/reminding"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	"postbag/subscribers/roster"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// office is a desk with two editors, a reader, and a draft for the Sunday.
type office struct {
	*desktest.Desk
	remind *remind.Service
	sender *dispatch.Sender
}

var sunday = time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC)

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{}
	o.Desk = desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		o.sender = dispatch.New(dispatch.Options{
			Store: d.DB, Desk: d.Desk, Clock: d.Clock, Joining: work.Joining{Name: "test", Lease: time.Minute}, LateAfter: 24 * time.Hour,
			Writer: letters.Writer{Set: d.Set, Site: d.Site, From: "post@news.example", Domain: "news.example"},
		})
		o.remind = remind.New(remind.Options{Store: d.DB, Desk: d.Desk, Sender: o.sender, Clock: d.Clock})
		return []deskweb.Area{reminding.Area{Frame: f, Remind: o.remind}}
	})
	for _, e := range []digest.Editor{desktest.Ann, desktest.Ben} {
		_, err := o.DB.AddEditor(t.Context(), storetest.Tester, account.Account{Editor: e, Key: e.Email, Handle: []byte(e.Email), Password: "a hash"})
		o.must(err)
	}
	_, err := roster.New(roster.Options{Store: o.DB, Clock: o.Clock}).Add(t.Context(), storetest.Tester, "jo@reader.example", "", roster.AddOptions{Confirmed: true, ConsentText: "for the test"})
	o.must(err)
	_, _, err = o.Desk.Desk.PickSuggested(t.Context(), storetest.Tester, desk.Ref{}, 3)
	o.must(err)
	return o
}

func (o *office) must(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

// at sets the clock, and lets reminders be made.
func (o *office) at(at time.Time) {
	o.T.Helper()
	o.Clock.Move(at.Sub(o.Clock.Now()))
	series, err := o.Desk.Desk.Series(o.T.Context(), "")
	o.must(err)
	o.must(o.remind.Series(o.T.Context(), series))
}

// letters gives the reminders that would be mailed now, by address, and takes them.
func (o *office) letters() map[string]subscribers.Letter {
	o.T.Helper()
	now := o.Clock.Now()
	claimed, err := o.DB.ClaimLetters(o.T.Context(), deliver.LetterClaim{Most: 10, Now: now, Retry: now})
	o.must(err)
	all := map[string]subscribers.Letter{}
	for _, l := range claimed {
		begun, ok, err := o.DB.BeginLetter(o.T.Context(), l)
		o.must(err)
		if ok && begun.Useful(now) {
			all[l.Email] = begun
		}
		o.must(o.DB.SettleLetter(o.T.Context(), deliver.LetterResult{LetterID: begun.ID, Fence: begun.Fence, State: subscribers.Delivered}))
	}
	return all
}

func (o *office) issue() digest.Issue {
	o.T.Helper()
	all, err := o.Desk.Desk.Issues(o.T.Context(), "", 10)
	o.must(err)
	for _, i := range all {
		if i.ID == 1 {
			return i
		}
	}
	o.T.Fatalf("the issue is not among %d", len(all))
	return digest.Issue{}
}

func link(l subscribers.Letter, r digest.Reply) string {
	return site.Reminder.With(l.Token, string(r))
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

func wants(t *testing.T, what string, got desktest.Answer, status int, words ...string) {
	t.Helper()
	if got.Status != status {
		t.Fatalf("%s: status %d, want %d\n%s", what, got.Status, status, got.Body)
	}
	for _, w := range words {
		if !strings.Contains(got.Body, w) {
			t.Fatalf("%s: %q is not in\n%s", what, w, got.Body)
		}
	}
}

// press opens a link as nobody who is signed in, and presses its button.
func (o *office) press(l subscribers.Letter, r digest.Reply) desktest.Answer {
	o.T.Helper()
	nobody := o.Person("nobody")
	page := nobody.Get(link(l, r))
	found := versionField.FindStringSubmatch(page.Body)
	if page.Status != http.StatusOK || found == nil {
		return page
	}
	return nobody.Post(link(l, r), []string{"version", found[1]})
}

// TestRemindsOnceADayAndTwoHoursBefore lets the hours before a draft's moment pass.
func TestRemindsOnceADayAndTwoHoursBefore(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		before time.Duration
		mails  int
	}{{24*time.Hour + time.Second, 0}, {24 * time.Hour, 2}, {24*time.Hour - time.Minute, 0}, {12 * time.Hour, 0}, {2 * time.Hour, 2}, {time.Hour, 0}, {0, 0}} {
		o.at(sunday.Add(-c.before))
		o.at(sunday.Add(-c.before))
		got := o.letters()
		if len(got) != c.mails {
			t.Fatalf("%s before: %d mails, want %d", c.before, len(got), c.mails)
		}
		for _, l := range got {
			var told letters.Told
			o.must(json.Unmarshal([]byte(l.About), &told))
			if told.Picks != 3 || told.Hours != int(c.before/time.Hour) || told.Moment != "Sunday 8 March, 18:00 London time" || told.Left == 0 || len(told.Suggested) == 0 || told.ToFix != 0 {
				t.Errorf("%s before: %+v", c.before, told)
			}
		}
	}
}

// TestNoReminder is for a draft of which nobody has to be reminded, or not any more.
func TestNoReminder(t *testing.T) {
	ref := desk.Ref{Number: 8}
	for _, c := range []struct {
		name   string
		before func(o *office) error
		at     time.Time
		queued bool // before it happens
	}{
		{name: "more than an hour late", at: sunday.Add(-23*time.Hour + time.Second)},
		{name: "approved", at: sunday.Add(-24 * time.Hour), before: func(o *office) error {
			_, _, err := o.Desk.Desk.Approve(t.Context(), desktest.Ann.Actor(), ref, desk.When{})
			return err
		}},
		{name: "approved while the mail waits", queued: true, at: sunday.Add(-24 * time.Hour), before: func(o *office) error {
			_, _, err := o.Desk.Desk.Approve(t.Context(), desktest.Ann.Actor(), ref, desk.When{})
			return err
		}},
		{name: "skipped", at: sunday.Add(-24 * time.Hour), before: func(o *office) error {
			_, _, err := o.Desk.Desk.Skip(t.Context(), desktest.Ann.Actor(), ref)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			if c.queued {
				o.at(c.at)
			}
			if c.before != nil {
				o.must(c.before(o))
			}
			o.at(c.at)
			if n := len(o.letters()); n != 0 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

// TestOpeningDoesNothing opens all links of a mail, as a mail scanner does.
func TestOpeningDoesNothing(t *testing.T) {
	o := newOffice(t)
	o.at(sunday.Add(-24 * time.Hour))
	l, before := o.letters()[desktest.Ann.Email], o.issue()
	nobody := o.Person("nobody")
	for r, words := range map[digest.Reply][]string{
		digest.ReplySend: {"Send Pick of the Week 8?", "Sunday 8 March, 18:00 London time", "1 reader gets it", "as Ann"},
		digest.ReplySkip: {"Skip Pick of the Week 8?", "No reader gets a mail", "Sunday 15 March, 18:00 London time"},
		digest.ReplyWait: {"another day?", "Monday 9 March, 18:00 London time"},
	} {
		for range 2 {
			page := nobody.Get(link(l, r))
			wants(t, string(r), page, http.StatusOK, words...)
			if n := strings.Count(page.Body, `<button type="submit"`); n != 1 {
				t.Errorf("%s: %d buttons", r, n)
			}
		}
	}
	if now := o.issue(); now.State != digest.Draft || now.Version != before.Version || !now.DueAt.Equal(before.DueAt) {
		t.Errorf("opening changed it: %+v", now)
	}
	wants(t, "without its version", nobody.Post(link(l, digest.ReplySend), nil), http.StatusUnprocessableEntity, "version")
	wants(t, "another reply", nobody.Get(link(l, "cancel")), http.StatusNotFound)
	forged := l
	forged.Token = "a" + strings.Repeat("b", len(l.Token)-1)
	for _, r := range digest.Replies() {
		wants(t, "forged", nobody.Get(link(forged, r)), http.StatusNotFound, "stands for nothing")
		wants(t, "forged", nobody.Post(link(forged, r), []string{"version", "1"}), http.StatusNotFound, "stands for nothing")
	}
}

// TestReplies presses each button: once, twice, and when it is too late for it.
func TestReplies(t *testing.T) {
	did := map[digest.Reply]string{digest.ReplySend: "approved", digest.ReplySkip: "skipped", digest.ReplyWait: "another day"}
	for _, r := range digest.Replies() {
		t.Run(string(r), func(t *testing.T) {
			o := newOffice(t)
			o.at(sunday.Add(-24 * time.Hour))
			mails := o.letters()
			ann, ben := mails[desktest.Ann.Email], mails[desktest.Ben.Email]
			wants(t, "pressed", o.press(ann, r), http.StatusOK, did[r])
			issue := o.issue()
			is := map[digest.Reply]bool{
				digest.ReplySend: issue.State == digest.Approved && issue.DueAt.Equal(sunday),
				digest.ReplySkip: issue.State == digest.Skipped,
				digest.ReplyWait: issue.State == digest.Draft && issue.DueAt.Equal(sunday.Add(24*time.Hour)),
			}
			if !is[r] {
				t.Fatalf("%+v", issue)
			}
			history, err := o.DB.Revisions(t.Context(), issue.ID, 1)
			o.must(err)
			if history[0].By != desktest.Ann.Actor() {
				t.Errorf("the history says %s", history[0])
			}
			audit, err := o.DB.Audit(t.Context(), digest.AuditFilter{Limit: 20})
			o.must(err)
			byAnn := false
			for _, a := range audit {
				byAnn = byAnn || a.By == desktest.Ann.Actor()
			}
			if !byAnn {
				t.Error("the audit list does not have it")
			}
			for _, again := range digest.Replies() {
				wants(t, "pressed again", o.press(ann, again), http.StatusConflict, "used already")
				wants(t, "by the other editor", o.press(ben, again), http.StatusConflict, "Ann")
			}
			if now := o.issue(); now.State != issue.State || !now.DueAt.Equal(issue.DueAt) || now.Version != issue.Version {
				t.Errorf("it was done again: %+v", now)
			}
		})
		t.Run(string(r)+", expired", func(t *testing.T) {
			o := newOffice(t)
			o.at(sunday.Add(-2 * time.Hour))
			l := o.letters()[desktest.Ben.Email]
			o.at(sunday)
			wants(t, "at its moment", o.press(l, r), http.StatusConflict, "has passed")
			_, err := o.Desk.Desk.AtDeadline(t.Context(), storetest.Tester, desk.Ref{Number: 8}, false)
			o.must(err)
			wants(t, "held for the next", o.press(l, r), http.StatusConflict, "another moment by now")
		})
		t.Run(string(r)+", the editor is gone", func(t *testing.T) {
			o := newOffice(t)
			o.at(sunday.Add(-24 * time.Hour))
			l := o.letters()[desktest.Ben.Email]
			ben, found, err := o.DB.AccountByKey(t.Context(), desktest.Ben.Email)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			o.must(o.DB.RemoveEditor(t.Context(), storetest.Tester, ben.ID))
			wants(t, "removed", o.press(l, r), http.StatusNotFound, "stands for nothing")
			wants(t, "removed", o.Person("nobody").Post(link(l, r), []string{"version", "2"}), http.StatusNotFound)
		})
		if r == digest.ReplyWait {
			continue // a day can be given whatever is in it
		}
		t.Run(string(r)+", changed since the page", func(t *testing.T) {
			o := newOffice(t)
			o.at(sunday.Add(-24 * time.Hour))
			l, seen := o.letters()[desktest.Ann.Email], o.issue()
			title := "Another title"
			_, err := o.Desk.Desk.Edit(t.Context(), desktest.Ben.Actor(), desk.Ref{Number: 8, Version: seen.Version}, desk.Edit{Title: &title})
			o.must(err)
			got := o.Person("nobody").Post(link(l, r), []string{"version", versionOf(seen)})
			wants(t, "changed", got, http.StatusConflict, "Look at it again")
			if o.issue().State != digest.Draft {
				t.Error("it was done all the same")
			}
			wants(t, "looked at again", o.press(l, r), http.StatusOK)
		})
	}
}

func versionOf(i digest.Issue) string {
	return strings.TrimSpace(string(must(json.Marshal(i.Version))))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestNotToBeSent opens the link that sends a draft with something to fix.
func TestNotToBeSent(t *testing.T) {
	o := newOffice(t)
	heading := "Nothing under it"
	_, err := o.Desk.Desk.Edit(t.Context(), desktest.Ben.Actor(), desk.Ref{Number: 8, Version: o.issue().Version}, desk.Edit{Heading: &heading})
	o.must(err)
	o.at(sunday.Add(-24 * time.Hour))
	l := o.letters()[desktest.Ann.Email]
	page := o.Person("nobody").Get(link(l, digest.ReplySend))
	wants(t, "the page", page, http.StatusOK, "Nothing under it", "/desk/issues/8/check")
	if strings.Contains(page.Body, `<button type="submit"`) {
		t.Error("it has a button")
	}
	wants(t, "sent all the same", o.Person("nobody").Post(link(l, digest.ReplySend), []string{"version", versionOf(o.issue())}), http.StatusUnprocessableEntity, "Nothing under it")
	if o.issue().State != digest.Draft {
		t.Error("it was approved")
	}
}

// TestAroundTheChangeOfClocks is for the Sunday on which London's clocks go forward.
func TestAroundTheChangeOfClocks(t *testing.T) {
	o := newOffice(t)
	due := time.Date(2026, 3, 29, 17, 0, 0, 0, time.UTC) // 18:00 BST
	_, err := o.Desk.Desk.Plan(t.Context(), desktest.Ann.Actor(), desk.Ref{Number: 8}, due)
	o.must(err)
	o.at(due.Add(-24*time.Hour - time.Second))
	if n := len(o.letters()); n != 0 {
		t.Fatalf("%d mails before", n)
	}
	o.at(due.Add(-24 * time.Hour)) // 17:00 GMT on the Saturday
	l, ok := o.letters()[desktest.Ann.Email]
	if !ok {
		t.Fatal("no mail")
	}
	wants(t, "another day", o.press(l, digest.ReplyWait), http.StatusOK, "Monday 30 March, 18:00 London time")
	if at := o.issue().DueAt; !at.Equal(due.Add(24 * time.Hour)) {
		t.Errorf("due %s", at)
	}
	o.at(due)
	if n := len(o.letters()); n != 2 {
		t.Errorf("%d mails for the new moment", n)
	}
}
