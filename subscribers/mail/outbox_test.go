package mail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/message"
)

func outbox(t *testing.T, dir string) (deliver.Conn, error) {
	t.Helper()
	s, err := mail.ParseSettings("outbox:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	return mail.NewTransport(s, "").Connect(t.Context())
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "outbox")
	conn, err := outbox(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	send := func(to, id string, date time.Time) []byte {
		t.Helper()
		m := message.Message{From: "post@example.org", To: to, Subject: "A letter", Text: "Hello.", HTML: "<p>Hello.</p>", MessageID: id, Date: date}
		raw, err := message.Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := conn.Send(t.Context(), deliver.Envelope{From: m.From, To: to}, raw); err != nil || r.Code != 250 {
			t.Fatalf("%+v, %v", r, err)
		}
		return raw
	}
	monday := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	send("../../etc/passwd@example.org", "1@x.example", monday.Add(time.Hour))
	send("anna@example.org", "2@x.example", monday)
	sent := send("anna@example.org", "2@x.example", monday)
	send("anna@example.org", "3@x.example", monday.Add(2*time.Hour))
	got := names(t, dir)
	if len(got) != 3 || !slices.IsSorted(got) {
		t.Fatalf("files %v", got)
	}
	for i, want := range []string{"20260302T180000Z-anna-example.org-", "20260302T190000Z-etc-passwd-example.org-", "20260302T200000Z-anna-example.org-"} {
		if !strings.HasPrefix(got[i], want) || !strings.HasSuffix(got[i], ".eml") {
			t.Errorf("file %s, want %s…", got[i], want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, got[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, sent) {
		t.Errorf("the file holds %q, want %q", raw, sent)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func TestOutboxThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), "/proc/outbox"} {
		_, err := outbox(t, dir)
		if digest.KindOf(err) != digest.Unavailable || !strings.Contains(digest.HintOf(err), "directory") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestOutboxIsPrivate: the mails of all readers are nobody else's to read.
func TestOutboxIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "outbox")
	if _, err := outbox(t, dir); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if i, err := os.Stat(d); err != nil || i.Mode().Perm() != 0o700 {
			t.Errorf("%s has the mode %v, %v", d, i.Mode(), err)
		}
	}
}
