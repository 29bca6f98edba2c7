package transfer

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"time"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/store/database"
)

// indexAll notes all posts and comments to be indexed for the search.
const indexAll = `INSERT INTO search_todo (kind, entry)
	SELECT 0, id FROM comments UNION ALL SELECT 1, id FROM posts ORDER BY 1 DESC, 2`

// RestoreOptions are what a restore is made with.
type RestoreOptions struct {
	Clock       digest.Clock  // dates the hold and the migrations; nil means the machine's
	BusyTimeout time.Duration // as in [database.Options]
	Migrations  fs.FS         // as in [database.Options]
	Reason      string        // of the hold, for a person
	// Progress, when set, is told now and then how many rows are in.
	Progress func(done int64)
}

// Restored says what a restore did.
type Restored struct {
	Rows         int64
	From, Schema int // the schema of the backup, and of the database now
}

// Restore makes of a backup a database of the same content, the ids and all
// tokens included, in which sending is held ([ledger.Store.Release]). The name is one as
// for [Open]; the database must be empty or new, else the error is of kind
// Conflict. A backup of an older schema is brought in as it is, then upgraded.
//
// It appears whole or not at all: an SQLite file is made under another name and
// gets its own when it is complete and durable, PostgreSQL is filled in one
// transaction. Before that everything is read back and compared with the sums of
// the backup. One row is held at a time.
func Restore(ctx context.Context, dsn string, from *backup.Reader, opts RestoreOptions) (done Restored, err error) {
	d, err := database.DialectOf(dsn)
	if err != nil {
		return done, err
	}
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = database.DefaultBusyTimeout
	}
	if opts.Migrations != nil {
		d.Migrations = opts.Migrations
	}
	steps, err := database.LoadMigrations(d.Migrations)
	if err != nil {
		return done, err
	}
	r := &restorer{steps: steps, from: from, opts: opts, done: Restored{From: from.Header().Schema, Schema: len(steps)}}
	if r.done.From > len(steps) {
		return done, database.First(r.damage(ctx), database.Conflict("Use the newer Postbag that wrote it.",
			"the backup has schema %d and this program knows up to %d", r.done.From, len(steps)))
	}
	if d.LocksRows {
		err = r.intoServer(ctx, dsn, d)
	} else {
		err = r.intoFile(ctx, dsn, d)
	}
	if r.outside != nil {
		err = r.outside
	}
	return r.done, err
}

// restorer fills one database.
type restorer struct {
	steps   []database.Migration
	from    *backup.Reader
	opts    RestoreOptions
	tables  []backup.Table // that are in, as the backup orders their columns
	outside error          // of reading the backup, and not the database's
	done    Restored
}

// fill brings everything in, within one transaction on a connection. The schema
// has the given version, and its tables are empty.
func (r *restorer) fill(t *database.Tx, conn *sql.Conn, version int) (err error) {
	defer func() {
		if digest.KindOf(err) == digest.Invalid && r.outside == nil {
			r.outside = r.damage(t.Ctx)
		}
	}()
	if err := r.upgrade(t, version, r.done.From); err != nil {
		return err
	}
	tables, err := catalogue(t)
	if err != nil {
		return err
	}
	if err := clear(t, tables); err != nil {
		return err
	}
	again, err := dropIndexes(t, tables)
	if err != nil {
		return err
	}
	if err := r.load(t, conn, tables); err != nil {
		return err
	}
	for _, statement := range again {
		if _, err := t.Exec(statement); err != nil {
			return unfit(t, "", err)
		}
	}
	if err := r.verify(t, tables); err != nil {
		return err
	}
	if err := r.upgrade(t, r.done.From, len(r.steps)); err != nil {
		return err
	}
	if _, err := t.Exec(indexAll); err != nil {
		return err
	}
	return r.finish(t)
}

// damage reads the rest of a backup that says something which cannot be, and
// gives the error when its checksums tell that nobody wrote it so: a byte that
// changed on a disk shows itself as a wrong word first.
func (r *restorer) damage(ctx context.Context) error {
	for more := true; more; {
		var err error
		for row := true; row; {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if _, row, err = r.from.Next(); err != nil {
				return err
			}
		}
		if _, more, err = r.from.NextTable(); err != nil {
			return err
		}
	}
	return nil
}

// upgrade takes the schema from a version to another.
func (r *restorer) upgrade(t *database.Tx, from, to int) error {
	for version := from; version < to; version++ {
		if err := t.Step(r.steps[version], version, r.opts.Clock); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", version+1, err)
		}
	}
	return nil
}

// clear removes what the schema began with, and what was planned for nothing.
func clear(t *database.Tx, tables []storedTable) error {
	planned, err := t.Number(t.Dialect.HasTable, "duties")
	if err == nil && planned > 0 {
		_, err = t.Exec(`DELETE FROM duties`)
	}
	if err != nil {
		return err
	}
	for i := len(tables) - 1; i >= 0; i-- {
		if _, err := t.Exec(`DELETE FROM ` + quoted(tables[i].Name)); err != nil {
			return err
		}
	}
	return nil
}

// finish holds the sending: what is open here may go on elsewhere.
func (r *restorer) finish(t *database.Tx) error {
	n, err := t.Exec(`UPDATE publication SET held_since = $1, held_reason = $2 WHERE id = 1`, r.opts.Clock.Now(), r.opts.Reason)
	if err == nil && n != 1 {
		err = digest.Fail(digest.Invalid, hintOther, "the backup has no publication")
	}
	if err != nil {
		return err
	}
	if err := t.Bump(); err != nil {
		return err
	}
	if dialectOf(t.Dialect).analyze == "" {
		return nil
	}
	tables, err := catalogue(t)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := t.Exec(dialectOf(t.Dialect).analyze + quoted(table.Name)); err != nil {
			return err
		}
	}
	return nil
}
