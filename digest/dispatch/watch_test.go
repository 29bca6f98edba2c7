package dispatch_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/dispatch/dispatchtest"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
	"postbag/subscribers/roster"
)

// manyReaders gives the office more of them, and lets its mails go to a server.
func manyReaders(o *dispatchtest.Office, readers int, does func(smtptest.Step) smtptest.Act) {
	o.Helper()
	list := roster.New(roster.Options{Store: o.DB, Clock: o.Clock})
	for i := range readers {
		_, err := list.Add(o.Context(), storetest.Tester, fmt.Sprintf("reader%d@reader.example", i), "", roster.AddOptions{Confirmed: true, ConsentText: "for the test"})
		o.Must(err)
	}
	settings, err := mail.ParseSettings("smtp://" + smtptest.Start(o.T, does).Addr + "?tls=none")
	o.Must(err)
	o.Sender.Transport = mail.NewTransport(settings, "news.example")
	o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: o.Sender.Transport, Clock: o.Clock, Concurrency: 1})
}

// TestPausedWhileDelivering pauses an issue by hand in the middle of its mailing, which
// one process sends and another watches, and lets it go on: both see it through.
func TestPausedWhileDelivering(t *testing.T) {
	t.Parallel()
	o := dispatchtest.New(t)
	watching, paused := make(chan struct{}), make(chan struct{})
	var first, seen, saw sync.Once
	watched := make(chan error, 1)
	var report dispatch.Report
	var issue digest.Issue
	both := atomic.Int32{}
	tell := func(at dispatch.Standing, once *sync.Once) {
		if at.State == digest.Paused {
			once.Do(func() {
				if both.Add(1) == 2 {
					close(paused)
				}
			})
		}
	}
	manyReaders(o, 4, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "BODY" {
			first.Do(func() {
				go func() {
					var began sync.Once
					var err error
					report, err = o.Sender.Deliver(t.Context(), by, issue, func(at dispatch.Standing) {
						began.Do(func() { close(watching) })
						tell(at, &saw)
					})
					watched <- err
				}()
				<-watching
				if _, err := o.Sender.Pause(context.Background(), by, eight); err != nil {
					t.Error(err)
				}
			})
		}
		return smtptest.Act{}
	})
	var err error
	issue, _, err = o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	ended := make(chan error, 1)
	var own dispatch.Report
	go func() {
		var err error
		own, err = o.Sender.Deliver(t.Context(), by, issue, func(at dispatch.Standing) { tell(at, &seen) })
		ended <- err
	}()
	select {
	case <-paused:
	case <-time.After(30 * time.Second):
		t.Fatal("not both see that it is paused")
	}
	_, err = o.Sender.Resume(t.Context(), by, eight)
	o.Must(err)
	o.Must(<-ended)
	o.Must(<-watched)
	if own.Issue.State != digest.Sent || !own.Here || own.Counts[subscribers.Delivered] != 5 {
		t.Errorf("who sent it ends with %+v", own)
	}
	if report.Issue.State != digest.Sent || report.Here {
		t.Errorf("who watched it ends with %+v", report)
	}
}

// TestPausedForLong waits for an issue that stays paused only so long, and tells who
// paused it.
func TestPausedForLong(t *testing.T) {
	t.Parallel()
	o := dispatchtest.New(t)
	o.Sender.PauseFor = 300 * time.Millisecond
	var first sync.Once
	manyReaders(o, 4, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "BODY" {
			first.Do(func() {
				if _, err := o.Sender.Pause(context.Background(), by, eight); err != nil {
					t.Error(err)
				}
			})
		}
		return smtptest.Act{}
	})
	issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	r, err := o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if !r.Here || r.Issue.State != digest.Paused || r.PausedBy != "ada paused it at 12:00 UTC" || r.Counts.Open() == 0 {
		t.Errorf("the report is %+v", r)
	}
}

// busy is a store on which another worker mails at full speed, of which each look shows
// the same lease: it was renewed just before the first.
type busy struct {
	dispatch.Store
	db     *dispatchtest.Office
	silent bool
	looks  atomic.Int32
}

func (b *busy) Join(context.Context, work.Joining) (work.Member, error) {
	return nil, digest.Fail(digest.Conflict, "", "another works on it")
}

func (b *busy) Workers(ctx context.Context) ([]work.Worker, error) {
	if b.looks.Add(1) == 2 {
		if _, err := b.db.Desk.Withdraw(ctx, by, eight); err != nil {
			return nil, err
		}
	}
	return []work.Worker{{ID: 1, Name: "other", Until: dispatchtest.Now.Add(25 * time.Second), Silent: b.silent}}, nil
}

// TestOnlyOfASilentWorker says that a worker does not answer of one that has missed a
// renewal, and of none that has not come to its next.
func TestOnlyOfASilentWorker(t *testing.T) {
	t.Parallel()
	for silent, want := range map[bool]int{false: 0, true: 1} {
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			t.Parallel()
			o := dispatchtest.New(t)
			var log bytes.Buffer
			o.Sender.Log = slog.New(slog.NewTextHandler(&log, nil))
			issue, _, err := o.Sender.Send(t.Context(), by, desk.Ref{}, false)
			o.Must(err)
			o.Sender.Store = &busy{Store: o.Sender.Store, db: o, silent: silent}
			_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
			o.Must(err)
			if n := strings.Count(log.String(), "does not answer"); n != want {
				t.Errorf("it says so %d times:\n%s", n, log.String())
			}
		})
	}
}

// TestWhatTheSendingWaitsFor keeps for other processes what a mailing waits for: the
// limit by name, or the server's words, until mails are taken again.
func TestWhatTheSendingWaitsFor(t *testing.T) {
	t.Parallel()
	o := dispatchtest.New(t)
	refuses := atomic.Bool{}
	manyReaders(o, 9, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "CONNECT" && refuses.Load() {
			return smtptest.Act{Reply: "421 4.7.0 come back when the moon is full"}
		}
		return smtptest.Act{}
	})
	o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: o.Sender.Transport, Clock: o.Clock, Concurrency: 1, Rate: deliver.Rate{Hour: 5}})
	issue, _, err := o.Sender.Send(t.Context(), by, eight, false)
	o.Must(err)
	r, err := o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if why := r.Waits.Why(dispatch.ClockTime); !strings.HasPrefix(why, "the limit --rate 5/h is reached, it goes on at 13:0") || r.Counts[subscribers.Delivered] != 5 {
		t.Errorf("it waits for %q: %+v", why, r)
	}
	if at, err := o.Sender.Standing(t.Context(), issue, dispatch.Standing{}); err != nil || at.Why != r.Waits || !strings.HasPrefix(at.Pace(), "waits: the limit --rate 5/h") {
		t.Errorf("another sees %+v, %v", at, err)
	}
	refuses.Store(true)
	o.Clock.Set(r.NextTry.Add(time.Minute))
	_, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	if digest.KindOf(err) != digest.Unavailable {
		t.Fatalf("a server that turns everything away gives %v", err)
	}
	seen, _, err := o.Desk.Issue(t.Context(), eight)
	o.Must(err)
	if seen.Waits.For != digest.WaitsForServer || !strings.Contains(seen.Waits.Words, "come back when the moon is full") {
		t.Errorf("it waits for %+v", seen.Waits)
	}
	refuses.Store(false)
	o.Sender.Mailer = deliver.New(deliver.Options{Ledger: o.DB, Transport: o.Sender.Transport, Clock: o.Clock, Concurrency: 1})
	r, err = o.Sender.Deliver(t.Context(), by, issue, progress)
	o.Must(err)
	if seen, _, err = o.Desk.Issue(t.Context(), eight); err != nil || seen.Waits != (digest.Waits{}) || r.Issue.State != digest.Sent {
		t.Errorf("once it went on it waits for %+v, %v", seen.Waits, err)
	}
}
