package store

import (
	"context"
	"database/sql"
	"strings"
)

// intoServer fills a PostgreSQL database in one transaction.
func (r *restorer) intoServer(ctx context.Context, dsn string, d dialect) (err error) {
	path, err := d.prepare(dsn)
	if err != nil {
		return err
	}
	db := &DB{dialect: d, path: path, busy: r.opts.BusyTimeout}
	defer func() { err = first(err, db.Close()) }()
	if db.write, err = d.pool(path, db.busy, false); err != nil {
		return db.wrap("open the database", err)
	}
	if err := d.probe(ctx, db.write, db.busy); err != nil {
		return db.wrap("open the database", err)
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return db.wrap("open the database", err)
	}
	defer func() { err = first(err, conn.Close()) }()
	return db.wrap("fill the database", db.within(ctx, conn, func(t *tx) error {
		version, err := r.cleared(db, t)
		if err != nil {
			return err
		}
		return r.fill(t, conn, version)
	}))
}

// within runs one transaction on a connection.
func (db *DB) within(ctx context.Context, conn *sql.Conn, fn func(*tx) error) error {
	raw, err := conn.BeginTx(ctx, db.dialect.writing)
	if err != nil {
		return err
	}
	t := &tx{ctx: ctx, raw: raw, dialect: &db.dialect}
	err = t.begin()
	if err == nil {
		err = fn(t)
	}
	if err != nil {
		return ended(ctx, first(err, raw.Rollback()))
	}
	return ended(ctx, raw.Commit())
}

// cleared locks everybody else out of a database that is as new, and gives its
// schema, which is no newer than the backup's.
func (r *restorer) cleared(db *DB, t *tx) (version int, err error) {
	if err := t.takeTurns(turnMigrate); err != nil {
		return 0, err
	}
	if version, err = db.free(t, len(r.steps)); err != nil || version == 0 {
		return 0, err
	}
	tables, err := t.tables()
	if err != nil {
		return 0, err
	}
	if _, err := t.exec(`LOCK TABLE ` + tables + ` IN ACCESS EXCLUSIVE MODE`); err != nil {
		return 0, err
	}
	if version, err = db.free(t, len(r.steps)); err != nil {
		return 0, err
	}
	if version > r.done.From {
		_, err := t.exec(`DROP TABLE ` + tables)
		return 0, err
	}
	return version, nil
}

// tables lists all tables of the schema, the derived ones too.
func (t *tx) tables() (string, error) {
	var names []string
	err := t.each(func(r row) error {
		var name string
		err := r.scan(&name)
		names = append(names, quoted(name))
		return err
	}, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = `+ourSchema+`::oid AND c.relkind IN ('r', 'p')
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`)
	return strings.Join(names, ", "), err
}
