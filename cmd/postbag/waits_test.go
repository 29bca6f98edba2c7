package main

import (
	"strings"
	"testing"

	"postbag/digest/digesttest"
	"postbag/subscribers/mail/smtptest"
)

// TestEverythingTellsWhatTheSendingWaitsFor has a mail server that turns every connection
// away: whatever tells of the mailing says so, with its words.
func TestEverythingTellsWhatTheSendingWaitsFor(t *testing.T) {
	t.Parallel()
	const words = "come back when the moon is full"
	server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
		if step.Verb == "CONNECT" {
			return smtptest.Act{Reply: "421 4.7.0 " + words}
		}
		return smtptest.Act{}
	})
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	in.readers(3)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	var log, sends, watches lockedBuffer
	serve := in.processTo(&log, "serve", "--only", "worker")
	t.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
	eventually(t, "the worker is there", func() bool { return strings.Contains(in.status(), "workers at it 1") })
	send := in.processTo(&sends, "issue", "send", "--yes", "1")
	t.Cleanup(func() { _ = send.Process.Kill(); _ = send.Wait() })
	tells := func(said string) bool {
		return strings.Contains(said, "the mail server takes no mail") && strings.Contains(said, words)
	}
	eventually(t, "issue send says it", func() bool { return tells(sends.String()) })
	watch := in.processTo(&watches, "issue", "delivered", "1", "--watch")
	t.Cleanup(func() { _ = watch.Process.Kill(); _ = watch.Wait() })
	eventually(t, "issue delivered --watch says it", func() bool { return tells(watches.String()) })
	for _, command := range []string{"status", "issue show 1", "issue delivered 1", "status --json", "issue list --json"} {
		out := in.must(strings.Fields(command)...)
		if asJSON := strings.HasSuffix(command, "--json"); asJSON && !(strings.Contains(out, `"server"`) && strings.Contains(out, words)) || !asJSON && !tells(out) {
			t.Errorf("postbag %s says:\n%s", command, out)
		}
	}
}

// TestWithdrawnByDomain does not count the readers of a withdrawn issue as those who left.
func TestWithdrawnByDomain(t *testing.T) {
	t.Parallel()
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	in.readers(2)
	if _, err := in.run("--smtp", "smtp://"+digesttest.Nobody(t)+"?tls=none", "issue", "send", "--yes", "1"); err == nil {
		t.Fatal("nobody takes mail")
	}
	in.must("issue", "withdraw", "1", "--yes")
	if out := in.must("issue", "delivered", "1", "--by", "domain", "--json"); !strings.Contains(out, `"withdrawn": 2`) || !strings.Contains(out, `"left": 0`) {
		t.Errorf("the sums are:\n%s", out)
	}
}
