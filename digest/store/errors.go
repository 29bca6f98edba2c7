package store

import (
	"context"
	"errors"
	"fmt"

	"postbag/digest"
)

// code is what a database's error means, whatever the database.
type code int

const (
	codeOther      code = iota
	codeUnique          // a row with this key exists
	codeForeign         // a row that is named does not exist
	codeBusy            // another process held the lock for too long
	codeUnwritable      // the file or its folder cannot be opened or written
	codeDisk            // the disk is full or fails
	codeNoDatabase      // the file is something else
	codeCorrupt         // the file is damaged
)

const hintUnwritable = "Make the file and its folder writable for this user, or choose another file with --db."

// wrap names the operation, and makes of a database's error one that says what
// a person can do. Errors that say so already only get the operation.
func (db *DB) wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*digest.Error](err); ok ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch db.dialect.code(err) {
	case codeBusy:
		return digest.Fail(digest.Unavailable, "End the other process that keeps the database locked, then try again.",
			"%s: the database %s stayed locked: %w", operation, db.path, err)
	case codeUnwritable:
		return digest.Fail(digest.Unavailable, hintUnwritable,
			"%s: the database %s cannot be written: %w", operation, db.path, err)
	case codeDisk:
		return digest.Fail(digest.Unavailable, "Make room on the disk and look at its health; what was stored before is safe.",
			"%s: the disk of the database %s is full or failing: %w", operation, db.path, err)
	case codeNoDatabase:
		return digest.Fail(digest.Invalid, "Choose another file with --db; this one was left as it is.",
			"%s: the file %s is not a database: %w", operation, db.path, err)
	case codeCorrupt:
		return digest.Fail(digest.Internal, "Stop Postbag and restore the newest backup.",
			"%s: the database %s is damaged: %w", operation, db.path, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// missing says that something does not exist.
func missing(format string, args ...any) error {
	return digest.Fail(digest.NotFound, "", format, args...)
}

// conflict says that the present state does not allow something.
func conflict(hint, format string, args ...any) error {
	return digest.Fail(digest.Conflict, hint, format, args...)
}
