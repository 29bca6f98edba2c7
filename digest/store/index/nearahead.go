package index

import (
	"context"
	"slices"

	"postbag/digest/near"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

const (
	// aheadFrom is how many comments that were never compared are worth a round of
	// prints of their own; aheadMost is the most that one round takes, with some 15
	// prints of 16 bytes each.
	aheadFrom = 5_000
	aheadMost = 30_000
	// aheadRows is how many prints go in with one transaction.
	aheadRows = 20_000
	// aheadTexts is how many texts are read at once.
	aheadTexts = 500

	// printedAhead is the row of near_state that tells how far, by id, the prints
	// of comments were made before the comments were compared.
	printedAhead = 2
)

// PrintAhead makes the prints of comments that were never compared, where they are
// very many, as after an import; it tells of how many, and 0 when there is nothing
// to do. [Store.LinkNear] makes them too, a hundred comments at a time: but prints lie
// far apart in their index, and so each would write a page. In the order of the
// index a page is written once for all prints that go there.
func (db *Store) PrintAhead(ctx context.Context) (n int, err error) {
	const operation = "look for near copies"
	var ids []int64
	err = db.View(ctx, operation, func(t *database.Tx) (err error) {
		ids, err = unprinted(t)
		return err
	})
	if err != nil || len(ids) < aheadFrom {
		return 0, err
	}
	var rows []printRow
	for part := range slices.Chunk(ids, aheadTexts) {
		err := db.View(ctx, operation, func(t *database.Tx) error {
			more, err := printsOf(t, part)
			rows = append(rows, more...)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	slices.SortFunc(rows, comparePrints)
	for part := range slices.Chunk(slices.Compact(rows), aheadRows) {
		if err := db.updateInTurn(ctx, turnNear, operation, func(t *database.Tx) error { return putPrintRows(t, part) }); err != nil {
			return 0, err
		}
	}
	err = db.updateInTurn(ctx, turnNear, operation, func(t *database.Tx) error {
		_, err := t.Exec(querySetNearState, printedAhead, ids[len(ids)-1])
		return err
	})
	return len(ids), err
}

// unprinted gives the next comments without prints.
func unprinted(t *database.Tx) (ids []int64, err error) {
	walked, err := nearWalked(t)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(r database.Row) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, queryWalkNear(blog.KindComment), max(walked[blog.KindComment], walked[printedAhead]), aheadMost)
	return ids, err
}

// printsOf gives the prints of some comments, but for those that are gone.
func printsOf(t *database.Tx, ids []int64) (rows []printRow, err error) {
	if t.Dialect.ByIndex != "" {
		if _, err := t.Exec(t.Dialect.ByIndex); err != nil {
			return nil, err
		}
	}
	keys := make([]near.Key, len(ids))
	for i, id := range ids {
		keys[i] = near.Key{ID: id}
	}
	entries, err := nearEntries(t, keys)
	for _, e := range entries {
		rows = append(rows, printRows(e)...)
	}
	return rows, err
}
