package deliver_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// limited is a server that takes so many messages in each minute of a clock.
type limited struct {
	clock *handClock
	most  int
	stage string // the command that it refuses
	reply string

	mu      sync.Mutex
	minute  time.Time
	taken   int
	refused int
}

func (l *limited) script(st smtptest.Step) smtptest.Act {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.clock.Now(); now.Sub(l.minute) >= time.Minute {
		l.minute, l.taken = now, 0
	}
	if st.Verb == l.stage {
		if l.taken >= l.most {
			l.refused++
			return smtptest.Act{Reply: l.reply}
		}
		l.taken++
	}
	return smtptest.Act{}
}

// TestServerThatTakesTwentyAMinute has a list for which a relay's limit makes a hundred
// minutes: it takes little longer, and the relay is not asked again and again.
func TestServerThatTakesTwentyAMinute(t *testing.T) {
	readers := 400
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		readers = 2000
	}
	ideal := time.Duration(readers/20) * time.Minute
	for _, domains := range []int{1, 40} {
		for _, l := range []*limited{
			{stage: "RCPT", reply: "450 4.7.1 too many messages, slow down"},
			{stage: "RCPT", reply: "450 4.2.1 try again later"},
			{stage: "RCPT", reply: "452 4.5.3 too many recipients"},
			{stage: "MAIL", reply: "421 4.7.0 try again later"},
			{stage: "MAIL", reply: "454 Throttling failure: Maximum sending rate exceeded."},
		} {
			t.Run(fmt.Sprintf("%s of %d domains", l.reply, domains), func(t *testing.T) {
				t.Parallel()
				l.most = 20
				b := newBench(t, readers, func(st smtptest.Step) smtptest.Act { return l.script(st) },
					func(o *deliver.Options) { o.Concurrency, o.DomainConnections = 10, 4 })
				l.mu.Lock()
				l.clock = b.clock
				l.mu.Unlock()
				for i := range b.ledger.readers {
					b.ledger.readers[i].Email = fmt.Sprintf("reader%d@d%d.example", i+1, i%domains)
				}
				began := b.clock.Now()
				s := b.throughWaits()
				took := b.clock.Now().Sub(began)
				l.mu.Lock()
				defer l.mu.Unlock()
				t.Logf("took %v, %d refusals", took, l.refused)
				if !s.Finished || s.Counts[subscribers.Delivered] != readers {
					t.Errorf("summary %+v", s)
				}
				// It takes some bursts to find out how much is taken, and in how long.
				if took > 3*ideal || l.refused > readers/2 {
					t.Errorf("took %v, with %d refusals", took, l.refused)
				}
			})
		}
	}
}

// throughWaits runs until nothing is left to do.
func (b *bench) throughWaits() (s deliver.Summary) {
	b.t.Helper()
	for range 5000 {
		var err error
		if s, err = b.sender.Run(b.t.Context(), b.job); err != nil {
			b.t.Fatal(err)
		}
		if s.Finished || s.NextTry.IsZero() {
			return s
		}
		b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
	}
	return s
}

// TestPauseDoublesWhileNothingIsTaken has a server, or one receiving domain, that takes
// nothing for two minutes: from one refusal to the next it is left alone for twice as long.
// In an hour no pause is longer than ten minutes.
func TestPauseDoublesWhileNothingIsTaken(t *testing.T) {
	tests := []struct{ name, stage, reply, of string }{
		{"the server", "RCPT", "454 4.7.0 throttled", "@"},
		{"the server at MAIL", "MAIL", "454 4.7.0 throttled", "@"},
		{"one domain", "RCPT", "450 4.7.28 unusual rate", "@slow.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var clock atomic.Pointer[handClock]
			var mu sync.Mutex
			var tries []time.Time
			b := newBench(t, 8, func(st smtptest.Step) smtptest.Act {
				if st.Verb != tt.stage || tt.stage == "RCPT" && !strings.Contains(st.Arg, tt.of) {
					return smtptest.Act{}
				}
				mu.Lock()
				defer mu.Unlock()
				tries = append(tries, clock.Load().Now())
				return smtptest.Act{Reply: tt.reply}
			}, func(o *deliver.Options) { o.Concurrency = 1 })
			clock.Store(b.clock)
			b.ledger.readers[0].Email = "one@slow.example"
			began := b.clock.Now()
			for b.clock.Now().Sub(began) < time.Hour {
				s := b.run()
				if s.NextTry.IsZero() {
					t.Fatalf("summary %+v", s)
				}
				b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
			}
			mu.Lock()
			defer mu.Unlock()
			pause, soon := time.Second, 0
			for i, at := range tries {
				if at.Sub(began) < 100*time.Second {
					soon++
				}
				if i == 0 || i == 1 && at.Equal(tries[0]) {
					continue // a second domain is asked before it is the server's refusal
				}
				if got := at.Sub(tries[i-1]); got != pause {
					t.Errorf("the pause before try %d is %v, not %v", i+1, got, pause)
				}
				pause = min(2*pause, 10*time.Minute)
			}
			if soon < 7 || soon > 8 || len(tries) < 14 {
				t.Errorf("%d tries in 100 seconds, %d in an hour", soon, len(tries))
			}
		})
	}
}

// TestBrakeOfAClockThatWasAhead has a quota used up by a clock that is decades ahead: once
// the clock is right, nothing waits for its time.
func TestBrakeOfAClockThatWasAhead(t *testing.T) {
	var full atomic.Bool
	b := newBench(t, 20, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && full.Load() {
			return smtptest.Act{Reply: "454 4.5.4 Daily sending quota exceeded"}
		}
		return smtptest.Act{}
	})
	right := b.clock.Now()
	full.Store(true)
	b.clock.Set(right.AddDate(70, 0, 0))
	if s := b.run(); s.Waits != deliver.WaitsForServer {
		t.Fatalf("summary %+v", s)
	}
	b.clock.Set(right)
	if s := b.run(); s.NextTry.Sub(right) > time.Hour {
		t.Errorf("refused by the right clock, the next try is at %v", s.NextTry)
	}
	full.Store(false)
	b.finish()
	b.exactlyOnce()
	if took := b.clock.Now().Sub(right); took > 18*time.Hour {
		t.Errorf("it took %v", took)
	}
}
