package store

import "context"

// IsPostgres tells which database it is.
func (db *DB) IsPostgres() bool { return db.dialect.locksRows }

// HoldersPlan gives the lines of the plan by which those that have some prints are
// found.
func (db *DB) HoldersPlan(ctx context.Context, prints ...int64) (lines []string, err error) {
	var asked pairs
	for _, p := range prints {
		asked.add(p, 0)
	}
	explain, columns := "EXPLAIN ", 1
	if !db.dialect.locksRows {
		explain, columns = "EXPLAIN QUERY PLAN ", 4
	}
	err = db.update(ctx, "test", func(t *tx) error {
		if t.dialect.byIndex != "" {
			if _, err := t.exec(t.dialect.byIndex); err != nil {
				return err
			}
		}
		lines = nil
		return t.each(func(r row) error {
			row := make([]any, columns)
			for i := range row {
				row[i] = new(string)
			}
			err := r.scan(row...)
			lines = append(lines, *row[columns-1].(*string))
			return err
		}, explain+queryHolders(db.dialect), asked.object())
	})
	return lines, err
}
