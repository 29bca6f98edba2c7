package poll

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

const (
	tellAfter = 24 * time.Hour // of failing, the editor is told
	goneAfter = 24 * time.Hour // between two answers that a feed is gone
)

// failed stores why the poll failed and when the schedule tries again: after a wait that
// doubles up to a day, and no sooner than the host asks for. A failed pull by hand puts
// the next poll off only if the host asks for that. The end of ctx is no failure of the
// feed. It notes what the editor has to know.
func (r *run) failed(ctx context.Context, cause error) {
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return
	}
	f, now := &r.feed, r.Clock.Now()
	f.LastError = cause.Error()
	if f.FailingSince.IsZero() || f.FailingSince.After(now) {
		f.FailingSince = now
	}
	wait := r.LeaveHost(ctx, cause)
	if wait > 0 {
		f.RetryAt = now.Add(wait)
	}
	if r.scheduled {
		f.Failures++
		wait = max(wait, r.BackOff(f.Failures))
	}
	next := now.Add(min(wait, pull.MaxInterval))
	if r.scheduled || wait > 0 && next.After(f.NextPoll) {
		f.NextPoll = next
	}
	switch {
	case pull.StatusOf(cause) == http.StatusGone:
		r.Note("%s", gone(f, now))
	case now.Sub(f.FailingSince) >= tellAfter:
		r.Note("the %s have failed since %s: %s", f.Kind, f.FailingSince.UTC().Format("2 January 15:04 MST"), f.LastError)
	}
	if err := r.Store.SaveFeed(ctx, *f, r.storedCatchUp); err != nil {
		r.Log.Error("the state of a feed could not be stored", "feed", f.URL, "error", err)
	}
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
