package database

import (
	"context"
	"errors"
)

// LockAlone takes the lock of the one process that may work on a file.
func (db *DB) LockAlone(ctx context.Context) (giveBack func(), err error) {
	giveBack, err = db.Dialect.Alone(ctx, db.File)
	if errors.Is(err, errTaken) {
		return nil, db.IsWorkedOn()
	}
	return giveBack, db.Wrap("lock the worker", err)
}

// IsWorkedOn says that another process works on the database.
func (db *DB) IsWorkedOn() error {
	hint := "Stop the other Postbag that works on this database, or leave the work to it."
	if db.Dialect.Alone != nil {
		hint += " On PostgreSQL several can share it."
	}
	return Conflict(hint, "another process pulls and delivers on the database %s", db.File)
}
