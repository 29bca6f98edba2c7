package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// Report is where the mailing of an issue stands.
type Report struct {
	Issue  digest.Issue // its State as of now
	Counts subscribers.Counts
	// Here tells that this process delivered, and not a worker elsewhere.
	Here bool
	// NextTry is when the next mail that waits is due; zero where none does.
	NextTry time.Time
	// Waits is what the mails wait for, where it is not another try of their own.
	Waits digest.Waits
	// PausedBy is who paused the issue and when; "" for one that is not paused by hand.
	PausedBy string
}

const (
	// longestWait is how long [Sender.Deliver] waits for another try; what takes
	// longer is left to a worker.
	longestWait = 2 * time.Minute
	// How often an issue that a worker mails is looked at, and how long until the
	// this process tries to join again: the worker may have ended.
	watchEvery = 200 * time.Millisecond
	watchFor   = 3 * time.Second
	// pauseFor is how long an issue that is paused by hand is waited for.
	pauseFor = 5 * time.Minute
	// historyLooked is among how many of the newest changes a pause is looked for.
	historyLooked = 20
)

// Report tells where the mailing of an issue stands.
func (s *Sender) Report(ctx context.Context, issue digest.Issue) (r Report, err error) {
	r.Issue = issue
	if r.Issue.State, err = s.Store.IssueState(ctx, issue.ID); err != nil {
		return r, err
	}
	r.Counts, err = s.Store.Counts(ctx, issue.ID)
	return r, err
}

// paused completes the report of an issue that is paused. The error, of kind Unavailable,
// says why the server made it so.
func (s *Sender) paused(ctx context.Context, r Report) (Report, error) {
	series, err := s.Desk.SeriesOf(ctx, r.Issue.SeriesID)
	if err != nil {
		return r, err
	}
	now, history, err := s.Desk.History(ctx, desk.Ref{Series: series.Slug, Number: r.Issue.Number}, historyLooked)
	if err != nil {
		return r, err
	}
	if now.State != digest.Paused {
		r.Issue.State = now.State
		return r, nil
	}
	r.Issue = now
	if now.Pause.Cause.Refused() {
		return r, refused(now.Number, now.Pause)
	}
	did, _ := digest.Moved(digest.Paused)
	if i := slices.IndexFunc(history, func(rev digest.Revision) bool { return rev.Did == did }); i >= 0 {
		r.PausedBy = history[i].String()
	}
	return r, nil
}

// refused says that a mailing is paused because the server refuses.
func refused(number int, why digest.Pause) error {
	hint := "When it is mended, go on."
	if advice := why.Cause.Advice(); advice != "" {
		hint = advice + ". Then go on."
	}
	return digest.Fail(digest.Unavailable, hint, "sending is paused: %s", why.Detail).
		Offer(digest.Act{Do: digest.ResumeIssue, Issue: number}, digest.Act{Do: digest.SendIssue, Issue: number})
}

// longestPause is how long a pause by hand is waited out.
func (s *Sender) longestPause() time.Duration { return cmp.Or(s.PauseFor, pauseFor) }

// Deliver mails an issue that [Sender.Send] has handed over, or watches the worker
// that does. One that is paused meanwhile is waited for a while. It does not take over from a worker that goes away: how that one's
// mail left, and what its links lead to, was said by its own settings.
func (s *Sender) Deliver(ctx context.Context, by digest.Actor, issue digest.Issue, progress Progress) (Report, error) {
	seen := others{until: map[int64]time.Time{}}
	watched := &watcher{meter: meter{sender: s, issue: issue, tell: progress}}
	if r, err := s.Report(ctx, issue); err != nil || r.Issue.State == digest.Paused {
		if err == nil {
			r, err = s.paused(ctx, r)
		}
		return r, err
	}
	for {
		if err := s.notHeld(ctx); err != nil {
			return Report{}, err
		}
		joining := s.Joining
		joining.Alone = true
		member, err := s.Store.Join(ctx, joining)
		switch {
		case err == nil:
			defer member.Leave()
			lived, err := seen.lived(ctx, s.Store)
			if err != nil {
				return Report{}, err
			}
			if lived {
				return s.workerGone(ctx, issue)
			}
			return s.deliverFrom(ctx, member, issue, progress)
		case digest.KindOf(err) != digest.Conflict:
			return Report{}, err
		}
		if err := seen.look(ctx, s); err != nil {
			return Report{}, err
		}
		if r, done, err := s.watch(ctx, issue, watched); done || err != nil {
			return r, err
		}
	}
}

// others are the processes that work on the database. One that was
// killed has it until its lease is over, and was never seen alive: what it was
// doing may be begun anew.
type others struct {
	until map[int64]time.Time
	alive bool
	told  bool
}

// lived tells whether one of them was there: it renewed its lease, or gave its
// place up by itself.
func (o *others) lived(ctx context.Context, store Workers) (bool, error) {
	for id := range o.until {
		if o.alive {
			break
		}
		left, err := store.LeftByItself(ctx, id)
		if err != nil {
			return false, err
		}
		o.alive = left
	}
	return o.alive, nil
}

// look finds out whether one of them lives: it renews its lease.
func (o *others) look(ctx context.Context, s *Sender) error {
	workers, err := s.Store.Workers(ctx)
	if err != nil {
		return err
	}
	for _, w := range workers {
		before, known := o.until[w.ID]
		if w.Until.IsZero() || known && !w.Until.Equal(before) {
			o.alive = true
		}
		if w.Silent && !o.told {
			o.told = true
			s.Log.Info("waiting for a worker that does not answer until its lease runs out", "worker", w.Name, "until", w.Until)
		}
		if !known {
			s.Log.Debug("a worker is there, and sends", "worker", w.Name)
		}
		o.until[w.ID] = w.Until
	}
	return nil
}

// workerGone says that a watched worker has gone, unless it had just finished.
func (s *Sender) workerGone(ctx context.Context, issue digest.Issue) (Report, error) {
	r, err := s.Report(ctx, issue)
	if err != nil || r.Issue.State == digest.Sent {
		return r, err
	}
	if r.Issue.State == digest.Paused {
		return s.paused(ctx, r)
	}
	return r, digest.Fail(digest.Unavailable, "Start it again, or send with its settings.",
		"the worker that was sending issue %d is gone; what it had not sent is still queued", issue.Number).
		Offer(digest.Act{Do: digest.StartServe}, digest.Act{Do: digest.SendIssue, Issue: issue.Number})
}

// deliverFrom mails an issue for as long as this process is a worker.
func (s *Sender) deliverFrom(ctx context.Context, member work.Member, issue digest.Issue, progress Progress) (Report, error) {
	r, err := s.deliverHere(member, issue, progress)
	switch lost := member.Context(); {
	case ctx.Err() != nil && err != nil:
		return r, digest.Fail(digest.Unavailable, "What was on the wire is recorded, and the rest is still queued.", "%w", err).
			Offer(digest.Act{Do: digest.SendIssue, Issue: issue.Number}, digest.Act{Do: digest.StartServe})
	case lost.Err() != nil && ctx.Err() == nil:
		return r, context.Cause(lost) // another process may be sending now
	case err != nil && digest.KindOf(err) == digest.Unavailable && len(digest.ActsOf(err)) == 0:
		err = digest.Fail(digest.Unavailable, digest.HintOf(err), "%w", err).
			Offer(digest.Act{Do: digest.SendIssue, Issue: issue.Number}, digest.Act{Do: digest.StartServe})
	}
	return r, err
}

// deliverHere mails an issue until every row is terminal. A row that waits for
// another try is waited for.
func (s *Sender) deliverHere(member work.Member, issue digest.Issue, progress Progress) (Report, error) {
	ctx := member.Context()
	m := &meter{sender: s, issue: issue, tell: progress}
	for {
		var failed error
		summary, err := s.Run(ctx, member, issue, func(deliver.Progress) { failed = cmp.Or(failed, m.look(ctx, false)) })
		s.Note(ctx, issue, summary, err, time.Time{})
		if err = cmp.Or(err, failed); err == nil {
			err = m.look(ctx, true)
		}
		if err != nil {
			return Report{}, err
		}
		issue.State = summary.State
		r := Report{Issue: issue, Counts: summary.Counts, Here: true}
		wait := summary.NextTry.Sub(s.Clock.Now())
		switch {
		case summary.Paused.Cause != digest.NotPaused:
			return r, refused(issue.Number, summary.Paused)
		case summary.State == digest.Paused:
			if goesOn, err := s.awaitResume(ctx, m); err != nil || !goesOn {
				if err == nil {
					r, err = s.Report(ctx, issue)
				}
				if r.Here = true; err == nil && r.Issue.State == digest.Paused {
					r, err = s.paused(ctx, r)
				}
				return r, err
			}
			continue
		case summary.Finished, summary.NextTry.IsZero():
			return r, nil
		case wait > longestWait:
			r.NextTry = summary.NextTry
			r.Waits, err = s.Store.Waits(ctx, issue.ID)
			return r, err
		}
		if err := s.await(ctx, issue, max(wait, time.Second)); err != nil {
			return r, err
		}
	}
}

// awaitResume waits for an issue to go on that is paused, and tells whether it does.
func (s *Sender) awaitResume(ctx context.Context, m *meter) (goesOn bool, err error) {
	for until := time.Now().Add(s.longestPause()); time.Now().Before(until); {
		state, err := s.Store.IssueState(ctx, m.issue.ID)
		if err != nil || state != digest.Paused {
			return state == digest.Sending, err
		}
		if err := m.look(ctx, m.isNews(state)); err != nil {
			return false, err
		}
		if err := (digest.SystemClock{}).Sleep(ctx, watchEvery); err != nil {
			return false, err
		}
	}
	return false, nil
}

// await waits for the next try of an issue, but no longer than the issue is being sent
// and nothing of it becomes due sooner. Other processes may see to that, of which an
// SQLite file tells nobody, so it looks.
func (s *Sender) await(ctx context.Context, issue digest.Issue, wait time.Duration) error {
	before, some, err := s.Store.NextTry(ctx, issue.ID)
	if err != nil {
		return err
	}
	sleeping, wake := context.WithCancel(ctx)
	slept := make(chan struct{})
	go func() {
		defer close(slept)
		_ = s.Clock.Sleep(sleeping, wait) // ended early it has no news
	}()
	defer func() {
		wake()
		<-slept
	}()
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	for {
		select {
		case <-slept:
			return ctx.Err()
		case <-look.C:
		}
		state, err := s.Store.IssueState(ctx, issue.ID)
		if err != nil || state != digest.Sending {
			return err
		}
		next, ok, err := s.Store.NextTry(ctx, issue.ID)
		if err != nil || ok && (!some || next.Before(before)) {
			return err
		}
	}
}

// watcher watches a mailing that another process sends.
type watcher struct {
	meter
	paused time.Time // by the machine's clock, since when it is seen paused
	idle   bool      // at the end of the last watch all that is left waited for long
}

// watch shows for a while how the worker that runs elsewhere gets on, and tells
// whether there is no more to see.
func (s *Sender) watch(ctx context.Context, issue digest.Issue, m *watcher) (r Report, done bool, err error) {
	wasIdle := m.idle
	m.idle = false
	for until := time.Now().Add(watchFor); time.Now().Before(until); {
		r, err := s.Report(ctx, issue)
		if err != nil {
			return r, false, err
		}
		if err := m.look(ctx, m.isNews(r.Issue.State)); err != nil {
			return r, false, err
		}
		switch r.Issue.State {
		case digest.Published:
		case digest.Sending:
			m.paused = time.Time{}
			if m.idle, err = s.rests(ctx, &r); err != nil || m.idle && wasIdle {
				return r, true, err
			}
		case digest.Paused:
			if m.paused.IsZero() {
				m.paused = time.Now()
			}
			r, err = s.paused(ctx, r)
			if isLong := time.Since(m.paused) >= s.longestPause(); err != nil || isLong && r.Issue.State == digest.Paused {
				return r, true, err
			}
		default:
			return r, true, nil
		}
		if err := (digest.SystemClock{}).Sleep(ctx, watchEvery); err != nil {
			return r, false, digest.Fail(digest.Unavailable, "It was only watched: the worker goes on sending.", "%w", err).
				Offer(digest.Act{Do: digest.PauseIssue, Issue: issue.Number})
		}
	}
	return r, false, nil
}

// rests tells whether all that is left of a mailing waits for a moment that is so far
// ahead that nobody watches until then.
func (s *Sender) rests(ctx context.Context, r *Report) (bool, error) {
	if c := r.Counts; c.Open() == 0 || c[subscribers.Claimed]+c[subscribers.InFlight] > 0 {
		return false, nil
	}
	next, ok, err := s.Store.NextTry(ctx, r.Issue.ID)
	if err != nil || !ok || next.Sub(s.Clock.Now()) <= longestWait {
		return false, err
	}
	r.NextTry = next
	r.Waits, err = s.Store.Waits(ctx, r.Issue.ID)
	return true, err
}

// Run delivers an issue as one of the workers, until no row is due. It
// begins the mailing, or takes it up again. Where nobody is told how far it is, that is
// logged every minute.
func (s *Sender) Run(ctx context.Context, member work.Member, issue digest.Issue, progress func(deliver.Progress)) (deliver.Summary, error) {
	mailing, last, err := s.Mailing(ctx, issue)
	if err != nil {
		return deliver.Summary{}, err
	}
	pub, err := s.Store.Publication(ctx)
	if err != nil {
		return deliver.Summary{}, err
	}
	log := s.Desk.LogOf(ctx, s.Log, issue)
	if progress == nil {
		progress = s.logged(log)
	}
	summary, err := s.Mailer.Run(ctx, deliver.Job{
		Mailing:     mailing,
		LastOfMonth: last,
		From:        s.returnPath(pub.Salt),
		Log:         log,
		Worker:      member,
		Compose: func(of subscribers.Mailing) (deliver.Composer, error) {
			if of.Domain != s.Writer.Domain {
				return nil, digest.Fail(digest.Conflict, "Send with the settings that the sending began with, or leave it to the worker that has them.",
					"issue %d began as mail from @%s, and this would go on as mail from @%s", issue.Number, of.Domain, s.Writer.Domain)
			}
			mail, err := s.Writer.Issue(issue.Frozen, of, pub.Salt, false)
			if err != nil {
				return nil, err
			}
			return mail.Append, nil
		},
		Progress: s.goesOn(ctx, issue, progress),
	})
	if err != nil {
		err = fmt.Errorf("deliver issue %d: %w", issue.Number, err)
	}
	return summary, err
}

// Mailing gives what the mailing of an issue would begin with now, and whether
// readers who want one mail a month get the issue.
func (s *Sender) Mailing(ctx context.Context, issue digest.Issue) (m subscribers.Mailing, lastOfMonth bool, err error) {
	series, err := s.Desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return m, false, err
	}
	last, err := desk.LastOfMonth(issue, series)
	return subscribers.Mailing{IssueID: issue.ID, Begun: s.Clock.Now(), Domain: s.Writer.Domain}, last, err
}

// Delivered lists deliveries of an issue, those in the given states, and where its
// mailing stands. Without a number the newest issue that has any is meant.
func (s *Sender) Delivered(ctx context.Context, ref desk.Ref, limit int, states ...subscribers.DeliveryState) (r Report, found []subscribers.Delivery, err error) {
	if ref.Number != 0 {
		r.Issue, _, err = s.Desk.Issue(ctx, ref)
	} else {
		r.Issue, err = s.Desk.Newest(ctx, ref.Series, digest.Sending, digest.Paused, digest.Sent)
	}
	if err != nil {
		return r, nil, err
	}
	if r, err = s.Report(ctx, r.Issue); err != nil {
		return r, nil, err
	}
	found, err = s.Store.Deliveries(ctx, r.Issue.ID, limit, states...)
	return r, found, err
}
