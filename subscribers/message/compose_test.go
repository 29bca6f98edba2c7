package message_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/message"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	mark  = "1postbag1token1goes1here11"
	token = "abcdefghijklmnopqrstuvwxyz"
)

func digestMessage() message.Message {
	return message.Message{
		From: "bus@example.org", FromName: "Der Nachtbus", ReplyTo: "editor@example.org",
		To: "anna@example.com", ToName: "Anna Lindström",
		Subject:   "Pick of the Week 7: “What the night bus heard” — and what it did not",
		Text:      "Hello,\n\n.a line with a dot\nFrom the depot, with ümlauts and a long line that has to be broken somewhere because it does not end where lines end.\nhttps://example.org/unsubscribe/" + mark + "\n",
		HTML:      `<p style="margin:0">Hello, <a href="https://example.org/unsubscribe/` + mark + `">leave</a> &amp; go…</p>`,
		MessageID: "0123456789abcdef0123456789abcdef@example.org",
		Date:      time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC),
		ListID:    "pick-of-the-week.example.org", ListName: "Pick of the Week",
		ListUnsubscribe: []string{"https://example.org/unsubscribe/" + mark, "mailto:leave+" + mark + "@example.org"},
		OneClick:        true,
		ListArchive:     "https://example.org/issues/",
		Bulk:            true,
	}
}

// parsed is a mail read back by other code than ours.
type parsed struct {
	header     netmail.Header
	text, html string
}

func parse(t testing.TB, raw []byte) parsed {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	p := parsed{header: m.Header}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		p.text = decode(t, m.Body)
		return p
	}
	if kind != "multipart/alternative" {
		t.Fatalf("content type %s", kind)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"} {
		part, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Header.Get("Content-Type"); got != want {
			t.Errorf("part %q, want %q", got, want)
		}
		if got := part.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
			t.Errorf("encoding %q", got)
		}
		body := decode(t, part)
		if strings.HasPrefix(want, "text/plain") {
			p.text = body
		} else {
			p.html = body
		}
	}
	if _, err := r.NextRawPart(); err != io.EOF {
		t.Errorf("after two parts: %v", err)
	}
	return p
}

func decode(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// wellFormed checks what every mail must be, whatever is in it.
func wellFormed(t testing.TB, raw []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("does not end with a line end")
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a bare CR, LF or NUL in %q", line)
		}
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, once := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} {
		if n := strings.Count("\r\n"+string(head), "\r\n"+once+": "); n != 1 {
			t.Errorf("%s stands %d times", once, n)
		}
	}
}

func TestComposeDigest(t *testing.T) {
	m := digestMessage()
	m.Text = strings.ReplaceAll(m.Text, mark, token)
	m.HTML = strings.ReplaceAll(m.HTML, mark, token)
	for i := range m.ListUnsubscribe {
		m.ListUnsubscribe[i] = strings.ReplaceAll(m.ListUnsubscribe[i], mark, token)
	}
	raw, err := message.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, raw)
	for i, b := range raw {
		if b >= 0x80 {
			t.Fatalf("byte %d is not 7-bit", i)
		}
	}
	p := parse(t, raw)
	if p.text != m.Text || p.html != m.HTML+"\n" {
		t.Errorf("read back:\n%s\n%s", p.text, p.html)
	}
	var dec mime.WordDecoder
	subject, err := dec.DecodeHeader(p.header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := p.header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != m.ToName || to[0].Address != m.To {
		t.Errorf("to %v, %v", to, err)
	}
	if !bytes.Contains(raw, []byte("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")) {
		t.Error("List-Unsubscribe-Post is not exactly as RFC 8058 wants it")
	}
	if bytes.Contains(bytes.ToLower(raw), []byte("go-mail")) || p.header.Get("User-Agent")+p.header.Get("X-Mailer") != "" {
		t.Error("the mail names the program that made it")
	}
	golden(t, "digest.eml", raw)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s:\n%s", path, got)
	}
}

func TestComposeConfirmation(t *testing.T) {
	raw, err := message.Compose(message.Message{
		From: "bus@example.org", FromName: `The "Night" Bus, Ltd.`, To: "jürgen@xn--bcher-kva.example",
		Subject: "Please confirm", Text: "Click.\r\n", MessageID: "n1@example.org",
		Date: time.Unix(0, 0).UTC(), AutoSubmitted: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, raw)
	p := parse(t, raw)
	if p.header.Get("Auto-Submitted") != "auto-generated" || p.header.Get("Precedence") != "" || p.header.Get("List-Unsubscribe") != "" {
		t.Errorf("headers %v", p.header)
	}
	if p.text != "Click.\n" {
		t.Errorf("text %q", p.text)
	}
	from, err := p.header.AddressList("From")
	if err != nil || from[0].Name != `The "Night" Bus, Ltd.` {
		t.Errorf("from %v, %v", from, err)
	}
}

func TestComposeRefusesInjection(t *testing.T) {
	evil := "x\r\nBcc: eve@example.org"
	tests := []struct {
		name   string
		change func(*message.Message)
	}{
		{"subject", func(m *message.Message) { m.Subject = evil }},
		{"subject with NUL", func(m *message.Message) { m.Subject = "x\x00y" }},
		{"reader's name", func(m *message.Message) { m.ToName = evil }},
		{"sender's name", func(m *message.Message) { m.FromName = evil }},
		{"from", func(m *message.Message) { m.From = "a@b.c>\r\nBcc: <eve@example.org" }},
		{"two from", func(m *message.Message) { m.From = "a@b.c, d@e.f" }},
		{"to", func(m *message.Message) { m.To = "a@b.c> SIZE=1" }},
		{"reply-to", func(m *message.Message) { m.ReplyTo = "a@b.c\nX: y" }},
		{"message id", func(m *message.Message) { m.MessageID = "a@b>\r\nX: y" }},
		{"no message id", func(m *message.Message) { m.MessageID = "" }},
		{"list id", func(m *message.Message) { m.ListID = "a>\r\nX: y" }},
		{"list name", func(m *message.Message) { m.ListName = evil }},
		{"unsubscribe", func(m *message.Message) { m.ListUnsubscribe = []string{"https://x/>\r\nX: y"} }},
		{"one click by mail", func(m *message.Message) { m.ListUnsubscribe = []string{"mailto:a@b.c"} }},
		{"archive", func(m *message.Message) { m.ListArchive = "https://x y" }},
		{"no subject", func(m *message.Message) { m.Subject = "\u202e" }},
		{"no text", func(m *message.Message) { m.Text = "" }},
		{"no date", func(m *message.Message) { m.Date = time.Time{} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := digestMessage()
			tt.change(&m)
			if raw, err := message.Compose(m); err == nil {
				t.Errorf("composed\n%s", raw)
			} else if digest.KindOf(err) != digest.Invalid {
				t.Errorf("kind of %v", err)
			}
		})
	}
}

func TestComposeCleansText(t *testing.T) {
	m := digestMessage()
	m.Subject = "A\u202eB\tC\x07D =?utf-8?q?evil?= " + strings.Repeat("w ", 100)
	m.ToName = "=?utf-8?q?Eve?= \u200fX"
	raw, err := message.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, raw)
	p := parse(t, raw)
	var dec mime.WordDecoder
	subject, err := dec.DecodeHeader(p.header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "AB CD =?utf-8?q?evil?= w") || len([]rune(subject)) > 150 {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := p.header.AddressList("To")
	if err != nil || to[0].Name != "=?utf-8?q?Eve?= X" {
		t.Errorf("to %q, %v", to, err)
	}
}

// TestTemplateAtEveryColumn moves the mark over two lines' width, in text that
// is encoded in every way, and compares with a fresh composition.
func TestTemplateAtEveryColumn(t *testing.T) {
	for _, filler := range []string{"x", "ü", "=", " ", "…"} {
		for n := range 160 {
			m := digestMessage()
			lead := strings.Repeat(filler, n)
			m.Text = lead + mark + lead + mark + mark + "\nend"
			m.HTML = "<p>" + lead + `<a href="https://example.org/u/` + mark + `">x</a></p>`
			m.ListUnsubscribe = []string{"https://example.org/" + strings.Repeat("a", n) + "/" + mark}
			same(t, m, fmt.Sprintf("%q × %d", filler, n))
		}
	}
}

// same fails unless template and composition give the same bytes, which read
// back as what was meant.
func same(t testing.TB, m message.Message, what string) {
	t.Helper()
	tmpl, err := message.NewTemplate(m, mark)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got, err := tmpl.For(message.Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID, Token: token})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	put := func(s string) string { return strings.ReplaceAll(s, mark, token) }
	fresh := m
	fresh.Text, fresh.HTML = put(m.Text), put(m.HTML)
	fresh.ListUnsubscribe = nil
	for _, u := range m.ListUnsubscribe {
		fresh.ListUnsubscribe = append(fresh.ListUnsubscribe, put(u))
	}
	want, err := message.Compose(fresh)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	// The two have the same boundary, made from the same Message-ID.
	if !bytes.Equal(got, want) {
		t.Fatalf("%s: template\n%s\ncomposed\n%s", what, got, want)
	}
	p := parse(t, got)
	if wantText := strings.TrimRight(fresh.Text, "\n") + "\n"; p.text != wantText {
		t.Fatalf("%s: text reads back as %q, want %q", what, p.text, wantText)
	}
	if wantHTML := strings.TrimRight(fresh.HTML, "\n") + "\n"; p.html != wantHTML {
		t.Fatalf("%s: html reads back as %q", what, p.html)
	}
}

func TestTemplateWantsAToken(t *testing.T) {
	tmpl, err := message.NewTemplate(digestMessage(), mark)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "short", strings.Repeat("a", 25) + "=", mark} {
		if _, err := tmpl.For(message.Reader{To: "a@example.org", MessageID: "x@y", Token: bad}); err == nil {
			t.Errorf("the token %q was taken", bad)
		}
	}
}

// FuzzTemplate looks for texts in which the mark is not replaced exactly.
func FuzzTemplate(f *testing.F) {
	f.Add("Title", "text ", " more", "Anna")
	f.Add("ü=?x?=", "=\r\n", "1postbag", "\"x\"")
	f.Add("…", strings.Repeat("x", 70), "1", "名前")
	f.Fuzz(func(t *testing.T, subject, before, after, name string) {
		m := digestMessage()
		m.Subject, m.ToName = subject, name
		m.Text = "t" + before + mark + after
		m.HTML = after + mark + before
		tmpl, err := message.NewTemplate(m, mark)
		if err != nil {
			return
		}
		raw, err := tmpl.For(message.Reader{To: m.To, Name: name, MessageID: m.MessageID, Token: token})
		if err != nil {
			return
		}
		wellFormed(t, raw)
		p := parse(t, raw)
		if !strings.Contains(p.text, token) || !strings.Contains(p.html, token) || strings.Contains(p.text+p.html, mark) {
			t.Errorf("the mark was not replaced in %q and %q", p.text, p.html)
		}
	})
}

// TestTextThatLooksEncoded is encoded, so that nobody reads it as something else: in
// every field that takes text.
func TestTextThatLooksEncoded(t *testing.T) {
	const evil = "=?UTF-8?Q?Evil?= week"
	for name, set := range map[string]func(*message.Message){
		"subject":   func(m *message.Message) { m.Subject = evil },
		"From name": func(m *message.Message) { m.FromName = evil },
		"To name":   func(m *message.Message) { m.ToName = evil },
		"list name": func(m *message.Message) { m.ListName = evil },
	} {
		m := digestMessage()
		set(&m)
		raw, err := message.Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), evil) || !strings.Contains(string(raw), "=?UTF-8?Q?=3D=3FUTF-8") {
			t.Errorf("the %s goes out as it looks", name)
		}
	}
}
