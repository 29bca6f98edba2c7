package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"postbag/digest"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

func sqliteDialect() Dialect {
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		panic(err) // the path is a constant
	}
	return Dialect{
		Name:       "sqlite",
		Migrations: migrations,
		Prepare:    SqlitePrepare,
		isMissing: func(dsn string) bool {
			_, err := os.Stat(dsn)
			return errors.Is(err, fs.ErrNotExist)
		},
		Pool: func(path string, busy time.Duration, readOnly bool) (*sql.DB, error) {
			if !readOnly {
				busy = min(busy, lockTurn)
			}
			return sql.Open("sqlite", SqliteSource(path, busy, readOnly))
		},
		writers:     1, // SQLite has one writer at a time
		KnowsLastID: true,
		reading:     &sql.TxOptions{ReadOnly: true},
		Now:         `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		Alone:       sqliteAlone,

		CheckLease: `SELECT 1` + checkLease,
		Probe:      sqliteProbe,
		room:       sqliteRoom,
		foreign:    `SELECT COUNT(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`,
		HasTable:   `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`,
		Size:       `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,
		backup:     `VACUUM INTO $1`,
		Among: func(column, param, kind string) string {
			return column + " IN (SELECT CAST(value AS " + kind + ") FROM json_each(" + param + "))"
		},
		Records: sqliteRecords,
		Code:    sqliteCode,
	}
}

func sqliteRecords(param string, columns ...string) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		name, kind, _ := strings.Cut(c, " ")
		fields[i] = "CAST(value ->> '" + name + "' AS " + kind + ") AS " + name
	}
	return "SELECT " + strings.Join(fields, ", ") + " FROM json_each(" + param + ")"
}

// SqlitePrepare resolves a path and creates a missing file with mode 0600, which
// SQLite then gives the files beside it too. An existing file is only looked at:
// opening and closing it would drop the locks that SQLite holds on it elsewhere
// in this process.
func SqlitePrepare(dsn string) (string, error) {
	path, err := SqlitePath(dsn)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		err = f.Close()
	case errors.Is(err, fs.ErrExist):
		err = nil
	}
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return "", Unusable(dsn, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", Unusable(dsn, err)
	}
	if !info.Mode().IsRegular() {
		return "", digest.Fail(digest.Invalid, "Give the path of a file, such as postbag.db.",
			"the database %s is not a file", dsn)
	}
	return path, nil
}

// SqlitePath makes a name absolute, and refuses what is no path.
func SqlitePath(dsn string) (string, error) {
	if dsn == "" || dsn == ":memory:" || strings.HasPrefix(dsn, "file:") {
		return "", digest.Fail(digest.Invalid, "Give the path of a file, such as postbag.db.",
			"the database %q is not a path", dsn)
	}
	path, err := filepath.Abs(dsn)
	if err != nil {
		return "", fmt.Errorf("find the database: %w", err)
	}
	return path, nil
}

// Unusable says why a file can be neither found nor made.
func Unusable(dsn string, err error) error {
	reason := err
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		reason = pathErr.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return digest.Fail(digest.Invalid, "Create its folder first, or choose another file.",
			"the folder of the database %s does not exist: %w", dsn, reason).Offer(digest.Act{Do: digest.OtherDatabase})
	}
	return digest.Fail(digest.Unavailable, hintUnwritable, "the database %s cannot be made: %w", dsn, reason)
}

// lockTurn is how long the one connection that writes waits for another process's lock
// at a time: [DB.Update] asks again, and whoever waits behind it gets a turn.
const lockTurn = time.Second

// SqliteSource gives the driver's name of a file. Everything a connection needs
// stands in it, so that every connection of a pool has it.
func SqliteSource(path string, busy time.Duration, readOnly bool) string {
	q := url.Values{}
	q.Set("_busy_timeout", strconv.FormatInt(busy.Milliseconds(), 10))
	q.Set("_foreign_keys", "1")
	q.Set("_synchronous", "FULL")
	q.Set("_dqs", "0")
	q.Set("_error_rc", "1")
	q.Add("_pragma", "temp_store(MEMORY)")
	if readOnly {
		q.Add("_pragma", "cache_size(-16384)")
		q.Set("_query_only", "1")
	} else {
		// What writes goes along its rows: a mailing to a million takes no more memory.
		q.Add("_pragma", "cache_size(-6144)")
		q.Set("_journal_mode", "WAL")
		q.Set("_txlock", "immediate")
		q.Add("_pragma", "journal_size_limit(67108864)")
	}
	return SqliteURI(path, q)
}

// workerSuffix is what the name of the lock of the one process that works on an
// SQLite file adds to the file's.
const workerSuffix = "-worker"

// errTaken says that another process works on an SQLite file.
var errTaken = errors.New("the worker's lock is taken")

// sqliteAlone takes the lock of the one process that works: a transaction kept open on a second,
// empty database beside the first. Taking it does not wait, and the system gives
// it back when the process ends.
func sqliteAlone(ctx context.Context, path string) (giveBack func(), err error) {
	path, err = SqlitePrepare(path + workerSuffix)
	if err != nil {
		return nil, err
	}
	q := url.Values{}
	q.Set("_busy_timeout", "0")
	q.Set("_error_rc", "1")
	q.Add("_pragma", "locking_mode(EXCLUSIVE)")
	pool, err := sql.Open("sqlite", SqliteURI(path, q))
	if err != nil {
		return nil, err
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
		if sqliteCode(err) == codeBusy {
			return nil, errTaken
		}
		return nil, err
	}
	return func() {
		// Nothing was written, and the system takes the lock back even from a
		// file that fails to close: there is nothing to report.
		_ = conn.Close()
		_ = pool.Close()
	}, nil
}

// SqliteURI gives the driver's name of a file with settings.
func SqliteURI(path string, q url.Values) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}).String()
}

// sqliteProbe opens the database for writing. Turning a new file to WAL does not
// wait for another process that does the same, so a busy file is asked again. One
// that is in WAL is open without any lock: reading needs nobody's leave.
func sqliteProbe(ctx context.Context, db *sql.DB, busy time.Duration) error {
	const pause = 20 * time.Millisecond
	for began := time.Now(); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if sqliteCode(err) != codeBusy || time.Since(began) > busy {
			return err
		}
		if err := (digest.SystemClock{}).Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func sqliteCode(err error) Code {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return CodeOther
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return CodeUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return CodeForeign
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return codeBusy
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return codeUnwritable
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return codeDisk
	case sqlite3.SQLITE_NOTADB:
		return codeNoDatabase
	case sqlite3.SQLITE_CORRUPT:
		return codeCorrupt
	}
	return CodeOther
}
