package index

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// MostRanked is how many matches of a search are ranked at the most, the newest
// ones.
const MostRanked = 2000

// SearchComments finds comments that match a query, best first, and of those that
// match as well as each other the newest first. It ranks at most [MostRanked] of
// them, and tells how many entries are not indexed yet. What is gone is found only
// when the filter's state says so, and then nothing else.
func (db *Store) SearchComments(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundComment], error) {
	w := db.filtered(searchable[blog.KindComment], f)
	if f.State == "" {
		w.Terms = append(w.Terms, "e."+rules.Present)
	}
	w.Terms = append(w.Terms, inState("e", f.State)...)
	return find(ctx, db, w, q, f.Limit, func(t *database.Tx, ids string, put func(int64, func(rank float64) digest.FoundComment)) error {
		return t.Each(func(r database.Row) error {
			l, err := blog.ScanListed(r)
			put(l.ID, func(rank float64) digest.FoundComment {
				return digest.FoundComment{ListedComment: l, Rank: rank, Snippet: q.Snippet(l.Body.Shown())}
			})
			return err
		}, blog.SelectListed+` WHERE `+db.Dialect.Among("c.id", "$1", "BIGINT"), ids)
	})
}

// SearchPosts finds posts by their titles and words, as [Store.SearchComments] does
// comments.
func (db *Store) SearchPosts(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundPost], error) {
	return find(ctx, db, db.filtered(searchable[blog.KindPost], f), q, f.Limit, func(t *database.Tx, ids string, put func(int64, func(rank float64) digest.FoundPost)) error {
		return t.Each(func(r database.Row) error {
			p, err := blog.ScanPost(r)
			put(p.ID, func(rank float64) digest.FoundPost {
				return digest.FoundPost{Post: p, Rank: rank, Snippet: q.Snippet(p.Body.Shown())}
			})
			return err
		}, `SELECT `+blog.PostColumns+` FROM posts WHERE `+db.Dialect.Among("id", "$1", "BIGINT"), ids)
	})
}

func (db *Store) filtered(what searched, f digest.SearchFilter) *searching {
	w := &searching{searched: what, dialect: db.Dialect}
	w.ID("e.source_id = ", f.SourceID)
	w.Moment("e.published >= ", f.Since)
	w.Moment("e.published < ", f.Until)
	w.since, w.until = f.Since, f.Until
	return w
}

// match is an entry that matches.
type match struct {
	id        int64
	rank      float64
	published time.Time
}

// find runs a search: the database finds and ranks the newest matches, and read
// reads the best.
func find[T any](ctx context.Context, db *Store, w *searching, q search.Query, limit int,
	read func(t *database.Tx, ids string, put func(int64, func(rank float64) T)) error) (found digest.Found[T], err error) {
	query := w.query(q)
	err = db.View(ctx, "search the "+w.table, func(t *database.Tx) error {
		found = digest.Found[T]{}
		if found.Waiting, err = notIndexed(t, digest.MostWaiting); err != nil {
			return err
		}
		all, err := matches(t, query, w.Args)
		if err != nil {
			return err
		}
		if found.HasMore = len(all) > MostRanked; found.HasMore {
			all = all[:MostRanked]
		}
		found.Ranked = len(all)
		slices.SortFunc(all, func(a, b match) int {
			return cmp.Or(cmp.Compare(b.rank, a.rank), b.published.Compare(a.published), cmp.Compare(b.id, a.id))
		})
		all = all[:min(len(all), database.Limit(limit))]
		ids, at := make([]int64, len(all)), make(map[int64]int, len(all))
		for i, m := range all {
			ids[i], at[m.id] = m.id, i
		}
		packed, err := database.JSONArray(ids)
		if err != nil {
			return err
		}
		found.All = make([]T, len(all))
		return read(t, packed, func(id int64, make func(rank float64) T) {
			found.All[at[id]] = make(all[at[id]].rank)
		})
	})
	return found, err
}

func matches(t *database.Tx, query string, args []any) (all []match, err error) {
	err = t.Each(func(r database.Row) error {
		var m match
		err := r.Scan(&m.id, &m.published, &m.rank)
		all = append(all, m)
		return err
	}, query, args...)
	return all, err
}
