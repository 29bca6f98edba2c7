package inbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/backend/memory"
	"github.com/emersion/go-imap/server"

	"postbag/digest"
	"postbag/subscribers/bounce"
	"postbag/subscribers/inbox"
)

// taker remembers what it was given, and puts it where its first word says.
type taker struct{ got []string }

func (k *taker) take(r io.Reader, _ ...string) (bounce.Place, error) {
	b, err := io.ReadAll(r)
	text := strings.TrimSpace(string(b[max(0, bytes.LastIndexByte(bytes.TrimSpace(b), '\n')):]))
	k.got = append(k.got, text)
	switch {
	case err != nil:
		return "", err
	case strings.HasPrefix(text, "away"):
		return "", errors.New("the database is away")
	case strings.HasPrefix(text, "done"):
		return bounce.Done, nil
	}
	return bounce.Unknown, nil
}

func maildir(t *testing.T, messages map[string]string) *inbox.Maildir {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range messages {
		if err := os.WriteFile(filepath.Join(dir, "new", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &inbox.Maildir{Dir: dir}
}

// files lists what is in a folder of a Maildir.
func files(t *testing.T, m *inbox.Maildir, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(m.Dir, folder))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestMaildir(t *testing.T) {
	m := maildir(t, map[string]string{"1.mx": "done one", "2.mx:2,": "what is it", "3.mx": "done three", ".hidden": "done"})
	if err := os.Symlink("/etc/passwd", filepath.Join(m.Dir, "new", "0.link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(m.Dir, "new", "0.folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	var k taker
	if err := m.Each(t.Context(), 100, k.take); err != nil {
		t.Fatal(err)
	}
	if want := []string{"done one", "what is it", "done three"}; !slices.Equal(k.got, want) {
		t.Errorf("given are %q, want %q", k.got, want)
	}
	if got := fmt.Sprint(files(t, m, "new"), files(t, m, ".Done/cur"), files(t, m, ".Unknown/cur")); got != "[.hidden] [1.mx:2,S 3.mx:2,S] [0.folder:2, 0.link:2, 2.mx:2,]" {
		t.Errorf("the folders hold %s", got)
	}
	if err := m.Each(t.Context(), 100, k.take); err != nil || len(k.got) != 3 {
		t.Errorf("again: %q, %v", k.got, err)
	}
}

func TestMaildirWaitsForTheDatabase(t *testing.T) {
	m := maildir(t, map[string]string{"1": "done", "2": "away", "3": "done"})
	var k taker
	if err := m.Each(t.Context(), 100, k.take); err == nil || len(k.got) != 2 {
		t.Errorf("%q, %v", k.got, err)
	}
	if got := files(t, m, "new"); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("left are %q", got)
	}
	if err := os.WriteFile(filepath.Join(m.Dir, "new", "2"), []byte("done two"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // one at a time
		if err := m.Each(t.Context(), 1, k.take); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, m, ".Done/cur"); len(got) != 3 {
		t.Errorf("done are %q", got)
	}
	if err := os.RemoveAll(filepath.Join(m.Dir, "new")); err != nil {
		t.Fatal(err)
	}
	if err := m.Each(t.Context(), 1, k.take); digest.KindOf(err) != digest.Invalid {
		t.Errorf("without the folder: %v", err)
	}
}

// imapServer serves a mailbox in memory, with TLS or without, and gives its backend.
func imapServer(t *testing.T, config *tls.Config, can ...server.Extension) (*memory.Backend, inbox.IMAP) {
	t.Helper()
	be := memory.New()
	s := server.New(be)
	s.Enable(can...)
	s.AllowInsecureAuth = true
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	if slices.Contains(can, server.Extension(unmoving{})) {
		l = unmovingListener{l}
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-served
	})
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return be, inbox.IMAP{Host: "127.0.0.1", Port: port, User: "username", Password: "password", Mailbox: "INBOX", Plain: config == nil}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// put puts messages into the mailbox, and held lists the last lines of those in one.
func put(t *testing.T, be *memory.Backend, messages ...string) {
	t.Helper()
	u, err := be.Login(nil, "username", "password")
	if err != nil {
		t.Fatal(err)
	}
	box, err := u.GetMailbox("INBOX")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := box.CreateMessage(nil, time.Now(), bytes.NewReader([]byte("Subject: x\r\n\r\n"+m+"\r\n"))); err != nil {
			t.Fatal(err)
		}
	}
}

func held(t *testing.T, be *memory.Backend, mailbox string) (all []string) {
	t.Helper()
	u, err := be.Login(nil, "username", "password")
	if err != nil {
		t.Fatal(err)
	}
	box, err := u.GetMailbox(mailbox)
	if err != nil {
		return nil
	}
	for _, m := range box.(*memory.Mailbox).Messages {
		lines := strings.Split(strings.TrimSpace(string(m.Body)), "\n")
		all = append(all, lines[len(lines)-1])
	}
	return all
}

func TestIMAP(t *testing.T) {
	secure := httptest.NewUnstartedServer(nil)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for name, config := range map[string]*tls.Config{"in the clear": nil, "TLS": {Certificates: secure.TLS.Certificates}} {
		t.Run(name, func(t *testing.T) {
			be, box := imapServer(t, config, uidPlus{})
			if config != nil {
				if err := box.Each(t.Context(), 10, (&taker{}).take); digest.KindOf(err) != digest.Unavailable {
					t.Errorf("a certificate that nobody vouches for: %v", err)
				}
				box.TLS = secure.Client().Transport.(*http.Transport).TLSClientConfig
			}
			put(t, be, "done one", "what is it", "away", "done two")
			var k taker
			if err := box.Each(t.Context(), 10, k.take); err == nil || len(k.got) != 3 {
				t.Fatalf("the first time: %q, %v", k.got, err)
			}
			if got := fmt.Sprint(held(t, be, "INBOX/Done"), held(t, be, "INBOX/Unknown")); got != "[done one] [what is it]" {
				t.Errorf("put away are %s", got)
			}
			k.got = nil
			again := func(r io.Reader, to ...string) (bounce.Place, error) {
				if _, err := k.take(r, to...); err != nil {
					return bounce.Done, nil // the database is back
				}
				return bounce.Done, nil
			}
			if err := box.Each(t.Context(), 10, again); err != nil || !slices.Equal(k.got, []string{"away", "done two"}) {
				t.Errorf("the second time: %q, %v", k.got, err)
			}
			k.got = nil
			if err := box.Each(t.Context(), 10, k.take); err != nil || len(k.got) > 0 {
				t.Errorf("the third time: %q, %v", k.got, err)
			}
		})
	}
}

// uidPlus is a server's UID EXPUNGE (RFC 4315).
type uidPlus struct{}

func (uidPlus) Capabilities(server.Conn) []string { return []string{"UIDPLUS"} }

func (uidPlus) Command(name string) server.HandlerFactory {
	if name != "EXPUNGE" {
		return nil
	}
	return func() server.Handler { return &uidExpunge{} }
}

// unmoving has a server that does not say that it can move messages.
type unmoving struct{}

func (unmoving) Capabilities(server.Conn) []string         { return nil }
func (unmoving) Command(name string) server.HandlerFactory { return nil }

type unmovingListener struct{ net.Listener }

func (l unmovingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return unmovingConn{c}, err
}

type unmovingConn struct{ net.Conn }

func (c unmovingConn) Write(b []byte) (int, error) {
	_, err := c.Conn.Write(bytes.ReplaceAll(b, []byte(" MOVE "), []byte(" ")))
	return len(b), err
}

type uidExpunge struct {
	server.Expunge
	set *imap.SeqSet
}

func (e *uidExpunge) Parse(fields []any) (err error) {
	if len(fields) > 0 {
		e.set, err = imap.ParseSeqSet(fields[0].(string))
	}
	return err
}

func (e *uidExpunge) UidHandle(conn server.Conn) error {
	box := conn.Context().Mailbox.(*memory.Mailbox)
	box.Messages = slices.DeleteFunc(box.Messages, func(m *memory.Message) bool {
		return e.set.Contains(m.Uid) && slices.Contains(m.Flags, imap.DeletedFlag)
	})
	return nil
}

// TestIMAPLeavesOthersDeletions has a mailbox in which somebody has marked a message as
// deleted: it stays, whether the server can remove single messages or not. Where it cannot,
// what was taken stays too, and is not given again.
func TestIMAPLeavesOthersDeletions(t *testing.T) {
	for name, c := range map[string]struct {
		can  []server.Extension
		left string
	}{
		"with UIDPLUS":             {[]server.Extension{uidPlus{}}, "[A message of somebody's, deleted]"},
		"with UIDPLUS and no MOVE": {[]server.Extension{uidPlus{}, unmoving{}}, "[A message of somebody's, deleted]"},
		"with neither":             {[]server.Extension{unmoving{}}, "[A message of somebody's, deleted done one]"},
		"without UIDPLUS":          {nil, "[A message of somebody's, deleted done one]"},
	} {
		t.Run(name, func(t *testing.T) {
			be, box := imapServer(t, nil, c.can...)
			u, err := be.Login(nil, "username", "password")
			if err != nil {
				t.Fatal(err)
			}
			in, err := u.GetMailbox("INBOX")
			if err != nil {
				t.Fatal(err)
			}
			in.(*memory.Mailbox).Messages = nil
			put(t, be, "A message of somebody's, deleted", "done one")
			in.(*memory.Mailbox).Messages[0].Flags = []string{imap.DeletedFlag}
			for range 2 {
				var k taker
				if err := box.Each(t.Context(), 10, k.take); err != nil {
					t.Fatal(err)
				}
			}
			if got := fmt.Sprint(held(t, be, "INBOX")); got != c.left {
				t.Errorf("left are %s", got)
			}
			var k taker
			if err := box.Each(t.Context(), 10, k.take); err != nil || len(k.got) > 0 {
				t.Errorf("given again: %q, %v", k.got, err)
			}
		})
	}
}

func TestIMAPFailures(t *testing.T) {
	_, box := imapServer(t, nil)
	wrong := box
	wrong.Password = "guessed"
	missing := box
	missing.Mailbox = "Nowhere"
	away := box
	away.Port = "1"
	for name, b := range map[string]inbox.IMAP{"a wrong password": wrong, "no such mailbox": missing, "no server": away} {
		if err := b.Each(t.Context(), 1, (&taker{}).take); digest.KindOf(err) != digest.Unavailable || strings.Contains(err.Error(), "guessed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if err := box.Each(ended, 1, (&taker{}).take); err == nil {
		t.Error("it goes on after its end")
	}
}

func TestAddressesOfMailboxes(t *testing.T) {
	for raw, want := range map[string]string{
		"imaps://bounces@mail.example.org":              "mail.example.org:993 bounces INBOX",
		"imaps://b%40example.org@mail.example.org/Back": "mail.example.org:993 b@example.org Back",
		"imap://b@localhost:1143/INBOX/Bounces":         "localhost:1143 b INBOX/Bounces",
		"imap://b@mail.example.org":                     "",
		"imaps://mail.example.org/INBOX":                "",
		"imaps://b:secret@mail.example.org/INBOX":       "",
		"https://b@mail.example.org":                    "",
		"mail.example.org":                              "",
		"imaps://b@/INBOX":                              "",
	} {
		box, err := inbox.ParseIMAP(raw)
		got := ""
		if err == nil {
			got = fmt.Sprintf("%s:%s %s %s", box.Host, box.Port, box.User, box.Mailbox)
		} else if digest.KindOf(err) != digest.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", raw, err)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
}
