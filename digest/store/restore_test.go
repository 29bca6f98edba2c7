package store_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/store/transfer"
)

// filled gives the backup of a database that holds something of everything.
func filled(t *testing.T) []byte {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "filled.db"))
	storetest.Fill(t, db)
	file, _ := takeBackup(t, db)
	return file
}

// unpacked gives a backup as it is below gzip.
func unpacked(t *testing.T, db *store.DB) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := db.Backup(t.Context(), &b, transfer.BackupOptions{Made: start}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wantNothing checks that a name which was to be restored to has nothing.
func wantNothing(t *testing.T, dsn string) {
	t.Helper()
	if filepath.IsAbs(dsn) {
		if names, err := os.ReadDir(filepath.Dir(dsn)); err != nil || len(names) > 0 {
			t.Errorf("there is %v, %v", names, err)
		}
		return
	}
	_, err := store.Open(t.Context(), dsn, store.Options{AsIs: true})
	if digest.KindOf(err) != digest.NotFound {
		t.Errorf("there is a database: %v", err)
	}
}

func TestDamagedBackupChangesNothing(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	file := filled(t)
	changed := bytes.Clone(file)
	changed[len(changed)*3/4] ^= 0x10
	onNew(t, func(t *testing.T, empty string) {
		for _, half := range [][]byte{file[:len(file)/2], file[:len(file)-1], changed} {
			_, err := restore(t.Context(), empty, half)
			wantError(t, err, digest.Invalid, "damaged")
			wantNothing(t, empty)
		}
		restored(t, empty, file)
	})
}

// TestEveryChangedByteIsDamage changes one bit at a time, from one end of the
// backup to the other: in the header, in names of tables, in rows, in the sums.
func TestEveryChangedByteIsDamage(t *testing.T) {
	digesttest.NotUnderRace(t) // one call after another
	t.Parallel()
	file := filled(t)
	const header = 10 // of gzip, which has a time and a flag that say nothing
	for i := header; i < len(file); i += max(1, len(file)/64) {
		changed := bytes.Clone(file)
		changed[i] ^= 1 << (i % 8)
		if sameWords(changed, file) {
			continue // a bit between two parts of gzip's, which says nothing
		}
		empty := filepath.Join(t.TempDir(), "empty.db")
		_, err := restore(t.Context(), empty, changed)
		if err == nil || digest.KindOf(err) == digest.Internal {
			t.Errorf("byte %d: got %v", i, err)
		} else if i > 200 {
			wantError(t, err, digest.Invalid, "damaged")
		}
		wantNothing(t, empty)
	}
}

// sameWords tells whether two files of gzip are whole and hold the same.
func sameWords(one, other []byte) bool {
	var words [2][]byte
	for i, file := range [][]byte{one, other} {
		r, err := gzip.NewReader(bytes.NewReader(file))
		if err == nil {
			words[i], err = io.ReadAll(r)
		}
		if err != nil {
			return false
		}
	}
	return bytes.Equal(words[0], words[1])
}

// TestRestoreThatIsCutOff ends the file's disk, and the context, in the middle.
func TestRestoreThatIsCutOff(t *testing.T) {
	t.Parallel()
	file := filled(t)
	failing := errors.New("input/output error")
	onNew(t, func(t *testing.T, empty string) {
		from, err := backup.NewReader(io.MultiReader(bytes.NewReader(file[:len(file)/2]), &brokenDisk{failing}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.Restore(t.Context(), empty, from, transfer.RestoreOptions{}); !errors.Is(err, failing) {
			t.Errorf("got %v", err)
		}
		wantNothing(t, empty)
	})
}

// TestRestoreLosesItsServer ends the connection while rows come in.
func TestRestoreLosesItsServer(t *testing.T) {
	t.Parallel()
	one := open(t, filepath.Join(t.TempDir(), "one.db"))
	addSource(t, one)
	for i := range 6 {
		if _, err := one.StorePage(t.Context(), pageOf(1, strconv.Itoa(i), 500)); err != nil {
			t.Fatal(err)
		}
	}
	file, _ := takeBackup(t, one)
	server := storetest.Postgres(t)
	door, through := storetest.OpenDoor(t, server)
	from, err := backup.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	_, err = transfer.Restore(t.Context(), through, from, transfer.RestoreOptions{Progress: func(n int64) {
		if n == 2000 {
			door.Shut()
		}
	}})
	wantError(t, err, digest.Unavailable, "does not answer")
	wantNothing(t, server)
	restored(t, server, file)
}

// brokenDisk is a file on a broken disk.
type brokenDisk struct{ err error }

func (b *brokenDisk) Read([]byte) (int, error) { return 0, b.err }

func TestRestoreKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	file := filled(t)
	onNew(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		addSource(t, db)
		_, err := restore(t.Context(), empty, file)
		wantError(t, err, digest.Conflict, "not empty: there are")
		if n := count(t, db, "sources"); n != 1 {
			t.Errorf("%d sources", n)
		}
	})
}

func TestRestoreIntoANewDatabase(t *testing.T) {
	t.Parallel()
	file := filled(t)
	onNew(t, func(t *testing.T, empty string) {
		db := open(t, empty) // and stays open
		if _, err := restore(t.Context(), empty, file); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "comments"); n != 4 {
			t.Errorf("who has it open sees %d comments", n)
		}
		if n, err := db.NotIndexed(t.Context(), 100); err != nil || n != 4+int(count(t, db, "posts")) {
			t.Errorf("%d entries wait for the search index: %v", n, err)
		}
		storetest.NextIDs(t, db)
		if filepath.IsAbs(empty) {
			checkIntegrity(t, open(t, empty))
		}
	})
}

func TestRestoreIntoAnEmptyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postbag.db")
	write(t, path, "")
	checkIntegrity(t, restored(t, path, filled(t)))
}

func TestRestoreBesideAWorker(t *testing.T) {
	t.Parallel()
	file := filled(t)
	onNew(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		join(t, db, "worker", time.Minute)
		_, err := restore(t.Context(), empty, file)
		wantError(t, err, digest.Conflict, "another process")
	})
}

func TestRestoreMindsOldLogs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postbag.db")
	write(t, path+"-wal", "the log of a database that was removed")
	_, err := restore(t.Context(), path, filled(t))
	wantError(t, err, digest.Conflict, "not there")
	if _, err := os.Stat(path); err == nil {
		t.Error("it was restored all the same")
	}
}

func TestRestoreSaysWhatIsWrongWithThePlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	write(t, text, strings.Repeat("not a database, but a page of notes\n", 200))
	file := filled(t)
	for dsn, words := range map[string]string{
		filepath.Join(dir, "none", "postbag.db"): "does not exist",
		text:                                     "not a database",
		dir:                                      "not a file",
		":memory:":                               "not a path",
		"mysql://x":                              "no kind of database",
	} {
		_, err := restore(t.Context(), dsn, file)
		wantError(t, err, digest.Invalid, words)
	}
}

// TestRestoreOfAnOlderSchema brings in what an earlier program wrote, also into a
// database that this program has just made.
func TestRestoreOfAnOlderSchema(t *testing.T) {
	t.Parallel()
	old := open(t, filepath.Join(t.TempDir(), "old.db"))
	fillFirstSchema(t, old)
	file, _ := takeBackup(t, old)
	for _, first := range []string{"missing", "new"} {
		t.Run(first, func(t *testing.T) {
			onNew(t, func(t *testing.T, empty string) {
				later := steps(t, empty, addColumn)
				if first == "new" {
					db, err := store.Open(t.Context(), empty, store.Options{Migrations: later})
					if err != nil {
						t.Fatal(err)
					}
					if err := db.Close(); err != nil {
						t.Fatal(err)
					}
				}
				from, err := backup.NewReader(bytes.NewReader(file))
				if err != nil {
					t.Fatal(err)
				}
				done, err := transfer.Restore(t.Context(), empty, from, transfer.RestoreOptions{Reason: "restored", Migrations: later})
				if err != nil || done.From != newest(t, empty) || done.Schema != len(later) {
					t.Fatalf("%+v, %v", done, err)
				}
				db, err := store.Open(t.Context(), empty, store.Options{Migrations: later})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if mood, err := db.Column(t.Context(), `SELECT mood FROM sources`); err != nil || !slices.Equal(mood, []string{"fine"}) {
					t.Errorf("the column of the later schema is %v, %v", mood, err)
				}
				comments, err := db.Comments(t.Context(), digest.CommentFilter{})
				if err != nil || len(comments) != 1 || comments[0].GUID != "c1" {
					t.Errorf("%d comments, %v", len(comments), err)
				}
				if since, err := db.HeldSince(t.Context()); since.IsZero() || err != nil {
					t.Errorf("sending is not held: %v, %v", since, err)
				}
			})
		})
	}
}

func TestRestoreRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "newer.db")
	db, err := store.Open(t.Context(), path, store.Options{Migrations: steps(t, path, addColumn)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, _ := takeBackup(t, db)
	onNew(t, func(t *testing.T, empty string) {
		_, err := restore(t.Context(), empty, file)
		wantError(t, err, digest.Conflict, fmt.Sprintf("has schema %d and this program knows up to %d", newest(t, path)+1, newest(t, path)))
		wantNothing(t, empty)
	})
}

// TestBackupWhileOthersWrite stores pages of ten comments all the while: every
// backup holds whole pages, and fits together.
func TestBackupWhileOthersWrite(t *testing.T) {
	t.Parallel()
	onNew(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		addSource(t, db)
		var writing sync.WaitGroup
		var written atomic.Int64
		done := make(chan struct{})
		writing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				if _, err := db.StorePage(t.Context(), pageOf(1, strconv.Itoa(i), 10)); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
		var sizes []int
		for range 5 {
			before := written.Load()
			eventually(t, "a page is written", func() bool { return written.Load() > before || t.Failed() })
			file, _ := takeBackup(t, db)
			copied := restored(t, filepath.Join(t.TempDir(), "copy.db"), file)
			checkIntegrity(t, copied)
			comments, posts := count(t, copied, "comments"), count(t, copied, "posts")
			if comments != 10*posts {
				t.Errorf("%d comments and %d posts", comments, posts)
			}
			sizes = append(sizes, posts)
		}
		close(done)
		writing.Wait()
		if sizes[0] == sizes[len(sizes)-1] {
			t.Errorf("nothing was written meanwhile: %v", sizes)
		}
	})
}

// TestTextThatIsNoText copies what only SQLite takes, and says where it cannot
// go.
func TestTextThatIsNoText(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "odd.db"))
	if err := db.Exec(t.Context(), `UPDATE publication SET name = CAST(x'ff41' AS TEXT)`); err != nil {
		t.Fatal(err)
	}
	file, _ := takeBackup(t, db)
	if got := name(t, restored(t, filepath.Join(t.TempDir(), "copy.db"), file)); got != "\xffA" {
		t.Errorf("the name is %q", got)
	}
	server := storetest.Postgres(t)
	_, err := restore(t.Context(), server, file)
	wantError(t, err, digest.Invalid, "publication")
	wantNothing(t, server)
}

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none.db")
	_, err := store.Open(t.Context(), path, store.Options{AsIs: true})
	if digest.KindOf(err) != digest.NotFound {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was made")
	}
	onNew(t, func(t *testing.T, empty string) {
		old, err := store.Open(t.Context(), empty, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		fillFirstSchema(t, old)
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		later := steps(t, empty, addColumn)
		var told []int
		opts := store.Options{AsIs: true, Migrations: later, Upgraded: func(from, to int) { told = append(told, from, to) }}
		db, err := store.Open(t.Context(), empty, opts)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Schema(t.Context()); n != len(later)-1 || err != nil {
			t.Errorf("schema %d, %v", n, err)
		}
		takeBackup(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		opts.AsIs = false
		for range 2 { // the second finds nothing to upgrade
			db, err := store.Open(t.Context(), empty, opts)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(told, []int{len(later) - 1, len(later)}) {
			t.Errorf("told of %v", told)
		}
	})
}
