package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// lostCode tells codeAway and codeLost, of which the server itself says nothing,
// from all else. What the caller's own context ended is no loss.
func lostCode(err error) Code {
	if err == nil || errors.Is(err, context.Canceled) {
		return CodeOther
	}
	// Making a connection has a time limit of its own.
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return codeAway
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return CodeOther
	}
	for _, gone := range []error{driver.ErrBadConn, pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, gone) {
			return codeLost
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return codeLost
	}
	return CodeOther
}
