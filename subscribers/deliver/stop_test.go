package deliver_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

func TestPauseIsSeenAtOnce(t *testing.T) {
	b := newBench(t, 200, func(st smtptest.Step) smtptest.Act {
		return smtptest.Act{Delay: time.Millisecond}
	})
	b.job.Progress = func(p deliver.Progress) {
		if p.Sent >= 10 {
			b.ledger.mu.Lock()
			if b.ledger.state == digest.Sending {
				b.ledger.state = digest.Paused
			}
			b.ledger.mu.Unlock()
		}
	}
	s := b.run()
	if s.State != digest.Paused || s.Finished || s.Paused.Cause != "" {
		t.Errorf("summary %+v", s)
	}
	if n := len(b.server.Taken()); n < 10 || n > 20 {
		t.Errorf("%d messages went out", n)
	}
	b.job.Progress = nil
	b.ledger.state = digest.Sending
	b.run()
	b.exactlyOnce()
}

func TestStopFinishesTheMessageOnTheWire(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, 50, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && st.Nth == 3 {
			cancel()
			return smtptest.Act{Delay: 200 * time.Millisecond}
		}
		return smtptest.Act{}
	})
	_, err := b.sender.Run(ctx, b.job)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	c, _ := b.ledger.Counts(t.Context(), 7)
	if c[subscribers.InFlight] != 0 || c[subscribers.Deferred] != 0 || c[subscribers.Queued] == 0 {
		t.Errorf("left behind: %v", c)
	}
	if c[subscribers.Delivered] != len(b.server.Taken()) {
		t.Errorf("%v, but the server took %d", c, len(b.server.Taken()))
	}
	b.run()
	b.exactlyOnce()
}

func TestStopDoesNotWaitForASlowServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var stalled atomic.Bool
	stalled.Store(true)
	b := newBench(t, 5, func(st smtptest.Step) smtptest.Act {
		if !stalled.Load() {
			return smtptest.Act{}
		}
		if st.Verb == "BODY" {
			cancel()
			return smtptest.Act{Mute: true, Take: true}
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Grace = 100 * time.Millisecond })
	start := time.Now()
	_, err := b.sender.Run(ctx, b.job)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	c, _ := b.ledger.Counts(t.Context(), 7)
	if c[subscribers.Deferred] == 0 || c[subscribers.InFlight] != 0 || c[subscribers.Deferred] > 3 {
		t.Errorf("a message in doubt must wait for its second try: %v", c)
	}
	stalled.Store(false)
	b.finish()
	for to, n := range b.server.Copies() {
		if n > 2 {
			t.Errorf("%s got %d copies", to, n)
		}
	}
	if len(b.server.Copies()) != 5 {
		t.Errorf("readers lost: %v", b.server.Copies())
	}
}

// TestStopWithinTenSeconds has the defaults, a server that does not answer the
// message and not the farewell, and a ledger that hangs.
func TestStopWithinTenSeconds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var b *bench
	var well atomic.Bool
	stuck := make(chan struct{})
	b = newBench(t, 20, func(st smtptest.Step) smtptest.Act {
		switch {
		case well.Load():
			return smtptest.Act{}
		case st.Verb == "BODY" && st.Conn == 2:
			b.ledger.hung.Store(true)
			cancel()
			close(stuck)
			return smtptest.Act{Mute: true}
		case st.Verb == "BODY" && st.Nth == 2:
			// On a busy machine the first connection could carry everything before
			// the second has opened.
			<-stuck
		}
		return smtptest.Act{Mute: st.Verb == "QUIT"}
	})
	start := time.Now()
	if _, err := b.sender.Run(ctx, b.job); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 15*time.Second { // nine, and what a busy machine adds
		t.Errorf("stopping took %v", took)
	}
	// The results are not forgotten.
	b.ledger.hung.Store(false)
	well.Store(true)
	b.finish()
	for to, n := range b.server.Copies() {
		if n != 1 {
			t.Errorf("%s got %d copies", to, n)
		}
	}
}

func TestLedgerThatCannotBeWritten(t *testing.T) {
	b := newBench(t, 50, nil)
	full := errors.New("disk full")
	var sentAtFailure int
	b.ledger.before = func(x deliver.Exchange) error {
		if b.ledger.broken == nil && b.ledger.exchanges == 8 {
			b.ledger.broken = full
			sentAtFailure = len(b.server.Taken())
		}
		return nil
	}
	_, err := b.sender.Run(t.Context(), b.job)
	if !errors.Is(err, full) {
		t.Fatalf("error %v", err)
	}
	if n := len(b.server.Taken()) - sentAtFailure; n > 2 {
		t.Errorf("%d messages went out that cannot be recorded", n)
	}
	b.ledger.setBroken(nil)
	b.ledger.before = nil
	b.finish()
	b.exactlyOnce()
}

func TestUncleanEndIsRecovered(t *testing.T) {
	for _, policy := range []subscribers.Ambiguity{subscribers.Resend, subscribers.HoldUncertain} {
		t.Run(string(policy), func(t *testing.T) {
			b := newBench(t, 5, nil, func(o *deliver.Options) { o.Ambiguous = policy })
			// A process died with two rows in flight and one that it had not begun.
			if _, err := b.ledger.Begin(t.Context(), b.job.Mailing, false); err != nil {
				t.Fatal(err)
			}
			now := b.clock.Now()
			x, err := b.ledger.Exchange(t.Context(), deliver.Exchange{IssueID: 7, Claim: 3, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.ledger.Exchange(t.Context(), deliver.Exchange{IssueID: 7, Begin: x.Claimed[:2], Now: now}); err != nil {
				t.Fatal(err)
			}
			s := b.run()
			if policy == subscribers.HoldUncertain {
				b.states(subscribers.Counts{subscribers.Delivered: 3, subscribers.Uncertain: 2})
				return
			}
			b.states(subscribers.Counts{subscribers.Delivered: 3, subscribers.Deferred: 2})
			if s.NextTry.Sub(b.clock.Now()) != time.Minute {
				t.Errorf("next try %v", s.NextTry)
			}
			b.finish()
			b.exactlyOnce()
		})
	}
}
