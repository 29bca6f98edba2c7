package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/store/transfer"
)

// on is the same installation with another database.
func (in *installation) on(db string) *installation {
	return &installation{t: in.t, dir: in.dir, clock: in.clock, flags: append(append([]string{}, in.flags...), "--db", db)}
}

// emptyPlaces give an empty place for a database, of each kind.
var emptyPlaces = map[string]func(t testing.TB) string{
	"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "new.db") },
	"PostgreSQL": storetest.Postgres,
}

// killedSend is an installation whose issue was being sent when its process was
// killed, and the server that has the first mails.
func killedSend(t *testing.T, readers int, db ...string) (*installation, *mailServer) {
	t.Helper()
	server := startMailServer(t, 2*time.Millisecond)
	in := newInstallation(t, append(db, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "5", "--lease", "1s")...)
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--ambiguous", "hold")
	server.killed(t, in.process("issue", "send", "--yes", "1"), int64(readers/3))
	return in, server
}

// quietFor checks that no mail reaches the server for some time.
func quietFor(t *testing.T, server *mailServer, d time.Duration) {
	t.Helper()
	before := server.accepted.Load()
	time.Sleep(d)
	if n := server.accepted.Load() - before; n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

// TestRestoredCopyMailsNobody restores a backup that was made in the middle of a
// send, beside the installation that goes on with it: the copy serves and sends
// nothing, neither before nor after its sending is released as uncertain.
func TestRestoredCopyMailsNobody(t *testing.T) {
	t.Parallel()
	const readers = 60
	onBoth(t, func(t *testing.T, db ...string) {
		in, server := killedSend(t, readers, db...)
		file := filepath.Join(in.dir, "backup.gz")
		in.must("backup", file)
		in.must("issue", "send", "--yes", "1")
		gone := server.accepted.Load()
		for kind, empty := range emptyPlaces {
			t.Run("to"+kind, func(t *testing.T) {
				copied := in.on(empty(t))
				copied.t = t
				copied.must("restore", file)
				copied.clock = digest.NewTestClock(time.Now(), 30)
				s := copied.serve("--log-level", "info")
				if _, err := copied.run("issue", "send", "--yes", "1"); digest.KindOf(err) != digest.Conflict || !strings.Contains(strings.Join(hintLines(err), " "), "sending release") {
					t.Errorf("issue send gives %v", err)
				}
				quietFor(t, server, 2*time.Second)
				if n := strings.Count(s.log.String(), "sending is held; see"); n != 1 || !strings.Contains(s.log.String(), "SENDING IS HELD") {
					t.Errorf("the log says it %d times:\n%s", n, s.log)
				}
				if out := copied.must("sending"); !strings.Contains(out, "sending") || !strings.Contains(out, "restored from a backup") {
					t.Errorf("sending says\n%s", out)
				}
				out, err := copied.run("sending", "release")
				if digest.KindOf(err) != digest.Conflict || !strings.Contains(out, "Another copy") {
					t.Errorf("release says %v\n%s", err, out)
				}
				copied.must("sending", "release", "--unsent=uncertain")
				eventually(t, "the copy's issue is done with", func() bool { return strings.Contains(copied.must("issue", "list"), "sent  ") })
				quietFor(t, server, time.Second)
				if err := s.stop(); err != nil {
					t.Error(err)
				}
			})
		}
		if n := server.accepted.Load(); n != gone {
			t.Errorf("%d mails went out of the copies", n-gone)
		}
	})
}

// TestRestoredCopyGoesOn is the move of an installation whose machine died in the
// middle of a send: the copy goes on where the backup was, when it is told to, and
// every other reader gets one mail.
func TestRestoredCopyGoesOn(t *testing.T) {
	t.Parallel()
	const readers = 60
	onBoth(t, func(t *testing.T, db ...string) {
		in, server := killedSend(t, readers, "--db", storetest.MadeSQLite(t))
		file := filepath.Join(in.dir, "backup.gz")
		in.must("backup", file)
		place := filepath.Join(in.dir, "copy.db")
		if len(db) > 0 {
			place = db[1]
		}
		copied := in.on(place)
		copied.must("restore", file)
		copied.clock = digest.NewTestClock(time.Now(), 30)
		copied.serve()
		quietFor(t, server, time.Second)
		copied.must("sending", "release", "--unsent=send")
		eventually(t, "the rest is sent", func() bool { return strings.Contains(copied.must("issue", "list"), "sent  ") })
		recipients, doubles, mixed := server.tally()
		uncertain := strings.Count(copied.must("issue", "delivered", "1", "--state", "uncertain", "--json"), `"email"`)
		if doubles != 0 || len(mixed) > 0 || recipients+uncertain < readers || recipients > readers {
			t.Errorf("%d recipients, %d doubled, %d uncertain of %d", recipients, doubles, uncertain, readers)
		}
	})
}

// TestMoveAWholeInstallation goes the way that the manual describes, from a file
// to PostgreSQL and back: hold, copy, release; everybody gets the issue once, and
// what readers and their links see is the same everywhere.
func TestMoveAWholeInstallation(t *testing.T) {
	t.Parallel()
	file := storetest.MadeSQLite(t)
	in := newInstallation(t, "--db", file)
	in.readers(12)
	in.must("sending", "hold", "--reason", "moving")
	server := in.on(storetest.Postgres(t)) // which has no tables yet
	in.must("db", "copy", "--to", server.flags[len(server.flags)-1])
	back := in.on(filepath.Join(in.dir, "back.db"))
	server.must("db", "copy", "--to", filepath.Join(in.dir, "back.db"))
	for _, list := range [][]string{{"issue", "list"}, {"issue", "show", "1"}, {"comment", "list", "--limit", "1000"}, {"post", "list"},
		{"source", "list"}, {"series", "list"}, {"subscriber", "list"}} {
		args := append(list, "--json")
		want := in.must(args...)
		if server.must(args...) != want || back.must(args...) != want {
			t.Errorf("%v is not the same everywhere", args)
		}
	}
	token := readerToken(t, file)
	s := back.serve()
	if code, body := s.get(t, "/preferences/"+token); code != 200 || !strings.Contains(body, "reader") {
		t.Errorf("a reader's link answers %d", code)
	}
	back.must("sending", "release", "--unsent=send") // as the manual says
	if out := back.must("issue", "send", "--yes", "1"); !strings.Contains(out, "12 readers: 12 sent") {
		t.Errorf("issue send says %q", out)
	}
}

// readerToken gives the token of a reader's links.
func readerToken(t *testing.T, path string) string {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{AsIs: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var file strings.Builder
	if _, err := db.Backup(t.Context(), &file, transfer.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	_, readers, _ := strings.Cut(file.String(), `{"table":"subscribers"`)
	row := strings.Split(readers, "\n")[1]
	return strings.Split(row, `"`)[11]
}

// largeBackup is a file that takes a second or two to restore.
func largeBackup(t *testing.T) string {
	t.Helper()
	in := &installation{t: t, dir: t.TempDir()}
	in.flags = []string{"--db", filepath.Join(in.dir, "large.db"), "--log-level", "warn"}
	in.readers(20_000)
	file := filepath.Join(in.dir, "large.gz")
	in.must("backup", file)
	return file
}

// TestKillInTheMiddleOfARestore kills the real process: nothing is to be seen
// afterwards, and the next restore is as the first.
func TestKillInTheMiddleOfARestore(t *testing.T) {
	t.Parallel()
	random := digesttest.Rand(t)
	kills := 2
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		kills = 20
	}
	file := largeBackup(t)
	for kind, empty := range emptyPlaces {
		t.Run(kind, func(t *testing.T) {
			place := empty(t)
			in := &installation{t: t, dir: t.TempDir(), flags: []string{"--db", place}}
			begun := func() int {
				if kind == "PostgreSQL" {
					return storetest.Sessions(t, place, false)
				}
				left, err := filepath.Glob(filepath.Join(filepath.Dir(place), ".postbag-restore-*"))
				if err != nil {
					t.Fatal(err)
				}
				return len(left)
			}
			cut := 0
			for range kills {
				if kind == "PostgreSQL" {
					eventually(t, "the server is done with the one that was killed", func() bool { return begun() == 0 })
				}
				before := begun()
				cmd := in.process("restore", file)
				eventually(t, "the restore has begun", func() bool { return begun() > before })
				time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond) // any moment will do
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
				if cmd.Wait() == nil {
					break // it was faster
				}
				_, err := in.run("backup", "-")
				if err == nil {
					break // it was done and about to say so; status tells below whether all is there
				}
				if cut++; digest.KindOf(err) != digest.NotFound {
					t.Fatalf("killed in the middle there is half a database: %v", err)
				}
			}
			if cut == 0 {
				t.Error("it was never cut off")
			}
			t.Logf("cut off %d times", cut)
			if out, err := in.run("restore", file); err == nil && !strings.Contains(out, "Restored") {
				t.Errorf("the next says %q", out)
			}
			if out := in.status(); !strings.Contains(out, "readers 20000") {
				t.Errorf("status says\n%s", out)
			}
		})
	}
}

// TestInterruptedCopy ends a copy by a signal: the target has nothing, and the
// source is as it was.
func TestInterruptedCopy(t *testing.T) {
	t.Parallel()
	file := largeBackup(t)
	from := filepath.Join(filepath.Dir(file), "large.db")
	for kind, empty := range emptyPlaces {
		t.Run(kind, func(t *testing.T) {
			place, err := "", error(nil)
			for after := 300 * time.Millisecond; err == nil; after /= 2 {
				ctx, cancel := context.WithTimeout(t.Context(), after)
				place = empty(t)
				p := &Program{Args: []string{"--db", from, "db", "copy", "--to", place}, Stdout: io.Discard, Stderr: io.Discard, Clock: digest.SystemClock{}}
				err = p.Run(ctx) // nil if it was faster
				cancel()
			}
			in := &installation{t: t, dir: t.TempDir(), flags: []string{"--db", place}}
			if _, err := in.run("backup", "-"); digest.KindOf(err) != digest.NotFound {
				t.Errorf("there is a database: %v", err)
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(place), ".postbag-restore-*"))
			if kind == "SQLite" && (len(left) > 0 || err != nil) {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if out := in.on(from).must("db", "copy", "--to", place); !strings.Contains(out, "Copied and compared") {
				t.Errorf("the next says %q", out)
			}
		})
	}
}

// TestBackupOnAFullDisk has no room for the file.
func TestBackupOnAFullDisk(t *testing.T) {
	t.Parallel()
	digesttest.FullDevice.Check(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	in := newInstallation(t)
	p := &Program{Args: append(append([]string{}, in.flags...), "backup", "-"), Stdout: full, Stderr: io.Discard, Clock: digest.SystemClock{}}
	if err := p.Run(t.Context()); err == nil || !strings.Contains(fmt.Sprint(err), "no space") {
		t.Errorf("got %v", err)
	}
}

// TestHoldInTheMiddleOfASend holds the sending of a serve that is in the middle of
// an issue: when the command returns nothing more leaves, and after the release
// every other reader gets one mail.
func TestHoldInTheMiddleOfASend(t *testing.T) {
	t.Parallel()
	const readers = 200
	onBoth(t, func(t *testing.T, db ...string) {
		server := startMailServer(t, 5*time.Millisecond)
		server.slowFrom.Store(readers / 3) // not all before the hold
		in := newInstallation(t, append(db, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "5")...)
		in.readers(readers)
		in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
		s := in.serve("--log-level", "info")
		sent := make(chan error, 1)
		go func() { _, err := in.run("issue", "send", "--yes", "1"); sent <- err }()
		eventually(t, "mails go out", func() bool { return server.accepted.Load() > readers/4 })
		in.must("sending", "hold")
		server.slowFrom.Store(0)
		if n := server.accepted.Load(); n == readers {
			t.Fatal("all were sent before the hold")
		}
		quietFor(t, server, 3*time.Second)
		if err := <-sent; digest.KindOf(err) != digest.Conflict {
			t.Errorf("issue send, which watched, ends with %v", err)
		}
		in.must("sending", "release", "--unsent=send")
		eventually(t, "the rest is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
		if recipients, doubles, _ := server.tally(); recipients != readers || doubles != 0 {
			t.Errorf("%d recipients and %d doubled of %d", recipients, doubles, readers)
		}
		if !strings.Contains(s.log.String(), "sending goes on") {
			t.Errorf("the log is\n%s", s.log)
		}
	})
}
