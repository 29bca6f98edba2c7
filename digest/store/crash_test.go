package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// addSource makes a source to store pages of.
func addSource(t testing.TB, db *store.DB) int64 {
	t.Helper()
	src := digest.Source{Name: "Nights", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: start}
	series := digest.Series{Slug: "s", Name: "S", Title: "{name}", Schedule: "0 18 * * 0", Zone: "UTC", CreatedAt: start}
	if err := db.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, nil, series); err != nil {
		t.Fatal(err)
	}
	return src.ID
}

// pageOf makes a page of n comments under a post, each a few paragraphs long.
func pageOf(source int64, name string, n int) pull.Page {
	body := digest.Plain(strings.Repeat("The last bus was late again, and nobody at the depot could say why it was.\n\n", 8))
	page := pull.Page{SourceID: source, Seen: start, KnownBefore: start.Add(time.Hour), Posts: []digest.Post{
		{GUID: "post " + name, URL: "https://blog.example/" + name, Published: start, Hash: "h", Body: body}}}
	for i := range n {
		c := digest.Comment{GUID: fmt.Sprintf("%s-%d", name, i), PostRef: "post " + name, Author: "Anonymous",
			Published: start.Add(time.Duration(i) * time.Second), Updated: start, Hash: "h", Words: 120, Body: body}
		if i%3 != 0 {
			c.ParentRef = fmt.Sprintf("%s-%d", name, i-i%3)
		}
		page.Comments = append(page.Comments, c)
	}
	slices.Reverse(page.Comments)
	return page
}

func count(t *testing.T, db *store.DB, table string) int {
	t.Helper()
	values, err := db.Column(t.Context(), "SELECT COUNT(*) FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(values[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func checkIntegrity(t *testing.T, db *store.DB) {
	t.Helper()
	for _, check := range []string{"integrity_check", "foreign_key_check"} {
		got, err := db.Column(t.Context(), "SELECT * FROM pragma_"+check)
		if check == "foreign_key_check" {
			got, err = db.Column(t.Context(), `SELECT "table" FROM pragma_foreign_key_check`)
		}
		if err != nil || len(got) > 0 && !slices.Equal(got, []string{"ok"}) {
			t.Fatalf("%s: %v, %v", check, got, err)
		}
	}
}

// TestPowerCut opens what a power cut in the middle of a commit would leave: the
// log cut off at any place within the last transaction.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "postbag.db")
	db := open(t, path)
	source := addSource(t, db)
	if _, err := db.StorePage(t.Context(), pageOf(source, "one", 20)); err != nil {
		t.Fatal(err)
	}
	before := size(t, path+"-wal")
	if _, err := db.StorePage(t.Context(), pageOf(source, "two", 20)); err != nil {
		t.Fatal(err)
	}
	whole := size(t, path+"-wal")
	for i, end := range []int64{before, before + 1, (before + whole) / 2, whole - 1, whole} {
		cut := filepath.Join(dir, fmt.Sprintf("cut%d.db", i))
		copyFile(t, path, cut)
		copyFile(t, path+"-wal", cut+"-wal")
		if err := os.Truncate(cut+"-wal", end); err != nil {
			t.Fatal(err)
		}
		again := open(t, cut)
		want := 20
		if end == whole {
			want = 40
		}
		if n := count(t, again, "comments"); n != want {
			t.Errorf("cut at %d of %d: %d comments, want %d", end, whole, n, want)
		}
		checkIntegrity(t, again)
		for _, name := range []string{"one", "two"} {
			if _, err := again.StorePage(t.Context(), pageOf(source, name, 20)); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, again, "comments"); n != 40 {
			t.Errorf("pulled again: %d comments, want 40", n)
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestDiskFull stops a page in the middle for want of room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	source := addSource(t, db)
	if err := db.Exec(t.Context(), "PRAGMA max_page_count = 90"); err != nil {
		t.Fatal(err)
	}
	_, err := db.StorePage(t.Context(), pageOf(source, "big", 500))
	wantError(t, err, digest.Unavailable, "full")
	if n := count(t, db, "comments") + count(t, db, "posts"); n != 0 {
		t.Errorf("%d rows of half a page are left", n)
	}
	if err := db.Exec(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	stored, err := db.StorePage(t.Context(), pageOf(source, "big", 500))
	if err != nil || stored.NewComments != 500 {
		t.Errorf("with room again: %+v, %v", stored, err)
	}
	checkIntegrity(t, db)
}

// TestKill kills a process that holds the worker's lock and stores pages.
func TestKill(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("STORE_TEST_KILL"); path != "" {
		storeUntilKilled(t, path)
		return
	}
	onNew(t, killStoring)
}

func killStoring(t *testing.T, path string) {
	db := open(t, path)
	addSource(t, db)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), "STORE_TEST_KILL="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, stored := bufio.NewScanner(out), 0
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "stored %d", &stored); err == nil && stored == 5 {
			break
		}
	}
	// SQLite has one worker at a time; on PostgreSQL many may join.
	joining := work.Joining{Name: "test", Lease: 5 * time.Second, Alone: true}
	_, err = db.Join(t.Context(), joining)
	wantError(t, err, digest.Conflict, "another process")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		_, _ = fmt.Sscanf(lines.Text(), "stored %d", &stored)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	joinSoon(t, db, joining)
	if n := count(t, db, "comments"); n < stored*10 || n%10 != 0 {
		t.Errorf("%d comments, and %d pages of 10 were said to be stored", n, stored)
	}
	if filepath.IsAbs(path) {
		checkIntegrity(t, db)
	}
}

// joinSoon joins the workers and leaves. A process that is no
// more keeps others out until its lease is over.
func joinSoon(t *testing.T, db *store.DB, joining work.Joining) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		member, err := db.Join(t.Context(), joining)
		if err == nil {
			member.Leave()
			return
		}
		if digest.KindOf(err) != digest.Conflict || time.Since(began) > patience {
			t.Fatal(err)
		}
	}
}

func storeUntilKilled(t *testing.T, path string) {
	db := open(t, path)
	if _, err := db.Join(t.Context(), work.Joining{Name: "killed", Lease: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 100_000; i++ {
		if _, err := db.StorePage(t.Context(), pageOf(1, strconv.Itoa(i), 10)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("stored %d\n", i)
	}
}

// TestLockedDatabase holds the database's lock as another process would.
func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postbag.db")
	other := open(t, path)
	db, err := store.Open(t.Context(), path, store.Options{BusyTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	patient := open(t, path)
	if err := other.Exec(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	wantError(t, storetest.Rename(t.Context(), db, "Nights"), digest.Unavailable, "stayed locked")
	if _, err := db.Publication(t.Context()); err != nil {
		t.Errorf("reading waits too: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- storetest.Rename(t.Context(), patient, "Nights") }()
	eventually(t, "it waits for the lock", patient.IsWriting)
	if err := other.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("with the lock given back: %v", err)
	}
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	source := addSource(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := db.StorePage(ctx, pageOf(source, "one", 3))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for i := range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*500*time.Microsecond)
		_, err := db.StorePage(ctx, pageOf(source, strconv.Itoa(i), 100))
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	}
	if n := count(t, db, "comments"); n%100 != 0 {
		t.Errorf("%d comments: part of a page is left", n)
	}
	if _, err := db.StorePage(t.Context(), pageOf(source, "after", 100)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
