package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/store"
	"postbag/digest/store/transfer"
)

// dbCmd groups the commands about the database as a whole.
type dbCmd struct {
	Copy    dbCopyCmd    `cmd:"" help:"Copy everything into an empty database: from a file to PostgreSQL, back, or to another of the same kind."`
	Migrate dbMigrateCmd `cmd:"" help:"Bring the schema up to date, and say what was done."`
}

type dbCopyCmd struct {
	To string `help:"The database to fill: a file that does not exist yet, or an empty postgres://user@host/name. ($POSTBAG_COPY_TO)" placeholder:"FILE|URL"`
}

// copyVariable names the database to fill where its address has a password, which no
// argument should.
const copyVariable = "POSTBAG_COPY_TO"

// Run copies one state of the database and compares the copy with it.
func (c dbCopyCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	to := cmp.Or(c.To, os.Getenv(copyVariable))
	if to == "" {
		return digest.Fail(digest.Invalid, "See: postbag db copy --help", "--to=FILE|URL is missing")
	}
	db, err := p.look(ctx, s.DB)
	if err != nil {
		return err
	}
	defer func() { err = first(err, db.Close()) }()
	began := time.Now()
	done, err := copyInto(ctx, p, db, to)
	if err != nil {
		return stopped(ctx, err, "Nothing of the copy is left. Run it again to copy.")
	}
	_, err = fmt.Fprintf(p.Stdout, `Copied and compared %d rows in %s.
Sending is held in the copy. Next:
  1. stop what works on the old database
  2. start Postbag with --db and the new one
  3. there: postbag sending release
What the old one sent or took in since is not in the copy.
`, done.Rows, time.Since(began).Round(100*time.Millisecond))
	return err
}

// copyInto streams a database into another.
func copyInto(ctx context.Context, p *Program, db *store.DB, to string) (done transfer.Restored, err error) {
	b := p.bar("copying", -1)
	defer b.done()
	var total atomic.Int64
	opts := transfer.BackupOptions{Program: version(), Made: p.Clock.Now()}
	show := b.rows()
	if show != nil {
		opts.Progress = func(_, all int64) { total.Store(all) }
	}
	in, out := io.Pipe()
	var reading sync.WaitGroup
	var readErr error
	reading.Go(func() {
		_, readErr = db.Backup(ctx, out, opts)
		out.CloseWithError(readErr) // it gives no error
	})
	from, err := backup.NewReader(in)
	if err == nil {
		done, err = transfer.Restore(ctx, to, from, transfer.RestoreOptions{
			Clock: p.Clock, Reason: fmt.Sprintf("copied from %s at %s UTC", db.Path(), when(p.Clock.Now())),
			Progress: func(n int64) {
				if show != nil {
					show(n, total.Load())
				}
			},
		})
	}
	in.Close() // ends what is still being read; it gives no error
	reading.Wait()
	if readErr != nil && !errors.Is(readErr, io.ErrClosedPipe) {
		err = readErr // the copy only saw that the stream ended
	}
	return done, err
}

type dbMigrateCmd struct {
	Backup string `help:"Write a backup of the old schema into this file first." placeholder:"FILE"`
}

// Run opens the database as every command does, and tells of it.
func (c dbMigrateCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	from, err := c.before(ctx, p, s)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, s.DB, store.Options{Clock: p.Clock})
	if err != nil {
		return err
	}
	defer func() { err = first(err, db.Close()) }()
	to, err := db.Schema(ctx)
	switch {
	case err != nil:
		return err
	case from == 0:
		_, err = fmt.Fprintf(p.Stdout, "Made the database %s with schema %d.\n", db.Path(), to)
	case from == to:
		_, err = fmt.Fprintf(p.Stdout, "The database %s is up to date, with schema %d.\n", db.Path(), to)
	default:
		_, err = fmt.Fprintf(p.Stdout, "Brought the database %s from schema %d to %d.\n", db.Path(), from, to)
	}
	return err
}

// before gives the schema as it is, 0 for no database yet, and writes the backup.
func (c dbMigrateCmd) before(ctx context.Context, p *Program, s *Settings) (from int, err error) {
	db, err := p.look(ctx, s.DB)
	if digest.KindOf(err) == digest.NotFound && err != nil && c.Backup == "" {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = first(err, db.Close()) }()
	if c.Backup != "" {
		b := p.bar("backing up", -1)
		defer b.done()
		rows, size, err := backupWork{db: db, clock: p.Clock, progress: b.rows()}.write(ctx, c.Backup, false)
		if err != nil {
			return 0, err
		}
		b.done()
		fmt.Fprintf(p.Stdout, "Wrote %d rows to %s, %s.\n", rows, c.Backup, bytesOf(size))
	}
	return db.Schema(ctx)
}

// sayUpgraded tells in the log that opening the database has changed it.
func (p *Program) sayUpgraded(s *Settings) func(from, to int) {
	return func(from, to int) {
		p.logger(s.level()).Warn("the database's schema was brought up to date; older programs cannot use it any more", "from", from, "to", to)
	}
}
