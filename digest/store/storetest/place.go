package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Place is a place on a PostgreSQL server in which a database was made, and that
// can be made empty again for another test.
type Place struct {
	// Address is one of [Postgres].
	Address string
	tables  []madeTable
}

// madeTable is a table as it was made.
type madeTable struct {
	name string
	rows string // JSON
}

// NewPlace remembers a database that was just made.
func NewPlace(t testing.TB, address string) *Place {
	t.Helper()
	p := &Place{Address: address}
	p.do(t, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT quote_ident(relname) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, name := range names {
			made := madeTable{name: name}
			if err == nil {
				err = tx.QueryRow(ctx, `SELECT COALESCE(json_agg(r), '[]')::text FROM `+name+` r`).Scan(&made.rows)
			}
			p.tables = append(p.tables, made)
		}
		return err
	})
	return p
}

// Empty takes everything out that was stored since the database was made, and lets
// ids begin with the first again. The place's user must be a superuser.
func (p *Place) Empty(t testing.TB) {
	t.Helper()
	p.do(t, func(ctx context.Context, tx pgx.Tx) error {
		// Which rows refer to which does not matter when all go.
		if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		for _, table := range p.tables {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table.name); err != nil {
				return fmt.Errorf("empty %s: %w", table.name, err)
			}
			if table.rows == "[]" {
				continue
			}
			insert := fmt.Sprintf(`INSERT INTO %[1]s OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::%[1]s, $1)`, table.name)
			if _, err := tx.Exec(ctx, insert, table.rows); err != nil {
				return fmt.Errorf("fill %s: %w", table.name, err)
			}
		}
		_, err := tx.Exec(ctx, `SELECT setval(oid::regclass, 1, false) FROM pg_class
			WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace`)
		return err
	})
}

func (p *Place) do(t testing.TB, work func(context.Context, pgx.Tx) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return work(ctx, tx) }); err != nil {
		t.Error(err)
	}
}
