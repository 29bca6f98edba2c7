package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"postbag/digest"
	"postbag/digest/archive"
)

// RestoreOptions are what a restore is made with.
type RestoreOptions struct {
	Clock       digest.Clock  // dates the hold and the migrations; nil means the machine's
	BusyTimeout time.Duration // as in [Options]
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
// tokens included, in which sending is held ([DB.Release]). The name is one as
// for [Open]; the database must be empty or new, else the error is of kind
// Conflict. A backup of an older schema is brought in as it is, then upgraded.
//
// It appears whole or not at all: an SQLite file is made under another name and
// gets its own when it is complete and durable, PostgreSQL is filled in one
// transaction. Before that everything is read back and compared with the sums of
// the backup. One row is held at a time.
func Restore(ctx context.Context, dsn string, from *archive.Reader, opts RestoreOptions) (done Restored, err error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return done, err
	}
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = defaultBusyTimeout
	}
	steps, err := loadMigrations(d.migrations)
	if err != nil {
		return done, err
	}
	r := &restorer{steps: steps, from: from, opts: opts, done: Restored{From: from.Header().Schema, Schema: len(steps)}}
	if r.done.From > len(steps) {
		return done, conflict("Use the newer Postbag that wrote it.",
			"the backup has schema %d and this program knows up to %d", r.done.From, len(steps))
	}
	if d.locksRows {
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
	steps   []migration
	from    *archive.Reader
	opts    RestoreOptions
	tables  []archive.Table // that are in, as the backup orders their columns
	outside error           // of reading the backup, and not the database's
	done    Restored
}

// fill brings everything in, within one transaction on a connection. The schema
// has the given version, and its tables are empty.
func (r *restorer) fill(t *tx, conn *sql.Conn, version int) error {
	if err := r.upgrade(t, version, r.done.From); err != nil {
		return err
	}
	tables, err := t.catalogue()
	if err != nil {
		return err
	}
	if err := t.clear(tables); err != nil {
		return err
	}
	again, err := t.setAside(tables)
	if err != nil {
		return err
	}
	if err := r.load(t, conn, tables); err != nil {
		return err
	}
	for _, statement := range again {
		if _, err := t.exec(statement); err != nil {
			return unfit(t, "", err)
		}
	}
	if err := r.verify(t, tables); err != nil {
		return err
	}
	if err := r.upgrade(t, r.done.From, len(r.steps)); err != nil {
		return err
	}
	return r.finish(t)
}

// upgrade takes the schema from a version to another.
func (r *restorer) upgrade(t *tx, from, to int) error {
	for version := from; version < to; version++ {
		if err := t.step(r.steps[version], version, r.opts.Clock); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", version+1, err)
		}
	}
	return nil
}

// clear removes what the schema began with, and what was planned for nothing.
func (t *tx) clear(tables []storedTable) error {
	planned, err := t.number(t.dialect.hasTable, "duties")
	if err == nil && planned > 0 {
		_, err = t.exec(`DELETE FROM duties`)
	}
	if err != nil {
		return err
	}
	for i := len(tables) - 1; i >= 0; i-- {
		if _, err := t.exec(`DELETE FROM ` + quoted(tables[i].Name)); err != nil {
			return err
		}
	}
	return nil
}

// setAside drops what tables work without, and gives the statements that make it
// again: that is faster than to look after it row by row.
func (t *tx) setAside(tables []storedTable) (again []string, err error) {
	ours := map[string]bool{}
	for _, table := range tables {
		ours[table.Name] = true
	}
	var drop []string
	err = t.each(func(r row) error {
		var table, dropped, made string
		var turn int
		err := r.scan(&table, &dropped, &made, &turn)
		if ours[table] {
			drop, again = append(drop, dropped), append(again, made)
		}
		return err
	}, t.dialect.carry.aside)
	for _, statement := range drop {
		if err == nil {
			_, err = t.exec(statement)
		}
	}
	return again, err
}

// load brings in the rows of all tables, and refuses a backup with others than
// its schema has.
func (r *restorer) load(t *tx, conn *sql.Conn, tables []storedTable) error {
	known := map[string]storedTable{}
	for _, table := range tables {
		known[table.Name] = table
	}
	for {
		table, more, err := r.from.NextTable()
		if err != nil {
			r.outside = err
			return err
		}
		if !more {
			break
		}
		own, ok := known[table.Name]
		if !ok || !sameColumns(own.Columns, table.Columns) {
			return digest.Fail(digest.Invalid, hintOther, "schema %d has no table %.60q with the columns of the backup", r.done.From, table.Name)
		}
		delete(known, table.Name)
		r.tables = append(r.tables, table)
		if err := r.loadTable(t, conn, table, own.numbered); err != nil {
			return err
		}
	}
	for name := range known {
		return digest.Fail(digest.Invalid, hintOther, "the backup lacks the table %s of schema %d", name, r.done.From)
	}
	return nil
}

const hintOther = "The file does not hold what Postbag writes; use another backup. Nothing was changed."

// sameColumns tells whether two tables have the same columns, in any order.
func sameColumns(own, told []archive.Column) bool {
	types := map[string]archive.Type{}
	for _, c := range own {
		types[c.Name] = c.Type
	}
	for _, c := range told {
		if types[c.Name] != c.Type {
			return false
		}
		delete(types, c.Name)
	}
	return len(types) == 0
}

func (r *restorer) loadTable(t *tx, conn *sql.Conn, table archive.Table, numbered string) error {
	next := func() ([]any, bool, error) {
		values, more, err := r.from.Next()
		if err != nil {
			r.outside = err
			return nil, false, err
		}
		if more {
			if r.done.Rows++; r.opts.Progress != nil && r.done.Rows%progressEvery == 0 {
				r.opts.Progress(r.done.Rows)
			}
		}
		return values, more, nil
	}
	if err := t.dialect.carry.load(t, conn, table, next); err != nil {
		return unfit(t, table.Name, err)
	}
	if numbered == "" {
		return nil
	}
	largest, err := t.number(`SELECT COALESCE(MAX(` + quoted(numbered) + `), 0) FROM ` + quoted(table.Name))
	if err != nil {
		return err
	}
	return t.dialect.carry.setLastID(t, table.Name, numbered, max(largest, table.LastID))
}

// unfit says that the database does not take a backup's rows, where the reason
// is in them.
func unfit(t *tx, table string, err error) error {
	if t.ctx.Err() != nil {
		return err
	}
	switch t.dialect.code(err) {
	case codeUnique, codeForeign, codeOther, codeText:
		if table != "" {
			table = " of " + table
		}
		return digest.Fail(digest.Invalid, hintOther, "the database does not take the rows%s: %w", table, plain(err))
	}
	return err
}

// verify reads back what was loaded and compares it with the sums of the backup.
func (r *restorer) verify(t *tx, stored []storedTable) error {
	if check := t.dialect.carry.check; check != "" {
		var table string
		if found, err := t.one([]any{&table}, check); found || err != nil {
			return first(err, digest.Fail(digest.Invalid, hintOther, "rows of %s refer to rows that are not in the backup", table))
		}
	}
	var outside error
	to, err := archive.NewWriter(io.Discard, archive.Header{}, false)
	if err != nil {
		return err
	}
	back := &exporter{t: t, to: to, outside: &outside}
	for _, table := range r.tables {
		for _, own := range stored {
			if own.Name == table.Name {
				own.Table = table
				if err := back.table(own); err != nil {
					return err
				}
			}
		}
	}
	got, err := to.Close()
	if err != nil {
		return err
	}
	for i, want := range r.from.Trailer().Tables {
		if got.Tables[i] != want {
			return digest.Fail(digest.Internal, "Nothing was changed. Please report this.",
				"the table %s reads back as %d rows with another checksum than the %d of the backup", want.Table, got.Tables[i].Rows, want.Rows)
		}
	}
	return nil
}

// finish holds the sending: what is open here may go on elsewhere.
func (r *restorer) finish(t *tx) error {
	n, err := t.exec(`UPDATE publication SET held_since = $1, held_reason = $2 WHERE id = 1`, r.opts.Clock.Now(), r.opts.Reason)
	if err == nil && n != 1 {
		err = digest.Fail(digest.Invalid, hintOther, "the backup has no publication")
	}
	if err != nil {
		return err
	}
	if err := t.bump(); err != nil {
		return err
	}
	for _, statement := range t.dialect.carry.settle {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// inUse gives the name of a table that holds something, "" when the database is
// as new.
func (t *tx) inUse() (string, error) {
	tables, err := t.catalogue()
	if err != nil {
		return "", err
	}
	for _, table := range tables {
		if table.Name == "publication" || table.Name == "generation" {
			continue // they have their row from the start
		}
		n, err := t.number(`SELECT COUNT(*) FROM (SELECT 1 FROM ` + quoted(table.Name) + ` LIMIT 1) AS counted`)
		if err != nil || n > 0 {
			return table.Name, err
		}
	}
	return "", nil
}

// free refuses a database that is not as new, and gives its schema.
func (db *DB) free(t *tx, known int) (version int, err error) {
	if version, err = db.schema(t); err != nil {
		return 0, err
	}
	if version > known {
		return 0, db.newer(version, known)
	}
	if version == 0 {
		return 0, db.nobodys(t)
	}
	if err := db.idle(t); err != nil {
		return 0, err
	}
	used, err := t.inUse()
	if err == nil && used != "" {
		err = conflict("Choose another with --db, one that is empty or does not exist yet.",
			"the database %s is not empty: there are %s in it", db.path, used)
	}
	return version, err
}

// idle refuses a database that processes work on. That of a file is told by its
// lock.
func (db *DB) idle(t *tx) error {
	if db.dialect.alone != nil {
		return nil
	}
	known, err := t.number(db.dialect.hasTable, "workers")
	if err != nil || known == 0 {
		return err
	}
	n, err := t.number(queryPresent + ` AND leased_until >= ` + db.dialect.now)
	if err == nil && n > 0 {
		return db.isWorkedOn()
	}
	return err
}
