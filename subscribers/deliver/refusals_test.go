package deliver_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

func TestRefusedSenderPausesTheIssue(t *testing.T) {
	tests := []struct{ name, verb, reply string }{
		{"policy at the end of the message", "BODY", "550 5.7.515 Access denied, sending domain does not meet the required authentication level"},
		{"authentication", "BODY", "550-5.7.26 Your email has been blocked because the sender is unauthenticated"},
		{"alignment, for now", "BODY", "421-4.7.32 Your email has been rate limited"},
		{"sender refused at MAIL", "MAIL", "550 5.7.1 sender not owned by user"},
		{"unverified sender without a code", "BODY", "554 Message rejected: Email address is not verified."},
		{"unverified domain", "MAIL", "550 5.7.1 Sender domain not verified"},
		{"blocked at RCPT", "RCPT", "554 Service unavailable; Client host [192.0.2.1] blocked using a list"},
		{"421 for all", "MAIL", "421 4.3.2 closing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reply := strings.Replace(tt.reply, "-", " ", 1)
			var mended atomic.Bool
			b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
				if st.Verb == tt.verb && !mended.Load() {
					return smtptest.Act{Reply: reply}
				}
				return smtptest.Act{}
			})
			s := b.run()
			if s.State != digest.Paused || s.Paused.Cause == "" || b.ledger.reason != s.Paused.Detail {
				t.Fatalf("summary %+v", s)
			}
			if unverified := strings.Contains(tt.reply, "not verified") || strings.Contains(tt.reply, "not owned"); unverified != (s.Paused.Cause == digest.PauseUnverified) || unverified != (s.Paused.Cause.Advice() != "") {
				t.Errorf("the cause is %q", s.Paused.Cause)
			}
			if !strings.Contains(s.Paused.Detail, reply[4:15]) {
				t.Errorf("the reason does not quote the server: %q", s.Paused.Detail)
			}
			c, _ := b.ledger.Counts(t.Context(), 7)
			if c.Open() != 100 {
				t.Errorf("rows were marked: %v", c)
			}
			if n := b.server.Steps(tt.verb); n > 12 {
				t.Errorf("%d messages were tried", n)
			}
			// Nothing is sent while it is paused; all of it once it goes on.
			before := b.server.Steps("CONNECT")
			if s := b.run(); s.State != digest.Paused || b.server.Steps("CONNECT") != before {
				t.Errorf("a paused issue was touched: %+v", s)
			}
			mended.Store(true)
			if err := b.ledger.SetIssueState(t.Context(), digest.Actor{}, 7, digest.Sending, digest.Pause{}, b.clock.Now(), digest.AsSeen{}); err != nil {
				t.Fatal(err)
			}
			b.finish()
			b.exactlyOnce()
		})
	}
}

// TestNothingIsClaimedAfterAReasonToPause looks at every exchange: from the one that
// settles the fifth refusal on, no row is begun and none is claimed.
func TestNothingIsClaimedAfterAReasonToPause(t *testing.T) {
	b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" {
			return smtptest.Act{Reply: "550 5.7.515 Access denied"}
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Concurrency = 1 })
	refused, before := 0, 0
	b.ledger.before = func(x deliver.Exchange) error {
		for _, r := range x.Settle {
			if r.Code == 550 {
				refused++
			}
		}
		switch {
		case refused < 5:
			before += len(x.Begin) + x.Claim
		case len(x.Begin) > 0 || x.Claim > 0:
			t.Errorf("after %d refusals %d rows are begun and %d claimed", refused, len(x.Begin), x.Claim)
		}
		return nil
	}
	if s := b.run(); s.Paused.Cause == "" || refused != 5 || before == 0 {
		t.Errorf("after %d refusals: %+v", refused, s)
	}
}

// TestSenderThatTheServerCannotTake has a sender with letters beyond ASCII and a
// server without SMTPUTF8: every message would meet the same, so nobody is
// marked.
func TestSenderThatTheServerCannotTake(t *testing.T) {
	for _, readers := range []int{3, 30} {
		b := newBench(t, readers, nil)
		b.job.From = from("jörg@example.net")
		s := b.run()
		if s.State != digest.Paused || !strings.Contains(s.Paused.Detail, "SMTPUTF8") {
			t.Errorf("summary %+v", s)
		}
		b.states(subscribers.Counts{subscribers.Queued: readers})
		b.job.From = from("joerg@example.net")
		if err := b.ledger.SetIssueState(t.Context(), digest.Actor{}, 7, digest.Sending, digest.Pause{}, b.clock.Now(), digest.AsSeen{}); err != nil {
			t.Fatal(err)
		}
		b.finish()
		b.exactlyOnce()
	}
}

// TestServerShortOfSpaceIsWaitedFor has a server that takes mail from nobody for
// a while. The issue goes on by itself.
func TestServerShortOfSpaceIsWaitedFor(t *testing.T) {
	for _, reply := range []string{"452 4.3.1 Insufficient system storage", "451 4.3.0 queue file write error", "450 4.4.2 try again later"} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			var short atomic.Int32
			short.Store(6)
			b := newBench(t, 30, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "MAIL" && st.Nth == 3 && short.Add(-1) >= 0 {
					return smtptest.Act{Reply: reply}
				}
				return smtptest.Act{}
			})
			start := b.clock.Now()
			if s := b.run(); !s.Finished || s.Paused.Cause != "" {
				t.Errorf("summary %+v", s)
			}
			b.exactlyOnce()
			if took := b.clock.Now().Sub(start); took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestServerShortOfSpaceForLong(t *testing.T) {
	var short atomic.Bool
	b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "MAIL" && short.Load() {
			return smtptest.Act{Reply: "452 4.3.1 Insufficient system storage"}
		}
		return smtptest.Act{}
	})
	short.Store(true)
	for range 20 {
		before, start := b.server.Steps("MAIL"), b.clock.Now()
		s, err := b.sender.Run(t.Context(), b.job)
		if digest.KindOf(err) != digest.Unavailable || !strings.Contains(err.Error(), "Insufficient system storage") {
			t.Fatalf("%+v, %v", s, err)
		}
		if s.State != digest.Sending || s.Paused.Cause != "" {
			t.Fatalf("paused: %+v", s)
		}
		if n := b.server.Steps("MAIL") - before; n > 15 || b.clock.Now().Sub(start) < 10*time.Second {
			t.Errorf("%d tries in %v", n, b.clock.Now().Sub(start))
		}
		b.clock.Advance(6 * time.Hour)
	}
	b.states(subscribers.Counts{subscribers.Queued: 100})
	short.Store(false)
	if s := b.run(); !s.Finished {
		t.Errorf("summary %+v", s)
	}
	b.exactlyOnce()
}

func TestAFewBlockedReadersDoNotPauseTheRest(t *testing.T) {
	blocked := newSeen()
	for n := 90; n < 98; n++ {
		blocked.first(fmt.Sprintf("reader%d@example.org", n))
	}
	b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" && !blocked.first(st.Arg) {
			return smtptest.Act{Reply: "550 5.7.1 your mail is not welcome here"}
		}
		return smtptest.Act{}
	})
	if s := b.run(); s.State != digest.Sending {
		t.Errorf("summary %+v", s)
	}
	b.states(subscribers.Counts{subscribers.Delivered: 92, subscribers.Queued: 8})
}

func TestTwoBlockedReadersAreRetriedAndGivenUp(t *testing.T) {
	b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" && (st.Arg == "reader1@example.org" || st.Arg == "reader50@example.org") {
			return smtptest.Act{Reply: "550 5.7.1 your mail is not welcome here"}
		}
		return smtptest.Act{}
	})
	s := b.finish()
	if !s.Finished {
		t.Errorf("summary %+v", s)
	}
	b.states(subscribers.Counts{subscribers.Delivered: 98, subscribers.Failed: 2})
}

func TestServerThatIsNotThere(t *testing.T) {
	tests := []struct {
		name      string
		transport func(t *testing.T) deliver.Transport
		hint      string
	}{
		{"refused port", func(t *testing.T) deliver.Transport {
			s := smtptest.Start(t, nil)
			s.Stop()
			return transport(t, "smtp://"+s.Addr, "")
		}, "port"},
		{"no STARTTLS", func(t *testing.T) deliver.Transport {
			return transport(t, "smtp://"+smtptest.Start(t, nil).Addr+"?tls=starttls", "")
		}, "?tls=none"},
		{"wrong password", func(t *testing.T) deliver.Transport {
			s := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "AUTH" {
					return smtptest.Act{Reply: "535 5.7.8 wrong"}
				}
				return smtptest.Act{}
			})
			s.OfferAlso("AUTH PLAIN")
			return transport(t, "smtp://bus@"+s.Addr+"?tls=none", "secret word")
		}, "password"},
		{"turned away at the door", func(t *testing.T) deliver.Transport {
			return transport(t, "smtp://"+smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				return smtptest.Act{Reply: "554 5.3.2 not you"}
			}).Addr, "")
		}, "turns this machine away"},
		{"too busy at the door", func(t *testing.T) deliver.Transport {
			return transport(t, "smtp://"+smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				return smtptest.Act{Reply: "421 4.3.2 too busy"}
			}).Addr, "")
		}, "later"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, 20, nil)
			working := b.sender
			b.sender = deliver.New(deliver.Options{Ledger: b.ledger, Transport: tt.transport(t), Clock: b.clock, Concurrency: 3})
			_, err := b.sender.Run(t.Context(), b.job)
			if digest.KindOf(err) != digest.Unavailable || !strings.Contains(digest.HintOf(err), tt.hint) {
				t.Errorf("error %v, hint %q", err, digest.HintOf(err))
			}
			if strings.Contains(fmt.Sprint(err), "secret word") {
				t.Error("the error tells the password")
			}
			b.states(subscribers.Counts{subscribers.Queued: 20})
			for n := 1; n <= 20; n++ {
				if b.ledger.row(n).Attempts != 0 {
					t.Errorf("reader %d was touched", n)
				}
			}
			b.sender = working
			b.run()
			b.exactlyOnce()
		})
	}
}

func TestServerThatGoesAwayMidway(t *testing.T) {
	var b *bench
	var n atomic.Int32
	var away atomic.Bool
	b = newBench(t, 30, func(st smtptest.Step) smtptest.Act {
		if away.Load() {
			return smtptest.Act{Cut: true}
		}
		if st.Verb == "BODY" && n.Add(1) == 10 {
			away.Store(true)
		}
		return smtptest.Act{}
	})
	_, err := b.sender.Run(t.Context(), b.job)
	if digest.KindOf(err) != digest.Unavailable {
		t.Fatalf("error %v", err)
	}
	away.Store(false)
	b.finish()
	b.states(subscribers.Counts{subscribers.Delivered: 30})
	for to, copies := range b.server.Copies() {
		if copies > 2 {
			t.Errorf("%s got %d copies", to, copies)
		}
	}
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "AUTH" {
			return smtptest.Act{Reply: "535 5.7.8 wrong"}
		}
		return smtptest.Act{}
	})
	server.OfferAlso("AUTH PLAIN")
	b := newBench(t, 20, nil, func(o *deliver.Options) {
		o.Transport, o.Concurrency = transport(t, "smtp://bus@"+server.Addr+"?tls=none", "guess"), 10
	})
	if _, err := b.sender.Run(t.Context(), b.job); err == nil {
		t.Fatal("sent")
	}
	if n := server.Steps("AUTH"); n != 1 {
		t.Errorf("the password was tried %d times", n)
	}
}

func TestServerThatAllowsTwoConnections(t *testing.T) {
	b := newBench(t, 60, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "CONNECT" && st.Conn > 2 {
			return smtptest.Act{Reply: "421 4.7.0 too many connections"}
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Concurrency = 10 })
	if s := b.run(); !s.Finished {
		t.Errorf("summary %+v", s)
	}
	b.exactlyOnce()
}

// TestAPauseForOurFaultFailsNobody has a server that refuses the messages after some
// were taken. The readers it refused are in the queue once the issue pauses, a
// resume while it still refuses pauses after as few refusals as before, and once it
// takes mail again everybody gets theirs, after a pause longer than an address is tried.
func TestAPauseForOurFaultFailsNobody(t *testing.T) {
	for _, refusal := range []string{"550 content rejected as spam", "554 5.7.1 message refused", "550 5.7.26 unauthenticated"} {
		t.Run(refusal, func(t *testing.T) {
			t.Parallel()
			var taken, refused atomic.Int32
			var mended atomic.Bool
			b := newBench(t, 100, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "BODY" && !mended.Load() && taken.Add(1) > 30 {
					refused.Add(1)
					return smtptest.Act{Reply: refusal}
				}
				return smtptest.Act{}
			})
			var first int32
			for pause := range 3 {
				before := refused.Load()
				if s := b.run(); s.State != digest.Paused || s.Paused.Cause == "" {
					t.Fatalf("pause %d: %+v", pause, s)
				}
				n := refused.Load() - before
				if pause == 0 {
					first = n
				}
				if n > first+3 {
					t.Errorf("pause %d came after %d refusals, the first after %d", pause, n, first)
				}
				b.states(subscribers.Counts{subscribers.Delivered: 30, subscribers.Queued: 70})
				b.clock.Advance(72 * time.Hour)
				b.resume()
			}
			words := 0
			for n := 1; n <= 100; n++ {
				if row := b.ledger.row(n); row.State == subscribers.Queued && row.Reply != "" {
					words++
					if row.Attempts != 0 || !row.FirstTry.IsZero() {
						t.Errorf("reader %d does not get the full time: %+v", n, row)
					}
				}
			}
			if words == 0 {
				t.Error("no row keeps the server's words")
			}
			mended.Store(true)
			if s := b.finish(); !s.Finished {
				t.Errorf("summary %+v", s)
			}
			b.exactlyOnce()
		})
	}
}

// TestAddressesRefusedBeforeAPauseStayRefused has dead addresses among the readers of
// an issue that pauses: those are the readers' own.
func TestAddressesRefusedBeforeAPauseStayRefused(t *testing.T) {
	var mended atomic.Bool
	b := newBench(t, 60, func(st smtptest.Step) smtptest.Act {
		switch {
		case st.Verb == "RCPT" && (st.Arg == "reader1@example.org" || st.Arg == "reader2@example.org"):
			return smtptest.Act{Reply: "550 5.1.1 no such user"}
		case st.Verb == "BODY" && !mended.Load():
			return smtptest.Act{Reply: "550 content rejected as spam"}
		}
		return smtptest.Act{}
	})
	if s := b.run(); s.Paused.Cause == "" {
		t.Fatalf("summary %+v", s)
	}
	b.states(subscribers.Counts{subscribers.Failed: 2, subscribers.Queued: 58})
	mended.Store(true)
	b.resume()
	b.finish()
	b.states(subscribers.Counts{subscribers.Failed: 2, subscribers.Delivered: 58})
}

// TestAServerThatBeginsToRefuseLate is not asked a tenth of the whole list more.
func TestAServerThatBeginsToRefuseLate(t *testing.T) {
	var taken, refused atomic.Int32
	b := newBench(t, 2000, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && taken.Add(1) > 1500 {
			refused.Add(1)
			return smtptest.Act{Reply: "550 content rejected as spam"}
		}
		return smtptest.Act{}
	})
	if s := b.run(); s.Paused.Cause == "" || refused.Load() > 60 {
		t.Errorf("after %d refusals: %+v", refused.Load(), s)
	}
	b.states(subscribers.Counts{subscribers.Delivered: 1500, subscribers.Queued: 500})
}

// TestFewReadersThatAreAllRefusedPauseTheIssue has issues of so few readers that no
// share of them says anything.
func TestFewReadersThatAreAllRefusedPauseTheIssue(t *testing.T) {
	tests := []struct {
		name    string
		readers int
		own     string // what the last reader's server says
		paused  bool
		states  subscribers.Counts
	}{
		{"one", 1, "", true, subscribers.Counts{subscribers.Queued: 1}},
		{"four", 4, "", true, subscribers.Counts{subscribers.Queued: 4}},
		{"beside a dead address", 3, "550 5.1.1 no such user", true, subscribers.Counts{subscribers.Queued: 2, subscribers.Failed: 1}},
		{"beside one that takes it", 3, "250 ok", false, subscribers.Counts{subscribers.Failed: 2, subscribers.Delivered: 1}},
		{"only a dead address", 1, "550 5.1.1 no such user", false, subscribers.Counts{subscribers.Failed: 1}},
		{"beside one that waits", 3, "450 4.2.0 greylisted", true, subscribers.Counts{subscribers.Queued: 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			last := fmt.Sprintf("reader%d@example.org", tt.readers)
			var mended, greylisted atomic.Bool
			b := newBench(t, tt.readers, func(st smtptest.Step) smtptest.Act {
				switch {
				case st.Verb == "RCPT" && st.Arg == last && tt.own != "" && !greylisted.Swap(true):
					return smtptest.Act{Reply: tt.own}
				case st.Verb == "BODY" && !mended.Load() && (tt.own != "250 ok" || st.To != last):
					return smtptest.Act{Reply: "554 message rejected"}
				}
				return smtptest.Act{}
			})
			s := b.run()
			if !s.NextTry.IsZero() && s.Paused.Cause == "" {
				b.clock.Advance(s.NextTry.Sub(b.clock.Now()))
				s = b.run()
			}
			if (s.State == digest.Paused) != tt.paused || (s.Paused.Cause == digest.PauseRefused) != tt.paused {
				t.Errorf("summary %+v", s)
			}
			b.states(tt.states)
			if !tt.paused {
				return
			}
			mended.Store(true)
			b.resume()
			if s := b.finish(); !s.Finished || s.Counts[subscribers.Delivered] != tt.states[subscribers.Queued] {
				t.Errorf("at last %+v", s)
			}
		})
	}
}

// TestMostAddressesUnknown has a server that knows none of its readers, or few of them:
// the issue pauses before it has asked for all, nobody is marked, and it goes on for all
// once the server is cured, or a person says so.
func TestMostAddressesUnknown(t *testing.T) {
	for _, tt := range []struct {
		name           string
		readers, known int // the last ones are known
		paused         bool
		tried          int // at most
	}{
		{"all of 32", 32, 0, true, 30},
		{"all of 400", 400, 0, true, 30},
		{"all of 5", 5, 0, true, 5},
		{"all of 4", 4, 0, false, 4},
		{"half of 40, the first ones", 40, 20, true, 30},
		{"5 of 15, the last ones known", 15, 10, true, 15},
		{"the first 9 of 100", 100, 91, false, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var cured atomic.Bool
			unknown := newSeen()
			for n := 1; n <= tt.readers-tt.known; n++ {
				unknown.first(fmt.Sprintf("reader%d@example.org", n))
			}
			b := newBench(t, tt.readers, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "RCPT" && !cured.Load() && !unknown.first(st.Arg) {
					return smtptest.Act{Reply: "550 5.1.1 User unknown in local recipient table"}
				}
				return smtptest.Act{}
			}, func(o *deliver.Options) { o.Concurrency = 1 })
			s := b.run()
			if paused := s.Paused.Cause == digest.PauseUnknown; paused != tt.paused {
				t.Fatalf("summary %+v", s)
			}
			if !tt.paused {
				b.states(subscribers.Counts{subscribers.Failed: tt.readers - tt.known, subscribers.Delivered: tt.known})
				return
			}
			if c := s.Counts; c[subscribers.Failed] != 0 || c.Open()+c[subscribers.Delivered] != tt.readers {
				t.Errorf("somebody is marked: %v", c)
			}
			if n := b.server.Steps("RCPT"); n > tt.tried {
				t.Errorf("%d readers were tried", n)
			}
			for _, words := range []string{"User unknown in local recipient table", "of the last", "none of them was taken off the list"} {
				if !strings.Contains(s.Paused.Detail, words) {
					t.Errorf("the reason is %q", s.Paused.Detail)
				}
			}
			cured.Store(true)
			b.resume()
			b.finish()
			b.exactlyOnce()
		})
	}
}

// TestUnknownAddressesAreAskedAboutOnce lets an issue go on although its readers are
// unknown: it does not pause again for them.
func TestUnknownAddressesAreAskedAboutOnce(t *testing.T) {
	b := newBench(t, 60, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "RCPT" {
			return smtptest.Act{Reply: "550 5.1.1 no such user"}
		}
		return smtptest.Act{}
	})
	if s := b.run(); s.Paused.Cause != digest.PauseUnknown {
		t.Fatalf("summary %+v", s)
	}
	b.resume()
	if s := b.finish(); !s.Finished {
		t.Errorf("it went on to %+v", s)
	}
	b.states(subscribers.Counts{subscribers.Failed: 60})
}
