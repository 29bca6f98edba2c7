package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// workerSuffix is what the name of the worker's lock adds to the database's.
const workerSuffix = "-worker"

// LockWorker makes the caller the only one, on this machine and in this process,
// who may pull into and deliver from this database. The lock is a transaction
// kept open on a second, empty database beside it, so it ends with the process
// however that ends. When somebody else holds it the error is of kind Conflict,
// at once. Release may be called more than once.
func (db *DB) LockWorker(ctx context.Context) (release func(), err error) {
	name, err := db.dialect.lock(db.path + workerSuffix)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open(db.dialect.driver, name)
	if err != nil {
		return nil, db.wrap("lock the worker", err)
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		if conn != nil {
			err = errors.Join(err, conn.Close())
		}
		err = errors.Join(err, pool.Close())
		if db.dialect.code(err) == codeBusy {
			return nil, conflict("Stop the other Postbag that works on this database, or leave the work to it.",
				"another process pulls and delivers on the database %s", db.path)
		}
		return nil, db.wrap("lock the worker", err)
	}
	return sync.OnceFunc(func() {
		// Nothing was written, and the system takes the lock back even from a
		// file that fails to close: there is nothing to report.
		_ = conn.Close()
		_ = pool.Close()
	}), nil
}
