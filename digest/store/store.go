package store

import (
	"context"
	"slices"

	"postbag/digest/account"
	"postbag/digest/beside"
	"postbag/digest/desk"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/digest/reading"
	"postbag/digest/remind"
	"postbag/digest/store/accounts"
	"postbag/digest/store/audit"
	"postbag/digest/store/blog"
	"postbag/digest/store/bounces"
	"postbag/digest/store/checks"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/index"
	"postbag/digest/store/issues"
	"postbag/digest/store/ledger"
	"postbag/digest/store/list"
	"postbag/digest/store/pages"
	"postbag/digest/store/publication"
	"postbag/digest/store/reminders"
	"postbag/digest/store/status"
	"postbag/digest/store/tasks"
	"postbag/digest/store/transfer"
	"postbag/digest/work"
	"postbag/subscribers/bounce"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// DB is the database. It is safe for use by many goroutines.
type DB struct {
	db *database.DB
	parts
}

// parts are what provides the methods of a [DB].
type parts struct {
	publicationStore
	blogStore
	pagesStore
	issuesStore
	checksStore
	listStore
	accountsStore
	remindersStore
	auditStore
	bouncesStore
	*ledgerStore
	indexStore
	dutiesStore
	tasksStore
	transferStore
	statusStore
}

type (
	publicationStore = publication.Store
	blogStore        = blog.Store
	pagesStore       = pages.Store
	issuesStore      = issues.Store
	checksStore      = checks.Store
	listStore        = list.Store
	accountsStore    = accounts.Store
	remindersStore   = reminders.Store
	auditStore       = audit.Store
	bouncesStore     = bounces.Store
	ledgerStore      = ledger.Store
	indexStore       = index.Store
	dutiesStore      = duties.Store
	tasksStore       = tasks.Store
	transferStore    = transfer.Store
	statusStore      = status.Store
)

var (
	_ pull.Store          = (*DB)(nil)
	_ account.Store       = (*DB)(nil)
	_ desk.Store          = (*DB)(nil)
	_ reading.Store       = (*DB)(nil)
	_ publish.Store       = (*DB)(nil)
	_ remind.Store        = (*DB)(nil)
	_ deliver.Ledger      = (*DB)(nil)
	_ deliver.LetterQueue = (*DB)(nil)
	_ signup.Store        = (*DB)(nil)
	_ roster.Store        = (*DB)(nil)
	_ roster.ReaderStore  = (*DB)(nil)
	_ bounce.Store        = (*DB)(nil)
	_ work.Store          = (*DB)(nil)
	_ beside.Store        = (*DB)(nil)
)

// Options are what a database is opened with.
type Options = database.Options

// Open opens a database and brings its schema up to date; see [database.Open].
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	db, err := database.Open(ctx, dsn, opts)
	if err != nil {
		return nil, err
	}
	if opts.AsIs {
		return of(db), nil
	}
	d := db.Dialect
	prepared := slices.Concat(pages.Prepared(d), ledger.Prepared(d), list.Prepared())
	if err := db.Prepare(ctx, prepared); err != nil {
		return nil, database.First(err, db.Close())
	}
	return of(db), nil
}

func of(db *database.DB) *DB {
	db.BeforeCommit = duties.UnderLease
	return &DB{db: db, parts: parts{
		publicationStore: publication.Store{DB: db},
		blogStore:        blog.Store{DB: db},
		pagesStore:       pages.Store{DB: db},
		issuesStore:      issues.Store{DB: db},
		checksStore:      checks.Store{DB: db},
		listStore:        list.Store{DB: db},
		accountsStore:    accounts.Store{DB: db},
		remindersStore:   reminders.Store{DB: db},
		auditStore:       audit.Store{DB: db},
		bouncesStore:     bounces.Store{DB: db},
		ledgerStore:      &ledger.Store{DB: db},
		indexStore:       index.Store{DB: db},
		dutiesStore:      duties.Store{DB: db},
		tasksStore:       tasks.Store{DB: db},
		transferStore:    transfer.Store{DB: db},
		statusStore:      status.Store{DB: db},
	}}
}

// Close closes the database. Nothing else may be using it.
func (db *DB) Close() error { return db.db.Close() }

// Path gives what the database is called in messages; see [database.DB.Path].
func (db *DB) Path() string { return db.db.Path() }

// Schema gives the version of the database's schema.
func (db *DB) Schema(ctx context.Context) (int, error) { return db.db.Schema(ctx) }

// Generation is a number that grows whenever anything that readers can see
// changes.
func (db *DB) Generation(ctx context.Context) (int64, error) { return db.db.Generation(ctx) }

// Wakes gives a channel that is told when something may have become due, until
// ctx ends; see [database.DB.Wakes].
func (db *DB) Wakes(ctx context.Context) <-chan struct{} { return db.db.Wakes(ctx) }
