package transfer

import (
	"database/sql"
	"strings"

	"postbag/digest/backup"
	"postbag/digest/store/database"
)

func sqliteDialect() dialect {
	return dialect{
		columns: `
			SELECT s.name, c.name, c.type, c.pk, c.pk = 1 AND s.sql LIKE '%AUTOINCREMENT%'
			FROM sqlite_schema s JOIN pragma_table_info(s.name) c
			WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.name NOT LIKE 'search\_%' ESCAPE '\'
			ORDER BY s.name, c.cid`,
		references: `
			SELECT s.name, f."table" FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
			WHERE s.type = 'table' AND s.name NOT LIKE 'search\_%' ESCAPE '\'`,
		indexes: `SELECT tbl_name, 'DROP INDEX "' || name || '"', sql, 1 FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`,
		lastID: func(t *database.Tx, table, _ string) (int64, error) {
			return t.Number(`SELECT seq FROM sqlite_sequence WHERE name = $1`, table)
		},
		setLastID: func(t *database.Tx, table, _ string, last int64) error {
			if _, err := t.Exec(`DELETE FROM sqlite_sequence WHERE name = $1`, table); err != nil {
				return err
			}
			_, err := t.Exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, table, last)
			return err
		},
		load:  sqliteLoad,
		check: `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`,
	}
}

// sqliteLoad inserts rows by one prepared statement.
func sqliteLoad(t *database.Tx, _ *sql.Conn, table backup.Table, next func() ([]any, bool, error)) error {
	marks := strings.Repeat(", ?", len(table.Columns))[2:]
	insert, err := t.Raw.PrepareContext(t.Ctx, `INSERT INTO `+quoted(table.Name)+` (`+columnList(table)+`) VALUES (`+marks+`)`)
	if err != nil {
		return err
	}
	for {
		values, more, err := next()
		if err == nil && more {
			_, err = insert.ExecContext(t.Ctx, values...)
		}
		if err != nil || !more {
			return database.First(err, insert.Close())
		}
	}
}
