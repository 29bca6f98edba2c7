package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailsThatLeaveLinkToHTTPS refuses every base URL that readers could not
// reach, or only in clear, for a real server, and takes it for the outbox.
func TestMailsThatLeaveLinkToHTTPS(t *testing.T) {
	for base, taken := range map[string]bool{
		"http://news.example.org": false, "http://localhost:8080": false, "https://localhost": false, "https://127.0.0.1": false,
		"https://[::1]": false, "https://news.example.org": true,
	} {
		s := Settings{BaseURL: base, Listen: "localhost:8080", From: "editor@news.example.org", Concurrency: 10, Lease: leastLease}
		for _, server := range []string{"smtp://mail.example.org", "smtps://mail.example.org", "smtp://127.0.0.1:25"} {
			s.SMTP = server
			if _, err := s.mail(); (err == nil) != taken {
				t.Errorf("%s by %s: %v", base, server, err)
			}
		}
		s.SMTP = "outbox:out"
		if _, err := s.mail(); err != nil {
			t.Errorf("%s into an outbox: %v", base, err)
		}
	}
}

// TestPasswordFileIsPrivate refuses a file that anybody else can read.
func TestPasswordFileIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("tops3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, taken := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o660: false, 0o644: false} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		got, err := (&Settings{SMTPPasswordFile: file}).password()
		if (err == nil) != taken || taken && got != "tops3cret" {
			t.Errorf("mode %o: %v", mode, err)
		}
		if err != nil && strings.Contains(err.Error(), "tops3cret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
