package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/fetch"
	"postbag/digest/pull"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server on loopback and gives its address.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// client makes a client that may reach the given servers and no other private
// address, besides those that opts allows. It pauses only if opts says so.
func client(t testing.TB, opts fetch.Options, urls ...string) *fetch.Client {
	t.Helper()
	var items []string
	for _, url := range urls {
		items = append(items, url[strings.Index(url, "://")+3:])
	}
	if len(items) > 0 {
		opts.Allow = allow(t, items...)
	}
	if opts.Pause == 0 {
		opts.Pause = -1
	}
	if opts.RefusalStep == 0 {
		opts.RefusalStep = -1
	}
	c := fetch.New(opts)
	t.Cleanup(c.Close)
	return c
}

func allow(t testing.TB, items ...string) fetch.Allow {
	t.Helper()
	a, err := fetch.ParseAllow(items)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, c *fetch.Client, url string) (*pull.Response, error) {
	t.Helper()
	return c.Get(t.Context(), pull.Request{URL: url})
}

// wantKind checks an error's kind, that it has a hint, and that it names no
// address of the network beneath.
func wantKind(t *testing.T, err error, kind digest.Kind, words string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, want one that says %q", words)
	case digest.KindOf(err) != kind, !strings.Contains(err.Error(), words):
		t.Errorf("error %q of kind %d, want kind %d saying %q", err, digest.KindOf(err), kind, words)
	case digest.HintOf(err) == "":
		t.Errorf("error %q has no hint", err)
	case strings.Contains(err.Error(), "dial tcp"):
		t.Errorf("error %q tells of the network", err)
	}
}

func TestAnswerIsGivenWithItsValidators(t *testing.T) {
	var header http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
		w.Header().Set("ETag", `W/"odd, one"`)
		w.Header().Set("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
		w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=60")
		io.WriteString(w, "hello")
	})
	c := client(t, fetch.Options{UserAgent: "Postbag/1 (+https://example.org/)"}, url)
	for range 2 {
		resp, err := c.Get(t.Context(), pull.Request{URL: url + "/a#part", Accept: "text/html"})
		if err != nil {
			t.Fatal(err)
		}
		want := pull.Response{Status: 200, Body: []byte("hello"), URL: url + "/a", Validators: digest.Validators{ETag: `W/"odd, one"`,
			LastModified: "Sun, 01 Mar 2026 12:00:00 GMT", ValidatorsURL: url + "/a"}, ContentType: "application/atom+xml; charset=utf-8", CacheMaxAge: time.Minute}
		if fmt.Sprint(*resp) != fmt.Sprint(want) {
			t.Errorf("answer %+v, want %+v", *resp, want)
		}
	}
	for name, want := range map[string]string{
		"User-Agent": "Postbag/1 (+https://example.org/)", "Accept": "text/html", "Accept-Encoding": "gzip, deflate, br",
		"Cookie": "", "Referer": "", "If-None-Match": "", "If-Modified-Since": "",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q was sent, want %q", name, got, want)
		}
	}
}

func TestConditionalRequest(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"x"` && r.Header.Get("If-Modified-Since") == "not even a date" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.URL.Path == "/cold" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	c := client(t, fetch.Options{}, url)
	resp, err := c.Get(t.Context(), pull.Request{URL: url, Validators: digest.Validators{ETag: `"x"`, LastModified: "not even a date"}})
	if err != nil || !resp.NotModified || len(resp.Body) != 0 {
		t.Errorf("answer %+v, %v; want not modified", resp, err)
	}
	_, err = get(t, c, url+"/cold")
	wantKind(t, err, digest.Unavailable, "304")
}

func TestProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	c := client(t, fetch.Options{}, proxy)
	_, err := get(t, c, "http://192.0.2.1/")
	wantKind(t, err, digest.Forbidden, "not a public address")
}

func TestAddressesThatAreRefusedUnasked(t *testing.T) {
	c := client(t, fetch.Options{})
	for _, url := range []string{
		"", "blog.example", "ftp://blog.example/", "file:///etc/passwd", "gopher://blog.example/",
		"http://", "http:///path", "http://[fe80::1%25eth0]/", "http://a..test../", "http://a'b.test/", "http://blog.example:0/", "http://blog.example:99999/", "https://us:secret@blog.example/\x7f", "https://user:secret@blog.example/", "http://blog.example/\x7f", "http://" + strings.Repeat("a", 5000),
	} {
		_, err := get(t, c, url)
		wantKind(t, err, digest.Invalid, "")
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("error %q shows the password", err)
		}
	}
}

func TestRedirects(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if ref := r.Header.Get("Referer"); ref != "" {
			t.Errorf("Referer %q was sent", ref)
		}
		var n int
		fmt.Sscanf(r.URL.Path, "/down/%d", &n)
		switch {
		case n > 0:
			http.Redirect(w, r, fmt.Sprintf("/down/%d", n-1), http.StatusFound)
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/moved2", http.StatusMovedPermanently)
		case r.URL.Path == "/moved2":
			http.Redirect(w, r, "/here", http.StatusPermanentRedirect)
		case r.URL.Path == "/mixed":
			http.Redirect(w, r, "/moved", http.StatusTemporaryRedirect)
		case r.URL.Path == "/half":
			http.Redirect(w, r, "/half2", http.StatusMovedPermanently)
		case r.URL.Path == "/half2":
			http.Redirect(w, r, "/here", http.StatusFound)
		default:
			io.WriteString(w, r.URL.Path)
		}
	})
	c := client(t, fetch.Options{}, url)
	for _, tt := range []struct{ path, at, moved string }{
		{"/down/10", "/down/0", ""},
		{"/moved", "/here", "/here"},
		{"/mixed", "/here", ""},
		{"/half", "/here", "/half2"},
	} {
		resp, err := get(t, c, url+tt.path)
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		if moved := strings.TrimPrefix(resp.Moved, url); resp.URL != url+tt.at || moved != tt.moved {
			t.Errorf("%s: ends at %s, moved to %q; want %s and %q", tt.path, resp.URL, moved, tt.at, tt.moved)
		}
	}
}

func TestStatuses(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
		io.WriteString(w, "inner banner")
	})
	for status, kind := range map[int]digest.Kind{
		404: digest.NotFound, 410: digest.NotFound, 401: digest.Unavailable, 403: digest.Unavailable,
		400: digest.Unavailable, 500: digest.Unavailable, 503: digest.Unavailable, 301: digest.Unavailable, 429: digest.Unavailable,
	} {
		c := client(t, fetch.Options{}, url)
		_, err := get(t, c, fmt.Sprintf("%s/%d", url, status))
		wantKind(t, err, kind, fmt.Sprint(status))
		if e, ok := errors.AsType[*pull.StatusError](err); !ok || e.Status != status {
			t.Errorf("status %d: error %v does not carry it", status, err)
		}
		if strings.Contains(err.Error(), "banner") {
			t.Errorf("error %q shows the body", err)
		}
	}
}

func TestRetryAfterClosesTheHost(t *testing.T) {
	var asked int
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	clock := digesttest.NewClock(now)
	c := client(t, fetch.Options{Clock: clock}, url)
	for i := range 2 {
		_, err := get(t, c, url+fmt.Sprint("/", i))
		wantKind(t, err, digest.Unavailable, "answers 503")
		if e, ok := errors.AsType[*pull.StatusError](err); !ok || e.RetryAfter != 2*time.Minute {
			t.Errorf("error %#v, want two minutes to wait", err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times within the wait, want once", asked)
	}
	clock.Move(2*time.Minute + time.Second)
	if _, err := get(t, c, url); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestOneRequestAtATimeWithAPause(t *testing.T) {
	var inside, most atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), inside.Add(1)))
		time.Sleep(5 * time.Millisecond)
		inside.Add(-1)
	})
	clock := digesttest.NewClock(now)
	c := stranger(t, fetch.Options{Clock: clock, Pause: 3 * time.Second})
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, err := get(t, c, url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at once, want 1", most.Load())
	}
	if clock.Slept() != 12*time.Second {
		t.Errorf("paused for %v in all, want 4 times 3 s", clock.Slept())
	}
	clock.Move(-24 * time.Hour) // as when somebody puts it right
	if _, err := get(t, c, url); err != nil {
		t.Error(err)
	}
	if clock.Slept() != 15*time.Second {
		t.Errorf("paused for %v in all after the clock was put back, want 3 s more", clock.Slept())
	}
}

func TestNoPauseForTheOperatorsOwnHost(t *testing.T) {
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	clock := digesttest.NewClock(now)
	c := client(t, fetch.Options{Clock: clock, Pause: 3 * time.Second}, url)
	for range 3 {
		if _, err := get(t, c, url); err != nil {
			t.Fatal(err)
		}
	}
	if clock.Slept() != 0 {
		t.Errorf("paused for %v for a host that was opened by name", clock.Slept())
	}
}

// noise is text that does not pack well.
func noise(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func TestBodyHasALimitByDefault(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 11 << 10 {
			w.Write(make([]byte, 1<<10))
		}
	})
	_, err := get(t, client(t, fetch.Options{}, url), url)
	wantKind(t, err, digest.Invalid, "larger than 10 MB")
}

func TestContextEndsTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := client(t, fetch.Options{}, url).Get(ctx, pull.Request{URL: url}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the end of the context", err)
	}
}

// TestHeaderTimeLimit asks a server that drips its header, and has much time for
// the body.
func TestHeaderTimeLimit(t *testing.T) {
	blog := newBlog(t).On("/", answer{Raw: "HTTP/1.1 200 OK\r\nX-Slow: ", Endless: true, Drip: 10 * time.Millisecond})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := clientOf(t, fetch.Options{HeaderTimeout: 50 * time.Millisecond, Timeout: time.Hour}, blog).Get(ctx, pull.Request{URL: blog.URL})
	wantKind(t, err, digest.Unavailable, "does not answer in time")
}

func TestUnreachableHosts(t *testing.T) {
	gone, secure := "http://"+digesttest.Nobody(t), newTLSBlog(t).URL
	c := client(t, fetch.Options{}, gone, secure)
	_, err := get(t, c, gone)
	wantKind(t, err, digest.Unavailable, "refuses the connection")
	_, err = get(t, c, secure)
	wantKind(t, err, digest.Unavailable, "certificate")
}

// TestReach asks with HEAD, and with GET where that is not answered well; a body is not
// read, and what the guard refuses is not asked.
func TestReach(t *testing.T) {
	var asked []string
	var mu sync.Mutex
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		mu.Unlock()
		switch {
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/here", http.StatusFound)
		case r.URL.Path == "/gone", r.URL.Path == "/nohead" && r.Method == http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/large":
			io.WriteString(w, strings.Repeat("x", 1<<20))
		}
	})
	c := client(t, fetch.Options{}, url)
	for path, want := range map[string]struct {
		status int
		asked  string
	}{
		"/here": {200, "HEAD /here"}, "/moved": {200, "HEAD /moved HEAD /here"}, "/gone": {404, "HEAD /gone GET /gone"},
		"/nohead": {200, "HEAD /nohead GET /nohead"}, "/large": {200, "HEAD /large"},
	} {
		asked = nil
		status, err := c.Reach(t.Context(), url+path)
		if status != want.status || (err == nil) != (want.status == 200) || strings.Join(asked, " ") != want.asked {
			t.Errorf("%s: %d, %v, asked %q", path, status, err, asked)
		}
	}
	for _, inner := range []string{"http://127.0.0.1:9/", "http://10.0.0.1/", "http://[::1]/", "http://localhost/"} {
		asked = nil
		guarded := client(t, fetch.Options{})
		if status, err := guarded.Reach(t.Context(), inner); status != 0 || digest.KindOf(err) != digest.Forbidden || len(asked) > 0 {
			t.Errorf("%s: %d, %v", inner, status, err)
		}
	}
	if status, err := c.Reach(t.Context(), "javascript:alert(1)"); status != 0 || digest.KindOf(err) != digest.Invalid {
		t.Errorf("%d, %v", status, err)
	}
}
