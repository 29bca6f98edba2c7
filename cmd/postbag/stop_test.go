package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/sampleblog"
)

// TestStoppedSend tells a real process to stop while it mails: its status is a shell's
// for the signal, it says what has gone out and how to go on, and going on sends the
// rest.
func TestStoppedSend(t *testing.T) {
	t.Parallel()
	const readers = 60
	for signal, status := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			server := startMailServer(t, 0)
			server.slowFrom.Store(5)
			in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "1")
			in.readers(readers)
			in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
			var said lockedBuffer
			cmd := in.processTo(&said, "issue", "send", "--yes", "1")
			eventually(t, "mails go out", func() bool { return server.accepted.Load() > 7 })
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			wantStatus(t, cmd.Wait(), status)
			for _, want := range []string{" sent, ", " queued", "What was on the wire is recorded, and the rest is still queued.", "Send it: postbag issue send 1"} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, said.String())
				}
			}
			server.slowFrom.Store(0)
			in.must("issue", "send", "--yes", "1")
			if recipients, doubles, _ := server.tally(); recipients != readers || doubles != 0 {
				t.Errorf("%d recipients and %d doubles", recipients, doubles)
			}
		})
	}
}

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != status {
		t.Errorf("the process ended with %v, want status %d", err, status)
	}
}

// TestStoppedServe stops a real serve by Ctrl-C: that is how it ends, and no failure.
func TestStoppedServe(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil)
	var log lockedBuffer
	cmd := in.processTo(&log, "--listen", "127.0.0.1:0", "--log-level", "info", "serve")
	eventually(t, "it serves", func() bool { return strings.Contains(log.String(), "serving") })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
}

// TestDamagedBackupIsAFailure restores a backup that is cut off, and one in which a
// byte is another: the file is at fault, not how the program was called.
func TestDamagedBackupIsAFailure(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil)
	whole := filepath.Join(in.dir, "whole.gz")
	in.must("backup", whole)
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	for name, text := range map[string][]byte{"cut off": good[:len(good)/2], "with another byte": flipped, "empty": nil, "words": []byte("Not a backup at all.")} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "damaged.gz")
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"restore", "--check", file}, {"--db", filepath.Join(t.TempDir(), "new.db"), "restore", file}} {
				_, err := in.run(args...)
				if status := (&Program{Stderr: t.Output()}).Report(err); status != exitFailed || len(hintLines(err)) == 0 {
					t.Errorf("postbag %s ends with status %d, %v", strings.Join(args, " "), status, err)
				}
			}
		})
	}
}

// TestRestoreFromAPipe says what to do instead, and checks a backup from there.
func TestRestoreFromAPipe(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil)
	whole := filepath.Join(in.dir, "whole.gz")
	in.must("backup", whole)
	backup, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(t.TempDir(), "new.db")
	restore := func(args ...string) error {
		t.Helper()
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var writing sync.WaitGroup
		writing.Go(func() {
			w.Write(backup) // it fails where nobody reads it
			w.Close()
		})
		_, err = in.run(append(args, fmt.Sprint("/dev/fd/", r.Fd()))...)
		r.Close()
		writing.Wait()
		return err
	}
	err = restore("--db", db, "restore")
	if digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), "is a pipe") || len(hintLines(err)) == 0 {
		t.Errorf("restoring gives %v", err)
	}
	if _, err := os.Stat(db); err == nil {
		t.Error("a database was made")
	}
	if err := restore("restore", "--check"); err != nil {
		t.Errorf("checking gives %v", err)
	}
}

// slowlyAnswering is an installation with a drafted issue, of a blog that answers
// nothing any more until release is called.
func slowlyAnswering(t *testing.T) (in *installation, release func()) {
	t.Helper()
	blog := sampleblog.New(time.Now())
	gate := make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	var slow atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slow.Load() {
			select {
			case <-gate:
			case <-r.Context().Done():
			}
		}
		blog.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(release)
	in = following(t, digest.SystemClock{}, server.URL)
	in.must("pull")
	in.must("issue", "draft")
	in.must("issue", "pick", "--suggested")
	slow.Store(true)
	return in, release
}

// TestLongCheckSaysWhatItDoes approves an issue of a blog that answers slowly: a line
// tells what is waited for.
func TestLongCheckSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	in, release := slowlyAnswering(t)
	var said lockedBuffer
	cmd := in.processTo(&said, "issue", "approve")
	defer cmd.Process.Kill()
	eventually(t, "it says what it does", func() bool {
		return strings.Contains(said.String(), "asking the blogs whether 20 picks are still there, which may take a minute")
	})
	release()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("approving gives %v\n%s", err, said.String())
		}
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}
