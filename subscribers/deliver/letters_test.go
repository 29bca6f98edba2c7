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
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	"postbag/subscribers/mail/smtptest"
	"postbag/subscribers/message"
)

// memLetters is a queue of letters in memory. It fails the test when a letter is
// settled that was not begun.
type memLetters struct {
	t    *testing.T
	all  map[int64]*memLetter
	gone map[int64]deliver.LetterResult
	hung bool // settling waits until it is told to stop
	void map[int64]bool
	lost map[int64]bool // workers that have no member any more
}

type memLetter struct {
	subscribers.Letter
	state subscribers.DeliveryState
	owner int64
}

func newLetters(t *testing.T, clock digest.Clock, n int) *memLetters {
	q := &memLetters{t: t, all: map[int64]*memLetter{}, gone: map[int64]deliver.LetterResult{}, void: map[int64]bool{}, lost: map[int64]bool{}}
	for i := range n {
		id := int64(i + 1)
		q.all[id] = &memLetter{state: subscribers.Queued, Letter: subscribers.Letter{
			ID: id, Kind: subscribers.ConfirmationLetter, Email: fmt.Sprintf("new%d@example.org", id),
			CreatedAt: clock.Now(), NextTry: clock.Now(), Expires: clock.Now().Add(365 * 24 * time.Hour),
		}}
	}
	return q
}

func (q *memLetters) ClaimLetters(_ context.Context, c deliver.LetterClaim) (out []subscribers.Letter, err error) {
	for id := int64(1); id <= int64(len(q.all)+len(q.gone)); id++ {
		l := q.all[id]
		if l == nil {
			continue
		}
		if l.state != subscribers.Queued && (l.owner == c.Worker || q.lost[l.owner]) {
			if l.state == subscribers.InFlight {
				l.NextTry, l.Outcome = c.Retry, subscribers.Outcome{Cause: subscribers.WorkerLost}
			}
			l.state = subscribers.Queued
		}
		if l.state != subscribers.Queued || l.NextTry.After(c.Now) || len(out) == c.Most {
			continue
		}
		l.Fence++
		l.state, l.owner = subscribers.Claimed, c.Worker
		out = append(out, l.Letter)
	}
	return out, nil
}

func (q *memLetters) BeginLetter(_ context.Context, c subscribers.Letter) (subscribers.Letter, bool, error) {
	l := q.all[c.ID]
	if l == nil || l.Fence != c.Fence || l.state != subscribers.Claimed {
		return c, false, nil
	}
	l.state, l.Void = subscribers.InFlight, q.void[c.ID]
	l.Attempts++
	return l.Letter, true, nil
}

func (q *memLetters) SettleLetter(ctx context.Context, r deliver.LetterResult) error {
	if q.hung {
		<-ctx.Done()
		return ctx.Err()
	}
	l := q.all[r.LetterID]
	switch {
	case l == nil || l.Fence != r.Fence: // another has claimed it
	case r.State == subscribers.Queued:
		l.state, l.NextTry, l.Outcome = subscribers.Queued, r.NextTry, r.Outcome
	case l.state != subscribers.InFlight && l.Cause != subscribers.WorkerLost:
		q.t.Errorf("letter %d is %s and was never begun", r.LetterID, r.State)
	default:
		delete(q.all, r.LetterID)
		q.gone[r.LetterID] = r
	}
	return ctx.Err()
}

// wait gives how long the letter n waits.
func (q *memLetters) wait(clock digest.Clock, n int64) time.Duration {
	return q.all[n].NextTry.Sub(clock.Now())
}

func letterSender(t *testing.T, q deliver.LetterQueue, clock digest.Clock, server *smtptest.Server, change ...func(*deliver.LetterOptions)) *deliver.LetterSender {
	o := deliver.LetterOptions{
		Queue: q, Transport: transport(t, "smtp://"+server.Addr, ""), Clock: clock, From: func(subscribers.Letter) string { return "bus@example.net" },
		Jitter: func() float64 { return 0 },
		Write: func(_ letters.Kind, l subscribers.Letter) ([]byte, error) {
			return message.Compose(message.Message{From: "bus@example.net", To: l.Email, Subject: "Please confirm", Text: "Click.",
				MessageID: l.MessageID([]byte("salt"), "example.net"), Date: l.CreatedAt, AutoSubmitted: true})
		},
	}
	for _, c := range change {
		c(&o)
	}
	return deliver.NewLetterSender(o)
}

func TestLetters(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 45)
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
	r := letterSender(t, q, clock, server)
	if n, err := r.Send(t.Context(), nil); err != nil || n != 43 {
		t.Errorf("%d sent, %v", n, err)
	}
	if got := q.wait(clock, 5); got != 5*time.Minute {
		t.Errorf("the greylisted one is due in %v", got)
	}
	if q.gone[3].Cause != subscribers.AddressRefused || !strings.Contains(q.gone[3].Reply, "no such user") {
		t.Errorf("the failed one: %+v", q.gone[3])
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

func TestLettersAreGivenUp(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 1)
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" {
			return smtptest.Act{Reply: "451 4.3.0 later"}
		}
		return smtptest.Act{}
	})
	r := letterSender(t, q, clock, server)
	for range 50 {
		if _, err := r.Send(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if len(q.all) == 0 {
			break
		}
		clock.Advance(q.wait(clock, 1))
	}
	if q.gone[1].Cause != subscribers.Expired || q.gone[1].Reply != "4.3.0 later" {
		t.Errorf("left %v, gone %+v", q.all, q.gone[1])
	}
	if n := server.Steps("RCPT"); n < 8 || n > 12 {
		t.Errorf("%d tries", n)
	}
}

func TestLettersWaitForTheServer(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 3)
	var down atomic.Bool
	down.Store(true)
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act { return smtptest.Act{Cut: down.Load()} })
	r := letterSender(t, q, clock, server)
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
func TestLetterThatCannotBeComposedYet(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 3)
	server := smtptest.Start(t, nil)
	var busy atomic.Bool
	busy.Store(true)
	r := letterSender(t, q, clock, server, func(o *deliver.LetterOptions) {
		inner := o.Write
		o.Write = func(k letters.Kind, n subscribers.Letter) ([]byte, error) {
			switch {
			case n.ID == 2:
				return nil, fmt.Errorf("write: %w", digest.Fail(digest.Invalid, "", "her address is impossible"))
			case n.ID == 1 && busy.Load():
				return nil, errors.New("database is locked")
			}
			return inner(k, n)
		}
	})
	if n, err := r.Send(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	if q.all[1] == nil || q.wait(clock, 1) != time.Minute {
		t.Errorf("the first is gone or waits too long: %v", q.wait(clock, 1))
	}
	if !strings.Contains(q.gone[2].Error, "impossible") {
		t.Errorf("the impossible one is kept: %+v", q.gone[2])
	}
	last := time.Duration(0)
	for range 60 { // about as many tries as a month has hours for
		clock.Advance(q.wait(clock, 1))
		if _, err := r.Send(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if q.all[1] == nil {
			t.Fatal("a confirmation was dropped because it could not be composed for long")
		}
		pause := q.wait(clock, 1)
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

func TestStopHandsLettersBack(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 20)
	ctx, cancel := context.WithCancel(t.Context())
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && st.Nth == 3 {
			cancel()
		}
		return smtptest.Act{}
	})
	if n, err := letterSender(t, q, clock, server).Send(ctx, nil); n != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d sent, %v", n, err)
	}
	for id, l := range q.all {
		if l.NextTry.After(clock.Now()) || l.Attempts != 0 {
			t.Errorf("letter %d waits until %v after %d tries", id, l.NextTry, l.Attempts)
		}
	}
	if n, err := letterSender(t, q, clock, server).Send(t.Context(), nil); n != 17 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
}

// TestNoticesStopWithinTenSeconds has a server and a database that both say
// nothing any more.
func TestLettersStopWithinTenSeconds(t *testing.T) {
	t.Parallel()
	clock := newClock()
	q := newLetters(t, clock, 20)
	ctx, cancel := context.WithCancel(t.Context())
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" {
			cancel()
		}
		return smtptest.Act{Mute: st.Verb == "BODY" || st.Verb == "QUIT"}
	})
	q.hung = true
	start := time.Now()
	if _, err := letterSender(t, q, clock, server).Send(ctx, nil); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 15*time.Second { // eight, and what a busy machine adds
		t.Errorf("stopping took %v", took)
	}
}

// lapsing is a worker that loses its lease after so many looks at it.
type lapsing struct{ looks, after int }

func (*lapsing) ID() int64    { return 7 }
func (*lapsing) Present() int { return 2 }
func (p *lapsing) Valid() bool {
	p.looks++
	return p.looks <= p.after
}

// TestLettersAreLeftByALapsedWorker suspends a process in the middle of a batch for
// so long that another one takes it over: every letter is sent once.
func TestLettersAreLeftByALapsedWorker(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 20)
	server := smtptest.Start(t, nil)
	var other *deliver.LetterSender
	first := letterSender(t, q, clock, server, func(o *deliver.LetterOptions) {
		inner := o.Write
		o.Write = func(k letters.Kind, n subscribers.Letter) ([]byte, error) {
			if n.ID == 3 { // it stops right before it hands this one over
				clock.Advance(time.Hour)
				q.lost[7] = true
				if n, err := other.Send(t.Context(), nil); n != 17 || err != nil {
					t.Errorf("the other sent %d, %v", n, err)
				}
			}
			return inner(k, n)
		}
	})
	other = letterSender(t, q, clock, server)
	if n, err := first.Send(t.Context(), &lapsing{after: 4}); n != 3 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	for to, n := range server.Copies() {
		if n != 1 {
			t.Errorf("%s got %d confirmations", to, n)
		}
	}
	if len(q.all) != 0 {
		t.Errorf("left are %v", q.all)
	}
}

// TestLetterOfNoUse is not sent: it was confirmed meanwhile, its link has expired,
// or nobody knows its kind.
func TestLetterOfNoUse(t *testing.T) {
	clock := newClock()
	q := newLetters(t, clock, 4)
	q.void[1] = true
	q.all[2].Expires = clock.Now()
	q.all[3].Kind = "valentine"
	server := smtptest.Start(t, nil)
	if n, err := letterSender(t, q, clock, server).Send(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	for id := int64(1); id <= 3; id++ {
		if got := q.gone[id]; got.State != subscribers.Cancelled {
			t.Errorf("letter %d ended as %+v", id, got)
		}
	}
	if server.Copies()["new4@example.org"] != 1 {
		t.Errorf("sent: %v", server.Copies())
	}
}

// TestLetterKinds has every kind: it says how long it is tried, when it may be sent,
// and how it is written.
func TestLetterKinds(t *testing.T) {
	seen := map[subscribers.LetterKind]bool{}
	for _, k := range letters.Kinds() {
		if k.Name == "" || seen[k.Name] || k.Life <= 0 || k.MaySend == nil || k.Write == nil {
			t.Errorf("the kind %+v", k)
		}
		seen[k.Name] = true
	}
}
