package database

import "context"

const queryGeneration = `SELECT value FROM generation WHERE id = 1`

// Generation is a number that grows whenever anything that readers can see
// changes. It is one prepared statement, see [DB.Prepare], without a
// transaction around it.
func (db *DB) Generation(ctx context.Context) (n int64, err error) {
	for try := 1; ; try++ {
		err = db.generation.QueryRowContext(ctx).Scan(&n)
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
