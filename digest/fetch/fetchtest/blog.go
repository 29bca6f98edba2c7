// Package fetchtest plays blogs and names for tests of what fetches: a scripted
// web server on loopback that answers each path with canned answers in turn and
// remembers what it was asked, and a name server. Only tests import it.
//
// A test scripts a [Blog], points a client at it and looks at what was asked:
//
//	blog := fetchtest.New(t)
//	blog.On("/feed", fetchtest.Answer{Body: feed, ETag: `"1"`})
//	blog.On("/old", fetchtest.Answer{Status: 301, Location: "/feed"})
//	blog.On("/busy", fetchtest.Answer{Status: 429, RetryAfter: "120"}, fetchtest.Answer{Body: feed})
//	client := fetchtest.Client(t, fetch.Options{}, blog)
//	// …
//	if n := len(blog.Asked("/feed")); n != 1 { … }
package fetchtest

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest/fetch"
)

// Blog is a web server on loopback that answers by script. It is safe for use by
// several goroutines at once.
type Blog struct {
	URL    string // http://127.0.0.1:PORT, without a final slash
	Server *httptest.Server

	t    testing.TB
	done chan struct{}

	mu     sync.Mutex
	routes map[string][]Answer
	asked  []Request
	inside int
	most   int
}

// Request is what the blog was asked.
type Request struct {
	Time   time.Time
	Method string
	Path   string // with the query, if any
	Host   string
	Proto  string // HTTP/1.1 or HTTP/2.0
	From   string // the address and port of the connection
	Header http.Header
}

// New starts a blog that ends with the test. A path without a script is 404.
func New(t testing.TB) *Blog { return start(t, (*httptest.Server).Start) }

// NewTLS starts a blog that speaks TLS and HTTP/2. [Client] trusts it.
func NewTLS(t testing.TB) *Blog {
	return start(t, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
}

func start(t testing.TB, run func(*httptest.Server)) *Blog {
	t.Helper()
	b := &Blog{t: t, done: make(chan struct{}), routes: map[string][]Answer{}}
	b.Server = httptest.NewUnstartedServer(b)
	b.Server.Config.ErrorLog = log.New(io.Discard, "", 0)
	run(b.Server)
	b.URL = b.Server.URL
	t.Cleanup(func() {
		close(b.done)
		b.Server.Close()
	})
	return b
}

// On scripts a path, with its query where it matters, in place of an earlier
// script. The answers are given in turn, the last one from then on.
func (b *Blog) On(path string, answers ...Answer) *Blog {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.routes[path] = answers
	return b
}

// Host gives the blog's host and port, as [fetch.ParseAllow] takes them.
func (b *Blog) Host() string { return b.URL[strings.Index(b.URL, "://")+3:] }

// Requests gives all that was asked, in order.
func (b *Blog) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Request(nil), b.asked...)
}

// Asked gives the requests for one path, in order. A path without a query
// stands for every query.
func (b *Blog) Asked(path string) []Request {
	var out []Request
	for _, r := range b.Requests() {
		if bare, _, _ := strings.Cut(r.Path, "?"); r.Path == path || bare == path {
			out = append(out, r)
		}
	}
	return out
}

// Forget drops what was asked so far.
func (b *Blog) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = nil
}

// Most gives the largest number of requests that were inside at once.
func (b *Blog) Most() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.most
}

// ServeHTTP notes the request and plays the answer whose turn it is.
func (b *Blog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, known := b.enter(r)
	defer b.leave()
	if !known {
		http.NotFound(w, r)
		return
	}
	answer.play(b.t, w, r, b.done)
}

func (b *Blog) enter(r *http.Request) (Answer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside++
	b.most = max(b.most, b.inside)
	b.asked = append(b.asked, Request{
		Time: time.Now(), Method: r.Method, Path: r.URL.RequestURI(), Host: r.Host, Proto: r.Proto,
		From: r.RemoteAddr, Header: r.Header.Clone(),
	})
	path := r.URL.RequestURI()
	if _, ok := b.routes[path]; !ok {
		path = r.URL.Path
	}
	answers := b.routes[path]
	if len(answers) == 0 {
		return Answer{}, false
	}
	if len(answers) > 1 {
		b.routes[path] = answers[1:]
	}
	return answers[0], true
}

func (b *Blog) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside--
}

// Client makes a client that may reach the given blogs and no other private
// address, besides those that opts allows. It neither pauses nor blurs times
// unless opts says so, and is closed with the test.
func Client(t testing.TB, opts fetch.Options, blogs ...*Blog) *fetch.Client {
	t.Helper()
	var hosts []string
	for _, b := range blogs {
		hosts = append(hosts, b.Host())
		if cert := b.Server.Certificate(); cert != nil {
			if opts.RootCAs == nil {
				opts.RootCAs = x509.NewCertPool()
			}
			opts.RootCAs.AddCert(cert)
		}
	}
	if len(hosts) > 0 {
		allow, err := fetch.ParseAllow(hosts)
		if err != nil {
			t.Fatal(err)
		}
		opts.Allow = allow
	}
	if opts.Pause == 0 {
		opts.Pause = -1
	}
	if opts.Grain == 0 {
		opts.Grain = -1
	}
	c := fetch.New(opts)
	t.Cleanup(c.Close)
	return c
}
