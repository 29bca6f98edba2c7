package duty

import (
	"context"
	"time"

	"postbag/digest/work"
)

const (
	// bouncesEvery is the time between two looks at the mailboxes for bounces.
	bouncesEvery = time.Minute
	// refusalsEvery is the time between two looks at what servers refused.
	refusalsEvery = 5 * time.Minute
)

// firstBounces is at once, where there is a mailbox.
func (w *Worker) firstBounces() (time.Time, bool) { return w.Clock.Now(), w.Bounces != nil }

// bounces reads the mailboxes for bounces.
func (w *Worker) bounces(ctx context.Context, _ work.Lease) (time.Time, error) {
	err := w.Bounces(ctx)
	return w.Clock.Now().Add(bouncesEvery), err
}

// firstRefusals is at once.
func (w *Worker) firstRefusals() (time.Time, bool) { return w.Clock.Now(), w.Refusals != nil }

// refusals takes what servers refused for bounces.
func (w *Worker) refusals(ctx context.Context, _ work.Lease) (time.Time, error) {
	n, err := w.Refusals(ctx)
	if n > 0 {
		w.Log.Info("took refusals for bounces", "count", n)
	}
	return w.Clock.Now().Add(refusalsEvery), err
}
