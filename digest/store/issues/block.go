package issues

import (
	"fmt"
	"reflect"
	"strings"

	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// blocks reads an issue's blocks in order.
func blocks(t *database.Tx, issueID int64) (all []digest.Block, err error) {
	err = t.Each(func(r database.Row) error {
		var b digest.Block
		var over digest.Overruling
		err := r.Scan(&b.ID, &b.Kind, &b.CommentID, &b.Text, &b.SourceTitle, &b.SourceURL, database.JSONColumn{To: &b.Kept}, &b.PickedHash,
			database.JSONColumn{To: &b.Notes}, &b.Lifted.Start, &b.Lifted.End, &b.Leads, &b.AsPicked, &over.Sign, &over.At, &over.By, &b.Version)
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
	}, `SELECT id, kind, COALESCE(comment_id, 0), text, source_title, source_url, kept, picked_hash, notes, lifted_from, lifted_to, leads,
			as_picked, overruled, overruled_at, overruled_by, version
		FROM blocks WHERE issue_id = $1 ORDER BY position`, issueID)
	return all, err
}

// isSame tells whether two blocks are the same with the same in them.
func isSame(a, b digest.Block) bool {
	a.Version = b.Version
	return reflect.DeepEqual(a, b)
}

// reordered tells whether blocks that were there before follow each other in another
// order now. What was added or taken out in between changes no order.
func reordered(before, after []digest.Block) bool {
	at := make(map[int64]int, len(before))
	for i, b := range before {
		at[b.ID] = i
	}
	last := -1
	for _, b := range after {
		i, known := at[b.ID]
		if known && i < last {
			return true
		}
		if known {
			last = i
		}
	}
	return false
}

// saveBlocks makes the blocks of an issue those given, in their order, and fills in
// the ids of new ones, and the version of what is new in a block. A block that is not
// among the present ones may only come back as itself.
func (db *Store) saveBlocks(t *database.Tx, seriesID, issueID, version int64, present, blocks []digest.Block, comeBack bool) error {
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
		known = known && b.ID != 0
		if known && isSame(present[was], *b) {
			b.Version = present[was].Version
			if was == i {
				continue
			}
		} else {
			b.Version = version
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
	values := []column{
		{"issue_id", issueID}, {"position", position}, {"kind", string(b.Kind)}, {"comment_id", database.OrNull(b.CommentID)},
		{"text", b.Text}, {"source_title", b.SourceTitle}, {"source_url", b.SourceURL}, {"kept", kept}, {"picked_hash", b.PickedHash},
		{"notes", notes}, {"lifted_from", b.Lifted.Start}, {"lifted_to", b.Lifted.End}, {"leads", b.Leads},
		{"as_picked", b.AsPicked}, {"overruled", string(over.Sign)}, {"overruled_at", over.At}, {"overruled_by", over.By},
		{"version", b.Version},
	}
	if b.ID != 0 {
		values = append(values, column{"id", b.ID})
	}
	var names, marks, sets []string
	var args []any
	for i, v := range values {
		mark := fmt.Sprintf("$%d", i+1)
		names, marks, sets = append(names, v.name), append(marks, mark), append(sets, v.name+" = "+mark)
		args = append(args, v.value)
	}
	if known {
		_, err = t.Exec(`UPDATE blocks SET `+strings.Join(sets, ", ")+fmt.Sprintf(` WHERE id = $%d`, len(args)), args...)
		return err
	}
	insert := `INSERT INTO blocks (` + strings.Join(names, ", ") + `) VALUES (` + strings.Join(marks, ", ") + `)`
	if b.ID != 0 {
		_, err = t.Exec(insert, args...)
	} else {
		_, err = t.One([]any{&b.ID}, insert+` RETURNING id`, args...)
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
