package blog

import (
	"context"

	"postbag/digest/store/database"
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
