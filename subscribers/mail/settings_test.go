package mail_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/subscribers/mail"
)

// settings reads an address and gives it its password.
func settings(address, password string) (mail.Settings, error) {
	s, err := mail.ParseSettings(address)
	if err != nil {
		return s, err
	}
	return s.WithPassword(password)
}

func TestParseSettings(t *testing.T) {
	tests := []struct {
		in, password string
		shown        string
		security     mail.Security
		user         string
	}{
		{"outbox:out/box/", "", "outbox:out/box", "", ""},
		{"smtp://mail.example.org", "", "smtp://mail.example.org:587", mail.RequireStartTLS, ""},
		{"smtp://bus@mail.example.org:2525", "pw", "smtp://mail.example.org:2525", mail.RequireStartTLS, "bus"},
		{"smtp://bus@example.org@mail.example.org", "pw", "smtp://mail.example.org:587", mail.RequireStartTLS, "bus@example.org"},
		{"smtp://bus%40example.org@mail.example.org", "pw", "smtp://mail.example.org:587", mail.RequireStartTLS, "bus@example.org"},
		{"smtps://bus@mail.example.org", "pw", "smtps://mail.example.org:465", mail.ImplicitTLS, "bus"},
		{"smtp://localhost:25", "", "smtp://localhost:25", mail.OfferedStartTLS, ""},
		{"smtp://bus@localhost:25", "pw", "smtp://localhost:25", mail.RequireStartTLS, "bus"},
		{"smtp://bus@localhost:25?tls=none", "pw", "smtp://localhost:25", mail.NoTLS, "bus"},
		{"smtp://127.0.0.2:25?tls=none", "", "smtp://127.0.0.2:25", mail.NoTLS, ""},
		{"smtp://[::1]:25?tls=starttls", "", "smtp://[::1]:25", mail.RequireStartTLS, ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			s, err := settings(tt.in, tt.password)
			if err != nil {
				t.Fatal(err)
			}
			if s.String() != tt.shown || s.Security != tt.security || s.User != tt.user {
				t.Errorf("got %v, %q, user %q", s, s.Security, s.User)
			}
		})
	}
}

func TestParseSettingsRefuses(t *testing.T) {
	tests := []struct{ name, in, password, hint string }{
		{"nothing", "", "", "outbox:DIR"},
		{"no directory", "outbox:", "", "outbox:outbox"},
		{"another scheme", "http://mail.example.org", "", "smtps://"},
		{"no host", "smtp://:25", "", "smtps://"},
		{"no scheme", "mail.example.org", "", "smtp://mail.example.org"},
		{"a port and no scheme", "mail.example.org:587", "", "smtp://mail.example.org:587"},
		{"the port of TLS and no scheme", "mail.example.org:465", "", "smtps://mail.example.org:465"},
		{"an account and no scheme", "bus:tops3cret@mail.example.org:587", "", "smtps://"},
		{"a port beyond all", "smtp://127.0.0.1:99999", "", "65535"},
		{"port 0", "smtp://127.0.0.1:0", "", "65535"},
		{"a path", "smtp://mail.example.org/x", "", "smtps://"},
		{"unreadable", "smtp://bus:tops3cret@mail example", "", "smtps://"},
		{"password inside", "smtp://bus:tops3cret@mail.example.org", "", "file of its own"},
		{"clear text to elsewhere", "smtp://mail.example.org?tls=none", "", "smtps://"},
		{"unknown tls", "smtp://mail.example.org?tls=maybe", "", "starttls"},
		{"mistyped parameter", "smtp://127.0.0.1?tsl=starttls", "", "tls"},
		{"tls on smtps", "smtps://mail.example.org?tls=none", "", "leave"},
		{"no password", "smtp://bus@mail.example.org", "", "POSTBAG_SMTP_PASSWORD"},
		{"password of two lines", "smtp://bus@mail.example.org", "tops3cret\nx", "line break"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := settings(tt.in, tt.password)
			if err == nil {
				t.Fatal("taken")
			}
			if k := digest.KindOf(err); k != digest.Invalid && k != digest.Forbidden {
				t.Errorf("kind %v", k)
			}
			if h := digest.HintOf(err); !strings.Contains(h, tt.hint) {
				t.Errorf("hint %q", h)
			}
			if strings.Contains(err.Error()+digest.HintOf(err), "tops3cret") {
				t.Errorf("%v tells the password", err)
			}
		})
	}
}

func TestSettingsNeverShowThePassword(t *testing.T) {
	s, err := settings("smtps://bus@mail.example.org", "tops3cret")
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%v %s %+v %#v %v", s, s, s, s, &s); strings.Contains(all, "tops3cret") {
		t.Error(all)
	}
}
