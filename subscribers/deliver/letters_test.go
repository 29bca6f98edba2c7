package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
	"postbag/subscribers/message"
)

// memNotices is a queue of notices in memory.
type memNotices struct {
	all  map[int64]*deliver.Notice
	next map[int64]time.Time
	gone map[int64]string // the last words
	hung bool             // settling waits until it is told to stop
}

func newNotices(clock digest.Clock, n int) *memNotices {
	q := &memNotices{all: map[int64]*deliver.Notice{}, next: map[int64]time.Time{}, gone: map[int64]string{}}
	for i := range n {
		id := int64(i + 1)
		q.all[id] = &deliver.Notice{ID: id, Kind: deliver.ConfirmNotice, Email: fmt.Sprintf("new%d@example.org", id), CreatedAt: clock.Now()}
		q.next[id] = clock.Now()
	}
	return q
}

func (q *memNotices) ClaimNotices(_ context.Context, n int, now, retry time.Time) (out []deliver.Notice, err error) {
	for id := int64(1); id <= int64(len(q.all)+len(q.gone)) && len(out) < n; id++ {
		if q.all[id] == nil || q.next[id].After(now) {
			continue
		}
		q.all[id].Attempts++
		q.next[id] = retry
		out = append(out, *q.all[id])
	}
	return out, nil
}

func (q *memNotices) SettleNotice(ctx context.Context, n deliver.Notice, next time.Time, reply string) error {
	if q.hung {
		<-ctx.Done()
		return ctx.Err()
	}
	switch {
	case q.all[n.ID] == nil || q.all[n.ID].Attempts != n.Attempts: // another has claimed it
	case next.IsZero():
		delete(q.all, n.ID)
		q.gone[n.ID] = reply
	default:
		q.next[n.ID] = next
	}
	return ctx.Err()
}

func noticeRunner(t *testing.T, q deliver.Notices, clock digest.Clock, server *smtptest.Server, change ...func(*deliver.NoticeOptions)) *deliver.NoticeRunner {
	o := deliver.NoticeOptions{
		Queue: q, Transport: transport(t, "smtp://"+server.Addr, ""), Clock: clock, From: "bus@example.net",
		Jitter: func() float64 { return 0 },
		Compose: func(n deliver.Notice) ([]byte, error) {
			return message.Compose(message.Message{From: "bus@example.net", To: n.Email, Subject: "Please confirm", Text: "Click.",
				MessageID: fmt.Sprintf("n%d@example.net", n.ID), Date: n.CreatedAt, AutoSubmitted: true})
		},
	}
	for _, c := range change {
		c(&o)
	}
	return deliver.NewNoticeRunner(o)
}

func TestNotices(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 45)
	grey := newSeen()
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		switch {
		case st.Verb == "RCPT" && st.Arg == "new3@example.org":
			return smtptest.Act{Reply: "550 5.1.1 no such user"}
		case st.Verb == "RCPT" && st.Arg == "new5@example.org" && grey.first(st.Arg):
			return smtptest.Act{Reply: "450 4.2.0 greylisted"}
		case st.Verb == "BODY" && st.To == "new7@example.org":
			return smtptest.Act{Reply: "250 ok", Cut: true}
		}
		return smtptest.Act{}
	})
	r := noticeRunner(t, q, clock, server)
	if n, err := r.Send(t.Context(), nil); err != nil || n != 43 {
		t.Errorf("%d sent, %v", n, err)
	}
	if got := q.next[5].Sub(clock.Now()); got != 5*time.Minute {
		t.Errorf("the greylisted one is due in %v", got)
	}
	if !strings.Contains(q.gone[3], "no such user") {
		t.Errorf("words of the failed one: %q", q.gone[3])
	}
	clock.Advance(5 * time.Minute)
	if n, err := r.Send(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	for to, n := range server.Copies() {
		if n != 1 {
			t.Errorf("%s got %d confirmations", to, n)
		}
	}
	before := server.Steps("CONNECT")
	if n, err := r.Send(t.Context(), nil); n != 0 || err != nil || server.Steps("CONNECT") != before {
		t.Errorf("with nothing to send: %d, %v", n, err)
	}
}

func TestNoticesAreGivenUp(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 1)
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" {
			return smtptest.Act{Reply: "451 4.3.0 later"}
		}
		return smtptest.Act{}
	})
	r := noticeRunner(t, q, clock, server)
	for range 50 {
		if _, err := r.Send(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if len(q.all) == 0 {
			break
		}
		clock.Advance(q.next[1].Sub(clock.Now()))
	}
	if !strings.HasPrefix(q.gone[1], "given up") {
		t.Errorf("left %v, words %q", q.all, q.gone[1])
	}
	if n := server.Steps("RCPT"); n < 8 || n > 12 {
		t.Errorf("%d tries", n)
	}
}

func TestNoticesWaitForTheServer(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 3)
	var down atomic.Bool
	down.Store(true)
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act { return smtptest.Act{Cut: down.Load()} })
	r := noticeRunner(t, q, clock, server)
	for range 4 {
		if n, err := r.Send(t.Context(), nil); n != 0 || digest.KindOf(err) != digest.Unavailable {
			t.Errorf("%d sent, %v", n, err)
		}
		clock.Advance(10 * time.Minute)
	}
	down.Store(false)
	if n, err := r.Send(t.Context(), nil); n != 3 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
}

// TestNoticeThatCannotBeComposedYet keeps a confirmation while the database is
// busy, and removes only one that can never be made.
func TestNoticeThatCannotBeComposedYet(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 3)
	server := smtptest.Start(t, nil)
	var busy atomic.Bool
	busy.Store(true)
	r := noticeRunner(t, q, clock, server, func(o *deliver.NoticeOptions) {
		inner := o.Compose
		o.Compose = func(n deliver.Notice) ([]byte, error) {
			switch {
			case n.ID == 2:
				return nil, fmt.Errorf("write: %w", digest.Fail(digest.Invalid, "", "her address is impossible"))
			case n.ID == 1 && busy.Load():
				return nil, errors.New("database is locked")
			}
			return inner(n)
		}
	})
	if n, err := r.Send(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	if q.all[1] == nil || q.next[1].Sub(clock.Now()) != time.Minute {
		t.Errorf("the first is gone or waits too long: %v", q.next[1].Sub(clock.Now()))
	}
	if !strings.Contains(q.gone[2], "impossible") {
		t.Errorf("the impossible one is kept: %q", q.gone[2])
	}
	last := time.Duration(0)
	for range 60 { // about as many tries as a month has hours for
		clock.Advance(q.next[1].Sub(clock.Now()))
		if _, err := r.Send(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if q.all[1] == nil {
			t.Fatal("a confirmation was dropped because it could not be composed for long")
		}
		pause := q.next[1].Sub(clock.Now())
		if pause < last && last < time.Hour {
			t.Errorf("a pause of %v after one of %v", pause, last)
		}
		last = pause
	}
	busy.Store(false)
	clock.Advance(last)
	if n, err := r.Send(t.Context(), nil); n != 1 || err != nil || server.Copies()["new1@example.org"] != 1 {
		t.Errorf("%d sent, %v", n, err)
	}
}

func TestStopHandsNoticesBack(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 20)
	ctx, cancel := context.WithCancel(t.Context())
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && st.Nth == 3 {
			cancel()
		}
		return smtptest.Act{}
	})
	if n, err := noticeRunner(t, q, clock, server).Send(ctx, nil); n != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d sent, %v", n, err)
	}
	for id := range q.all {
		if q.next[id].After(clock.Now()) {
			t.Errorf("notice %d waits until %v", id, q.next[id])
		}
	}
	if n, err := noticeRunner(t, q, clock, server).Send(t.Context(), nil); n != 17 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
}

// TestNoticesStopWithinTenSeconds has a server and a database that both say
// nothing any more.
func TestNoticesStopWithinTenSeconds(t *testing.T) {
	t.Parallel()
	clock := newClock()
	q := newNotices(clock, 20)
	ctx, cancel := context.WithCancel(t.Context())
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" {
			cancel()
		}
		return smtptest.Act{Mute: st.Verb == "BODY" || st.Verb == "QUIT"}
	})
	q.hung = true
	start := time.Now()
	if _, err := noticeRunner(t, q, clock, server).Send(ctx, nil); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 15*time.Second { // eight, and what a busy machine adds
		t.Errorf("stopping took %v", took)
	}
}

// lostPlace is a worker that loses its place after so many looks at it.
type lostPlace struct{ looks, after int }

func (*lostPlace) ID() int64    { return 7 }
func (*lostPlace) Present() int { return 2 }
func (p *lostPlace) Valid() bool {
	p.looks++
	return p.looks <= p.after
}

// TestNoticesAreLeftByALostPlace suspends a process in the middle of a batch for
// so long that another one takes it over: what is left of it is sent once.
func TestNoticesAreLeftByALostPlace(t *testing.T) {
	clock := newClock()
	q := newNotices(clock, 20)
	server := smtptest.Start(t, nil)
	var other *deliver.NoticeRunner
	first := noticeRunner(t, q, clock, server, func(o *deliver.NoticeOptions) {
		inner := o.Compose
		o.Compose = func(n deliver.Notice) ([]byte, error) {
			if n.ID == 3 { // it stops right before it hands this one over
				clock.Advance(time.Hour)
				if n, err := other.Send(t.Context(), nil); n != 18 || err != nil {
					t.Errorf("the other sent %d, %v", n, err)
				}
			}
			return inner(n)
		}
	})
	other = noticeRunner(t, q, clock, server)
	if n, err := first.Send(t.Context(), &lostPlace{after: 4}); n != 3 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	for to, n := range server.Copies() {
		if want := map[bool]int{true: 2, false: 1}[to == "new3@example.org"]; n != want {
			t.Errorf("%s got %d confirmations, want %d", to, n, want)
		}
	}
	if len(q.all) != 0 {
		t.Errorf("left are %v", q.all)
	}
}
