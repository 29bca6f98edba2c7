//go:build !race

package main

import (
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest/sampleblog"
)

// TestSetUpWhileTheDatabaseIsAway: a step that cannot be stored says so within seconds,
// keeps what was typed, and goes on when the database is there again; the link is not
// used up.
func TestSetUpWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	blog := httptest.NewServer(sampleblog.New(time.Now()))
	t.Cleanup(blog.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "postbag.db")
	d := serveDesk(t, filepath.Join(dir, "outbox"), "--db", file, "--fetch-allow", hostOf(blog.URL))
	eventually(t, "the link is printed", func() bool {
		d.link = regexp.MustCompile(`http://localhost:\d+/desk/\S+/\S+`).FindString(d.log.String())
		return d.link != ""
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	post := func(address string, form url.Values) (status int, at, body string) {
		t.Helper()
		r, err := client.PostForm(address, form)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, r.Request.URL.Path, string(b)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, step := range []struct {
		address string
		form    url.Values
		typed   string // what must still be there
		to      string
	}{
		{d.link, url.Values{"name": {"Ines of the Depot"}, "email": {"ines@desk.example"}, "word": {"a long lamp over the harbour 12"}, "password": {"a long lamp over the harbour 12"}}, "Ines of the Depot", "/desk/setup/blog"},
		{d.base + "/desk/setup/blog/follow", url.Values{"address": {blog.URL + "/"}}, blog.URL, "/desk/setup/series"},
		{d.base + "/desk/setup/series", url.Values{"name": {"Voices of the Depot"}, "number": {"8"}, "publication": {"The Night Bus"}, "every": {"week"}, "weekday": {"5"}, "date": {"1"}, "at": {"17:30"},
			"zone": {"Europe/London"}, "postal": {"1 Depot Road"}, "do": {"save"}}, "Voices of the Depot", "/desk/setup/mail"},
	} {
		held, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := held.ExecContext(t.Context(), "PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		status, at, body := post(step.address, step.form)
		if status != http.StatusServiceUnavailable || !strings.Contains(body, step.typed) || strings.Contains(body, "database is locked") || !strings.Contains(body, "try again in a minute") {
			t.Errorf("%s with the database away: %d at %s\n%.3000s", step.address, status, at, body)
		}
		if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if err := held.Close(); err != nil {
			t.Fatal(err)
		}
		if status, at, body = post(step.address, step.form); status != http.StatusOK || at != step.to {
			t.Fatalf("%s with the database there: %d at %s, want %s\n%.3000s", step.address, status, at, step.to, body)
		}
	}
}
