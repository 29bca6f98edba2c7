package database

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postbag/digest"
)

// Code is what a database's error means, whatever the database.
type Code int

// What errors mean.
const (
	CodeOther      Code = iota
	CodeUnique          // a row with this key exists
	CodeForeign         // a row that is named does not exist
	codeBusy            // another process held the lock for too long
	codeUnwritable      // the file or its folder cannot be opened or written
	codeDisk            // the disk is full or fails
	codeNoDatabase      // the file is something else
	codeCorrupt         // the file is damaged
	codeRetry           // other transactions stood in the way of this one
	codeLost            // the connection to the server broke
	codeAway            // the server cannot be reached
	codeRefused         // the server does not let us in
	codeReadOnly        // the server takes no writes
	CodeText            // a text holds a character that cannot be stored
)

const hintUnwritable = "Make the file and its folder writable for this user, or choose another file."

const hintReadOnly = "Give the address of the primary server, and let it take writes."

// Wrap names the operation, and makes of a database's error one that says what
// a person can do. Errors that say so already only get the operation.
func (db *DB) Wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*digest.Error](err); ok {
		return err
	}
	err = db.wrap(operation, err)
	if said, ok := err.(*digest.Error); ok && db.Dialect.Code(said.Err) != CodeText {
		said.Inner = true
		if db.isOpen && said.Kind == digest.Invalid {
			said.Kind = digest.Unavailable // it let us in before
		}
	}
	return err
}

func (db *DB) wrap(operation string, err error) error {
	code := db.Dialect.Code(err)
	if errors.Is(err, errSilent) {
		if code = codeAway; !db.Dialect.LocksRows {
			code = codeBusy
		}
	}
	if code == CodeOther && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	switch code {
	case codeBusy:
		return digest.Fail(digest.Unavailable, "End the other process that keeps the database locked, then try again.",
			"%s: the database %s stayed locked: %w", operation, db.File, err)
	case codeUnwritable:
		return digest.Fail(digest.Unavailable, hintUnwritable,
			"%s: the database %s cannot be written: %w", operation, db.File, err).Offer(digest.Act{Do: digest.OtherDatabase})
	case codeDisk:
		return digest.Fail(digest.Unavailable, "Make room on the disk and look at its health; what was stored before is safe.",
			"%s: the disk of the database %s is full or failing: %w", operation, db.File, err)
	case codeNoDatabase:
		return digest.Fail(digest.Invalid, "This file was left as it is.",
			"%s: the file %s is not a database: %w", operation, db.File, err).Offer(digest.Act{Do: digest.OtherDatabase})
	case codeCorrupt:
		return digest.Fail(digest.Internal, "Stop Postbag and restore the newest backup.",
			"%s: the database %s is damaged: %w", operation, db.File, err)
	case codeRetry:
		return digest.Fail(digest.Unavailable, "Try again.",
			"%s: too much else happens on the database %s: %w", operation, db.File, err)
	case codeLost, codeAway:
		return db.away(operation, err)
	case codeRefused:
		return db.refused(operation, err)
	case codeReadOnly:
		return digest.Fail(digest.Unavailable, hintReadOnly, "%s: the database %s can only be read: %w", operation, db.File, err)
	case CodeText:
		return digest.Fail(digest.Invalid, "Take out what cannot be seen.",
			"%s: a text holds a character that cannot be stored: %w", operation, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// Plain puts a driver's error, which may list several attempts, on one line.
func Plain(err error) error {
	words := strings.Join(strings.Fields(err.Error()), " ")
	if words == err.Error() {
		return err
	}
	return oneLine{words: words, err: err}
}

type oneLine struct {
	words string
	err   error
}

// Error gives the words.
func (o oneLine) Error() string { return o.words }

// Unwrap gives the driver's error.
func (o oneLine) Unwrap() error { return o.err }

// Missing says that something does not exist.
func Missing(format string, args ...any) *digest.Error {
	return digest.Fail(digest.NotFound, "", format, args...)
}

// Conflict says that the present state does not allow something.
func Conflict(hint, format string, args ...any) *digest.Error {
	return digest.Fail(digest.Conflict, hint, format, args...)
}
