package store_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

// runDuties runs a runner until the test ends.
func runDuties(t *testing.T, member work.Member, r *work.Runner) {
	t.Helper()
	r.Log, r.Poll = slog.New(slog.DiscardHandler), 50*time.Millisecond
	done := make(chan struct{})
	go func() { defer close(done); r.Run(member) }()
	t.Cleanup(func() { member.Leave(); <-done })
}

// runDuty runs what a runner does with a clean-up until the test ends.
func runDuty(t *testing.T, s work.Store, member work.Member, do func(context.Context, work.Lease) (time.Time, error)) {
	t.Helper()
	runDuties(t, member, &work.Runner{Store: s, Clock: digest.SystemClock{},
		Handlers: map[work.Kind]work.Handler{"clean-up": {Do: do}}})
}

func planCleanUp(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Plan(t.Context(), time.Now(), work.Duty{Name: "clean-up", Kind: "clean-up", Next: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

// TestEndOfDutyOutlivesOutage shuts the database away while a duty ends, for
// longer than a statement waits and not as long as the lease: the place is kept,
// and the duty is done again at its next moment.
func TestEndOfDutyOutlivesOutage(t *testing.T) {
	t.Parallel()
	door, through := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db := open(t, through)
	planCleanUp(t, db)
	member := join(t, db, "steady", 20*time.Second)
	var runs atomic.Int64
	runDuty(t, db, member, func(context.Context, work.Lease) (time.Time, error) {
		if runs.Add(1) == 1 {
			door.Shut()
			time.AfterFunc(4*time.Second, func() { door.Open(t) })
		}
		return time.Now().Add(100 * time.Millisecond), nil
	})
	eventually(t, "the duty is done again", func() bool { return runs.Load() > 1 })
	if !member.Valid() {
		t.Error("the member is lost:", context.Cause(member.Context()))
	}
}

// unheard is a store whose first claim is made without its caller being told, as
// when the connection breaks under the answer to a commit.
type unheard struct {
	*store.DB
	broke atomic.Bool
}

func (u *unheard) Claim(ctx context.Context, worker int64, kinds []work.Kind, now time.Time) (work.Lease, bool, error) {
	l, ok, err := u.DB.Claim(ctx, worker, kinds, now)
	if ok && u.broke.CompareAndSwap(false, true) {
		return work.Lease{}, false, errors.New("the connection broke")
	}
	return l, ok, err
}

// TestClaimWithoutAnswer is taken back: else the duty would be held by a worker
// that is not at it, for as long as that lives.
func TestClaimWithoutAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		planCleanUp(t, db)
		member := join(t, db, "steady", 20*time.Second)
		done := make(chan struct{})
		runDuty(t, &unheard{DB: db}, member, func(context.Context, work.Lease) (time.Time, error) {
			close(done)
			return time.Now().Add(time.Hour), nil
		})
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("the duty is held, and nobody does it")
		}
	})
}

// counted is a store that counts how often it is asked for work.
type counted struct {
	*store.DB
	claims atomic.Int64
}

func (c *counted) Claim(ctx context.Context, worker int64, kinds []work.Kind, now time.Time) (work.Lease, bool, error) {
	c.claims.Add(1)
	return c.DB.Claim(ctx, worker, kinds, now)
}

// TestStuckWorkerIsNoRush stops a worker in the middle of a transaction that
// holds its lease: the others cannot end it, and do not ask without pause.
func TestStuckWorkerIsNoRush(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := &counted{DB: open(t, dsn)}
	planCleanUp(t, db.DB)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, query := range []string{
		`INSERT INTO workers (name, started_at, leased_until) VALUES ('stuck', 1, 1)`,
		`UPDATE duties SET worker_id = (SELECT id FROM workers), fence = 1`,
		`BEGIN`,
		`SELECT id FROM workers FOR SHARE`,
	} {
		if _, err := conn.Exec(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	runDuty(t, db, join(t, db.DB, "steady", 20*time.Second), func(context.Context, work.Lease) (time.Time, error) {
		close(done)
		return time.Now().Add(time.Hour), nil
	})
	time.Sleep(2 * time.Second)
	if n := db.claims.Load(); n > 60 {
		t.Errorf("it was asked for work %d times in two seconds", n)
	}
	if _, err := conn.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("the duty of the worker that was stuck is not done")
	}
}

// TestStopHandsBackADuty stops a worker in the middle of a duty: it is due at once
// for another, and has not failed.
func TestStopHandsBackADuty(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		planCleanUp(t, db)
		at := make(chan work.Lease, 1)
		member := join(t, db, "stopped", time.Hour)
		r := work.Runner{
			Store: db, Clock: digest.SystemClock{}, Log: slog.New(slog.DiscardHandler),
			Handlers: map[work.Kind]work.Handler{"clean-up": {Do: func(ctx context.Context, l work.Lease) (time.Time, error) {
				at <- l
				<-ctx.Done()
				return time.Time{}, ctx.Err()
			}}},
		}
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(member) }()
		running := <-at
		member.Leave()
		select {
		case <-stopped:
		case <-time.After(patience):
			t.Fatal("the runner goes on without a place")
		}
		next := join(t, db, "next", time.Hour)
		l, ok, err := db.Claim(t.Context(), next.ID(), []work.Kind{"clean-up"}, time.Now())
		if err != nil || !ok || l.Fence != running.Fence+1 || l.Failures != 0 {
			t.Errorf("then %v, %v with %+v", ok, err, l)
		}
	})
}
