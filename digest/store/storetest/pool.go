package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// pool keeps PostgreSQL schemas with tables from test to test.
var pool struct {
	mu     sync.Mutex
	open   bool // while Pooled runs
	free   []*madeSchema
	tables string // of every schema in it, as layout gives them
	refill string // makes the rows that the tables were made with
}

// madeSchema is a schema with tables.
type madeSchema struct{ name, address string }

// Pooled are the tests of a package that uses [MadePostgres]: its TestMain runs them.
type Pooled struct{ Tests interface{ Run() int } }

// Run runs the tests, drops the schemas after the last, and gives the process's exit code.
func (p Pooled) Run() (code int) {
	pool.open = true
	code = p.Tests.Run()
	for _, s := range pool.free {
		if err := dropSchema(s.name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = cmp.Or(code, 1)
		}
	}
	return code
}

// MadePostgres gives the address of a PostgreSQL schema with tables and without
// contents, until the test ends. The test may change the schema: then no other gets it.
func MadePostgres(t testing.TB) string {
	t.Helper()
	UsePostgres(t)
	s, err := take()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.giveBack(); err != nil {
			t.Error(err)
		}
	})
	return s.address
}

func take() (*madeSchema, error) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if !pool.open {
		return nil, errors.New("TestMain does not run storetest.Pooled")
	}
	if last := len(pool.free) - 1; last >= 0 {
		s := pool.free[last]
		pool.free = pool.free[:last]
		return s, nil
	}
	name, address, err := createSchema()
	if err != nil {
		return nil, err
	}
	if err := makeTables(address); err != nil {
		return nil, errors.Join(err, dropSchema(name))
	}
	s := &madeSchema{name, address}
	if pool.tables == "" {
		err = s.do(func(ctx context.Context, conn *pgx.Conn) error {
			if pool.refill, err = refill(ctx, conn); err != nil {
				return err
			}
			pool.tables, err = layout(ctx, conn)
			return err
		})
	}
	return s, err
}

// giveBack empties a schema for the next test, or drops it if it was changed.
func (s *madeSchema) giveBack() error {
	changed := false
	failed := s.do(func(ctx context.Context, conn *pgx.Conn) error {
		// A process that was killed may still have connections there.
		_, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE application_name = $1 AND pid <> pg_backend_pid()`, s.name)
		if err != nil {
			return err
		}
		tables, err := layout(ctx, conn)
		if changed = tables != pool.tables; changed || err != nil {
			return err
		}
		_, err = conn.PgConn().Exec(ctx, pool.refill).ReadAll()
		return err
	})
	if failed != nil || changed { // it fails where the tests are no superuser
		return dropSchema(s.name)
	}
	pool.mu.Lock()
	defer pool.mu.Unlock()
	pool.free = append(pool.free, s)
	return nil
}

func (s *madeSchema) do(work func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return work(ctx, conn)
}

// layout gives the columns, indexes, constraints and triggers of a schema.
func layout(ctx context.Context, conn *pgx.Conn) (all string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT md5(string_agg(line, E'\n' ORDER BY line)) FROM (
			SELECT c.relkind::text || ' ' || c.relname || ' ' || a.attname || ' ' || a.atttypid || ' ' || a.attnotnull || ' ' || a.attnum
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			WHERE c.relnamespace = current_schema()::regnamespace
			UNION ALL
			SELECT c.relname || ' ' || con.conname || ' ' || pg_get_constraintdef(con.oid)
			FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
			WHERE c.relnamespace = current_schema()::regnamespace
			UNION ALL
			SELECT c.relname || ' ' || g.tgname || ' ' || g.tgenabled::text
			FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
			WHERE c.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
		) AS lines (line)`).Scan(&all)
	return all, err
}

// refill gives statements that take everything out that was stored since the
// tables were made, and let ids begin with the first again. Only a superuser may
// run them.
func refill(ctx context.Context, conn *pgx.Conn) (string, error) {
	rows, err := conn.Query(ctx, `SELECT quote_ident(relname) FROM pg_class
		WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`)
	if err != nil {
		return "", err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	var s strings.Builder
	// Which rows refer to which does not matter when all go.
	s.WriteString("BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off;\n")
	for _, table := range tables {
		fmt.Fprintf(&s, "DELETE FROM %s;\n", table)
		rows, err := conn.Query(ctx, fmt.Sprintf(`SELECT format(
			'INSERT INTO %[1]s OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::%[1]s, %%L);', json_agg(r))
			FROM %[1]s r HAVING COUNT(*) > 0`, table))
		if err != nil {
			return "", err
		}
		inserts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return "", err
		}
		s.WriteString(strings.Join(inserts, ""))
	}
	s.WriteString(`SELECT setval(oid::regclass, 1, false) FROM pg_class
		WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace; COMMIT`)
	return s.String(), nil
}
