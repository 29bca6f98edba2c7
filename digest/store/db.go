package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// DefaultLimit bounds a listing whose caller set no limit.
const DefaultLimit = 500

// defaultBusyTimeout is how long a statement waits for a lock of another
// process before it gives up.
const defaultBusyTimeout = time.Minute

// mostReaders bounds the connections that only read.
const mostReaders = 16

// saltBytes is the size of the publication's salt.
const saltBytes = 16

// DB is the database. It is safe for use by many goroutines.
type DB struct {
	dialect dialect
	path    string
	busy    time.Duration
	write   *sql.DB // of one connection where the database has one writer at a time
	read    *sql.DB
	derived *sql.DB              // writes derived data, and does not wait for long
	hot     map[string]*sql.Stmt // statements kept prepared on the writer
	gen     *sql.Stmt            // queryGeneration, kept prepared on the readers
	turns   turns
	heads   heads
	// beforeCommit is the last thing that a transaction which writes does.
	beforeCommit func(*tx) error

	wakes         wakes
	listens       sync.Once // begins to listen for other processes' wake-ups
	stopListening func()    // nil before that
	listening     sync.WaitGroup
}

var (
	_ pull.Store      = (*DB)(nil)
	_ desk.Store      = (*DB)(nil)
	_ publish.Store   = (*DB)(nil)
	_ deliver.Ledger  = (*DB)(nil)
	_ deliver.Notices = (*DB)(nil)
	_ signup.Store    = (*DB)(nil)
	_ roster.Store    = (*DB)(nil)
	_ work.Store      = (*DB)(nil)
)

// Options are what a database is opened with besides its name. The zero value
// is good.
type Options struct {
	// Clock dates the migrations; nil means the machine's.
	Clock digest.Clock
	// BusyTimeout is how long a statement waits for another process' lock, and
	// what writes for a server that is away; zero means a minute.
	BusyTimeout time.Duration
	// AsIs opens a database only to look at it, whatever its schema: nothing is
	// made, changed or upgraded, and only [DB.Backup], [DB.Schema], [DB.Path] and
	// [DB.Close] can be called.
	AsIs bool
	// Existing refuses a place that holds nothing of Postbag's instead of beginning
	// there: an empty or missing file, an empty database.
	Existing bool
	// Upgraded, when set, is told that the schema was brought up to date.
	Upgraded func(from, to int)
}

// Open opens a database and brings its schema up to date. The name is the path
// of an SQLite file, which is created when it is missing, readable by its owner
// only; its folder must exist, and before an older schema is changed a copy is
// made beside it, see [DB.Path]. Or it is the address of a PostgreSQL database,
// postgres://user@host/name, which must exist; what the address leaves out comes
// from the variables that PostgreSQL's own programs read.
//
// The error is of kind Invalid for a name or a database that can never work, of
// kind Conflict when the schema is newer than this program, and of kind
// Unavailable when the database cannot be reached, read or written. A password
// in the name is in no error.
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, dsn, opts, d)
	if err != nil {
		return nil, err
	}
	if opts.AsIs {
		return db, nil
	}
	if err := db.keep(ctx, often(db.dialect)); err != nil {
		return nil, first(err, db.Close())
	}
	return db, nil
}

// keywordValue is how libpq names a database without a URL.
var keywordValue = regexp.MustCompile(`(?i)(^|\s)(host|hostaddr|dbname|password|user)\s*=`)

// dialectOf chooses the database by the name's scheme.
func dialectOf(dsn string) (dialect, error) {
	scheme, _, isURL := strings.Cut(dsn, "://")
	switch {
	case !isURL && keywordValue.MatchString(dsn):
		// It may hold a password: nothing of it is repeated.
		return dialect{}, digest.Fail(digest.Invalid, "Write it as postgres://user@host/name, with the password in PGPASSWORD or PGPASSFILE.",
			"the database is named by keywords and values, which Postbag does not read")
	case !isURL:
		return sqliteDialect(), nil
	case scheme == "postgres" || scheme == "postgresql":
		return postgresDialect(dsn)
	}
	return dialect{}, digest.Fail(digest.Invalid, "Give the path of a file, such as postbag.db, or postgres://user@host/name.",
		"%q is no kind of database that Postbag knows", scheme)
}

const (
	hintOtherDB = "Say which it is with --db."
	hintBegin   = "To begin here, follow a blog: postbag source add URL. If yours is elsewhere, name it with --db or --config."
)

// hintNothing says what to do where a database should be and is not.
func (o Options) hintNothing() string {
	if o.Existing {
		return hintBegin
	}
	return hintOtherDB
}

func open(ctx context.Context, dsn string, opts Options, d dialect) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = defaultBusyTimeout
	}
	if (opts.AsIs || opts.Existing) && d.isMissing != nil && d.isMissing(dsn) {
		return nil, digest.Fail(digest.NotFound, opts.hintNothing(), "there is no database %s", dsn)
	}
	path, err := d.prepare(dsn)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: d, path: path, busy: opts.BusyTimeout, beforeCommit: (*tx).underLease}
	if err := db.connect(ctx, opts); err != nil {
		return nil, first(err, db.Close())
	}
	return db, nil
}

func (db *DB) connect(ctx context.Context, opts Options) error {
	steps, err := loadMigrations(db.dialect.migrations)
	if err != nil {
		return err
	}
	if err := db.openRead(); err != nil {
		return err
	}
	version, err := db.inspect(ctx, steps)
	if err != nil {
		return err
	}
	if (opts.AsIs || opts.Existing) && version == 0 {
		return digest.Fail(digest.NotFound, opts.hintNothing(), "the database %s is empty", db.path)
	}
	if opts.AsIs {
		return nil
	}
	db.write, err = db.dialect.pool(db.path, db.busy, false)
	if err != nil {
		return db.wrap("open the database", err)
	}
	db.write.SetMaxOpenConns(db.dialect.writers)
	db.write.SetMaxIdleConns(db.dialect.writers)
	if err := db.dialect.probe(ctx, db.write, db.busy); err != nil {
		return db.wrap("open the database", err)
	}
	if err := db.migrate(ctx, steps, opts.Clock); err != nil {
		return db.wrap("migrate the database", err)
	}
	if version > 0 && version < len(steps) && opts.Upgraded != nil {
		opts.Upgraded(version, len(steps))
	}
	return db.openDerived()
}

// derivedTime is how long derived data waits for another process' lock.
const derivedTime = 2 * time.Second

// openDerived gives derived data a connection of its own where waiting for the one
// writer's lock cannot be cut short otherwise.
func (db *DB) openDerived() (err error) {
	if db.derived = db.write; db.dialect.writers > 1 {
		return nil
	}
	if db.derived, err = db.dialect.pool(db.path, min(db.busy, derivedTime), false); err != nil {
		return db.wrap("open the database", err)
	}
	db.derived.SetMaxOpenConns(1)
	return nil
}

func (db *DB) openRead() (err error) {
	db.read, err = db.dialect.pool(db.path, db.busy, true)
	if err != nil {
		return db.wrap("open the database", err)
	}
	readers := min(max(4, runtime.NumCPU()), mostReaders)
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return nil
}

// keep keeps statements prepared that run for every comment, every message and
// every reader's request.
func (db *DB) keep(ctx context.Context, queries []string) (err error) {
	if db.gen, err = db.read.PrepareContext(ctx, queryGeneration); err != nil {
		return db.wrap("prepare a statement", err)
	}
	if db.dialect.preparesItself {
		return nil
	}
	db.hot = make(map[string]*sql.Stmt)
	for _, query := range queries {
		stmt, err := db.write.PrepareContext(ctx, query)
		if err != nil {
			return db.wrap("prepare a statement", err)
		}
		db.hot[query] = stmt
	}
	return nil
}

// Close closes the database. Nothing else may be using it.
func (db *DB) Close() error {
	var errs []error
	if db.stopListening != nil {
		db.stopListening()
	}
	db.listening.Wait()
	if db.gen != nil {
		errs = append(errs, db.gen.Close())
	}
	for _, stmt := range db.hot {
		errs = append(errs, stmt.Close())
	}
	for _, pool := range []*sql.DB{db.read, db.derived, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	errs = slices.DeleteFunc(errs, func(err error) bool {
		return db.dialect.code(err) == codeLost // a connection that is gone is closed
	})
	return db.wrap("close the database", errors.Join(errs...))
}

// Path gives the database's file, absolute and without symbolic links. The copy
// made before a migration to version N stands beside it, its name ending in
// "-before-N". Of a PostgreSQL database it is the address without a password.
func (db *DB) Path() string { return db.path }

// newSalt makes the publication's salt.
func newSalt() []byte {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return salt
}

// checkLease finds the row of a lease that holds.
const checkLease = ` FROM duties WHERE name = $1 AND fence = $2 AND worker_id = $3`

// dialect is what differs between databases.
type dialect struct {
	name       string // "sqlite" or "postgresql"
	migrations fs.FS  // numbered files, e.g. 0001_first.sql
	// prepare checks a name and gives what it is called in messages; of an SQLite
	// file that is its path.
	prepare func(dsn string) (path string, err error)
	// isMissing tells of a name that preparing would make a file of; nil where
	// nothing is made.
	isMissing func(dsn string) bool
	// pool opens connections for reading or for writing.
	pool func(path string, busy time.Duration, readOnly bool) (*sql.DB, error)
	// writers is how many transactions may write at once.
	writers int
	// writing and reading say how transactions begin; nil is the driver's way.
	writing, reading *sql.TxOptions
	// preparesItself tells that the driver keeps statements prepared.
	preparesItself bool
	// knowsLastID tells that the driver gives the id of the row that was inserted.
	knowsLastID bool
	// locksRows tells that writers run side by side, so that a transaction locks
	// the rows that its decisions rest on. See tx.lock.
	locksRows bool
	// skipLocked, after a SELECT, locks its rows and passes over those that
	// somebody else has locked.
	skipLocked string
	// takeTurns, given a number, waits until no other transaction has taken the
	// same; "" where transactions take turns anyway.
	takeTurns string
	// now is the database's clock, in microseconds since 1970.
	now string
	// share, after a SELECT, keeps its rows as they are until the transaction
	// ends; see locksRows.
	share string
	// checkLease gives a row for the lease of a duty's name, fence and place that
	// holds, and sees to it that it does until the transaction ends.
	checkLease string
	// alone takes the lock of the one process that may work on the database, or
	// gives errTaken; nil where many may.
	alone func(ctx context.Context, path string) (giveBack func(), err error)
	// wakeOthers tells other processes, once the transaction commits, that
	// something may be due, and listen hears it until ctx ends or the connection
	// is lost; "" and nil where processes cannot tell each other.
	wakeOthers string
	listen     func(ctx context.Context, tell func())
	// probe finds out whether the database can be written.
	probe    func(ctx context.Context, db *sql.DB, busy time.Duration) error
	foreign  string // counts whatever a database holds
	hasTable string // counts the tables named $1
	// backup copies the database to the new file $1; "" where upgrades are not
	// copied first.
	backup string
	// among gives the condition that a column is one of the elements, of a type,
	// of a JSON array parameter; it is looked up by the column's index.
	among func(column, param, kind string) string
	// records gives a query of the objects of a JSON array parameter; each column
	// is a name and a type.
	records func(param string, columns ...string) string
	// pairs gives a query of the names and values, two numbers, of a JSON object
	// parameter in which names may come again; the columns are a and b.
	pairs func(param string) string
	// lateral tells that a query in FROM may refer to what stands before it.
	lateral bool
	// byIndex keeps a transaction to indexes, however little the database knows of
	// its tables; "" where it does so anyway.
	byIndex string
	// code gives what a driver's error says, else codeOther.
	code func(error) code
}
