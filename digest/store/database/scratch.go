package database

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
)

// Scratch makes an empty database on the server of a PostgreSQL address, and gives
// its address and what drops it with all that is in it. The database of the address
// is only connected to. The account must be allowed to make databases; the error of
// one that is not is of kind Forbidden.
func Scratch(ctx context.Context, dsn string) (scratch string, drop func(context.Context) error, err error) {
	config, public, err := postgresConfig(dsn)
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", nil, err // postgresConfig has read it
	}
	name := "postbag_scratch_" + strings.ToLower(rand.Text())
	u.Path = "/" + name
	settings := u.Query()
	settings.Del("search_path")
	u.RawQuery = settings.Encode()
	do := func(ctx context.Context, statement string) error {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return digest.Fail(digest.Unavailable, "Check the address, and that the server runs.", "there is no connection to %s: %w", public, err)
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, statement)
		if sqlState(err) == insufficientPrivilege {
			return digest.Fail(digest.Forbidden, "Name an account that may: ALTER ROLE … CREATEDB.", "the account may not make a database on %s", public)
		}
		return err
	}
	if err := do(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	return u.String(), func(ctx context.Context) error { return do(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }, nil
}

// insufficientPrivilege is PostgreSQL's code for what an account may not do.
const insufficientPrivilege = "42501"
