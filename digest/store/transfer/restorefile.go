package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/digest/store/database"
)

// intoFile makes an SQLite database beside its place, then puts it there.
func (r *restorer) intoFile(ctx context.Context, dsn string, d database.Dialect) (err error) {
	path, isNew, err := sqliteTarget(dsn)
	if err != nil {
		return err
	}
	db := &database.DB{Dialect: d, File: path, Busy: r.opts.BusyTimeout}
	defer func() { err = database.First(err, db.Close()) }()
	if !isNew {
		release, err := takeEmpty(db, ctx, len(r.steps))
		if err != nil {
			return err
		}
		defer release()
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".postbag-restore-")
	if err != nil {
		return database.Unusable(dsn, err)
	}
	defer func() { err = database.First(err, os.RemoveAll(dir)) }()
	part := filepath.Join(dir, "part.db")
	if err := r.build(ctx, db, part); err != nil {
		return db.Wrap("fill the database", err)
	}
	if isNew {
		return db.Wrap("put the database into its place", putInPlace(part, path))
	}
	return db.Wrap("put the database into its place", r.overwrite(ctx, db, part))
}

// sqliteTarget resolves a path without making a file, and tells whether there is
// none yet.
func sqliteTarget(dsn string) (path string, isNew bool, err error) {
	if path, err = database.SqlitePath(dsn); err != nil {
		return "", false, err
	}
	if _, err := os.Stat(path); err == nil {
		path, err = database.SqlitePrepare(dsn)
		return path, false, err
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", false, database.Unusable(dsn, err)
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", false, database.Unusable(dsn, err)
	}
	path = filepath.Join(folder, filepath.Base(path))
	// A log without its database would be taken for the new one's.
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Lstat(path + suffix); err == nil {
			return "", false, database.Conflict("If that database was removed on purpose, remove this file too.",
				"the file %s belongs to a database that is not there", path+suffix)
		}
	}
	return path, true, nil
}

// takeEmpty makes sure that an existing file is as new, and that nobody works on
// it.
func takeEmpty(db *database.DB, ctx context.Context, known int) (release func(), err error) {
	if err := db.OpenRead(); err != nil {
		return nil, err
	}
	if err := isFree(db, ctx, known); err != nil {
		return nil, err
	}
	return db.LockAlone(ctx)
}

func isFree(db *database.DB, ctx context.Context, known int) error {
	return db.View(ctx, "look at the database", func(t *database.Tx) error {
		_, err := free(db, t, known)
		return err
	})
}

// build fills a new file. Nobody reads it before it is complete, so that it needs
// no journal; it is made durable once, when it is put into its place.
func (r *restorer) build(ctx context.Context, db *database.DB, part string) error {
	q := url.Values{"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}, "_dqs": {"0"}, "_error_rc": {"1"}, "_txlock": {"exclusive"},
		"_pragma": {"locking_mode(EXCLUSIVE)", "cache_size(-32768)"}}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return onConn(ctx, database.SqliteURI(part, q), func(conn *sql.Conn) error {
		return within(db, ctx, conn, func(t *database.Tx) error { return r.fill(t, conn, 0) })
	})
}

// onConn works on one connection to an SQLite file.
func onConn(ctx context.Context, source string, do func(*sql.Conn) error) (err error) {
	pool, err := sql.Open("sqlite", source)
	if err != nil {
		return err
	}
	defer func() { err = database.First(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = database.First(err, conn.Close()) }()
	return do(conn)
}

// putInPlace gives a file a name that nobody has yet.
func putInPlace(from, to string) error {
	err := disk.Move(from, to, false)
	if errors.Is(err, fs.ErrExist) {
		return database.Conflict("", "the file %s has appeared meanwhile", to).Offer(digest.Act{Do: digest.OtherDatabase})
	}
	return err
}

// overwrite copies a file over an existing empty database, in one transaction of
// SQLite's own, so that others who have it open see all of it or nothing.
func (r *restorer) overwrite(ctx context.Context, db *database.DB, part string) error {
	return onConn(ctx, database.SqliteSource(part, db.Busy, true), func(conn *sql.Conn) error {
		return conn.Raw(func(driver any) error { return r.copyPages(ctx, db, driver) })
	})
}

// copyPages copies a file, which the driver reads, over the database.
func (r *restorer) copyPages(ctx context.Context, db *database.DB, driver any) error {
	source, ok := driver.(interface {
		NewBackup(to string) (*sqlite.Backup, error)
	})
	if !ok {
		return fmt.Errorf("the driver is %T, which copies no database", driver)
	}
	// Opening it for writing turns a new file to WAL, where reading goes on
	// beside a writer.
	pages, err := source.NewBackup(database.SqliteSource(db.File, db.Busy, false))
	if err != nil {
		return err
	}
	_, err = pages.Step(0) // from here on nobody else writes
	if err == nil {
		err = isFree(db, ctx, len(r.steps))
	}
	if err == nil {
		_, err = pages.Step(-1)
	}
	return database.First(err, pages.Finish())
}
