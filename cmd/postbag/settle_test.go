package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"postbag/subscribers/mail/smtptest"
)

// mailing is an installation whose issue 1 is published and goes to n readers over SMTP.
func mailing(t *testing.T, n int, script func(smtptest.Step) smtptest.Act, flags ...string) (*installation, *smtptest.Server) {
	t.Helper()
	server := smtptest.Start(t, script)
	in := newInstallation(t, append(flags, "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "2")...)
	in.readers(n)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	return in, server
}

// once fails unless each of n readers got so many copies.
func once(t *testing.T, server *smtptest.Server, n, copies int) {
	t.Helper()
	got := server.Copies()
	for i := range n {
		if to := fmt.Sprintf("reader%04d@reader.example", i); got[to] != copies {
			t.Errorf("%s got %d copies, want %d", to, got[to], copies)
		}
	}
}

// TestAPauseForOurFaultIsCured has a server that takes the first messages of an issue
// for spam. Once it takes them, everybody gets theirs, and nobody twice.
func TestAPauseForOurFaultIsCured(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		const readers = 40
		var mended atomic.Bool
		in, server := mailing(t, readers, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "BODY" && !mended.Load() {
				return smtptest.Act{Reply: "550 content rejected as spam"}
			}
			return smtptest.Act{}
		}, db...)
		if out, err := in.run("issue", "send", "--yes", "1"); err == nil || !strings.Contains(err.Error(), "content rejected as spam") {
			t.Fatalf("%v\n%s", err, out)
		}
		if rows := listed[deliveryRow](in, "issue", "delivered", "1", "--state", "failed"); len(rows) != 0 {
			t.Errorf("%d readers are failed", len(rows))
		}
		refused := 0
		for _, r := range listed[deliveryRow](in, "issue", "delivered", "1") {
			if r.State != "queued" {
				t.Errorf("%+v", r)
			}
			if r.Reply == "content rejected as spam" {
				refused++
			}
		}
		if refused < 5 {
			t.Errorf("%d rows keep the server's words", refused)
		}
		mended.Store(true)
		in.must("issue", "resume", "1")
		if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, fmt.Sprintf("%d readers: %[1]d sent.", readers)) {
			t.Error(out)
		}
		once(t, server, readers, 1)
	})
}
