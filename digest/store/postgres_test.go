package store_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/database"
	"postbag/digest/store/storetest"
)

// TestPostgresSaysWhatIsWrong opens what cannot work. No error repeats the
// password.
func TestPostgresSaysWhatIsWrong(t *testing.T) {
	t.Setenv("PGCONNECT_TIMEOUT", "2")
	good := storetest.Postgres(t)
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	for _, c := range []struct {
		name, dsn string
		kind      digest.Kind
		words     string
	}{
		{"nobody there", "postgres://me:s3cret@" + digesttest.Nobody(t) + "/postbag", digest.Unavailable, "does not answer: it refuses the connection"},
		{"no such database", with(func(u *url.URL) {
			u.Path = "/postbag_test_none"
			u.User = url.UserPassword(u.User.Username(), "s3cret")
		}),
			digest.Invalid, `does not let us work: database "postbag_test_none" does not exist`},
		{"a host that nobody knows", "postgres://me:s3cret@nowhere.invalid/postbag", digest.Unavailable, "does not answer: "},
		{"a setting that the server does not know", with(func(u *url.URL) { u.RawQuery += "&sslmod=require" }),
			digest.Invalid, `does not let us work: unrecognized configuration parameter "sslmod"`},
		{"no such schema", with(func(u *url.URL) { u.RawQuery = "search_path=postbag_test_none" }), digest.Invalid, "schema"},
		{"a slash in the password", "postgres://me:s3cret/s3cret@localhost/postbag", digest.Invalid, "not written"},
		{"a bad escape", "postgres://me:s3cret%zz@localhost/postbag", digest.Invalid, "not written"},
		{"a bad setting", "postgres://me:s3cret@localhost/postbag?sslmode=s3cret", digest.Invalid, "setting"},
		{"a password among the settings", "postgres://me@localhost/postbag?password=s3cret&sslmode=no", digest.Invalid, "setting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, err := store.Open(t.Context(), c.dsn, store.Options{})
			if err == nil {
				t.Fatal("it opened", db.Close())
			}
			wantError(t, err, c.kind, c.words)
			if strings.Contains(err.Error(), "failed to connect") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the driver's words are in the error: %v", err)
			}
			if strings.Contains(err.Error()+digest.HintOf(err), "s3cret") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func TestPostgresNameHasNoPassword(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(storetest.MadePostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	dsn.User = url.UserPassword(dsn.User.Username(), "s3cret")
	db := open(t, dsn.String())
	if name := db.Path(); strings.Contains(name, "s3cret") || !strings.Contains(name, dsn.Host) {
		t.Errorf("the database is called %q", name)
	}
}

func TestPostgresLeavesOtherProgramsAlone(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	if err := db.Exec(t.Context(), `ALTER TABLE migrations RENAME TO theirs`); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), dsn, store.Options{})
	wantError(t, err, digest.Invalid, "another program")
}

// TestPostgresCommitsAreOnDisk opens a database whose default would answer before
// a commit is durable.
func TestPostgresCommitsAreOnDisk(t *testing.T) {
	t.Parallel()
	db := open(t, storetest.MadePostgres(t)+"&synchronous_commit=off")
	for name, want := range map[string]string{"synchronous_commit": "on", "lock_timeout": "1min"} {
		if got, err := db.Setting(t.Context(), name); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestPostgresLockedDatabase(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	other := open(t, dsn)
	db, err := store.Open(t.Context(), dsn, store.Options{BusyTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	patient := open(t, dsn)
	release := other.HoldRow(t, `SELECT id FROM publication FOR UPDATE`)
	wantError(t, storetest.Rename(t.Context(), db, "Nights"), digest.Unavailable, "stayed locked")
	if _, err := db.Publication(t.Context()); err != nil {
		t.Errorf("reading waits too: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- storetest.Rename(t.Context(), patient, "Nights") }()
	eventually(t, "it waits", func() bool { return storetest.Waiting(t, dsn) > 0 })
	release()
	if err := <-done; err != nil {
		t.Errorf("with the lock given back: %v", err)
	}
}

// TestPostgresDeadlock has two transactions lock two rows in turn, the wrong way
// round: both get through, and not both at the first try. The server may choose one
// of them or both as its victims.
func TestPostgresDeadlock(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	both := make(chan struct{}, 2)
	tries := make(chan int, 2)
	for _, rows := range [][2]string{{"publication", "generation"}, {"generation", "publication"}} {
		go func() {
			n, err := db.LockBoth(context.Background(), rows, both)
			if err != nil {
				t.Error(err)
			}
			tries <- n
		}()
	}
	if sum := <-tries + <-tries; sum < 3 {
		t.Errorf("%d tries, want at least 3", sum)
	}
}

// TestServerRestartsUnderWriters ends every connection again and again while
// pages are stored: no call fails, and no row is missing or doubled.
func TestServerRestartsUnderWriters(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	source := addSource(t, db)
	const pages = 30
	failed := 0
	for i := range pages {
		page := pageOf(source, string(rune('A'+i)), 20)
		// At another moment of each page; once, since a busy machine might not
		// store any between two.
		var strike sync.WaitGroup
		strike.Go(func() {
			time.Sleep(time.Duration(i%10) * 4 * time.Millisecond)
			storetest.Sessions(t, dsn, true)
		})
		_, err := db.StorePage(t.Context(), page)
		if err != nil {
			// Only a commit whose answer was lost is not tried again by itself.
			wantError(t, err, digest.Unavailable, "does not answer")
			failed++
			if _, err := db.StorePage(t.Context(), page); err != nil {
				t.Error("once more:", err)
			}
		}
		strike.Wait()
	}
	if n := count(t, db, "comments"); n != pages*20 {
		t.Errorf("%d comments, want %d", n, pages*20)
	}
	t.Logf("%d of %d commits had their answer lost", failed, pages)
}

// TestServerAway goes through a door that is shut for a while.
func TestServerAway(t *testing.T) {
	t.Parallel()
	door, dsn := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db := open(t, dsn)
	source := addSource(t, db)
	door.Shut()
	if _, err := db.Publication(t.Context()); err == nil {
		t.Error("reading works without a server")
	} else {
		wantError(t, err, digest.Unavailable, "does not answer")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := db.StorePage(ctx, pageOf(source, "early", 3)); digest.KindOf(err) != digest.Unavailable {
		t.Errorf("with little time: %v", err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := db.StorePage(t.Context(), pageOf(source, "late", 3))
		done <- err
	}()
	door.Knocked(t)
	door.Open(t)
	if err := <-done; err != nil {
		t.Errorf("what waited for the server: %v", err)
	}
	if n := count(t, db, "comments"); n != 3 {
		t.Errorf("%d comments, want 3", n)
	}
}

// TestPostgresAwayForGood gives up after the time it was given.
func TestPostgresAwayForGood(t *testing.T) {
	door, dsn := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db, err := store.Open(t.Context(), dsn, store.Options{BusyTimeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	door.Shut()
	began := time.Now()
	wantError(t, storetest.Rename(t.Context(), db, "Nights"), digest.Unavailable, "does not answer")
	if took := time.Since(began); took < 400*time.Millisecond || took > 30*time.Second { // it would wait for a minute by itself
		t.Errorf("it gave up after %v", took)
	}
}

// TestNobodyWaitsLongForASilentServer: who waits for a page is told soon that the server is
// suspended, or away; and once that was in vain, sooner still.
func TestNobodyWaitsLongForASilentServer(t *testing.T) {
	door, dsn := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db := open(t, dsn)
	const most = 2 * time.Second
	soon := func(what string, ctx context.Context, longest time.Duration, do func(context.Context) error) {
		t.Helper()
		began := time.Now()
		wantError(t, do(ctx), digest.Unavailable, "does not answer")
		if took := time.Since(began); took > longest {
			t.Errorf("%s: it took %v", what, took)
		}
	}
	read := func(ctx context.Context) error {
		_, err := db.Publication(ctx)
		return err
	}
	generation := func(ctx context.Context) error {
		_, err := db.Generation(ctx)
		return err
	}
	write := func(ctx context.Context) error { return storetest.Rename(ctx, db, "Nights") }
	impatient := func() context.Context { return digest.Impatient(t.Context(), most) }
	const slack = 20 * time.Second // on a busy machine; by itself it would wait for a minute
	for name, do := range map[string]func(context.Context) error{"reading": read, "writing": write, "the generation": generation} {
		letGo := door.Hold(t)
		ctx := impatient()
		soon(name, ctx, most+slack, do)
		if left, _, ok := digest.Patience(ctx); !ok || left >= most {
			t.Errorf("%s: after a wait in vain %v are left", name, left)
		}
		soon(name+" again", ctx, slack, do)
		letGo()
		if err := do(impatient()); err != nil {
			t.Errorf("%s, once it answers: %v", name, err)
		}
	}
	door.Shut()
	soon("away", impatient(), most+slack, write)
	over, end := context.WithCancel(t.Context())
	lasting := context.WithoutCancel(digest.Impatient(over, most))
	end()
	if _, _, ok := digest.Patience(lasting); ok {
		t.Error("what goes on after the page has somebody who waits")
	}
}

// TestNobodyWaitsForAServerThatFallsSilentInTheMidst: it has begun a transaction, and then
// answers nothing more.
func TestNobodyWaitsForAServerThatFallsSilentInTheMidst(t *testing.T) {
	door, dsn := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, begin := range map[string]func(context.Context, string, func(*database.Tx) error) error{"reading": db.View, "writing": db.Update} {
		began := time.Now()
		var letGo func()
		err := begin(digest.Impatient(t.Context(), time.Second), name, func(tx *database.Tx) error {
			if letGo != nil {
				return nil
			}
			letGo = door.Hold(t)
			_, err := tx.Number(`SELECT value FROM generation WHERE id = 1`)
			return err
		})
		wantError(t, err, digest.Unavailable, "does not answer")
		if took := time.Since(began); took > 40*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
		letGo()
	}
}

func TestPostgresCancelled(t *testing.T) {
	t.Parallel()
	db := open(t, storetest.MadePostgres(t))
	source := addSource(t, db)
	for i := range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*2*time.Millisecond)
		_, err := db.StorePage(ctx, pageOf(source, string(rune('A'+i)), 100))
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

func TestTextThatPostgresCannotKeep(t *testing.T) {
	t.Parallel()
	db := open(t, storetest.MadePostgres(t))
	err := storetest.Rename(t.Context(), db, "Nights\x00")
	wantError(t, err, digest.Invalid, "cannot be stored")
}

func TestPostgresWithoutAServerIsRefused(t *testing.T) {
	t.Setenv("PGHOST", "")
	_, err := store.Open(t.Context(), "postgres://"+digesttest.Nobody(t), store.Options{})
	wantError(t, err, digest.Unavailable, "does not answer")
}

// TestExistingOnly looks for a database where there is none, and leaves nothing.
func TestExistingOnly(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"file": filepath.Join(t.TempDir(), "none.db"), "server": ""} {
		t.Run(name, func(t *testing.T) {
			if dsn == "" {
				dsn = storetest.Postgres(t)
			}
			for range 2 { // the second time, too
				db, err := store.Open(t.Context(), dsn, store.Options{Existing: true})
				if err == nil {
					t.Fatal("it opened", db.Close())
				}
				wantError(t, err, digest.NotFound, "database")
			}
			for _, existing := range []bool{false, true} {
				db, err := store.Open(t.Context(), dsn, store.Options{Existing: existing})
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
