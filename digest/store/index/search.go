package index

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// MostRanked is how many matches of a search are ranked at the most, the newest
// ones. Finding them stays fast however many there are.
const MostRanked = 2000

// How a search brings the index up to date before it begins.
const (
	indexTime  = 2 * time.Second
	indexBatch = 500
)

// SearchComments finds comments that match a query, best first, and of those that
// match as well as each other the newest first. It ranks at most [MostRanked] of
// them. What is gone is found only when the filter's state says so, and then
// nothing else.
//
// It brings the index up to date first, for at most two seconds, and tells how
// much it did not come to.
func (db *Store) SearchComments(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundComment], error) {
	return find(ctx, db, searchedComments, q, f, func(t *database.Tx, ranked []rankedEntry) ([]digest.FoundComment, error) {
		all := make([]digest.FoundComment, len(ranked))
		at, ids, err := places(ranked)
		if err != nil {
			return nil, err
		}
		err = t.Each(func(r database.Row) error {
			l, err := blog.ScanListed(r)
			i := at[l.ID]
			all[i] = digest.FoundComment{ListedComment: l, Rank: ranked[i].rank, Snippet: q.Snippet(l.Body.Text())}
			return err
		}, blog.SelectListed+` WHERE `+db.Dialect.Among("c.id", "$1", "BIGINT"), ids)
		return all, err
	})
}

// SearchPosts finds posts by their titles and words, as [Store.SearchComments] does
// comments.
func (db *Store) SearchPosts(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundPost], error) {
	f.State = ""
	return find(ctx, db, searchedPosts, q, f, func(t *database.Tx, ranked []rankedEntry) ([]digest.FoundPost, error) {
		all := make([]digest.FoundPost, len(ranked))
		at, ids, err := places(ranked)
		if err != nil {
			return nil, err
		}
		err = t.Each(func(r database.Row) error {
			p, err := blog.ScanPost(r)
			i := at[p.ID]
			all[i] = digest.FoundPost{Post: p, Rank: ranked[i].rank, Snippet: q.Snippet(p.Body.Text())}
			return err
		}, `SELECT `+blog.PostColumns+` FROM posts WHERE `+db.Dialect.Among("id", "$1", "BIGINT"), ids)
		return all, err
	})
}

// rankedEntry is an entry that matches.
type rankedEntry struct {
	id        int64
	rank      float64
	published time.Time
}

// places gives where each entry stands, and the list of their ids.
func places(ranked []rankedEntry) (at map[int64]int, ids string, err error) {
	at = make(map[int64]int, len(ranked))
	all := make([]int64, len(ranked))
	for i, r := range ranked {
		at[r.id], all[i] = i, r.id
	}
	ids, err = database.JSONArray(all)
	return at, ids, err
}

// find runs a search: the index names the newest candidates, their words decide,
// and the best are read whole.
func find[T any](ctx context.Context, db *Store, what searched, q search.Query, f digest.SearchFilter,
	read func(*database.Tx, []rankedEntry) ([]T, error)) (found digest.Found[T], err error) {
	waiting, err := db.catchUp(ctx)
	if err != nil {
		return found, err
	}
	err = db.View(ctx, "search the "+what.table, func(t *database.Tx) error {
		found = digest.Found[T]{Waiting: waiting}
		keys, err := db.matching(t, what, q, f)
		if err != nil {
			return err
		}
		if found.HasMore = len(keys) > MostRanked; found.HasMore {
			keys = keys[:MostRanked]
		}
		ranked, err := db.rank(t, what, q, f, keys)
		if err != nil {
			return err
		}
		found.Ranked = len(ranked)
		found.All, err = read(t, ranked[:min(len(ranked), database.Limit(f.Limit))])
		return err
	})
	return found, err
}

// catchUp brings the index up to date, and tells how much of it is not after
// some time, or because the database cannot be written now.
func (db *Store) catchUp(ctx context.Context) (waiting int, err error) {
	limited, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	for n := 1; n > 0 && err == nil; {
		n, err = db.Index(limited, indexBatch)
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return 0, err
	case errors.Is(err, context.DeadlineExceeded), digest.KindOf(err) == digest.Unavailable:
		return db.waiting(ctx, digest.MostWaiting)
	}
	return 0, err
}

// matching gives the keys of the newest entries that the index says match, one
// more than are ranked if there are more.
func (db *Store) matching(t *database.Tx, what searched, q search.Query, f digest.SearchFilter) (keys []int64, err error) {
	from, before := int64(0), int64(math.MaxInt64)
	if !f.Since.IsZero() {
		from = searchKey(f.Since, 0)
	}
	if !f.Until.IsZero() {
		before = searchKey(f.Until.Add(time.Minute), 0)
	}
	condition := searchOf(&db.Dialect).condition(q.Condition(search.Scope{SourceID: f.SourceID, Gone: f.State == digest.CommentGone}))
	within := !f.Since.IsZero() || !f.Until.IsZero()
	for _, w := range searchOf(&db.Dialect).find(what.index, queryState(db.Dialect, f.State), within) {
		if len(keys) < w.onlyAfter {
			continue
		}
		if keys, err = findKeys(t, w, condition, from, before); err != nil || w.isDone == nil || w.isDone(len(keys)) {
			break
		}
	}
	slices.SortFunc(keys, func(a, b int64) int { return cmp.Compare(b, a) })
	return keys, err
}

// findKeys finds keys in one way.
func findKeys(t *database.Tx, w way, condition string, from, before int64) (keys []int64, err error) {
	if w.plan != "" {
		if _, err := t.Exec(w.plan); err != nil {
			return nil, err
		}
	}
	err = t.Each(func(r database.Row) error {
		var key int64
		err := r.Scan(&key)
		keys = append(keys, key)
		return err
	}, w.query, condition, from, before, w.limit)
	return keys, err
}

// queryState limits a search to comments in a state; what is gone is known to
// the index.
func queryState(d database.Dialect, state digest.CommentState) string {
	id := ` AND (` + searchOf(&d).key + ` & 4294967295) `
	switch state {
	case digest.CommentPicked:
		return id + `IN ` + blog.PickedComments
	case digest.CommentNew:
		return id + `NOT IN ` + blog.PickedComments
	}
	return ""
}

// rank reads candidates and gives those that match, best first.
func (db *Store) rank(t *database.Tx, what searched, q search.Query, f digest.SearchFilter, keys []int64) (all []rankedEntry, err error) {
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = keyID(key)
	}
	packed, err := database.JSONArray(ids)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(r database.Row) error {
		c, err := what.scan(r)
		if err != nil || !matchesFilter(c, f) {
			return err
		}
		if rank, ok := q.Rank(c.entry); ok {
			all = append(all, rankedEntry{id: c.id, rank: rank, published: c.published})
		}
		return nil
	}, what.query(db.Dialect), packed)
	slices.SortFunc(all, func(a, b rankedEntry) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), b.published.Compare(a.published), cmp.Compare(b.id, a.id))
	})
	return all, err
}

// matchesFilter asks again what the index knows roughly, or from before.
func matchesFilter(c candidate, f digest.SearchFilter) bool {
	return c.entry.Gone == (f.State == digest.CommentGone) &&
		!c.published.Before(f.Since) &&
		(f.Until.IsZero() || c.published.Before(f.Until))
}

func scanCommentEntry(r database.Row) (c candidate, err error) {
	var body digest.Prose
	err = r.Scan(&c.id, &c.published, &c.entry.SourceID, &c.entry.PostID, &c.entry.Gone, &c.entry.Author, &c.entry.Title, &body)
	c.entry.Text = body.Text()
	return c, err
}
