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

	// LongestLease is the most that a place can be taken or renewed for.
	LongestLease = 10 * time.Minute

	// renewals is how many times a lease is renewed before it would run out.
	renewals = 3

	// leaveTime bounds what leaving may take; a place that could not be given up
	// runs out.
	leaveTime = 3 * time.Second
)

// place is a [work.Place].
type place struct {
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

// Join takes a place among the processes that work on this database, with a lease
// of at most [LongestLease]. On PostgreSQL there may be many, and each is renewed
// before its lease is over. An SQLite file has one, which lasts as long as the
// process: when another has it the error is of kind Conflict, at once.
//
// The place's context ends with ctx, when it is left, and when it is lost: its
// cause is then an error of kind Unavailable, and the caller stops its work,
// leaves, and may join again.
func (db *Store) Join(ctx context.Context, j work.Joining) (work.Place, error) {
	if j.Lease <= 0 {
		j.Lease = defaultLease
	}
	j.Lease = min(j.Lease, LongestLease)
	p := &place{db: db, lease: j.Lease, giveBack: func() {}, joined: time.Now()}
	if db.Dialect.Alone != nil {
		giveBack, err := db.LockAlone(ctx)
		if err != nil {
			return nil, err
		}
		p.giveBack, p.lasting = giveBack, true
	}
	if err := p.take(ctx, j); err != nil {
		p.giveBack()
		return nil, err
	}
	p.ctx, p.end = context.WithCancelCause(ctx)
	p.renewing.Go(p.keep)
	return p, nil
}

// take makes the place's row. Where there is one place, whoever had it before is
// no more.
func (p *place) take(ctx context.Context, j work.Joining) error {
	asked := time.Since(p.joined)
	err := p.db.Update(ctx, "join the workers", func(t *database.Tx) error {
		if p.lasting {
			if _, err := t.Exec(`UPDATE workers SET ended_at = ` + t.Dialect.Now + ` WHERE ended_at IS NULL`); err != nil {
				return err
			}
			if err := freeDuties(t); err != nil {
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
			INSERT INTO workers (name, started_at, leased_until)
			VALUES ($1, `+t.Dialect.Now+`, `+t.Dialect.Now+` + CAST($2 AS BIGINT)) RETURNING id`, j.Name, p.lease.Microseconds())
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

// makeSureOfBeingAlone refuses a place beside others; those who ask at once take
// turns.
func (p *place) makeSureOfBeingAlone(t *database.Tx) error {
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

const QueryPresent = `SELECT COUNT(*) FROM workers WHERE ended_at IS NULL`

// freeDuties lets go of what ended places held.
func freeDuties(t *database.Tx) error {
	n, err := t.Exec(`UPDATE duties SET worker_id = NULL
		WHERE worker_id IN (SELECT w.id FROM workers w WHERE w.ended_at IS NOT NULL)`)
	if n > 0 {
		t.Wake()
	}
	return err
}

// EndLapsed ends the places that ran out, and frees what they held. One that is
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
	return freeDuties(t)
}

// boundLeases shortens leases that no clock of now has given: where the database's
// clock was put back by hours, a process that is no more would keep its duties for
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

// inPlace makes sure that a place holds until the transaction ends.
func inPlace(t *database.Tx, id int64) error {
	n, err := t.Number(QueryInPlace(t.Dialect), id)
	if err == nil && n == 0 {
		return lostPlace()
	}
	return err
}

func QueryInPlace(d *database.Dialect) string {
	return `SELECT id FROM workers WHERE id = $1 AND ended_at IS NULL` + d.Share
}

func lostPlace() error {
	return database.Conflict("Another process goes on with its work.", "this process was silent for too long and lost its place among the workers")
}

// keep renews the place until its context ends, and ends it when it is lost.
func (p *place) keep() {
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
				"the place among the workers on the database %s is lost: %w", p.db.File, err))
			return
		}
	}
}

func (p *place) renew(within time.Duration) error {
	asked := time.Since(p.joined)
	ctx, cancel := context.WithTimeout(p.ctx, within)
	defer cancel()
	var present int64
	err := p.db.Update(ctx, "renew the worker's place", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE workers SET leased_until = `+t.Dialect.Now+` + CAST($1 AS BIGINT)
			WHERE id = $2 AND ended_at IS NULL`, p.lease.Microseconds(), p.id)
		if err != nil {
			return err
		}
		if n == 0 {
			return lostPlace()
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

// ID tells places apart.
func (p *place) ID() int64 { return p.id }

// Context ends when the place is lost or left.
func (p *place) Context() context.Context { return p.ctx }

// Valid tells whether the place certainly holds at this moment.
func (p *place) Valid() bool {
	return p.ctx.Err() == nil && (p.lasting || time.Since(p.joined) < time.Duration(p.goodFor.Load()))
}

// Present is how many processes had a place when this one was last renewed.
func (p *place) Present() int { return int(p.present.Load()) }

// Leave gives the place up and what it holds back.
func (p *place) Leave() {
	p.leave.Do(func() {
		p.end(nil)
		p.renewing.Wait()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), leaveTime)
		defer cancel()
		// A place that cannot be given up now runs out, or is ended by the next to
		// join: there is nothing to report.
		_ = p.db.Update(ctx, "leave the workers", func(t *database.Tx) error {
			if _, err := t.Exec(`UPDATE workers SET ended_at = `+t.Dialect.Now+` WHERE id = $1 AND ended_at IS NULL`, p.id); err != nil {
				return err
			}
			return freeDuties(t)
		})
		p.giveBack()
	})
}
