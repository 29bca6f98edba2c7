package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// approvedIn opens and approves the series' next issue.
func approvedIn(t *testing.T, db *store.DB, due time.Time) digest.Issue {
	t.Helper()
	all, err := db.SeriesList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	issue, _, err := db.OpenDraft(t.Context(), tester, all[0].ID, start, due)
	if err != nil {
		t.Fatal(err)
	}
	issue.ApprovedAt = start
	issue.Frozen = &digest.Frozen{Title: issue.Title, Number: issue.Number, Date: due}
	if err := db.Approve(t.Context(), tester, &issue, nil); err != nil {
		t.Fatal(err)
	}
	return issue
}

func nextOf(t *testing.T, db *store.DB, name string) time.Time {
	t.Helper()
	all, err := db.Duties(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Name == name {
			return d.Next
		}
	}
	t.Fatalf("there is no duty %s", name)
	return time.Time{}
}

// TestTwoMomentsAtOnce moves two issues of one series side by side: the later
// transaction does not plan by what it saw before the other had committed.
func TestTwoMomentsAtOnce(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	addFollowed(t, db)
	one := approvedIn(t, db, start.Add(100*time.Hour))
	two := approvedIn(t, db, start.Add(200*time.Hour))
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT name FROM duties FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	moving := 0
	move := func(issue digest.Issue, to time.Duration) {
		both.Go(func() {
			if err := db.SetDue(t.Context(), tester, issue.ID, start.Add(to), digest.OverrodeNothing, digest.AsSeen{}); err != nil {
				t.Error(err)
			}
		})
		moving++
		eventually(t, "it has come to the duty's row", func() bool { return storetest.Waiting(t, dsn) == moving })
	}
	move(two, 50*time.Hour)
	move(one, 300*time.Hour)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	both.Wait()
	if next := nextOf(t, db, "deadline:s"); !next.Equal(start.Add(50 * time.Hour)) {
		t.Errorf("the next moment is %s after the start, want 50h", next.Sub(start))
	}
}

// TestPulledByHandAgain finds a blog well that had failed for so long that the
// schedule asks it once a day: it is asked as usual again.
func TestPulledByHandAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		source := addFollowed(t, db)
		member := join(t, db, "steady", time.Minute)
		lease, ok, err := db.Claim(t.Context(), member.ID(), []work.Kind{work.Pull}, start)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		save := func(ctx context.Context, next time.Duration, failures int) {
			t.Helper()
			feeds, err := db.Feeds(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			feeds[0].NextPoll, feeds[0].Failures = start.Add(next), failures
			if err := db.SaveFeed(ctx, feeds[0], time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		save(work.WithLease(t.Context(), lease), 24*time.Hour, 9)
		if err := db.Complete(t.Context(), lease, work.Outcome{Next: start.Add(time.Minute), Now: start}); err != nil {
			t.Fatal(err)
		}
		save(t.Context(), time.Hour, 0)
		if next := nextOf(t, db, lease.Name); !next.Equal(start.Add(time.Hour)) {
			t.Errorf("it is pulled %s after the start, want 1h", next.Sub(start))
		}
	})
}

// wrongClock is a clock that is ahead until it is put right.
type wrongClock struct {
	digest.SystemClock
	ahead atomic.Int64
}

func (c *wrongClock) Now() time.Time {
	return c.SystemClock.Now().Add(time.Duration(c.ahead.Load()))
}

// TestClockPutRight works by a clock that is three days ahead and then put right:
// what is done at an interval does not wait for three days.
func TestClockPutRight(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		source := addFollowed(t, db)
		clock := &wrongClock{}
		clock.ahead.Store(int64(72 * time.Hour))
		plan := func(ctx context.Context) error {
			return db.Plan(ctx, clock.Now(), work.Duty{Name: "clean-up", Kind: "clean-up", Next: clock.Now()})
		}
		if err := plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs := make(chan string, 100)
		member := join(t, db, "steady", time.Minute)
		runDuties(t, member, &work.Runner{Store: db, Clock: clock, WentBack: plan, Handlers: map[work.Kind]work.Handler{
			"clean-up": {Do: func(_ context.Context, l work.Lease) (time.Time, error) {
				runs <- l.Name
				return clock.Now().Add(time.Hour), nil
			}},
			work.Pull: {Do: func(ctx context.Context, l work.Lease) (time.Time, error) {
				feeds, err := db.Feeds(ctx, source)
				if err != nil {
					return time.Time{}, err
				}
				feeds[0].LastTry, feeds[0].NextPoll = clock.Now(), clock.Now().Add(time.Hour)
				runs <- l.Name
				return time.Time{}, db.SaveFeed(ctx, feeds[0], time.Time{})
			}},
		}})
		both := func(when string) {
			t.Helper()
			seen := map[string]bool{}
			for began := time.Now(); len(seen) < 2; {
				select {
				case name := <-runs:
					seen[name] = true
				case <-time.After(patience - time.Since(began)):
					t.Fatalf("only %v were done %s", seen, when)
				}
			}
		}
		both("by the wrong clock")
		eventually(t, "both are over", func() bool { return nextOf(t, db, "clean-up").After(time.Now().Add(70 * time.Hour)) })
		clock.ahead.Store(0)
		both("once the clock was right")
		eventually(t, "both wait for an hour of the right clock", func() bool {
			now, clean, pull := time.Now(), nextOf(t, db, "clean-up"), nextOf(t, db, work.NameOf(work.Pull, source))
			return clean.After(now) && pull.After(now) && clean.Before(now.Add(2*time.Hour)) && pull.Before(now.Add(2*time.Hour))
		})
	})
}

// TestMailingBegunByAnotherClock claims at a moment before the mailing began, as
// where clocks differ or one was put back: nothing waits for that moment.
func TestMailingBegunByAnotherClock(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 3)
		before := start.Add(-2 * time.Hour)
		at, ok, err := db.NextTry(t.Context(), issue)
		if err != nil || !ok || at.After(before) {
			t.Errorf("something is due at %s, %v, %v", at, ok, err)
		}
		done, err := db.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Claim: 2, Now: before})
		if err != nil || len(done.Claimed) != 2 {
			t.Errorf("%d were claimed, %v", len(done.Claimed), err)
		}
		rows, err := db.Deliveries(t.Context(), issue, 0, subscribers.Queued)
		if err != nil || len(rows) == 0 || !rows[0].NextTry.IsZero() {
			t.Errorf("what waits is shown as %+v, %v", rows, err)
		}
	})
}

// TestFarAheadPollIsPutRight plans where a feed is to be asked in 2099, though it was
// asked since by a clock that was right.
func TestFarAheadPollIsPutRight(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		source := addFollowed(t, db)
		feeds, err := db.Feeds(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		for next, want := range map[time.Duration]time.Duration{73 * 365 * 24 * time.Hour: 0, 40 * time.Hour: 40 * time.Hour} {
			feeds[0].LastTry, feeds[0].NextPoll = start, start.Add(next)
			if err := db.SaveFeed(t.Context(), feeds[0], time.Time{}); err != nil {
				t.Fatal(err)
			}
			if err := db.Plan(t.Context(), start); err != nil {
				t.Fatal(err)
			}
			if at := nextOf(t, db, work.NameOf(work.Pull, source)); !at.Equal(start.Add(want)) {
				t.Errorf("what was to be asked after %s is asked after %s, want %s", next, at.Sub(start), want)
			}
		}
	})
}
