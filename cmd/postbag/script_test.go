package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postbag/digest/digesttest"
	"postbag/digest/sampleblog"
	"postbag/digest/store/storetest"
)

// runMain, in the environment of the test's own program, makes it behave as
// postbag: a test can then start and kill a real process.
const runMain = "POSTBAG_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	testscript.Main(tests{m}, map[string]func(){"postbag": main})
}

// tests are the tests that do not run as scripts, which have an environment of
// their own.
type tests struct{ *testing.M }

// Run lets the tests, and the processes that they start, set the clock.
func (m tests) Run() int {
	if err := os.Setenv("POSTBAG_TESTING", "1"); err != nil {
		panic(err)
	}
	return storetest.Pooled{Tests: m.M}.Run()
}

// TestScripts runs the stories of testdata/script: each is what an operator
// types, and what the program must answer.
func TestScripts(t *testing.T) {
	digesttest.NotUnderRace(t) // a command alone; those that serve are watched in other tests
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "Europe/London")
			env.Setenv("NO_COLOR", "1")
			blog := httptest.NewServer(sampleblog.New(time.Now()))
			env.Defer(blog.Close)
			env.Setenv("BLOG", blog.URL)
			env.Setenv("POSTBAG_FETCH_ALLOW", hostOf(blog.URL))
			for name, body := range brokenBlogs {
				server := httptest.NewServer(serveAs(body))
				env.Defer(server.Close)
				env.Setenv(name, server.URL)
				env.Setenv("POSTBAG_FETCH_ALLOW", env.Getenv("POSTBAG_FETCH_ALLOW")+","+hostOf(server.URL))
			}
			for name, pages := range smallSites {
				server := httptest.NewServer(pages)
				env.Defer(server.Close)
				env.Setenv(name, server.URL)
				env.Setenv("POSTBAG_FETCH_ALLOW", env.Getenv("POSTBAG_FETCH_ALLOW")+","+hostOf(server.URL))
			}
			press := httptest.NewServer(http.HandlerFunc(servePress))
			env.Defer(press.Close)
			env.Setenv("WORDPRESS", press.URL)
			env.Setenv("POSTBAG_FETCH_ALLOW", env.Getenv("POSTBAG_FETCH_ALLOW")+","+hostOf(press.URL))
			env.Setenv("NOBODY", digesttest.Nobody(t))
			if storetest.OnPostgres() {
				env.Setenv("POSTBAG_DB", storetest.MadePostgres(t))
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "sqlite" {
				return !storetest.OnPostgres(), nil
			}
			return false, fmt.Errorf("%q is no condition", cond)
		},
	})
}

// brokenBlogs are addresses that are no blog, or not yet one, and what each
// answers for every path.
var brokenBlogs = map[string]string{
	"HTMLPAGE":  "<!doctype html><html><head><title>Sign in</title></head><body><form>Your password, please</form></body></html>",
	"TRUNCATED": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-1</id><title>Half</title><generator>Blogger</generator><entry><id>tag:blogger.com,1999:blog-1.post-1</id><title>One`,
	"EMPTY":     "",
}

func serveAs(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		kind := "application/atom+xml"
		if strings.HasPrefix(body, "<!doctype") {
			kind = "text/html"
		}
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	}
}

// servePress is a blog in WordPress' shape, with the feeds that package feed
// tests with.
func servePress(w http.ResponseWriter, r *http.Request) {
	here := "http://" + r.Host
	name := map[string]string{"/feed/": "wordpress-posts.rss", "/comments/feed/": "wordpress-comments.rss"}[r.URL.Path]
	if r.URL.Path == "/" {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		fmt.Fprintf(w, `<html><head><title>A blog</title><meta name="generator" content="WordPress 6.7.1">`+
			`<link rel="alternate" type="application/rss+xml" title="Feed" href="%s/feed/"></head></html>`, here)
		return
	}
	body, err := os.ReadFile(filepath.Join("..", "..", "digest", "feed", "testdata", name))
	if name == "" || err != nil || r.URL.RawQuery != "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=UTF-8")
	fmt.Fprint(w, strings.ReplaceAll(string(body), "http://blog.test", here))
}

func hostOf(url string) string { return strings.TrimPrefix(url, "http://") }
