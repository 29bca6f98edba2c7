package store

import (
	"reflect"

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

// saveBlocks makes the blocks of an issue those given, in their order, and fills in
// the ids of new ones. A block that is not among the present ones may only come
// back as itself.
func (db *DB) saveBlocks(t *tx, issueID int64, present, blocks []digest.Block, comeBack bool) error {
	at := map[int64]int{}
	for i, b := range present {
		at[b.ID] = i
	}
	kept := map[int64]bool{}
	for _, b := range blocks {
		if _, known := at[b.ID]; b.ID != 0 && (kept[b.ID] || !known && !comeBack) {
			return digest.Fail(digest.Invalid, "", "block %d is not one of this issue", b.ID)
		}
		kept[b.ID] = true
	}
	for _, b := range present {
		if kept[b.ID] {
			continue
		}
		if _, err := t.exec(`DELETE FROM blocks WHERE id = $1`, b.ID); err != nil {
			return err
		}
	}
	for i := range blocks {
		b := &blocks[i]
		was, known := at[b.ID]
		if known && was == i && reflect.DeepEqual(present[was], *b) {
			continue
		}
		if err := t.saveBlock(issueID, i, b, known); err != nil {
			return db.badPick(err, b.CommentID)
		}
	}
	return nil
}

func (t *tx) saveBlock(issueID int64, position int, b *digest.Block, known bool) error {
	kept, err := list(b.Kept)
	if err != nil {
		return err
	}
	args := []any{issueID, position, string(b.Kind), ref(b.CommentID), b.Text, kept, b.PickedHash}
	switch {
	case known:
		_, err = t.exec(`
			UPDATE blocks SET issue_id = $1, position = $2, kind = $3, comment_id = $4, text = $5, kept = $6, picked_hash = $7
			WHERE id = $8`, append(args, b.ID)...)
	case b.ID != 0:
		_, err = t.exec(`
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash, id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, append(args, b.ID)...)
	default:
		_, err = t.one([]any{&b.ID}, `
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, args...)
	}
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
