package deliver_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postbag/digest"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
	"postbag/subscribers/message"
)

// TestMain runs the tests, or is the process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv(killDB) == "" {
		goleak.VerifyTestMain(storetest.Pooled{Tests: m})
		return
	}
	if err := sendInChild(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is one issue, one server and one ledger.
type bench struct {
	t      testing.TB
	server *smtptest.Server
	ledger *memLedger
	clock  *handClock
	sender *deliver.Sender
	job    deliver.Job
}

func newBench(t testing.TB, readers int, script func(smtptest.Step) smtptest.Act, change ...func(*deliver.Options)) *bench {
	t.Helper()
	b := &bench{t: t, server: smtptest.Start(t, script), ledger: newLedger(t, readers), clock: newClock()}
	o := deliver.Options{
		Ledger: b.ledger, Transport: transport(t, "smtp://"+b.server.Addr, ""), Clock: b.clock,
		Concurrency: 3, Jitter: func() float64 { return 0 },
	}
	for _, c := range change {
		c(&o)
	}
	b.sender = deliver.New(o)
	b.job = deliver.Job{
		Mailing: subscribers.Mailing{IssueID: 7, Begun: b.clock.Now(), Domain: "example.net"},
		From:    from("bus@example.net"),
		Compose: composer,
	}
	return b
}

func transport(t testing.TB, url, password string) deliver.Transport {
	t.Helper()
	s, err := mail.ParseSettings(url)
	if err == nil {
		s, err = s.WithPassword(password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return mail.NewTransport(s, "example.net")
}

func composer(m subscribers.Mailing) (deliver.Composer, error) {
	return func(dst []byte, d subscribers.Delivery) ([]byte, error) {
		return appended(dst)(message.Compose(message.Message{
			From: "bus@example.net", To: d.Email, Subject: "Pick of the Week 7", Text: "Hello.\n", HTML: "<p>Hello.</p>",
			MessageID: m.MessageID([]byte("salt"), d.SubscriberID), Date: m.Begun,
		}))
	}, nil
}

// from gives every delivery the same envelope sender.
func from(address string) func(subscribers.Delivery) string {
	return func(subscribers.Delivery) string { return address }
}

// appended appends what was composed to dst.
func appended(dst []byte) func(msg []byte, err error) ([]byte, error) {
	return func(msg []byte, err error) ([]byte, error) { return append(dst, msg...), err }
}

// run runs once and fails the test on an error.
func (b *bench) run() deliver.Summary {
	b.t.Helper()
	s, err := b.sender.Run(b.t.Context(), b.job)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// finish runs until the issue is sent, moving the clock from try to try.
func (b *bench) finish() deliver.Summary {
	b.t.Helper()
	for range 30 {
		s := b.run()
		if s.Finished || s.NextTry.IsZero() {
			return s
		}
		b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
	}
	b.t.Fatal("the issue is not finished after 30 runs")
	return deliver.Summary{}
}

// resume lets a paused issue go on.
func (b *bench) resume() {
	b.t.Helper()
	if err := b.ledger.SetIssueState(b.t.Context(), digest.Actor{}, 7, digest.Sending, digest.Pause{}, b.clock.Now(), digest.AsSeen{}); err != nil {
		b.t.Fatal(err)
	}
}

// exactlyOnce fails unless every reader got one copy.
func (b *bench) exactlyOnce() {
	b.t.Helper()
	copies := b.server.Copies()
	for _, r := range b.ledger.readers {
		if copies[r.Email] != 1 {
			b.t.Errorf("%s got %d copies", r.Email, copies[r.Email])
		}
	}
}

func (b *bench) states(want subscribers.Counts) {
	b.t.Helper()
	got, _ := b.ledger.Counts(b.t.Context(), 7)
	for _, state := range []subscribers.DeliveryState{subscribers.Queued, subscribers.Claimed, subscribers.InFlight, subscribers.Delivered, subscribers.Deferred, subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled} {
		if got[state] != want[state] {
			b.t.Errorf("%s: %d rows, want %d (%v)", state, got[state], want[state], got)
		}
	}
}

func TestEveryReaderOnce(t *testing.T) {
	b := newBench(t, 60, nil)
	var last deliver.Progress
	b.job.Progress = func(p deliver.Progress) {
		if p.Done < last.Done || p.Total != 60 {
			t.Errorf("progress %+v after %+v", p, last)
		}
		last = p
	}
	s := b.run()
	if !s.Finished || s.State != digest.Sent || s.Counts.Total() != 60 || s.Sent != 60 || !s.NextTry.IsZero() {
		t.Errorf("summary %+v", s)
	}
	if last.Done != 60 || last.Sent != 60 {
		t.Errorf("progress ended at %+v", last)
	}
	b.exactlyOnce()
	if n := b.server.Steps("NOOP") + b.server.Steps("RSET"); n != 0 {
		t.Errorf("%d round trips for nothing", n)
	}
	if n := b.server.Steps("CONNECT"); n > 3 {
		t.Errorf("%d connections", n)
	}
	for _, m := range b.server.Taken() {
		if m.From != "bus@example.net" || !strings.HasSuffix(m.MessageID, "@example.net>") {
			t.Errorf("message %+v", m)
		}
	}
	again := b.run()
	if !again.Finished || again.Sent != 0 || len(b.server.Taken()) != 60 {
		t.Errorf("a second run: %+v", again)
	}
}

func TestFewReadersFewConnections(t *testing.T) {
	b := newBench(t, 1, nil)
	b.run()
	if n := b.server.Steps("CONNECT"); n != 1 {
		t.Errorf("%d connections for one reader", n)
	}
}

func TestCommitsAreGrouped(t *testing.T) {
	// Each transaction takes a while, as an fsync does; meanwhile the other
	// connections queue up and share the next one.
	b := newBench(t, 60, nil, func(o *deliver.Options) { o.Concurrency = 10 })
	b.ledger.before = func(deliver.Exchange) error { time.Sleep(20 * time.Millisecond); return nil }
	b.run()
	if b.ledger.exchanges > 40 {
		t.Errorf("%d transactions for 60 messages over 10 connections", b.ledger.exchanges)
	}
}

func TestOneUnsettledBodyPerConnection(t *testing.T) {
	var open atomic.Int32
	b := newBench(t, 40, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" {
			open.Add(1)
		}
		return smtptest.Act{}
	})
	b.ledger.before = func(x deliver.Exchange) error {
		open.Add(-int32(len(x.Settle)))
		if n := open.Load(); n > 3 {
			t.Errorf("%d bodies without a result on 3 connections", n)
		}
		return nil
	}
	b.run()
	b.exactlyOnce()
}

func TestWhoLeavesWhileSendingGetsNothing(t *testing.T) {
	b := newBench(t, 40, nil)
	b.ledger.left[40] = true
	s := b.run()
	if !s.Finished || s.Counts[subscribers.Cancelled] != 1 || b.server.Copies()["reader40@example.org"] != 0 {
		t.Errorf("summary %+v", s)
	}
}

func TestCompositionErrorFailsThatReaderOnly(t *testing.T) {
	b := newBench(t, 30, nil)
	b.job.Compose = func(m subscribers.Mailing) (deliver.Composer, error) {
		inner, err := composer(m)
		return func(dst []byte, d subscribers.Delivery) ([]byte, error) {
			if d.SubscriberID == 3 {
				return nil, errors.New("her name is impossible")
			}
			return inner(dst, d)
		}, err
	}
	b.run()
	b.states(subscribers.Counts{subscribers.Delivered: 29, subscribers.Failed: 1})
	if row := b.ledger.row(3); row.Cause != subscribers.NotSendable || !strings.Contains(row.Error, "impossible") {
		t.Errorf("row %+v", row)
	}
}

func TestBeyondASCIIWithoutSMTPUTF8(t *testing.T) {
	for _, offered := range []bool{false, true} {
		b := newBench(t, 3, nil)
		if offered {
			b.server.OfferAlso("SMTPUTF8")
		}
		b.ledger.readers[1].Email = "jürgen@example.org"
		b.run()
		if offered {
			b.exactlyOnce()
			continue
		}
		b.states(subscribers.Counts{subscribers.Delivered: 2, subscribers.Failed: 1})
		if row := b.ledger.row(2); row.Cause != subscribers.NotSendable || !strings.Contains(row.Error, "SMTPUTF8") {
			t.Errorf("row %+v", row)
		}
	}
}

func TestRate(t *testing.T) {
	b := newBench(t, 11, nil, func(o *deliver.Options) { o.Rate.Second = 2 })
	start := b.clock.Now()
	b.run()
	if took := b.clock.Now().Sub(start); took < 4500*time.Millisecond {
		t.Errorf("11 messages at 2 a second took %v", took)
	}
	b.exactlyOnce()
}

func TestTwoRunsOfOneIssue(t *testing.T) {
	b := newBench(t, 3, nil)
	second := make(chan error, 1)
	b.job.Progress = func(p deliver.Progress) {
		select {
		case second <- func() error { _, err := b.sender.Run(t.Context(), b.job); return err }():
		default:
		}
	}
	b.run()
	if err := <-second; digest.KindOf(err) != digest.Conflict {
		t.Errorf("a second run at once: %v", err)
	}
}

func TestUnpublishedIssueIsNotSent(t *testing.T) {
	b := newBench(t, 3, nil)
	b.ledger.state = digest.Draft
	if _, err := b.sender.Run(t.Context(), b.job); digest.KindOf(err) != digest.Conflict {
		t.Errorf("error %v", err)
	}
}

// TestProgressCountsRowsThatAreDeferred has a server that takes nobody twice over, and
// then two of three: each row is deferred once, however often it was, and no more once it
// is sent.
func TestProgressCountsRowsThatAreDeferred(t *testing.T) {
	var tries atomic.Int32
	b := newBench(t, 3, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" && (tries.Add(1) <= 6 || st.Arg == "reader3@example.org") {
			return smtptest.Act{Reply: "450 4.2.1 greylisted"}
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Concurrency = 1 })
	var seen []int
	b.job.Progress = func(p deliver.Progress) { seen = append(seen, p.Deferred) }
	for i, want := range [][]int{{0, 3}, {3, 3}, {1, 3}} {
		seen = nil
		s := b.run()
		for _, n := range seen {
			if n < want[0] || n > want[1] {
				t.Errorf("in run %d the deferred are %v", i+1, seen)
				break
			}
		}
		b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
	}
	if n := seen[len(seen)-2]; n != 1 {
		t.Errorf("at the end %d are deferred", n)
	}
}
