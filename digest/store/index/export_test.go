package index

import (
	"context"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"search entries":  searchable[blog.KindComment].read(d),
		"search posts":    searchable[blog.KindPost].read(d),
		"index todo":      queryClaimTodo,
		"newest picks":    queryNewestPicks,
		"comments around": queryCommentsAround,
		"posts around":    queryPostsAround,
		"wrote before":    queryWroteBefore(d),
	}
}

// SearchPlan gives the lines of the plan of a search of the comments.
func (db *Store) SearchPlan(ctx context.Context, q search.Query, f digest.SearchFilter) (lines []string, err error) {
	explain, columns := "EXPLAIN ", 1
	if !db.Dialect.LocksRows {
		explain, columns = "EXPLAIN QUERY PLAN ", 4
	}
	w := db.filtered(searchable[blog.KindComment], f)
	w.Terms = append(w.Terms, inState("e", f.State)...)
	query := w.query(q)
	err = db.View(ctx, "test", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			fields := make([]any, columns)
			for i := range fields {
				fields[i] = new(string)
			}
			err := r.Scan(fields...)
			lines = append(lines, *fields[columns-1].(*string))
			return err
		}, explain+query, w.Args...)
	})
	return lines, err
}
