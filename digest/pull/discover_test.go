package pull_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/pull/discover"
)

func TestAddressesThatLeadToNoBlog(t *testing.T) {
	t.Parallel()
	ghost := fixture(t, "feed", "ghost.rss")
	start := ghost[:strings.Index(ghost, "<item>")]
	pages := map[string]string{
		"/bare":    "<html><body>hello</body></html>",
		"/login":   "<html><form><input type=password></form></html>",
		"/wix":     `<html><head><meta name="generator" content="Wix.com Website Builder"></head></html>`,
		"/dead":    `<html><head><link rel="alternate" type="application/rss+xml" href="/404"></head></html>`,
		"/picture": "\x89PNG\r\n\x1a\n",
		"/json":    "{}",
		"/empty":   "",
		"/cut":     start,
		"/map":     `<?xml version="1.0"?><urlset/>`,
	}
	b := newBlog(t, func(path, _ string) (int, string, string) {
		if body, ok := pages[path]; ok {
			return 200, html, body
		}
		return 404, html, "<html>not here</html>"
	})
	r := newRig(t, b, database(t), thatEvening)
	for _, tt := range []struct {
		path  string
		kind  digest.Kind
		words string
	}{
		{"/bare", digest.Invalid, "no feed was found"},
		{"/login", digest.Invalid, "login page"},
		{"/wix", digest.Invalid, "made with Wix"},
		{"/dead", digest.NotFound, "404"},
		{"/picture", digest.Invalid, "no feed"},
		{"/json", digest.Invalid, "JSON"},
		{"/empty", digest.Invalid, "empty"},
		{"/cut", digest.Invalid, "cut short"},
		{"/map", digest.Invalid, "urlset"},
		{"/404", digest.NotFound, "404"},
	} {
		wantError(t, tt.path, errOf(r.Add(t.Context(), nobody, b.url+tt.path, firstSeries, discover.Options{})), tt.kind, tt.words)
		if n := len(b.asked()); n > discover.MaxDiscovery {
			t.Errorf("%s took %d requests", tt.path, n)
		}
	}
	sources, err := r.store.Sources(t.Context())
	if err != nil || len(sources) != 0 {
		t.Errorf("stored %v, %v; want nothing", sources, err)
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening)
	for _, address := range []string{"", "  ", "http://", "two words", "https://a b.example/", "http://[::1"} {
		wantError(t, address, errOf(r.Add(t.Context(), nobody, address, firstSeries, discover.Options{})), digest.Invalid, "is not an address")
	}
	wantError(t, "ftp", errOf(r.Add(t.Context(), nobody, "ftp://blog.example/", firstSeries, discover.Options{})), digest.Invalid, "neither http nor https")
	_, err := r.Add(t.Context(), nobody, "http://127.0.0.1:1/", firstSeries, discover.Options{})
	wantError(t, "a private address", err, digest.Forbidden, "not a public address")
	equal(t, "act", fmt.Sprint(digest.ActsOf(err)), fmt.Sprint([]digest.Act{{Do: digest.AllowHost, Name: "127.0.0.1:1"}}))
}

func TestBlogWithoutLinksIsFoundByConvention(t *testing.T) {
	t.Parallel()
	for _, home := range []string{"<html></html>",
		`<html><meta name=generator content="WordPress 6.7"></html>`,
		`<html><link rel=alternate type=application/rss+xml href=/feed/></html>`,
	} {
		b := newBlog(t, (&press{t: t, home: home}).page)
		newRig(t, b, database(t), thatEvening).finds(b.url, "posts /feed/, comments /comments/feed/")
	}
}

func TestRedirectsAreRequestsToo(t *testing.T) {
	t.Parallel()
	lead := map[string]string{"/": "/a", "/a": "/b/", "/loop": "/loop2", "/loop2": "/loop3", "/loop3": "/loop4", "/loop4": "/loop5", "/loop5": "/b/"}
	pages := map[string]string{
		"/b/":     head + linkTo("rss", "Row", "/b/feed") + "</head></html>",
		"/b/feed": rssOf("Row", "", "/p/1"), "/p/1": head + linkTo("rss", "Comments", "/c.rss") + "</head></html>", "/c.rss": rssOf("Talk", "", "/p/1#comment-1"),
	}
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if to := lead[r.URL.Path]; to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		_, kind, body := webSite(pages).page(r.URL.Path, "")
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	}))
	defer s.Close()
	r := newRig(t, &blog{url: s.URL}, database(t), thatEvening)
	found, err := r.Discover(t.Context(), s.URL, discover.Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "found", foundLine(found, s.URL), "posts /b/feed, silent")
	equal(t, "requests", fmt.Sprint(asked), "[/ /a /b/ /b/feed]")
	asked = nil
	wantError(t, "a long way", errOf(r.Discover(t.Context(), s.URL+"/loop", discover.Options{})), digest.Invalid, "within 5 requests")
	equal(t, "requests", len(asked), discover.MaxDiscovery)
}

// TestRedirectsToNothingAreRequestsToo looks for a blog where every guess leads a long
// way, and to nothing.
func TestRedirectsToNothingAreRequestsToo(t *testing.T) {
	t.Parallel()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		switch way := r.URL.Query().Get("way"); {
		case r.URL.Path == "/":
			fmt.Fprint(w, head+"</head><body>No feed.</body></html>")
		case len(way) < 2:
			http.Redirect(w, r, r.URL.Path+"?way="+way+"x", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	r := newRig(t, &blog{url: s.URL}, database(t), thatEvening)
	if _, err := r.Discover(t.Context(), s.URL, discover.Options{}); err == nil {
		t.Error("a blog was found")
	}
	if len(asked) > discover.MaxDiscovery {
		t.Errorf("%d requests: %q", len(asked), asked)
	}
}
