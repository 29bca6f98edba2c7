package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// memLedger keeps the contract of deliver.Ledger in memory and fails the test
// at every move that the state machine does not know.
type memLedger struct {
	t  testing.TB
	mu sync.Mutex

	state   digest.IssueState
	reason  string
	refused bool // paused for refusals
	unknown bool // it paused for unknown addresses
	mailing subscribers.Mailing
	readers []subscribers.Subscriber
	rows    []*subscribers.Delivery
	left    map[int64]bool // subscribers who are not active any more

	next time.Time // when the rate lets another message begin

	exchanges int
	broken    error       // every writing method fails with it
	hung      atomic.Bool // every method that writes waits until it is told to stop
	// before, if set, is called with every exchange; its error fails it.
	before func(deliver.Exchange) error
}

func newLedger(t testing.TB, readers int) *memLedger {
	l := &memLedger{t: t, state: digest.Published, left: map[int64]bool{}}
	for i := range readers {
		l.readers = append(l.readers, subscribers.Subscriber{
			ID: int64(i + 1), Email: fmt.Sprintf("reader%d@example.org", i+1), State: subscribers.Active,
			Token: subscribers.NewToken(),
		})
	}
	return l
}

func (l *memLedger) Begin(_ context.Context, m subscribers.Mailing, _ bool) (subscribers.Mailing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch l.state {
	case digest.Published:
		l.state, l.mailing = digest.Sending, m
		for i, s := range l.readers {
			l.rows = append(l.rows, &subscribers.Delivery{
				ID: int64(1000 + i), IssueID: m.IssueID, SubscriberID: s.ID, Email: s.Email, Token: s.Token, State: subscribers.Queued,
			})
		}
	case digest.Sending, digest.Paused, digest.Sent:
	default:
		return subscribers.Mailing{}, digest.Fail(digest.Conflict, "", "the issue is %s", l.state)
	}
	return l.mailing, l.broken
}

func (l *memLedger) move(row *subscribers.Delivery, to subscribers.DeliveryState) {
	if !row.State.To(to) {
		l.t.Errorf("row of %s moved from %s to %s", row.Email, row.State, to)
	}
	row.State = to
}

func (l *memLedger) Exchange(ctx context.Context, x deliver.Exchange) (done deliver.Exchanged, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hung.Load() {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return done, err
	}
	l.exchanges++
	if l.before != nil {
		if err := l.before(x); err != nil {
			return done, err
		}
	}
	if l.broken != nil {
		return done, l.broken
	}
	for _, res := range x.Settle {
		l.settle(res)
	}
	done.Stopped = l.state != digest.Sending
	l.takeBack()
	for i, d := range x.Begin {
		if x.Rate.Second > 0 && !done.Stopped {
			if x.Now.Before(l.next) {
				done.Waiting, done.Next = len(x.Begin)-i, l.next
				break
			}
			_, each := x.Rate.Spacing()
			l.next = x.Now.Add(each)
		}
		if row := l.begin(d, x.Now); row != nil {
			done.Begun = append(done.Begun, *row)
		}
	}
	for _, row := range l.rows {
		if len(done.Claimed) == x.Claim || l.state != digest.Sending {
			break
		}
		if row.State != subscribers.Queued && row.State != subscribers.Deferred || row.NextTry.After(x.Now) {
			continue
		}
		row.WasDeferred = row.State == subscribers.Deferred
		l.move(row, subscribers.Claimed)
		row.Fence++
		done.Claimed = append(done.Claimed, *row)
	}
	return done, nil
}

func (l *memLedger) settle(res deliver.Result) {
	row := l.rows[res.DeliveryID-1000]
	handedBack := row.State == subscribers.Claimed && res.State == subscribers.Queued
	if row.State != subscribers.InFlight && !handedBack || row.Fence != res.Fence {
		return
	}
	if len(res.Reply) > 500 || len(res.Error) > 500 || res.At.IsZero() {
		l.t.Errorf("result %+v", res)
	}
	if (res.State == subscribers.Deferred) && res.NextTry.IsZero() {
		l.t.Errorf("deferred without a time: %+v", res)
	}
	if (res.Code != 0) != (res.Reply != "") {
		l.t.Errorf("words that are not the server's: %+v", res)
	}
	if res.State != subscribers.Queued && res.Cause == subscribers.NoCause {
		l.t.Errorf("a result without a cause: %+v", res)
	}
	l.move(row, res.State)
	if res.Cause == subscribers.NoAnswer {
		row.Unanswered++
	}
	row.NextTry, row.Outcome, row.UpdatedAt = res.NextTry, res.Outcome, res.At
}

// begin gives the row, or nil when it is not to be sent.
func (l *memLedger) begin(d subscribers.Delivery, now time.Time) *subscribers.Delivery {
	row := l.rows[d.ID-1000]
	switch {
	case row.State != subscribers.Claimed || row.Fence != d.Fence:
		return nil
	case l.state != digest.Sending:
		l.move(row, subscribers.Queued)
		return nil
	case l.left[row.SubscriberID]:
		l.move(row, subscribers.Cancelled)
		return nil
	}
	l.move(row, subscribers.InFlight)
	row.Attempts++
	if row.FirstTry.IsZero() {
		row.FirstTry = now
	}
	return row
}

func (l *memLedger) Recover(_ context.Context, r deliver.Recovery) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, row := range l.rows {
		if row.NextTry.Sub(r.Now) > deliver.FarthestTry {
			row.NextTry = r.Now
		}
		switch row.State {
		case subscribers.Claimed:
			l.move(row, subscribers.Queued)
		case subscribers.InFlight:
			n++
			l.move(row, r.Policy.InDoubt(subscribers.WorkerLost, row.Unanswered))
			row.NextTry, row.Cause = r.Retry, subscribers.WorkerLost
		}
	}
	return n, l.broken
}

func (l *memLedger) Counts(context.Context, int64) (subscribers.Counts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := subscribers.Counts{}
	for _, row := range l.rows {
		c[row.State]++
	}
	return c, nil
}

func (l *memLedger) NextTry(context.Context, int64) (time.Time, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var at time.Time
	ok := false
	for _, row := range l.rows {
		if (row.State == subscribers.Queued || row.State == subscribers.Deferred) && (!ok || row.NextTry.Before(at)) {
			at, ok = row.NextTry, true
		}
	}
	return at, ok, nil
}

func (l *memLedger) Finish(ctx context.Context, _ int64, _ time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hung.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	for _, row := range l.rows {
		if !row.State.Terminal() {
			return false, nil
		}
	}
	if l.state == digest.Sending {
		l.state = digest.Sent
	}
	return l.state == digest.Sent, l.broken
}

func (l *memLedger) SetIssueState(_ context.Context, _ digest.Actor, _ int64, to digest.IssueState, why digest.Pause, _ time.Time, _ digest.AsSeen) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != to && !l.state.To(to) {
		return errors.New("no such move")
	}
	l.state, l.reason, l.refused, l.unknown = to, why.Detail, why.Cause.Refused(), why.Cause == digest.PauseUnknown
	l.mailing.UnknownAsked = l.mailing.UnknownAsked || l.unknown
	l.takeBack()
	return l.broken
}

// takeBack queues what was refused for what may be our own fault, once the issue has
// paused for refusals.
func (l *memLedger) takeBack() {
	for _, row := range l.rows {
		waits := row.State == subscribers.Queued || row.State == subscribers.Deferred || row.State == subscribers.Failed
		if !l.refused || !waits || !row.Cause.MayBeOurs() && !(l.unknown && row.Cause == subscribers.AddressRefused) {
			continue
		}
		if row.State != subscribers.Queued {
			l.move(row, subscribers.Queued)
		}
		row.Attempts, row.FirstTry, row.NextTry = 0, time.Time{}, time.Time{}
	}
}

func (l *memLedger) IssueState(context.Context, int64) (digest.IssueState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, nil
}

// row gives a copy of the row of the n-th reader, from 1.
func (l *memLedger) row(n int) subscribers.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *l.rows[n-1]
}

func (l *memLedger) setBroken(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
}
