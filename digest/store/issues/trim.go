package issues

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// keepTrim remembers how a pick was trimmed that is taken out of a draft; one that was
// not is forgotten.
func keepTrim(t *database.Tx, seriesID int64, b digest.Block) error {
	if b.Kind != digest.PickBlock {
		return nil
	}
	if _, err := t.Exec(`DELETE FROM trims WHERE series_id = $1 AND comment_id = $2`, seriesID, b.CommentID); err != nil || !b.IsTrimmed() {
		return err
	}
	kept, err := database.JSONArray(b.Kept)
	if err != nil {
		return err
	}
	notes, err := database.JSONArray(b.Notes)
	if err != nil {
		return err
	}
	_, err = t.Exec(`
		INSERT INTO trims (series_id, comment_id, kept, notes, lifted_from, lifted_to, picked_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		seriesID, b.CommentID, kept, notes, b.Lifted.Start, b.Lifted.End, b.PickedHash)
	return err
}

// Trims gives how comments were trimmed when they were taken out of a series' drafts
// last; see [desk.Store].
func (db *Store) Trims(ctx context.Context, seriesID int64, comments []int64) (map[int64]digest.Block, error) {
	all := map[int64]digest.Block{}
	err := db.View(ctx, "read how comments were trimmed", func(t *database.Tx) error {
		clear(all)
		ids, err := database.JSONArray(comments)
		if err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			b := digest.Block{Kind: digest.PickBlock}
			err := r.Scan(&b.CommentID, database.JSONColumn{To: &b.Kept}, database.JSONColumn{To: &b.Notes}, &b.Lifted.Start, &b.Lifted.End, &b.PickedHash)
			all[b.CommentID] = b
			return err
		}, `SELECT comment_id, kept, notes, lifted_from, lifted_to, picked_hash FROM trims
			WHERE series_id = $1 AND `+db.Dialect.Among("comment_id", "$2", "BIGINT"), seriesID, ids)
	})
	return all, err
}
