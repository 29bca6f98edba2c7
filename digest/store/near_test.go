package store_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store"
)

const (
	repeated = "There is a girl who gets on at the last stop but two, and she counts her coins into my hand every single night."
	another  = "Nobody ran for it, because nobody had told the porters that it was the very last one before Monday morning."
)

// linksOf gives all links, as the tables have them.
func linksOf(t *testing.T, db *store.DB) []string {
	t.Helper()
	all, err := db.Column(t.Context(), `SELECT CAST(later AS TEXT) || ' ' || CAST(earlier AS TEXT) || ' ' || CAST(relation AS TEXT)
		FROM near_links ORDER BY later, earlier`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// nearPage makes a page of comments, two of which say the same, in different
// words on each page.
func nearPage(source int64, name string, text string, n int) pull.Page {
	page := pageOf(source, name, n)
	c := newCorpus(source, len(name)+int(name[len(name)-1]))
	for i := range page.Comments {
		page.Comments[i].Published = start.Add(time.Duration(i) * time.Minute)
		page.Comments[i].Body = digest.Plain(name + " " + c.text(20) + " " + name)
	}
	for _, i := range []int{n / 3, n / 2} {
		page.Comments[i].Body = digest.Plain(name + " says " + text)
	}
	return page
}

// TestNearAtOnce lets four compare while two others store pages and change them.
func TestNearAtOnce(t *testing.T) {
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		const pages, entries = 6, 20
		atOnce(t, 6, one, two, func(i int, db *store.DB) error {
			for p := range pages {
				if i > 1 {
					for range 4 {
						if _, err := db.Index(t.Context(), 30); err != nil {
							return err
						}
						if _, err := db.LinkNear(t.Context(), 30); err != nil {
							return err
						}
					}
					continue
				}
				page := nearPage(source, "page"+strconv.Itoa(p), strings.Repeat(fmt.Sprint("other", p, " words"), 9*i)+repeated, entries)
				for j := range page.Comments {
					page.Comments[j].Hash = fmt.Sprint(i)
				}
				if _, err := db.StorePage(t.Context(), page); err != nil {
					return err
				}
			}
			return nil
		})
		indexAll(t, one)
		linkAll(t, two)
		got := linksOf(t, one)
		if len(got) < pages {
			t.Errorf("%d links of %d pages with two copies", len(got), pages)
		}
		again(t, one, got)
	})
}

// TestPrintAhead makes the prints of very many comments before they are compared:
// the links are those that are made without.
func TestPrintAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		source := fill(t, db, 5000)
		for _, page := range []string{"early", "late"} {
			if _, err := db.StorePage(t.Context(), nearPage(source, page, repeated, 5)); err != nil {
				t.Fatal(err)
			}
		}
		indexAll(t, db)
		for _, want := range []int{5010, 0} {
			n, err := db.PrintAhead(t.Context())
			if err != nil || n != want {
				t.Fatalf("prints of %d comments, %v; want %d", n, err, want)
			}
		}
		prints := count(t, db, "near_prints")
		linkAll(t, db)
		got := linksOf(t, db)
		if len(got) == 0 || count(t, db, "near_prints") < prints {
			t.Errorf("%d links", len(got))
		}
		for _, table := range []string{"near_todo", "near_state", "near_prints", "near_links"} {
			if err := db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
				t.Fatal(err)
			}
		}
		for n := 1; n > 0; {
			var err error
			if n, err = db.LinkNear(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if without := linksOf(t, db); !slices.Equal(got, without) {
			t.Errorf("%d links, and without prints made ahead %d", len(got), len(without))
		}
	})
}

// again empties the tables, as a restore leaves them, and compares what is made of
// them.
func again(t *testing.T, db *store.DB, want []string) {
	t.Helper()
	for _, table := range []string{"near_todo", "near_state", "near_prints", "near_links"} {
		if err := db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	linkAll(t, db)
	if got := linksOf(t, db); !slices.Equal(got, want) {
		t.Errorf("made again, the links are\n%v\nwere\n%v", got, want)
	}
}

// TestNearWithoutAnIndex finds what was stored while there were no prints, without
// waiting for a worker.
func TestNearWithoutAnIndex(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		fill(t, db, 300)
		twice, err := db.Column(t.Context(), `SELECT CAST(id AS TEXT) FROM comments ORDER BY id LIMIT 2 OFFSET 100`)
		if err != nil {
			t.Fatal(err)
		}
		body := prose(another)
		if err := db.Exec(t.Context(), `UPDATE comments SET body = `+body+` WHERE id IN (`+strings.Join(twice, ", ")+`)`); err != nil {
			t.Fatal(err)
		}
		first, _ := strconv.ParseInt(twice[0], 10, 64)
		var found int
		for waits := true; waits; {
			all, w, err := db.Near(t.Context(), []int64{first})
			if err != nil {
				t.Fatal(err)
			}
			found, waits = len(all[first]), w
		}
		if found != 1 {
			t.Errorf("%d others are near comment %d, want 1", found, first)
		}
		again(t, db, linksOf(t, db))
	})
}

// TestNearGoesOnWithoutTheIndex reads what is known while nothing can be written,
// and says that this may not be all.
func TestNearGoesOnWithoutTheIndex(t *testing.T) {
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		if _, err := one.StorePage(t.Context(), nearPage(source, "early", repeated, 12)); err != nil {
			t.Fatal(err)
		}
		ids := commentIDs(t, one)
		found, waits, err := one.Near(t.Context(), ids)
		if err != nil || waits || len(found) != 2 {
			t.Fatalf("%d have others, waits %t: %v", len(found), waits, err)
		}
		if _, err := one.StorePage(t.Context(), nearPage(source, "late", another, 12)); err != nil {
			t.Fatal(err)
		}
		release := two.HoldRow(t, `DELETE FROM search_todo`)
		ids = commentIDs(t, one)
		found, waits, err = one.Near(t.Context(), ids)
		release()
		if err != nil || !waits || len(found) != 2 {
			t.Errorf("%d have others, waits %t: %v", len(found), waits, err)
		}
		found, waits, err = one.Near(t.Context(), ids)
		if err != nil || waits || len(found) != 4 {
			t.Errorf("then %d have others, waits %t: %v", len(found), waits, err)
		}
	})
}

func commentIDs(t *testing.T, db *store.DB) (ids []int64) {
	t.Helper()
	all, err := db.Comments(t.Context(), digest.CommentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

// TestPullPaysNothingForNear: what compares is not in the pull's transaction.
func TestPullPaysNothingForNear(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		source := addSource(t, db)
		if _, err := db.StorePage(t.Context(), nearPage(source, "page", repeated, 12)); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"near_todo", "near_prints", "near_links", "near_state"} {
			if n := count(t, db, table); n != 0 {
				t.Errorf("a pull wrote %d rows of %s", n, table)
			}
		}
	})
}
