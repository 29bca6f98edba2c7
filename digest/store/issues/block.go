package issues

import (
	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// blocks reads an issue's blocks in order.
func blocks(t *database.Tx, issueID int64) (all []digest.Block, err error) {
	err = t.Each(func(r database.Row) error {
		var b digest.Block
		err := r.Scan(&b.ID, &b.Kind, &b.CommentID, &b.Text, database.JSONColumn{To: &b.Kept}, &b.PickedHash)
		if len(b.Kept) == 0 {
			b.Kept = nil
		}
		all = append(all, b)
		return err
	}, `SELECT id, kind, COALESCE(comment_id, 0), text, kept, picked_hash FROM blocks WHERE issue_id = $1 ORDER BY position`, issueID)
	return all, err
}

// saveBlocks replaces an issue's blocks and fills in the ids of new ones. Known
// blocks keep theirs.
func (db *Store) saveBlocks(t *database.Tx, issueID int64, blocks []digest.Block) error {
	known := map[int64]bool{}
	err := t.Each(func(r database.Row) error {
		var id int64
		err := r.Scan(&id)
		known[id] = true
		return err
	}, `DELETE FROM blocks WHERE issue_id = $1 RETURNING id`, issueID)
	if err != nil {
		return err
	}
	for i := range blocks {
		b := &blocks[i]
		if b.ID != 0 && !known[b.ID] {
			return digest.Fail(digest.Invalid, "", "block %d is not one of this issue", b.ID)
		}
		delete(known, b.ID) // so that it cannot come twice
		if err := saveBlock(t, issueID, i, b); err != nil {
			return db.badPick(err, b.CommentID)
		}
	}
	return nil
}

func saveBlock(t *database.Tx, issueID int64, position int, b *digest.Block) error {
	kept, err := database.JSONArray(b.Kept)
	if err != nil {
		return err
	}
	args := []any{issueID, position, string(b.Kind), database.OrNull(b.CommentID), b.Text, kept, b.PickedHash}
	if b.ID != 0 {
		_, err = t.Exec(`
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash, id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, append(args, b.ID)...)
		return err
	}
	_, err = t.One([]any{&b.ID}, `
		INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, args...)
	return err
}

func (db *Store) badPick(err error, commentID int64) error {
	switch db.Dialect.Code(err) {
	case database.CodeUnique:
		return database.Conflict("Take one of them out.", "comment %d is picked twice", commentID)
	case database.CodeForeign:
		return blog.NoComment(commentID)
	}
	return err
}
