package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// DefaultLimit bounds a listing whose caller set no limit.
const DefaultLimit = 500

// defaultBusyTimeout is how long a statement waits for a lock of another
// process before it gives up.
const defaultBusyTimeout = time.Minute

// saltBytes is the size of the publication's salt.
const saltBytes = 16

// DB is the database. It is safe for use by many goroutines.
type DB struct {
	dialect dialect
	path    string
	write   *sql.DB // one connection: SQLite has one writer at a time
	read    *sql.DB
	hot     map[string]*sql.Stmt // statements kept prepared on the writer
	gen     *sql.Stmt            // queryGeneration, kept prepared on the readers
	turns   turns
}

var (
	_ pull.Store      = (*DB)(nil)
	_ desk.Store      = (*DB)(nil)
	_ publish.Store   = (*DB)(nil)
	_ deliver.Ledger  = (*DB)(nil)
	_ deliver.Notices = (*DB)(nil)
	_ signup.Store    = (*DB)(nil)
	_ roster.Store    = (*DB)(nil)
)

// Options are what a database is opened with besides its name. The zero value
// is good.
type Options struct {
	// Clock dates the migrations; nil means the machine's.
	Clock digest.Clock
	// BusyTimeout is how long a statement waits for another process' lock; zero
	// means a minute.
	BusyTimeout time.Duration
}

// Open opens the database in a file, creates it when it is missing (readable by
// its owner only), and brings its schema up to date; before an older schema is
// changed, a copy of the database is made beside it, see [DB.Path]. The folder
// must exist.
//
// The error is of kind Invalid for a name or a file that can never work, of
// kind Conflict when the schema is newer than this program, and of kind
// Unavailable when the file cannot be read or written.
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	if isPostgres(dsn) {
		return nil, digest.Fail(digest.Invalid, "Give the path of a file, such as postbag.db.",
			"this version keeps its database in an SQLite file and cannot use PostgreSQL")
	}
	return open(ctx, dsn, opts, sqliteDialect())
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

func open(ctx context.Context, dsn string, opts Options, d dialect) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = defaultBusyTimeout
	}
	path, err := d.prepare(dsn)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: d, path: path}
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
	if err := db.openRead(opts.BusyTimeout); err != nil {
		return err
	}
	if err := db.inspect(ctx, steps); err != nil {
		return err
	}
	db.write, err = sql.Open(db.dialect.driver, db.dialect.source(db.path, opts.BusyTimeout, false))
	if err != nil {
		return db.wrap("open the database", err)
	}
	db.write.SetMaxOpenConns(1)
	if err := db.dialect.probe(ctx, db.write, opts.BusyTimeout); err != nil {
		return db.wrap("open the database", err)
	}
	if err := db.migrate(ctx, steps, opts.Clock); err != nil {
		return db.wrap("migrate the database", err)
	}
	return db.warm(ctx)
}

func (db *DB) openRead(busy time.Duration) (err error) {
	db.read, err = sql.Open(db.dialect.driver, db.dialect.source(db.path, busy, true))
	if err != nil {
		return db.wrap("open the database", err)
	}
	readers := max(4, runtime.NumCPU())
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return nil
}

// warm prepares the statements that run for every comment, every message and
// every reader's request.
func (db *DB) warm(ctx context.Context) (err error) {
	if db.gen, err = db.read.PrepareContext(ctx, queryGeneration); err != nil {
		return db.wrap("prepare a statement", err)
	}
	db.hot = make(map[string]*sql.Stmt)
	for _, query := range db.hotQueries() {
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
	if db.gen != nil {
		errs = append(errs, db.gen.Close())
	}
	for _, stmt := range db.hot {
		errs = append(errs, stmt.Close())
	}
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return db.wrap("close the database", errors.Join(errs...))
}

// Path gives the database's file, absolute and without symbolic links. The copy
// made before a migration to version N stands beside it, its name ending in
// "-before-N".
func (db *DB) Path() string { return db.path }

// newSalt makes the publication's salt.
func newSalt() []byte {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return salt
}

// dialect is what differs between databases.
type dialect struct {
	driver     string
	migrations fs.FS // numbered files, e.g. 0001_first.sql
	// prepare checks a name and gives the path it stands for.
	prepare func(dsn string) (path string, err error)
	// source gives the name by which the driver opens the path.
	source func(path string, busy time.Duration, readOnly bool) string
	// lock gives the name by which the driver opens the worker's lock.
	lock func(path string) (string, error)
	// probe finds out whether the database can be written.
	probe    func(ctx context.Context, db *sql.DB, busy time.Duration) error
	foreign  string // counts whatever a database holds
	hasTable string // counts the tables named $1
	backup   string // copies the database to the new file $1
	// each gives the rows, with one column "value", of a JSON array parameter.
	each func(param string) string
	// code gives what a driver's error says, else codeOther.
	code func(error) code
}
