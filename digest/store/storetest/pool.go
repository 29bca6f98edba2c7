package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"postbag/digest/digesttest"
)

// keepVariable is set to "1" where the server is thrown away afterwards: then schemas
// stay for the tests of the next package, since to make and drop one takes a second.
const keepVariable = "POSTBAG_TEST_KEEP_SCHEMAS"

// pool knows the PostgreSQL schemas with tables that this process uses.
var pool struct {
	mu   sync.Mutex
	open bool      // while Pooled runs
	lock *pgx.Conn // holds an advisory lock for each of this process's schemas
	mine []*madeSchema
}

// madeSchema is a schema with tables. The server keeps it from test to test, and what
// it looked like when it was made in its comment.
type madeSchema struct {
	name, address string
	claimed       bool // for this process: no other takes it
	taken         bool // by a test
	new           bool // made by this process
	// conn is kept from test to test, for whoever took the schema: a new connection
	// would learn all tables anew, for most of the time that it takes to empty them.
	conn *pgx.Conn
}

// Pooled are the tests of a package that uses [MadePostgres]: its TestMain runs them.
type Pooled struct{ Tests interface{ Run() int } }

// Run runs the tests, drops the schemas after the last, and gives the process's exit code.
func (p Pooled) Run() (code int) {
	pool.open = true
	code = p.Tests.Run()
	if pool.lock == nil {
		return code
	}
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	failed := pool.lock.Close(ctx)
	for _, s := range pool.mine {
		failed = errors.Join(failed, s.close(ctx))
	}
	if os.Getenv(keepVariable) != "1" {
		for _, s := range pool.mine {
			if s.new {
				failed = errors.Join(failed, dropSchema(s.name))
			}
		}
	}
	if failed != nil {
		fmt.Fprintln(os.Stderr, failed)
		code = cmp.Or(code, 1)
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
		pool.mu.Lock()
		defer pool.mu.Unlock()
		s.taken = false
	})
	return s.address
}

// take finds a schema that nobody uses and empties it, or makes one.
func take() (*madeSchema, error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	for {
		s, err := unused(ctx)
		if err != nil {
			return nil, err
		}
		if s == nil {
			return makeSchema(ctx)
		}
		emptied, err := s.empty(ctx)
		if err != nil {
			return nil, err
		}
		if emptied {
			return s, nil
		}
		if err := errors.Join(s.close(ctx), dropSchema(s.name)); err != nil {
			return nil, err
		}
		pool.mu.Lock()
		pool.mine = slices.DeleteFunc(pool.mine, func(other *madeSchema) bool { return other == s })
		pool.mu.Unlock()
	}
}

// unused takes a schema that was made before; nil where there is none.
func unused(ctx context.Context) (*madeSchema, error) {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if !pool.open {
		return nil, errors.New("TestMain does not run storetest.Pooled")
	}
	if pool.lock == nil {
		u, err := serverAddress()
		if err != nil {
			return nil, err
		}
		if pool.lock, err = pgx.Connect(ctx, u.String()); err != nil {
			return nil, err
		}
		if os.Getenv(keepVariable) == "1" {
			if pool.mine, err = left(ctx); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range slices.Backward(pool.mine) {
		if s.taken {
			continue
		}
		if !s.claimed {
			if err := s.claim(ctx); err != nil {
				return nil, err
			}
		}
		if s.claimed { // and no other process's
			s.taken = true
			return s, nil
		}
	}
	return nil, nil
}

// left gives the schemas that other packages' tests made with the tables of today.
func left(ctx context.Context) (all []*madeSchema, err error) {
	prefix, err := madePrefix()
	if err != nil {
		return nil, err
	}
	rows, err := pool.lock.Query(ctx, "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, $1) ORDER BY 1", prefix)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		address, err := schemaAddress(name)
		if err != nil {
			return nil, err
		}
		all = append(all, &madeSchema{name: name, address: address})
	}
	return all, err
}

// claim makes a schema this process's until it ends, unless it is another's.
func (s *madeSchema) claim(ctx context.Context) error {
	return pool.lock.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtext('postbag tests'), hashtext($1))`, s.name).Scan(&s.claimed)
}

func makeSchema(ctx context.Context) (*madeSchema, error) {
	prefix, err := madePrefix()
	if err != nil {
		return nil, err
	}
	s := &madeSchema{name: prefix + strings.ToLower(rand.Text()), taken: true, new: true}
	pool.mu.Lock()
	err = s.claim(ctx) // before another process can see it
	pool.mine = append(pool.mine, s)
	pool.mu.Unlock()
	if err == nil {
		s.address, err = createSchema(s.name)
	}
	if err == nil {
		err = makeTables(s.address)
	}
	if err == nil {
		err = s.do(ctx, func(conn *pgx.Conn) error {
			contents, err := contents(ctx, conn)
			if err != nil {
				return err
			}
			layout, err := layout(ctx, conn)
			if err != nil {
				return err
			}
			_, err = conn.Exec(ctx, "COMMENT ON SCHEMA "+s.name+" IS "+quote(layout+"\n"+contents))
			return err
		})
	}
	return s, err // Run drops it
}

// quote writes a string as SQL does.
func quote(s string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(s) + "'"
}

// empty takes out what a test left. It does not do so where the schema was changed or
// is gone, or where the tests are no superuser.
func (s *madeSchema) empty(ctx context.Context) (done bool, err error) {
	err = s.do(ctx, func(conn *pgx.Conn) error {
		// A process that was killed may still have connections there.
		var comment string
		err := conn.QueryRow(ctx, `SELECT COALESCE(obj_description((SELECT oid FROM pg_namespace WHERE nspname = $1), 'pg_namespace'), '')
			FROM (SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE application_name = $1 AND pid <> pg_backend_pid()) AS ended`, s.name).Scan(&comment)
		if err != nil {
			return err
		}
		made, tables, found := strings.Cut(comment, "\n")
		now, err := layout(ctx, conn)
		if err != nil || !found || now != made {
			return err
		}
		refill, err := refill(ctx, conn, strings.Split(tables, "\n"))
		if err != nil {
			return err
		}
		_, err = conn.PgConn().Exec(ctx, refill).ReadAll()
		done = err == nil
		return err
	})
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) && refused.Code == insufficientPrivilege {
		return false, nil
	}
	return done, err
}

// insufficientPrivilege is PostgreSQL's code (appendix A of its manual).
const insufficientPrivilege = "42501"

// do works on a connection of the schema's own. One that was lost, as where a test
// stops the server, is replaced.
func (s *madeSchema) do(ctx context.Context, work func(*pgx.Conn) error) error {
	if s.conn != nil && s.conn.Ping(ctx) != nil {
		_ = s.close(ctx) // it is lost already
	}
	if s.conn == nil {
		config, err := pgx.ParseConfig(s.address)
		if err != nil {
			return err
		}
		config.RuntimeParams["application_name"] = "postbag tests" // none that a test counts
		if s.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			return err
		}
	}
	err := work(s.conn)
	if err != nil {
		_ = s.close(ctx) // the error says more; it may be in the middle of a transaction
	}
	return err
}

func (s *madeSchema) close(ctx context.Context) error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close(ctx)
	s.conn = nil
	return err
}

// madePrefix begins the names of the schemas that have today's tables.
var madePrefix = sync.OnceValues(func() (string, error) {
	root, err := digesttest.Root()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	files := os.DirFS(filepath.Join(root, "digest/store/database/migrations/postgres"))
	names, err := fs.Glob(files, "*.sql")
	for _, name := range names {
		if text, failed := fs.ReadFile(files, name); failed != nil {
			err = failed
		} else {
			fmt.Fprintf(hash, "%s %d %s", name, len(text), text)
		}
	}
	return fmt.Sprintf("postbag_made_%x_", hash.Sum(nil)[:6]), err
})

// layout gives a mark of a schema that changes with its tables, columns, indexes,
// constraints and triggers: the last transactions that touched their descriptions.
func layout(ctx context.Context, conn *pgx.Conn) (mark string, err error) {
	err = conn.QueryRow(ctx, `
		WITH tables AS MATERIALIZED (SELECT oid, xmin FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
		SELECT concat_ws(' ',
			(SELECT COUNT(*) || ' ' || MAX(xmin::text::bigint) FROM tables),
			(SELECT COUNT(*) || ' ' || MAX(a.xmin::text::bigint) FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid),
			(SELECT COUNT(*) || ' ' || MAX(c.xmin::text::bigint) FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid),
			(SELECT COUNT(*) || ' ' || MAX(g.xmin::text::bigint) FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid))`).Scan(&mark)
	return mark, err
}

// contents lists the tables, each in a line of its own: the name as SQL writes it, and
// after a space the statement that fills it with what it had when it was made, if it had
// anything.
func contents(ctx context.Context, conn *pgx.Conn) (string, error) {
	rows, err := conn.Query(ctx, `SELECT quote_ident(relname) FROM pg_class
		WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`)
	if err != nil {
		return "", err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	for i, table := range tables {
		rows, err := conn.Query(ctx, fmt.Sprintf(`SELECT format(
			'INSERT INTO %[1]s OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::%[1]s, %%L);', json_agg(r)::jsonb)
			FROM %[1]s r HAVING COUNT(*) > 0`, table))
		if err != nil {
			return "", err
		}
		inserts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return "", err
		}
		tables[i] += " " + strings.Join(inserts, "")
	}
	return strings.Join(tables, "\n"), nil
}

// refill gives statements that take everything out of tables as [contents] lists them that
// was stored since they were made, and let ids begin with the first again. Only a
// superuser may run them. Most tables have nothing in them, which is found out by a
// query that is planned once a connection.
func refill(ctx context.Context, conn *pgx.Conn, tables []string) (string, error) {
	inserts := map[string]string{}
	var used strings.Builder
	for _, line := range tables {
		table, insert, _ := strings.Cut(line, " ")
		inserts[table] = insert
		fmt.Fprintf(&used, "UNION ALL SELECT '%[1]s' WHERE EXISTS (SELECT FROM %[1]s)\n", table)
	}
	rows, err := conn.Query(ctx, strings.TrimPrefix(used.String(), "UNION ALL "))
	if err != nil {
		return "", err
	}
	full, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	var s strings.Builder
	// Which rows refer to which does not matter when all go.
	s.WriteString("BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off;\n")
	for _, table := range full {
		fmt.Fprintf(&s, "DELETE FROM %s;\n", table)
	}
	for _, insert := range inserts {
		s.WriteString(insert)
	}
	s.WriteString(`SELECT setval(oid::regclass, 1, false) FROM pg_class
		WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace; COMMIT`)
	return s.String(), nil
}
