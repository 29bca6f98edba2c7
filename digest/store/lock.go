package store

import (
	"context"
	"errors"
	"sync"

	"postbag/digest"
)

// workerSuffix is what the name of the worker's lock adds to an SQLite file's.
const workerSuffix = "-worker"

// errTaken says that somebody else holds the worker's lock.
var errTaken = errors.New("the worker's lock is taken")

// workerLock is the worker's lock, taken.
type workerLock struct {
	giveBack func()
	// watch ends with an error when the lock is lost, and without one when ctx
	// ends; nil for a lock that cannot be lost.
	watch func(ctx context.Context) error
}

// LockWorker makes the caller the only one, whatever the process or machine, who
// may pull into and deliver from this database. The lock ends with the process
// however that ends. When somebody else holds it the error is of kind Conflict,
// at once.
//
// All work is done under held, which ends with ctx, with release, and when the
// lock is lost: on PostgreSQL it lives as long as one connection. The cause of
// held is then an error of kind Unavailable, and the caller stops its work,
// releases, and may lock again. Release may be called more than once.
func (db *DB) LockWorker(ctx context.Context) (held context.Context, release func(), err error) {
	lock, err := db.dialect.worker(ctx, db.path)
	if errors.Is(err, errTaken) {
		return nil, nil, conflict("Stop the other Postbag that works on this database, or leave the work to it.",
			"another process pulls and delivers on the database %s", db.path)
	}
	if err != nil {
		return nil, nil, db.wrap("lock the worker", err)
	}
	held, end := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	if lock.watch != nil {
		watching.Go(func() {
			if err := lock.watch(held); err != nil {
				end(digest.Fail(digest.Unavailable, "It is taken again once the database answers.",
					"the worker's lock on the database %s is lost: %w", db.path, err))
			}
		})
	}
	return held, sync.OnceFunc(func() {
		end(nil)
		watching.Wait()
		lock.giveBack()
	}), nil
}
