package database

import (
	"context"
	"errors"
	"os"

	"postbag/digest"
)

// TryToWrite fails when nothing can be stored: the disk is full, the server takes no writes
// or does not answer, or another process has locked the file for as long as ctx lasts. It
// stores a number that is of no other use, so that a write reaches the disk; nothing
// grows by it. While this process is writing it does not ask.
func (db *DB) TryToWrite(ctx context.Context) error {
	if db.writing.Load() > 0 {
		return nil
	}
	if db.Dialect.room != nil {
		if err := db.Dialect.room(db.File); err != nil {
			return digest.Fail(digest.Unavailable, "Make room on the disk, and let this user write in the database's folder.",
				"the database %s has no room to grow: %w", db.File, err)
		}
	}
	return db.Update(ctx, "try to write", func(t *Tx) error {
		n, err := t.Exec(`UPDATE tries SET n = (n + 1) % 1000000 WHERE id = 1`)
		if err == nil && n == 0 {
			err = errors.New("a row is missing")
		}
		return err
	})
}

// roomSuffix is what the name of the file that tries a folder's room adds to the
// database's, and roomBytes its size: that of a pull which brings some hundred comments.
const (
	roomSuffix = "-room"
	roomBytes  = 256 << 10
)

// sqliteRoom writes a file beside the database and removes it: the journal may have room
// for one small write when the disk has none for the next.
func sqliteRoom(path string) (err error) {
	f, err := os.OpenFile(path+roomSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return reasonOf(err)
	}
	_, err = f.Write(make([]byte, roomBytes))
	if err == nil {
		err = f.Sync()
	}
	return reasonOf(errors.Join(err, f.Close(), os.Remove(f.Name())))
}

// reasonOf leaves the path out of an error.
func reasonOf(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
