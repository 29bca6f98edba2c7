package duty

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

// Schedule lists duties and does one at once.
type Schedule struct {
	Store interface {
		Store
		// Duties lists duties, what is due first before the rest.
		Duties(ctx context.Context, limit int) ([]work.Listed, error)
		// Duty gives the duty of a name, or an error of kind NotFound.
		Duty(ctx context.Context, name string) (work.Listed, error)
		// MakeDue makes a duty due now, for any worker.
		MakeDue(ctx context.Context, name string, now time.Time) error
		// Feeds gives the feeds of a source.
		Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	}
	// Worker makes the worker that does a duty in this process; it is asked only
	// where no other worker is there.
	Worker  func(ctx context.Context) (*Worker, error)
	Clock   digest.Clock
	Joining work.Joining
	Backups *Backups
	// Bounces and Refusals are those of [Options].
	Bounces  func(ctx context.Context) error
	Refusals func(ctx context.Context) (int, error)
}

const (
	// runWait is how long a duty that another process does is waited for.
	runWait = 10 * time.Minute
	// How often such a duty is looked at, and how long until this process tries to join in place of its
	// worker is tried again: it may have gone away.
	watchEvery = 200 * time.Millisecond
	watchFor   = 3 * time.Second
)

// List gives at most so many duties. What no worker has planned yet is among them,
// with the moment it would have.
func (s Schedule) List(ctx context.Context, limit int) ([]work.Listed, error) {
	all, err := s.Store.Duties(ctx, limit)
	if err != nil {
		return nil, err
	}
	for _, d := range s.own() {
		if !slices.ContainsFunc(all, func(l work.Listed) bool { return l.Name == d.Name }) && len(all) < limit {
			all = append(all, work.Listed{Duty: d})
		}
	}
	slices.SortStableFunc(all, func(a, b work.Listed) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			return b.Next.Compare(a.Next)
		}
		return a.Next.Compare(b.Next)
	})
	return all, nil
}

func (s Schedule) own() []work.Duty {
	return (&Worker{Options: Options{Clock: s.Clock, Backups: s.Backups, Bounces: s.Bounces, Refusals: s.Refusals}}).own()
}

// Run does a duty now and gives how it stands after that: here once no worker is
// there, else it is made due and waited for. The error is of kind Unavailable when
// it failed.
func (s Schedule) Run(ctx context.Context, by digest.Actor, name string) (work.Listed, error) {
	if err := s.Store.Plan(ctx, s.Clock.Now(), s.own()...); err != nil {
		return work.Listed{}, err
	}
	before, err := s.Store.Duty(ctx, name)
	if s.Backups == nil && (name == string(backupKind) || before.Kind == backupKind) {
		return before, digest.Fail(digest.Invalid, "Say where backups go, or write one into a file.", "there is no folder for backups")
	}
	if err != nil {
		return before, err
	}
	if deeds := kindOf(before.Kind).ByHand; len(deeds) > 0 {
		err := digest.Fail(digest.Invalid, "", "%s follows an issue's own moment", name)
		for _, do := range deeds {
			err = err.Offer(digest.Act{Do: do})
		}
		return before, err
	}
	after, err := s.run(ctx, before)
	if err != nil {
		return after, err
	}
	return after, s.failed(ctx, after)
}

// run does a duty here once no worker is present. Until then it is made due, for a
// worker to do: one that was killed is present until its lease is over.
func (s Schedule) run(ctx context.Context, before work.Listed) (work.Listed, error) {
	waiting, cancel := context.WithTimeout(ctx, runWait)
	defer cancel()
	joining := s.Joining
	joining.Alone = true
	for told := false; ; told = true {
		member, err := s.Store.Join(ctx, joining)
		if err == nil {
			defer member.Leave()
			now, err := s.Store.Duty(ctx, before.Name)
			if err != nil || now.Runs > before.Runs {
				return now, err // the last thing that the worker did
			}
			return s.runHere(member, before.Name)
		}
		if digest.KindOf(err) != digest.Conflict {
			return before, err
		}
		if !told {
			if err := s.Store.MakeDue(ctx, before.Name, s.Clock.Now()); err != nil {
				return before, err
			}
		}
		if now, done, err := s.watch(waiting, before); done || err != nil {
			return now, err
		}
	}
}

// watch waits for a while until a worker has done what was made due.
func (s Schedule) watch(ctx context.Context, before work.Listed) (now work.Listed, done bool, err error) {
	for until := time.Now().Add(watchFor); time.Now().Before(until); {
		if err := (digest.SystemClock{}).Sleep(ctx, watchEvery); err != nil {
			return now, false, digest.Fail(digest.Unavailable, "", "%s was made due, and no worker has done it yet: %w", before.Name, err).
				Offer(digest.Act{Do: digest.ListDuties})
		}
		if now, err = s.Store.Duty(ctx, before.Name); err != nil || now.Runs > before.Runs {
			return now, err == nil, err
		}
	}
	return now, false, nil
}

// runHere does a duty in this process.
func (s Schedule) runHere(member work.Member, name string) (after work.Listed, err error) {
	ctx := member.Context()
	w, err := s.Worker(ctx)
	if err != nil {
		return after, err
	}
	if err := s.Store.MakeDue(ctx, name, s.Clock.Now()); err != nil {
		return after, err
	}
	lease, err := s.Store.ClaimNamed(ctx, member.ID(), name, s.Clock.Now())
	if err != nil {
		return after, err
	}
	w.runner().Do(ctx, lease)
	return s.Store.Duty(ctx, name)
}

// failed says how a duty failed, if it did. A pull that could not read a feed is
// done as far as the schedule goes, which asks again by the feed's own time;
// who asked for it now is told.
func (s Schedule) failed(ctx context.Context, d work.Listed) error {
	const again = "It is tried again by itself where a worker runs."
	if d.Failures > 0 {
		return digest.Fail(digest.Unavailable, again, "%s failed: %s", d.Name, d.LastError)
	}
	if d.Kind != work.Pull {
		return nil
	}
	feeds, err := s.Store.Feeds(ctx, d.Subject)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if f.LastError != "" {
			return digest.Fail(digest.Unavailable, again, "%s failed: %s", d.Name, f.LastError).
				Offer(digest.Act{Do: digest.ShowSource, Source: d.Subject})
		}
	}
	return nil
}
