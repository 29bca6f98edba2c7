package store_test

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"postbag/digest/backup"
	"postbag/digest/store"
)

// TestBackupHoldsEveryColumn compares what a backup holds with what the format's
// page says. Whoever adds a table or a column to the schema decides here whether
// it belongs into a backup (see isDerived and isLeftOut), and says so there.
func TestBackupHoldsEveryColumn(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/backup-format.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z_, ]+) \\|$").FindAllStringSubmatch(string(page), -1) {
		documented[m[1]] = m[2]
	}
	var before []backup.Table
	onNew(t, func(t *testing.T, empty string) {
		tables := backedUp(t, open(t, empty))
		for _, table := range tables {
			var names []string
			for _, c := range table.Columns {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, ", "); documented[table.Name] != got {
				t.Errorf("docs/backup-format.md lacks the line\n%s", fmt.Sprintf("| `%s` | %s |", table.Name, got))
			}
		}
		if len(tables) != len(documented) {
			t.Errorf("the page tells of %d tables, and there are %d", len(documented), len(tables))
		}
		if before != nil && !reflect.DeepEqual(tables, before) {
			t.Errorf("the databases differ:\n%v\n%v", before, tables)
		}
		before = tables
	})
}

// TestNothingElseIsLeftOut names all that a backup does not hold.
func TestNothingElseIsLeftOut(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		known := map[string]bool{}
		for _, table := range backedUp(t, db) {
			for _, c := range table.Columns {
				known[table.Name+"."+c.Name] = true
			}
		}
		query := `SELECT s.name || '.' || c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c
			WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'`
		if db.IsPostgres() {
			query = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()`
		}
		every, err := db.Column(t.Context(), query)
		if err != nil || len(every) == 0 {
			t.Fatal(len(every), err)
		}
		for _, name := range every {
			if known[name] {
				continue
			}
			switch {
			case strings.HasPrefix(name, "issues.waits_"):
			case name == "deliveries.worker_id", name == "letters.worker_id":
			case strings.HasPrefix(name, "workers."), strings.HasPrefix(name, "duties."), strings.HasPrefix(name, "tasks."), strings.HasPrefix(name, "migrations."), strings.HasPrefix(name, "tries."):
			case strings.HasPrefix(name, "subscriber_counts."), strings.HasPrefix(name, "delivery_counts."):
			case strings.HasPrefix(name, "search_"), strings.HasPrefix(name, "sessions."), strings.HasPrefix(name, "answered."):
			default:
				t.Errorf("%s is left out", name)
			}
		}
	})
}

// backedUp gives the tables that a backup holds.
func backedUp(t *testing.T, db *store.DB) (all []backup.Table) {
	t.Helper()
	file, _ := takeBackup(t, db)
	from, err := backup.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		table, more, err := from.NextTable()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return all
		}
		table.LastID = 0
		all = append(all, table)
		for row := true; row; {
			if _, row, err = from.Next(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
