package deliver_test

import (
	"sync/atomic"
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// worker is a process among others, as a test wants it.
type worker struct {
	lost    atomic.Bool
	present atomic.Int32
}

func (*worker) ID() int64      { return 7 }
func (w *worker) Valid() bool  { return !w.lost.Load() }
func (w *worker) Present() int { return int(w.present.Load()) }

// TestLostWorkerSendsNothingMore loses the place in every transaction of a run,
// the first and the later ones: nothing is sent after it, and what was claimed or
// begun and not sent is handed back.
func TestLostWorkerSendsNothingMore(t *testing.T) {
	for at := 1; at <= 8; at++ {
		w := &worker{}
		b := newBench(t, 12, nil)
		b.job.Worker = w
		sent := 0
		b.ledger.before = func(deliver.Exchange) error {
			if b.ledger.exchanges == at {
				w.lost.Store(true)
				sent = len(b.server.Taken())
			}
			return nil
		}
		b.run()
		c, _ := b.ledger.Counts(t.Context(), 7)
		// A message on the wire while the place is lost is finished.
		if n := len(b.server.Taken()); n > sent+3 || c[subscribers.Delivered] != n {
			t.Errorf("lost at %d with %d sent: %d are sent then, %v", at, sent, n, c)
		}
		if c[subscribers.Queued] != 12-c[subscribers.Delivered] {
			t.Errorf("lost at %d: left behind %v", at, c)
		}
	}
}

// TestRateIsSharedByThosePresent also has one join and leave in mid-send.
func TestRateIsSharedByThosePresent(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after int32
		least, most   time.Duration
	}{
		{"alone", 1, 1, 29 * time.Second, 31 * time.Second},
		{"three", 3, 3, 87 * time.Second, 93 * time.Second},
		{"one joins", 1, 2, 42 * time.Second, 48 * time.Second},
		{"one leaves", 2, 1, 42 * time.Second, 48 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &worker{}
			w.present.Store(tt.before)
			b := newBench(t, 30, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "BODY" && st.To == "reader15@example.org" {
					w.present.Store(tt.after)
				}
				return smtptest.Act{}
			}, func(o *deliver.Options) { o.Rate, o.Concurrency = 1, 1 })
			b.job.Worker = w
			began := b.clock.Now()
			b.run()
			if took := b.clock.Now().Sub(began); took < tt.least || took > tt.most {
				t.Errorf("30 messages at 1 a second took %v", took)
			}
			b.exactlyOnce()
		})
	}
}

// TestFewAreClaimedAhead looks at every exchange: a process
// holds no more rows than it soon sends.
func TestFewAreClaimedAhead(t *testing.T) {
	for rate, most := range map[float64]int{0: 500 + 2*3, 1000: 4} {
		b := newBench(t, 60, nil, func(o *deliver.Options) { o.Rate = rate })
		ahead := 0
		b.ledger.before = func(x deliver.Exchange) error {
			for _, row := range b.ledger.rows {
				if row.State == subscribers.Claimed {
					ahead++
				}
			}
			if ahead > most || x.Claim > most {
				t.Errorf("rate %v: %d rows are claimed, %d more asked for", rate, ahead, x.Claim)
			}
			ahead = 0
			return nil
		}
		b.run()
		b.exactlyOnce()
	}
}

// TestMachineThatWasOff is off for days after a first try, or has its clock put
// back: the address is not given up for that.
func TestMachineThatWasOff(t *testing.T) {
	for _, off := range []time.Duration{60 * time.Hour, 30 * 24 * time.Hour, -5 * time.Hour, -30 * 24 * time.Hour} {
		b := newBench(t, 1, func(st smtptest.Step) smtptest.Act {
			if st.Verb == "RCPT" {
				return smtptest.Act{Reply: "450 4.2.0 later"}
			}
			return smtptest.Act{}
		})
		b.run()
		b.clock.Set(b.clock.Now().Add(off))
		for tries := 2; tries <= 3; tries++ {
			s := b.run()
			if wait := s.NextTry.Sub(b.clock.Now()); off < 0 && tries == 2 {
				b.clock.Advance(wait) // it waits for its moment, as it would have
				s = b.run()
			}
			if failed := s.Counts[subscribers.Failed]; failed != 0 && tries < 3 {
				t.Errorf("off for %v: given up at try %d", off, tries)
			}
			b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
		}
	}
}
