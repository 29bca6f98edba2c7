package duty

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/work"
)

// Kind is all there is to know of a kind of duty.
type Kind struct {
	Kind work.Kind
	// AtOnce is how many of the kind one process does side by side; default 1.
	AtOnce int
	// Limit bounds one run; default ten minutes.
	Limit time.Duration
	// ByHand, when it is set, is what a person does before the moment instead of
	// running the duty, for it follows the moment of an issue.
	ByHand []digest.Deed
	// First gives the first moment of a duty of the installation as a whole, or
	// false when this worker plans none; nil for what is planned from what is
	// stored.
	First func(w *Worker) (time.Time, bool)
	// Scheduled tells that First follows a schedule in the settings.
	Scheduled bool
	// Do does the duty and tells when it is due again, see [work.Outcome].
	Do func(w *Worker, ctx context.Context, l work.Lease) (time.Time, error)
}

// backupKind is the kind that not every worker has the settings for.
const backupKind work.Kind = "backup"

// kinds is the table of kinds. Those of a source or of a series take their moments
// from what is stored, by a query of the store's.
var kinds = []Kind{
	// Pulls go to another host each. A blog with a long history is pulled by hand.
	{Kind: work.Pull, AtOnce: 4, Limit: time.Hour, Do: (*Worker).pull},
	{Kind: work.Draft, Do: (*Worker).draft},
	{Kind: work.Remind, Do: (*Worker).remind},
	{Kind: work.Deadline, ByHand: []digest.Deed{digest.PublishIssue}, Do: (*Worker).deadline},
	{Kind: work.Deliver, ByHand: []digest.Deed{digest.SendIssue}, Do: (*Worker).beginMailing},
	// Asking the blogs about the picks of an issue, when somebody wants it.
	{Kind: askKind, Limit: 30 * time.Minute, First: (*Worker).firstAsk, Do: (*Worker).ask},
	// The limit is for making an index anew.
	{Kind: "index", Limit: 6 * time.Hour, First: atOnce, Do: (*Worker).index},
	{Kind: "refusals", First: (*Worker).firstRefusals, Do: (*Worker).refusals},
	{Kind: bouncesKind, First: (*Worker).firstBounces, Do: (*Worker).bounces},
	{Kind: "clean-up", First: atOnce, Do: (*Worker).cleanUp},
	{Kind: backupKind, Limit: 6 * time.Hour, First: (*Worker).firstBackup, Scheduled: true, Do: (*Worker).backup},
}

// bouncesKind is the kind that reads mailboxes, which not every worker has the settings
// for.
const bouncesKind work.Kind = "bounces"

// askKind is the kind that asks blogs for an editor.
const askKind work.Kind = check.Duty

// firstAsk is at once: somebody may have wanted it while no worker was there.
func (w *Worker) firstAsk() (time.Time, bool) { return w.Clock.Now(), w.Check != nil }

// atOnce is the first moment of what is due from the beginning.
func atOnce(w *Worker) (time.Time, bool) { return w.Clock.Now(), true }

// firstBackup is the next moment of the schedule of backups, if there are any.
func (w *Worker) firstBackup() (time.Time, bool) {
	if w.Backups == nil {
		return time.Time{}, false
	}
	return w.Backups.At.Next(w.Clock.Now()), true
}

// kindOf finds a kind in the table.
func kindOf(name work.Kind) Kind {
	for _, k := range kinds {
		if k.Kind == name {
			return k
		}
	}
	return Kind{}
}

// runner does the duties in this process. What another worker has the settings for
// is left to that one.
func (w *Worker) runner() *work.Runner {
	handlers := map[work.Kind]work.Handler{}
	for _, k := range kinds {
		if k.First != nil {
			if _, planned := k.First(w); !planned {
				continue
			}
		}
		handlers[k.Kind] = work.Handler{AtOnce: k.AtOnce, Limit: k.Limit, Do: func(ctx context.Context, l work.Lease) (time.Time, error) {
			return k.Do(w, ctx, l)
		}}
	}
	return &work.Runner{Store: w.Store, Clock: w.Clock, Log: w.Log, WentBack: w.plan, Handlers: handlers}
}

// own are the duties of the installation as a whole.
func (w *Worker) own() (duties []work.Duty) {
	for _, k := range kinds {
		if k.First == nil {
			continue
		}
		if next, planned := k.First(w); planned {
			duties = append(duties, work.Duty{Name: string(k.Kind), Kind: k.Kind, Next: next, Scheduled: k.Scheduled})
		}
	}
	return duties
}

// plan makes the duties that are missing, and trusts no moment that a clock stored which
// was ahead.
func (w *Worker) plan(ctx context.Context) error {
	if err := w.Store.Plan(ctx, w.Clock.Now(), w.own()...); err != nil {
		return err
	}
	drafts, err := w.Store.IssuesIn(ctx, digest.Draft)
	if err != nil {
		return err
	}
	slices.SortFunc(drafts, func(a, b digest.Issue) int { return cmp.Compare(a.ID, b.ID) })
	for _, d := range drafts {
		after, moved, err := w.Desk.PutRight(ctx, w.by(), d)
		switch {
		case digest.KindOf(err) == digest.Conflict: // it is no draft any more
		case err != nil:
			return err
		case moved:
			w.named(ctx, after).Warn("a clock that was ahead had given a draft its moment; it has another", "was_due", d.DueAt, "now_due", after.DueAt)
		}
	}
	return nil
}

// planned makes the duties that are missing, until it could or ctx ends.
func (w *Worker) planned(ctx context.Context) error {
	for {
		err := w.plan(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		w.Log.Error("the duties cannot be planned", "err", err, "hint", digest.HintOf(err))
		if err := w.Clock.Sleep(ctx, joinEvery); err != nil {
			return err
		}
	}
}
