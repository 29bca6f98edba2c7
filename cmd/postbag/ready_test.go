package main

import (
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
)

// turnsUnready waits until a serve says that it cannot serve, sees that it lives all the
// same and that health tells, mends what is wrong, and waits until it is ready again.
func turnsUnready(t *testing.T, in *installation, s *served, mend func()) {
	t.Helper()
	eventually(t, "it is not ready", func() bool { code, _ := s.get(t, "/readyz"); return code == http.StatusServiceUnavailable })
	if code, _ := s.get(t, "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz answers %d", code)
	}
	out, err := in.run("health", "--listen", strings.TrimPrefix(s.base, "http://"))
	if digest.KindOf(err) != digest.Unavailable || !strings.Contains(err.Error(), "cannot read or store anything") || len(hintLines(err)) == 0 {
		t.Errorf("health says %v, %s", err, out)
	}
	mend()
	eventually(t, "it is ready again", func() bool { code, _ := s.get(t, "/readyz"); return code == http.StatusOK })
}

// smallDisk is that a small file system can be mounted.
var smallDisk = digesttest.Need{
	Name: "a file system of one's own (root may mount one)", Optional: true,
	Find: func() error {
		return exec.Command("sh", "-c", "d=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs $d && umount $d && rmdir $d").Run()
	},
}

// TestNotReadyOnAFullDisk fills the disk under a serve to the last byte.
func TestNotReadyOnAFullDisk(t *testing.T) {
	t.Parallel()
	storetest.UseSQLite(t)
	smallDisk.Check(t)
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	in := draftedInstallation(t, nil, "--db", filepath.Join(dir, "postbag.db"))
	s := in.serve()
	if code, _ := s.get(t, "/readyz"); code != http.StatusOK {
		t.Fatalf("/readyz answers %d", code)
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; _, err = f.Write(make([]byte, size)) {
		}
	}
	f.Close()
	turnsUnready(t, in, s, func() { os.Remove(filler) })
	left, err := filepath.Glob(filepath.Join(dir, "*-room"))
	if err != nil || len(left) > 0 {
		t.Errorf("it left %v behind, %v", left, err)
	}
}

// TestNotReadyWhileTheFileIsLocked locks the file from another process.
func TestNotReadyWhileTheFileIsLocked(t *testing.T) {
	t.Parallel()
	storetest.UseSQLite(t)
	file := filepath.Join(t.TempDir(), "postbag.db")
	in := draftedInstallation(t, nil, "--db", file)
	s := in.serve()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := held.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	turnsUnready(t, in, s, func() {
		if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	})
}

// TestNotReadyWhereNothingCanBeWritten lets the server take no writes any more, as one
// does that became a standby.
func TestNotReadyWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	dsn := postgres(t)[1]
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	const role = "postbag_test_reader"
	do := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	do(`DROP ROLE IF EXISTS ` + role)
	do(`CREATE ROLE ` + role + ` LOGIN SUPERUSER`)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	in := draftedInstallation(t, nil, "--db", u.String())
	s := in.serve("--lease", "2s")
	do(`ALTER ROLE ` + role + ` SET default_transaction_read_only = on`)
	ended := `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '` + role + `'`
	do(ended)
	turnsUnready(t, in, s, func() {
		do(`ALTER ROLE ` + role + ` RESET default_transaction_read_only`)
		do(ended)
	})
}

// TestPagesWhilePostgresSaysNothing asks every sort of page while the server is suspended:
// each says within seconds that it cannot now, and when to try again.
func TestPagesWhilePostgresSaysNothing(t *testing.T) {
	t.Parallel()
	door, dsn := storetest.OpenDoor(t, postgres(t)[1])
	in := newInstallation(t, "--db", dsn)
	in.readers(1)
	token := listed[struct {
		Token string `json:"token"`
	}](in, "subscriber", "list")[0].Token
	if token == "" {
		token = strings.Repeat("a", 26)
	}
	s := in.serve("--only", "web")
	if code, _ := s.get(t, "/"); code != http.StatusOK {
		t.Fatalf("the front page answers %d", code)
	}
	letGo := door.Hold(t)
	type page struct {
		method, path string
		form         url.Values
	}
	inMemory := []string{"/", "/issues/", "/issues/1", "/feed.atom"} // which were asked for a moment ago
	pages := []page{
		{"GET", "/", nil}, {"GET", "/issues/", nil}, {"GET", "/issues/1", nil}, {"GET", "/feed.atom", nil}, {"GET", "/readyz", nil},
		{"GET", "/confirm/" + token, nil}, {"GET", "/unsubscribe/" + token, nil}, {"GET", "/preferences/" + token, nil},
		{"POST", "/subscribe", url.Values{"email": {"new@reader.example"}}},
		{"POST", "/confirm/" + token, nil}, {"POST", "/unsubscribe/" + token, url.Values{"List-Unsubscribe": {"One-Click"}}},
		{"POST", "/desk/sign-in", url.Values{"email": {"ada@desk.example"}, "password": {"a long lamp"}}},
	}
	type answer struct {
		page
		code  int
		after string
		took  time.Duration
		err   error
	}
	answers := make(chan answer)
	for _, p := range pages {
		go func() {
			began := time.Now()
			request, err := http.NewRequest(p.method, s.base+p.path, strings.NewReader(p.form.Encode()))
			if err == nil && p.form != nil {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			a := answer{page: p}
			if err == nil {
				var r *http.Response
				if r, err = (&http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request); err == nil {
					r.Body.Close()
					a.code, a.after = r.StatusCode, r.Header.Get("Retry-After")
				}
			}
			a.err, a.took = err, time.Since(began)
			answers <- a
		}()
	}
	for range pages {
		a := <-answers
		if a.code == http.StatusOK && slices.Contains(inMemory, a.path) {
			continue
		}
		if a.err != nil || a.code != http.StatusServiceUnavailable || a.after == "" || a.took > 20*time.Second {
			t.Errorf("%s %s: %d, Retry-After %q, %v after %v", a.method, a.path, a.code, a.after, a.err, a.took)
		}
	}
	letGo()
	eventually(t, "the pages are there again", func() bool { code, _ := s.get(t, "/issues/1"); return code == http.StatusOK })
}
