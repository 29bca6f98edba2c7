package setup_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/subscribers/deliver"
	"postbag/subscribers/dnscheck"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

type serverClock time.Time

func (c serverClock) Time(context.Context) (time.Time, error) { return time.Time(c), nil }

// place is a machine on which all is right, and how it sends.
func place(t *testing.T) (*setup.Machine, *setup.Sending, *httptest.Server) {
	t.Helper()
	pages := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == string(site.Health) {
			_, _ = w.Write([]byte(site.HealthAnswer))
		}
	}))
	t.Cleanup(pages.Close)
	server := smtptest.Start(t, nil)
	settings, err := mail.ParseSettings("smtp://" + server.Addr + "?tls=none")
	if err != nil {
		t.Fatal(err)
	}
	backups := t.TempDir()
	name := "postbag-" + time.Now().UTC().Add(-5*time.Hour).Format("20060102T150405Z") + ".gz"
	if err := os.WriteFile(filepath.Join(backups, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	machine := &setup.Machine{
		Transport: mail.NewTransport(settings, "bus.example"), Clock: digest.SystemClock{}, Folder: t.TempDir(), BackupDir: backups,
		Trust: pages.Client().Transport.(*http.Transport).TLSClientConfig,
	}
	host, port, _ := net.SplitHostPort(server.Addr)
	return machine, &setup.Sending{Host: host, Port: port, From: "post@bus.example", BaseURL: pages.URL}, pages
}

// TestMachine looks at a machine on which all is right, and at ones with one fault each.
func TestMachine(t *testing.T) {
	const good, look, wrong, unknown = dnscheck.Good, dnscheck.Look, dnscheck.Wrong, dnscheck.Unknown
	for name, tt := range map[string]struct {
		change func(t *testing.T, m *setup.Machine, s *setup.Sending)
		about  dnscheck.Subject
		grade  dnscheck.Grade
		says   string
	}{
		"server":   {nil, setup.ServerSubject, good, "No mail was sent."},
		"pages":    {nil, setup.PagesSubject, good, "The pages answer"},
		"clock":    {nil, setup.ClockSubject, good, "agrees"},
		"disk":     {nil, setup.DiskSubject, good, "MB are free"},
		"a backup": {nil, setup.BackupSubject, good, "5 hours old"},
		"no server": {func(t *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Transport = transportTo(t, "smtp://127.0.0.1:1?tls=none")
		}, setup.ServerSubject, wrong, "could not be reached"},
		"a password that is not taken": {func(t *testing.T, m *setup.Machine, s *setup.Sending) {
			server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "AUTH" {
					return smtptest.Act{Reply: "535 5.7.8 No such account"}
				}
				return smtptest.Act{}
			})
			server.OfferAlso("AUTH PLAIN")
			m.Transport = transportTo(t, "smtp://me@"+server.Addr+"?tls=none")
		}, setup.ServerSubject, wrong, "refused the account"},
		"no encryption": {func(t *testing.T, m *setup.Machine, _ *setup.Sending) {
			server := smtptest.Start(t, nil)
			m.Transport = transportTo(t, "smtp://"+server.Addr+"?tls=starttls")
		}, setup.ServerSubject, wrong, "does not offer STARTTLS"},
		"an outbox": {func(t *testing.T, m *setup.Machine, s *setup.Sending) {
			s.Outbox = t.TempDir()
			m.Transport = transportTo(t, "outbox:"+s.Outbox)
		}, setup.ServerSubject, look, "No mail leaves"},
		"other pages": {func(t *testing.T, m *setup.Machine, s *setup.Sending) {
			s.BaseURL = serve(t, m, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("It works!")) })
		}, setup.PagesSubject, wrong, "not with these pages (status 200)"},
		"pages elsewhere": {func(t *testing.T, m *setup.Machine, s *setup.Sending) {
			s.BaseURL = serve(t, m, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://www.bus.example/", http.StatusMovedPermanently)
			})
		}, setup.PagesSubject, wrong, "leads on to https://www.bus.example/"},
		"a certificate that nobody trusts": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) { m.Trust = &tls.Config{} },
			setup.PagesSubject, wrong, "certificate of https://"},
		"no pages": {func(_ *testing.T, _ *setup.Machine, s *setup.Sending) { s.BaseURL = "https://127.0.0.1:1" },
			setup.PagesSubject, wrong, "Nothing answers at https://127.0.0.1:1"},
		"offline": {func(_ *testing.T, m *setup.Machine, s *setup.Sending) {
			s.BaseURL, m.Resolver = "https://news.bus.example", &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("network is unreachable")
			}}
		}, setup.PagesSubject, unknown, "may be offline"},
		"no other clock": {func(_ *testing.T, _ *setup.Machine, s *setup.Sending) { s.BaseURL = "https://127.0.0.1:1" },
			setup.ClockSubject, unknown, "No other clock"},
		"a clock that is ahead": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Clock = digest.NewTestClock(time.Now().Add(2*time.Minute), 1)
		}, setup.ClockSubject, look, "ahead of that of the server at https://"},
		"a clock that is wrong": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Clock = digest.NewTestClock(time.Now().Add(-time.Hour), 1)
		}, setup.ClockSubject, wrong, "behind that of the server at https://"},
		"a database's clock": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Folder, m.Database = "", serverClock(time.Now().Add(time.Hour))
		}, setup.ClockSubject, wrong, "behind that of the database's server"},
		"a folder that is away": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) { m.Folder += "/none" },
			setup.DiskSubject, wrong, "cannot be written to"},
		"no database": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Missing = digest.Fail(digest.NotFound, "Name it.", "there is no database")
		}, setup.DatabaseSubject, unknown, "There is no database. Name it."},
		"no backups":       {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) { m.BackupDir = "" }, setup.BackupSubject, look, "Set --backup-dir"},
		"no backup yet":    {func(t *testing.T, m *setup.Machine, _ *setup.Sending) { m.BackupDir = t.TempDir() }, setup.BackupSubject, look, "no backup in"},
		"no backup folder": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) { m.BackupDir += "/none" }, setup.BackupSubject, wrong, "There is no folder"},
		"old backups alone": {func(_ *testing.T, m *setup.Machine, _ *setup.Sending) {
			m.Clock = digest.NewTestClock(time.Now().AddDate(0, 0, 20), 1)
		}, setup.BackupSubject, wrong, "20 days old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, _ := place(t)
			if tt.change != nil {
				tt.change(t, m, s)
			}
			for _, f := range m.Look(t.Context(), *s) {
				if f.Subject != tt.about {
					continue
				}
				if f.Grade != tt.grade || !strings.Contains(f.Text, tt.says) {
					t.Errorf("%s: %s, want %s with %q", f.Grade, f.Text, tt.grade, tt.says)
				}
				return
			}
			t.Errorf("nothing is said of %s", tt.about)
		})
	}
}

func transportTo(t *testing.T, address string) deliver.Transport {
	t.Helper()
	settings, err := mail.ParseSettings(address)
	if err == nil && settings.User != "" {
		settings, err = settings.WithPassword("wrong")
	}
	if err != nil {
		t.Fatal(err)
	}
	return mail.NewTransport(settings, "bus.example")
}

// serve starts other pages that the machine trusts.
func serve(t *testing.T, m *setup.Machine, pages http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewTLSServer(pages)
	t.Cleanup(server.Close)
	m.Trust = server.Client().Transport.(*http.Transport).TLSClientConfig
	return server.URL
}
