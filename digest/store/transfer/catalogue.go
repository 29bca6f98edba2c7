package transfer

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"postbag/digest/backup"
	"postbag/digest/store/database"
)

// dialect is what differs between databases when everything in one is read out,
// or brought in.
type dialect struct {
	// columns lists table, column, type, the place in the primary key or 0, and
	// whether the database numbers the rows by it.
	columns string
	// references lists each table with one that it refers to.
	references string
	// indexes lists what a table works without while it is filled, indexes first and
	// then references: the table, the statement that drops it and the one that
	// makes it again.
	indexes string
	// begin are statements that a transaction of hours begins with.
	begin []string
	// bytewise, after a text in ORDER BY, orders it as everywhere else.
	bytewise string
	// lastID gives the largest id that a table's rows ever had.
	lastID func(t *database.Tx, table, column string) (int64, error)
	// setLastID lets the next row have the id after last.
	setLastID func(t *database.Tx, table, column string, last int64) error
	// load brings in the rows that next gives.
	load func(t *database.Tx, conn *sql.Conn, table backup.Table, next func() ([]any, bool, error)) error
	// check finds rows that refer to none, where loading has not; "" else. It
	// gives the table of such a row.
	check string
	// analyze, before a table's name, comes when everything is in; "" for nothing.
	// It is for these tables alone: others in the same database are not ours.
	analyze string
}

// dialectOf gives what differs for a database.
func dialectOf(d *database.Dialect) dialect {
	if d.Name == "sqlite" {
		return sqliteDialect()
	}
	return postgresDialect()
}

// storedTable is a table as it goes into a backup, with what reading it needs.
type storedTable struct {
	backup.Table
	key      []string // the terms of ORDER BY
	numbered string   // the column that the database numbers, "" for none
}

// isDerived tells of tables that a backup leaves out: what can be made anew, and
// what is about the processes of one installation or the browsers signed in at it.
func isDerived(table string) bool {
	return strings.HasSuffix(table, "_counts") || table == "migrations" || table == "tries" || table == "workers" || table == "duties" || table == "tasks" || table == "sessions" || table == "answered" ||
		strings.HasPrefix(table, "search_")
}

// isLeftOut tells of columns that a backup leaves out; they take their default.
func isLeftOut(table, column string) bool {
	return table == "issues" && strings.HasPrefix(column, "waits_") || column == "worker_id" && table != "duties" && table != "on_wire"
}

// columnTypes are the types of the schema as a backup names them.
var columnTypes = map[string]backup.Type{
	"INTEGER": backup.Integer, "BIGINT": backup.Integer, "SMALLINT": backup.Integer,
	"TEXT": backup.Text, "BLOB": backup.Bytes, "BYTEA": backup.Bytes,
}

// catalogue gives the tables that a backup holds, as the database itself knows
// them, each after those that it refers to.
func catalogue(t *database.Tx) ([]storedTable, error) {
	var all []storedTable
	err := t.Each(func(r database.Row) error {
		var table, column, kind string
		var place int
		var numbered bool
		if err := r.Scan(&table, &column, &kind, &place, &numbered); err != nil {
			return err
		}
		if isDerived(table) || isLeftOut(table, column) {
			return nil
		}
		if len(all) == 0 || all[len(all)-1].Name != table {
			all = append(all, storedTable{Table: backup.Table{Name: table}})
		}
		return addColumn(t, &all[len(all)-1], column, strings.ToUpper(kind), place, numbered)
	}, dialectOf(t.Dialect).columns)
	if err != nil {
		return nil, err
	}
	return inOrder(t, all)
}

func addColumn(t *database.Tx, to *storedTable, column, kind string, place int, numbered bool) error {
	known, ok := columnTypes[kind]
	if !ok {
		return fmt.Errorf("the column %s.%s has the type %s, which no backup can hold", to.Name, column, kind)
	}
	to.Columns = append(to.Columns, backup.Column{Name: column, Type: known})
	if place > 0 {
		term := quoted(column)
		if known == backup.Text {
			term += dialectOf(t.Dialect).bytewise
		}
		to.key = slices.Insert(to.key, min(place-1, len(to.key)), term)
	}
	if numbered {
		to.numbered = column
	}
	return nil
}

// inOrder puts each table after those that it refers to, else by name. A table
// may refer to itself.
func inOrder(t *database.Tx, all []storedTable) ([]storedTable, error) {
	waits := map[string][]string{}
	err := t.Each(func(r database.Row) error {
		var from, to string
		err := r.Scan(&from, &to)
		if from != to {
			waits[from] = append(waits[from], to)
		}
		return err
	}, dialectOf(t.Dialect).references)
	if err != nil {
		return nil, err
	}
	placed := map[string]bool{}
	var ordered []storedTable
	for len(ordered) < len(all) {
		i := slices.IndexFunc(all, func(s storedTable) bool {
			return !placed[s.Name] && !slices.ContainsFunc(waits[s.Name], func(to string) bool { return !placed[to] })
		})
		if i < 0 {
			return nil, fmt.Errorf("the tables refer to each other in a circle")
		}
		placed[all[i].Name] = true
		ordered = append(ordered, all[i])
	}
	return ordered, nil
}

// quoted is a name as SQL takes any.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// columnList gives a table's columns as SQL lists them.
func columnList(table backup.Table) string {
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}

// begin prepares a transaction that lasts.
func begin(t *database.Tx) error {
	for _, statement := range dialectOf(t.Dialect).begin {
		if _, err := t.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}
