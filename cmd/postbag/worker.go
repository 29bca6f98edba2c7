package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
	"postbag/subscribers/signup"
)

// How often the worker looks for mail to send without being told, in the
// program's own time; and how soon it tries again to take a place it lost.
const (
	mailEvery   = 2 * time.Second
	noticeEvery = 2 * time.Second
	joinEvery   = 2 * time.Second
)

// worker does what is due, beside others who work on the same database.
type worker struct {
	*app
	puller *pull.Puller
	post   *postOffice
	signup *signup.Service
	begun  map[int64]bool // issues that this place has looked at whole; the mail loop's own
	joined time.Time      // when this place was taken, by the machine's clock

	mu     sync.Mutex
	warned map[string]bool // what the log has said once
}

func newWorker(a *app, puller *pull.Puller, post *postOffice, readers *signup.Service) *worker {
	return &worker{app: a, puller: puller, post: post, signup: readers, begun: map[int64]bool{}, warned: map[string]bool{}}
}

// by is this worker, as who changes something.
func (w *worker) by() digest.Actor {
	return digest.Actor{Kind: digest.ByWorker, Name: w.joining().Name}
}

// warnOnce logs a warning about an issue the first time only.
func (w *worker) warnOnce(issue digest.Issue, message string, attrs ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := fmt.Sprint(issue.ID, message)
	if !w.warned[key] {
		w.warned[key] = true
		w.log.Warn(message, append([]any{"issue", issue.Number}, attrs...)...)
	}
}

// joining names this process among those that work on the database.
func (a *app) joining() store.Joining {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return store.Joining{Name: fmt.Sprintf("%s:%d", host, os.Getpid()), Lease: a.settings.Lease}
}

// runFrom works from a place until ctx ends. When the place is lost, the work
// stops, and goes on from another: what was held meanwhile is others'.
func (w *worker) runFrom(ctx context.Context, place work.Place) {
	for {
		w.run(place)
		place.Leave()
		if ctx.Err() != nil {
			return
		}
		w.log.Error("the worker stops", "err", context.Cause(place.Context()))
		var err error
		if place, err = w.joinAgain(ctx); err != nil {
			return
		}
		w.log.Info("the worker goes on")
	}
}

// joinAgain tries to take a place until ctx ends.
func (w *worker) joinAgain(ctx context.Context) (work.Place, error) {
	for {
		if err := w.p.Clock.Sleep(ctx, joinEvery); err != nil {
			return nil, err
		}
		place, err := w.db.Join(ctx, w.joining())
		if err == nil {
			return place, nil
		}
		w.log.Debug("the worker waits for its place", "err", err)
	}
}

// run works from a place until its context ends. Mail has loops of its own beside
// the duties, so that a slow blog does not keep it waiting.
func (w *worker) run(place work.Place) {
	ctx := place.Context()
	clear(w.begun)
	w.joined = time.Now()
	var all sync.WaitGroup
	all.Go(func() {
		if w.planned(ctx) == nil {
			runner := w.runner()
			runner.Run(place)
		}
	})
	all.Go(func() { w.loop(ctx, "mail", mailEvery, func(ctx context.Context) error { return w.mail(ctx, place) }) })
	all.Go(func() {
		w.loop(ctx, "notices", noticeEvery, func(ctx context.Context) error { return w.post.notices(ctx, place) })
	})
	all.Wait()
}

// loop does something again and again, and sooner when told that something may be
// due. After a failure it waits twice as long as the time before, up to a quarter
// of an hour.
func (w *worker) loop(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	const longest = 15 * time.Minute
	wakes := w.db.Wakes(ctx)
	wait := every
	for ctx.Err() == nil {
		err := do(ctx)
		switch {
		case err == nil, errors.Is(err, context.Canceled):
			wait = every
			work.Wait(ctx, w.p.Clock, wait, wakes)
			continue
		default:
			wait = min(2*max(wait, 5*time.Second), longest)
			w.log.Error("the worker failed", "at", name, "err", err, "hint", digest.HintOf(err), "again_in", wait)
		}
		work.Wait(ctx, w.p.Clock, wait)
	}
}

// mail works off the issues that are being sent, each as far as rows are due:
// every worker its share of the rows.
func (w *worker) mail(ctx context.Context, place work.Place) error {
	if held, err := w.isHeld(ctx); held || err != nil {
		return err
	}
	if w.settings.Rate > 0 && place.Present() > 1 && time.Since(w.joined) < w.settings.Lease/2 {
		return nil // the others do not know yet that the rate is shared with this one
	}
	issues, err := w.db.IssuesIn(ctx, digest.Sending)
	if err != nil {
		return err
	}
	var failed []error
	for _, issue := range issues {
		summary, err := w.mailOne(ctx, place, issue)
		if err != nil {
			// What a failed run knows and could not store is settled by the next.
			delete(w.begun, issue.ID)
			failed = append(failed, err)
		}
		if err != nil && digest.KindOf(err) == digest.Unavailable {
			break // the mail server's trouble is every issue's
		}
		if summary.Finished {
			w.log.Info("sent", "issue", issue.Number, slog.Any("counts", summary.Counts))
		}
	}
	return errors.Join(failed...)
}

// mailOne works one issue off, unless nothing of it is due.
func (w *worker) mailOne(ctx context.Context, place work.Place, listed digest.Issue) (deliver.Summary, error) {
	next, ok, err := w.db.NextTry(ctx, listed.ID)
	if err != nil {
		return deliver.Summary{}, err
	}
	if ok && next.After(w.p.Clock.Now()) && w.begun[listed.ID] {
		stranded, err := w.db.Stranded(ctx, listed.ID, place.ID())
		if err != nil || !stranded {
			return deliver.Summary{}, err
		}
	}
	w.begun[listed.ID] = true
	series, err := w.post.series(ctx, listed)
	if err != nil {
		return deliver.Summary{}, err
	}
	issue, err := w.db.Issue(ctx, listed.SeriesID, listed.Number)
	if err != nil {
		return deliver.Summary{}, err
	}
	return w.post.deliver(ctx, place, issue, series, nil)
}
