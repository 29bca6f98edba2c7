package store

import (
	"database/sql"
	"strings"

	"postbag/digest/backup"
)

func sqliteCarrier() carrier {
	return carrier{
		columns: `
			SELECT s.name, c.name, c.type, c.pk, c.pk = 1 AND s.sql LIKE '%AUTOINCREMENT%'
			FROM sqlite_schema s JOIN pragma_table_info(s.name) c
			WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.name NOT LIKE 'search\_%' ESCAPE '\'
			ORDER BY s.name, c.cid`,
		references: `
			SELECT s.name, f."table" FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
			WHERE s.type = 'table' AND s.name NOT LIKE 'search\_%' ESCAPE '\'`,
		aside: `SELECT tbl_name, 'DROP INDEX "' || name || '"', sql, 1 FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`,
		lastID: func(t *tx, table, _ string) (int64, error) {
			return t.number(`SELECT seq FROM sqlite_sequence WHERE name = $1`, table)
		},
		setLastID: func(t *tx, table, _ string, last int64) error {
			if _, err := t.exec(`DELETE FROM sqlite_sequence WHERE name = $1`, table); err != nil {
				return err
			}
			_, err := t.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, table, last)
			return err
		},
		load:  sqliteLoad,
		check: `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`,
	}
}

// sqliteLoad inserts rows by one prepared statement.
func sqliteLoad(t *tx, _ *sql.Conn, table backup.Table, next func() ([]any, bool, error)) error {
	marks := strings.Repeat(", ?", len(table.Columns))[2:]
	insert, err := t.raw.PrepareContext(t.ctx, `INSERT INTO `+quoted(table.Name)+` (`+columnList(table)+`) VALUES (`+marks+`)`)
	if err != nil {
		return err
	}
	for {
		values, more, err := next()
		if err == nil && more {
			_, err = insert.ExecContext(t.ctx, values...)
		}
		if err != nil || !more {
			return first(err, insert.Close())
		}
	}
}
