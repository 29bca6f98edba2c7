package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postbag/digest"
)

// Tx is a transaction under way. Arguments may be [time.Time], bool and id
// values; results may be pointers to [time.Time]: see values.go.
type Tx struct {
	Ctx     context.Context // of the method that owns the transaction
	Raw     *sql.Tx
	stmts   map[string]*sql.Stmt // statements prepared on the connections it is of
	taken   map[string]*sql.Stmt // of stmts, for this transaction
	Dialect *Dialect
	woken   bool        // something may be due once it commits
	giveUp  *time.Timer // ends Ctx where somebody impatient waits for an answer; else nil
	clock   digest.Clock
}

// Now gives the moment by the clock that the database was opened with.
func (t *Tx) Now() time.Time { return t.clock.Now() }

// mostTries bounds how often a transaction is run that others' transactions
// stood in the way of.
const mostTries = 8

// Update runs a transaction that writes. Nothing of it remains when fn fails.
//
// Where writers run side by side, fn may run several times, each time from the
// beginning: after a deadlock or a failed serialization, and while the server is
// away, for as long as a lock is waited for, or as [digest.Impatient] says. A commit whose answer was lost is
// not repeated, since it may hold. The last thing before it commits is
// BeforeCommit.
func (db *DB) Update(ctx context.Context, operation string, fn func(*Tx) error) error {
	began, busy := time.Now(), db.Busy
	most, inVain, bounded := digest.Patience(ctx)
	if bounded {
		busy = min(busy, most)
	}
	for try := 1; ; try++ {
		woken := false
		came, err := db.transact(ctx, db.Write, db.Dialect.Writing, db.prepared, func(t *Tx) error {
			err := fn(t)
			if err == nil && db.BeforeCommit != nil {
				err = db.BeforeCommit(t)
			}
			if woken = t.woken; err == nil && woken && t.Dialect.wakeOthers != "" {
				_, err = t.Exec(t.Dialect.wakeOthers)
			}
			return err
		})
		if err == nil && woken {
			db.wakes.all()
		}
		switch code := db.Dialect.Code(err); {
		case code == codeRetry && try < mostTries:
		case code == codeBusy && came == toBegin && !errors.Is(err, errSilent) && time.Since(began) < busy:
		case (code == codeLost || code == codeAway) && came < toCommit && time.Since(began) < busy:
		default:
			if code == codeLost || code == codeAway || code == codeBusy {
				inVain()
			}
			return db.Wrap(operation, err)
		}
		pause := min(time.Duration(try*try)*5*time.Millisecond, time.Second)
		if (digest.SystemClock{}).Sleep(ctx, pause) != nil {
			return db.Wrap(operation, err)
		}
	}
}

// View runs a transaction that reads one state of the database. It does not wait
// for a server that is away.
func (db *DB) View(ctx context.Context, operation string, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		came, err := db.transact(ctx, db.Read, db.Dialect.reading, nil, fn)
		if came == toBegin && db.isStale(err, try) {
			continue
		}
		return db.Wrap(operation, err)
	}
}

// isStale tells that a connection which was kept turned out to be gone, as all
// are after the server has started anew, and that the next may not be.
func (db *DB) isStale(err error, try int) bool {
	return db.Dialect.Code(err) == codeLost && try <= mostReaders
}

// stage is how far a transaction came.
type stage int

const (
	toBegin stage = iota
	toWork
	toCommit
)

// transact runs a transaction once, and tells what it came to.
func (db *DB) transact(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, stmts map[string]*sql.Stmt, fn func(*Tx) error) (came stage, err error) {
	t, ended, err := db.begin(ctx, pool, opts)
	if err != nil {
		return toBegin, err
	}
	defer ended()
	t.stmts = stmts
	if pool == db.Write {
		db.writing.Add(1)
		defer db.writing.Add(-1)
	}
	came, err = toWork, fn(t)
	t.asks()
	if err != nil {
		// A transaction that cannot be rolled back ends with its connection.
		err = First(err, t.Raw.Rollback())
	} else {
		came, err = toCommit, t.Raw.Commit()
	}
	t.answered()
	if err != nil && t.Ctx.Err() != nil && ctx.Err() == nil {
		_, inVain, _ := digest.Patience(ctx)
		inVain()
		return came, errSilent
	}
	return came, Ended(ctx, err)
}

// answerTime is how long somebody impatient waits for the answer to one statement of a
// transaction that has begun, or for its next row: a server may fall silent in the midst.
const answerTime = 10 * time.Second

// asks begins to wait for an answer, and answered has it.
func (t *Tx) asks() {
	if t.giveUp != nil {
		t.giveUp.Reset(answerTime)
	}
}

func (t *Tx) answered() {
	if t.giveUp != nil {
		t.giveUp.Stop()
	}
}

// errSilent says that it took longer to begin a transaction than anybody waits.
var errSilent = errors.New("it says nothing")

// begin begins a transaction; ended is called after it. A server that is suspended takes
// a question and never answers, and before an SQLite file that another process has locked
// others stand in line: who is impatient waits no longer than they said.
func (db *DB) begin(ctx context.Context, pool *sql.DB, opts *sql.TxOptions) (t *Tx, ended func(), err error) {
	var raw *sql.Tx
	t = &Tx{Ctx: ctx, Dialect: &db.Dialect, clock: db.Clock}
	most, inVain, bounded := digest.Patience(ctx)
	if !bounded {
		t.Raw, err = pool.BeginTx(ctx, opts)
		return t, func() {}, err
	}
	whole, ended := context.WithCancel(ctx)
	giveUp := time.AfterFunc(most, ended)
	raw, err = pool.BeginTx(whole, opts)
	if inTime := giveUp.Stop(); !inTime && ctx.Err() == nil {
		inVain()
		if err == nil {
			_ = raw.Rollback() // it has ended already
		}
		return nil, nil, errSilent
	}
	if err != nil {
		ended()
		return nil, nil, Ended(ctx, err)
	}
	t.Ctx, t.Raw, t.giveUp = whole, raw, giveUp
	return t, ended, nil
}

// Ended says so when an error came of the end of ctx: the statement that was
// under way may only find itself closed.
func Ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// Lock runs a SELECT … FOR UPDATE or FOR SHARE, where writers run side by side:
// what the following statements read of those rows stays as it is until the
// transaction ends. Elsewhere there is nobody to lock out.
func (t *Tx) Lock(query string, args ...any) error {
	if !t.Dialect.LocksRows {
		return nil
	}
	return t.Each(func(Row) error { return nil }, query, args...)
}

// The things that transactions take turns at as a whole, because there is no
// row to lock yet; see [Tx.TakeTurns].
const (
	TurnMigrate = 1
	TurnSignUp  = 2
	TurnPlan    = 3
	TurnJoin    = 4
	TurnTask    = 5
	TurnDoor    = 6 // signing in, and what editors there are
	TurnRate    = 7 // what a limited rate lets through
)

// TakeTurns waits until no other transaction is at the same thing.
func (t *Tx) TakeTurns(thing int) error {
	if t.Dialect.takeTurns == "" {
		return nil
	}
	_, err := t.Exec(t.Dialect.takeTurns, thing)
	return err
}

// Exec runs a statement and gives the number of rows it wrote.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	res, err := t.run(t.Ctx, query, args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *Tx) run(ctx context.Context, query string, args []any) (sql.Result, error) {
	t.asks()
	defer t.answered()
	if stmt := t.prepared(query); stmt != nil {
		return stmt.ExecContext(ctx, Bound(args)...)
	}
	return t.Raw.ExecContext(ctx, query, Bound(args)...)
}

// prepared gives a statement that is kept prepared, nil for any other.
func (t *Tx) prepared(query string) *sql.Stmt {
	stmt := t.taken[query]
	if kept := t.stmts[query]; stmt == nil && kept != nil {
		if t.taken == nil {
			t.taken = map[string]*sql.Stmt{}
		}
		stmt = t.Raw.StmtContext(t.Ctx, kept)
		t.taken[query] = stmt
	}
	return stmt
}

// Insert runs a statement that inserts one row, and gives the id that it got. It
// costs SQLite half as much again to return a column of the row.
func (t *Tx) Insert(query string, args ...any) (id int64, err error) {
	if !t.Dialect.KnowsLastID {
		return t.Number(query+` RETURNING id`, args...)
	}
	// One row is not given up half way: to listen for that takes the driver a
	// goroutine each time.
	if err := t.Ctx.Err(); err != nil {
		return 0, err
	}
	res, err := t.run(context.WithoutCancel(t.Ctx), query, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Each calls fn with every row.
func (t *Tx) Each(fn func(Row) error, query string, args ...any) (err error) {
	var rows *sql.Rows
	t.asks()
	defer t.answered()
	if stmt := t.prepared(query); stmt != nil {
		rows, err = stmt.QueryContext(t.Ctx, Bound(args)...)
	} else {
		rows, err = t.Raw.QueryContext(t.Ctx, query, Bound(args)...)
	}
	if err != nil {
		return err
	}
	defer func() { err = First(err, rows.Close()) }()
	for rows.Next() {
		t.answered()
		if err := fn(Row{rows}); err != nil {
			return err
		}
		t.asks()
	}
	return rows.Err()
}

// First gives the error that came first; unlike a joined one it keeps its hint.
func First(err, later error) error {
	if err != nil {
		return err
	}
	return later
}

// One reads a single row, and tells whether there was one. A statement that
// writes and returns its row runs to its end.
func (t *Tx) One(dest []any, query string, args ...any) (found bool, err error) {
	err = t.Each(func(r Row) error {
		if found {
			return nil
		}
		found = true
		return r.Scan(dest...)
	}, query, args...)
	return found, err
}

// Number reads a single number; no row is zero.
func (t *Tx) Number(query string, args ...any) (n int64, err error) {
	_, err = t.One([]any{&n}, query, args...)
	return n, err
}

// IDs reads a column of ids.
func (t *Tx) IDs(query string, args ...any) (all []int64, err error) {
	err = t.Each(func(r Row) error {
		var id int64
		err := r.Scan(&id)
		all = append(all, id)
		return err
	}, query, args...)
	return all, err
}

// Row is one row of a result.
type Row struct{ Rows *sql.Rows }

// Scan reads the columns of the row.
func (r Row) Scan(dest ...any) error { return r.Rows.Scan(targets(dest)...) }
