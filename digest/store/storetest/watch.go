package storetest

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"postbag/digest/store/database"
)

// Watch gives a function that tells whether anything was written to a database
// since it was called before.
func Watch(t testing.TB, dsn string) (written func() bool) {
	t.Helper()
	look := watchFile
	if strings.HasPrefix(dsn, "postgres://") {
		look = watchServer
	}
	version := look(t, dsn)
	before := version()
	return func() bool {
		now := version()
		defer func() { before = now }()
		return now != before
	}
}

// watchFile asks SQLite, which numbers the commits of other connections.
func watchFile(t testing.TB, path string) func() string {
	t.Helper()
	db, err := sql.Open("sqlite", database.SqliteSource(path, serverTime, true))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return func() (version string) {
		t.Helper()
		if err := db.QueryRow(`PRAGMA data_version`).Scan(&version); err != nil {
			t.Fatal(err)
		}
		return version
	}
}

// watchServer compares the versions of all rows.
func watchServer(t testing.TB, address string) func() string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	t.Cleanup(cancel)
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	return func() (version string) {
		t.Helper()
		var query string
		err := conn.QueryRow(ctx, `
			SELECT string_agg(format('SELECT %L || xmin || ctid AS row FROM %I', relname, relname), ' UNION ALL ')
			FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`).Scan(&query)
		if err == nil {
			err = conn.QueryRow(ctx, `SELECT md5(string_agg(row, ' ' ORDER BY row)) FROM (`+query+`) AS rows`).Scan(&version)
		}
		if err != nil {
			t.Fatal(err)
		}
		return version
	}
}
