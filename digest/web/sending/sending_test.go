package sending_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/digesttest"
	"postbag/digest/dispatch"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/sending"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	outbox "postbag/subscribers/mail"
	"postbag/subscribers/roster"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// office is a desk with what sends.
type office struct {
	*desktest.Desk
	sender *dispatch.Sender
	dir    string // where mails go
}

// newOffice starts a desk with a draft of some picks, and readers.
func newOffice(t *testing.T, readers ...string) *office {
	t.Helper()
	o := &office{dir: filepath.Join(t.TempDir(), "outbox")}
	o.Desk = desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		transport := outbox.NewTransport(outbox.Settings{Dir: o.dir}, "news.example")
		o.sender = dispatch.New(dispatch.Options{
			Store: d.DB, Desk: d.Desk, Clock: d.Clock, Joining: work.Joining{Name: "test", Lease: time.Minute}, LateAfter: 24 * time.Hour,
			Transport: transport, Mailer: deliver.New(deliver.Options{Ledger: d.DB, Transport: transport, Clock: d.Clock}),
			Writer: letters.Writer{Set: d.Set, Site: site.Site{Base: "https://news.example"}, From: "post@news.example", Domain: "news.example"},
		})
		return []deskweb.Area{sending.New(f, sending.Options{Desk: d.Desk, Sender: o.sender})}
	})
	for _, email := range readers {
		_, err := roster.New(roster.Options{Store: o.DB, Clock: o.Clock}).Add(t.Context(), storetest.Tester, email, "", roster.AddOptions{Confirmed: true, ConsentText: "for the test"})
		o.must(err)
	}
	_, _, err := o.Desk.Desk.PickSuggested(t.Context(), storetest.Tester, desk.Ref{}, 5)
	o.must(err)
	return o
}

func (o *office) must(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

// issue reads issue 8.
func (o *office) issue() digest.Issue {
	o.T.Helper()
	issue, _, err := o.Desk.Desk.Issue(o.T.Context(), desk.Ref{Number: 8})
	o.must(err)
	return issue
}

// version reads the version that a page was made for.
func version(body string) string {
	_, rest, _ := strings.Cut(body, `name="version" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

const sendPath = "/desk/issues/8/send"

// TestSendWithoutScript approves, holds, approves again and mails an issue by plain
// forms; each page says what it leads to before, and what was done after.
func TestSendWithoutScript(t *testing.T) {
	o := newOffice(t, "ada@reader.example", "bo@reader.example")
	ann := o.Person("ann")
	page := ann.Get(sendPath)
	for _, want := range []string{
		"Send Pick of the Week 8", "Sunday 8 March, 18:00 London time, the next slot", "2 readers get it.",
		"fixes its words. Until Sunday 18:00 you can take it back with one press; after the first mail has left you cannot.",
		"If you choose another moment, you can until that one; with “Now”, for ten minutes.",
		"Now. It waits ten minutes", "A test goes to ann@blog.example",
	} {
		if page.Status != 200 || !strings.Contains(page.Body, want) {
			t.Errorf("the page, %d, does not say %q", page.Status, want)
		}
	}
	own := "Three who were on the N7"
	done := ann.Post(sendPath, []string{"version", version(page.Body), "when", "now", "subject", own, "preheader", "“It was late.”"})
	if !strings.Contains(done.Body, "Pick of the Week 8 is approved. It goes out Friday 6 March, 19:10 London time.") || !strings.Contains(done.Body, own) {
		t.Fatalf("after approving, %d:\n%s", done.Status, done.Body)
	}
	if i := o.issue(); i.State != digest.Approved || !i.DueAt.Equal(desktest.Start.Add(10*time.Minute)) || i.Frozen.Subject != own || i.Frozen.Preheader != "“It was late.”" {
		t.Errorf("it is %+v", i.Frozen)
	}
	if held := ann.Send(done, sendPath+"/hold"); !strings.Contains(held.Body, "The approval of Pick of the Week 8 is taken back. Nobody has got it.") || !strings.Contains(held.Body, "Approve and schedule") {
		t.Errorf("after holding, %d:\n%s", held.Status, held.Body)
	}
	if i := o.issue(); i.State != digest.Draft || !i.DueAt.Equal(i.Slot) {
		t.Errorf("held it is %s, due %v", i.State, i.DueAt)
	}
	page = ann.Get(sendPath)
	ann.Post(sendPath, []string{"version", version(page.Body), "when", "next", "subject", own, "preheader", "“It was late.”"})
	page = ann.Get(sendPath)
	if !strings.Contains(page.Body, "Mail it to 2 readers now") || !strings.Contains(page.Body, "It cannot be undone.") {
		t.Errorf("the page does not say what sending now leads to:\n%s", page.Body)
	}
	sent := ann.Send(page, sendPath+"/now")
	if !strings.Contains(sent.Body, "Pick of the Week 8 is on its way.") {
		t.Errorf("after sending, %d", sent.Status)
	}
	if i := o.issue(); i.State != digest.Published {
		t.Errorf("it is %s", i.State)
	}
	if held := ann.Send(sent, sendPath+"/hold"); !strings.Contains(held.Body, "is on the web, and is not mailed before you send it") {
		t.Errorf("held on the web, %d", held.Status)
	}
	if i := o.issue(); i.State != digest.Published || !i.DueAt.IsZero() {
		t.Errorf("held on the web it is %s, due %v", i.State, i.DueAt)
	}
}

// TestWrongMoment keeps what was typed, says beside the field what is wrong, and changes
// nothing.
func TestWrongMoment(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	page := ann.Get(sendPath)
	before := o.issue()
	for at, want := range map[string]string{
		"2020-01-05T18:00": "Sunday 5 January 2020 18:00 GMT has passed. Choose a later one",
		"2026-03-29T01:30": "the clocks in London skip the time 01:30. They go forward to 02:00",
		"2046-01-05T18:00": "is too far ahead. An issue is planned for a year ahead at the most.",
		"soon":             "is no date with a time. Write it as",
		"":                 "the date and the time are missing",
	} {
		got := ann.Post(sendPath, []string{"version", version(page.Body), "when", "at", "at", at, "subject", "My own subject", "preheader", "My own line"})
		for _, part := range []string{`aria-invalid="true"`, `value="` + at + `"`, "My own subject", "My own line", `id="when-at" value="at" checked`} {
			if got.Status != 422 || !strings.Contains(got.Body, part) {
				t.Errorf("for %q the page, %d, has no %s", at, got.Status, part)
			}
		}
		if !strings.Contains(strings.ToLower(got.Body), strings.ToLower(want)) {
			t.Errorf("for %q the page does not say %q", at, want)
		}
	}
	if now := o.issue(); now.Version != before.Version || now.State != digest.Draft {
		t.Errorf("it is %s at version %d", now.State, now.Version)
	}
}

// TestDeadlineOnThePage chooses what happens if nobody approves in time.
func TestDeadlineOnThePage(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	if page := ann.Get(sendPath); !strings.Contains(page.Body, "It is held, with all that is in it, for the next moment.") {
		t.Error("the page does not say what happens if nobody approves in time")
	}
	page := ann.Get(sendPath)
	got := ann.Send(page, sendPath+"/deadline", "deadline", "send-picked", "at-least", "4")
	if !strings.Contains(got.Body, "What is picked goes out, if it is enough") || !strings.Contains(got.Body, `value="4"`) {
		t.Errorf("%d:\n%s", got.Status, got.Body)
	}
	if s, err := o.Desk.Desk.Series(t.Context(), ""); err != nil || s.Deadline != digest.SendPicked || s.AtLeast != 4 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range [][]string{{"deadline", "whatever"}, {"deadline", "hold", "at-least", "-3"}} {
		if got := ann.Send(got, sendPath+"/deadline", bad...); got.Status != 422 {
			t.Errorf("%v gives %d", bad, got.Status)
		}
	}
}

// TestTwoAtOneSendPage: of two editors who look at one page one approves; the other's
// press says so, and changes nothing.
func TestTwoAtOneSendPage(t *testing.T) {
	o := newOffice(t, "ada@reader.example")
	ann, ben := o.Person("ann"), o.Person("ben")
	page := ann.Get(sendPath)
	theirs := []string{"version", version(ben.Get(sendPath).Body), "when", "now", "subject", "Pick of the Week 8", "preheader", ""}
	i := o.issue()
	ann.Post(sendPath, []string{"version", version(page.Body), "when", "next", "subject", "Pick of the Week 8", "preheader", firstLine(page.Body)})
	approved := o.issue()
	got := ben.Post(sendPath, theirs)
	if got.Status != 409 || !strings.Contains(got.Body, "Ann approved it at 19:00.") {
		t.Errorf("the other's press, %d:\n%s", got.Status, got.Body)
	}
	if now := o.issue(); now.Version != approved.Version || now.State != digest.Approved || !now.DueAt.Equal(i.Slot) {
		t.Errorf("it is %s, due %v", now.State, now.DueAt)
	}
	page = ann.Get(sendPath)
	if again := ann.Send(page, sendPath+"/hold"); again.Status != 200 {
		t.Errorf("holding gives %d", again.Status)
	}
	if again := ben.Send(page, sendPath+"/hold"); again.Status != 409 || !strings.Contains(again.Body, "Issue 8 was changed meanwhile: Ann took the approval back at 19:00") {
		t.Errorf("holding twice gives %d:\n%s", again.Status, again.Body)
	}
}

// firstLine reads the first line that a page shows.
func firstLine(body string) string {
	_, rest, _ := strings.Cut(body, `id="field-preheader" name="preheader" type="text" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&").Replace(value)
}

// TestTestMail sends a test to whoever asks.
func TestTestMail(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	page := ann.Get(sendPath)
	got := ann.Post(sendPath+"/test", []string{"version", version(page.Body), "when", "next", "subject", "Pick of the Week 8", "preheader", firstLine(page.Body)})
	if !strings.Contains(got.Body, "A test of Pick of the Week 8 is sent to ann@blog.example.") {
		t.Errorf("%d:\n%s", got.Status, got.Body)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "*.eml"))
	o.must(err)
	if len(files) != 1 {
		t.Errorf("%d mails went out", len(files))
	}
}

// TestSendInABrowser walks the screen by keyboard, looks at it in light and dark, on a
// desk and a phone, and watches an issue go out.
func TestSendInABrowser(t *testing.T) {
	digesttest.Chromium(t)
	o := newOffice(t, "ada@reader.example", "bo@reader.example")
	browser := desktest.NewBrowser(t)
	address := o.Site.Base + sendPath
	look := func(name string) {
		for _, as := range desktest.Looks() {
			tab := as.In(browser, o.Desk, "ann")
			tab.Open(address)
			tab.Clean(fmt.Sprint(name, " ", as))
			tab.Shot(fmt.Sprint("send-", name, "-", as))
		}
	}
	look("draft")
	tab := browser.Tab(o.Desk, "ann", 1280)
	tab.Open(address)
	tab.Do(chromedp.Focus("#field-subject"), chromedp.SendKeys("#field-subject", " and more"))
	tab.Until(`document.querySelector("#field-subject").value.includes("and more") && document.querySelector("[data-shows=field-subject]").textContent === document.querySelector("#field-subject").value`)
	tab.Do(chromedp.SendKeys("#field-preheader", "!!"))
	tab.Until(`document.querySelector("[data-count]").textContent === String([...document.querySelector("#field-preheader").value].length)`)
	tab.Do(chromedp.Focus("#when-next"), chromedp.KeyEvent(kb.ArrowDown)) // to: now
	tab.Until(`document.querySelector("#when-now").checked`)
	tab.Until(`document.querySelector("#consequence").textContent.includes("For ten minutes, until 19:10, you can take it back") && document.querySelector("#inbox-time").textContent === "19:10"`)
	tab.Do(chromedp.SetValue("#field-at", "2026-03-07T09:30"))
	desktest.Eval[bool](tab, `(() => { const f = document.querySelector("#field-at"); f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`)
	tab.Until(`document.querySelector("#when-at").checked && document.querySelector("#consequence").textContent.includes("Until Saturday 09:30 you can") && document.querySelector("#inbox-time").textContent === "09:30"`)
	desktest.Eval[bool](tab, `(() => { document.querySelector("#when-now").click(); return true; })()`)
	tab.Until(`document.querySelector("#consequence").textContent.includes("For ten minutes") && document.querySelector("#field-subject").value.includes("and more")`)
	tab.Do(chromedp.Focus("button.main"), chromedp.KeyEvent(kb.Enter))
	tab.Until(`document.querySelector("#said").textContent.includes("is approved. It goes out Friday 6 March, 19:10")`)
	if i := o.issue(); i.State != digest.Approved || !strings.Contains(i.Frozen.Subject, "and more") {
		t.Errorf("it is %s, %q", i.State, i.Frozen.Subject)
	}
	look("approved")
	// A worker takes it on while the page is looked at.
	o.Clock.Move(11 * time.Minute)
	ctx := t.Context()
	_, _, err := o.Desk.Desk.Publish(ctx, storetest.Tester, desk.Ref{Number: 8})
	o.must(err)
	_, err = o.sender.Begin(ctx, storetest.Tester, o.issue())
	o.must(err)
	tab.Until(`document.querySelector(".lead").textContent.includes("on its way")`)
	look("sending")
	tab.Do(chromedp.Click("#standing .buttons button"))
	tab.Until(`document.querySelector(".lead").textContent.includes("Sending is paused")`)
	look("paused")
	tab.Do(chromedp.Click("#standing .buttons button"))
	tab.Until(`document.querySelector(".lead").textContent.includes("on its way")`)
	member, err := o.DB.Join(ctx, work.Joining{Name: "worker", Lease: time.Minute})
	o.must(err)
	defer member.Leave()
	_, err = o.sender.Run(ctx, member, o.issue(), nil)
	o.must(err)
	tab.Until(`document.querySelector(".lead").textContent.startsWith("Sent ")`)
	look("sent")
	if n := desktest.Eval[string](tab, `document.querySelector(".tally dd").textContent`); n != "2" {
		t.Errorf("the page says that %s are sent", n)
	}
	tab.Until(`!document.querySelector("#progress").hasAttribute("hx-get")`)
}

// TestApprovingWhatNobodySaw: an issue that somebody changed since the page was opened is
// not approved by it, also where a first line was typed; and a suggested line that
// changed meanwhile is nobody's own.
func TestApprovingWhatNobodySaw(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	page := ann.Get(sendPath)
	seen := version(page.Body)
	intro := "Somebody else's words."
	if _, err := o.Desk.Desk.Edit(t.Context(), desktest.Ben.Actor(), desk.Ref{Number: o.issue().Number, Version: o.issue().Version}, desk.Edit{Intro: &intro}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"My own line", ""} {
		got := ann.Post(sendPath, []string{"version", seen, "when", "next", "subject", "", "was-subject", "", "preheader", line, "was-preheader", ""})
		if got.Status != 409 || !strings.Contains(got.Body, "Ben ") {
			t.Errorf("with the line %q: %d", line, got.Status)
		}
	}
	if now := o.issue(); now.State != digest.Draft || now.Preheader != "" {
		t.Errorf("it is %s, and its first line is %q", now.State, now.Preheader)
	}
}

// edit changes an issue as it stands, as somebody.
func (o *office) edit(by digest.Actor, e desk.Edit) {
	o.T.Helper()
	_, err := o.Desk.Desk.Edit(o.T.Context(), by, desk.Ref{Number: 8, Version: o.issue().Version}, e)
	o.must(err)
}

// TestMailingWhatNobodySaw: an issue that was held, changed and approved again since a page
// of it was opened is neither mailed nor held by that page, which says so, and shows the
// issue as it is now. Pages of buttons that do not say what they showed do nothing.
func TestMailingWhatNobodySaw(t *testing.T) {
	o := newOffice(t, "ada@reader.example")
	ann, ben := o.Person("ann"), o.Person("ben")
	ann.Send(ann.Get(sendPath), sendPath)
	old := ann.Get(sendPath)
	ben.Send(ben.Get(sendPath), sendPath+"/hold")
	title, intro := "Another issue", "Words that Ann has not seen."
	o.edit(desktest.Ben.Actor(), desk.Edit{Title: &title, Intro: &intro})
	ben.Send(ben.Get(sendPath), sendPath)
	approved := o.issue()
	if approved.State != digest.Approved || approved.Frozen.Title != title {
		t.Fatalf("it is %s, %q", approved.State, approved.Title)
	}
	for _, button := range []string{"/now", "/hold"} {
		got := ann.Send(old, sendPath+button)
		for _, want := range []string{"Issue 8 was changed meanwhile: Ben took the approval back at 19:00", "Ben approved it at 19:00", "Send Another issue", "Mail it to 1 reader now"} {
			if got.Status != 409 || !strings.Contains(got.Body, want) {
				t.Errorf("%s of an old page: %d, without %q", button, got.Status, want)
			}
		}
		if now := o.issue(); now.State != digest.Approved || now.Version != approved.Version || !now.DueAt.Equal(approved.DueAt) {
			t.Errorf("%s of an old page: it is %s, due %v", button, now.State, now.DueAt)
		}
		if got := ann.Post(sendPath+button, nil); got.Status != 422 || !strings.Contains(got.Body, "Open the page again.") {
			t.Errorf("%s without a version: %d", button, got.Status)
		}
	}
	// What the answer shows is seen.
	if got := ann.Send(ann.Send(old, sendPath+"/now"), sendPath+"/now"); got.Status != 200 || !strings.Contains(got.Body, "Another issue is on its way.") {
		t.Errorf("of the page as it is now: %d", got.Status)
	}
}

// TestMailingWhatIsHeld: what somebody kept from being mailed is not mailed by a page that
// was opened before, nor does a mailing go on by it that was paused once more.
func TestMailingWhatIsHeld(t *testing.T) {
	o := newOffice(t, "ada@reader.example")
	ctx := t.Context()
	ann, ben := o.Person("ann"), o.Person("ben")
	ann.Send(ann.Get(sendPath), sendPath)
	_, _, err := o.Desk.Desk.Publish(ctx, storetest.Tester, desk.Ref{Number: 8})
	o.must(err)
	old := ann.Get(sendPath)
	ben.Send(ben.Get(sendPath), sendPath+"/hold")
	if got := ann.Send(old, sendPath+"/now"); got.Status != 409 || !strings.Contains(got.Body, "Ben kept it from being mailed at 19:00") {
		t.Errorf("mailing what is held: %d", got.Status)
	}
	if i := o.issue(); !i.DueAt.IsZero() {
		t.Errorf("it is due %v", i.DueAt)
	}
	page := ann.Get(sendPath)
	for range 2 { // pressed twice
		if got := ann.Send(page, sendPath+"/now"); got.Status != 200 || !strings.Contains(got.Body, "is on its way") {
			t.Errorf("mailing it: %d", got.Status)
		}
	}
	_, err = o.sender.Begin(ctx, storetest.Tester, o.issue())
	o.must(err)
	ben.Send(ben.Get(sendPath), sendPath+"/pause")
	old = ann.Get(sendPath)
	ben.Send(ben.Get(sendPath), sendPath+"/resume")
	going := ann.Get(sendPath)
	ben.Send(ben.Get(sendPath), sendPath+"/pause")
	if got := ann.Send(old, sendPath+"/resume"); got.Status != 409 || !strings.Contains(got.Body, "Ben paused it at 19:00") || o.issue().State != digest.Paused {
		t.Errorf("going on by an old page: %d, it is %s", got.Status, o.issue().State)
	}
	ben.Send(ben.Get(sendPath), sendPath+"/resume")
	if got := ann.Send(going, sendPath+"/pause"); got.Status != 200 || o.issue().State != digest.Paused {
		t.Errorf("to stop it takes no fresh page: %d, it is %s", got.Status, o.issue().State)
	}
}

// TestApprovingForAnotherMoment: the next slot that a page showed is the one that an issue
// is approved for, or none.
func TestApprovingForAnotherMoment(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	page := ann.Get(sendPath)
	o.Clock.Move(3 * 24 * time.Hour)
	if got := ann.Send(page, sendPath); got.Status != 409 || !strings.Contains(got.Body, "would go out on Sunday 15 March 2026 18:00 GMT by now, not on Sunday 8 March 2026 18:00 GMT") || o.issue().State != digest.Draft {
		t.Errorf("%d, it is %s:\n%s", got.Status, o.issue().State, got.Body)
	}
	if got := ann.Send(ann.Get(sendPath), sendPath); got.Status != 200 || o.issue().State != digest.Approved {
		t.Errorf("of a fresh page: %d", got.Status)
	}
}

// TestOldDeadline: of two who choose what happens if nobody approves in time each changes
// what they typed, and is told where both changed the same.
func TestOldDeadline(t *testing.T) {
	o := newOffice(t)
	ann, ben := o.Person("ann"), o.Person("ben")
	old := ben.Get(sendPath)
	ann.Send(ann.Get(sendPath), sendPath+"/deadline", "deadline", "send-picked")
	is := func(what string, rule digest.DeadlineRule, least int) {
		t.Helper()
		if s, err := o.Desk.Desk.Series(t.Context(), ""); err != nil || s.Deadline != rule || s.AtLeast != least {
			t.Errorf("%s: %s, %d picks, %v", what, s.Deadline, s.AtLeast, err)
		}
	}
	if got := ben.Send(old, sendPath+"/deadline", "at-least", "5"); got.Status != 200 {
		t.Errorf("the number of picks: %d", got.Status)
	}
	is("beside the rule", digest.SendPicked, 5)
	got := ben.Send(old, sendPath+"/deadline", "deadline", "posts-only")
	for _, want := range []string{"If nobody approves in time: Somebody changed this meanwhile: it is “" + digest.SendPicked.Words() + "” now.", `value="posts-only" checked`} {
		if got.Status != 409 || !strings.Contains(got.Body, want) {
			t.Errorf("the rule: %d, without %q", got.Status, want)
		}
	}
	is("refused", digest.SendPicked, 5)
	ben.Send(got, sendPath+"/deadline")
	is("decided", digest.SendPosts, 5)
}

// TestASecondSeries: addresses of before it name an issue by its number alone, which is
// enough as long as one series has it; then they offer the choice, and lose nothing that
// was typed.
func TestASecondSeries(t *testing.T) {
	o := newOffice(t)
	ann := o.Person("ann")
	old := ann.Get(sendPath)
	further := func(name string, number int) {
		t.Helper()
		s, err := o.Desk.Desk.AddSeries(t.Context(), storetest.Tester, desk.NewSeries{Name: name, FirstNumber: number, Title: "{name} {number}", Zone: "UTC", Schedule: "0 18 1 * *"})
		o.must(err)
		_, _, err = o.Desk.Desk.Draft(t.Context(), storetest.Tester, s.Slug)
		o.must(err)
	}
	further("Month", 1)
	for _, path := range []string{sendPath, "/desk/issues/1/send"} {
		if got := ann.Get(path); got.Status != 200 || !strings.Contains(got.Body, "Approve and schedule") {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	if got := ann.Send(old, sendPath+"/words", "subject", "Three nights"); got.Status != 200 || !strings.Contains(got.Body, "Saved the subject") {
		t.Errorf("a form of before: %d\n%s", got.Status, got.Body)
	}
	further("Nights", 8)
	got := ann.Get(sendPath + "?seen=draft")
	for _, want := range []string{"Which series?", `href="/desk/issues/8/send?seen=draft&amp;series=pick-of-the-week"`, "Nights 8 (Nights)"} {
		if got.Status != 300 || !strings.Contains(got.Body, want) {
			t.Errorf("%d, without %q:\n%s", got.Status, want, got.Body)
		}
	}
	if one := ann.Get("/desk/issues/8/send?series=nights"); one.Status != 200 || !strings.Contains(one.Body, "Send Nights 8") {
		t.Errorf("the one that is chosen: %d", one.Status)
	}
	got = ann.Send(old, sendPath+"/words", "preheader", "Late")
	for _, want := range []string{"Nothing was done.", `href="/desk/issues/8/send?series=nights"`, `value="Late"`} {
		if got.Status != 409 || !strings.Contains(got.Body, want) {
			t.Errorf("a form of before: %d, without %q:\n%s", got.Status, want, got.Body)
		}
	}
	if got := ann.Get("/desk/issues/draft/send"); got.Status != 300 || !strings.Contains(got.Body, `href="/desk/issues/draft/send?series=month"`) {
		t.Errorf("the draft: %d", got.Status)
	}
}

// TestTwoWriteTheMail: of two who write the subject and the first line of one mail each
// keeps theirs; where both wrote the same, the page has both.
func TestTwoWriteTheMail(t *testing.T) {
	o := newOffice(t)
	ann, ben := o.Person("ann"), o.Person("ben")
	const words = sendPath + "/words"
	old := ben.Get(sendPath)
	ann.Send(ann.Get(sendPath), words, "subject", "Ann’s subject")
	if got := ben.Send(old, words, "preheader", "Ben’s line"); got.Status != 200 {
		t.Errorf("another field: %d", got.Status)
	}
	if i := o.issue(); i.Subject != "Ann’s subject" || i.Preheader != "Ben’s line" {
		t.Errorf("%q, %q", i.Subject, i.Preheader)
	}
	got := ben.Send(old, words, "subject", "Ben’s subject", "preheader", "Another line of Ben’s")
	for _, want := range []string{"Subject: Somebody changed this meanwhile: it is “Ann’s subject” now.", `value="Ben’s subject"`, "First line in the inbox: Somebody changed this meanwhile: it is “Ben’s line” now."} {
		if got.Status != 409 || !strings.Contains(got.Body, want) {
			t.Errorf("the same field: %d, without %q", got.Status, want)
		}
	}
	if i := o.issue(); i.Subject != "Ann’s subject" {
		t.Errorf("it is %q", i.Subject)
	}
	if got = ben.Send(got, words); got.Status != 200 || o.issue().Subject != "Ben’s subject" || o.issue().Preheader != "Another line of Ben’s" {
		t.Errorf("whoever saw both chooses: %d, %q", got.Status, o.issue().Subject)
	}
}
