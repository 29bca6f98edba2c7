package index

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// turnIndex is what indexing takes turns at: an older state of an entry never
// goes in after a newer one.
const turnIndex = 20

// walkFactor is how many more entries are looked through in one go than are
// indexed.
const walkFactor = 10

// The bits of a key that hold an id, and the last minute that fits before them,
// which is in the year 6053.
const (
	keyBits    = 32
	lastMinute = 1<<(63-keyBits) - 1
)

// searchKey is what the index knows an entry by. Keys are ordered as the entries
// were published, to the minute, then by id.
func searchKey(published time.Time, id int64) int64 {
	minute := min(max(published.Unix()/60, 0), lastMinute)
	return minute<<keyBits | id&(1<<keyBits-1)
}

// keyID gives the id in a key.
func keyID(key int64) int64 { return key & (1<<keyBits - 1) }

// Index brings the search index up to date by at most so many entries, and tells
// how many it looked at; 0 means that it is up to date. Storing only notes what
// is new or has changed; indexing is done here, by whoever comes first: several
// may call it at once, and what one of them did not finish the next does. On
// SQLite it waits no more than two seconds for another writer; the error is of
// kind Unavailable then.
//
// Entries that the index lacks, be it new or emptied, are found by themselves, in
// the order of their ids.
func (db *Store) Index(ctx context.Context, limit int) (n int, err error) {
	waits, err := db.indexWaits(ctx)
	if err != nil || !waits {
		return 0, err
	}
	err = db.updateInTurn(ctx, turnIndex, "index for the search", func(t *database.Tx) error {
		todo, err := claimTodo(t, database.Limit(limit))
		if err != nil {
			return err
		}
		if n = len(todo); n == 0 {
			n, err = db.walk(t, walkFactor*database.Limit(limit))
			return err
		}
		return db.index(t, todo)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// updateInTurn is update for what makes derived data, one after the other.
func (db *Store) updateInTurn(ctx context.Context, turn int, operation string, fn func(*database.Tx) error) error {
	return db.UpdateDerived(ctx, operation, func(t *database.Tx) error {
		if err := t.TakeTurns(turn); err != nil {
			return err
		}
		return fn(t)
	})
}

// Reindex makes the search index from nothing: it empties it, and [Store.Index]
// fills it again.
func (db *Store) Reindex(ctx context.Context) error {
	return db.Update(ctx, "empty the search index", func(t *database.Tx) error {
		if err := t.TakeTurns(turnIndex); err != nil {
			return err
		}
		for _, query := range append(searchOf(&db.Dialect).empty, `DELETE FROM search_todo`, `DELETE FROM search_state`) {
			if _, err := t.Exec(query); err != nil {
				return err
			}
		}
		return nil
	})
}

const queryIndexWaits = `
	SELECT CASE WHEN (SELECT MIN(id) FROM search_todo) IS NOT NULL
		OR (SELECT MAX(id) FROM comments) > COALESCE((SELECT walked FROM search_state WHERE kind = 0), 0)
		OR (SELECT MAX(id) FROM posts) > COALESCE((SELECT walked FROM search_state WHERE kind = 1), 0)
		THEN 1 ELSE 0 END`

// indexWaits tells whether there is something to index.
func (db *Store) indexWaits(ctx context.Context) (waits bool, err error) {
	err = db.View(ctx, "look at the search index", func(t *database.Tx) error {
		n, err := t.Number(queryIndexWaits)
		waits = n != 0
		return err
	})
	return waits, err
}

const queryWaiting = `
	SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM search_todo LIMIT $1) q), (
		SELECT COUNT(*) FROM (
			SELECT 1 FROM comments WHERE id > COALESCE((SELECT walked FROM search_state WHERE kind = 0), 0)
			ORDER BY id LIMIT $1) q)`

// waiting counts what is not indexed, up to most. What is new is noted, and not
// yet looked through, and counts once.
func (db *Store) waiting(ctx context.Context, most int) (n int, err error) {
	err = db.View(ctx, "look at the search index", func(t *database.Tx) error {
		var noted, beyond int
		_, err := t.One([]any{&noted, &beyond}, queryWaiting, most)
		n = max(noted, beyond)
		return err
	})
	return n, err
}

// todo is a row of search_todo.
type todo struct {
	kind  blog.Kind
	entry int64
}

const queryClaimTodo = `
	DELETE FROM search_todo WHERE id IN (SELECT id FROM search_todo ORDER BY id LIMIT $1) RETURNING kind, entry`

func claimTodo(t *database.Tx, limit int) (all []todo, err error) {
	err = t.Each(func(r database.Row) error {
		var one todo
		err := r.Scan(&one.kind, &one.entry)
		all = append(all, one)
		return err
	}, queryClaimTodo, limit)
	return all, err
}

// index indexes what was claimed.
func (db *Store) index(t *database.Tx, claimed []todo) error {
	ids := map[blog.Kind]map[int64]bool{blog.KindComment: {}, blog.KindPost: {}, blog.KindThread: {}}
	for _, one := range claimed {
		ids[one.kind][one.entry] = true
	}
	for id := range ids[blog.KindThread] {
		if _, err := t.Exec(`INSERT INTO search_todo (kind, entry) SELECT 0, id FROM comments WHERE post_id = $1`, id); err != nil {
			return err
		}
	}
	for _, what := range []searched{searchedComments, searchedPosts} {
		sorted := slices.Sorted(maps.Keys(ids[what.kind]))
		if err := db.indexEntries(t, what, sorted); err != nil {
			return err
		}
		if err := noteNear(t, what.kind, sorted); err != nil {
			return err
		}
	}
	return nil
}

// document is an entry as it is handed to the index.
type document struct {
	Key     int64  `json:"k"`
	Lexemes string `json:"l"`
}

func (db *Store) indexEntries(t *database.Tx, what searched, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := database.JSONArray(ids)
	if err != nil {
		return err
	}
	var documents []document
	err = t.Each(func(r database.Row) error {
		c, err := what.scan(r)
		documents = append(documents, document{Key: searchKey(c.published, c.id), Lexemes: searchOf(&db.Dialect).document(c.entry.Lexemes())})
		return err
	}, what.query(db.Dialect), all)
	if err != nil {
		return err
	}
	// In order, they go into the index as one piece.
	slices.SortFunc(documents, func(a, b document) int { return cmp.Compare(a.Key, b.Key) })
	packed, err := database.JSONArray(documents)
	if err != nil {
		return err
	}
	_, err = t.Exec(searchOf(&db.Dialect).put(what.index), packed)
	return err
}

// walk looks for entries that are not in the index, from where it stopped, and
// notes them. It tells how many it looked at.
func (db *Store) walk(t *database.Tx, limit int) (n int, err error) {
	for _, what := range []searched{searchedComments, searchedPosts} {
		keys, last, err := walkKeys(t, what, limit)
		if err != nil {
			return 0, err
		}
		if len(keys) == 0 {
			continue
		}
		missing, err := db.notIndexed(t, what, keys)
		if err != nil {
			return 0, err
		}
		if err := blog.Note(t, what.kind, missing); err != nil {
			return 0, err
		}
		_, err = t.Exec(`INSERT INTO search_state (kind, walked) VALUES ($1, $2)
			ON CONFLICT (kind) DO UPDATE SET walked = EXCLUDED.walked`, int(what.kind), last)
		return len(keys), err
	}
	return 0, nil
}

// walkKeys gives the keys of the next entries, and the last one's id.
func walkKeys(t *database.Tx, what searched, limit int) (keys []int64, last int64, err error) {
	err = t.Each(func(r database.Row) error {
		var published time.Time
		err := r.Scan(&last, &published)
		keys = append(keys, searchKey(published, last))
		return err
	}, queryWalk(what.table), int(what.kind), limit)
	return keys, last, err
}

func queryWalk(table string) string {
	return `SELECT id, published FROM ` + table + `
		WHERE id > COALESCE((SELECT walked FROM search_state WHERE kind = $1), 0) ORDER BY id LIMIT $2`
}

// notIndexed gives the ids of the keys that the index does not have.
func (db *Store) notIndexed(t *database.Tx, what searched, keys []int64) (ids []int64, err error) {
	all, err := database.JSONArray(keys)
	if err != nil {
		return nil, err
	}
	known := make(map[int64]bool, len(keys))
	column := searchOf(&db.Dialect).key
	err = t.Each(func(r database.Row) error {
		var key int64
		err := r.Scan(&key)
		known[key] = true
		return err
	}, `SELECT `+column+` FROM `+what.index+` WHERE `+db.Dialect.Among(column, "$1", "BIGINT"), all)
	for _, key := range keys {
		if !known[key] {
			ids = append(ids, keyID(key))
		}
	}
	return ids, err
}

// searched is a kind of entry that can be searched.
type searched struct {
	kind         blog.Kind
	table, index string
	// query reads entries by a JSON array of ids, for scan.
	query func(database.Dialect) string
	scan  func(database.Row) (candidate, error)
}

// candidate is an entry that may match.
type candidate struct {
	id        int64
	published time.Time
	entry     search.Entry
}

var (
	searchedComments = searched{blog.KindComment, "comments", "search_comments", queryCommentEntries, scanCommentEntry}
	searchedPosts    = searched{blog.KindPost, "posts", "search_posts", queryPostEntries, scanPostEntry}
)

func queryCommentEntries(d database.Dialect) string {
	return `SELECT c.id, c.published, c.source_id, COALESCE(c.post_id, 0), c.gone, c.author, COALESCE(p.title, ''), c.body
		FROM comments c LEFT JOIN posts p ON p.id = c.post_id WHERE ` + d.Among("c.id", "$1", "BIGINT")
}

func queryPostEntries(d database.Dialect) string {
	return `SELECT p.id, p.published, p.source_id, p.id, 0, p.author, p.title, p.body
		FROM posts p WHERE ` + d.Among("p.id", "$1", "BIGINT")
}

func scanPostEntry(r database.Row) (candidate, error) {
	c, err := scanCommentEntry(r)
	c.entry.HasTitle = true
	return c, err
}
