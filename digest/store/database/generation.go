package database

import (
	"context"

	"postbag/digest"
)

const queryGeneration = `SELECT value FROM generation WHERE id = 1`

// Generation is a number that grows whenever anything that readers can see
// changes. It is one prepared statement, see [DB.Prepare], without a
// transaction around it.
func (db *DB) Generation(ctx context.Context) (n int64, err error) {
	most, inVain, bounded := digest.Patience(ctx)
	asking := ctx
	if bounded {
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(ctx, most)
		defer cancel()
	}
	for try := 1; ; try++ {
		err = db.generation.QueryRowContext(asking).Scan(&n)
		if asking.Err() != nil && ctx.Err() == nil {
			inVain()
			return 0, db.Wrap("read the generation", errSilent)
		}
		if !db.isStale(err, try) {
			return n, db.Wrap("read the generation", err)
		}
	}
}

// Bump says that something readers can see changes in this transaction.
func (t *Tx) Bump() error {
	_, err := t.Exec(`UPDATE generation SET value = value + 1 WHERE id = 1`)
	return err
}
