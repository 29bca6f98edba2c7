package main

import (
	"strings"
	"testing"

	"postbag/digest/digesttest"
)

// TestPausedSend pauses and resumes an issue while a real process mails it, without a
// worker, and another watches: both see it through.
func TestPausedSend(t *testing.T) {
	t.Parallel()
	const readers = 60
	server := startMailServer(t, 0)
	server.slowFrom.Store(5)
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "1")
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	var sends, watches lockedBuffer
	sending := in.processTo(&sends, "issue", "send", "--yes", "1")
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > 7 })
	watching := in.processTo(&watches, "--log-level", "debug", "issue", "send", "--yes", "1")
	eventually(t, "the other watches", func() bool { return strings.Contains(watches.String(), "a worker is there, and sends") })
	in.must("issue", "pause", "1")
	eventually(t, "both say that it is paused", func() bool {
		return strings.Contains(sends.String(), "issue 1 is paused; this waits") && strings.Contains(watches.String(), "issue 1 is paused; this waits")
	})
	server.slowFrom.Store(0)
	if out, errors := in.streams("issue", "resume", "1"); strings.Contains(out+errors, "no worker runs") {
		t.Errorf("resume says beside a process that waits for it:\n%s%s", out, errors)
	}
	for what, cmd := range map[string]interface{ Wait() error }{"who sends": sending, "who watches": watching} {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", what, err, sends.String(), watches.String())
		}
	}
	for _, said := range []string{sends.String(), watches.String()} {
		if !strings.Contains(said, "the sending of issue 1 goes on") || !strings.Contains(said, "60 readers: 60 sent") {
			t.Errorf("it says:\n%s", said)
		}
	}
	if recipients, doubles, _ := server.tally(); recipients != readers || doubles != 0 {
		t.Errorf("%d recipients and %d doubles", recipients, doubles)
	}
}

// TestResumeWithoutAWorker says that nobody goes on with an issue that was resumed, and
// how to let it.
func TestResumeWithoutAWorker(t *testing.T) {
	t.Parallel()
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	in.readers(2)
	if _, err := in.run("--smtp", "smtp://"+digesttest.Nobody(t)+"?tls=none", "issue", "send", "--yes", "1"); err == nil {
		t.Fatal("nobody takes mail")
	}
	in.must("issue", "pause", "1")
	if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "Sending is paused: ") || !strings.Contains(out, " paused it at ") || !strings.Contains(out, "postbag issue resume 1") {
		t.Errorf("issue send says of a paused issue:\n%s", out)
	}
	_, errors := in.streams("issue", "resume", "1")
	if !strings.Contains(errors, "no worker runs on this database") || !strings.Contains(errors, "postbag issue send 1") {
		t.Errorf("resume says:\n%s", errors)
	}
}
