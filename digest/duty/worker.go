package duty

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/pull/poll"
	"postbag/digest/site"
	"postbag/digest/work"
)

// Store is what the duties ask of the database.
type Store interface {
	work.Store
	Indexer
	// Join makes this process a worker of the database.
	Join(ctx context.Context, j work.Joining) (work.Member, error)
	// HeldSince gives the moment since when sending is held, zero when it is not.
	HeldSince(ctx context.Context) (time.Time, error)
	// NextTry gives the moment at which a mail of an issue is due.
	NextTry(ctx context.Context, issueID int64) (at time.Time, ok bool, err error)
	// Stranded tells whether a mail of an issue is with a worker that has ended.
	Stranded(ctx context.Context, issueID, worker int64) (bool, error)
	// ForgetWorkers removes the workers that ended longer ago.
	ForgetWorkers(ctx context.Context, after time.Duration) error
	// IssuesIn lists the issues in some states, without Blocks and Frozen.
	IssuesIn(ctx context.Context, states ...digest.IssueState) ([]digest.Issue, error)
	// Issue gives an issue whole.
	Issue(ctx context.Context, seriesID int64, number int) (digest.Issue, error)
	// Ask notes that an issue waits for the editor because the moment given passed
	// too long ago, and tells whether it does: its moment may have been moved.
	Ask(ctx context.Context, issueID int64, due time.Time) (asked bool, err error)
}

// Options are what a [Worker] needs.
type Options struct {
	Store  Store
	Desk   *desk.Desk
	Sender *dispatch.Sender
	// Check asks the blogs about issues for editors; nil: this worker does not.
	Check *check.Check
	// Pull asks the feeds of a source that are due.
	Pull func(ctx context.Context, sourceID int64) (poll.Report, error)
	// Remind makes the reminders of a series that are due.
	Remind func(ctx context.Context, series digest.Series) error
	// Letters sends the single letters that are due.
	Letters func(ctx context.Context, member work.Member) error
	// Bounces reads the mailboxes for bounces; nil: this worker has none.
	Bounces func(ctx context.Context) error
	// Refusals takes what servers refused since the last time, and counts it; nil: this
	// worker does not.
	Refusals func(ctx context.Context) (int, error)
	// Sweep removes sign-ups that were never confirmed, and counts them.
	Sweep   func(ctx context.Context) (int, error)
	Backups *Backups // nil: this worker writes none
	Clock   digest.Clock
	Log     *slog.Logger
	Joining work.Joining // this process among those that work on the database
	Site    site.Site    // for the log
}

// How often the worker looks for mail and letters to send without being told, in
// the program's own time; and how soon it tries again to join after its lease was lost.
const (
	mailEvery   = 2 * time.Second
	letterEvery = 2 * time.Second
	joinEvery   = 2 * time.Second
	joinTime    = 5 * time.Second
)

// Worker does what is due, beside others who work on the same database.
type Worker struct {
	Options
	mailings mailings

	mu     sync.Mutex
	warned map[string]bool // what the log has said once
}

// New makes a worker.
func New(o Options) *Worker {
	return &Worker{Options: o, mailings: mailings{of: map[int64]*mailing{}}, warned: map[string]bool{}}
}

// by is who changes something here.
func (w *Worker) by() digest.Actor { return digest.Actor{Kind: digest.ByWorker, Name: w.Joining.Name} }

// warnOnce logs a warning about an issue the first time only.
func (w *Worker) warnOnce(ctx context.Context, issue digest.Issue, message string, attrs ...any) {
	if w.once(fmt.Sprint(issue.ID, message), true) {
		w.named(ctx, issue).Warn(message, attrs...)
	}
}

// named is the log that names an issue.
func (w *Worker) named(ctx context.Context, issue digest.Issue) *slog.Logger {
	return w.Desk.LogOf(ctx, w.Log, issue)
}

// once remembers whether something is so, and tells whether that is news.
func (w *Worker) once(what string, is bool) (news bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	news = w.warned[what] != is
	w.warned[what] = is
	return news
}

// Work works as a member until ctx ends. When the lease is lost, the work stops,
// and goes on from another: what was held meanwhile is others'.
func (w *Worker) Work(ctx context.Context, member work.Member) {
	for {
		w.workFrom(member)
		member.Leave()
		if ctx.Err() != nil {
			return
		}
		w.Log.Error("the worker stops", "err", context.Cause(member.Context()))
		var err error
		if member, err = w.joinAgain(ctx); err != nil {
			return
		}
		w.Log.Info("the worker goes on")
	}
}

// joinAgain tries to join until ctx ends.
func (w *Worker) joinAgain(ctx context.Context) (work.Member, error) {
	for {
		if err := w.Clock.Sleep(ctx, joinEvery); err != nil {
			return nil, err
		}
		// A connection that is dead without a word must not keep the work waiting.
		joining := w.Joining
		joining.Patience = joinTime
		member, err := w.Store.Join(ctx, joining)
		if err == nil {
			return member, nil
		}
		w.Log.Debug("the worker waits to join", "err", err)
	}
}

// workFrom works until the member's context ends. Mail has loops of its own
// beside the duties, so that a slow blog does not keep it waiting.
func (w *Worker) workFrom(member work.Member) {
	ctx := member.Context()
	clear(w.mailings.of)
	var all sync.WaitGroup
	all.Go(func() {
		if w.planned(ctx) == nil {
			w.runner().Run(member)
		}
	})
	all.Go(func() { w.loop(ctx, "mail", mailEvery, func(ctx context.Context) error { return w.mail(ctx, member) }) })
	all.Go(func() {
		w.loop(ctx, "letters", letterEvery, func(ctx context.Context) error { return w.Letters(ctx, member) })
	})
	all.Wait()
	w.mailings.under.Wait()
}

// loop does something again and again, and sooner when told that something may be
// due. After a failure it waits twice as long as the time before, up to a quarter
// of an hour.
func (w *Worker) loop(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	wakes := w.Store.Wakes(ctx)
	wait := every
	for ctx.Err() == nil {
		err := do(ctx)
		if err == nil || errors.Is(err, context.Canceled) {
			wait = every
			work.Wait(ctx, w.Clock, wait, wakes, nil)
			continue
		}
		wait = longer(wait)
		w.failed(name, err, wait)
		work.Wait(ctx, w.Clock, wait, nil, nil)
	}
}

// longer is the pause after a failure, after one of the given length.
func longer(pause time.Duration) time.Duration {
	const longest = 15 * time.Minute
	return min(2*max(pause, 5*time.Second), longest)
}

func (w *Worker) failed(at string, err error, again time.Duration) {
	w.Log.Error("the worker failed", "at", at, "err", err, "hint", digest.HintOf(err), "again_in", again)
}

// isHeld tells whether the worker must not send, and says so once in its log.
func (w *Worker) isHeld(ctx context.Context) (bool, error) {
	since, err := w.Store.HeldSince(ctx)
	if err != nil {
		return false, err
	}
	held := !since.IsZero()
	switch news := w.once("sending is held", held); {
	case news && held:
		w.Log.Warn("sending is held; see what waits", "since", since)
	case news:
		w.Log.Info("sending goes on")
	}
	return held, nil
}
