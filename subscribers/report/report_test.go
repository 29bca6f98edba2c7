package report_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"postbag/subscribers"
	"postbag/subscribers/report"
)

const (
	token = "abcdefghijklmnopqrstuvwxyz"
	path  = "bounce+mzxw6ytboi4dcmrtgq2tmnzyha4dcmrtgq2tmnzy@bounces.example.org"
)

// original is the header of one of our mails, as it is returned.
const original = "Return-Path: <" + path + ">\nFrom: Harbour <post@example.org>\nTo: ann@reader.test\nSubject: Pick of the Week 7\n" +
	"Message-ID: <0123456789abcdef0123456789abcdef@example.org>\nList-Unsubscribe: <https://news.example.org/unsubscribe/" + token + ">\n"

// dsn is a delivery report with these groups of fields about recipients.
func dsn(groups ...string) string {
	return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: " + path + "\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"a.b/c\"\n\nThis is a MIME message.\n\n--a.b/c\nContent-Type: text/plain\n\nI am sorry. 5.1.1 is only said here.\n\n" +
		"--a.b/c\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0000\n\n" + strings.Join(groups, "\n\n") +
		"\n\n--a.b/c\nContent-Type: text/rfc822-headers\n\n" + original + "\n--a.b/c--\n"
}

func group(action, status, diagnostic string) string {
	g := "Final-Recipient: rfc822; ann@forwarded.test\nOriginal-Recipient: rfc822;ann@reader.test\nAction: " + action + "\nStatus: " + status
	if diagnostic != "" {
		g += "\nDiagnostic-Code: " + diagnostic
	}
	return g
}

func read(t testing.TB, message string, to ...string) report.Report {
	t.Helper()
	r, err := report.Read(iotest.HalfReader(strings.NewReader(message)), to...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDeliveryReports holds what an action with a status means.
func TestDeliveryReports(t *testing.T) {
	for _, c := range []struct {
		action, status, diagnostic string
		kind                       report.Kind
		say                        string
	}{
		{"failed", "5.1.1", "smtp; 550 5.1.1 <ann@reader.test>: Recipient address rejected: User unknown", report.Hard, "5.1.1 550"},
		{"Failed", "5.1.1 (bad destination)", "", report.Hard, "5.1.1 0"},
		{"failed", "5.1.2", "", report.Hard, "5.1.2 0"},
		{"failed", "5.1.10", "smtp; 556 5.1.10 null MX", report.Hard, "5.1.10 556"},
		{"failed", "5.2.1", "", report.Hard, "5.2.1 0"},
		{"failed", "5.2.2", "smtp; 552-5.2.2 over quota", report.Soft, "5.2.2 552"},
		{"failed", "5.2.3", "", report.Policy, "5.2.3 0"},
		{"failed", "5.3.4", "", report.Policy, "5.3.4 0"},
		{"failed", "5.4.4", "", report.Soft, "5.4.4 0"},
		{"failed", "5.6.1", "", report.Policy, "5.6.1 0"},
		{"failed", "5.7.1", "smtp; 550 5.7.1 no such user, says our filter", report.Policy, "5.7.1 550"},
		{"failed", "5.7.26", "", report.Policy, "5.7.26 0"},
		{"failed", "5.1.8", "", report.Policy, "5.1.8 0"},
		{"failed", "4.4.7", "smtp; 451 4.4.7 expired", report.Soft, "4.4.7 451"},
		{"failed", "4.2.2", "", report.Soft, "4.2.2 0"},
		{"failed", "4.7.1", "smtp; 451 4.7.1 greylisted", report.Policy, "4.7.1 451"},
		{"failed", "5.0.0", "smtp; 550 5.1.1 no such user", report.Hard, "5.1.1 550"},
		{"failed", "5.0.0", "smtp; 550 no such user here", report.Soft, "5.0.0 550"},
		{"failed", "", "smtp; 550 5.1.1 no such user", report.Hard, "5.1.1 550"},
		{"failed", "5.1.1", "X-Postfix; unknown user", report.Hard, "5.1.1 0"},
		{"delayed", "4.4.1", "smtp; 451 5.1.1 whatever", report.Delayed, "4.4.1 451"},
		{"delayed", "5.1.1", "", report.Delayed, "5.1.1 0"},
		{"delivered", "2.0.0", "", report.Other, "2.0.0 0"},
		{"relayed", "2.0.0", "", report.Other, "2.0.0 0"},
		{"expanded", "2.0.0", "", report.Other, "2.0.0 0"},
		{"", "5.1.1", "", report.Hard, "5.1.1 0"},
		{"", "4.4.1", "", report.Delayed, "4.4.1 0"},
		{"failed", "nonsense", "", report.Soft, " 0"},
		{"failed", "5.1.1.7", "", report.Soft, " 0"},
		{"failed", "5.-1.1", "", report.Soft, " 0"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			r := read(t, strings.ReplaceAll(dsn(group(c.action, c.status, c.diagnostic)), "\n", end))
			if got := fmt.Sprint(r.Status, " ", r.Code); r.Kind != c.kind || got != c.say || r.Unread || r.OldStyle {
				t.Errorf("%s %s %q is %s, %s; want %s, %s", c.action, c.status, c.diagnostic, r.Kind, got, c.kind, c.say)
			}
			if r.Token != token || r.MessageID != "0123456789abcdef0123456789abcdef@example.org" || len(r.ReturnPaths) != 2 || r.ReturnPaths[0] != path {
				t.Errorf("the mail is %q %q %q", r.Token, r.MessageID, r.ReturnPaths)
			}
			if len(r.Recipients) != 1 || r.Recipients[0].Address != "ann@reader.test" {
				t.Errorf("the recipients are %+v", r.Recipients)
			}
		}
	}
}

func TestReportsOfSeveral(t *testing.T) {
	r := read(t, dsn(group("delivered", "2.0.0", ""), group("failed", "5.1.1", "smtp; 550 5.1.1 gone"), group("failed", "4.2.2", "")))
	if len(r.Recipients) != 3 || r.Kind != report.Hard || r.Status != "5.1.1" {
		t.Errorf("got %+v", r)
	}
	if m := report.Mildest(r.Recipients); m.Kind != report.Other {
		t.Errorf("the mildest is %+v", m)
	}
	if r := read(t, dsn(strings.Repeat(group("failed", "5.1.1", "")+"\n\n", 5000))); len(r.Recipients) != 100 {
		t.Errorf("%d recipients", len(r.Recipients))
	}
}

// TestEncodedReports has a report in other clothes: encoded, for addresses beyond ASCII,
// in a list's wrapping, in a mailbox file, cut off.
func TestEncodedReports(t *testing.T) {
	status := "Reporting-MTA: dns; mx.test\n\n" + group("failed", "5.1.1", "")
	plain := dsn(group("failed", "5.1.1", ""))
	for name, message := range map[string]string{
		"base64":           strings.Replace(plain, "Content-Type: message/delivery-status\n\n", "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(status))+"\n\n--a.b/c\nContent-Type: text/plain\n\n", 1),
		"quoted-printable": strings.Replace(strings.Replace(plain, "Content-Type: message/delivery-status\n\n", "Content-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n", 1), "Status: 5.1.1", "Status: 5.1=2E1", 1),
		"global":           strings.ReplaceAll(strings.ReplaceAll(plain, "message/delivery-status", "message/global-delivery-status"), "rfc822;ann@reader.test", "utf-8;ann@reader.test"),
		"folded":           strings.Replace(plain, "Action: failed", "Action:\n  failed", 1),
		"from a mailbox":   "From MAILER-DAEMON Mon Mar  2 10:00:00 2026\n" + plain,
		"in a wrapping":    "Content-Type: multipart/mixed; boundary=outer\nTo: " + path + "\n\n--outer\nContent-Type: multipart/report; boundary=\"a.b/c\"\n\n" + plain[strings.Index(plain, "--a.b/c"):] + "\n--outer--\n",
		"cut off":          plain[:strings.Index(plain, "\n--a.b/c\nContent-Type: text/rfc822-headers")],
		"with bad fields":  strings.Replace(plain, "MIME-Version: 1.0\n", "MIME-Version: 1.0\nno field\n: none\n\xff\xfe: x\n", 1),
	} {
		if r := read(t, message); r.Kind != report.Hard || r.Status != "5.1.1" || len(r.Recipients) == 0 || r.Recipients[0].Address != "ann@reader.test" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func complaint(kind string) string {
	return "From: fbl@provider.test\nTo: abuse@example.org\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nA complaint.\n\n" +
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: " + kind + "\nUser-Agent: Provider/1.0\nVersion: 1\nOriginal-Mail-From: <" + path + ">\nOriginal-Rcpt-To: <redacted>\n\n" +
		"--b\nContent-Type: message/rfc822\n\n" + strings.ReplaceAll(original, "ann@reader.test", "redacted") + "\nThe mail.\n--b--\n"
}

func TestComplaints(t *testing.T) {
	for kind, want := range map[string]report.Kind{
		"abuse": report.Complaint, "Abuse": report.Complaint, "fraud": report.Complaint, "opt-out": report.Complaint,
		"not-spam": report.Other, "virus": report.Other, "auth-failure": report.Other, "": report.Other,
	} {
		r := read(t, complaint(kind))
		if r.Kind != want {
			t.Errorf("%q is %s, want %s", kind, r.Kind, want)
		}
		if r.Token != token || len(r.ReturnPaths) != 2 || len(r.Recipients) != 0 {
			t.Errorf("a complaint with redacted addresses is about %q %q %v", r.Token, r.ReturnPaths, r.Recipients)
		}
	}
}

// TestWhatIsNoBounce has messages that come to the address of bounces and say nothing of
// the reader's.
func TestWhatIsNoBounce(t *testing.T) {
	mdn := "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message was displayed.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@reader.test\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
	for name, c := range map[string]struct {
		message string
		kind    report.Kind
	}{
		"out of office, marked":    {"From: ann@reader.test\nAuto-Submitted: auto-replied\nSubject: Re: Pick\n\nAway. 550 5.1.1\n", report.AutoReply},
		"out of office, unmarked":  {"From: ann@reader.test\nSubject: Out of Office: Pick\n\nAway.\n", report.AutoReply},
		"in German, encoded":       {"From: ann@reader.test\nSubject: =?utf-8?Q?Automatische_Antwort=3A?= Pick\n\nWeg.\n", report.AutoReply},
		"of an old program":        {"From: ann@reader.test\nPrecedence: auto_reply\nSubject: Re: Pick\n\nAway.\n", report.AutoReply},
		"with an empty path":       {"Return-Path: <>\nFrom: ann@reader.test\nSubject: Re: Pick\n\nAway.\n", report.AutoReply},
		"auto-submitted no":        {"From: ann@reader.test\nAuto-Submitted: no\nSubject: Re: Pick\n\nThank you!\n", report.Other},
		"an answer":                {"From: ann@reader.test\nSubject: Re: Pick\n\nThank you! My other box says 550 5.1.1 user unknown.\n", report.Other},
		"an answer of a robot":     {"From: postmaster@reader.test\nReturn-Path: <postmaster@reader.test>\nSubject: Re: Pick\n\n550 5.1.1\n", report.Other},
		"a challenge":              {"Return-Path: <>\nFrom: ann@reader.test\nSubject: Please confirm your message\n\nClick.\n", report.Challenge},
		"a challenge, marked":      {"From: ann@reader.test\nX-Boxtrapper: yes\nSubject: Your email\n\nClick.\n", report.Challenge},
		"a receipt":                {"From: ann@reader.test\nAuto-Submitted: auto-replied\n" + mdn, report.Other},
		"unsubscribe, no token":    {"From: ann@reader.test\nSubject: unsubscribe\n\nunsubscribe\n", report.Other},
		"unsubscribe, a bad token": {"From: ann@reader.test\nSubject: unsubscribe " + token[1:] + "\n\n", report.Other},
		"a token in the words":     {"From: ann@reader.test\nSubject: hello\n\nunsubscribe " + token + "\n", report.Other},
		"nothing":                  {"", report.Other},
	} {
		if r := read(t, c.message, path); r.Kind != c.kind || r.OldStyle || r.Unread || r.Kind.Scores() {
			t.Errorf("%s is %+v, want %s", name, r, c.kind)
		}
	}
}

func TestOldBounces(t *testing.T) {
	qmail := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: " + path + "\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.test.\n\n<ann@reader.test>:\n%s\n\n--- Below this line is a copy of the message.\n\nSubject: 5.7.1\n"
	exim := "Return-Path: <>\nX-Failed-Recipients: ann@reader.test\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.test>\nTo: " + path + "\nSubject: %s\n\nThis message was created automatically.\n\n  ann@reader.test\n    %s\n\n------ This is a copy of the message, including all the headers. ------\n\n5.1.1\n"
	for name, c := range map[string]struct {
		message string
		kind    report.Kind
		say     string
	}{
		"qmail":              {fmt.Sprintf(qmail, "Sorry, no mailbox here by that name."), report.Soft, " 0"},
		"qmail with a code":  {fmt.Sprintf(qmail, "192.0.2.1 said: 550 5.1.1 no such user"), report.Hard, "5.1.1 550"},
		"qmail, policy":      {fmt.Sprintf(qmail, "Remote host said: 554 5.7.1 user unknown to our filter"), report.Policy, "5.7.1 554"},
		"an address in it":   {fmt.Sprintf(qmail, "connected to 5.1.1.7 and 15.1.1 but greeting failed"), report.Soft, " 0"},
		"Exim":               {fmt.Sprintf(exim, "Mail delivery failed: returning message to sender", "Unrouteable address"), report.Soft, " 0"},
		"Exim with a code":   {fmt.Sprintf(exim, "Mail delivery failed: returning message to sender", "550 5.1.1 User unknown"), report.Hard, "5.1.1 550"},
		"a delay":            {fmt.Sprintf(exim, "Warning: message 1abc delayed 24 hours", "greeting"), report.Delayed, " 0"},
		"bare, by a program": {"From: MAILER-DAEMON (Mail Delivery Subsystem)\nTo: " + path + "\nSubject: Returned mail\n\nUser unknown\n", report.Other, " 0"},
	} {
		r := read(t, c.message)
		if got := fmt.Sprint(r.Status, " ", r.Code); r.Kind != c.kind || got != c.say || r.OldStyle != (c.kind != report.Other) || len(r.ReturnPaths) == 0 {
			t.Errorf("%s: %+v, want %s %s", name, r, c.kind, c.say)
		}
	}
}

func TestRequestsToUnsubscribe(t *testing.T) {
	to := subscribers.UnsubscribeAddress(token, "bounces.example.org")
	for name, r := range map[string]report.Report{
		"to the address":       read(t, "From: anybody@else.test\nTo: <"+strings.ToUpper(to)+">\nSubject: \n\n"),
		"by the envelope":      read(t, "From: anybody@else.test\nTo: undisclosed:;\n\n", to),
		"in the subject":       read(t, "From: anybody@else.test\nSubject: Unsubscribe "+token+"\n\n"),
		"in a folded subject":  read(t, "From: anybody@else.test\nSubject: unsubscribe\n "+token+"\n\n"),
		"an encoded subject":   read(t, "Subject: =?utf-8?Q?unsubscribe_"+token+"?=\n\n"),
		"delivered to the tag": read(t, "Delivered-To: "+to+"\nTo: list@example.org\n\n"),
	} {
		if r.Kind != report.Unsubscribe || r.Token != token {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := read(t, "Auto-Submitted: auto-replied\nTo: "+to+"\nSubject: Out of office\n\n"); r.Kind != report.AutoReply {
		t.Errorf("an automatic answer to it is %s", r.Kind)
	}
}

// TestHostileMessages keeps what reading takes bounded; what is not understood is left
// to a person.
func TestHostileMessages(t *testing.T) {
	nested := ""
	for i := range 300 {
		nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for name, c := range map[string]struct {
		message string
		unread  bool
	}{
		"encrypted":           {"From: a@b.test\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n", true},
		"S/MIME":              {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nAAAA\n", true},
		"parts in parts":      {nested + "\nWords.", true},
		"many parts":          {"Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n\n", 200_000), true},
		"huge":                {"Subject: x\n\n" + strings.Repeat("x", 8<<20), true},
		"fields without end":  {strings.Repeat("A: b\n", 400_000), true},
		"a field without end": {"Subject: " + strings.Repeat("x", 3<<20), true},
		"folds without end":   {"Subject: x\n" + strings.Repeat(" x\n", 400_000), true},
		"no boundary":         {"Content-Type: multipart/report\n\n--\n", false},
		"an empty boundary":   {"Content-Type: multipart/report; boundary=\"\"\n\n--\n--\n", false},
		"codes without end":   {"From: mailer-daemon@x\nReturn-Path: <>\n\n" + strings.Repeat("5.1.", 100_000), false},
		"zeros":               {strings.Repeat("\x00", 1000), false},
	} {
		began := time.Now()
		r := read(t, c.message)
		if r.Unread != c.unread || r.Kind.Scores() && !r.OldStyle {
			t.Errorf("%s: %+v", name, r)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	report1 := dsn(group("failed", "5.1.1", ""))
	if r := read(t, strings.Replace(report1, "\n--a.b/c--", strings.Repeat("X-A: b\n", 400_000)+"\n--a.b/c--", 1)); r.Kind != report.Hard || r.Unread {
		t.Errorf("a report with a huge mail behind it: %s, unread %v", r.Kind, r.Unread)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		dsn(group("failed", "5.1.1", "smtp; 550 5.1.1 x")), dsn(group("delayed", "4.4.1", "")), complaint("abuse"), complaint("not-spam"),
		"X-Failed-Recipients: a@b.cd\n\n550 5.1.1 x", "To: " + path + "\nReturn-Path: <>\nFrom: mailer-daemon\n\n4.2.2", "Subject: unsubscribe " + token + "\n\n",
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\nw6k\n--b--", "\x00", "From x\n y\n:\n", "X-Failed-Recipients: a\n\nöö 5.1.1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		r := read(t, string(message))
		if r.Kind == "" {
			t.Error("a message is of no kind")
		}
		text := r.Words + r.Status + r.MessageID + r.Token + strings.Join(r.ReturnPaths, "")
		for _, one := range r.Recipients {
			text += one.Address + one.Words
		}
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") || len(r.Words) > 500 {
			t.Errorf("%+v cannot be kept", r)
		}
	})
}
