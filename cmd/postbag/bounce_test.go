package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/subscribers/mail/smtptest"
)

// report is a delivery report to an address about a mail.
func deliveryReport(to, action, status string) string {
	return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: " + to + "\nSubject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
		"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\nFinal-Recipient: rfc822; somebody@forwarded.test\nAction: " + action +
		"\nStatus: " + status + "\nDiagnostic-Code: smtp; 550 " + status + " their words\n--b--\n"
}

// piped runs a command with a message on its standard input.
func (in *installation) piped(message string, args ...string) (string, error) {
	var out bytes.Buffer
	p := &Program{Args: append(append([]string{}, in.flags...), args...), Stdin: strings.NewReader(message), Stdout: &out, Stderr: &out, Clock: in.now()}
	err := p.Run(context.Background())
	if err != nil {
		if status := p.Report(err); status != exitTemporary {
			in.t.Errorf("postbag %s ends with %d: %v", strings.Join(args, " "), status, err)
		}
	}
	return out.String(), err
}

// TestBounces mails an issue over SMTP with return paths, and takes what comes back by
// each way in.
func TestBounces(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in := newInstallation(t, db...)
		in.readers(8)
		server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "RCPT" && strings.HasPrefix(step.Arg, "reader0007") {
				return smtptest.Act{Reply: "550 5.1.1 no such user"}
			}
			return smtptest.Act{}
		})
		box := filepath.Join(in.dir, "bounces")
		for _, sub := range []string{"new", "cur", "tmp"} {
			if err := os.MkdirAll(filepath.Join(box, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--from", "post@news.example", "--base-url", "https://news.example",
			"--bounce-domain", "Bounces.News.example", "--bounce-maildir", box)
		in.must("issue", "send", "--yes", "1")
		paths, mails := map[string]string{}, map[string]string{}
		for _, m := range server.Taken() {
			reader, _, _ := strings.Cut(m.To, "@")
			paths[reader], mails[reader] = m.From, string(m.Data)
			if !strings.HasPrefix(m.From, "bounce+") || !strings.HasSuffix(m.From, "@bounces.news.example") {
				t.Errorf("the mail to %s is from %s", m.To, m.From)
			}
		}
		if len(paths) != 7 || paths["reader0000"] == paths["reader0001"] {
			t.Fatalf("the return paths are %v", paths)
		}
		says := func(message, want string, args ...string) {
			t.Helper()
			out, err := in.piped(message, append([]string{"bounce"}, args...)...)
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("it says %q, %v; want %q", out, err, want)
			}
		}
		says(deliveryReport(paths["reader0000"], "failed", "5.1.1"), "hard: reader0000@reader.example is bounced now")
		says(deliveryReport(paths["reader0000"], "failed", "5.1.1"), "hard of reader0000@reader.example is known already")
		says(deliveryReport("list@news.example", "failed", "4.2.2"), "soft of reader0001@reader.example is kept", "--to", paths["reader0001"])
		says(deliveryReport(paths["reader0002"], "delayed", "4.4.1"), "delayed of reader0002")
		says(deliveryReport("bounce+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bounces.news.example", "failed", "5.1.1"), "Nothing is changed")
		says("From: ann@reader.example\nSubject: Re: Pick\n\nThank you.\n", "It is no bounce (other)")
		_, rest, _ := strings.Cut(mails["reader0003"], "mailto:")
		leave, _, _ := strings.Cut(rest, ">")
		says("From: anybody@else.example\nTo: "+leave+"\n\n", "unsubscribe: reader0003@reader.example is unsubscribed now")

		for name, message := range map[string]string{
			"1": "To: fbl@news.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <" + paths["reader0004"] + ">\n--b\nContent-Type: text/rfc822-headers\n\nTo: redacted\n--b--\n",
			"2": "Content-Type: multipart/encrypted; boundary=b\n\n--b--\n",
			"3": deliveryReport(paths["reader0005"], "failed", "5.7.1"),
		} {
			if err := os.WriteFile(filepath.Join(box, "new", name), []byte(message), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		in.must("schedule", "run", "bounces")
		in.must("schedule", "run", "refusals")
		if _, err := os.Stat(filepath.Join(box, ".Unknown", "cur", "2:2,")); err != nil {
			t.Error(err)
		}
		var events []bounceRow
		if err := json.Unmarshal([]byte(in.must("bounce", "list", "--issue", "1", "--json")), &events); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range events {
			got[e.Email] = fmt.Sprint(e.Kind, " ", e.Status, " ", e.Source, " ", e.Became, e.Counted, e.Number)
		}
		want := map[string]string{
			"reader0000@reader.example": "hard 5.1.1 pipe bounced true 1", "reader0001@reader.example": "soft 4.2.2 pipe true 1", "reader0002@reader.example": "delayed 4.4.1 pipe false 1",
			"reader0004@reader.example": "complaint  maildir complained true 1", "reader0005@reader.example": "policy 5.7.1 maildir false 1", "reader0007@reader.example": "hard 5.1.1 smtp bounced true 1",
		}
		if strings.ReplaceAll(fmt.Sprint(got), " ", "") != strings.ReplaceAll(fmt.Sprint(want), " ", "") {
			t.Errorf("the events are\n%v\nwant\n%v", got, want)
		}
		if out := in.must("issue", "delivered"); !strings.Contains(out, "What came back: 2 addresses do not exist any more; 1 was given up for a reason that may pass; 1 was refused for what it is or where it came from; 1 reader called it spam.") {
			t.Errorf("issue delivered says %s", out)
		}
		if out := in.must("subscriber", "show", "reader0000@reader.example"); !strings.Contains(out, "What came back:") || !strings.Contains(out, "550 5.1.1 their words") {
			t.Errorf("subscriber show says %s", out)
		}
		if out := in.must("bounce", "list", "--reader", "reader0003@reader.example"); !strings.Contains(out, "unsubscribe") {
			t.Errorf("bounce list says %s", out)
		}
		in.must("suppression", "remove", "reader0000@reader.example")
	})
}

// TestAMailServerTriesAgain wants the status by which a mail server keeps the message.
func TestAMailServerTriesAgain(t *testing.T) {
	in := &installation{t: t, dir: t.TempDir(), flags: []string{"--db", filepath.Join(t.TempDir(), "none.db")}}
	if out, err := in.piped(deliveryReport("x", "failed", "5.1.1"), "bounce"); err == nil {
		t.Errorf("without a database it says %q", out)
	}
	in.flags = append(in.flags, "--rate=-1")
	if out, err := in.piped("", "bounce", "take"); err == nil {
		t.Errorf("with a wrong setting it says %q", out)
	}
	if _, err := in.run("bounce", "list"); err == nil || errors.As(err, &temporary{}) {
		t.Errorf("a listing ends with %v", err)
	}
}
