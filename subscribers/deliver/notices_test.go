package deliver_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

// memNotices is a queue of notices in memory.
type memNotices struct {
	all  map[int64]*deliver.Notice
	next map[int64]time.Time
	gone map[int64]string // the last words
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

func (q *memNotices) SettleNotice(ctx context.Context, id int64, next time.Time, reply string) error {
	if next.IsZero() {
		delete(q.all, id)
		q.gone[id] = reply
		return ctx.Err()
	}
	q.next[id] = next
	return ctx.Err()
}

func noticeRunner(t *testing.T, q deliver.Notices, clock digest.Clock, server *smtptest.Server) *deliver.NoticeRunner {
	return deliver.NewNoticeRunner(deliver.NoticeOptions{
		Queue: q, Transport: transport(t, "smtp://"+server.Addr, ""), Clock: clock, From: "bus@example.net",
		Jitter: func() float64 { return 0 },
		Compose: func(n deliver.Notice) ([]byte, error) {
			return mail.Compose(mail.Message{From: "bus@example.net", To: n.Email, Subject: "Please confirm", Text: "Click.",
				MessageID: fmt.Sprintf("n%d@example.net", n.ID), Date: n.CreatedAt, AutoSubmitted: true})
		},
	})
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
	if n, err := r.Send(t.Context()); err != nil || n != 43 {
		t.Errorf("%d sent, %v", n, err)
	}
	if got := q.next[5].Sub(clock.Now()); got != 5*time.Minute {
		t.Errorf("the greylisted one is due in %v", got)
	}
	if !strings.Contains(q.gone[3], "no such user") {
		t.Errorf("words of the failed one: %q", q.gone[3])
	}
	clock.Advance(5 * time.Minute)
	if n, err := r.Send(t.Context()); n != 1 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	for to, n := range server.Copies() {
		if n != 1 {
			t.Errorf("%s got %d confirmations", to, n)
		}
	}
	before := server.Steps("CONNECT")
	if n, err := r.Send(t.Context()); n != 0 || err != nil || server.Steps("CONNECT") != before {
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
		if _, err := r.Send(t.Context()); err != nil {
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
		if n, err := r.Send(t.Context()); n != 0 || digest.KindOf(err) != digest.Unavailable {
			t.Errorf("%d sent, %v", n, err)
		}
		clock.Advance(10 * time.Minute)
	}
	down.Store(false)
	if n, err := r.Send(t.Context()); n != 3 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
}
