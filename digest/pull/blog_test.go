package pull_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/fetch"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/importer"
	"postbag/digest/pull/poll"
	"postbag/digest/pull/removed"
	"postbag/digest/store"
)

// blog is a web server on loopback that stands for a blog.
type blog struct {
	t    testing.TB
	url  string
	page func(path, query string) (status int, contentType, body string)

	mu       sync.Mutex
	requests []string        // path?query, a star behind conditional ones
	broken   map[string]bool // path?query that answers 500
}

// newBlog serves what page gives; %BLOG% in a body is the blog's address.
func newBlog(t testing.TB, page func(path, query string) (int, string, string)) *blog {
	t.Helper()
	b := &blog{t: t, page: page, broken: map[string]bool{}}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	b.url = s.URL
	return b
}

func (b *blog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Path
	if r.URL.RawQuery != "" {
		asked += "?" + r.URL.RawQuery
	}
	status, contentType, body := b.page(r.URL.Path, r.URL.RawQuery)
	body = strings.ReplaceAll(body, "%BLOG%", b.url)
	sum := sha256.Sum256([]byte(body))
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`

	b.mu.Lock()
	defer b.mu.Unlock()
	switch seen := r.Header.Get("If-None-Match"); {
	case b.broken[asked]:
		status, body = http.StatusInternalServerError, "broken"
	case seen == etag:
		status, body = http.StatusNotModified, ""
		fallthrough
	case seen != "":
		asked += " *"
	}
	b.requests = append(b.requests, asked)
	if status == http.StatusOK || status == http.StatusNotModified {
		w.Header().Set("ETag", etag)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	if _, err := w.Write([]byte(body)); err != nil && status != http.StatusNotModified {
		b.t.Logf("write: %v", err)
	}
}

// asked gives the requests since it was last called.
func (b *blog) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.requests
	b.requests = nil
	return asked
}

func (b *blog) breakAt(paths ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = map[string]bool{}
	for _, p := range paths {
		b.broken[p] = true
	}
}

// sample serves the founding blog as Blogger pages it; firstPage is the page of
// comments that the feed begins with.
type sample struct {
	dir       string
	firstPage int
}

const (
	html = "text/html; charset=UTF-8"
	atom = "application/atom+xml; charset=UTF-8"
	rss  = "application/rss+xml; charset=UTF-8"
)

func (s *sample) page(path, query string) (int, string, string) {
	switch path {
	case "/", "/2016/01/oh-yes-it-is.html":
		return 200, html, `<html><head><meta content='blogger' name='generator'/>` +
			`<link rel="alternate" type="application/atom+xml" title="Atom" href="%BLOG%/feeds/posts/default" />` +
			`<link rel="alternate" type="application/rss+xml" title="RSS" href="%BLOG%/feeds/posts/default?alt=rss" />` +
			`<link rel="service.post" type="application/atom+xml" href="https://www.blogger.com/feeds/21/posts/default" />` +
			`<link rel="alternate" type="application/atom+xml" href="%BLOG%/feeds/1181411501454921869/comments/default" /></head></html>`
	case "/feeds/posts/default":
		if strings.Contains(query, "alt=rss") {
			return 200, rss, `<rss version="2.0"><channel><title>x</title><generator>Blogger</generator></channel></rss>`
		}
		return 200, atom, s.file("posts.atom")
	case "/feeds/1181411501454921869/comments/default":
		return 200, atom, s.file("post-comments/oh-yes-it-is.atom")
	case "/feeds/comments/default":
		n := s.firstPage
		for i := 1; i <= 6; i++ {
			if strings.Contains("&"+query+"&", fmt.Sprintf("&start-index=%d&", 25*(i-1)+1)) {
				n = i
			}
		}
		return 200, atom, s.file(fmt.Sprintf("pages/comments-p%d.atom", n))
	}
	return 404, html, "<html>nothing</html>"
}

func (s *sample) file(name string) string {
	body, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		panic(err)
	}
	const own = "<link rel='next' type='application/atom+xml' href='https://www.blogger.com/feeds/2127880819790475612/"
	return strings.ReplaceAll(string(body), own, "<link rel='next' type='application/atom+xml' href='%BLOG%/feeds/")
}

// clock shows a time that only the test moves.
type clock struct {
	digest.SystemClock
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func at(text string) time.Time {
	tm, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return tm.UTC()
}

// nobody pulls, adds and imports in tests.
var nobody = digest.Actor{Kind: digest.ByCommand, Name: "test"}

// parts are all parts of pulling over the same tools.
type parts struct {
	*poll.Poller
	*discover.Finder
	*removed.Checker
	*importer.Importer
}

func newParts(opts pull.Options) *parts {
	tools := pull.NewTools(opts)
	poller := poll.New(tools)
	return &parts{poller, discover.New(tools), removed.New(poller), importer.New(tools)}
}

// rig is all of pulling with everything around it.
type rig struct {
	*parts
	t     testing.TB
	blog  *blog
	store *store.DB
	clock *clock
}

func newRig(t testing.TB, b *blog, db *store.DB, start string, change ...func(*pull.Options)) *rig {
	t.Helper()
	allow, err := fetch.ParseAllow([]string{strings.TrimPrefix(b.url, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, blog: b, store: db, clock: &clock{now: at(start)}}
	client := fetch.New(fetch.Options{Allow: allow, Pause: -1, RefusalStep: -1, Clock: r.clock})
	t.Cleanup(client.Close)
	opts := pull.Options{Store: db, Fetcher: client, ToProse: markup.FromHTML, Clock: r.clock,
		Random: func() float64 { return 0.5 }}
	for _, f := range change {
		f(&opts)
	}
	r.parts = newParts(opts)
	return r
}

var firstSeries = digest.Series{Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
	Schedule: digest.DefaultSeriesSchedule, Zone: "UTC", NextNumber: 1, Deadline: digest.Hold}

// adds follows a blog and wants no error.
func (r *rig) adds(address string) discover.Found {
	r.t.Helper()
	found, err := r.Add(r.t.Context(), nobody, address, firstSeries, discover.Options{})
	if err != nil {
		r.t.Fatalf("add: %v", err)
	}
	return found
}

// add follows the rig's blog and forgets the requests that took.
func (r *rig) add() digest.Source {
	r.t.Helper()
	src := r.adds(r.blog.url + "/").Source
	r.blog.asked()
	return src
}

// finds looks for the blog at an address and wants these feeds, see foundLine.
func (r *rig) finds(address, want string) {
	r.t.Helper()
	found, err := r.Discover(r.t.Context(), address, discover.Options{})
	if err != nil {
		r.t.Errorf("%s: %v", address, err)
	}
	equal(r.t, address, foundLine(found, r.blog.url), want)
	if n := len(r.blog.asked()); n > discover.MaxDiscovery {
		r.t.Errorf("%s took %d requests", address, n)
	}
}

// imported stores a source that is followed through no feed.
func (r *rig) imported(src digest.Source) digest.Source {
	r.t.Helper()
	if err := r.store.AddSource(r.t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, nil, firstSeries); err != nil {
		r.t.Fatal(err)
	}
	return src
}

// pull pulls by hand and wants no error.
func (r *rig) pull(src digest.Source, opts poll.Options) poll.Report {
	r.t.Helper()
	report, err := r.Pull(r.t.Context(), nobody, src.ID, opts)
	if err != nil {
		r.t.Fatalf("pull: %v", err)
	}
	return report
}

func (r *rig) feed(src digest.Source, kind digest.FeedKind) digest.FeedState {
	r.t.Helper()
	feeds, err := r.store.Feeds(r.t.Context(), src.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range feeds {
		if f.Kind == kind {
			return f
		}
	}
	r.t.Fatalf("source %d has no %s feed", src.ID, kind)
	return digest.FeedState{}
}

// counts words what was stored, without the ids.
func counts(s pull.Stored) string {
	s.PostIDs, s.CommentIDs = nil, nil
	return fmt.Sprintf("%+v", s)
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// errOf gives the error of what must not work.
func errOf[T any](_ T, err error) error { return err }

func wantError(t testing.TB, what string, err error, kind digest.Kind, words string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: no error, want one that says %q", what, words)
	case digest.KindOf(err) != kind, !strings.Contains(err.Error(), words):
		t.Errorf("%s: error %q of kind %d, want kind %d saying %q", what, err, digest.KindOf(err), kind, words)
	case digest.HintOf(err) == "" && len(digest.ActsOf(err)) == 0:
		t.Errorf("%s: error %q neither hints nor offers anything", what, err)
	}
}
