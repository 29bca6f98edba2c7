package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// Progress is told how far the mailing of an issue is.
type Progress func(Standing)

// Standing is how far the mailing of an issue is, by its ledger: the work of all
// processes together.
type Standing struct {
	State  digest.IssueState
	Counts subscribers.Counts
	At     time.Time
	// Rate is how many mails a second were done over the last moments; 0 where it is not
	// known, or none was.
	Rate float64
	// Waits is when the next mail is due, if all that are left wait for a moment to come;
	// else zero.
	Waits time.Time
	// Why is what the sending waits for, as whoever sends said it last.
	Why digest.Waits
}

// Done counts the mails to which nothing more happens by itself.
func (s Standing) Done() int { return s.Counts.Total() - s.Counts.Open() }

// Waiting counts those that wait for their first try, or are being tried.
func (s Standing) Waiting() int { return s.Counts.Open() - s.Counts[subscribers.Deferred] }

// Left is how long the mails that are not deferred take at this rate; 0 where that is
// not known.
func (s Standing) Left() time.Duration {
	if s.Rate <= 0 || s.State != digest.Sending || !s.Waits.IsZero() {
		return 0
	}
	return time.Duration(float64(s.Waiting()) / s.Rate * float64(time.Second))
}

// Tally says the counts: "1204 sent, 3 deferred, 2 refused, 1 in doubt".
func (s Standing) Tally() string {
	c := s.Counts
	return fmt.Sprintf("%d sent, %d deferred, %d refused, %d in doubt", c[subscribers.Delivered], c[subscribers.Deferred], c[subscribers.Failed], c[subscribers.Uncertain])
}

// Pace says how fast it goes and how long it takes still; "" where neither is known. A
// mailing that waits says until when.
func (s Standing) Pace() string {
	switch left := s.Left(); {
	case s.State == digest.Paused:
		return "paused"
	case s.State != digest.Sending:
		return ""
	case s.Why.For != digest.WaitsForNothing:
		return "waits: " + s.Why.Why(ClockTime)
	case !s.Waits.IsZero():
		return "waits until " + s.Waits.UTC().Format("15:04") + " UTC"
	case left == 0:
		return ""
	default:
		return fmt.Sprintf("%.1f a second, %s left", s.Rate, LongTime(left))
	}
}

// ClockTime writes a moment as a time of the day.
func ClockTime(at time.Time) string { return at.UTC().Format("15:04:05") + " UTC" }

// LongTime says in words how long something takes still.
func LongTime(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("about %d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("about %d hours", int(d.Hours()+0.5))
}

// Standing tells how far the mailing of an issue is. Before is how it stood some moments
// ago; the zero value where that is not known.
func (s *Sender) Standing(ctx context.Context, issue digest.Issue, before Standing) (now Standing, err error) {
	r, err := s.Report(ctx, issue)
	if err != nil {
		return now, err
	}
	now = Standing{State: r.Issue.State, Counts: r.Counts, At: s.Clock.Now()}
	if took := now.At.Sub(before.At); !before.At.IsZero() && took > 0 {
		now.Rate = max(float64(now.Done()-before.Done())/took.Seconds(), 0)
	}
	if now.Why, err = s.Store.Waits(ctx, issue.ID); err != nil {
		return now, err
	}
	if now.State == digest.Sending && r.Counts[subscribers.InFlight]+r.Counts[subscribers.Claimed] == 0 {
		next, ok, err := s.Store.NextTry(ctx, issue.ID)
		if err != nil {
			return now, err
		}
		if ok && next.After(now.At) {
			now.Waits = next
		}
	}
	return now, nil
}

const (
	// tellEvery is how often a mailing that this process sends is told of, rateOver how
	// long ago its rate is measured from.
	tellEvery = 500 * time.Millisecond
	rateOver  = 10 * time.Second
	// logEvery is how often a worker logs how far it is.
	logEvery = time.Minute
)

// meter tells how far a mailing is, every now and then, with its rate over the last
// moments.
type meter struct {
	sender *Sender
	issue  digest.Issue
	tell   Progress
	told   []Standing // the newest last; the first is at least rateOver old, if any is
}

// look tells how it stands, if some time has passed or it must.
func (m *meter) look(ctx context.Context, must bool) error {
	var before Standing
	if len(m.told) > 0 {
		before = m.told[0]
		if !must && m.sender.Clock.Now().Sub(m.told[len(m.told)-1].At) < tellEvery {
			return nil
		}
	}
	now, err := m.sender.Standing(ctx, m.issue, before)
	if err != nil {
		return err
	}
	m.told = append(m.told, now)
	for len(m.told) > 2 && now.At.Sub(m.told[1].At) >= rateOver {
		m.told = m.told[1:]
	}
	m.tell(now)
	return nil
}

// isNews tells that an issue was told of in another state.
func (m *meter) isNews(state digest.IssueState) bool {
	return len(m.told) > 0 && m.told[len(m.told)-1].State != state
}

// logged logs every now and then how far a run is, which nobody watches.
func (s *Sender) logged(log *slog.Logger) func(deliver.Progress) {
	var last deliver.Progress
	at := s.Clock.Now()
	return func(p deliver.Progress) {
		now := s.Clock.Now()
		took := now.Sub(at)
		if last.Total == 0 {
			last = p
		}
		if took < logEvery {
			return
		}
		log.Info("sending", "done", p.Done, "of", p.Total, "sent", p.Sent, "deferred", p.Deferred, "refused", p.Failed, "in doubt", p.Uncertain,
			"a second", fmt.Sprintf("%.1f", float64(p.Done-last.Done)/took.Seconds()))
		last, at = p, now
	}
}
