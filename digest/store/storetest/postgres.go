package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest/digesttest"
)

// serverVariable names the server that tests use.
const serverVariable = "POSTBAG_TEST_POSTGRES"

// Server is a PostgreSQL server that lets tests make schemas.
var Server = digesttest.Need{Name: "PostgreSQL", Find: sync.OnceValue(func() error {
	address, err := serverAddress()
	if err != nil {
		return err
	}
	if err := run(address.String(), "SELECT 1"); err != nil {
		return fmt.Errorf("no server at %s lets us in (%s may name one): %w", address.Host, serverVariable, err)
	}
	return nil
})}

// serverAddress gives the server that the variable POSTBAG_TEST_POSTGRES names, else
// the one on this machine that lets the user postgres in.
func serverAddress() (*url.URL, error) {
	address := os.Getenv(serverVariable)
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New(serverVariable + " is no address")
	}
	// Else each connection would be made twice: with TLS, and again without.
	if q := u.Query(); q.Get("sslmode") == "" {
		q.Set("sslmode", "disable")
		u.RawQuery = q.Encode()
	}
	return u, nil
}

// Postgres gives the address of an empty schema on [Server], which is dropped when
// the test ends. The program has yet to make its tables there; [MadePostgres] gives
// one with tables, which takes less time.
func Postgres(t testing.TB) string {
	t.Helper()
	UsePostgres(t)
	schema := "postbag_test_" + strings.ToLower(rand.Text())
	address, err := createSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dropSchema(schema); err != nil {
			t.Error(err)
		}
	})
	return address
}

// createSchema makes a schema and gives the address that leads there.
func createSchema(schema string) (address string, err error) {
	u, err := serverAddress()
	if err != nil {
		return "", err
	}
	if err := run(u.String(), "CREATE SCHEMA "+schema); err != nil {
		return "", err
	}
	return schemaAddress(schema)
}

func schemaAddress(schema string) (string, error) {
	u, err := serverAddress()
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("search_path", schema)
	q.Set("application_name", schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func dropSchema(schema string) error {
	u, err := serverAddress()
	if err != nil {
		return err
	}
	return run(u.String(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
}

// Sessions gives how many connections an address of [Postgres] has, and ends
// them when told to, as a server that restarts would.
func Sessions(t testing.TB, dsn string, end bool) (n int) {
	t.Helper()
	return count(t, dsn, `
		SELECT COUNT(CASE WHEN $2 THEN pg_terminate_backend(pid) ELSE TRUE END)
		FROM pg_stat_activity WHERE application_name = $1`, end)
}

// Waiting gives how many statements at an address of [Postgres] wait for a lock, or
// sleep.
func Waiting(t testing.TB, dsn string) (n int) {
	t.Helper()
	return count(t, dsn, `SELECT COUNT(*) FROM pg_stat_activity
		WHERE application_name = $1 AND state = 'active' AND (wait_event_type = 'Lock' OR wait_event = 'PgSleep')`)
}

// count asks the server for a number; the query's first argument is the name of an
// address's sessions.
func count(t testing.TB, dsn, query string, args ...any) (n int) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	settings := u.Query()
	name := settings.Get("application_name")
	settings.Del("application_name")
	u.RawQuery = settings.Encode()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, query, append([]any{name}, args...)...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// serverTime bounds what is asked of the server here.
const serverTime = 2 * time.Minute

func run(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
