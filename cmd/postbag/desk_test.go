package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/store/storetest"
	"postbag/digest/web/door"
	"postbag/digest/web/frame"
)

// openedForTest opens an installation as serve does.
func openedForTest(t *testing.T) *mailer {
	t.Helper()
	p := &Program{Stdin: strings.NewReader(""), Stdout: os.Stdout, Stderr: os.Stderr, Clock: digest.SystemClock{}}
	s := &Settings{DB: storetest.MadeSQLite(t), Listen: "localhost:8080", SMTP: "outbox:" + t.TempDir(), Concurrency: 1, Lease: leastLease, LogLevel: "error", Ambiguous: "resend"}
	a, err := p.open(t.Context(), s, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.close() })
	m, err := a.mailer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNobodyReachesTheDesk asks for every address of every area by every method,
// without a session: nothing is shown and nothing is done.
func TestNobodyReachesTheDesk(t *testing.T) {
	storetest.UseSQLite(t)
	m := openedForTest(t)
	pages, err := m.deskPages()
	if err != nil {
		t.Fatal(err)
	}
	f := frame.New(frame.Options{Site: m.deskSite()})
	routes := door.New(door.Options{Accounts: m.accounts(), Site: m.deskSite()}).In(f).Routes()
	for _, area := range m.deskAreas(f) {
		routes = append(routes, area.Routes()...)
	}
	isOpen := map[string]bool{}
	for _, r := range routes {
		if r.Open {
			isOpen[r.Method+" "+string(r.Page)] = true
		}
	}
	part := regexp.MustCompile(`\{[a-z]+\}`)
	for _, r := range routes {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
			if isOpen[method+" "+string(r.Page)] || method == "HEAD" && isOpen["GET "+string(r.Page)] {
				continue
			}
			path := part.ReplaceAllString(string(r.Page), "1")
			request := httptest.NewRequestWithContext(t.Context(), method, "http://localhost:8080"+path, strings.NewReader("x=y"))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got := httptest.NewRecorder()
			pages.ServeHTTP(got, request)
			switch to := got.Header().Get("Location"); {
			case got.Code == http.StatusSeeOther && strings.HasPrefix(to, "/desk/sign-in"):
			case got.Code == http.StatusUnauthorized:
			default:
				t.Errorf("%s %s answers %d %s", method, path, got.Code, to)
			}
		}
	}
}

// TestTheDeskHasAListenerOfItsOwn: then the public one knows none of its paths.
func TestTheDeskHasAListenerOfItsOwn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	in := &installation{t: t, dir: t.TempDir()}
	in.flags = []string{"--db", in.dir + "/postbag.db", "--smtp", "outbox:" + in.dir + "/outbox"}
	s := in.serve("--desk-listen", at, "--only", "web")
	own := &served{base: "http://" + at}
	if code, _ := own.get(t, "/healthz"); code != http.StatusOK {
		t.Errorf("the desk is not well: %d", code)
	}
	link := regexp.MustCompile(`http://\S+/desk/link/\S+`).FindString(s.log.String())
	if !strings.HasPrefix(link, own.base) {
		t.Fatalf("the link is %q", link)
	}
	for _, c := range []struct {
		of   *served
		path string
		want int
		says string
	}{
		{own, "/desk/sign-in", http.StatusOK, "Nobody has an account yet. Open the link to set up the desk"},
		{own, "/", http.StatusOK, "Sign in"},
		{own, strings.TrimPrefix(link, own.base), http.StatusOK, "Set up the desk"},
		{own, "/feed.atom", http.StatusNotFound, ""},
		{own, "/issues/", http.StatusNotFound, ""},
		{own, "/subscribe", http.StatusNotFound, ""},
		{s, "/desk/", http.StatusNotFound, ""},
		{s, "/desk", http.StatusNotFound, ""},
		{s, "/desk/sign-in", http.StatusNotFound, ""},
		{s, strings.TrimPrefix(link, own.base), http.StatusNotFound, ""},
		{s, "/", http.StatusOK, ""},
	} {
		code, body := c.of.get(t, c.path)
		if code != c.want || !strings.Contains(body, c.says) {
			t.Errorf("%s%s answers %d, want %d\n%.400s", c.of.base, c.path, code, c.want, body)
		}
	}
}

// TestServeMakesOneLinkToSetUp: the last one printed works, whichever process made it.
func TestServeMakesOneLinkToSetUp(t *testing.T) {
	m := openedForTest(t)
	ctx := context.Background()
	first, err := m.accounts().SetUpToken(ctx)
	if err != nil || first == "" {
		t.Fatal(first, err)
	}
	second, err := m.accounts().SetUpToken(ctx)
	if err != nil || second == "" || second == first {
		t.Fatal(second, err)
	}
	if _, err := m.accounts().Entrance(ctx, first); digest.KindOf(err) != digest.Conflict {
		t.Errorf("the first still works: %v", err)
	}
	if _, err := m.accounts().Add(ctx, m.p.by(), "ann@desk.example", "", digest.OwnerRole); err != nil {
		t.Fatal(err)
	}
	if _, err := m.accounts().Entrance(ctx, second); digest.KindOf(err) != digest.NotFound {
		t.Errorf("there is an editor, and the link works: %v", err)
	}
	if token, err := m.accounts().SetUpToken(ctx); err != nil || token != "" {
		t.Error(token, err)
	}
}
