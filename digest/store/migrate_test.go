package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"postbag/digest"
	"postbag/digest/store"
)

// steps gives the program's migrations for a database, and more.
func steps(t *testing.T, dsn string, more ...string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	own, err := store.Migrations(dsn)
	if err != nil {
		t.Fatal(err)
	}
	first, err := fs.ReadFile(own, "0001_first.sql")
	if err != nil {
		t.Fatal(err)
	}
	all["0001_first.sql"] = &fstest.MapFile{Data: first}
	for i, script := range more {
		all["000"+string(rune('2'+i))+"_more.sql"] = &fstest.MapFile{Data: []byte(script)}
	}
	return all
}

const (
	addColumn = `ALTER TABLE sources ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine'; UPDATE publication SET name = name || '!';`
	broken    = `UPDATE publication SET name = 'half done'; CREATE TABLE sources (id INTEGER);`
)

// versionOne makes an empty database one of the first schema, named "Nights".
func versionOne(t *testing.T, path string) string {
	t.Helper()
	db, err := store.OpenWith(t.Context(), path, steps(t, path))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SavePublication(t.Context(), digest.Publication{Name: "Nights"}); err != nil {
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
	path := versionOne(t, filepath.Join(t.TempDir(), "postbag.db"))
	db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := name(t, db); got != "Nights!" {
		t.Errorf("after the upgrade the name is %q", got)
	}
	copied := path + "-before-2"
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the copy: %v, %v", info, err)
	}
	old, err := store.OpenWith(t.Context(), copied, steps(t, copied))
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
	onBoth(t, func(t *testing.T, empty string) {
		path := versionOne(t, empty)
		if db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn, broken)); err == nil {
			t.Fatal("it opened", db.Close())
		}
		db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn))
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
	onBoth(t, func(t *testing.T, empty string) {
		path := versionOne(t, empty)
		db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), path, store.Options{})
		wantError(t, err, digest.Conflict, "has schema 2 and this program knows up to 1")
	})
}

func TestProcessesThatUpgradeAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		path := versionOne(t, empty)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn))
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
		db, err := store.OpenWith(t.Context(), path, steps(t, path, addColumn))
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
		old, err := store.OpenWith(t.Context(), path+"-before-2", steps(t, path))
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
	onBoth(t, func(t *testing.T, empty string) {
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
