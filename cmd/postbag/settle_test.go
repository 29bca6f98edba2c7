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

// TestWhatIsInDoubtIsSettled leaves a whole mailing in doubt, as a release does when
// another copy may have sent it, says of one reader that the mail arrived and of one that
// it is given up, and sends it to the rest but one who left. Then it sends one of the
// refused again, of an issue that was sent.
func TestWhatIsInDoubtIsSettled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		const readers = 12
		var mended atomic.Bool
		in, server := mailing(t, readers, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "BODY" && !mended.Load() {
				return smtptest.Act{Reply: "550 content rejected as spam"}
			}
			return smtptest.Act{}
		}, db...)
		if _, err := in.run("issue", "send", "--yes", "1"); err == nil {
			t.Fatal("it is not paused")
		}
		mended.Store(true)
		in.must("sending", "hold")
		if out := in.must("sending", "release", "--unsent=uncertain"); !strings.Contains(out, "postbag issue send 1 --state uncertain") {
			t.Error(out)
		}
		if _, err := in.run("issue", "settle", "1", "--as", "send-again"); err == nil || !strings.Contains(strings.Join(hintLines(err), " "), "--yes") {
			t.Errorf("without a yes: %v", err)
		}
		if out := in.must("issue", "settle", "1", "--as", "sent", "--reader", "reader0000@reader.example", "--yes"); !strings.Contains(out, "1 mail of Pick of the Week 1") || !strings.Contains(out, "11 uncertain") {
			t.Error(out)
		}
		in.must("issue", "settle", "1", "--as", "not-sent", "--reader", "reader0001@reader.example", "--yes")
		if _, err := in.run("issue", "settle", "1", "--as", "sent", "--reader", "nobody@reader.example", "--yes"); err == nil {
			t.Error("a reader that is none is taken")
		}
		in.must("suppression", "add", "reader0002@reader.example")
		out := in.must("issue", "send", "1", "--state", "uncertain", "--yes")
		if !strings.Contains(out, "10 mails of Pick of the Week 1: in doubt") || !strings.Contains(out, "9 readers") || !strings.Contains(out, "10 sent, 1 failed, 1 cancelled") {
			t.Error(out)
		}
		if out := in.must("issue", "list"); !strings.Contains(out, "sent  ") {
			t.Error(out)
		}
		if out := in.must("issue", "settle", "1", "--as", "sent", "--yes"); !strings.Contains(out, "nothing was done") {
			t.Error(out)
		}
		out = in.must("issue", "settle", "1", "--state", "failed", "--as", "send-again", "--yes")
		if !strings.Contains(out, "1 mail is queued again") {
			t.Error(out)
		}
		if out := in.must("issue", "send", "1", "--yes"); !strings.Contains(out, "11 sent, 1 cancelled") {
			t.Error(out)
		}
		if out := in.must("issue", "delivered", "1", "--watch"); out != "12 of 12 done: 11 sent, 0 deferred, 0 refused, 0 in doubt\n" {
			t.Error(out)
		}
		sums := listed[domainRow](in, "issue", "delivered", "1", "--by", "domain")
		if len(sums) != 1 || sums[0].Domain != "reader.example" || sums[0].Mails != readers || sums[0].Sent != 11 || sums[0].Left != 1 {
			t.Errorf("%+v", sums)
		}
		if _, err := in.run("issue", "delivered", "1", "--by", "domain", "--state", "sent"); err == nil {
			t.Error("--by with --state is taken")
		}
		if out := in.must("audit"); strings.Count(out, "decided about mails of issue 1") != 4 {
			t.Error(out)
		}
		for i := range readers {
			want := 1
			if i == 0 || i == 2 {
				want = 0 // said to have arrived; left
			}
			if to := fmt.Sprintf("reader%04d@reader.example", i); server.Copies()[to] != want {
				t.Errorf("%s got %d copies, want %d", to, server.Copies()[to], want)
			}
		}
	})
}
