package issues

import (
	"reflect"

	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// blocks reads an issue's blocks in order.
func blocks(t *database.Tx, issueID int64) (all []digest.Block, err error) {
	err = t.Each(func(r database.Row) error {
		var b digest.Block
		var over digest.Overruling
		err := r.Scan(&b.ID, &b.Kind, &b.CommentID, &b.Text, database.JSONColumn{To: &b.Kept}, &b.PickedHash,
			database.JSONColumn{To: &b.Notes}, &b.Lifted.Start, &b.Lifted.End, &b.Leads, &b.AsPicked, &over.Sign, &over.At, &over.By)
		if over.Sign != "" {
			b.Overruled = &over
		}
		if len(b.Kept) == 0 {
			b.Kept = nil
		}
		if len(b.Notes) == 0 {
			b.Notes = nil
		}
		all = append(all, b)
		return err
	}, `SELECT id, kind, COALESCE(comment_id, 0), text, kept, picked_hash, notes, lifted_from, lifted_to, leads,
		as_picked, overruled, overruled_at, overruled_by FROM blocks WHERE issue_id = $1 ORDER BY position`, issueID)
	return all, err
}

// saveBlocks makes the blocks of an issue those given, in their order, and fills in
// the ids of new ones. A block that is not among the present ones may only come
// back as itself.
func (db *Store) saveBlocks(t *database.Tx, seriesID, issueID int64, present, blocks []digest.Block, comeBack bool) error {
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
		if _, err := t.Exec(`DELETE FROM blocks WHERE id = $1`, b.ID); err != nil {
			return err
		}
		if err := keepTrim(t, seriesID, b); err != nil {
			return err
		}
	}
	for i := range blocks {
		b := &blocks[i]
		was, known := at[b.ID]
		if known && was == i && reflect.DeepEqual(present[was], *b) {
			continue
		}
		if err := saveBlock(t, issueID, i, b, known); err != nil {
			return db.badPick(err, b.CommentID)
		}
	}
	return nil
}

func saveBlock(t *database.Tx, issueID int64, position int, b *digest.Block, known bool) error {
	kept, err := database.JSONArray(b.Kept)
	if err != nil {
		return err
	}
	notes, err := database.JSONArray(b.Notes)
	if err != nil {
		return err
	}
	var over digest.Overruling
	if b.Overruled != nil {
		over = *b.Overruled
	}
	args := []any{issueID, position, string(b.Kind), database.OrNull(b.CommentID), b.Text, kept, b.PickedHash,
		notes, b.Lifted.Start, b.Lifted.End, b.Leads, b.AsPicked, string(over.Sign), over.At, over.By}
	switch {
	case known:
		_, err = t.Exec(`
			UPDATE blocks SET issue_id = $1, position = $2, kind = $3, comment_id = $4, text = $5, kept = $6, picked_hash = $7,
				notes = $8, lifted_from = $9, lifted_to = $10, leads = $11,
				as_picked = $12, overruled = $13, overruled_at = $14, overruled_by = $15
			WHERE id = $16`, append(args, b.ID)...)
	case b.ID != 0:
		_, err = t.Exec(`
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash, notes, lifted_from, lifted_to, leads, as_picked, overruled, overruled_at, overruled_by, id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, append(args, b.ID)...)
	default:
		_, err = t.One([]any{&b.ID}, `
			INSERT INTO blocks (issue_id, position, kind, comment_id, text, kept, picked_hash, notes, lifted_from, lifted_to, leads, as_picked, overruled, overruled_at, overruled_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`, args...)
	}
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
