package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/subscribers/deliver"
	"postbag/subscribers/signup"
)

// How often the worker looks for work, in the program's own time, and how late
// an issue may go out without asking.
const (
	pullEvery   = 30 * time.Second
	issueEvery  = 2 * time.Second
	noticeEvery = time.Second
	sweepEvery  = time.Hour
	indexEvery  = 5 * time.Second
	indexPause  = 50 * time.Millisecond // between batches, for other processes that write
	lockEvery   = 2 * time.Second

	// graceAfterDue is how long after its moment an approved issue still goes out
	// by itself: a machine that slept over the weekend sends; one found after a
	// month in a cupboard does not.
	graceAfterDue = 24 * time.Hour
)

// worker does what is due: it pulls, opens drafts, publishes and sends.
type worker struct {
	*app
	puller *pull.Puller
	post   *postOffice
	signup *signup.Service
	begun  map[int64]bool // issues that this process has looked at whole; the deliver duty's own

	mu     sync.Mutex
	warned map[string]bool // what the log has said once
}

func newWorker(a *app, puller *pull.Puller, post *postOffice, readers *signup.Service) *worker {
	return &worker{app: a, puller: puller, post: post, signup: readers, begun: map[int64]bool{}, warned: map[string]bool{}}
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

// runLocked works under the worker's lock until ctx ends. When the lock is lost,
// the work stops, and goes on when the lock could be taken again: another
// process that took it meanwhile keeps it.
func (w *worker) runLocked(ctx, held context.Context, release func()) {
	for {
		w.run(held)
		release()
		if ctx.Err() != nil {
			return
		}
		w.log.Error("the worker stops", "err", context.Cause(held))
		var err error
		if held, release, err = w.lockAgain(ctx); err != nil {
			return
		}
		clear(w.begun) // another process may have left rows in the middle
		w.log.Info("the worker goes on")
	}
}

// lockAgain tries to take the worker's lock until ctx ends.
func (w *worker) lockAgain(ctx context.Context) (held context.Context, release func(), err error) {
	for {
		if err := w.p.Clock.Sleep(ctx, lockEvery); err != nil {
			return nil, nil, err
		}
		held, release, err := w.db.LockWorker(ctx)
		if err == nil {
			return held, release, nil
		}
		w.log.Debug("the worker waits for its lock", "err", err)
	}
}

// run works until ctx ends. Each duty has a loop of its own, so that a slow blog
// does not keep a mail waiting; an error is logged and the duty tried again.
func (w *worker) run(ctx context.Context) {
	var all sync.WaitGroup
	for _, duty := range []struct {
		name  string
		every time.Duration
		do    func(context.Context) error
	}{
		{"pull", pullEvery, w.pull},
		{"issues", issueEvery, w.issues},
		{"deliver", issueEvery, w.deliver},
		{"notices", noticeEvery, w.post.notices},
		{"sweep", sweepEvery, w.sweep},
		{"index", indexEvery, w.index},
	} {
		all.Go(func() { w.loop(ctx, duty.name, duty.every, duty.do) })
	}
	all.Wait()
}

// loop does a duty again and again. After a failure it waits twice as long as
// the time before, up to a quarter of an hour.
func (w *worker) loop(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	const longest = 15 * time.Minute
	wait := every
	for ctx.Err() == nil {
		err := do(ctx)
		switch {
		case err == nil, errors.Is(err, context.Canceled):
			wait = every
		default:
			wait = min(2*max(wait, 5*time.Second), longest)
			w.log.Error("duty failed", "duty", name, "err", err, "hint", digest.HintOf(err), "again_in", wait)
		}
		if w.p.Clock.Sleep(ctx, wait) != nil {
			return
		}
	}
}

func (w *worker) pull(ctx context.Context) error {
	// What became of each source is logged by the puller and kept with the source;
	// an error here is the database's.
	_, err := w.puller.PullDue(ctx)
	return err
}

// issues opens drafts, moves on drafts whose moment passed without approval, and
// publishes what was approved and is due.
func (w *worker) issues(ctx context.Context) error {
	series, err := w.db.SeriesList(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, s := range series {
		issue, created, err := w.desk.Draft(ctx, s.Slug)
		failed = append(failed, err)
		if created {
			w.log.Info("draft opened", "issue", issue.Number, "due", issue.DueAt)
		}
		if err == nil {
			failed = append(failed, w.missed(ctx, s, issue))
		}
	}
	failed = append(failed, w.publishDue(ctx))
	return errors.Join(failed...)
}

// missed keeps a draft whose moment passed: nothing sends itself unseen. The
// draft keeps its picks and takes the series' next moment.
func (w *worker) missed(ctx context.Context, s digest.Series, draft digest.Issue) error {
	if draft.DueAt.After(w.p.Clock.Now()) {
		return nil
	}
	issue, err := w.desk.Postpone(ctx, desk.Ref{Series: s.Slug, Number: draft.Number})
	if err == nil {
		w.log.Warn("an issue's moment passed without approval; it is held", "issue", draft.Number, "was_due", draft.DueAt, "now_due", issue.DueAt)
	}
	return err
}

func (w *worker) publishDue(ctx context.Context) error {
	approved, err := w.db.IssuesIn(ctx, digest.Approved)
	if err != nil {
		return err
	}
	var failed []error
	for _, issue := range approved {
		if w.isDue(issue) {
			failed = append(failed, w.publish(ctx, issue))
		}
	}
	return errors.Join(failed...)
}

func (w *worker) publish(ctx context.Context, listed digest.Issue) error {
	issue, err := w.db.Issue(ctx, listed.SeriesID, listed.Number)
	if err != nil {
		return err
	}
	if held, err := w.holdRemoved(ctx, issue); held || err != nil {
		return err
	}
	if err := w.db.MoveIssue(ctx, issue.ID, digest.Published, w.p.Clock.Now()); err != nil {
		return err
	}
	w.log.Info("published", "issue", issue.Number, "address", w.issueURL(issue.Number))
	return nil
}

// holdRemoved tells whether an issue waits for the editor because a picked
// comment has been removed from the blog, and says so once.
func (w *worker) holdRemoved(ctx context.Context, issue digest.Issue) (bool, error) {
	err := w.desk.Removed(ctx, issue)
	if digest.KindOf(err) != digest.Conflict || err == nil {
		return false, err
	}
	reason, reasonErr := w.db.IssueReason(ctx, issue.ID)
	if reasonErr != nil || reason == sendAnyway {
		return false, reasonErr
	}
	w.warnOnce(issue, "an issue is held: "+err.Error(), "hint", digest.HintOf(err))
	return true, nil
}

// isDue tells whether an issue's moment has come, and not so long ago that the
// editor should be asked first.
func (w *worker) isDue(issue digest.Issue) bool {
	late := w.p.Clock.Now().Sub(issue.DueAt)
	if late > graceAfterDue {
		w.warnOnce(issue, "an issue is more than a day late and waits for you: publish and send it by hand, or cancel it", "was_due", issue.DueAt)
		return false
	}
	return late >= 0
}

// deliver begins the delivery of published issues whose moment has come, and
// works off what is being sent.
func (w *worker) deliver(ctx context.Context) error {
	issues, err := w.db.IssuesIn(ctx, digest.Published, digest.Sending)
	if err != nil {
		return err
	}
	var failed []error
	for _, issue := range issues {
		if issue.State == digest.Published && !w.isDue(issue) {
			continue
		}
		summary, err := w.deliverOne(ctx, issue)
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

func (w *worker) sweep(ctx context.Context) error {
	n, err := w.signup.Sweep(ctx)
	if n > 0 {
		w.log.Info("removed sign-ups that were never confirmed", "count", n)
	}
	return err
}

// index brings the search index up to date. It gives way to whoever else writes;
// a database that is away is the other duties' to report.
func (w *worker) index(ctx context.Context) error {
	for {
		n, err := w.db.Index(ctx, 0)
		if digest.KindOf(err) == digest.Unavailable {
			w.log.Debug("the search index waits", "err", err)
			return nil
		}
		if n == 0 || err != nil {
			return err
		}
		if err := w.p.Clock.Sleep(ctx, indexPause); err != nil {
			return err
		}
	}
}

// deliverOne works one issue off as far as rows are due.
func (w *worker) deliverOne(ctx context.Context, listed digest.Issue) (deliver.Summary, error) {
	next, ok, err := w.db.NextTry(ctx, listed.ID)
	if err != nil {
		return deliver.Summary{}, err
	}
	if listed.State == digest.Sending && ok && next.After(w.p.Clock.Now()) && w.begun[listed.ID] {
		return deliver.Summary{}, nil
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
	if issue.State == digest.Published {
		if held, err := w.holdRemoved(ctx, issue); held || err != nil {
			return deliver.Summary{}, err
		}
	}
	return w.post.deliver(ctx, issue, series, nil)
}
