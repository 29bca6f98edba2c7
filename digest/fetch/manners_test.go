package fetch_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/fetch"
	"postbag/digest/pull"
)

// stranger is a client to which the blogs are strangers' and no hosts of its
// operator's own.
func stranger(t *testing.T, opts fetch.Options) *fetch.Client {
	t.Helper()
	opts.Allow = allow(t, "127.0.0.0/8")
	return client(t, opts)
}

func half() float64 { return 0.5 }

func TestHowLongAHostIsLeftAlone(t *testing.T) {
	in := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, tt := range map[string]struct {
		status int
		header []string // of Retry-After
		want   time.Duration
	}{
		"seconds, and half of a tenth":    {503, []string{"120"}, 126 * time.Second},
		"seconds with 429":                {429, []string{"600"}, 630 * time.Second},
		"a date":                          {429, []string{in(20 * time.Minute)}, 21 * time.Minute},
		"a date in the past":              {429, []string{in(-time.Minute)}, 63 * time.Minute},
		"nothing":                         {503, []string{"0"}, 1500 * time.Millisecond},
		"less than nothing":               {503, []string{"-5"}, 63 * time.Minute},
		"junk":                            {503, []string{"soon"}, 63 * time.Minute},
		"an empty field":                  {503, []string{""}, 63 * time.Minute},
		"a year":                          {503, []string{"31536000"}, 24 * time.Hour},
		"more than there is":              {503, []string{strings.Repeat("9", 400)}, 24 * time.Hour},
		"two fields, of which the first":  {503, []string{"60", "120"}, 63 * time.Second},
		"429 that does not say":           {429, nil, 63 * time.Minute},
		"503 that does not say":           {503, nil, 63 * time.Second},
		"another status that should not":  {500, []string{"120"}, 0},
		"a page that is gone, for a time": {404, []string{"120"}, 0},
	} {
		blog := newBlog(t).On("/", answer{Status: tt.status, Header: http.Header{"Retry-After": tt.header}})
		c := stranger(t, fetch.Options{Clock: digesttest.NewClock(now), Random: half})
		_, err := get(t, c, blog.URL)
		e, ok := errors.AsType[*pull.StatusError](err)
		if !ok || e.Status != tt.status || e.RetryAfter != tt.want {
			t.Errorf("%s: error %#v, want to wait for %v", name, e, tt.want)
		}
		said := len(tt.header) > 0 && (tt.want != 63*time.Minute) && tt.want > 0
		if hint := digest.HintOf(err); strings.Contains(hint, "asks") != said || strings.Contains(hint, "left alone") != (tt.want > 0) {
			t.Errorf("%s: hint %q; it asks for so long: %v", name, hint, said)
		}
		_, err = get(t, c, blog.URL+"/other")
		if asked := len(blog.Requests()); (asked == 1) != (tt.want > 0) {
			t.Errorf("%s: then asked %d times (%v)", name, asked, err)
		}
	}
}

func TestHostThatIsBusyAgainAndAgain(t *testing.T) {
	blog := newBlog(t)
	busy := answer{Status: http.StatusServiceUnavailable}
	blog.On("/", busy, busy, busy, answer{}, busy)
	clock := digesttest.NewClock(now)
	c := stranger(t, fetch.Options{Clock: clock, Random: func() float64 { return 0 }})
	for i, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 0, time.Minute} {
		_, err := get(t, c, blog.URL)
		if want == 0 {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if e, ok := errors.AsType[*pull.StatusError](err); !ok || e.RetryAfter != want {
			t.Errorf("answer %d: %v, want to wait for %v", i, err, want)
		}
		clock.Move(want - time.Second)
		if _, err := get(t, c, blog.URL+"/x"); err == nil || len(blog.Asked("/x")) != 0 {
			t.Errorf("answer %d: asked before its time", i)
		}
		clock.Move(time.Second)
	}
}

func TestClientsDoNotComeBackAtOnce(t *testing.T) {
	blog := newBlog(t).On("/", answer{Status: http.StatusTooManyRequests, RetryAfter: "1000"})
	waits := map[time.Duration]bool{}
	for range 10 {
		_, err := get(t, stranger(t, fetch.Options{Clock: digesttest.NewClock(now)}), blog.URL)
		e, ok := errors.AsType[*pull.StatusError](err)
		if !ok || e.RetryAfter < 1000*time.Second || e.RetryAfter > 1100*time.Second {
			t.Fatalf("error %v, want a wait of at least what was asked for and a tenth more at most", err)
		}
		waits[e.RetryAfter] = true
	}
	if len(waits) < 9 {
		t.Errorf("%d different waits of 10 clients", len(waits))
	}
}

func TestOneHostHasOneQueueHoweverItIsSpelt(t *testing.T) {
	port, _, outer := twoHosts(t)
	names := newNames(t).On("blog.test", "127.0.0.2")
	clock := digesttest.NewClock(now)
	c := clientOf(t, fetch.Options{Allow: allow(t, "127.0.0.2/32"), Resolver: names.Resolver(), Clock: clock, Pause: 5 * time.Second})
	hosts := []string{"blog.test", "BLOG.test", "blog.test.", "ｂlog.test"}
	for _, host := range hosts {
		if _, err := get(t, c, "http://"+host+":"+port+"/"); err != nil {
			t.Error(err)
		}
	}
	if n := int(outer.Load()); n != len(hosts) || clock.Slept() != time.Duration(n-1)*5*time.Second {
		t.Errorf("asked %d times and paused for %v in all", n, clock.Slept())
	}
}

// TestConnectionIsUsedAgain runs where no time passes while anything waits for the
// network: on a busy machine the client, and the library below it, rightly give up a
// connection that is not free for the next request within a part of a second.
func TestConnectionIsUsedAgain(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *blog{"HTTP/1.1": newBlog, "HTTP/2.0": newTLSBlog} {
		synctest.Test(t, func(t *testing.T) { connectionIsUsedAgain(t, name, start) })
	}
}

func connectionIsUsedAgain(t *testing.T, name string, start func(testing.TB) *blog) {
	blog := start(t)
	blog.On("/feed", answer{Body: "x", Encoding: "gzip", ETag: `"1"`}).
		On("/moved", answer{Status: http.StatusFound, Location: "/feed", Body: "moved"})
	c := clientOf(t, fetch.Options{}, blog)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, req := range []pull.Request{{URL: blog.URL + "/feed"}, {URL: blog.URL + "/feed", Validators: digest.Validators{ETag: `"1"`}}, {URL: blog.URL + "/moved"}} {
				if _, err := c.Get(t.Context(), req); err != nil {
					t.Error(err)
				}
			}
			_, err := get(t, c, blog.URL+"/missing")
			wantKind(t, err, digest.NotFound, "404")
		})
	}
	wg.Wait()
	asked := blog.Requests()
	if len(asked) != 20 || blog.Most() != 1 {
		t.Errorf("%s: asked %d times, %d at once; want 20, one at a time", name, len(asked), blog.Most())
	}
	for _, r := range asked {
		if r.From != asked[0].From || r.Proto != name {
			t.Errorf("%s: %s came by %s from %s, the first from %s", name, r.Path, r.Proto, r.From, asked[0].From)
		}
		if !strings.HasPrefix(r.Header.Get("User-Agent"), "Postbag") || r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" {
			t.Errorf("%s: sent %v", name, r.Header)
		}
	}
}

func TestManyHostsAreForgotten(t *testing.T) {
	names := newNames(t)
	c := clientOf(t, fetch.Options{Clock: digesttest.NewClock(now), Resolver: names.Resolver()})
	for i := range 3000 {
		if _, err := get(t, c, fmt.Sprintf("http://h%d.test/", i)); err == nil {
			t.Fatal("an unknown host answered")
		}
	}
	if n := c.Hosts(); n > 1000 {
		t.Errorf("%d hosts are remembered", n)
	}
}

// TestValidatorsGoToTheAddressTheyCameFrom follows a redirect that leads to another place
// at another time (RFC 9110, 13.1): the date of the one says nothing of the other.
func TestValidatorsGoToTheAddressTheyCameFrom(t *testing.T) {
	const day = "Sun, 01 Mar 2026 12:00:00 GMT"
	blog := newBlog(t).
		On("/feed", answer{Status: http.StatusFound, Location: "/a"}).
		On("/a", answer{Body: "old", LastModified: day}).
		On("/b", answer{Body: "new", LastModified: day})
	c := clientOf(t, fetch.Options{}, blog)
	first, err := get(t, c, blog.URL+"/feed")
	if err != nil || first.ValidatorsURL != blog.URL+"/a" || first.LastModified != day {
		t.Fatalf("%+v, %v; want the validators of /a", first, err)
	}
	again, err := c.Get(t.Context(), pull.Request{URL: blog.URL + "/feed", Validators: first.Validators})
	if err != nil || !again.NotModified {
		t.Errorf("the same place: %+v, %v; want not modified", again, err)
	}
	blog.On("/feed", answer{Status: http.StatusFound, Location: "/b"})
	other, err := c.Get(t.Context(), pull.Request{URL: blog.URL + "/feed", Validators: first.Validators})
	if err != nil || string(other.Body) != "new" {
		t.Errorf("another place: %+v, %v; want its body", other, err)
	}
	for _, path := range []string{"/feed", "/b"} {
		for _, r := range blog.Asked(path) {
			if got := r.Header.Get("If-Modified-Since"); got != "" {
				t.Errorf("%s was asked with the date of /a: %s", path, got)
			}
		}
	}
}
