package index

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/store/database"
)

// mostNear bounds how many links one look at them gives.
const mostNear = 5000

// Near gives the comments and posts that some comments repeat or quote, and that
// repeat or quote them, by time. What is gone is in none of it.
//
// It compares what is new first, for at most two seconds; waits tells that this
// was not enough, or that the database cannot be written now.
func (db *Store) Near(ctx context.Context, commentIDs []int64) (found map[int64][]near.Other, waits bool, err error) {
	waits, err = db.catchUpNear(ctx)
	if err != nil {
		return nil, false, err
	}
	err = db.View(ctx, "look for near copies", func(t *database.Tx) error {
		links, err := nearLinks(t, commentIDs)
		if err != nil {
			return err
		}
		others, err := nearOthers(t, links)
		if err != nil {
			return err
		}
		found = map[int64][]near.Other{}
		for _, l := range links {
			other, known := others[l.other]
			if !known {
				continue
			}
			other.Relation, other.IsLater = l.relation, l.isLater
			found[keyOf(l.of).ID] = append(found[keyOf(l.of).ID], other)
		}
		for _, all := range found {
			slices.SortFunc(all, func(a, b near.Other) int {
				return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
			})
		}
		return nil
	})
	return found, waits, err
}

// catchUpNear compares what is new, and tells whether something is left.
func (db *Store) catchUpNear(ctx context.Context) (waits bool, err error) {
	limited, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	for n := 1; n > 0 && err == nil; {
		if n, err = db.Index(limited, indexBatch); n == 0 && err == nil {
			n, err = db.LinkNear(limited, 0)
		}
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return false, err
	case errors.Is(err, context.DeadlineExceeded), digest.KindOf(err) == digest.Unavailable:
		return true, nil
	}
	return false, err
}

// nearEntry is what the tables know an entry by.
func nearEntry(k near.Key) int64 {
	if k.IsPost {
		return k.ID<<1 | 1
	}
	return k.ID << 1
}

func keyOf(entry int64) near.Key { return near.Key{ID: entry >> 1, IsPost: entry&1 == 1} }

// nearLink is a link as one of its sides sees it.
type nearLink struct {
	of, other int64
	relation  near.Relation
	isLater   bool // the other is
}

// relations are the relations as they are stored.
var relations = []near.Relation{near.Copy, near.Quote}

func queryNearLinks(d database.Dialect) string {
	return `SELECT later, earlier, relation, 0 FROM near_links WHERE ` + d.Among("later", "$1", "BIGINT") + `
		UNION ALL SELECT earlier, later, relation, 1 FROM near_links WHERE ` + d.Among("earlier", "$1", "BIGINT") + `
		LIMIT $2`
}

func nearLinks(t *database.Tx, commentIDs []int64) (all []nearLink, err error) {
	entries := make([]int64, len(commentIDs))
	for i, id := range commentIDs {
		entries[i] = nearEntry(near.Key{ID: id})
	}
	packed, err := database.JSONArray(entries)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(r database.Row) error {
		var l nearLink
		var relation int
		err := r.Scan(&l.of, &l.other, &relation, &l.isLater)
		l.relation = relations[relation]
		all = append(all, l)
		return err
	}, queryNearLinks(*t.Dialect), packed, mostNear)
	return all, err
}

func queryNearComments(d database.Dialect) string {
	return `SELECT id, published, '' FROM comments WHERE gone = 0 AND ` + d.Among("id", "$1", "BIGINT")
}

func queryNearPosts(d database.Dialect) string {
	return `SELECT id, published, title FROM posts WHERE ` + d.Among("id", "$1", "BIGINT")
}

// nearOthers reads the other sides of links.
func nearOthers(t *database.Tx, links []nearLink) (map[int64]near.Other, error) {
	others := map[int64]near.Other{}
	ids := map[bool][]int64{}
	for _, l := range links {
		if _, known := others[l.other]; !known {
			others[l.other] = near.Other{}
			ids[keyOf(l.other).IsPost] = append(ids[keyOf(l.other).IsPost], keyOf(l.other).ID)
		}
	}
	clear(others)
	for isPost, query := range map[bool]string{false: queryNearComments(*t.Dialect), true: queryNearPosts(*t.Dialect)} {
		packed, err := database.JSONArray(ids[isPost])
		if err != nil {
			return nil, err
		}
		err = t.Each(func(r database.Row) error {
			o := near.Other{Key: near.Key{IsPost: isPost}}
			var published time.Time
			err := r.Scan(&o.ID, &published, &o.Title)
			o.Published = published
			others[nearEntry(o.Key)] = o
			return err
		}, query, packed)
		if err != nil {
			return nil, err
		}
	}
	return others, nil
}
