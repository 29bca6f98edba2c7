package store

import (
	"context"
	"slices"

	"postbag/digest/near"
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
// to do. [DB.LinkNear] makes them too, a hundred comments at a time: but prints lie
// far apart in their index, and so each would write a page. In the order of the
// index a page is written once for all prints that go there.
func (db *DB) PrintAhead(ctx context.Context) (n int, err error) {
	const operation = "look for near copies"
	var ids []int64
	err = db.view(ctx, operation, func(t *tx) (err error) {
		ids, err = t.unprinted()
		return err
	})
	if err != nil || len(ids) < aheadFrom {
		return 0, err
	}
	var rows []printRow
	for part := range slices.Chunk(ids, aheadTexts) {
		err := db.view(ctx, operation, func(t *tx) error {
			more, err := t.printsOf(part)
			rows = append(rows, more...)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	slices.SortFunc(rows, comparePrints)
	for part := range slices.Chunk(slices.Compact(rows), aheadRows) {
		if err := db.updateInTurn(ctx, turnNear, operation, func(t *tx) error { return t.putPrintRows(part) }); err != nil {
			return 0, err
		}
	}
	err = db.updateInTurn(ctx, turnNear, operation, func(t *tx) error {
		_, err := t.exec(querySetNearState, printedAhead, ids[len(ids)-1])
		return err
	})
	return len(ids), err
}

// unprinted gives the next comments without prints.
func (t *tx) unprinted() (ids []int64, err error) {
	walked, err := t.nearWalked()
	if err != nil {
		return nil, err
	}
	err = t.each(func(r row) error {
		var id int64
		err := r.scan(&id)
		ids = append(ids, id)
		return err
	}, queryWalkNear(kindComment), max(walked[kindComment], walked[printedAhead]), aheadMost)
	return ids, err
}

// printsOf gives the prints of some comments, but for those that are gone.
func (t *tx) printsOf(ids []int64) (rows []printRow, err error) {
	if t.dialect.byIndex != "" {
		if _, err := t.exec(t.dialect.byIndex); err != nil {
			return nil, err
		}
	}
	keys := make([]near.Key, len(ids))
	for i, id := range ids {
		keys[i] = near.Key{ID: id}
	}
	entries, err := t.nearEntries(keys)
	for _, e := range entries {
		rows = append(rows, printRows(e)...)
	}
	return rows, err
}
