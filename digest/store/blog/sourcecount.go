package blog

import (
	"context"

	"postbag/digest/blogs"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// SourceCount counts what is stored of a source.
type SourceCount struct {
	Posts, Comments int
	Gone            int // of the comments
	Orphans         int // comments whose post is not known, or not yet
}

// CountSource counts what is stored of a source; nothing for one that is unknown.
func (db *Store) CountSource(ctx context.Context, sourceID int64) (c SourceCount, err error) {
	err = db.View(ctx, "count the source's comments", func(t *database.Tx) error {
		if _, err := t.One([]any{&c.Posts}, `SELECT COUNT(*) FROM posts WHERE source_id = $1`, sourceID); err != nil {
			return err
		}
		_, err := t.One([]any{&c.Comments, &c.Gone, &c.Orphans}, `
			SELECT COUNT(*), COALESCE(SUM(gone), 0), COALESCE(SUM(CASE WHEN post_id IS NULL THEN 1 ELSE 0 END), 0)
			FROM comments WHERE source_id = $1`, sourceID)
		return err
	})
	return c, err
}

// SourceTotals counts what is stored of a source, each number up to
// [blogs.MostCounted]; see [blogs.Store]. It reads indexes alone.
func (db *Store) SourceTotals(ctx context.Context, sourceID int64) (c blogs.Totals, err error) {
	err = db.View(ctx, "count what is stored of the source", func(t *database.Tx) error {
		for _, of := range []struct {
			to    *int
			query string
		}{
			{&c.Posts, querySourcePosts}, {&c.Comments, querySourceComments},
			{&c.Gone, querySourceGone}, {&c.Orphans, querySourceWaiting},
		} {
			n, err := t.Number(`SELECT COUNT(*) FROM (`+of.query+` LIMIT $2) AS counted`, sourceID, blogs.MostCounted)
			if err != nil {
				return err
			}
			*of.to = int(n)
		}
		return nil
	})
	return c, err
}

// The rows that are counted of a source.
const (
	querySourcePosts    = `SELECT 1 FROM posts WHERE source_id = $1`
	querySourceComments = `SELECT 1 FROM comments WHERE source_id = $1`
	querySourceGone     = `SELECT 1 FROM comments WHERE source_id = $1 AND ` + rules.Gone
	querySourceWaiting  = `SELECT 1 FROM comments WHERE source_id = $1 AND post_id IS NULL AND post_ref <> ''`
)
