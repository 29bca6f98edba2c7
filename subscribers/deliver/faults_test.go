package deliver_test

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// once answers the first time that a verb comes for reader2.
func once(verb string, act smtptest.Act) func() func(smtptest.Step) smtptest.Act {
	return func() func(smtptest.Step) smtptest.Act {
		var n atomic.Int32
		return func(st smtptest.Step) smtptest.Act {
			if st.Verb == verb && (st.Arg == "reader2@example.org" || st.To == "reader2@example.org") && n.Add(1) == 1 {
				return act
			}
			return smtptest.Act{}
		}
	}
}

const askedBefore = "the message asked for before DATA"

// TestFaults has one thing go wrong with the second of four readers, over one
// connection, and looks at that reader's row after the first run and at the end, and at
// how many copies the server took. Everybody else gets one copy at once.
func TestFaults(t *testing.T) {
	const (
		queued    = subscribers.Queued
		deferred  = subscribers.Deferred
		sent      = subscribers.Delivered
		failed    = subscribers.Failed
		uncertain = subscribers.Uncertain
	)
	unasked := func(verb, words string) func() func(smtptest.Step) smtptest.Act {
		return once(verb, smtptest.Act{Unasked: words})
	}
	reply := func(verb, words string) func() func(smtptest.Step) smtptest.Act {
		return once(verb, smtptest.Act{Reply: words})
	}
	tests := []struct {
		name        string
		script      func() func(smtptest.Step) smtptest.Act
		first, last subscribers.DeliveryState
		cause       subscribers.Cause // after the first run
		copies      int
		early       bool // an answer to what was not sent yet
	}{
		{"421 at MAIL", func() func(smtptest.Step) smtptest.Act {
			return func(st smtptest.Step) smtptest.Act {
				if st.Verb == "MAIL" && st.Conn == 1 && st.Nth == 2 {
					return smtptest.Act{Reply: "421 4.3.2 bye"}
				}
				return smtptest.Act{}
			}
		}, sent, sent, subscribers.Accepted, 1, false},
		{"450 at RCPT, then taken", reply("RCPT", "450 4.2.0 greylisted"), deferred, sent, subscribers.TryLater, 1, false},
		{"451 at DATA, then taken", reply("DATA", "451 4.3.0 local error"), deferred, sent, subscribers.TryLater, 1, false},
		{"451 after the message", reply("BODY", "451 4.3.0 local error"), deferred, sent, subscribers.TryLater, 1, false},
		{"550 at RCPT", reply("RCPT", "550 5.1.1 no such user"), failed, failed, subscribers.AddressRefused, 0, false},
		{"550 after the message", reply("BODY", "550 5.6.0 not like this"), failed, failed, subscribers.MessageRefused, 0, false},
		{"552 at RCPT", reply("RCPT", "552 5.2.2 mailbox full"), deferred, sent, subscribers.MailboxFull, 1, false},
		{"552 after the message", reply("BODY", "552 too much"), deferred, sent, subscribers.MailboxFull, 1, false},
		{"dropped at RCPT", once("RCPT", smtptest.Act{Cut: true}), queued, sent, subscribers.NoConnection, 1, false},
		{"dropped after DATA", once("DATA", smtptest.Act{Cut: true}), queued, sent, subscribers.NoConnection, 1, false},
		{"dropped in the message", once("DATA", smtptest.Act{Read: 40}), deferred, sent, subscribers.NoAnswer, 1, false},
		{"taken and dropped", once("BODY", smtptest.Act{Take: true, Cut: true}), deferred, sent, subscribers.NoAnswer, 2, false},
		{"taken, answered and dropped", once("BODY", smtptest.Act{Reply: "250 2.0.0 taken", Cut: true}), sent, sent, subscribers.Accepted, 1, false},
		{"refused, and 354 all the same", func() func(smtptest.Step) smtptest.Act {
			return func(st smtptest.Step) smtptest.Act {
				switch {
				case st.Verb == "RCPT" && st.Arg == "reader2@example.org":
					return smtptest.Act{Reply: "550 5.1.1 no such user"}
				case st.Verb == "DATA" && st.To == "":
					return smtptest.Act{Reply: "354 go on"}
				}
				return smtptest.Act{}
			}
		}, failed, failed, subscribers.AddressRefused, 0, false},
		{"one reply too many at RCPT", unasked("RCPT", "250 2.1.5 once more"), queued, sent, "", 1, false},
		{askedBefore, unasked("RCPT", "354 go on"), queued, sent, "", 1, false},
		{"a refusal of somebody else after RCPT", unasked("RCPT", "550 5.1.1 reader9: no such user"), queued, sent, "", 1, false},
		{"taken before the message was sent", unasked("DATA", "250 2.0.0 taken"), queued, sent, "", 1, true},
		{"refused before the message was sent", unasked("DATA", "550 5.1.1 reader9: no such user"), queued, sent, "", 1, true},
		{"one reply too many after the message", unasked("BODY", "250 2.0.0 taken"), sent, sent, subscribers.Accepted, 1, false},
		{"somebody else refused after the message", unasked("BODY", "550 5.1.1 reader9: no such user"), sent, sent, subscribers.Accepted, 1, false},
		{"421 said right after the answer", unasked("BODY", "421 4.3.2 bye"), sent, sent, subscribers.Accepted, 1, false},
		{"an answer of another command", reply("RCPT", "354 go on"), queued, sent, subscribers.SenderRefused, 1, false},
		{"nonsense in place of an answer", reply("BODY", "what was that?"), deferred, sent, subscribers.NoAnswer, 1, false},
		{"a stall", once("DATA", smtptest.Act{Delay: 100 * time.Millisecond}), sent, sent, subscribers.Accepted, 1, false},
	}
	for _, offer := range [][]string{{"8BITMIME", "ENHANCEDSTATUSCODES"}, {"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"}} {
		for way, name := range map[smtptest.Writing]string{smtptest.EachInOneWrite: "each reply", smtptest.ByteByByte: "each byte", smtptest.Gathered: "all replies"} {
			for _, tt := range tests {
				if tt.early && way == smtptest.ByteByByte ||
					tt.name == askedBefore && offer[0] == "PIPELINING" && way != smtptest.Gathered {
					continue // nobody can tell it from the answer that is due
				}
				t.Run(fmt.Sprintf("%s/%s in one write/%s", offer[0], name, tt.name), func(t *testing.T) {
					t.Parallel()
					b := newBench(t, 4, tt.script(), func(o *deliver.Options) { o.Concurrency = 1 })
					b.server.Offer(offer...)
					b.server.Write(way)
					b.run()
					row := b.ledger.row(2)
					if way != smtptest.ByteByByte && (row.State != tt.first || tt.cause != "" && row.Cause != tt.cause) {
						t.Errorf("after the first run the row is %s (%s: %d %s %s)", row.State, row.Cause, row.Code, row.Reply, row.Error)
					}
					for n := range 4 {
						if other := b.ledger.row(n + 1); n != 1 && (other.State == failed || other.State == uncertain) {
							t.Errorf("reader%d, to whom nothing happened, is %s (%d %s)", n+1, other.State, other.Code, other.Reply)
						}
					}
					b.finish()
					if row := b.ledger.row(2); row.State != tt.last {
						t.Errorf("at the end the row is %s (%s: %d %s %s)", row.State, row.Cause, row.Code, row.Reply, row.Error)
					}
					want := map[string]int{"reader1@example.org": 1, "reader3@example.org": 1, "reader4@example.org": 1}
					if tt.copies > 0 {
						want["reader2@example.org"] = tt.copies
					}
					if got := b.server.Copies(); fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("the server took %v, want %v", got, want)
					}
					oneIDPerReader(t, b.server.Taken())
				})
			}
		}
	}
}

// TestFailingSTARTTLS touches no row, and sending goes on once the server is cured.
func TestFailingSTARTTLS(t *testing.T) {
	b := newBench(t, 4, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "STARTTLS" {
			return smtptest.Act{Reply: "454 4.7.0 TLS not available"}
		}
		return smtptest.Act{}
	})
	b.server.Secure(&tls.Config{})
	if _, err := b.sender.Run(t.Context(), b.job); digest.KindOf(err) != digest.Unavailable {
		t.Errorf("it gives %v", err)
	}
	b.states(subscribers.Counts{subscribers.Queued: 4})
	if row := b.ledger.row(1); row.Attempts != 0 || len(b.server.Taken()) != 0 {
		t.Errorf("row %+v, %d messages taken", row, len(b.server.Taken()))
	}
	b.server.Stop()
	b.server = smtptest.Start(t, nil)
	cured := deliver.New(deliver.Options{Ledger: b.ledger, Transport: transport(t, "smtp://"+b.server.Addr, ""), Clock: b.clock})
	if s, err := cured.Run(t.Context(), b.job); err != nil || !s.Finished {
		t.Errorf("then it gives %+v, %v", s, err)
	}
	b.exactlyOnce()
}
