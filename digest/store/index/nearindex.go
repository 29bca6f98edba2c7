package index

import (
	"context"

	"postbag/digest/near"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// turnNear is what comparing entries takes turns at: an older state of an entry is
// never compared after a newer one. Who has turnIndex may take it, too.
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
// many it looked at; 0 means that all are compared. It is to [Store.Near] what
// [Store.Index] is to a search: storing only notes what is new or has changed, several
// may call it at once, and what one did not finish the next does. Entries whose
// prints were never made are found by themselves.
//
// It follows Index, which passes on what it has indexed. What was linked before
// very many said the same stays linked until it changes.
func (db *Store) LinkNear(ctx context.Context, limit int) (n int, err error) {
	waits, err := db.nearWaits(ctx)
	if err != nil || !waits {
		return 0, err
	}
	if limit <= 0 || limit > nearBatch {
		limit = nearBatch
	}
	err = db.updateInTurn(ctx, turnNear, "look for near copies", func(t *database.Tx) error {
		todo, err := claimNear(t, limit)
		if n = len(todo); err != nil || n == 0 {
			return err
		}
		if t.Dialect.ByIndex != "" {
			if _, err := t.Exec(t.Dialect.ByIndex); err != nil {
				return err
			}
		}
		return linkAll(t, todo)
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
func (db *Store) nearWaits(ctx context.Context) (waits bool, err error) {
	err = db.View(ctx, "look for near copies", func(t *database.Tx) error {
		n, err := t.Number(queryNearWaits)
		waits = n != 0
		return err
	})
	return waits, err
}

// noteNear notes entries to be compared anew. Those that were never compared are
// passed over: they lie beyond what was walked, which stands still until they are
// there to be seen.
func noteNear(t *database.Tx, k blog.Kind, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := t.TakeTurns(turnNear); err != nil {
		return err
	}
	walked, err := nearWalked(t)
	if err != nil {
		return err
	}
	var entries []int64
	for _, id := range ids {
		if id <= walked[k] {
			entries = append(entries, nearEntry(near.Key{ID: id, IsPost: k == blog.KindPost}))
		}
	}
	return addNearTodo(t, entries, true)
}

// nearWalked tells how far entries have been compared.
func nearWalked(t *database.Tx) (walked map[blog.Kind]int64, err error) {
	walked = map[blog.Kind]int64{}
	err = t.Each(func(r database.Row) error {
		var k blog.Kind
		var id int64
		err := r.Scan(&k, &id)
		walked[k] = id
		return err
	}, `SELECT kind, walked FROM near_state`)
	return walked, err
}

func addNearTodo(t *database.Tx, entries []int64, isChanged bool) error {
	if len(entries) == 0 {
		return nil
	}
	var all database.Pairs
	for _, e := range entries {
		all.Add(e, database.Flag(isChanged))
	}
	_, err := t.Exec(`INSERT INTO near_todo (entry, changed) SELECT a, b FROM (`+t.Dialect.Pairs("$1")+`) AS r`, all.Object())
	return err
}

const queryClaimNear = `
	DELETE FROM near_todo WHERE id IN (SELECT id FROM near_todo ORDER BY id LIMIT $1) RETURNING entry, changed`

// claimNear gives the next entries to compare, with whether they changed: those
// that are noted, else those beyond what was walked.
func claimNear(t *database.Tx, limit int) (todo map[near.Key]bool, err error) {
	todo = map[near.Key]bool{}
	err = t.Each(func(r database.Row) error {
		var entry int64
		var isChanged bool
		err := r.Scan(&entry, &isChanged)
		todo[keyOf(entry)] = todo[keyOf(entry)] || isChanged
		return err
	}, queryClaimNear, limit)
	if err != nil || len(todo) > 0 {
		return todo, err
	}
	walked, err := nearWalked(t)
	if err != nil {
		return nil, err
	}
	for _, k := range []blog.Kind{blog.KindPost, blog.KindComment} {
		last := walked[k]
		err := t.Each(func(r database.Row) error {
			err := r.Scan(&last)
			todo[near.Key{ID: last, IsPost: k == blog.KindPost}] = true
			return err
		}, queryWalkNear(k), last, limit)
		if err != nil {
			return nil, err
		}
		if len(todo) > 0 {
			_, err = t.Exec(querySetNearState, int(k), last)
			return todo, err
		}
	}
	return todo, nil
}

const querySetNearState = `
	INSERT INTO near_state (kind, walked) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET walked = EXCLUDED.walked`

func queryWalkNear(k blog.Kind) string {
	table := "comments"
	if k == blog.KindPost {
		table = "posts"
	}
	return `SELECT id FROM ` + table + ` WHERE id > $1 ORDER BY id LIMIT $2`
}
