package main

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"postbag/digest/store/storetest"
	"postbag/subscribers/mail/smtptest"
)

// stopTook tells a process to stop and gives how long that took. One that does not end
// by itself is killed, and fails the test.
func stopTook(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(patience):
		cmd.Process.Kill()
		t.Fatal("it does not end")
	}
	return time.Since(began)
}

// wholeStop is how long a stop may take: a service manager may kill what takes longer.
const wholeStop = 10 * time.Second

// stallingMailServer takes some messages, and answers none after them.
func stallingMailServer(t *testing.T, after int64) *mailServer {
	t.Helper()
	s := &mailServer{}
	over := make(chan struct{})
	s.Server = smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "BODY" && s.accepted.Add(1) > after {
			<-over
		}
		return smtptest.Act{}
	})
	t.Cleanup(func() { close(over) }) // before the server waits for its connections
	return s
}

// sendingProcess is a process that serves and is in the middle of a mailing, to a
// server that has stopped answering.
func sendingProcess(t *testing.T, in *installation, log *lockedBuffer) *exec.Cmd {
	t.Helper()
	const readers = 60
	server := stallingMailServer(t, 10)
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--log-level", "info")
	cmd := in.processTo(log, "--listen", "127.0.0.1:0", "serve")
	t.Cleanup(func() { cmd.Process.Kill() })
	eventually(t, "it serves", func() bool { return strings.Contains(log.String(), "serving") })
	go in.run("issue", "send", "--yes", "1")
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > 10 })
	return cmd
}

// TestStopWhilePostgresSaysNothing stops a serve in the middle of a mailing while its
// mail server and its database take everything and answer nothing.
func TestStopWhilePostgresSaysNothing(t *testing.T) {
	t.Parallel()
	door, dsn := storetest.OpenDoor(t, postgres(t)[1])
	in := newInstallation(t, "--db", dsn, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	var log lockedBuffer
	cmd := sendingProcess(t, in, &log)
	// A page waits for the database too.
	page := "http://" + regexp.MustCompile(`address=(127\.0\.0\.1:\d+)`).FindStringSubmatch(log.String())[1] + "/unsubscribe/none"
	door.Hold(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if r, err := http.Get(page); err == nil {
				r.Body.Close()
			}
		}
	}()
	if took := stopTook(t, cmd); took >= wholeStop {
		t.Errorf("it took %v to stop\n%s", took, log.String())
	} else {
		t.Logf("it took %v to stop", took)
	}
}

// TestStopWhileTheFileIsLocked is the same on an SQLite file that another process has
// locked.
func TestStopWhileTheFileIsLocked(t *testing.T) {
	t.Parallel()
	storetest.UseSQLite(t)
	file := filepath.Join(t.TempDir(), "postbag.db")
	in := newInstallation(t, "--db", file, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	var log lockedBuffer
	cmd := sendingProcess(t, in, &log)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := held.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if took := stopTook(t, cmd); took >= wholeStop {
		t.Errorf("it took %v to stop\n%s", took, log.String())
	} else {
		t.Logf("it took %v to stop", took)
	}
}

// TestAnIgnoredHangUpStaysIgnored starts a send as nohup does: it outlives its terminal,
// and another signal ends it.
func TestAnIgnoredHangUpStaysIgnored(t *testing.T) {
	t.Parallel()
	server := startMailServer(t, 0)
	server.slowFrom.Store(5)
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "1")
	in.readers(60)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("nohup", append(append([]string{self}, in.flags...), "issue", "send", "--yes", "1")...)
	cmd.Env = append(os.Environ(), runMain+"=1", "POSTBAG_TESTING=1")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > 7 })
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	seen := server.accepted.Load()
	eventually(t, "more mails go out", func() bool { return server.accepted.Load() > seen+2 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, cmd.Wait(), 128+int(syscall.SIGTERM))
}

// TestSendGoesOnAfterALostLease lets PostgreSQL say nothing for longer than the lease in
// the middle of a mailing: within seconds of its being back the mails go on.
func TestSendGoesOnAfterALostLease(t *testing.T) {
	t.Parallel()
	const readers = 400
	door, dsn := storetest.OpenDoor(t, postgres(t)[1])
	in := newInstallation(t, "--db", dsn, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "3")
	server := startMailServer(t, 0)
	server.slowFrom.Store(10)
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	s := in.serve("--log-level", "info", "--lease", "4s")
	go in.run("issue", "send", "--yes", "1")
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > 20 })
	letGo := door.Hold(t)
	eventually(t, "the lease is lost", func() bool { return strings.Contains(s.log.String(), "the worker stops") })
	seen := server.accepted.Load()
	letGo()
	back := time.Now()
	eventually(t, "mails go on", func() bool { return server.accepted.Load() > seen })
	if took := time.Since(back); took > 20*time.Second {
		t.Errorf("mails went on after %v\n%s", took, s.log.String())
	} else {
		t.Logf("mails went on after %v", took)
	}
}
