package store

import (
	"context"
	"time"

	"postbag/digest/work"
)

// ForgetWorkers removes the places that ended longer ago than the given time.
func (db *DB) ForgetWorkers(ctx context.Context, after time.Duration) error {
	return db.update(ctx, "forget workers of long ago", func(t *tx) error {
		_, err := t.exec(`DELETE FROM workers WHERE ended_at < `+t.dialect.now+` - CAST($1 AS BIGINT)`, after.Microseconds())
		return err
	})
}

// LeftByItself tells whether a place was given up before its lease ran out.
func (db *DB) LeftByItself(ctx context.Context, id int64) (left bool, err error) {
	err = db.view(ctx, "look for a worker", func(t *tx) error {
		n, err := t.number(`SELECT COUNT(*) FROM workers WHERE id = $1 AND ended_at < leased_until`, id)
		left = n > 0
		return err
	})
	return left, err
}

// Workers lists the processes that have a place and whose lease has not run out.
func (db *DB) Workers(ctx context.Context) (all []work.Worker, err error) {
	err = db.view(ctx, "list the workers", func(t *tx) error {
		return t.each(func(r row) error {
			var w work.Worker
			err := r.scan(&w.ID, &w.Name, &w.StartedAt, &w.Until)
			if db.dialect.alone != nil {
				w.Until = time.Time{}
			}
			all = append(all, w)
			return err
		}, `SELECT id, name, started_at, leased_until FROM workers
			WHERE ended_at IS NULL AND leased_until >= `+db.dialect.now+`
			ORDER BY id LIMIT $1`, DefaultLimit)
	})
	return all, err
}
