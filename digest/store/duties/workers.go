package duties

import (
	"context"
	"time"

	"postbag/digest/store/database"
	"postbag/digest/work"
)

// ForgetWorkers removes the workers that ended longer ago than the given time.
func (db *Store) ForgetWorkers(ctx context.Context, after time.Duration) error {
	return db.Update(ctx, "forget workers of long ago", func(t *database.Tx) error {
		_, err := t.Exec(`DELETE FROM workers WHERE ended_at < `+t.Dialect.Now+` - CAST($1 AS BIGINT)`, after.Microseconds())
		return err
	})
}

// LeftByItself tells whether a worker left before its lease ran out.
func (db *Store) LeftByItself(ctx context.Context, id int64) (left bool, err error) {
	err = db.View(ctx, "look for a worker", func(t *database.Tx) error {
		n, err := t.Number(`SELECT COUNT(*) FROM workers WHERE id = $1 AND ended_at < leased_until`, id)
		left = n > 0
		return err
	})
	return left, err
}

// Workers lists the workers whose lease has not run out.
func (db *Store) Workers(ctx context.Context) (all []work.Worker, err error) {
	err = db.View(ctx, "list the workers", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var w work.Worker
			var silent int
			err := r.Scan(&w.ID, &w.Name, &w.StartedAt, &w.Until, &silent)
			if w.Silent = silent != 0; db.Dialect.Alone != nil {
				w.Until, w.Silent = time.Time{}, false
			}
			all = append(all, w)
			return err
		}, `SELECT id, name, started_at, leased_until, CASE WHEN leased_until - `+db.Dialect.Now+` < lease / 2 THEN 1 ELSE 0 END FROM workers
			WHERE ended_at IS NULL AND leased_until >= `+db.Dialect.Now+`
			ORDER BY id LIMIT $1`, database.DefaultLimit)
	})
	return all, err
}
