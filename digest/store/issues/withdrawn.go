package issues

import (
	"context"

	"postbag/digest/store/database"
)

// WithdrawnIssues gives the numbers of withdrawn issues; see [publish.Store].
func (db *Store) WithdrawnIssues(ctx context.Context, seriesID int64) (numbers []int, err error) {
	err = db.View(ctx, "list the withdrawn issues", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var n int
			err := r.Scan(&n)
			numbers = append(numbers, n)
			return err
		}, `SELECT number FROM issues WHERE series_id = $1 AND state = 'withdrawn' ORDER BY number`, seriesID)
	})
	return numbers, err
}
