package database

import (
	"crypto/tls"
	"errors"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"postbag/digest"
)

// away words an error of a server that cannot be reached, or was lost.
func (db *DB) away(operation string, err error) error {
	hint := "Start PostgreSQL or see why it does not answer; Postbag goes on when it does."
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		hint = "Check the host's name in the address."
	}
	return digest.Fail(digest.Unavailable, hint, "%s: the database %s does not answer: %w", operation, db.File, cause(err))
}

// refused words an error of a server that answers and will not have us, or that
// we will not have.
func (db *DB) refused(operation string, err error) error {
	hint := "Check user, database and schema, and the password in PGPASSWORD, in PGPASSFILE or in POSTBAG_DB."
	switch state := sqlState(err); {
	case isUntrusted(err):
		hint = "Check sslmode and sslrootcert in the address, and the server's certificate."
	case state == "3D000":
		hint = "Correct the address, or create the database with the encoding UTF8, from template0."
	case isConnecting(err) && stateCode(state) == CodeOther:
		hint = "Check what stands behind the question mark of the address."
	}
	return digest.Fail(digest.Invalid, hint, "%s: the database %s does not let us work: %w", operation, db.File, cause(err))
}

// cause keeps of a driver's error what is at its bottom: around it stand the
// names of calls and, for each attempt to connect, the same once more.
func cause(err error) error {
	refusal, isRefusal := errors.AsType[*pgconn.PgError](err)
	dns, isName := errors.AsType[*net.DNSError](err)
	certificate, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isRefusal:
		return oneLine{words: refusal.Message, err: err}
	case isName && dns.IsNotFound:
		return oneLine{words: "no host is called " + dns.Name, err: err}
	case isCertificate:
		return oneLine{words: certificate.Err.Error(), err: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return oneLine{words: "it refuses the connection", err: err}
	}
	return Plain(err)
}

// isConnecting tells whether an error is of making a connection.
func isConnecting(err error) bool {
	_, ok := errors.AsType[*pgconn.ConnectError](err)
	return ok
}

// isUntrusted tells whether the server's certificate was not believed.
func isUntrusted(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}
