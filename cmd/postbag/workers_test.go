package main

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// TestWorkersShareAMailing mails one issue from two real workers: both take part.
// One is killed in the middle; the other goes on, and nobody is missing.
func TestWorkersShareAMailing(t *testing.T) {
	t.Parallel()
	const connections, readers = 4, 1200
	server := startMailServer(t, 5*time.Millisecond)
	in := newInstallation(t, append(postgres(t), "--from", "editor@news.example.org", "--base-url", "https://news.example.org",
		"--concurrency", strconv.Itoa(connections), "--lease", "4s", "--log-level", "info")...)
	in.readers(readers)
	// A minute of waiting after a doubt passes in two seconds.
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none",
		"--test-clock", time.Now().UTC().Format(time.RFC3339)+",30")
	logs := []*worn{{}, {}}
	for _, w := range logs {
		w.cmd = in.processTo(&w.log, "serve", "--only", "worker")
	}
	t.Cleanup(func() { _ = logs[1].cmd.Process.Kill() })
	eventually(t, "both work", func() bool { return strings.Count(in.status(), "workers at it 2") == 1 })
	in.flags = in.flags[:len(in.flags)-2]
	sent := make(chan error, 1)
	go func() { _, err := in.run("issue", "send", "--yes", "1"); sent <- err }()
	eventually(t, "both have connections open", func() bool { return server.Steps("CONNECT") >= 2*connections })
	server.killed(t, logs[0].cmd, readers/8)
	eventually(t, "the issue is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
	if err := <-sent; err != nil {
		t.Error(err)
	}
	recipients, doubles, mixed := server.tally()
	t.Logf("%d accepted, %d recipients, %d doubled", server.accepted.Load(), recipients, doubles)
	if recipients != readers || doubles > connections || len(mixed) > 0 {
		t.Errorf("%d recipients, %d doubled, %v with another Message-ID", recipients, doubles, mixed)
	}
	if err := logs[1].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := logs[1].cmd.Wait(); err != nil {
		t.Errorf("the worker ended with %v", err)
	}
}

// TestStoppedWorkerHandsBack stops a worker in the middle of a mailing: another
// goes on at once, without waiting for a lease to run out, and nothing is doubled.
func TestStoppedWorkerHandsBack(t *testing.T) {
	t.Parallel()
	const readers = 400
	server := startMailServer(t, 5*time.Millisecond)
	in := newInstallation(t, append(postgres(t), "--from", "editor@news.example.org", "--base-url", "https://news.example.org",
		"--concurrency", "2", "--lease", "10m")...)
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	first := in.serve()
	sent := make(chan error, 1)
	go func() { _, err := in.run("issue", "send", "--yes", "1"); sent <- err }()
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > readers/4 })
	in.serve()
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if recipients, doubles, _ := server.tally(); recipients != readers || doubles > 0 {
		t.Errorf("%d recipients, %d doubled", recipients, doubles)
	}
}

// TestRolesApart runs the pages and the worker in two processes: who signs up on
// the one gets mail from the other.
func TestRolesApart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in := newInstallation(t, db...)
		in.readers(3)
		web := in.serve("--only", "web")
		if out := in.status(); !strings.Contains(out, "workers at it 0") {
			t.Errorf("the pages count as a worker:\n%s", out)
		}
		if code, _ := web.get(t, "/issues/1"); code != http.StatusOK {
			t.Errorf("the issue's page answers %d", code)
		}
		w := &worn{}
		w.cmd = in.processTo(&w.log, "serve", "--only", "worker")
		t.Cleanup(func() { _ = w.cmd.Process.Kill(); _ = w.cmd.Wait() })
		eventually(t, "the worker is there", func() bool { return strings.Contains(in.status(), "workers at it 1") })
		if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "3 readers: 3 sent") {
			t.Errorf("issue send says %q", out)
		}
		if out := in.must("schedule", "run", "clean-up"); !strings.Contains(out, "clean-up is done. Next: ") {
			t.Errorf("schedule run says %q", out)
		}
	})
}

// TestScheduleCommands lists what is done by itself and does it by hand, without
// a worker.
func TestScheduleCommands(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in := draftedInstallation(t, digest.NewTestClock(time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC), 1), db...)
		in.must("series", "set", "--zone", "Europe/London", "--schedule", "30 1 * * 0") // clocks go forward on 29 March
		list := in.must("schedule", "list")
		for _, want := range []string{
			"deadline:pick-of-the-week  Sun 2026-03-22 01:30 GMT", "clean-up                   now", "index                      now", "pull:1                     Fri 2026-03-20 1",
			"draft:pick-of-the-week     -", "deliver:pick-of-the-week   -",
		} {
			if !strings.Contains(list, want) {
				t.Errorf("%q is not in\n%s", want, list)
			}
		}
		if out := in.must("schedule", "run", "clean-up"); !strings.Contains(out, "Next: Fri 2026-03-20 13:0") {
			t.Errorf("schedule run says %q", out)
		}
		in.clock = digest.NewTestClock(time.Date(2026, 3, 20, 12, 10, 0, 0, time.UTC), 1)
		if out := in.must("schedule", "run", "pull:1"); !strings.Contains(out, "pull:1 is done. Next: Fri 2026-03-20 13:") {
			t.Errorf("schedule run says %q", out)
		}
		if list := in.must("schedule", "list", "--json"); !strings.Contains(list, `"last_done": "2026-03-20T12:1`) {
			t.Errorf("the run is not told:\n%s", list)
		}
		for wrong, kind := range map[string]digest.Kind{"nothing": digest.NotFound, "backup": digest.Invalid,
			"deadline:pick-of-the-week": digest.Invalid, "deliver:pick-of-the-week": digest.Invalid} {
			if _, err := in.run("schedule", "run", wrong); digest.KindOf(err) != kind || len(hintLines(err)) == 0 {
				t.Errorf("schedule run %s gives %v", wrong, err)
			}
		}
	})
}

// TestScheduleRunAfterKill asks for a duty when the only worker was killed, and
// has it done once that one's lease is over.
func TestScheduleRunAfterKill(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil, "--db", storetest.MadePostgres(t), "--lease", "2s")
	w := &worn{}
	w.cmd = in.processTo(&w.log, "serve", "--only", "worker")
	eventually(t, "the worker has done its first round", func() bool {
		return strings.Contains(in.status(), "workers at it 1") && !strings.Contains(in.must("schedule", "list"), " now ")
	})
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = w.cmd.Wait() // it was killed
	began := time.Now()
	if out := in.must("schedule", "run", "clean-up"); !strings.Contains(out, "clean-up is done. Next: ") {
		t.Errorf("schedule run says %q", out)
	}
	if took := time.Since(began); took > patience {
		t.Errorf("it took %s", took)
	}
}
