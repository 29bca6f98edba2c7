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
	// indexEvery is the time between two looks at what is not indexed yet.
	// indexPause, between batches, is for other processes that write.
	indexEvery = time.Minute
	indexPause = 50 * time.Millisecond
	// cleanEvery is the time between two clean-ups.
	cleanEvery = time.Hour
	// workersKept is how long a process that ended is remembered.
	workersKept = 30 * 24 * time.Hour
)

// pull pulls a source. What became of it is logged by the puller and kept with
// the feeds, with the time of the next try.
func (w *Worker) pull(ctx context.Context, l work.Lease) (time.Time, error) {
	_, err := w.Pull(ctx, l.Subject)
	again := w.Clock.Now().Add(pullAgain)
	if ctx.Err() != nil || digest.KindOf(err) == digest.Conflict && err != nil {
		return again, err // it was cut short, or another has the lease
	}
	return again, nil
}

// index brings the search index up to date, and then what repeats or quotes. It
// gives way to whoever else writes.
func (w *Worker) index(ctx context.Context, _ work.Lease) (time.Time, error) {
	for {
		n, err := w.Store.Index(ctx, 0)
		if n == 0 && err == nil {
			n, err = w.Store.PrintAhead(ctx)
		}
		if n == 0 && err == nil {
			n, err = w.Store.LinkNear(ctx, 0)
		}
		if digest.KindOf(err) == digest.Unavailable && err != nil {
			w.Log.Debug("the search index waits", "err", err)
			n, err = 0, nil
		}
		if n == 0 || err != nil {
			return w.Clock.Now().Add(indexEvery), err
		}
		if err := (digest.SystemClock{}).Sleep(ctx, indexPause); err != nil {
			return time.Time{}, err
		}
	}
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
