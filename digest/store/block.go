package store

import (
	"postbag/digest"
)

// blocks reads an issue's blocks in order.
func (t *tx) blocks(issueID int64) (all []digest.Block, err error) {
	err = t.each(func(r row) error {
		var b digest.Block
		err := r.scan(&b.ID, &b.Kind, &b.CommentID, &b.Text, jsonColumn{&b.Kept}, &b.PickedHash)
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
func (db *DB) saveBlocks(t *tx, issueID int64, blocks []digest.Block) error {
	known := map[int64]bool{}
	err := t.each(func(r row) error {
		var id int64
		err := r.scan(&id)
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
		if err := t.saveBlock(issueID, i, b); err != nil {
			return db.badPick(err, b.CommentID)
		}
	}
	return nil
}

func (t *tx) saveBlock(issueID int64, position int, b *digest.Block) error {
	kept, err := list(b.Kept)
	if err != nil {
		return err
	}
	args := []any{issueID, position, string(b.Kind), ref(b.CommentID), b.Text, kept, b.PickedHash}
	if b.ID != 0 {
		_, err = t.exec(`
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash, id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, append(args, b.ID)...)
		return err
	}
	_, err = t.one([]any{&b.ID}, `
		INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, args...)
	return err
}

func (db *DB) badPick(err error, commentID int64) error {
	switch db.dialect.code(err) {
	case codeUnique:
		return conflict("Take one of them out.", "comment %d is picked twice", commentID)
	case codeForeign:
		return noComment(commentID)
	}
	return err
}
