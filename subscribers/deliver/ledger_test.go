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
	mailing subscribers.Mailing
	readers []subscribers.Subscriber
	rows    []*subscribers.Delivery
	left    map[int64]bool // subscribers who are not active any more

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

func (l *memLedger) Exchange(ctx context.Context, x deliver.Exchange) ([]subscribers.Delivery, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hung.Load() {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.exchanges++
	if l.before != nil {
		if err := l.before(x); err != nil {
			return nil, err
		}
	}
	if l.broken != nil {
		return nil, l.broken
	}
	for _, res := range x.Settle {
		row := l.rows[res.DeliveryID-1000]
		if row.State != subscribers.InFlight || row.Attempts != res.Attempts {
			continue
		}
		if len(res.Reply) > 500 || res.At.IsZero() {
			l.t.Errorf("result %+v", res)
		}
		if (res.State == subscribers.Deferred) && res.NextTry.IsZero() {
			l.t.Errorf("deferred without a time: %+v", res)
		}
		l.move(row, res.State)
		row.NextTry, row.Code, row.Reply, row.UpdatedAt = res.NextTry, res.Code, res.Reply, res.At
	}
	return l.claim(x), nil
}

func (l *memLedger) claim(x deliver.Exchange) []subscribers.Delivery {
	var out []subscribers.Delivery
	for _, row := range l.rows {
		if len(out) == x.Claim || l.state != digest.Sending {
			break
		}
		if row.State != subscribers.Queued && row.State != subscribers.Deferred || row.NextTry.After(x.Now) {
			continue
		}
		if l.left[row.SubscriberID] {
			l.move(row, subscribers.Cancelled)
			continue
		}
		l.move(row, subscribers.InFlight)
		row.Attempts++
		if row.FirstTry.IsZero() {
			row.FirstTry = x.Now
		}
		out = append(out, *row)
	}
	return out
}

func (l *memLedger) Recover(_ context.Context, r deliver.Recovery) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, row := range l.rows {
		if row.State != subscribers.InFlight {
			continue
		}
		n++
		if r.Policy == deliver.HoldUncertain {
			l.move(row, subscribers.Uncertain)
			continue
		}
		l.move(row, subscribers.Deferred)
		row.NextTry = r.Retry
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

func (l *memLedger) SetIssueState(_ context.Context, _ int64, to digest.IssueState, why digest.Pause, _ time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != to && !l.state.To(to) {
		return errors.New("no such move")
	}
	l.state, l.reason = to, why.Detail
	return l.broken
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
