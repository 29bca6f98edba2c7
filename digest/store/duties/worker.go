package duties

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/work"
)

const (
	// defaultLease is how long a process may be silent before others take over.
	defaultLease = 30 * time.Second

	// LongestLease is the most that a worker can be silent for.
	LongestLease = 10 * time.Minute

	// renewals is how many times a lease is renewed before it would run out.
	renewals = 3

	// leaveTime bounds what leaving may take; the lease of a worker that could not
	// leave runs out.
	leaveTime = 3 * time.Second
)

// worker is this process among those that work on the database: a [work.Member].
type worker struct {
	db       *Store
	id       int64
	lease    time.Duration
	lasting  bool // it does not run out; the lease only shows that the process lives
	giveBack func()

	ctx      context.Context
	end      context.CancelCauseFunc
	renewing sync.WaitGroup
	leave    sync.Once

	joined  time.Time    // on this machine's monotonic clock
	goodFor atomic.Int64 // until so long after joined
	present atomic.Int64
}

// Join registers this process as a worker on the database, with a lease of at most
// [LongestLease]. On PostgreSQL there may be many workers, and each renews its
// lease before that is over. An SQLite file has one, for as long as the process
// lives: where there is another the error is of kind Conflict, at once.
//
// The context of what it gives ends with ctx, when the worker leaves, and when its
// lease is lost: its cause is then an error of kind Unavailable, and the caller
// stops its work, leaves, and may join again.
func (db *Store) Join(ctx context.Context, j work.Joining) (work.Member, error) {
	if j.Lease <= 0 {
		j.Lease = defaultLease
	}
	j.Lease = min(j.Lease, LongestLease)
	p := &worker{db: db, lease: j.Lease, giveBack: func() {}, joined: time.Now()}
	if db.Dialect.Alone != nil {
		giveBack, err := db.LockAlone(ctx)
		if err != nil {
			return nil, err
		}
		p.giveBack, p.lasting = giveBack, true
	}
	taking := ctx
	if j.Patience > 0 {
		taking = digest.Impatient(ctx, j.Patience) // the work itself is patient
	}
	if err := p.take(taking, j); err != nil {
		p.giveBack()
		return nil, err
	}
	p.ctx, p.end = context.WithCancelCause(ctx)
	p.renewing.Go(p.keep)
	return p, nil
}

// take makes the worker's row. Where there can be one, it ends the one before.
func (p *worker) take(ctx context.Context, j work.Joining) error {
	asked := time.Since(p.joined)
	err := p.db.Update(ctx, "join the workers", func(t *database.Tx) error {
		if p.lasting {
			if _, err := t.Exec(`UPDATE workers SET ended_at = ` + t.Dialect.Now + ` WHERE ended_at IS NULL`); err != nil {
				return err
			}
			if err := releaseDuties(t); err != nil {
				return err
			}
		}
		if err := boundLeases(t); err != nil {
			return err
		}
		if j.Alone {
			if err := p.makeSureOfBeingAlone(t); err != nil {
				return err
			}
		}
		_, err := t.One([]any{&p.id}, `
			INSERT INTO workers (name, started_at, leased_until, lease)
			VALUES ($1, `+t.Dialect.Now+`, `+t.Dialect.Now+` + CAST($2 AS BIGINT), CAST($2 AS BIGINT)) RETURNING id`, j.Name, p.lease.Microseconds())
		if err != nil {
			return err
		}
		n, err := t.Number(QueryPresent)
		p.present.Store(n)
		return err
	})
	p.goodFor.Store(int64(asked + p.lease))
	return err
}

// makeSureOfBeingAlone refuses to join beside others; those who ask at once take
// turns.
func (p *worker) makeSureOfBeingAlone(t *database.Tx) error {
	if err := t.TakeTurns(database.TurnJoin); err != nil {
		return err
	}
	if err := EndLapsed(t); err != nil {
		return err
	}
	n, err := t.Number(QueryPresent)
	if err == nil && n > 0 {
		return p.db.IsWorkedOn()
	}
	return err
}

// QueryPresent counts the workers.
const QueryPresent = `SELECT COUNT(*) FROM workers WHERE ended_at IS NULL`

// releaseDuties releases the duties of workers that have ended.
func releaseDuties(t *database.Tx) error {
	n, err := t.Exec(`UPDATE duties SET worker_id = NULL
		WHERE worker_id IN (SELECT w.id FROM workers w WHERE w.ended_at IS NOT NULL)`)
	if n > 0 {
		t.Wake()
	}
	return err
}

// EndLapsed ends the workers whose leases ran out, and releases their duties. One that is
// writing at this moment is passed over.
func EndLapsed(t *database.Tx) error {
	if t.Dialect.Alone != nil {
		return nil
	}
	n, err := t.Exec(`
		UPDATE workers SET ended_at = ` + t.Dialect.Now + ` WHERE id IN (
			SELECT id FROM workers WHERE ended_at IS NULL AND leased_until < ` + t.Dialect.Now + t.Dialect.SkipLocked + `)`)
	if err != nil || n == 0 {
		return err
	}
	return releaseDuties(t)
}

// Living gives the ids of the workers that have not ended, but for one, as a JSON array.
func Living(t *database.Tx, besides int64) (string, error) {
	var ids []int64
	err := t.Each(func(r database.Row) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM workers WHERE ended_at IS NULL AND id <> $1 ORDER BY id`, besides)
	if err != nil {
		return "", err
	}
	return database.JSONArray(ids)
}

// boundLeases shortens leases that no clock of now has given: where the database's
// clock was put back by hours, a worker that was killed would keep its duties for
// as long. One that lives renews its own before.
func boundLeases(t *database.Tx) error {
	if t.Dialect.Alone != nil {
		return nil
	}
	_, err := t.Exec(`
		UPDATE workers SET leased_until = `+t.Dialect.Now+` + CAST($1 AS BIGINT) WHERE id IN (
			SELECT id FROM workers WHERE ended_at IS NULL AND leased_until > `+t.Dialect.Now+` + CAST($1 AS BIGINT)`+t.Dialect.SkipLocked+`)`,
		LongestLease.Microseconds())
	return err
}

// isWorker makes sure that a worker does not end before the transaction does.
func isWorker(t *database.Tx, id int64) error {
	n, err := t.Number(QueryWorker(t.Dialect), id)
	if err == nil && n == 0 {
		return lostLeaseOfWorker()
	}
	return err
}

// QueryWorker gives a row for the worker $1 if it has not ended, and keeps it from
// ending before the transaction does.
func QueryWorker(d *database.Dialect) string {
	return `SELECT id FROM workers WHERE id = $1 AND ended_at IS NULL` + d.Share
}

func lostLeaseOfWorker() error {
	return database.Conflict("Another process goes on with its work.", "this process was silent for too long and lost its lease as a worker")
}

// keep renews the lease until the context ends, and ends that when the lease is
// lost.
func (p *worker) keep() {
	every := p.lease / renewals
	for {
		if (digest.SystemClock{}).Sleep(p.ctx, every) != nil {
			return
		}
		err := p.renew(every)
		switch {
		case err == nil:
		case p.ctx.Err() != nil:
			return
		case p.lasting:
		case digest.KindOf(err) == digest.Conflict, !p.Valid():
			p.end(digest.Fail(digest.Unavailable, "It is taken again once the database answers.",
				"the lease as a worker on the database %s is lost: %w", p.db.File, err))
			return
		}
	}
}

func (p *worker) renew(within time.Duration) error {
	asked := time.Since(p.joined)
	ctx, cancel := context.WithTimeout(p.ctx, within)
	defer cancel()
	var present int64
	err := p.db.Update(ctx, "renew the worker's lease", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE workers SET leased_until = `+t.Dialect.Now+` + CAST($1 AS BIGINT)
			WHERE id = $2 AND ended_at IS NULL`, p.lease.Microseconds(), p.id)
		if err != nil {
			return err
		}
		if n == 0 {
			return lostLeaseOfWorker()
		}
		if err := boundLeases(t); err != nil {
			return err
		}
		present, err = t.Number(QueryPresent)
		return err
	})
	if err == nil {
		p.goodFor.Store(int64(asked + p.lease))
		p.present.Store(present)
	}
	return err
}

// ID tells workers apart.
func (p *worker) ID() int64 { return p.id }

// Context ends when the lease is lost or the worker leaves.
func (p *worker) Context() context.Context { return p.ctx }

// Valid tells whether the lease certainly holds at this moment.
func (p *worker) Valid() bool {
	return p.ctx.Err() == nil && (p.lasting || time.Since(p.joined) < time.Duration(p.goodFor.Load()))
}

// Present is how many workers there were when the lease was last renewed.
func (p *worker) Present() int { return int(p.present.Load()) }

// Leave ends the worker and releases its duties.
func (p *worker) Leave() {
	p.leave.Do(func() {
		p.end(nil)
		p.renewing.Wait()
		ctx, cancel := digest.Afterwards(p.ctx, leaveTime)
		defer cancel()
		// A lease that cannot be ended now runs out, or is ended by the next to
		// join: there is nothing to report.
		_ = p.db.Update(ctx, "leave the workers", func(t *database.Tx) error {
			if _, err := t.Exec(`UPDATE workers SET ended_at = `+t.Dialect.Now+` WHERE id = $1 AND ended_at IS NULL`, p.id); err != nil {
				return err
			}
			return releaseDuties(t)
		})
		p.giveBack()
	})
}
