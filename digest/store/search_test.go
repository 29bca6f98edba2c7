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

// guidsOf searches comments, and gives their guids sorted.
func guidsOf(t testing.TB, db *store.DB, query string, f digest.SearchFilter) []string {
	t.Helper()
	found, err := db.SearchComments(t.Context(), parse(t, query), f)
	if err != nil {
		t.Fatal(err)
	}
	if found.Waiting > 0 { // a slow machine, and the search says so
		indexAll(t, db)
		return guidsOf(t, db, query, f)
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
			for _, c := range got.All {
				found = append(found, fmt.Sprint(q.name, c.GUID, c.Rank, c.Snippet))
			}
			found = append(found, fmt.Sprint(q.name, got.Ranked, got.HasMore))
		}
		all = append(all, strings.Join(found, "\n"))
	})
	if len(all) == 2 && all[0] != all[1] {
		t.Errorf("SQLite found\n%.2000s\nPostgreSQL\n%.2000s", all[0], all[1])
	}
}

// TestIndexAtOnce lets four index while two others store pages and change them.
func TestIndexAtOnce(t *testing.T) {
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

// TestSearchWithoutAnIndex finds what was stored while nothing was indexed.
func TestSearchWithoutAnIndex(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		if err := db.Exec(t.Context(), `INSERT INTO sources (id, name, url, platform, added_at)
			VALUES (1, 'Blog', 'https://blog.example/', 'blogger', 1)`); err != nil {
			t.Fatal(err)
		}
		fillSource(t, db, 1, 1200)
		if got := guidsOf(t, db, rareWord, digest.SearchFilter{}); len(got) != 10 {
			t.Errorf("%d of 10 are found", len(got))
		}
		posts, err := db.SearchPosts(t.Context(), parse(t, "author:ines"), digest.SearchFilter{})
		if err != nil || len(posts.All) != 24 {
			t.Errorf("%d of 24 posts are found: %v", len(posts.All), err)
		}
		// As after a restore, which leaves derived tables empty.
		for _, table := range []string{"search_state", "search_todo"} {
			if err := db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
				t.Fatal(err)
			}
		}
		if got := guidsOf(t, db, rareWord, digest.SearchFilter{}); len(got) != 10 {
			t.Errorf("then %d of 10 are found", len(got))
		}
	})
}

// TestSearchGoesOnWithoutTheIndex searches what is indexed while nothing can be
// written, and says how much is missing.
func TestSearchGoesOnWithoutTheIndex(t *testing.T) {
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		if _, err := one.StorePage(t.Context(), pageOf(source, "early", 30)); err != nil {
			t.Fatal(err)
		}
		indexAll(t, one)
		if _, err := one.StorePage(t.Context(), pageOf(source, "late", 20)); err != nil {
			t.Fatal(err)
		}
		release := two.HoldRow(t, `DELETE FROM search_todo`)
		began := time.Now()
		found, err := one.SearchComments(t.Context(), parse(t, "depot"), digest.SearchFilter{})
		took := time.Since(began)
		release()
		if err != nil || len(found.All) != 30 || found.Waiting != 21 || took > 40*time.Second {
			t.Errorf("found %d, %d wait, after %s: %v", len(found.All), found.Waiting, took, err)
		}
		if got := guidsOf(t, one, "depot", digest.SearchFilter{}); len(got) != 50 {
			t.Errorf("then %d of 50 are found", len(got))
		}
	})
}

func TestSearchEndsWithItsContext(t *testing.T) {
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
