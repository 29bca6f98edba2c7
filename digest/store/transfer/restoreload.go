package transfer

import (
	"database/sql"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/store/database"
)

// dropIndexes drops what tables work without, and gives the statements that make it
// again: that is faster than to look after it row by row.
func dropIndexes(t *database.Tx, tables []storedTable) (again []string, err error) {
	ours := map[string]bool{}
	for _, table := range tables {
		ours[table.Name] = true
	}
	var drop []string
	err = t.Each(func(r database.Row) error {
		var table, dropped, made string
		var turn int
		err := r.Scan(&table, &dropped, &made, &turn)
		if ours[table] {
			drop, again = append(drop, dropped), append(again, made)
		}
		return err
	}, dialectOf(t.Dialect).indexes)
	for _, statement := range drop {
		if err == nil {
			_, err = t.Exec(statement)
		}
	}
	return again, err
}

// load brings in the rows of all tables, and refuses a backup with others than
// its schema has.
func (r *restorer) load(t *database.Tx, conn *sql.Conn, tables []storedTable) error {
	known := map[string]storedTable{}
	for _, table := range tables {
		known[table.Name] = table
	}
	for {
		table, more, err := r.from.NextTable()
		if err != nil {
			r.outside = err
			return err
		}
		if !more {
			break
		}
		own, ok := known[table.Name]
		if !ok || !sameColumns(own.Columns, table.Columns) {
			return digest.Fail(digest.Invalid, hintOther, "schema %d has no table %.60q with the columns of the backup", r.done.From, table.Name)
		}
		delete(known, table.Name)
		r.tables = append(r.tables, table)
		if err := r.loadTable(t, conn, table, own.numbered); err != nil {
			return err
		}
	}
	for name := range known {
		return digest.Fail(digest.Invalid, hintOther, "the backup lacks the table %s of schema %d", name, r.done.From)
	}
	return nil
}

const hintOther = "What is read is not what Postbag writes; use another backup. Nothing was changed."

// sameColumns tells whether two tables have the same columns, in any order.
func sameColumns(own, told []backup.Column) bool {
	types := map[string]backup.Type{}
	for _, c := range own {
		types[c.Name] = c.Type
	}
	for _, c := range told {
		if types[c.Name] != c.Type {
			return false
		}
		delete(types, c.Name)
	}
	return len(types) == 0
}

func (r *restorer) loadTable(t *database.Tx, conn *sql.Conn, table backup.Table, numbered string) error {
	next := func() ([]any, bool, error) {
		values, more, err := r.from.Next()
		if err != nil {
			r.outside = err
			return nil, false, err
		}
		if more {
			if r.done.Rows++; r.opts.Progress != nil && r.done.Rows%progressEvery == 0 {
				r.opts.Progress(r.done.Rows)
			}
		}
		return values, more, nil
	}
	if err := dialectOf(t.Dialect).load(t, conn, table, next); err != nil {
		return unfit(t, table.Name, err)
	}
	if numbered == "" {
		return nil
	}
	largest, err := t.Number(`SELECT COALESCE(MAX(` + quoted(numbered) + `), 0) FROM ` + quoted(table.Name))
	if err != nil {
		return err
	}
	return dialectOf(t.Dialect).setLastID(t, table.Name, numbered, max(largest, table.LastID))
}

// unfit says that the database does not take a backup's rows, where the reason
// is in them.
func unfit(t *database.Tx, table string, err error) error {
	if t.Ctx.Err() != nil {
		return err
	}
	if table != "" {
		table = " of " + table
	}
	switch t.Dialect.Code(err) {
	case database.CodeText:
		return digest.Fail(digest.Invalid, "Take it out where it came from, or use an SQLite file.",
			"a text in the rows%s holds a character that the database cannot store: %w", table, database.Plain(err))
	case database.CodeUnique, database.CodeForeign, database.CodeOther:
		return digest.Fail(digest.Invalid, hintOther, "the database does not take the rows%s: %w", table, database.Plain(err))
	}
	return err
}
