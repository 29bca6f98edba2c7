// Package desktest starts the editor's desk whole, over a real database with the
// invented blog in it, for tests of its pages. Only tests import it.
package desktest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/digesttest"
	"postbag/digest/fetch"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
	"postbag/digest/pull/removed"
	"postbag/digest/sampleblog"
	"postbag/digest/site"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/frame"
	"postbag/subscribers/letters"
	"postbag/templates"
	"postbag/templates/screen"
)

// Start is when the tests' week ends: a Friday evening, two days before the issue is due.
var Start = time.Date(2026, 3, 6, 19, 0, 0, 0, time.UTC)

// The two people at the desk. A request is Ann's, unless its cookie says otherwise.
var (
	Ann = digest.Editor{ID: 1, Email: "ann@blog.example", Name: "Ann", Role: digest.OwnerRole}
	Ben = digest.Editor{ID: 2, Email: "ben@blog.example", Name: "Ben", Role: digest.EditorRole}
)

// whoCookie names who asks, in place of a session: "ben", or "nobody".
const whoCookie = "who"

// Desk is a desk that runs.
type Desk struct {
	T     *testing.T
	DB    *store.DB
	Clock *digesttest.Clock
	Site  site.Site // its Base is where the desk answers
	Desk  *desk.Desk
	Blog  *sampleblog.Blog
	// BlogURL is where the blog answers.
	BlogURL string
	// Checker asks the blog about picks.
	Checker *removed.Checker
	Tools   *pull.Tools
	// Set are the templates of mails and pages; Screens those of the desk.
	Set     *templates.Set
	Screens *screen.Set
	Log     *Buffer
	handler http.Handler
	also    *http.ServeMux
}

// Also lets the blog's server answer for further addresses.
func (d *Desk) Also(pages *http.ServeMux) { d.also = pages }

// Areas makes the parts of the desk that a test is about.
type Areas func(d *Desk, f *frame.Frame) []deskweb.Area

// New starts a desk with the invented blog pulled and a draft open for the next Sunday.
func New(t *testing.T, areas Areas) *Desk {
	t.Helper()
	return start(t, areas, (*Desk).follow)
}

// NewEmpty starts a desk with nothing in its database; the invented blog is there to be
// followed.
func NewEmpty(t *testing.T, areas Areas) *Desk {
	t.Helper()
	return start(t, areas, func(*Desk) {})
}

func start(t *testing.T, areas Areas, fill func(*Desk)) *Desk {
	t.Helper()
	d := &Desk{T: t, Clock: digesttest.NewClock(Start), Log: &Buffer{}}
	d.DB = storetest.Open(t, storetest.Database(t), d.Clock)
	log := slog.New(slog.NewTextHandler(d.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if d.Set, err = templates.New(); err != nil {
		t.Fatal(err)
	}
	if d.Screens, err = screen.New(); err != nil {
		t.Fatal(err)
	}
	d.blog(log)
	fill(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	d.Site = site.Site{Base: server.URL}
	d.Desk = desk.New(desk.Options{
		Store: d.DB, Clock: d.Clock, BaseURL: server.URL, Log: log, Blogs: d.Checker,
		Size: letters.Writer{Set: d.Set, Site: d.Site}.Size,
	})
	d.handler, err = deskweb.New(deskweb.Options{
		Site: d.Site, Screens: d.Screens, Clock: d.Clock, Desk: d.Desk, Log: log,
		Who:     who,
		Editors: func(context.Context) ([]digest.Editor, error) { return []digest.Editor{Ann, Ben}, nil },
		Series:  d.DB.SeriesList,
		SignIn: func(w http.ResponseWriter, _ *http.Request) error {
			http.Error(w, "sign in", http.StatusUnauthorized)
			return nil
		},
		Areas: func(f *frame.Frame) []deskweb.Area { return areas(d, f) },
		KeysOff: func(ctx context.Context, e digest.Editor) bool {
			off, err := d.DB.KeysOff(ctx, e.Email)
			return off || err != nil
		},
		Publication: func(ctx context.Context) string {
			pub, err := d.DB.Publication(ctx)
			if err != nil {
				return ""
			}
			return pub.Name
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// blog serves the invented blog, and may ask it.
func (d *Desk) blog(log *slog.Logger) {
	d.T.Helper()
	d.Blog = sampleblog.New(Start)
	blog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.also != nil {
			if _, pattern := d.also.Handler(r); pattern != "" {
				d.also.ServeHTTP(w, r)
				return
			}
		}
		d.Blog.ServeHTTP(w, r)
	}))
	d.T.Cleanup(blog.Close)
	d.BlogURL = blog.URL + "/"
	allow, err := fetch.ParseAllow([]string{strings.TrimPrefix(blog.URL, "http://")})
	if err != nil {
		d.T.Fatal(err)
	}
	fetcher := fetch.New(fetch.Options{Allow: allow, Pause: -1, RefusalStep: -1, Clock: d.Clock})
	d.T.Cleanup(fetcher.Close)
	d.Tools = pull.NewTools(pull.Options{Store: d.DB, Fetcher: fetcher, ToProse: markup.FromHTML, Clock: d.Clock, Log: log})
	d.Checker = removed.New(poll.New(d.Tools))
}

// follow follows and pulls the invented blog, and opens the first draft.
func (d *Desk) follow() {
	d.T.Helper()
	ctx := d.T.Context()
	series := digest.Series{
		Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
		Schedule: digest.DefaultSeriesSchedule, Zone: "Europe/London", NextNumber: 8, Deadline: digest.Hold, CreatedAt: Start,
	}
	found, err := discover.New(d.Tools).Add(ctx, storetest.Tester, d.BlogURL, series, discover.Options{})
	if err != nil {
		d.T.Fatal(err)
	}
	if _, err := poll.New(d.Tools).Pull(ctx, storetest.Tester, found.Source.ID, poll.Options{}); err != nil {
		d.T.Fatal(err)
	}
	if _, _, err := desk.New(desk.Options{Store: d.DB, Clock: d.Clock, BaseURL: "https://digest.example"}).Draft(ctx, storetest.Tester, ""); err != nil {
		d.T.Fatal(err)
	}
}

func who(r *http.Request) (digest.Editor, error) {
	c, err := r.Cookie(whoCookie)
	switch {
	case err != nil:
		return Ann, nil
	case c.Value == "ann":
		return Ann, nil
	case c.Value == "ben":
		return Ben, nil
	}
	return digest.Editor{}, nil
}

// Person is somebody's browser without script.
type Person struct {
	d      *Desk
	client *http.Client
}

// Person gives somebody's browser: "ann", "ben", or "nobody".
func (d *Desk) Person(name string) *Person {
	d.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.T.Fatal(err)
	}
	at, err := url.Parse(d.Site.Base)
	if err != nil {
		d.T.Fatal(err)
	}
	if name != "ann" {
		jar.SetCookies(at, []*http.Cookie{{Name: whoCookie, Value: name}})
	}
	return &Person{d: d, client: &http.Client{Jar: jar}}
}

// Answer is what came back, redirects followed.
type Answer struct {
	Status int
	URL    *url.URL
	Header http.Header
	Body   string
}

// Get opens an address of the desk.
func (p *Person) Get(path string, headers ...string) Answer {
	p.d.T.Helper()
	return p.do(http.MethodGet, path, nil, headers)
}

// Post sends a form: names and values, one after the other.
func (p *Person) Post(path string, fields []string, headers ...string) Answer {
	p.d.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return p.do(http.MethodPost, path, strings.NewReader(form.Encode()), append(headers, "Content-Type", "application/x-www-form-urlencoded"))
}

// Htmx are the headers of a request that a script of the page makes.
func Htmx() []string { return []string{"HX-Request", "true"} }

func (p *Person) do(method, path string, body io.Reader, headers []string) Answer {
	p.d.T.Helper()
	r, err := http.NewRequestWithContext(p.d.T.Context(), method, p.d.Site.Base+path, body)
	if err != nil {
		p.d.T.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := p.client.Do(r)
	if err != nil {
		p.d.T.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		p.d.T.Fatal(err)
	}
	return Answer{Status: res.StatusCode, URL: res.Request.URL, Header: res.Header, Body: string(all)}
}

// Buffer is a log that requests write to at once.
type Buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write adds to it.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String gives what was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
