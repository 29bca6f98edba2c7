package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"postbag/subscribers/mail/smtptest"
)

// TestARelayThatKnowsNobody has a relay that refuses every reader as unknown, with real
// processes. The issue pauses and nobody is marked; let go on uncured, all are refused and
// nobody is taken off the list; said to be gone, they are; and there is a way back, after
// which everybody gets the issue once.
func TestARelayThatKnowsNobody(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		const readers = 32
		var cured atomic.Bool
		in, server := mailing(t, readers, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "RCPT" && !cured.Load() {
				return smtptest.Act{Reply: "550 5.1.1 User unknown in local recipient table"}
			}
			return smtptest.Act{}
		}, db...)
		process := func(args ...string) (string, error) {
			var out bytes.Buffer
			err := in.processTo(&out, args...).Wait()
			return out.String(), err
		}
		says := func(want string, args ...string) {
			t.Helper()
			if out, err := process(args...); err != nil || !strings.Contains(out, want) {
				t.Fatalf("%v: %v, wants %q:\n%s", args, err, want, out)
			}
		}
		onList := func(want int) {
			t.Helper()
			says("", "schedule", "run", "refusals")
			if n := len(listed[subscriberRow](in, "suppression", "list")); n != readers-want {
				t.Fatalf("%d are suppressed, and %d are to be on the list", n, want)
			}
		}
		out, err := process("issue", "send", "--yes", "1")
		for _, want := range []string{"User unknown in local recipient table", "none of them was taken off the list", "mydestination"} {
			if err == nil || !strings.Contains(out, want) {
				t.Fatalf("%v, wants %q:\n%s", err, want, out)
			}
		}
		if rows := listed[deliveryRow](in, "issue", "delivered", "1", "--state", "failed"); len(rows) != 0 {
			t.Errorf("%d readers are failed", len(rows))
		}
		onList(readers)
		says("is paused", "status")

		says("", "issue", "resume", "1")
		says(fmt.Sprintf("%d failed", readers), "issue", "send", "--yes", "1")
		onList(readers)
		says("reader.example refused 32 readers as unknown, too many to be believed", "status")
		says("postbag bounce accept 1 --domain reader.example", "status")

		says("32 readers are bounced now", "bounce", "accept", "1", "--domain", "reader.example", "--yes")
		onList(0)
		if out, err := process("suppression", "remove", "--bounced-in", "1"); err == nil || !strings.Contains(out, "--yes") {
			t.Errorf("it does not ask: %v\n%s", err, out)
		}
		says("No reader of other.example", "suppression", "remove", "--bounced-in", "1", "--domain", "other.example", "--yes")
		onList(0)
		says("32 readers are mailed again", "suppression", "remove", "--bounced-in", "1", "--yes")
		onList(readers)

		cured.Store(true)
		says(fmt.Sprintf("%d sent", readers), "issue", "send", "--state", "failed", "--yes", "1")
		once(t, server, readers, 1)
		onList(readers)
		if out, err := process("status"); err != nil || strings.Contains(out, "too many to be believed") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// TestWordsOfWhoLeftByABounce sends again what was refused, once the readers are off the
// list: nothing is sent, and the server's words still tell why.
func TestWordsOfWhoLeftByABounce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in, _ := mailing(t, 4, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "RCPT" {
				return smtptest.Act{Reply: "550 5.1.1 User unknown here"}
			}
			return smtptest.Act{}
		}, db...)
		in.must("issue", "send", "--yes", "1")
		in.must("schedule", "run", "refusals")
		if n := len(listed[subscriberRow](in, "suppression", "list")); n != 4 {
			t.Fatalf("%d are suppressed", n)
		}
		in.must("issue", "settle", "--state", "failed", "--as", "send-again", "--yes", "1")
		in.run("issue", "send", "--yes", "1")
		if rows := listed[deliveryRow](in, "issue", "delivered", "1", "--state", "cancelled"); len(rows) != 4 {
			t.Fatalf("%d mails are cancelled", len(rows))
		}
		if out := in.must("issue", "delivered", "1", "--by", "domain"); !strings.Contains(out, "User unknown here") {
			t.Errorf("it does not say why:\n%s", out)
		}
	})
}

// TestRemovingFromTheSuppressionListNamesOne refuses what names nobody, or both.
func TestRemovingFromTheSuppressionListNamesOne(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	for _, args := range [][]string{{}, {"ada@example.org", "--bounced-in", "1"}, {"ada@example.org", "--domain", "example.org"}} {
		if out, err := in.run(append([]string{"suppression", "remove"}, args...)...); err == nil || !strings.Contains(err.Error(), "--") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
