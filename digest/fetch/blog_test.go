package fetch_test

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"postbag/digest/fetch"
)

// blog is a web server on loopback that answers each path with canned answers in
// turn and remembers what it was asked.
type blog struct {
	URL    string // http://127.0.0.1:PORT, without a final slash
	Server *httptest.Server

	t    testing.TB
	done chan struct{}

	mu     sync.Mutex
	routes map[string][]answer
	asked  []request
	inside int
	most   int
}

// request is what the blog was asked.
type request struct {
	Path   string // with the query, if any
	Proto  string // HTTP/1.1 or HTTP/2.0
	From   string // the address and port of the connection
	Header http.Header
}

// newBlog starts a blog that ends with the test. A path without a script is 404.
func newBlog(t testing.TB) *blog { return start(t, (*httptest.Server).Start) }

// newTLSBlog starts a blog that speaks TLS and HTTP/2. [clientOf] trusts it.
func newTLSBlog(t testing.TB) *blog {
	return start(t, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
}

func start(t testing.TB, run func(*httptest.Server)) *blog {
	t.Helper()
	b := &blog{t: t, done: make(chan struct{}), routes: map[string][]answer{}}
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
func (b *blog) On(path string, answers ...answer) *blog {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.routes[path] = answers
	return b
}

// Host gives the blog's host and port, as [fetch.ParseAllow] takes them.
func (b *blog) Host() string { return b.URL[strings.Index(b.URL, "://")+3:] }

// Requests gives all that was asked, in order.
func (b *blog) Requests() []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

// Asked gives the requests for one path, in order. A path without a query
// stands for every query.
func (b *blog) Asked(path string) []request {
	var out []request
	for _, r := range b.Requests() {
		if bare, _, _ := strings.Cut(r.Path, "?"); r.Path == path || bare == path {
			out = append(out, r)
		}
	}
	return out
}

// Forget drops what was asked so far.
func (b *blog) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = nil
}

// Most gives the largest number of requests that were inside at once.
func (b *blog) Most() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.most
}

// ServeHTTP notes the request and plays the answer whose turn it is.
func (b *blog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, known := b.enter(r)
	defer b.leave()
	if !known {
		http.NotFound(w, r)
		return
	}
	answer.play(b.t, w, r, b.done)
}

func (b *blog) enter(r *http.Request) (answer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside++
	b.most = max(b.most, b.inside)
	b.asked = append(b.asked, request{Path: r.URL.RequestURI(), Proto: r.Proto, From: r.RemoteAddr, Header: r.Header.Clone()})
	path := r.URL.RequestURI()
	if _, ok := b.routes[path]; !ok {
		path = r.URL.Path
	}
	answers := b.routes[path]
	if len(answers) == 0 {
		return answer{}, false
	}
	if len(answers) > 1 {
		b.routes[path] = answers[1:]
	}
	return answers[0], true
}

func (b *blog) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside--
}

// clientOf makes a client that may reach the given blogs.
func clientOf(t testing.TB, opts fetch.Options, blogs ...*blog) *fetch.Client {
	t.Helper()
	var urls []string
	for _, b := range blogs {
		urls = append(urls, b.URL)
		if cert := b.Server.Certificate(); cert != nil {
			opts.RootCAs = x509.NewCertPool()
			opts.RootCAs.AddCert(cert)
		}
	}
	return client(t, opts, urls...)
}
