package transfer

import (
	"context"
	"database/sql"
	"strings"

	"postbag/digest/store/database"
)

// intoServer fills a PostgreSQL database in one transaction.
func (r *restorer) intoServer(ctx context.Context, dsn string, d database.Dialect) (err error) {
	path, err := d.Prepare(dsn)
	if err != nil {
		return err
	}
	db := &database.DB{Dialect: d, File: path, Busy: r.opts.BusyTimeout}
	defer func() { err = database.First(err, db.Close()) }()
	if db.Write, err = d.Pool(path, db.Busy, false); err != nil {
		return db.Wrap("open the database", err)
	}
	if err := d.Probe(ctx, db.Write, db.Busy); err != nil {
		return db.Wrap("open the database", err)
	}
	conn, err := db.Write.Conn(ctx)
	if err != nil {
		return db.Wrap("open the database", err)
	}
	defer func() { err = database.First(err, conn.Close()) }()
	return db.Wrap("fill the database", within(db, ctx, conn, func(t *database.Tx) error {
		version, err := r.cleared(db, t)
		if err != nil {
			return err
		}
		return r.fill(t, conn, version)
	}))
}

// within runs one transaction on a connection.
func within(db *database.DB, ctx context.Context, conn *sql.Conn, fn func(*database.Tx) error) error {
	raw, err := conn.BeginTx(ctx, db.Dialect.Writing)
	if err != nil {
		return err
	}
	t := &database.Tx{Ctx: ctx, Raw: raw, Dialect: &db.Dialect}
	err = begin(t)
	if err == nil {
		err = fn(t)
	}
	if err != nil {
		return database.Ended(ctx, database.First(err, raw.Rollback()))
	}
	return database.Ended(ctx, raw.Commit())
}

// cleared locks everybody else out of a database that is as new, and gives its
// schema, which is no newer than the backup's.
func (r *restorer) cleared(db *database.DB, t *database.Tx) (version int, err error) {
	if err := t.TakeTurns(database.TurnMigrate); err != nil {
		return 0, err
	}
	if version, err = free(db, t, len(r.steps)); err != nil || version == 0 {
		return 0, err
	}
	tables, err := tables(t)
	if err != nil {
		return 0, err
	}
	if _, err := t.Exec(`LOCK TABLE ` + tables + ` IN ACCESS EXCLUSIVE MODE`); err != nil {
		return 0, err
	}
	if version, err = free(db, t, len(r.steps)); err != nil {
		return 0, err
	}
	if version > r.done.From {
		_, err := t.Exec(`DROP TABLE ` + tables)
		return 0, err
	}
	return version, nil
}

// tables lists all tables of the schema, the derived ones too.
func tables(t *database.Tx) (string, error) {
	var names []string
	err := t.Each(func(r database.Row) error {
		var name string
		err := r.Scan(&name)
		names = append(names, quoted(name))
		return err
	}, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = `+database.OurSchema+`::oid AND c.relkind IN ('r', 'p')
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`)
	return strings.Join(names, ", "), err
}
