package fetchtest_test

import (
	"io"
	"net/http"
	"testing"

	"postbag/digest/fetch/fetchtest"
)

func TestBlogPlaysItsScript(t *testing.T) {
	blog := fetchtest.New(t)
	blog.On("/feed", fetchtest.Answer{Status: 503, RetryAfter: "60"}, fetchtest.Answer{Body: "one", ETag: `"1"`}).
		On("/feed?paged=2", fetchtest.Answer{Body: "two", Encoding: "gzip, br"}).
		On("/cut", fetchtest.Answer{Body: "cut off", Cut: 3})
	ask := func(path, etag string) (int, string, http.Header) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, blog.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "br")
		if etag != "" {
			req.Header.Set("If-None-Match", etag)
		}
		resp, err := blog.Server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if (err != nil) != (path == "/cut") {
			t.Errorf("%s: %v", path, err)
		}
		return resp.StatusCode, string(body), resp.Header
	}
	for i, tt := range []struct {
		path, etag, body string
		status           int
	}{
		{"/feed", "", "", 503}, {"/feed", "", "one", 200}, {"/feed", `"1"`, "", 304}, {"/feed", `"2"`, "one", 200},
		{"/feed?x", "", "one", 200}, {"/cut", "", "cut", 200}, {"/nothing", "", "404 page not found\n", 404},
	} {
		if status, body, _ := ask(tt.path, tt.etag); status != tt.status || body != tt.body {
			t.Errorf("request %d: %d %q, want %d %q", i, status, body, tt.status, tt.body)
		}
	}
	if _, body, h := ask("/feed?paged=2", ""); h.Get("Content-Encoding") != "gzip, br" || body != string(fetchtest.Pack(t, "gzip, br", []byte("two"))) {
		t.Errorf("packed: %v", h)
	}
	if n, all := len(blog.Asked("/feed")), len(blog.Requests()); n != 6 || all != 8 || blog.Most() != 1 {
		t.Errorf("asked %d times for the feed and %d in all, %d at once", n, all, blog.Most())
	}
	if r := blog.Asked("/feed?paged=2"); len(r) != 1 || r[0].Header.Get("Accept-Encoding") != "br" || r[0].Method != http.MethodGet {
		t.Errorf("recorded %+v", r)
	}
	blog.Forget()
	if n := len(blog.Requests()); n != 0 {
		t.Errorf("%d requests after forgetting them", n)
	}
}
