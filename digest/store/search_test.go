package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/search"
	"postbag/digest/store"
)

func parse(t testing.TB, query string) search.Query {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// guidsOf indexes what is new, searches comments, and gives their guids sorted.
func guidsOf(t testing.TB, db *store.DB, query string, f digest.SearchFilter) []string {
	t.Helper()
	indexAll(t, db)
	found, err := db.SearchComments(t.Context(), parse(t, query), f)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range found.All {
		all = append(all, c.GUID)
	}
	slices.Sort(all)
	return all
}

// TestBothFindTheSame compares what the databases find in a corpus where ways of
// searching differ.
func TestBothFindTheSame(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	var all []string
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		fill(t, db, 9000)
		indexAll(t, db)
		var found []string
		for _, q := range searchQueries {
			got, err := db.SearchComments(t.Context(), parse(t, q.query), q.filter)
			if err != nil {
				t.Fatal(err)
			}
			if !got.HasMore && len(got.All) == got.Ranked { // else which ones depends on the ranks
				for _, c := range got.All {
					found = append(found, fmt.Sprint(q.name, c.GUID, c.Snippet))
				}
			}
			found = append(found, fmt.Sprint(q.name, got.Ranked, got.HasMore))
		}
		slices.Sort(found)
		all = append(all, strings.Join(found, "\n"))
	})
	if len(all) == 2 && all[0] != all[1] {
		t.Errorf("SQLite found\n%.2000s\nPostgreSQL\n%.2000s", all[0], all[1])
	}
}

// TestIndexAtOnce lets four index while two others store pages and change them.
func TestIndexAtOnce(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		const pages, entries = 8, 40
		atOnce(t, 6, one, two, func(i int, db *store.DB) error {
			for p := range pages {
				page := pageOf(source, strconv.Itoa(p), entries)
				switch {
				case i == 0 || i == 1: // stores, then changes
					for j := range page.Comments {
						page.Comments[j].Body = digest.Plain(fmt.Sprint("version", i))
						page.Comments[j].Hash = fmt.Sprint(i)
					}
					page.Posts[0].Title, page.Posts[0].Hash = fmt.Sprint("title", i), fmt.Sprint(i)
					if _, err := db.StorePage(t.Context(), page); err != nil {
						return err
					}
				default:
					for range 5 {
						if _, err := db.Index(t.Context(), 30); err != nil {
							return err
						}
					}
				}
			}
			return nil
		})
		rows, err := one.Column(t.Context(), "SELECT guid FROM comments WHERE body LIKE '%version1%'")
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(rows)
		if got := guidsOf(t, two, "version1", digest.SearchFilter{}); !slices.Equal(got, rows) {
			t.Errorf("%d of %d are found", len(got), len(rows))
		}
		if got := guidsOf(t, one, "version0", digest.SearchFilter{}); len(got)+len(rows) != pages*entries {
			t.Errorf("%d and %d of %d are found", len(got), len(rows), pages*entries)
		}
		title := guidsOf(t, one, "post:title0", digest.SearchFilter{})
		if other := guidsOf(t, one, "post:title1", digest.SearchFilter{}); len(title)+len(other) != pages*entries {
			t.Errorf("under posts %d and %d of %d are found", len(title), len(other), pages*entries)
		}
	})
}

func TestSearchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.SearchComments(ctx, parse(t, "bus"), digest.SearchFilter{}); err == nil {
			t.Error("it found something")
		}
	})
}

// TestIndexingGivesWay stores a page while two others index without a pause.
func TestIndexingGivesWay(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	source := fill(t, db, 6000)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			for {
				if n, err := db.Index(ctx, 100); n == 0 || err != nil {
					ended <- err
					return
				}
			}
		}()
	}
	began := time.Now()
	for i := range 5 {
		if _, err := db.StorePage(t.Context(), pageOf(source, strconv.Itoa(i), 20)); err != nil {
			t.Error(err)
		}
	}
	if took := time.Since(began); took > 40*time.Second {
		t.Errorf("five pages took %s", took)
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
}
