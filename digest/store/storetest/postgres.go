package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres gives the address of an empty place on a PostgreSQL server: a schema
// that is dropped when the test ends. The server is the one that the variable
// POSTBAG_TEST_POSTGRES names, else the one on this machine that lets the user
// postgres in. Without a server the test is skipped, or fails when
// POSTBAG_TEST_REQUIRE is "all".
func Postgres(t testing.TB) string {
	t.Helper()
	address := os.Getenv("POSTBAG_TEST_POSTGRES")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("POSTBAG_TEST_POSTGRES is no address")
	}
	schema := "postbag_test_" + strings.ToLower(rand.Text())
	if err := run(address, "CREATE SCHEMA "+schema); err != nil {
		if os.Getenv("POSTBAG_TEST_REQUIRE") == "all" {
			t.Fatalf("no PostgreSQL: %v", err)
		}
		t.Skipf("NOT TESTED ON POSTGRESQL: no server at %s; set POSTBAG_TEST_POSTGRES=postgres://…: %v", u.Host, err)
	}
	t.Cleanup(func() {
		if err := run(address, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
	})
	q := u.Query()
	q.Set("search_path", schema)
	q.Set("application_name", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Sessions gives how many connections an address of [Postgres] has, and ends
// them when told to, as a server that restarts would.
func Sessions(t testing.TB, dsn string, end bool) (n int) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	query := u.Query()
	name := query.Get("application_name")
	query.Del("application_name")
	u.RawQuery = query.Encode()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, `
		SELECT COUNT(CASE WHEN $2 THEN pg_terminate_backend(pid) ELSE TRUE END)
		FROM pg_stat_activity WHERE application_name = $1`, name, end).Scan(&n)
	if err != nil {
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
