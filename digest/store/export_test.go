package store

import (
	"context"
	"testing"
	"time"

	"postbag/digest/store/database"
)

// Exec runs any statement on the writing connection.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.db.Write.ExecContext(ctx, query, args...)
	return err
}

// Column reads one column of any query.
func (db *DB) Column(ctx context.Context, query string, args ...any) (all []string, err error) {
	err = db.db.View(ctx, "test", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var s string
			err := r.Scan(&s)
			all = append(all, s)
			return err
		}, query, args...)
	})
	return all, err
}

// Pragma reads a pragma on the writing or on a reading connection.
func (db *DB) Pragma(ctx context.Context, name string, writer bool) (value string, err error) {
	pool := db.db.Read
	if writer {
		pool = db.db.Write
	}
	err = pool.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// Setting reads a setting of PostgreSQL on a writing connection.
func (db *DB) Setting(ctx context.Context, name string) (value string, err error) {
	err = db.db.Write.QueryRowContext(ctx, `SELECT current_setting($1)`, name).Scan(&value)
	return value, err
}

// IsWriting tells whether a statement is at work on the writing connection, or waits
// there.
func (db *DB) IsWriting() bool { return db.db.Write.Stats().InUse > 0 }

// HoldRow locks rows until release is called.
func (db *DB) HoldRow(t testing.TB, query string) (release func()) {
	raw, err := db.db.Write.Begin()
	if err == nil {
		_, err = raw.Exec(query)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := raw.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// LockBoth locks the rows of two tables, waiting for another that does between
// its first two, and tells how often it tried.
func (db *DB) LockBoth(ctx context.Context, tables [2]string, met chan struct{}) (tries int, err error) {
	err = db.db.Update(ctx, "lock both", func(t *database.Tx) error {
		tries++
		if err := t.Lock(`SELECT id FROM ` + tables[0] + ` FOR UPDATE`); err != nil {
			return err
		}
		if tries == 1 {
			met <- struct{}{}
			for len(met) < 2 {
				time.Sleep(time.Millisecond)
			}
		}
		return t.Lock(`SELECT id FROM ` + tables[1] + ` FOR UPDATE`)
	})
	return tries, err
}

// IsPostgres tells which database it is.
func (db *DB) IsPostgres() bool { return db.db.Dialect.LocksRows }
