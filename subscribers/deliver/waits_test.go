package deliver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// slowClock is one by which nobody wakes before the context ends.
type slowClock struct {
	*handClock
	asleep chan struct{}
}

func (c slowClock) Sleep(ctx context.Context, _ time.Duration) error {
	select {
	case c.asleep <- struct{}{}:
	default:
	}
	<-ctx.Done()
	return ctx.Err()
}

// TestPauseEndsAWait pauses and withdraws an issue whose connections wait: for the rate,
// and before they connect again. The run ends, and nothing more is begun.
func TestPauseEndsAWait(t *testing.T) {
	for _, to := range []digest.IssueState{digest.Paused, digest.Withdrawn} {
		for _, waits := range []string{"rate", "reconnecting"} {
			t.Run(fmt.Sprintf("%s while %s", to, waits), func(t *testing.T) {
				asleep := make(chan struct{}, 1)
				b := newBench(t, 20, func(st smtptest.Step) smtptest.Act {
					return smtptest.Act{Cut: waits == "reconnecting" && st.Verb == "MAIL"}
				}, func(o *deliver.Options) {
					o.Clock = slowClock{o.Clock.(*handClock), asleep}
					if waits == "rate" {
						o.Rate.Second = 0.5
					}
				})
				ended := make(chan deliver.Summary, 1)
				go func() {
					s, err := b.sender.Run(t.Context(), b.job)
					if err != nil {
						t.Error(err)
					}
					ended <- s
				}()
				<-asleep
				for until := time.Now().Add(20 * time.Second); waits == "rate" && len(b.server.Taken()) == 0; {
					if time.Now().After(until) {
						t.Fatal("not even the first was sent")
					}
					time.Sleep(time.Millisecond)
				}
				b.ledger.mu.Lock()
				b.ledger.state = to
				b.ledger.mu.Unlock()
				sent := len(b.server.Taken())
				told := time.Now()
				select {
				case s := <-ended:
					if took := time.Since(told); took > 5*time.Second {
						t.Errorf("it took %v", took) // a second, and what a loaded machine adds
					}
					if s.State != to || s.Waits != "" {
						t.Errorf("summary %+v", s)
					}
				case <-time.After(30 * time.Second):
					t.Fatal("the wait goes on")
				}
				if n := len(b.server.Taken()); n != sent {
					t.Errorf("%d more were sent", n-sent)
				}
			})
		}
	}
}

// TestResumeDuringASlowReply pauses an issue while the server is slow about one message,
// and resumes it before the reply: the rest goes out meanwhile.
func TestResumeDuringASlowReply(t *testing.T) {
	slow, reply := make(chan struct{}), make(chan struct{})
	first := newSeen()
	b := newBench(t, 12, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "BODY" && first.first("slow") {
			close(slow)
			<-reply
		}
		return smtptest.Act{}
	})
	set := func(to digest.IssueState) {
		b.ledger.mu.Lock()
		defer b.ledger.mu.Unlock()
		b.ledger.state = to
	}
	stopped := make(chan struct{})
	told := newSeen()
	b.ledger.before = func(x deliver.Exchange) error {
		if b.ledger.state == digest.Sending && first.has("slow") && told.first("pause") {
			b.ledger.state = digest.Paused
			close(stopped)
		}
		return nil
	}
	ended := make(chan deliver.Summary, 1)
	go func() {
		s, err := b.sender.Run(t.Context(), b.job)
		if err != nil {
			t.Error(err)
		}
		ended <- s
	}()
	<-slow
	<-stopped
	paused := len(b.server.Taken())
	set(digest.Sending)
	for until := time.Now().Add(20 * time.Second); len(b.server.Taken()) < 11; {
		if time.Now().After(until) {
			t.Fatalf("%d were taken when it was paused, and %d since", paused, len(b.server.Taken())-paused)
		}
		time.Sleep(5 * time.Millisecond)
	}
	close(reply)
	if s := <-ended; !s.Finished || s.Counts[subscribers.Delivered] != 12 {
		t.Errorf("summary %+v", s)
	}
	b.exactlyOnce()
}
