package store

import (
	"context"
	"math"

	"postbag/digest"
	"postbag/digest/search"
)

// SearchPlans gives the lines of the plans by which a search of the comments may
// find its candidates.
func (db *DB) SearchPlans(ctx context.Context, q search.Query, f digest.SearchFilter) (plans [][]string, err error) {
	explain, columns := "EXPLAIN ", 1
	if !db.dialect.locksRows {
		explain, columns = "EXPLAIN QUERY PLAN ", 4
	}
	condition := searchOf(&db.dialect).condition(q.Condition(search.Scope{SourceID: f.SourceID}))
	for _, w := range searchOf(&db.dialect).find("search_comments", queryState(db.dialect, f.State), !f.Since.IsZero()) {
		var lines []string
		err := db.view(ctx, "test", func(t *tx) error {
			lines = nil
			if w.plan != "" {
				if _, err := t.exec(w.plan); err != nil {
					return err
				}
			}
			return t.each(func(r row) error {
				row := make([]any, columns)
				for i := range row {
					row[i] = new(string)
				}
				err := r.scan(row...)
				lines = append(lines, *row[columns-1].(*string))
				return err
			}, explain+w.query, condition, searchKey(f.Since, 0), int64(math.MaxInt64), w.limit)
		})
		if err != nil {
			return nil, err
		}
		plans = append(plans, lines)
	}
	return plans, nil
}
