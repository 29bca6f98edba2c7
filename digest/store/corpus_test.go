package store_test

import (
	"slices"
	"testing"

	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// fill adds a source with n comments; see [storetest.Corpus]. It gives the source.
func fill(tb testing.TB, db *store.DB, n int) (source int64) {
	tb.Helper()
	source = addSource(tb, db)
	storetest.Corpus(tb, db, source, start, n)
	return source
}

func TestCorpusIsTheSameOnBoth(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	var all [][]string
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		fill(t, db, 2500)
		rows, err := db.Column(t.Context(), `SELECT c.guid || '|' || c.author || '|' || p.guid || '|' || COALESCE(r.guid, '') || '|' || c.body
			FROM comments c JOIN posts p ON p.id = c.post_id LEFT JOIN comments r ON r.id = c.parent_id ORDER BY c.id`)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows)
	})
	if len(all) == 2 && !slices.Equal(all[0], all[1]) || len(all[0]) != 2500 {
		t.Error("the corpora differ")
	}
}
