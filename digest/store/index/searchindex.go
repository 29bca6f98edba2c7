package index

import (
	"context"
	"maps"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// turnIndex is what indexing takes turns at: an older state of an entry never
// goes in after a newer one.
const turnIndex = 20

// indexBatch is how many entries are indexed in one transaction at the most.
const indexBatch = 500

// Index brings the search index up to date by at most so many entries (500 at the
// most and for 0), and tells how many it indexed; 0 means that it is up to date.
// Storing only notes what is new or has changed. Several may call it at once, and
// what one of them did not finish the next does.
func (db *Store) Index(ctx context.Context, limit int) (n int, err error) {
	if waiting, err := db.NotIndexed(ctx, 1); err != nil || waiting == 0 {
		return 0, err
	}
	if limit <= 0 || limit > indexBatch {
		limit = indexBatch
	}
	err = db.Update(ctx, "index for the search", func(t *database.Tx) error {
		if err := t.TakeTurns(turnIndex); err != nil {
			return err
		}
		todo, err := claimTodo(t, limit)
		if err != nil {
			return err
		}
		n = 0
		for kind, what := range searchable {
			n += len(todo[kind])
			if err := index(t, what, slices.Sorted(maps.Keys(todo[kind]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// NotIndexed counts the entries that a search may not find yet, up to most. One
// that changed twice may count twice.
func (db *Store) NotIndexed(ctx context.Context, most int) (n int, err error) {
	err = db.View(ctx, "look at the search index", func(t *database.Tx) error {
		n, err = notIndexed(t, most)
		return err
	})
	return n, err
}

func notIndexed(t *database.Tx, most int) (n int, err error) {
	_, err = t.One([]any{&n}, `SELECT COUNT(*) FROM (SELECT 1 FROM search_todo LIMIT $1) AS q`, most)
	return n, err
}

const queryClaimTodo = `
	DELETE FROM search_todo WHERE id IN (SELECT id FROM search_todo ORDER BY id LIMIT $1) RETURNING kind, entry`

func claimTodo(t *database.Tx, limit int) (todo map[blog.Kind]map[int64]bool, err error) {
	todo = map[blog.Kind]map[int64]bool{blog.KindComment: {}, blog.KindPost: {}}
	err = t.Each(func(r database.Row) error {
		var k blog.Kind
		var entry int64
		err := r.Scan(&k, &entry)
		todo[k][entry] = true
		return err
	}, queryClaimTodo, limit)
	return todo, err
}

// document is an entry as it is handed to the index; the words are written as the
// database takes them.
type document struct {
	Key   int64  `json:"key"`
	Words string `json:"words,omitempty"` // where there is one column
	// Where there are several:
	Author string `json:"author,omitempty"`
	Title  string `json:"title,omitempty"`
	Text   string `json:"text,omitempty"`
}

// The bits of a key that hold an id, and the last minute that fits before them,
// which is in the year 6053.
const (
	keyBits    = 32
	lastMinute = 1<<(63-keyBits) - 1
)

// searchKey is what the index knows an entry by: the minute of its publication,
// which never changes, then its id. So the newest come first.
func searchKey(published time.Time, id int64) int64 {
	minute := min(max(published.Unix()/60, 0), lastMinute)
	return minute<<keyBits | id&(1<<keyBits-1)
}

// index puts entries into the index, in place of what it had of them.
func index(t *database.Tx, what searched, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := database.JSONArray(ids)
	if err != nil {
		return err
	}
	var documents []document
	err = t.Each(func(r database.Row) error {
		var id int64
		var published time.Time
		var author, title string
		var body digest.Prose
		err := r.Scan(&id, &published, &author, &title, &body)
		documents = append(documents, searchOf(*t.Dialect).document(searchKey(published, id), search.Fold(author, search.MostAuthorWords),
			search.Fold(title, search.MostTitleWords), search.Fold(body.Shown(), search.MostTextWords)))
		return err
	}, what.read(*t.Dialect), all)
	if err != nil {
		return err
	}
	packed, err := database.JSONArray(documents)
	if err != nil {
		return err
	}
	_, err = t.Exec(searchOf(*t.Dialect).put(what), packed)
	return err
}
