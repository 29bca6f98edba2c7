package main

import (
	"context"
	"errors"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/work"
	"postbag/subscribers"
)

const (
	// pullsAtOnce is how many blogs one process pulls side by side, each at
	// another host.
	pullsAtOnce = 4
	// pullLimit bounds one pull; a blog with a long history is pulled by hand.
	pullLimit = time.Hour
	// pullAgain is the least time between two runs of one pull's duty.
	pullAgain = 30 * time.Second
	// heldAgain is when an issue that is held is looked at again without news.
	heldAgain = time.Minute
	// indexEvery is the time between two looks at what is not indexed yet; a
	// search does that itself besides. indexPause, between batches, is for other
	// processes that write, and indexLimit bounds making the index anew.
	indexEvery = time.Minute
	indexPause = 50 * time.Millisecond
	indexLimit = 6 * time.Hour
	// cleanEvery is the time between two clean-ups.
	cleanEvery = time.Hour
	// workersKept is how long a process that ended is remembered.
	workersKept = 30 * 24 * time.Hour
)

// runner does the duties in this process.
func (w *worker) runner() *work.Runner {
	handlers := map[work.Kind]work.Handler{
		work.Pull:     {Do: w.pull, AtOnce: pullsAtOnce, Limit: pullLimit},
		work.Draft:    {Do: w.draft},
		work.Deadline: {Do: w.deadline},
		work.Deliver:  {Do: w.beginMailing},
		work.Index:    {Do: w.index, Limit: indexLimit},
		work.CleanUp:  {Do: w.cleanUp},
	}
	if w.settings.BackupDir != "" { // another worker may have a place for backups
		handlers[work.Backup] = work.Handler{Do: w.backup, Limit: backupLimit}
	}
	return &work.Runner{Store: w.db, Clock: w.p.Clock, Log: w.log, WentBack: w.plan, Handlers: handlers}
}

// plan makes the duties that are missing.
func (a *app) plan(ctx context.Context) error {
	now := a.p.Clock.Now()
	duties := []work.Duty{
		{Name: string(work.Index), Kind: work.Index, Next: now},
		{Name: string(work.CleanUp), Kind: work.CleanUp, Next: now},
	}
	plan, err := a.settings.backups()
	if err != nil {
		return err
	}
	if a.settings.BackupDir != "" {
		duties = append(duties, work.Duty{Name: string(work.Backup), Kind: work.Backup, Next: plan.Next(now)})
	}
	return a.db.Plan(ctx, now, duties...)
}

// planned makes the duties that are missing, until it could or ctx ends.
func (w *worker) planned(ctx context.Context) error {
	for {
		err := w.plan(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		w.log.Error("the duties cannot be planned", "err", err, "hint", digest.HintOf(err))
		if err := w.p.Clock.Sleep(ctx, joinEvery); err != nil {
			return err
		}
	}
}

// pull pulls a source. What became of it is logged by the puller and kept with
// the feeds, with the time of the next try.
func (w *worker) pull(ctx context.Context, l work.Lease) (time.Time, error) {
	_, err := w.puller.PullDue(ctx, l.Subject)
	again := w.p.Clock.Now().Add(pullAgain)
	if ctx.Err() != nil || digest.KindOf(err) == digest.Conflict && err != nil {
		return again, err // it was cut short, or another has the lease
	}
	return again, nil
}

// draft opens a series' next draft.
func (w *worker) draft(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.seriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	issue, created, err := w.desk.Draft(ctx, w.by(), s.Slug)
	if created {
		w.log.Info("draft opened", "issue", issue.Number, "due", issue.DueAt)
	}
	return time.Time{}, err
}

func (w *worker) seriesOf(ctx context.Context, id int64) (digest.Series, error) {
	return w.post.series(ctx, digest.Issue{SeriesID: id})
}

// deadline is the moment of a series' issue: one that is approved is published, a
// draft is held.
func (w *worker) deadline(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.seriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	return w.eachDue(ctx, l.Subject, func(issue digest.Issue) (bool, error) {
		if issue.State == digest.Draft {
			return false, w.missed(ctx, s, issue)
		}
		return w.publish(ctx, issue)
	}, digest.Draft, digest.Approved)
}

// beginMailing freezes the audience of published issues whose moment has come.
// From then on every worker sends its share.
func (w *worker) beginMailing(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.seriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	return w.eachDue(ctx, l.Subject, func(issue digest.Issue) (bool, error) {
		if held, err := w.holdRemoved(ctx, issue); held || err != nil {
			return held, err
		}
		last, err := desk.LastOfMonth(issue, s)
		if err != nil {
			return false, err
		}
		of := subscribers.Mailing{IssueID: issue.ID, Begun: w.p.Clock.Now(), Domain: w.post.postage.from.Domain}
		_, err = w.db.Begin(ctx, of, last)
		return false, err
	}, digest.Published)
}

// eachDue does something with every issue of a series that is in one of some
// states and whose moment has come, and asks the editor about those whose moment
// is long past. When one is held it tells when to look again.
func (w *worker) eachDue(ctx context.Context, seriesID int64, do func(digest.Issue) (held bool, err error), states ...digest.IssueState) (again time.Time, err error) {
	listed, err := w.db.IssuesIn(ctx, states...)
	if err != nil {
		return again, err
	}
	allHeld, err := w.isHeld(ctx)
	if err != nil {
		return again, err
	}
	var failed []error
	now := w.p.Clock.Now()
	for _, l := range listed {
		if l.SeriesID != seriesID || l.DueAt.IsZero() || l.DueAt.After(now) {
			continue
		}
		if allHeld && l.State != digest.Draft {
			again = now.Add(heldAgain)
			continue
		}
		issue, err := w.db.Issue(ctx, seriesID, l.Number)
		if err != nil {
			return again, err
		}
		if issue.State != digest.Draft {
			if asked, err := w.askedIfLate(ctx, issue, now); asked || err != nil {
				failed = append(failed, err)
				continue
			}
		}
		held, err := do(issue)
		if held {
			again = now.Add(heldAgain)
		}
		failed = append(failed, err)
	}
	return again, errors.Join(failed...)
}

// askedIfLate leaves an issue that is too late to the editor, and tells whether it
// is left: a machine that slept over the weekend sends; one found after a month in
// a cupboard does not. Once asked, it stays asked until the editor's word.
func (w *worker) askedIfLate(ctx context.Context, issue digest.Issue, now time.Time) (asked bool, err error) {
	if issue.Asks != digest.AsksNothing {
		return true, nil
	}
	if !issue.IsLate(now, w.settings.LateAfter) {
		return false, nil
	}
	asked, err = w.db.Ask(ctx, issue.ID, issue.DueAt)
	if !asked || err != nil {
		return true, err // its moment was moved just now, and is planned
	}
	words := "an issue is too late and waits for you: publish and send it by hand, or cancel it"
	if issue.State == digest.Published {
		words = "an issue on the web is too late and waits for you: send it by hand"
	}
	w.log.Warn(words, "issue", issue.Number, "was_due", issue.DueAt)
	return true, nil
}

// missed keeps a draft whose moment passed: nothing sends itself unseen. The
// draft keeps its picks and takes the series' next moment.
func (w *worker) missed(ctx context.Context, s digest.Series, draft digest.Issue) error {
	issue, err := w.desk.Postpone(ctx, w.by(), desk.Ref{Series: s.Slug, Number: draft.Number})
	if err == nil {
		w.log.Warn("an issue's moment passed without approval; it is postponed", "issue", draft.Number, "was_due", draft.DueAt, "now_due", issue.DueAt)
	}
	return err
}

// publish makes an approved issue visible, unless it is held.
func (w *worker) publish(ctx context.Context, issue digest.Issue) (held bool, err error) {
	if held, err := w.holdRemoved(ctx, issue); held || err != nil {
		return held, err
	}
	if err := w.db.MoveIssue(ctx, w.by(), issue.ID, digest.Published, w.p.Clock.Now()); err != nil {
		return false, err
	}
	w.log.Info("published", "issue", issue.Number, "address", w.issueURL(issue.Number))
	return false, nil
}

// holdRemoved tells whether an issue waits for the editor because a picked
// comment has been removed from the blog, and says so once. The blog is asked right
// now, unless it is known already.
func (w *worker) holdRemoved(ctx context.Context, issue digest.Issue) (bool, error) {
	if held, err := w.removed(ctx, issue); held || err != nil {
		return held, err
	}
	w.unsurePicks(ctx, issue, w.recheck(ctx, w.puller, issue))
	return w.removed(ctx, issue)
}

// removed does the same by what is stored.
func (w *worker) removed(ctx context.Context, issue digest.Issue) (bool, error) {
	err := w.desk.Removed(ctx, issue)
	if digest.KindOf(err) != digest.Conflict || err == nil {
		return false, err
	}
	if issue.Overrode == digest.OverrodeRemovedPick {
		return false, nil
	}
	w.warnOnce(issue, "an issue is held: "+err.Error(), "hint", digest.HintOf(err))
	return true, nil
}

// index brings the search index up to date, and then what repeats or quotes. It
// gives way to whoever else writes.
func (w *worker) index(ctx context.Context, _ work.Lease) (time.Time, error) {
	for {
		n, err := w.db.Index(ctx, 0)
		if n == 0 && err == nil {
			n, err = w.db.PrintAhead(ctx)
		}
		if n == 0 && err == nil {
			n, err = w.db.LinkNear(ctx, 0)
		}
		if digest.KindOf(err) == digest.Unavailable && err != nil {
			w.log.Debug("the search index waits", "err", err)
			err = nil
			n = 0
		}
		if n == 0 || err != nil {
			return w.p.Clock.Now().Add(indexEvery), err
		}
		if err := sleepReal(ctx, indexPause); err != nil {
			return time.Time{}, err
		}
	}
}

// cleanUp removes what is kept for a time only.
func (w *worker) cleanUp(ctx context.Context, _ work.Lease) (time.Time, error) {
	next := w.p.Clock.Now().Add(cleanEvery)
	n, err := w.signup.Sweep(ctx)
	if n > 0 {
		w.log.Info("removed sign-ups that were never confirmed", "count", n)
	}
	return next, errors.Join(err, w.db.ForgetWorkers(ctx, workersKept))
}
