package store

import (
	"context"
	"errors"

	"postbag/digest/near"
)

// turnNear is what comparing entries takes turns at: an older state of an entry is
// never compared after a newer one, and what has been walked stands still.
const turnNear = 21

const (
	// nearBatch is how many entries are compared in one go at the most.
	nearBatch = 100

	// mostHolders is how many entries may have a print that tells anything; what
	// more have is boilerplate.
	mostHolders = 32
	// mostCompared is how many entries one is compared with, those that share its
	// rarest prints.
	mostCompared = 24
)

// LinkNear looks for the entries that some others repeat or quote, and keeps what
// it finds, for at most so many entries (100 at the most and for 0). It tells how
// many it looked at; 0 means that all are compared. It is to [DB.Near] what
// [DB.Index] is to a search: storing only notes what is new or has changed, several
// may call it at once, and what one did not finish the next does. Entries whose
// prints were never made are found by themselves.
//
// It follows Index, which passes on what it has indexed. What was linked before
// very many said the same stays linked until it changes.
func (db *DB) LinkNear(ctx context.Context, limit int) (n int, err error) {
	waits, err := db.nearWaits(ctx)
	if err != nil || !waits {
		return 0, err
	}
	if limit <= 0 || limit > nearBatch {
		limit = nearBatch
	}
	err = db.updateInTurn(ctx, turnNear, "look for near copies", func(t *tx) error {
		var todo map[near.Key]bool
		var err error
		if todo, n, err = t.claimNear(limit); err != nil || n == 0 {
			return err
		}
		if t.dialect.byIndex != "" {
			if _, err := t.exec(t.dialect.byIndex); err != nil {
				return err
			}
		}
		return t.linkAll(todo)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

const queryNearWaits = `
	SELECT CASE WHEN (SELECT MIN(id) FROM near_todo) IS NOT NULL
		OR (SELECT MAX(id) FROM comments) > COALESCE((SELECT walked FROM near_state WHERE kind = 0), 0)
		OR (SELECT MAX(id) FROM posts) > COALESCE((SELECT walked FROM near_state WHERE kind = 1), 0)
		THEN 1 ELSE 0 END`

// nearWaits tells whether there is something to compare.
func (db *DB) nearWaits(ctx context.Context) (waits bool, err error) {
	err = db.view(ctx, "look for near copies", func(t *tx) error {
		n, err := t.number(queryNearWaits)
		waits = n != 0
		return err
	})
	return waits, err
}

// noteNear notes entries to be compared anew. Those that were never compared are
// found by themselves, and are passed over.
func (t *tx) noteNear(k kind, ids []int64) error {
	entries := make([]int64, len(ids))
	for i, id := range ids {
		entries[i] = nearEntry(near.Key{ID: id, IsPost: k == kindPost})
	}
	return t.addNearTodo(entries, true)
}

func (t *tx) addNearTodo(entries []int64, isChanged bool) error {
	if len(entries) == 0 {
		return nil
	}
	var all pairs
	for _, e := range entries {
		all.add(e, flag(isChanged))
	}
	_, err := t.exec(`INSERT INTO near_todo (entry, changed) SELECT a, b FROM (`+t.dialect.pairs("$1")+`) AS r`, all.object())
	return err
}

const queryNearTodo = `SELECT id, entry, changed FROM near_todo ORDER BY id LIMIT $1`

// claimNear gives the next entries to compare, with whether they changed, and how
// many it looked at.
func (t *tx) claimNear(limit int) (todo map[near.Key]bool, looked int, err error) {
	walked := map[bool]int64{}
	err = t.each(func(r row) error {
		var k kind
		var id int64
		err := r.scan(&k, &id)
		walked[k == kindPost] = id
		return err
	}, `SELECT kind, walked FROM near_state`)
	if err != nil {
		return nil, 0, err
	}
	todo = map[near.Key]bool{}
	var claimed []int64
	err = t.each(func(r row) error {
		var id, entry int64
		var isChanged bool
		if err := r.scan(&id, &entry, &isChanged); err != nil {
			return err
		}
		// What lies beyond is stored, and is come to.
		if key := keyOf(entry); key.ID <= walked[key.IsPost] {
			todo[key] = todo[key] || isChanged
		}
		claimed = append(claimed, id)
		if len(todo) == limit {
			return errEnough
		}
		return nil
	}, queryNearTodo, walkFactor*limit)
	if err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	if len(claimed) > 0 {
		ids, err := list(claimed)
		if err != nil {
			return nil, 0, err
		}
		_, err = t.exec(`DELETE FROM near_todo WHERE `+t.dialect.among("id", "$1", "BIGINT"), ids)
		return todo, len(claimed), err
	}
	for _, k := range []kind{kindPost, kindComment} {
		last := walked[k == kindPost]
		err := t.each(func(r row) error {
			err := r.scan(&last)
			todo[near.Key{ID: last, IsPost: k == kindPost}] = true
			return err
		}, queryWalkNear(k), last, limit)
		if err != nil || len(todo) == 0 {
			if err != nil {
				return nil, 0, err
			}
			continue
		}
		_, err = t.exec(`INSERT INTO near_state (kind, walked) VALUES ($1, $2)
			ON CONFLICT (kind) DO UPDATE SET walked = EXCLUDED.walked`, int(k), last)
		return todo, len(todo), err
	}
	return nil, 0, nil
}

func queryWalkNear(k kind) string {
	table := "comments"
	if k == kindPost {
		table = "posts"
	}
	return `SELECT id FROM ` + table + ` WHERE id > $1 ORDER BY id LIMIT $2`
}
