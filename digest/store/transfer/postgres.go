package transfer

import (
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"postbag/digest/backup"
	"postbag/digest/store/database"
)

func postgresDialect() dialect {
	const ours = ` c.relnamespace = ` + database.OurSchema + `::oid AND c.relkind = 'r'`
	return dialect{
		columns: `
			SELECT c.relname, a.attname, format_type(a.atttypid, NULL),
				COALESCE((SELECT array_position(k.conkey, a.attnum) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'), 0),
				a.attidentity <> ''
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname NOT LIKE 'search\_%' AND` + ours + `
			ORDER BY c.relname COLLATE "C", a.attnum`,
		references: `
			SELECT c.relname, o.relname FROM pg_constraint k
			JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
			WHERE k.contype = 'f' AND c.relname NOT LIKE 'search\_%' AND` + ours,
		// A reference that is added looks its rows up all at once, not one by one.
		indexes: `
			SELECT c.relname, 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), 1 AS turn
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) AND` + ours + `
			UNION ALL
			SELECT c.relname, format('ALTER TABLE %s DROP CONSTRAINT %I', c.oid::regclass, k.conname),
				format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)), 2
			FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
			WHERE k.contype = 'f' AND` + ours + `
			ORDER BY turn, 2`,
		// Neither the wait for a slow disk nor hours of work end it.
		begin: []string{
			`SET LOCAL idle_in_transaction_session_timeout = '15min'`,
			`SET LOCAL statement_timeout = 0`,
		},
		bytewise:  ` COLLATE "C"`,
		lastID:    postgresLastID,
		setLastID: postgresSetLastID,
		load:      postgresLoad,
		analyze:   `ANALYZE `,
	}
}

func postgresLastID(t *database.Tx, table, column string) (last int64, err error) {
	var sequence string
	if _, err := t.One([]any{&sequence}, `SELECT pg_get_serial_sequence($1, $2)`, quoted(table), column); err != nil {
		return 0, err
	}
	return t.Number(`SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM ` + sequence)
}

// postgresSetLastID is part of its transaction, as setval would not be.
func postgresSetLastID(t *database.Tx, table, column string, last int64) error {
	_, err := t.Exec(fmt.Sprintf(`ALTER TABLE %s ALTER COLUMN %s RESTART WITH %d`, quoted(table), quoted(column), last+1))
	return err
}

// postgresLoad copies a table in one statement.
func postgresLoad(t *database.Tx, conn *sql.Conn, table backup.Table, next func() ([]any, bool, error)) error {
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = c.Name
	}
	rows := &copySource{next: next}
	return conn.Raw(func(driver any) error {
		own, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver is %T and not pgx", driver)
		}
		_, err := own.Conn().CopyFrom(t.Ctx, pgx.Identifier{table.Name}, names, rows)
		return err
	})
}

// copySource gives rows as pgx takes them.
type copySource struct {
	next   func() ([]any, bool, error)
	values []any
	err    error
}

// Next goes to the next row.
func (s *copySource) Next() (more bool) {
	s.values, more, s.err = s.next()
	return more && s.err == nil
}

// Values gives the row.
func (s *copySource) Values() ([]any, error) { return s.values, nil }

// Err gives the error that ended the rows.
func (s *copySource) Err() error { return s.err }
