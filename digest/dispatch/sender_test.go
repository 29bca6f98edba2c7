package dispatch_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/dispatch/dispatchtest"
	"postbag/digest/health"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

var (
	eight = dispatchtest.Eight
	by    = dispatchtest.By
)

func progress(dispatch.Standing) {}

// TestSendPublishesAndMails takes an approved issue to its reader, and a second time
// changes nothing.
func TestSendPublishesAndMails(t *testing.T) {
	o := dispatchtest.New(t)
	before := o.Blogs.Asked()
	for range 2 {
		issue, unsure, err := o.Sender.Send(t.Context(), by, desk.Ref{}, false)
		o.Must(err)
		if len(unsure) > 0 || o.Blogs.Asked() != before+1 {
			t.Errorf("%d picks are not known to be there; the blog was asked %d times", len(unsure), o.Blogs.Asked()-before)
		}
		r, err := o.Sender.Deliver(t.Context(), by, issue, progress)
		o.Must(err)
		if r.Issue.State != digest.Sent || r.Counts[subscribers.Delivered] != 1 || !r.Here {
			t.Errorf("the report is %+v", r)
		}
	}
	if n := len(o.Mails()); n != 1 {
		t.Errorf("%d mails went out", n)
	}
}

// TestLastCheck takes a pick off the blog after the approval: neither publishing nor
// sending goes past it, and nothing is mailed. What is on the web already is sent only
// by who says so.
func TestLastCheck(t *testing.T) {
	t.Run("before approving", func(t *testing.T) {
		o := dispatchtest.New(t)
		_, err := o.Desk.Reopen(t.Context(), by, eight)
		o.Must(err)
		o.Blogs.TakeOff(o.Last)
		if _, _, err := o.Desk.Approve(t.Context(), by, eight, desk.When{}); digest.KindOf(err) != digest.Conflict || err == nil {
			t.Errorf("approving gives %v", err)
		}
		o.State(digest.Draft)
	})
	t.Run("before publishing", func(t *testing.T) {
		o := dispatchtest.New(t)
		o.Blogs.TakeOff(o.Last)
		for name, do := range map[string]func() error{
			"publish":     func() error { _, _, err := o.Desk.Publish(t.Context(), by, eight); return err },
			"send":        func() error { _, _, err := o.Sender.Send(t.Context(), by, eight, false); return err },
			"send anyway": func() error { _, _, err := o.Sender.Send(t.Context(), by, eight, true); return err },
		} {
			if err := do(); digest.KindOf(err) != digest.Conflict || !strings.Contains(fmt.Sprint(err), "was removed from the blog") {
				t.Errorf("%s gives %v", name, err)
			}
		}
		o.State(digest.Approved)
	})
	t.Run("before mailing", func(t *testing.T) {
		o := dispatchtest.New(t)
		_, _, err := o.Desk.Publish(t.Context(), by, eight)
		o.Must(err)
		o.Blogs.TakeOff(o.Last)
		if _, _, err := o.Sender.Send(t.Context(), by, eight, false); digest.KindOf(err) != digest.Conflict || err == nil {
			t.Errorf("a plain send gives %v", err)
		}
		issue, _, err := o.Desk.Issue(t.Context(), eight)
		o.Must(err)
		if _, err := o.Sender.Begin(t.Context(), by, issue); digest.KindOf(err) != digest.Conflict {
			t.Errorf("by itself it would go on: %v", err)
		}
		issue, _, err = o.Sender.Send(t.Context(), by, eight, true)
		o.Must(err)
		if _, err := o.Sender.Begin(t.Context(), by, issue); err != nil {
			t.Errorf("though the editor said so it waits: %v", err)
		}
	})
	t.Run("a plain send takes the permission back", func(t *testing.T) {
		o := dispatchtest.New(t)
		_, _, err := o.Desk.Publish(t.Context(), by, eight)
		o.Must(err)
		_, _, err = o.Sender.Send(t.Context(), by, eight, true)
		o.Must(err)
		issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
		o.Must(err)
		o.Blogs.TakeOff(o.Last)
		if _, err := o.Sender.Begin(t.Context(), by, issue); digest.KindOf(err) != digest.Conflict {
			t.Errorf("it would go on: %v", err)
		}
	})
}

// TestTwoPublish lets two editors publish at once: both are told that it is public,
// and it was published once.
func TestTwoPublish(t *testing.T) {
	o := dispatchtest.New(t)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			issue, _, err := o.Desk.Publish(t.Context(), by, eight)
			if err != nil || !issue.State.Public() {
				t.Errorf("the issue is %s, %v", issue.State, err)
			}
		})
	}
	both.Wait()
	o.State(digest.Published)
}

// TestHoldWhileAnotherSends holds all sending between the order and the delivery:
// nothing is mailed, the sender is told what holds it, and after the release the
// issue goes out once.
func TestHoldWhileAnotherSends(t *testing.T) {
	o := dispatchtest.New(t)
	issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	done, onWire, err := o.Sender.Hold(t.Context(), digest.Actor{Kind: digest.ByCommand, Name: "bo"}, "moving")
	o.Must(err)
	held, err := o.Sender.Held(t.Context())
	o.Must(err)
	if held.By != "bo" || held.Reason != "moving" {
		t.Errorf("it is held by %q: %s", held.By, held.Reason)
	}
	if !done || onWire != 0 {
		t.Errorf("held %v, %d on the wire", done, onWire)
	}
	for name, do := range map[string]func() error{
		"deliver": func() error { _, err := o.Sender.Deliver(t.Context(), by, issue, progress); return err },
		"send":    func() error { _, _, err := o.Sender.Send(t.Context(), by, eight, false); return err },
	} {
		err := do()
		if digest.KindOf(err) != digest.Conflict || err == nil || len(digest.ActsOf(err)) == 0 {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if n := len(o.Mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
	if _, _, err := o.Sender.Release(t.Context(), by, dispatch.NotAsked); digest.KindOf(err) != digest.Conflict || err == nil {
		t.Errorf("a release without a decision gives %v", err)
	}
	_, fates, err := o.Sender.Release(t.Context(), by, dispatch.SendUnsent)
	o.Must(err)
	if len(fates) != 1 || fates[0].Fate != dispatch.GoesOn {
		t.Errorf("what was held becomes %+v", fates)
	}
	_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if n := len(o.Mails()); n != 1 {
		t.Errorf("%d mails went out", n)
	}
}

// TestHeldTwice keeps the first hold's reason.
func TestHeldTwice(t *testing.T) {
	o := dispatchtest.New(t)
	var both sync.WaitGroup
	held := make(chan bool, 2)
	for _, reason := range []string{"one", "two"} {
		both.Go(func() {
			done, _, err := o.Sender.Hold(t.Context(), by, reason)
			if err != nil {
				t.Error(err)
			}
			held <- done
		})
	}
	both.Wait()
	if one, two := <-held, <-held; one == two {
		t.Errorf("held by both: %v", one)
	}
}

// TestPausedIssueWaits pauses an issue that is being sent, from where it goes on.
func TestPausedIssueWaits(t *testing.T) {
	o := dispatchtest.New(t)
	issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	_, err = o.Sender.Begin(t.Context(), by, issue)
	o.Must(err)
	_, err = o.Sender.Pause(t.Context(), by, desk.Ref{})
	o.Must(err)
	r, err := o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if r.Issue.State != digest.Paused || len(o.Mails()) != 0 {
		t.Errorf("the report is %+v, and %d mails went out", r, len(o.Mails()))
	}
	_, err = o.Sender.Resume(t.Context(), by, desk.Ref{})
	o.Must(err)
	_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	o.State(digest.Sent)
}

// TestTestMails mails two tests: each has a Message-ID of its own, says that it is a
// test, and leaves the issue as it is.
func TestTestMails(t *testing.T) {
	o := dispatchtest.New(t)
	for range 2 {
		_, err := o.Sender.Test(t.Context(), by, eight, "editor@news.example")
		o.Must(err)
	}
	ids := map[string]bool{}
	for _, m := range o.Mails() {
		ids[m.Header.Get("Message-Id")] = true
		if !strings.Contains(strings.ToLower(m.Header.Get("Subject")), "test") {
			t.Errorf("the subject is %q", m.Header.Get("Subject"))
		}
		// Its links say so too: they belong to no reader.
		if got := m.Header.Get("List-Unsubscribe"); !strings.HasSuffix(got, "/unsubscribe/"+subscribers.TestToken+">") {
			t.Errorf("the way out is %s", got)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		o.Must(err)
		for _, want := range []string{"/preferences/" + subscribers.TestToken, "/issues/8?test"} {
			if !strings.Contains(string(body), want) {
				t.Errorf("the mail has no link to %s", want)
			}
		}
	}
	if len(ids) != 2 {
		t.Errorf("the Message-IDs are %v", ids)
	}
	o.State(digest.Approved)
}

// TestLogNamesTheIssueByItsNumber mails an issue whose number is not its row's id by a
// server that refuses the reader: what the log and the error say of it is its number
// and its series.
func TestLogNamesTheIssueByItsNumber(t *testing.T) {
	o := dispatchtest.New(t)
	server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "RCPT" {
			return smtptest.Act{Reply: "450 4.2.1 not now"}
		}
		return smtptest.Act{}
	})
	settings, err := mail.ParseSettings("smtp://" + server.Addr + "?tls=none")
	o.Must(err)
	var log bytes.Buffer
	o.Sender.Log = slog.New(slog.NewTextHandler(&log, nil))
	o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: mail.NewTransport(settings, "news.example"), Clock: o.Clock, Concurrency: 1})
	issue, _, err := o.Sender.Send(t.Context(), by, desk.Ref{}, false)
	o.Must(err)
	if issue.ID == int64(issue.Number) {
		t.Fatal("the row's id is the number")
	}
	_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if lines := log.String(); !strings.Contains(lines, "not taken") || strings.Count(lines, "issue=8 series=pick ") != strings.Count(lines, "issue=") {
		t.Errorf("the log is\n%s", lines)
	}
}

// TestTestOfWhatCannotGoOut mails a draft with a pick that is gone, without it, and says
// what keeps it from being approved; with nothing left there is no mail.
func TestTestOfWhatCannotGoOut(t *testing.T) {
	o := dispatchtest.New(t)
	_, err := o.Desk.Reopen(t.Context(), by, eight)
	o.Must(err)
	_, err = o.DB.MarkGone(t.Context(), []int64{o.Last}, digest.ByAbsence, "")
	o.Must(err)
	is, err := o.Sender.Test(t.Context(), by, eight, "editor@news.example")
	o.Must(err)
	if is.Frozen.Picks != 2 || len(is.Problems) != 1 || len(o.Mails()) != 1 {
		t.Errorf("%d picks, the problems %v, %d mails", is.Frozen.Picks, is.Problems, len(o.Mails()))
	}
	issue, _, err := o.Desk.Issue(t.Context(), eight)
	o.Must(err)
	_, err = o.DB.MarkGone(t.Context(), issue.Picked(), digest.ByAbsence, "")
	o.Must(err)
	if _, err := o.Sender.Test(t.Context(), by, eight, "editor@news.example"); digest.KindOf(err) != digest.Conflict || !strings.Contains(err.Error(), "no pick that could be mailed") {
		t.Errorf("with nothing left it gives %v", err)
	}
	_, err = o.Desk.Cancel(t.Context(), by, eight)
	o.Must(err)
	if is, err := o.Desk.Outlook(t.Context(), eight); err != nil || len(is.Problems) != 0 {
		t.Errorf("cancelled it has the problems %v, %v", is.Problems, err)
	}
	if n := len(o.Mails()); n != 1 {
		t.Errorf("%d mails went out", n)
	}
}

// TestPauseForAnUnverifiedSender has a provider that does not know the sender: a test
// mail, the run that pauses, and the list of what needs a person all say what to do.
func TestPauseForAnUnverifiedSender(t *testing.T) {
	o := dispatchtest.New(t)
	server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "BODY" {
			return smtptest.Act{Reply: "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: post@news.example"}
		}
		return smtptest.Act{}
	})
	settings, err := mail.ParseSettings("smtp://" + server.Addr + "?tls=none")
	o.Must(err)
	o.Sender.Transport = mail.NewTransport(settings, "news.example")
	o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: o.Sender.Transport, Clock: o.Clock, Concurrency: 1})
	advised := func(what, text string) {
		t.Helper()
		if !strings.Contains(text, "Verify the sender's address or its domain") {
			t.Errorf("%s says %q", what, text)
		}
	}
	_, err = o.Sender.Test(t.Context(), by, eight, "ada@news.example")
	advised("the test mail", digest.HintOf(err))
	issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	advised("sending", digest.HintOf(err))
	issue, _, err = o.Desk.Issue(t.Context(), eight)
	o.Must(err)
	if issue.Pause.Cause != digest.PauseUnverified || !strings.Contains(issue.Pause.Detail, "EU-WEST-1") {
		t.Errorf("the pause is %+v", issue.Pause)
	}
	troubles, err := health.Troubles(t.Context(), o.DB, o.Clock, health.Surroundings{})
	o.Must(err)
	var all []string
	for _, tr := range troubles {
		all = append(all, tr.Text)
	}
	advised("what needs a person", strings.Join(all, "\n"))
	counts, err := o.DB.Counts(t.Context(), issue.ID)
	o.Must(err)
	if counts[subscribers.Queued] != 1 {
		t.Errorf("the rows are %v", counts)
	}
}

// TestPauseWhileItWaitsForAnotherTry pauses an issue, or makes one of its mails due, while
// the only process that sends waits a minute for another try: it does not sit that out.
func TestPauseWhileItWaitsForAnotherTry(t *testing.T) {
	for name, then := range map[string]func(o *dispatchtest.Office) error{
		"paused": func(o *dispatchtest.Office) error {
			_, err := o.Sender.Pause(context.Background(), by, eight)
			return err
		},
		"withdrawn": func(o *dispatchtest.Office) error {
			_, err := o.Desk.Withdraw(context.Background(), by, eight)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := dispatchtest.New(t)
			server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act { return smtptest.Act{Cut: step.Verb == "BODY"} })
			settings, err := mail.ParseSettings("smtp://" + server.Addr + "?tls=none")
			o.Must(err)
			o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: mail.NewTransport(settings, "news.example"), Clock: o.Clock, Concurrency: 1})
			o.Sender.PauseFor = time.Second
			issue, _, err := o.Sender.Send(t.Context(), by, desk.Ref{}, false)
			o.Must(err)
			waits, once := make(chan struct{}), sync.Once{}
			ended := make(chan error, 1)
			go func() {
				_, err := o.Sender.Deliver(t.Context(), by, issue, func(s dispatch.Standing) {
					if !s.Waits.IsZero() {
						once.Do(func() { close(waits) })
					}
				})
				ended <- err
			}()
			<-waits
			o.Must(then(o))
			select {
			case err := <-ended:
				o.Must(err)
			case <-time.After(20 * time.Second):
				t.Fatal("it waits on")
			}
		})
	}
}
