package deliver_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// TestTroubles sends to a server that misbehaves in one way, until nothing is
// left to do.
func TestTroubles(t *testing.T) {
	const readers = 30
	tests := []struct {
		name   string
		script func() func(smtptest.Step) smtptest.Act
		want   subscribers.Counts
		copies map[int]int // of reader n, where not 1
	}{
		{
			name: "421 at MAIL after four messages of a connection",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "MAIL" && st.Nth == 5 {
						return smtptest.Act{Reply: "421 4.7.0 too many messages on this connection"}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "hung up at MAIL without a word",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					return smtptest.Act{Cut: st.Verb == "MAIL" && st.Nth == 4}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "cut right after the 250",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "BODY" {
						return smtptest.Act{Reply: "250 2.0.0 taken", Cut: st.Nth%3 == 0}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "hung up at RCPT and at DATA now and then",
			script: func() func(smtptest.Step) smtptest.Act {
				var n atomic.Int32
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "RCPT" || st.Verb == "DATA" {
						return smtptest.Act{Cut: n.Add(1)%7 == 0}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "hung up in the middle of the message",
			script: func() func(smtptest.Step) smtptest.Act {
				var n atomic.Int32
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "DATA" && n.Add(1) == 4 {
						return smtptest.Act{Read: 50}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "everybody greylisted once",
			script: func() func(smtptest.Step) smtptest.Act {
				seen := newSeen()
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "RCPT" && seen.first(st.Arg) {
						return smtptest.Act{Reply: "450 4.7.1 Greylisted, come back later"}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "4xx to the message, once each",
			script: func() func(smtptest.Step) smtptest.Act {
				seen := newSeen()
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "BODY" && seen.first(st.To) {
						return smtptest.Act{Reply: "451 4.3.0 try again"}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "unknown at RCPT",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "RCPT" && strings.HasPrefix(st.Arg, "reader2") {
						return smtptest.Act{Reply: "550 5.1.1 no such user"}
					}
					return smtptest.Act{}
				}
			},
			want:   subscribers.Counts{subscribers.Delivered: readers - 11, subscribers.Failed: 11},
			copies: map[int]int{2: 0, 20: 0, 21: 0, 22: 0, 23: 0, 24: 0, 25: 0, 26: 0, 27: 0, 28: 0, 29: 0},
		},
		{
			name: "refused at DATA and after it",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					switch {
					case st.Verb == "DATA" && st.To == "reader3@example.org":
						return smtptest.Act{Reply: "554 5.5.1 no"}
					case st.Verb == "BODY" && st.To == "reader4@example.org":
						return smtptest.Act{Reply: "550 5.6.0 not like this"}
					}
					return smtptest.Act{}
				}
			},
			want:   subscribers.Counts{subscribers.Delivered: readers - 2, subscribers.Failed: 2},
			copies: map[int]int{3: 0, 4: 0},
		},
		{
			name: "a full mailbox is emptied",
			script: func() func(smtptest.Step) smtptest.Act {
				seen := newSeen()
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "RCPT" && st.Arg == "reader9@example.org" && seen.first(st.Arg) {
						return smtptest.Act{Reply: "552 5.2.2 mailbox full"}
					}
					return smtptest.Act{}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "taken, and cut before the answer",
			script: func() func(smtptest.Step) smtptest.Act {
				var n atomic.Int32
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "BODY" && st.To == "reader5@example.org" && n.Add(1) == 1 {
						return smtptest.Act{Take: true, Cut: true}
					}
					return smtptest.Act{}
				}
			},
			want:   subscribers.Counts{subscribers.Delivered: readers},
			copies: map[int]int{5: 2},
		},
		{
			name: "not taken, and cut before the answer",
			script: func() func(smtptest.Step) smtptest.Act {
				var n atomic.Int32
				return func(st smtptest.Step) smtptest.Act {
					return smtptest.Act{Cut: st.Verb == "BODY" && st.To == "reader5@example.org" && n.Add(1) == 1}
				}
			},
			want: subscribers.Counts{subscribers.Delivered: readers},
		},
		{
			name: "always taken, and always cut before the answer: once more, then a person decides",
			script: func() func(smtptest.Step) smtptest.Act {
				return func(st smtptest.Step) smtptest.Act {
					bad := st.Verb == "BODY" && st.To == "reader5@example.org"
					return smtptest.Act{Take: bad, Cut: bad}
				}
			},
			want:   subscribers.Counts{subscribers.Delivered: readers - 1, subscribers.Uncertain: 1},
			copies: map[int]int{5: 2},
		},
		{
			name: "nonsense in place of an answer",
			script: func() func(smtptest.Step) smtptest.Act {
				var n atomic.Int32
				return func(st smtptest.Step) smtptest.Act {
					if st.Verb == "BODY" && st.To == "reader6@example.org" && n.Add(1) == 1 {
						return smtptest.Act{Reply: "what was that?", Take: true}
					}
					return smtptest.Act{}
				}
			},
			want:   subscribers.Counts{subscribers.Delivered: readers},
			copies: map[int]int{6: 2},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, readers, tt.script())
			s := b.finish()
			if !s.Finished || s.Paused.Cause != "" {
				t.Errorf("summary %+v", s)
			}
			b.states(tt.want)
			copies := b.server.Copies()
			for n := 1; n <= readers; n++ {
				want, special := tt.copies[n]
				if !special {
					want = 1
				}
				email := fmt.Sprintf("reader%d@example.org", n)
				if copies[email] != want {
					t.Errorf("%s got %d copies, want %d", email, copies[email], want)
				}
			}
			oneIDPerReader(t, b.server.Taken())
		})
	}
}

// oneIDPerReader fails if a reader's copies do not carry the same Message-ID
// and Date, or two readers share one.
func oneIDPerReader(t *testing.T, taken []smtptest.Message) {
	t.Helper()
	ids := map[string]string{}
	bytes := map[string]string{}
	for _, m := range taken {
		if to, ok := ids[m.MessageID]; ok && to != m.To {
			t.Errorf("%s and %s share a Message-ID", to, m.To)
		}
		ids[m.MessageID] = m.To
		if b, ok := bytes[m.To]; ok && b != string(m.Data) {
			t.Errorf("the second copy for %s differs", m.To)
		}
		bytes[m.To] = string(m.Data)
	}
}

func TestFailedRowKeepsTheServersWords(t *testing.T) {
	b := newBench(t, 2, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" && st.Arg == "reader1@example.org" {
			return smtptest.Act{Reply: "550-5.1.1 no such user\r\n550 5.1.1 \x07here " + strings.Repeat("long ", 200)}
		}
		return smtptest.Act{}
	})
	b.run()
	row := b.ledger.row(1)
	if row.Code != 550 || !strings.HasPrefix(row.Reply, "5.1.1 no such user 5.1.1 here long") || len(row.Reply) > 500 {
		t.Errorf("row %+v", row)
	}
}

func TestHoldKeepsTheDoubtfulForAPerson(t *testing.T) {
	b := newBench(t, 10, func(st smtptest.Step) smtptest.Act {
		bad := st.Verb == "BODY" && st.To == "reader5@example.org"
		return smtptest.Act{Take: bad, Cut: bad}
	}, func(o *deliver.Options) { o.Ambiguous = subscribers.HoldUncertain })
	s := b.finish()
	if !s.Finished {
		t.Errorf("an uncertain row keeps the issue open: %+v", s)
	}
	b.states(subscribers.Counts{subscribers.Delivered: 9, subscribers.Uncertain: 1})
	b.exactlyOnce()
}

func TestDoubtfulWaitsAMinute(t *testing.T) {
	b := newBench(t, 1, func(st smtptest.Step) smtptest.Act {
		return smtptest.Act{Cut: st.Verb == "BODY"}
	})
	start := b.clock.Now()
	s := b.run()
	if got := s.NextTry.Sub(start); got != time.Minute {
		t.Errorf("next try after %v", got)
	}
	b.states(subscribers.Counts{subscribers.Deferred: 1})
}

func TestRetrySchedule(t *testing.T) {
	b := newBench(t, 1, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" {
			return smtptest.Act{Reply: "450 4.2.0 later"}
		}
		return smtptest.Act{}
	})
	var pauses []time.Duration
	for {
		s := b.run()
		if s.Finished {
			break
		}
		pause := s.NextTry.Sub(b.clock.Now())
		pauses = append(pauses, pause)
		b.clock.Advance(pause)
	}
	m, h := time.Minute, time.Hour
	want := []time.Duration{5 * m, 15 * m, 30 * m, h, 2 * h, 4 * h, 8 * h, 16 * h, 16 * h}
	if fmt.Sprint(pauses) != fmt.Sprint(want) {
		t.Errorf("pauses %v, want %v", pauses, want)
	}
	b.states(subscribers.Counts{subscribers.Failed: 1})
	if row := b.ledger.row(1); row.Cause != subscribers.Expired || row.Reply != "4.2.0 later" {
		t.Errorf("row %+v", row)
	}
}

func TestHandedBackClaimsCostNothing(t *testing.T) {
	// The only reader's first four connections end at MAIL; then she is
	// greylisted, and waits five minutes as if it were her first try.
	b := newBench(t, 1, func(st smtptest.Step) smtptest.Act {
		switch {
		case st.Verb == "MAIL" && st.Conn <= 4:
			return smtptest.Act{Cut: true}
		case st.Verb == "RCPT":
			return smtptest.Act{Reply: "450 4.2.0 later"}
		}
		return smtptest.Act{}
	})
	s := b.run()
	if got := s.NextTry.Sub(b.clock.Now()); got != 5*time.Minute {
		t.Errorf("next try in %v", got)
	}
}
