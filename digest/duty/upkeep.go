package duty

import (
	"context"
	"errors"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

const (
	// pullAgain is the least time between two runs of one pull's duty.
	pullAgain = 30 * time.Second
	// cleanEvery is the time between two clean-ups.
	cleanEvery = time.Hour
	// workersKept is how long a process that ended is remembered.
	workersKept = 30 * 24 * time.Hour
)

// pull pulls a source, and makes what came ready to be searched. What became of it
// is logged by the puller and kept with the feeds, with the time of the next try.
func (w *Worker) pull(ctx context.Context, l work.Lease) (time.Time, error) {
	report, err := w.Pull(ctx, l.Subject)
	if err == nil && report.Entries > 0 {
		_, err = w.index(ctx, l)
	}
	again := w.Clock.Now().Add(pullAgain)
	if ctx.Err() != nil || digest.KindOf(err) == digest.Conflict && err != nil {
		return again, err // it was cut short, or another has the lease
	}
	return again, nil
}

// askAgain is how long the blogs are left alone when nobody wants anything; whoever does
// makes the duty due.
const askAgain = time.Hour

// ask asks the blogs about the issues for which somebody wants that.
func (w *Worker) ask(ctx context.Context, _ work.Lease) (time.Time, error) {
	err := w.Check.AskWaiting(ctx)
	return w.Clock.Now().Add(askAgain), err
}

// cleanUp removes what is kept for a time only.
func (w *Worker) cleanUp(ctx context.Context, _ work.Lease) (time.Time, error) {
	next := w.Clock.Now().Add(cleanEvery)
	n, err := w.Sweep(ctx)
	if n > 0 {
		w.Log.Info("removed sign-ups that were never confirmed", "count", n)
	}
	return next, errors.Join(err, w.Store.ForgetWorkers(ctx, workersKept))
}
