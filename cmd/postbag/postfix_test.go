package main

import (
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest/store/storetest"
	"postbag/subscribers/mail/postfixtest"
)

// arrived gives how many mails of a Maildir each address has.
func arrived(t *testing.T, dir string) map[string]int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	mails := map[string]int{}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		mails[m.Header.Get("X-Original-To")]++
	}
	return mails
}

// TestRealPostfix mails an issue through a real Postfix, which puts one reader off, knows
// nothing of another, and finds out later that a third is gone: what it reports to the
// return path ends that one's subscription.
func TestRealPostfix(t *testing.T) {
	t.Parallel()
	storetest.UseSQLite(t)
	const readers = 60
	postfix := postfixtest.Start(t, map[string]string{
		"^reader0003@": "450 4.2.0 come back later",
		"^reader0004@": "550 5.1.1 no such user",
	})
	in := newInstallation(t, "--smtp", "smtp://"+postfix.Addr+"?tls=none", "--from", "post@news.example", "--base-url", "https://news.example",
		"--bounce-domain", postfixtest.BounceDomain, "--bounce-maildir", postfix.Bounces)
	in.readers(readers)
	others := filepath.Join(in.dir, "others.csv")
	if err := os.WriteFile(others, []byte("email\njürgen@reader.example\nleft@"+postfixtest.GoneDomain+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in.must("subscriber", "import", "--confirmed", "--consent", "for the test", others)
	cmd := in.process("issue", "send", "--yes", "1")
	defer cmd.Wait()
	defer cmd.Process.Kill() // it waits for the reader who was put off
	type row struct {
		Email, State, Cause, Reply string
		Code                       int
	}
	rows := map[string]row{}
	eventually(t, "every mail but one has its answer", func() bool {
		open := 0
		for _, r := range listed[row](in, "issue", "delivered", "1", "--limit", "1000") {
			if rows[r.Email] = r; r.State != "sent" && r.State != "failed" {
				open++
			}
		}
		return len(rows) == readers+2 && open == 1 && rows["reader0003@reader.example"].State == "deferred"
	})
	for email, r := range rows {
		want := "sent accepted 250"
		switch {
		case strings.HasPrefix(email, "reader0003"):
			want = "deferred try-later 450"
		case strings.HasPrefix(email, "reader0004"):
			want = "failed address-refused 550"
		}
		if got := fmt.Sprintf("%s %s %d", r.State, r.Cause, r.Code); got != want {
			t.Errorf("%s is %s (%s), want %s", email, got, r.Reply, want)
		}
	}
	eventually(t, "all is delivered that Postfix took", func() bool { return len(arrived(t, postfix.Readers)) >= readers-1 })
	for to, n := range arrived(t, postfix.Readers) {
		if n != 1 {
			t.Errorf("%s got %d mails", to, n)
		}
	}
	if n := arrived(t, postfix.Readers)["jürgen@reader.example"]; n != 1 {
		t.Errorf("a reader whose address is not ASCII got %d mails", n)
	}
	eventually(t, "the report is there", func() bool { return len(arrived(t, postfix.Bounces)) == 1 })
	in.must("schedule", "run", "bounces")
	eventually(t, "the reader who is gone is bounced", func() bool {
		return strings.Contains(in.must("subscriber", "show", "left@"+postfixtest.GoneDomain), "bounced")
	})
	if out := in.must("bounce", "list"); !strings.Contains(out, "left@"+postfixtest.GoneDomain) || !strings.Contains(out, "5.1.1") {
		t.Errorf("bounce list says\n%s", out)
	}
}
