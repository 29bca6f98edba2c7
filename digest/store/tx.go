package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postbag/digest"
)

// tx is a transaction under way. Arguments may be [time.Time], bool and id
// values; results may be pointers to [time.Time]: see values.go.
type tx struct {
	ctx     context.Context // of the method that owns the transaction
	raw     *sql.Tx
	hot     map[string]*sql.Stmt
	taken   map[string]*sql.Stmt // of hot, for this transaction
	dialect *dialect
	woken   bool // something may be due once it commits
}

// mostTries bounds how often a transaction is run that others' transactions
// stood in the way of.
const mostTries = 8

// update runs a transaction that writes. Nothing of it remains when fn fails.
//
// Where writers run side by side, fn may run several times, each time from the
// beginning: after a deadlock or a failed serialization, and while the server is
// away, for as long as a lock is waited for. A commit whose answer was lost is
// not repeated, since it may hold. Under a lease, the last thing it does before it
// commits is to make sure of the lease.
func (db *DB) update(ctx context.Context, operation string, fn func(*tx) error) error {
	return db.updateOn(ctx, db.write, db.hot, operation, fn)
}

// updateOn is update over another pool, with the statements prepared on it.
func (db *DB) updateOn(ctx context.Context, pool *sql.DB, hot map[string]*sql.Stmt, operation string, fn func(*tx) error) error {
	began := time.Now()
	for try := 1; ; try++ {
		woken := false
		came, err := db.transact(ctx, pool, db.dialect.writing, hot, func(t *tx) error {
			err := fn(t)
			if err == nil {
				err = db.beforeCommit(t)
			}
			if woken = t.woken; err == nil && woken && t.dialect.wakeOthers != "" {
				_, err = t.exec(t.dialect.wakeOthers)
			}
			return err
		})
		if err == nil && woken {
			db.wakes.all()
		}
		switch code := db.dialect.code(err); {
		case code == codeRetry && try < mostTries:
		case (code == codeLost || code == codeAway) && came < toCommit && time.Since(began) < db.busy:
		default:
			return db.wrap(operation, err)
		}
		pause := min(time.Duration(try*try)*5*time.Millisecond, time.Second)
		if (digest.SystemClock{}).Sleep(ctx, pause) != nil {
			return db.wrap(operation, err)
		}
	}
}

// updateDerived is update for derived data, which can be made later: on SQLite it
// waits for other writers no longer than [derivedTime].
func (db *DB) updateDerived(ctx context.Context, operation string, fn func(*tx) error) error {
	if db.derived != db.write {
		// This process' other writers come in their turn.
		waiting, err := db.write.Conn(ctx)
		if err != nil {
			return db.wrap(operation, err)
		}
		defer waiting.Close()
	}
	return db.updateOn(ctx, db.derived, nil, operation, fn)
}

// view runs a transaction that reads one state of the database. It does not wait
// for a server that is away.
func (db *DB) view(ctx context.Context, operation string, fn func(*tx) error) error {
	for try := 1; ; try++ {
		came, err := db.transact(ctx, db.read, db.dialect.reading, nil, fn)
		if came == toBegin && db.isStale(err, try) {
			continue
		}
		return db.wrap(operation, err)
	}
}

// isStale tells that a connection which was kept turned out to be gone, as all
// are after the server has started anew, and that the next may not be.
func (db *DB) isStale(err error, try int) bool {
	return db.dialect.code(err) == codeLost && try <= mostReaders
}

// stage is how far a transaction came.
type stage int

const (
	toBegin stage = iota
	toWork
	toCommit
)

// transact runs a transaction once, and tells what it came to.
func (db *DB) transact(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, hot map[string]*sql.Stmt, fn func(*tx) error) (came stage, err error) {
	raw, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return toBegin, err
	}
	if err := fn(&tx{ctx: ctx, raw: raw, hot: hot, dialect: &db.dialect}); err != nil {
		// A transaction that cannot be rolled back ends with its connection.
		return toWork, ended(ctx, first(err, raw.Rollback()))
	}
	return toCommit, ended(ctx, raw.Commit())
}

// ended says so when an error came of the end of ctx: the statement that was
// under way may only find itself closed.
func ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// lock runs a SELECT … FOR UPDATE or FOR SHARE, where writers run side by side:
// what the following statements read of those rows stays as it is until the
// transaction ends. Elsewhere there is nobody to lock out.
func (t *tx) lock(query string, args ...any) error {
	if !t.dialect.locksRows {
		return nil
	}
	return t.each(func(row) error { return nil }, query, args...)
}

// The things that transactions take turns at as a whole, because there is no
// row to lock yet.
const (
	turnMigrate = 1
	turnSignUp  = 2
	turnPlan    = 3
	turnJoin    = 4
)

// takeTurns waits until no other transaction is at the same thing.
func (t *tx) takeTurns(thing int) error {
	if t.dialect.takeTurns == "" {
		return nil
	}
	_, err := t.exec(t.dialect.takeTurns, thing)
	return err
}

// exec runs a statement and gives the number of rows it wrote.
func (t *tx) exec(query string, args ...any) (int64, error) {
	res, err := t.run(t.ctx, query, args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) run(ctx context.Context, query string, args []any) (sql.Result, error) {
	if stmt := t.prepared(query); stmt != nil {
		return stmt.ExecContext(ctx, bound(args)...)
	}
	return t.raw.ExecContext(ctx, query, bound(args)...)
}

// prepared gives a statement that is kept prepared, nil for any other.
func (t *tx) prepared(query string) *sql.Stmt {
	stmt := t.taken[query]
	if hot := t.hot[query]; stmt == nil && hot != nil {
		if t.taken == nil {
			t.taken = map[string]*sql.Stmt{}
		}
		stmt = t.raw.StmtContext(t.ctx, hot)
		t.taken[query] = stmt
	}
	return stmt
}

// insert runs a statement that inserts one row, and gives the id that it got. It
// costs SQLite half as much again to return a column of the row.
func (t *tx) insert(query string, args ...any) (id int64, err error) {
	if !t.dialect.knowsLastID {
		return t.number(query+` RETURNING id`, args...)
	}
	// One row is not given up half way: to listen for that takes the driver a
	// goroutine each time.
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	res, err := t.run(context.WithoutCancel(t.ctx), query, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// each calls fn with every row.
func (t *tx) each(fn func(row) error, query string, args ...any) (err error) {
	var rows *sql.Rows
	if stmt := t.prepared(query); stmt != nil {
		rows, err = stmt.QueryContext(t.ctx, bound(args)...)
	} else {
		rows, err = t.raw.QueryContext(t.ctx, query, bound(args)...)
	}
	if err != nil {
		return err
	}
	defer func() { err = first(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(row{rows}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// first gives the error that came first; unlike a joined one it keeps its hint.
func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}

// one reads a single row, and tells whether there was one. A statement that
// writes and returns its row runs to its end.
func (t *tx) one(dest []any, query string, args ...any) (found bool, err error) {
	err = t.each(func(r row) error {
		if found {
			return nil
		}
		found = true
		return r.scan(dest...)
	}, query, args...)
	return found, err
}

// number reads a single number; no row is zero.
func (t *tx) number(query string, args ...any) (n int64, err error) {
	_, err = t.one([]any{&n}, query, args...)
	return n, err
}

// ids reads a column of ids.
func (t *tx) ids(query string, args ...any) (all []int64, err error) {
	err = t.each(func(r row) error {
		var id int64
		err := r.scan(&id)
		all = append(all, id)
		return err
	}, query, args...)
	return all, err
}

// row is one row of a result.
type row struct{ rows *sql.Rows }

func (r row) scan(dest ...any) error { return r.rows.Scan(targets(dest)...) }

// errEnough ends the reading of rows without being an error.
var errEnough = errors.New("enough rows")
