package web_test

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/web"
	"postbag/subscribers"
)

func TestPathsThatNameNothing(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{
		"/nothing", "/issues/0", "/issues/007", "/issues/-1", "/issues/+1", "/issues/99", "/issues/99999999999999999999",
		"/issues/..%2f..%2fetc%2fpasswd", "/assets/../../go.mod", "/assets/%2e%2e/%2e%2e/go.mod", "/assets/..%2fpostbag.db", "/assets/..%5cpostbag.db",
		"/assets/", "/assets", "/assets/postbag.css", "/assets/a%00.css", "/%00", "/.git/config", "/.git/HEAD",
		"/.env", "/postbag.db", "/postbag.db-wal", "/backup", "/debug/pprof/", "/metrics", "/desk/", "//evil.example/", "/\\evil.example/", "/./", "/a/../",
		"/%2e%2e/", "/issues/1/2", "/feed.atomx", "/subscribers",
	} {
		a := s.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
		if a.status != http.StatusNotFound || a.header.Get("Location") != "" {
			t.Errorf("%s: %d, Location %q", path, a.status, a.header.Get("Location"))
		}
		wantText(t, a, "There is no such page")
	}
}

// TestAddressesThatAMailBroke opens the addresses of public pages as the text around
// them in a mail leaves them.
func TestAddressesThatAMailBroke(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.BaseURL += "/post" })
	for path, want := range map[string]string{
		"/issues/8.": "/post/issues/8", "/issues/8/": "/post/issues/8", "/post/issues/8%3E": "/post/issues/8", "/Issues/8),": "/post/issues/8", "/issues/1/?x=//evil.example": "/post/issues/1",
		"/issues.": "/post/issues/", "/feed.atom>": "/post/feed.atom", "/post/feed.atom/": "/post/feed.atom", "/FEED.ATOM": "/post/feed.atom",
		"/subscribe/": "/post/subscribe", "/unsubscribe.": "/post/unsubscribe", "/>": "/post/", "/post/).": "/post/",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.do(method, path, "", "X-Forwarded-Host", "evil.example")
			if a.status != http.StatusMovedPermanently || a.header.Get("Location") != want {
				t.Errorf("%s %s: %d to %q, want %q", method, path, a.status, a.header.Get("Location"), want)
			}
		}
		if a := s.do("POST", path, ""); a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
}

func TestNoRedirectLeavesTheSite(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/issues", "/issues?next=https://evil.example", "/issues?//evil.example"} {
		a := s.do("GET", path, "", "X-Forwarded-Host", "evil.example")
		if a.status != http.StatusMovedPermanently || a.header.Get("Location") != "/issues/" {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	for _, path := range []string{"/subscribe", "/subscribe?email=ann@example.org&next=//evil.example"} {
		a := s.do("GET", path, "", "X-Forwarded-Host", "evil.example")
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.http.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("X-Forwarded-Proto", "gopher")
	if a := s.send(r); strings.Contains(a.body, "evil.example") || strings.Contains(a.body, "gopher") {
		t.Error("a Host that was sent made a link")
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	pending := s.signUp("bob@example.org")
	private := []answer{
		s.get("/confirm/" + pending), s.get("/unsubscribe/" + ann.Token), s.get("/preferences/" + ann.Token),
		s.get("/confirm/nonsense"), s.post("/preferences/"+ann.Token, "frequency", "every"),
		s.post("/unsubscribe/"+ann.Token, "List-Unsubscribe", "One-Click"), s.post("/unsubscribe/" + ann.Token + "/undo"),
	}
	for _, a := range private {
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Robots-Tag") != "noindex, nofollow" || a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("a secret page has %v", a.header)
		}
	}
	public := []answer{s.get("/"), s.get("/issues/"), s.get("/nothing"), s.get("/feed.atom"), s.get("/healthz"), s.get("/favicon.ico"), s.do("PUT", "/", ""), s.post("/subscribe", "email", "x@example.org")}
	for _, a := range append(private, public...) {
		csp := a.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("the policy %q lacks %q", csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") == "" ||
			a.header.Get("Set-Cookie") != "" || a.header.Get("Content-Type") == "" {
			t.Errorf("headers %v", a.header)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/", "GET, HEAD"}, {"DELETE", "/issues/1", "GET, HEAD"}, {"PUT", "/subscribe", "GET, HEAD, POST"},
		{"PUT", "/confirm/x", "GET, HEAD, POST"}, {"POST", "/healthz", "GET, HEAD"},
	} {
		a := s.do(c.method, c.path, "")
		if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, a.status, a.header.Get("Allow"))
		}
	}
	if a := s.do("POST", "/healthz", ""); a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("a probe gets %s", a.header.Get("Content-Type"))
	}
	s.publish()
	for _, path := range []string{"/", "/issues/", "/issues/1", "/feed.atom", "/healthz", "/robots.txt", "/favicon.ico"} {
		head, get := s.do("HEAD", path, ""), s.get(path)
		if head.status != 200 || head.body != "" || head.header.Get("Content-Type") != get.header.Get("Content-Type") || head.header.Get("Content-Length") == "" {
			t.Errorf("HEAD %s: %d %v", path, head.status, head.header)
		}
	}
}

func TestOtherSitesCannotActForAReader(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	pending := s.signUp("bob@example.org")
	foreign := [][]string{
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
	}
	for _, header := range foreign {
		header = append(header, "Content-Type", "application/x-www-form-urlencoded")
		for _, path := range []string{"/confirm/" + pending, "/preferences/" + ann.Token, "/unsubscribe/" + ann.Token + "/undo"} {
			a := s.do("POST", path, "frequency=monthly", header...)
			wantStatus(t, a, http.StatusForbidden)
			wantText(t, a, "This was refused")
		}
	}
	s.wantState("bob@example.org", subscribers.Pending)
	if got := s.subscriber("ann@example.org").Frequency; got != subscribers.Every {
		t.Errorf("the frequency is %s", got)
	}
	// Our own pages let no Referer out; without TLS this is all their forms say.
	wantStatus(t, s.do("POST", "/preferences/"+ann.Token, "frequency=every", "Origin", "null", "Content-Type", "application/x-www-form-urlencoded"), http.StatusOK)
	// The blog's own form is on another site, and is welcome.
	a := s.do("POST", "/subscribe", "email=cy@example.org", "Sec-Fetch-Site", "cross-site", "Origin", "https://blog.example", "Content-Type", "application/x-www-form-urlencoded")
	wantStatus(t, a, http.StatusOK)
	s.wantState("cy@example.org", subscribers.Pending)
}

func TestBehindAProxyThatRewritesTheHost(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.BaseURL = "https://digest.example.org" })
	token := s.signUp("ann@example.org")
	wantStatus(t, s.do("POST", "/confirm/"+token, "", "Origin", "https://digest.example.org"), http.StatusOK)
	s.wantState("ann@example.org", subscribers.Active)
}

func TestASiteBelowAPath(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.BaseURL += "/digest/" })
	for _, path := range []string{"/digest", "/digest?x", "/digest/", "/", "/digest/feed.atom", "/feed.atom", "/digest/issues/", "/issues/"} {
		wantStatus(t, s.get(path), http.StatusOK)
	}
	for _, path := range []string{"/digestive", "/digest/digest/", "/digest//"} {
		if a := s.get(path); a.status == http.StatusOK {
			t.Errorf("%s answers", path)
		}
	}
	page := s.get("/digest").body
	for _, want := range []string{`action="/digest/subscribe"`, `href="/digest/feed.atom"`, `href="/digest/assets/`, `<link rel="canonical" href="` + s.http.URL + `/digest/">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the front page lacks %s:\n%s", want, page)
		}
	}
	ann := s.reader("ann@example.org")
	for _, path := range []string{"/digest/unsubscribe/", "/DIGEST/unsubscribe/", "/unsubscribe/", "/digest/unsubscribe%2F"} {
		a := s.get(path + ann.Token + ">")
		wantStatus(t, a, http.StatusOK)
		if got := action(t, a); got != "/digest/unsubscribe/"+ann.Token {
			t.Errorf("%s: the button posts to %s", path, got)
		}
	}
	if a := s.get("/digest/issues"); a.header.Get("Location") != "/digest/issues/" {
		t.Errorf("redirected to %q", a.header.Get("Location"))
	}
	if a := s.get("/digest/subscribe"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/digest/" {
		t.Errorf("the form is at %q", a.header.Get("Location"))
	}
}

func TestASiteBelowAPathInOtherLetters(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.BaseURL += "/b%C3%BCro%20post/" })
	for _, path := range []string{"/b%C3%BCro%20post", "/b%c3%bcro%20post/", "/b%C3%BCro%20post/feed.atom", "/feed.atom"} {
		wantStatus(t, s.get(path), http.StatusOK)
	}
	wantText(t, s.get("/b%C3%BCro%20post"), `action="/b%C3%BCro%20post/subscribe"`)
	if a := s.get("/b%C3%BCro%20post/issues"); a.header.Get("Location") != "/b%C3%BCro%20post/issues/" {
		t.Errorf("redirected to %q", a.header.Get("Location"))
	}
	ann := s.reader("ann@example.org")
	for _, path := range []string{"/b%C3%BCro%20post/unsubscribe/" + ann.Token, "/b%C3%BCro%20post/unsubscribe%2F" + ann.Token} {
		if got := action(t, s.get(path)); got != "/b%C3%BCro%20post/unsubscribe/"+ann.Token {
			t.Errorf("the button posts to %s", got)
		}
	}
}

func TestFormsAreBounded(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	huge := "email=" + strings.Repeat("a", 65<<10)
	for _, path := range []string{"/subscribe", "/preferences/" + ann.Token, "/unsubscribe/" + ann.Token} {
		a := s.do("POST", path, huge, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
		wantStatus(t, a, http.StatusRequestEntityTooLarge)
	}
	s.wantState("ann@example.org", subscribers.Active)

	var file bytes.Buffer
	form := multipart.NewWriter(&file)
	part, err := form.CreateFormFile("email", "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, 60<<10)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	a := s.do("POST", "/subscribe", file.String(), "Content-Type", form.FormDataContentType())
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantStatus(t, s.do("POST", "/subscribe", "email=%zz", "Content-Type", "application/x-www-form-urlencoded"), http.StatusBadRequest)
	wantStatus(t, s.do("POST", "/subscribe", "not a form", "Content-Type", "multipart/form-data"), http.StatusBadRequest)
}

func TestAssetsAreKeptForEver(t *testing.T) {
	s := newSite(t)
	m := regexp.MustCompile(`href="(/assets/[^"]+)"`).FindStringSubmatch(s.get("/").body)
	if m == nil {
		t.Fatal("the page names no asset")
	}
	a := s.get(m[1])
	wantStatus(t, a, http.StatusOK)
	if a.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.body == "" {
		t.Errorf("%v", a.header)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	var down error
	s := newSite(t, func(o *web.Options) { o.Ready = func(context.Context) error { return down } })
	wantStatus(t, s.get("/healthz"), http.StatusOK)
	wantStatus(t, s.get("/readyz"), http.StatusOK)
	down = errors.New("secret.db: disk gone")
	wantStatus(t, s.get("/healthz"), http.StatusOK)
	a := s.get("/readyz")
	wantStatus(t, a, http.StatusServiceUnavailable)
	if strings.Contains(a.body, "secret") || !strings.Contains(s.log.String(), "secret.db") {
		t.Errorf("said %q, logged %s", a.body, s.log)
	}
}

func TestLogsHoldNoSecrets(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	pending := s.signUp("bob@example.org")
	s.get("/confirm/" + pending)
	s.get("/unsubscribe/" + ann.Token + "?x=" + ann.Token)
	s.post("/unsubscribe/"+ann.Token, "List-Unsubscribe", "One-Click")
	s.do("PUT", "/confirm/"+pending, "")
	s.get("/confirm/" + pending + "/more")
	s.do("POST", "/preferences/"+ann.Token, "", "Origin", "https://evil.example")
	log := s.log.String()
	for _, secret := range []string{ann.Token, pending, "ann@", "bob@"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, want := range []string{"method=GET", `route="GET /confirm/{token}"`, "status=200", "took=", `route="POST /preferences/{token}" status=403`, "route=- status=405"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	var good web.Options
	newSite(t, func(o *web.Options) { good = *o })
	for _, base := range []string{"", "digest.example.org", "ftp://example.org", "https://", "https://user:pw@example.org", "https://example.org/?x", "https://example.org/#x", "https://exa mple"} {
		o := good
		o.BaseURL = base
		if _, err := web.New(o); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%q: %v", base, err)
		}
	}
}
