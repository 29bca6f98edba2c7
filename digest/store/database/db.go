package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// DefaultLimit bounds a listing whose caller set no limit.
const DefaultLimit = 500

// DefaultBusyTimeout is how long a statement waits for a lock of another
// process before it gives up.
const DefaultBusyTimeout = time.Minute

// mostReaders bounds the connections that only read.
const mostReaders = 16

// saltBytes is the size of the publication's salt.
const saltBytes = 16

// DB is the database. It is safe for use by many goroutines.
type DB struct {
	Dialect Dialect
	File    string        // what it is called in messages, see [DB.Path]
	Busy    time.Duration // how long a statement waits for a lock
	Write   *sql.DB       // of one connection where the database has one writer at a time
	Read    *sql.DB
	// BeforeCommit is the last thing that a transaction which writes does; nil for
	// nothing.
	BeforeCommit func(*Tx) error
	// Clock dates what a transaction keeps of itself, see [Tx.Now].
	Clock digest.Clock

	writing atomic.Int32 // transactions that write and have begun

	isOpen bool // it was connected to and is of our schema

	prepared   map[string]*sql.Stmt // statements prepared on the writer
	generation *sql.Stmt            // queryGeneration, prepared on the readers

	wakes         wakes
	listens       sync.Once // begins to listen for other processes' wake-ups
	stopListening func()    // nil before that
	listening     sync.WaitGroup
}

// Options are what a database is opened with besides its name. The zero value
// is good.
type Options struct {
	// Clock dates the migrations and the audit list; nil means the machine's.
	Clock digest.Clock
	// BusyTimeout is how long a statement waits for another process' lock, and
	// what writes for a server that is away; zero means a minute.
	BusyTimeout time.Duration
	// AsIs opens a database only to look at it, whatever its schema: nothing is
	// made, changed or upgraded, and only [transfer.Store.Backup], [DB.Schema], [DB.Path] and
	// [DB.Close] can be called.
	AsIs bool
	// Existing refuses a place that holds nothing of Postbag's instead of beginning
	// there: an empty or missing file, an empty database.
	Existing bool
	// Migrations are the numbered steps of the schema; nil means the program's own.
	Migrations fs.FS
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
	d, err := DialectOf(dsn)
	if err != nil {
		return nil, err
	}
	if opts.Migrations != nil {
		d.Migrations = opts.Migrations
	}
	return open(ctx, dsn, opts, d)
}

// keywordValue is how libpq names a database without a URL.
var keywordValue = lazyregexp.New(`(?i)(^|\s)(host|hostaddr|dbname|password|user)\s*=`)

// DialectOf chooses the database by the name's scheme.
func DialectOf(dsn string) (Dialect, error) {
	scheme, _, isURL := strings.Cut(dsn, "://")
	switch {
	case !isURL && keywordValue.MatchString(dsn):
		// It may hold a password: nothing of it is repeated.
		return Dialect{}, digest.Fail(digest.Invalid, "Write it as postgres://user@host/name, with the password in PGPASSWORD or PGPASSFILE.",
			"the database is named by keywords and values, which Postbag does not read")
	case !isURL:
		return sqliteDialect(), nil
	case scheme == "postgres" || scheme == "postgresql":
		return postgresDialect(dsn)
	}
	return Dialect{}, digest.Fail(digest.Invalid, "Give the path of a file, such as postbag.db, or postgres://user@host/name.",
		"%q is no kind of database that Postbag knows", scheme)
}

// nothingThere says that there is no database where one should be.
func (o Options) nothingThere(format, name string) error {
	err := digest.Fail(digest.NotFound, "", format, name)
	if o.Existing {
		err.Offer(digest.Act{Do: digest.AddSource})
	}
	return err.Offer(digest.Act{Do: digest.OtherDatabase})
}

func open(ctx context.Context, dsn string, opts Options, d Dialect) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = DefaultBusyTimeout
	}
	if (opts.AsIs || opts.Existing) && d.isMissing != nil && d.isMissing(dsn) {
		return nil, opts.nothingThere("there is no database %s", dsn)
	}
	path, err := d.Prepare(dsn)
	if err != nil {
		return nil, err
	}
	db := &DB{Dialect: d, File: path, Busy: opts.BusyTimeout, Clock: opts.Clock}
	if err := db.connect(ctx, opts); err != nil {
		return nil, First(err, db.Close())
	}
	db.isOpen = true
	return db, nil
}

func (db *DB) connect(ctx context.Context, opts Options) error {
	steps, err := LoadMigrations(db.Dialect.Migrations)
	if err != nil {
		return err
	}
	if err := db.OpenRead(); err != nil {
		return err
	}
	version, err := db.inspect(ctx, steps)
	if err != nil {
		return err
	}
	if (opts.AsIs || opts.Existing) && version == 0 {
		return opts.nothingThere("the database %s is empty", db.File)
	}
	if opts.AsIs {
		return nil
	}
	db.Write, err = db.Dialect.Pool(db.File, db.Busy, false)
	if err != nil {
		return db.Wrap("open the database", err)
	}
	db.Write.SetMaxOpenConns(db.Dialect.writers)
	db.Write.SetMaxIdleConns(db.Dialect.writers)
	if err := db.Dialect.Probe(ctx, db.Write, db.Busy); err != nil {
		return db.Wrap("open the database", err)
	}
	if err := db.migrate(ctx, steps, opts.Clock); err != nil {
		return db.Wrap("migrate the database", err)
	}
	if version > 0 && version < len(steps) && opts.Upgraded != nil {
		opts.Upgraded(version, len(steps))
	}
	return nil
}

// OpenRead opens the connections that only read.
func (db *DB) OpenRead() (err error) {
	db.Read, err = db.Dialect.Pool(db.File, db.Busy, true)
	if err != nil {
		return db.Wrap("open the database", err)
	}
	readers := min(max(4, runtime.NumCPU()), mostReaders)
	db.Read.SetMaxOpenConns(readers)
	db.Read.SetMaxIdleConns(readers)
	return nil
}

// Prepare prepares statements that run for every comment, every message and
// every reader's request.
func (db *DB) Prepare(ctx context.Context, queries []string) (err error) {
	if db.generation, err = db.Read.PrepareContext(ctx, queryGeneration); err != nil {
		return db.Wrap("prepare a statement", err)
	}
	if db.Dialect.preparesItself {
		return nil
	}
	db.prepared = make(map[string]*sql.Stmt)
	for _, query := range queries {
		stmt, err := db.Write.PrepareContext(ctx, query)
		if err != nil {
			return db.Wrap("prepare a statement", err)
		}
		db.prepared[query] = stmt
	}
	return nil
}

// Close closes the database. Nothing else may be using it.
func (db *DB) Close() error {
	if db.stopListening != nil {
		db.stopListening()
	}
	db.listening.Wait()
	closed := make(chan error, 1)
	go func() { closed <- db.closeAll() }()
	var late <-chan time.Time // never
	if db.Dialect.LocksRows {
		late = time.After(closeTime)
	}
	select {
	case err := <-closed:
		return db.Wrap("close the database", err)
	case <-late:
		return nil // a server that says nothing ends them by itself
	}
}

// closeTime is how long the connections to a server may take to close: those to one that
// says nothing are left behind.
const closeTime = time.Second

// closeAll closes the statements and connections.
func (db *DB) closeAll() error {
	var errs []error
	if db.generation != nil {
		errs = append(errs, db.generation.Close())
	}
	for _, stmt := range db.prepared {
		errs = append(errs, stmt.Close())
	}
	for _, pool := range []*sql.DB{db.Read, db.Write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(slices.DeleteFunc(errs, func(err error) bool {
		return db.Dialect.Code(err) == codeLost // a connection that is gone is closed
	})...)
}

// Path gives the database's file, absolute and without symbolic links. The copy
// made before a migration to version N stands beside it, its name ending in
// "-before-N". Of a PostgreSQL database it is the address without a password.
func (db *DB) Path() string { return db.File }

// newSalt makes the publication's salt.
func newSalt() []byte {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return salt
}

// checkLease finds the row of a duty whose lease holds: of a name, a fence and a
// worker.
const checkLease = ` FROM duties WHERE name = $1 AND fence = $2 AND worker_id = $3`

// Dialect is what differs between databases.
type Dialect struct {
	Name       string // "sqlite" or "postgresql"
	Migrations fs.FS  // numbered files, e.g. 0001_first.sql
	// Prepare checks a name and gives what it is called in messages; of an SQLite
	// file that is its path.
	Prepare func(dsn string) (path string, err error)
	// isMissing tells of a name that preparing would make a file of; nil where
	// nothing is made.
	isMissing func(dsn string) bool
	// Pool opens connections for reading or for writing.
	Pool func(path string, busy time.Duration, readOnly bool) (*sql.DB, error)
	// writers is how many transactions may write at once.
	writers int
	// Writing and reading say how transactions begin; nil is the driver's way.
	Writing, reading *sql.TxOptions
	// preparesItself tells that the driver keeps statements prepared.
	preparesItself bool
	// KnowsLastID tells that the driver gives the id of the row that was inserted.
	KnowsLastID bool
	// LocksRows tells that writers run side by side, so that a transaction locks
	// the rows that its decisions rest on. See [Tx.Lock].
	LocksRows bool
	// SkipLocked, after a SELECT, locks its rows and passes over those that
	// somebody else has locked.
	SkipLocked string
	// takeTurns, given a number, waits until no other transaction has taken the
	// same; "" where transactions take turns anyway.
	takeTurns string
	// Now is the database's clock, in microseconds since 1970.
	Now string
	// Share, after a SELECT, keeps its rows as they are until the transaction
	// ends; see LocksRows.
	Share string
	// CheckLease gives a row if the lease of a duty's name, fence and worker holds, and
	// keeps it so until the transaction ends.
	CheckLease string
	// Alone takes the lock of the one process that may work on the database, or
	// gives [errTaken]; nil where many may.
	Alone func(ctx context.Context, path string) (giveBack func(), err error)
	// wakeOthers tells other processes, once the transaction commits, that
	// something may be due, and listen hears it until ctx ends or the connection
	// is lost; "" and nil where processes cannot tell each other.
	wakeOthers string
	listen     func(ctx context.Context, tell func())
	// room finds out whether the database has room to grow; nil where only the server
	// knows.
	room func(path string) error
	// Probe finds out whether the database can be written.
	Probe    func(ctx context.Context, db *sql.DB, busy time.Duration) error
	foreign  string // counts whatever a database holds
	HasTable string // counts the tables named $1
	Size     string // how large the database is, in bytes
	// backup copies the database to the new file $1; "" where upgrades are not
	// copied first.
	backup string
	// Among gives the condition that a column is one of the elements, of a type,
	// of a JSON array parameter; it is looked up by the column's index.
	Among func(column, param, kind string) string
	// Records gives a query of the objects of a JSON array parameter; each column
	// is a name and a type.
	Records func(param string, columns ...string) string
	// Code gives what a driver's error says, else codeOther.
	Code func(error) Code
}
