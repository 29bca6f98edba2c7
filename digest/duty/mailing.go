package duty

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
)

// mostMailings is how many issues are mailed side by side: one that waits for its rate or
// for a slow server holds up no other. They share the connections.
const mostMailings = 16

// mailings are the issues that this worker mails.
type mailings struct {
	under sync.WaitGroup

	mu sync.Mutex
	of map[int64]*mailing
}

// mailing is one of them.
type mailing struct {
	running bool
	begun   bool          // it was looked at whole since the worker joined
	until   time.Time     // it waits for its rate, or for its server
	pause   time.Duration // after a failure
}

// next picks an issue to go on with; false when it is being mailed, or waits.
func (m *mailings) next(id int64, now time.Time) (*mailing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	running := 0
	for _, o := range m.of {
		if o.running {
			running++
		}
	}
	one := m.of[id]
	if one == nil {
		one = &mailing{}
		m.of[id] = one
	}
	// What is farther ahead was noted by a clock that was.
	waits := now.Before(one.until) && one.until.Sub(now) <= farthestWait
	if one.running || waits || running >= mostMailings {
		return nil, false
	}
	one.running = true
	return one, true
}

// farthestWait is more than a day, for which a rate may be used up.
const farthestWait = 25 * time.Hour

// keep forgets those that are not among some issues.
func (m *mailings) keep(issues []digest.Issue) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sending := map[int64]bool{}
	for _, i := range issues {
		sending[i.ID] = true
	}
	for id, one := range m.of {
		if !sending[id] && !one.running {
			delete(m.of, id)
		}
	}
}

// mail works off the issues that are being sent, each by itself and as far as rows are
// due: every worker its share of the rows.
func (w *Worker) mail(ctx context.Context, member work.Member) error {
	if held, err := w.isHeld(ctx); held || err != nil {
		return err
	}
	issues, err := w.Store.IssuesIn(ctx, digest.Sending)
	if err != nil {
		return err
	}
	w.mailings.keep(issues)
	for _, issue := range issues {
		if m, ok := w.mailings.next(issue.ID, w.Clock.Now()); ok {
			w.mailings.under.Go(func() { w.mailOn(ctx, member, issue, m) })
		}
	}
	return nil
}

// mailOn goes on with an issue, and notes when to look at it again.
func (w *Worker) mailOn(ctx context.Context, member work.Member, issue digest.Issue, m *mailing) {
	summary, err := w.mailOne(ctx, member, issue, m)
	now := w.Clock.Now()
	w.mailings.mu.Lock()
	m.running, m.until = false, time.Time{}
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		// What a failed run knows and could not store is settled by the next.
		m.begun = false
		m.pause = longer(m.pause)
		m.until = now.Add(m.pause)
	case summary.Waits != "":
		m.until, m.pause = summary.NextTry, 0
	default:
		m.pause = 0
	}
	pause, again := m.pause, m.until
	w.mailings.mu.Unlock()
	if summary.IssueID != 0 || err != nil {
		w.Sender.Note(ctx, issue, summary, err, again)
	}
	switch {
	case pause > 0:
		w.failed("mail", err, pause)
	case summary.Waits != "":
		w.named(ctx, issue).Info("the sending waits", "for", string(summary.Waits), "until", summary.NextTry)
	case summary.Finished:
		w.named(ctx, issue).Info("sent", slog.Any("counts", summary.Counts))
	}
}

// mailOne works one issue off, unless nothing of it is due.
func (w *Worker) mailOne(ctx context.Context, member work.Member, listed digest.Issue, m *mailing) (deliver.Summary, error) {
	next, ok, err := w.Store.NextTry(ctx, listed.ID)
	if err != nil {
		return deliver.Summary{}, err
	}
	now := w.Clock.Now()
	ahead := next.Sub(now) > deliver.FarthestTry // a clock that was ahead put it there
	if ok && next.After(now) && !ahead && m.begun {
		stranded, err := w.Store.Stranded(ctx, listed.ID, member.ID())
		if err != nil || !stranded {
			return deliver.Summary{}, err
		}
	}
	m.begun = true
	issue, err := w.Store.Issue(ctx, listed.SeriesID, listed.Number)
	if err != nil {
		return deliver.Summary{}, err
	}
	return w.Sender.Run(ctx, member, issue, nil)
}
