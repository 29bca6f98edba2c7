package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"postbag/digest"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

const (
	// postgresWriters is how many transactions of one process write at once.
	postgresWriters = 8

	// connectTime bounds how long a connection may take to be made.
	connectTime = 10 * time.Second

	// OurSchema is the first half of the numbers that advisory locks go by: two
	// publications may live in one database, each in a schema of its own.
	OurSchema = `CAST(CAST(quote_ident(current_schema()) AS regnamespace) AS oid)::int4`
)

// postgresDialect is the PostgreSQL database at an address. A process that
// stopped holds nothing up for good: its server ends a transaction that is idle
// for a minute, and a connection whose other side is silent for half a minute.
func postgresDialect(dsn string) (Dialect, error) {
	migrations, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		panic(err) // the path is a constant
	}
	config, name, err := postgresConfig(dsn)
	if err != nil {
		return Dialect{}, err
	}
	return Dialect{
		Name:       "postgresql",
		Migrations: migrations,
		Prepare:    func(string) (string, error) { return name, nil },
		Pool: func(_ string, busy time.Duration, _ bool) (*sql.DB, error) {
			return postgresPool(config, busy), nil
		},
		writers:        postgresWriters,
		Writing:        &sql.TxOptions{Isolation: sql.LevelReadCommitted},
		reading:        &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		preparesItself: true,
		LocksRows:      true,
		SkipLocked:     " FOR UPDATE SKIP LOCKED",
		takeTurns:      `SELECT pg_advisory_xact_lock(` + OurSchema + `, CAST($1 AS INTEGER))`,
		Now:            `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`,
		Share:          " FOR SHARE",
		CheckLease:     `SELECT set_config('postbag.lease', name || ' ' || fence, true)` + checkLease + ` FOR SHARE`,
		wakeOthers:     `SELECT pg_notify(` + wakeChannel + `, '')`,
		listen:         func(ctx context.Context, tell func()) { postgresListen(ctx, config, tell) },
		Probe:          postgresProbe,
		// What an extension brought along belongs to no program.
		foreign: `SELECT COUNT(*) FROM pg_class c
			WHERE c.relnamespace = ` + OurSchema + `::oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
				AND NOT EXISTS (SELECT 1 FROM pg_depend d
					WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`,
		HasTable: `SELECT COUNT(*) FROM pg_class c
			WHERE c.relnamespace = ` + OurSchema + `::oid AND c.relkind = 'r' AND c.relname = $1`,
		Size: `SELECT pg_database_size(current_database())`,
		// An array is expected to be short; rows might be joined by a scan.
		Among: func(column, param, kind string) string {
			return column + " = ANY (ARRAY(SELECT CAST(value AS " + kind + ") FROM json_array_elements_text(CAST(" + param + " AS JSON)) AS value))"
		},
		Records: func(param string, columns ...string) string {
			return "SELECT * FROM json_to_recordset(CAST(" + param + " AS JSON)) AS record (" + strings.Join(columns, ", ") + ")"
		},
		Code: postgresCode,
	}, nil
}

const hintPostgres = "Give it as postgres://user@host:5432/name, with the characters /, ?, # and @ of a password as %2F, %3F, %23 and %40."

// postgresConfig reads an address, and gives it also without what is secret. A
// part that cannot be read is not repeated: it may be a piece of the password.
func postgresConfig(dsn string) (*pgx.ConnConfig, string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, "", digest.Fail(digest.Invalid, hintPostgres, "the address of the PostgreSQL database is not written as it should be")
	}
	// An @ behind the authority, or a fragment, is the rest of a password with a
	// slash, a question mark or a number sign in it: nothing is repeated.
	if u.Fragment != "" || strings.Contains(u.Path, "@") || strings.Contains(u.RawQuery, "@") {
		return nil, "", digest.Fail(digest.Invalid, hintPostgres+" Letters such as / ? # in a password are written %2F %3F %23.",
			"the address of the PostgreSQL database is not written as it should be")
	}
	name := publicName(u)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, "", digest.Fail(digest.Invalid, hintPostgres, "the address %s or one of PostgreSQL's variables has a setting that cannot be used", name)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	for key, value := range map[string]string{
		"application_name":                    "postbag",
		"client_encoding":                     "UTF8",
		"idle_in_transaction_session_timeout": "60s",
		"tcp_keepalives_idle":                 "15",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	} {
		if _, ok := config.RuntimeParams[key]; !ok {
			config.RuntimeParams[key] = value
		}
	}
	return config, name, nil
}

// publicName gives an address without password and without settings.
func publicName(u *url.URL) string {
	public := url.URL{Scheme: "postgres", Host: u.Host, Path: u.Path}
	if u.User.Username() != "" {
		public.User = url.User(u.User.Username())
	}
	if schema := u.Query().Get("search_path"); schema != "" {
		public.RawQuery = url.Values{"search_path": {schema}}.Encode()
	}
	return public.String()
}

// postgresPool makes a pool whose connections give up waiting for a lock after
// the given time, and whose commits are on disk when they return, whatever the
// server's default is.
func postgresPool(config *pgx.ConnConfig, busy time.Duration) *sql.DB {
	own := config.Copy()
	if _, ok := own.RuntimeParams["lock_timeout"]; !ok {
		own.RuntimeParams["lock_timeout"] = strconv.FormatInt(busy.Milliseconds(), 10)
	}
	return stdlib.OpenDB(*own, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
		return err
	}))
}

// postgresProbe finds out whether the database can hold what it is to hold.
func postgresProbe(ctx context.Context, db *sql.DB, _ time.Duration) error {
	var encoding, readOnly string
	var schema sql.NullString
	err := db.QueryRowContext(ctx, `SELECT current_setting('server_encoding'), current_setting('transaction_read_only'), current_schema()`).
		Scan(&encoding, &readOnly, &schema)
	switch {
	case err != nil:
		return err
	case encoding != "UTF8":
		return digest.Fail(digest.Invalid, "Create it with the encoding UTF8, from template0.",
			"the database keeps its texts in %s and not in UTF8", encoding)
	case readOnly == "on":
		return digest.Fail(digest.Unavailable, hintReadOnly, "the database can only be read")
	case !schema.Valid:
		return digest.Fail(digest.Invalid, "Create the schema, or leave search_path out of the address.",
			"the schema that the address names does not exist")
	}
	return nil
}

// wakeChannel is what the wake-ups of a publication are sent by: two may live in
// one database, each in a schema of its own.
const wakeChannel = `'postbag_' || ` + OurSchema

// How a listener finds out that its connection is gone: it is told when the
// server closes it, and asks now and then in case nothing comes through any more.
const (
	askListenerEvery = 15 * time.Second
	askListenerTime  = 10 * time.Second
)

// postgresListen tells of wake-ups until ctx ends or its connection is lost. It
// begins by telling, since there may have been some before it listened.
func postgresListen(ctx context.Context, config *pgx.ConnConfig, tell func()) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return // it is tried again
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(end) // however it ends, it is over
	}()
	var channel string
	if err := conn.QueryRow(ctx, `SELECT `+wakeChannel).Scan(&channel); err != nil {
		return
	}
	if _, err := conn.Exec(ctx, `LISTEN `+pgx.Identifier{channel}.Sanitize()); err != nil {
		return
	}
	tell()
	for ctx.Err() == nil {
		quiet, cancel := context.WithTimeout(ctx, askListenerEvery)
		_, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			tell()
		case conn.IsClosed() || !answers(ctx, conn):
			return
		}
	}
}

// answers tells whether a connection is still good.
func answers(ctx context.Context, conn *pgx.Conn) bool {
	ask, cancel := context.WithTimeout(ctx, askListenerTime)
	defer cancel()
	return conn.Ping(ask) == nil
}

// postgresCode goes by SQLSTATE, PostgreSQL's manual, appendix A.
func postgresCode(err error) Code {
	state := sqlState(err)
	switch found := stateCode(state); {
	case state != "" && found == CodeOther && isConnecting(err):
		return codeRefused // a setting in the address that the server does not know, say
	case state != "":
		return found
	case isUntrusted(err):
		return codeRefused
	}
	return lostCode(err)
}

func sqlState(err error) string {
	e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	if !ok {
		return ""
	}
	return e.SQLState()
}

func stateCode(state string) Code {
	switch state {
	case "23505":
		return CodeUnique
	case "23503":
		return CodeForeign
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return codeRetry
	case "55P03": // lock_not_available
		return codeBusy
	case "53100", "58030": // disk_full, io_error
		return codeDisk
	case "25006": // read_only_sql_transaction
		return codeReadOnly
	case "22021", "22P05": // a NUL, say
		return CodeText
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return codeCorrupt
	case "3D000", "3F000", "42501": // no such database, no such schema, no right
		return codeRefused
	case "25P03", "57P01", "57P02", "57P05": // told to end, or timed out
		return codeLost
	case "53300", "57P03": // too many connections, starting up
		return codeAway
	}
	switch {
	case strings.HasPrefix(state, "08"): // connection_exception
		return codeLost
	case strings.HasPrefix(state, "28"): // invalid_authorization_specification
		return codeRefused
	}
	return CodeOther
}
