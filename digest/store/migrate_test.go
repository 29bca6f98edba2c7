package store_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/database"
	"postbag/digest/store/storetest"
)

// steps gives the program's migrations for a database, and more.
func steps(t *testing.T, dsn string, more ...string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	d, err := database.DialectOf(dsn)
	if err != nil {
		t.Fatal(err)
	}
	own := d.Migrations
	names, err := fs.Glob(own, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		script, err := fs.ReadFile(own, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: script}
	}
	for i, script := range more {
		all[fmt.Sprintf("%04d_more.sql", len(names)+1+i)] = &fstest.MapFile{Data: []byte(script)}
	}
	return all
}

// newest gives the number of the program's last migration.
func newest(t *testing.T, dsn string) int { return len(steps(t, dsn)) }

const (
	addColumn = `ALTER TABLE sources ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine'; UPDATE publication SET name = name || '!';`
	broken    = `UPDATE publication SET name = 'half done'; CREATE TABLE sources (id INTEGER);`
)

// upToDate gives an empty database the program's schema and the name "Nights".
func upToDate(t *testing.T, path string) string {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path)})
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Rename(t.Context(), db, "Nights"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func name(t *testing.T, db *store.DB) string {
	t.Helper()
	p, err := db.Publication(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p.Name
}

func TestUpgradeCopiesTheFileFirst(t *testing.T) {
	t.Parallel()
	path := upToDate(t, filepath.Join(t.TempDir(), "postbag.db"))
	db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := name(t, db); got != "Nights!" {
		t.Errorf("after the upgrade the name is %q", got)
	}
	copied := fmt.Sprint(path, "-before-", newest(t, path)+1)
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the copy: %v, %v", info, err)
	}
	old, err := store.Open(t.Context(), copied, store.Options{Migrations: steps(t, copied)})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if got := name(t, old); got != "Nights" {
		t.Errorf("the copy's name is %q", got)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".postbag-copy-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFailedUpgradeLeavesTheOldSchema(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		path := upToDate(t, empty)
		if db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn, broken)}); err == nil {
			t.Fatal("it opened", db.Close())
		}
		db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := name(t, db); got != "Nights!" {
			t.Errorf("the name is %q: the first step should stand, the second should not", got)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		path := upToDate(t, empty)
		db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), path, store.Options{})
		wantError(t, err, digest.Conflict, fmt.Sprintf("has schema %d and this program knows up to %d", newest(t, path)+1, newest(t, path)))
	})
}

func TestProcessesThatUpgradeAtOnce(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		path := upToDate(t, empty)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
				if err == nil {
					err = db.Close()
				}
				errs[i] = err
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := name(t, db); got != "Nights!" {
			t.Errorf("the name is %q, want the step to have run once", got)
		}
		if !filepath.IsAbs(path) {
			return // only a file is copied first
		}
		old, err := store.Open(t.Context(), fmt.Sprint(path, "-before-", newest(t, path)+1), store.Options{Migrations: steps(t, path)})
		if err != nil {
			t.Fatal(err)
		}
		defer old.Close()
		if got := name(t, old); got != "Nights" {
			t.Errorf("the copy's name is %q", got)
		}
	})
}

func TestProcessesThatCreateAtOnce(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		path := empty
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				db, err := store.Open(t.Context(), path, store.Options{})
				if err == nil {
					err = db.Close()
				}
				errs[i] = err
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestUpgradeKeepsWhatWasStored(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, path string) {
		old := open(t, path)
		fillFirstSchema(t, old)
		db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		comments, err := db.Comments(t.Context(), digest.CommentFilter{})
		if err != nil || len(comments) != 1 || comments[0].GUID != "c1" {
			t.Errorf("after the upgrade there are %d comments (%v), want the one stored before", len(comments), err)
		}
	})
}

// fillFirstSchema stores a post and a comment in the columns that rows cannot do
// without.
func fillFirstSchema(t *testing.T, db *store.DB) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO sources (id, name, url, platform, added_at) VALUES (1, 'Blog', 'https://blog.example/', 'blogger', 1)`,
		`INSERT INTO feeds (source_id, kind, url, next_poll) VALUES (1, 'posts', 'https://blog.example/feed', 5)`,
		`INSERT INTO posts (id, source_id, guid, url, title, author, published, first_seen, announced, hash, body)
			VALUES (1, 1, 'p1', 'https://blog.example/1', 'Night bus', 'Ann', 2, 3, 0, 'h', '[]')`,
		`INSERT INTO comments (id, source_id, guid, url, post_id, post_ref, parent_ref, author, author_uri,
				published, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body)
			VALUES (1, 1, 'c1', '', 1, 'p1', '', 'Ben', '', 2, 3, 3, 0, '', 0, 'h', 2, '[]')`,
	} {
		if err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
