package pull

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postbag/digest"
)

const (
	tellAfter = 24 * time.Hour // of failing, the editor is told
	goneAfter = 24 * time.Hour // between two answers that a feed is gone
)

// failed stores why a poll failed and when the schedule tries again: doubling up
// to a day, for ever, and no sooner than the host asks for. A pull by hand that
// failed says nothing of how the schedule fares, so it only puts off the next
// poll, and only as the host asks. The end of ctx is no failure of the feed. It
// gives what the editor has to know.
func (p *Puller) failed(ctx context.Context, f digest.FeedState, held time.Time, scheduled bool, cause error) (notices []string) {
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return nil
	}
	now := p.opts.Clock.Now()
	f.LastError = cause.Error()
	if f.FailingSince.IsZero() || f.FailingSince.After(now) {
		f.FailingSince = now
	}
	wait := p.leaveHost(ctx, cause)
	if wait > 0 {
		f.RetryAt = now.Add(wait)
	}
	if scheduled {
		f.Failures++
		wait = max(wait, p.backOff(f.Failures))
	}
	next := now.Add(min(wait, MaxInterval))
	if scheduled || wait > 0 && next.After(f.NextPoll) {
		f.NextPoll = next
	}
	switch {
	case statusOf(cause) == http.StatusGone:
		notices = append(notices, gone(&f, now))
	case now.Sub(f.FailingSince) >= tellAfter:
		notices = append(notices, fmt.Sprintf("the %s have failed since %s: %s", f.Kind, f.FailingSince.UTC().Format("2 January 15:04 MST"), f.LastError))
	}
	if err := p.opts.Store.SaveFeed(ctx, f, held); err != nil {
		p.opts.Log.Error("the state of a feed could not be stored", "feed", f.URL, "error", err)
	}
	return notices
}

// leaveHost gives how long the host asks to be left alone that an error is the answer
// of; 0 if it does not. All feeds there are left alone as long, whichever process
// pulls them and whenever it was started.
func (p *Puller) leaveHost(ctx context.Context, cause error) time.Duration {
	status, ok := statusError(cause)
	if !ok || status.RetryAfter <= 0 {
		return 0
	}
	wait := min(status.RetryAfter, MaxInterval)
	if status.At == "" {
		return wait
	}
	if err := p.opts.Store.LeaveHost(ctx, status.At, p.opts.Clock.Now().Add(wait)); err != nil {
		p.opts.Log.Error("that a host asks to be left alone could not be stored", "host", status.At, "error", err)
	}
	return wait
}

// backOff is the wait after so many failures in a row.
func (p *Puller) backOff(failures int) time.Duration {
	wait := min(p.opts.Interval<<min(failures-1, 10), MaxInterval)
	return min(max(MinInterval, time.Duration(float64(wait)*(1+jitter*(2*p.opts.Random()-1)))), MaxInterval)
}

// gone notes that a feed says it is gone for good (RFC 9110, 15.5.11). Said a day
// apart, it is believed, and the schedule asks no more.
func gone(f *digest.FeedState, now time.Time) string {
	switch {
	case f.GoneSince.IsZero() || f.GoneSince.After(now):
		f.GoneSince = now
	case now.Sub(f.GoneSince) >= goneAfter:
		f.Stopped, f.NextPoll = true, time.Time{}
		return fmt.Sprintf("the %s are gone for good, the blog says again: the schedule does not ask for them any more; a pull by hand does", f.Kind)
	}
	return fmt.Sprintf("the blog says that its %s are gone for good; if it says so tomorrow, the schedule asks no more", f.Kind)
}
