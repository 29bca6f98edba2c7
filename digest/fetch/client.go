package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/digest/pull"
)

// Options set up a [Client].
type Options struct {
	// UserAgent names the program, its version and an address where its operator
	// can be reached. Empty means "Postbag".
	UserAgent string
	Allow     Allow
	Clock     digest.Clock // nil means the machine's
	// Random gives numbers in [0, 1) for what must not be the same everywhere; nil
	// means the machine's.
	Random func() float64
	// Resolver looks names up and RootCAs are who may sign certificates; nil means
	// the machine's.
	Resolver *net.Resolver
	RootCAs  *x509.CertPool
	// Pause is kept between two requests to one host; 0 means one second, less
	// means none. A host that Allow names is the operator's own and not paused
	// for.
	Pause time.Duration
	// HeaderTimeout bounds the wait for an answer to begin, 30 s by default;
	// Timeout bounds the whole, redirects included and waiting for one's turn
	// left out, 60 s by default. Both are real time.
	HeaderTimeout, Timeout time.Duration
	// RefusalStep is the step of real time at which it is told that an address is
	// refused, so that how long this took says nothing of an inner network; 0 means
	// one second, less means none.
	RefusalStep time.Duration
	Limits      Limits
}

// The defaults of [Options].
const (
	DefaultPause         = time.Second
	DefaultHeaderTimeout = 30 * time.Second
	DefaultTimeout       = 60 * time.Second
	DefaultRefusalStep   = time.Second

	maxRedirects   = 10
	maxHeaderBytes = 64 << 10
	maxValidator   = 1 << 10
	maxType        = 256
	maxSlurp       = 2 << 10 // of a body that is not needed
	slurpTime      = 200 * time.Millisecond
)

// Client fetches. It is safe for use by several goroutines at once.
type Client struct {
	opts  Options
	http  *http.Client
	gates gates
}

var _ pull.Fetcher = (*Client)(nil)

// New makes a client. Nothing is sent until the first Get.
func New(opts Options) *Client {
	if opts.UserAgent == "" {
		opts.UserAgent = "Postbag"
	}
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.Random == nil {
		opts.Random = rand.Float64
	}
	if opts.Pause == 0 {
		opts.Pause = DefaultPause
	}
	if opts.RefusalStep == 0 {
		opts.RefusalStep = DefaultRefusalStep
	}
	if opts.HeaderTimeout <= 0 {
		opts.HeaderTimeout = DefaultHeaderTimeout
	}
	if opts.Timeout <= 0 {
		opts.Timeout = DefaultTimeout
	}
	opts.Limits = opts.Limits.withDefaults()
	c := &Client{opts: opts}
	c.gates = gates{clock: opts.Clock, hosts: map[string]*gate{}}
	c.http = &http.Client{
		Transport: c.transport(),
		// Redirects are followed by Get, which checks each of them.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Close ends the connections kept open for the next request.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// transport never uses a proxy of the environment: a proxy would connect where
// the guard cannot see.
func (c *Client) transport() *http.Transport {
	open := &net.Dialer{Timeout: c.opts.HeaderTimeout, Resolver: c.opts.Resolver}
	guarded := *open
	guarded.Control = c.opts.Allow.control
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if c.opts.Allow.host(addr) {
				return open.DialContext(ctx, network, addr)
			}
			return guarded.DialContext(ctx, network, addr)
		},
		TLSClientConfig:        &tls.Config{RootCAs: c.opts.RootCAs},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    c.opts.HeaderTimeout,
		ResponseHeaderTimeout:  c.opts.HeaderTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
	}
}

// Get fetches an address as [pull.Fetcher] says. Its errors are
// [digest.Error]s: Invalid for an address or a body that cannot work, Forbidden
// for what the guard refuses and, told alike, for names that stand for nothing,
// NotFound for 404 and 410, Unavailable for the rest; only the end of ctx is given
// as it is.
func (c *Client) Get(ctx context.Context, req pull.Request) (*pull.Response, error) {
	began := time.Now()
	resp, err := c.get(ctx, req)
	if step := c.opts.RefusalStep; err != nil && digest.KindOf(err) == digest.Forbidden && step > 0 {
		// The end of ctx ends the wait; the error at hand says more than its.
		_ = digest.SystemClock{}.Sleep(ctx, step-time.Since(began)%step)
	}
	return resp, err
}

// Reach asks whether something is at an address, following redirects, and gives the
// status of the answer; the error says why there was none. It sends HEAD, and GET to a
// server that does not know that (RFC 9110, 9.3.2 and 15.5.6), of which the body is not
// read. What the guard refuses is not asked, and an error of kind Forbidden.
func (c *Client) Reach(ctx context.Context, url string) (status int, err error) {
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		began := time.Now()
		_, err = c.travel(ctx, trip{req: pull.Request{URL: url}, method: method, bare: true})
		if step := c.opts.RefusalStep; err != nil && digest.KindOf(err) == digest.Forbidden && step > 0 && pull.StatusOf(err) == 0 {
			_ = digest.SystemClock{}.Sleep(ctx, step-time.Since(began)%step) // as Get does
			return 0, err
		}
		status = pull.StatusOf(err)
		if err == nil {
			return http.StatusOK, nil
		}
		// Some servers answer HEAD with whatever comes to their mind.
		if status == 0 || ctx.Err() != nil {
			return 0, err
		}
	}
	return status, err
}

// get fetches an address, and follows where it leads.
func (c *Client) get(ctx context.Context, req pull.Request) (*pull.Response, error) {
	return c.travel(ctx, trip{req: req})
}

func (c *Client) travel(ctx context.Context, t trip) (*pull.Response, error) {
	req := t.req
	u, err := checkURL(req.URL)
	if err != nil {
		return nil, err
	}
	t.from, t.permanent, t.left, t.seen = u.String(), true, c.opts.Timeout, map[string]bool{}
	if req.ValidatorsURL != "" {
		t.from = req.ValidatorsURL
	}
	most := maxRedirects + 1
	if req.Most > 0 {
		most = min(most, req.Most)
	}
	for range most {
		if t.seen[u.String()] {
			return nil, digest.Fail(digest.Unavailable, "The owner of the blog has to mend it.",
				"%s redirects in a circle", u.Hostname())
		}
		t.seen[u.String()] = true
		resp, next, err := c.hop(ctx, &t, u)
		if err != nil || next == nil {
			return resp, err
		}
		u = next
	}
	if most <= maxRedirects {
		return nil, digest.Fail(digest.Invalid, "Give the address where it leads to.", "%s leads on to another address: %w", req.URL, pull.ErrMost)
	}
	return nil, digest.Fail(digest.Unavailable, "The owner of the blog has to mend it.",
		"%s redirects more than %d times", u.Hostname(), maxRedirects)
}

// trip is one Get under way.
type trip struct {
	req       pull.Request
	method    string // "" is GET
	bare      bool   // the body is not wanted
	from      string // the address that its validators came from
	seen      map[string]bool
	permanent bool   // every redirect so far was for good
	moved     string // where those lead
	left      time.Duration
}

// pause is what is kept after a request to a host.
func (c *Client) pause(u *url.URL) time.Duration {
	if c.opts.Allow.named(u) {
		return 0
	}
	return max(0, c.opts.Pause)
}

// hop asks one host once: the answer, or where it redirects to.
func (c *Client) hop(ctx context.Context, t *trip, u *url.URL) (*pull.Response, *url.URL, error) {
	if err := c.opts.Allow.refuses(u); err != nil {
		return nil, nil, fault(ctx, u, err)
	}
	gt, err := c.gates.enter(ctx, hostname.WithPort(u))
	if closed, ok := errors.AsType[closedError](err); ok {
		return nil, nil, refusal(u, closed.status, closed.wait, closed.asked)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("fetch from %s: %w", u.Hostname(), err)
	}
	defer c.gates.leave(gt, c.pause(u))

	began := time.Now()
	hopCtx, cancel := context.WithTimeout(ctx, t.left)
	defer cancel()
	defer func() { t.left -= time.Since(began) }()
	// The wait for the answer counts from here, looking up and connecting included.
	late := time.AfterFunc(c.opts.HeaderTimeout, cancel)
	if t.req.Made != nil {
		*t.req.Made++
	}
	resp, err := c.ask(hopCtx, t, u)
	if !late.Stop() && err == nil {
		_ = resp.Body.Close()
		err = context.DeadlineExceeded
	}
	if err != nil {
		return nil, nil, fault(ctx, u, err)
	}
	defer slurp(resp.Body, cancel)

	if location := resp.Header.Get("Location"); isRedirect(resp.StatusCode) && location != "" {
		next, err := t.follow(u, location, resp.StatusCode)
		return nil, next, err
	}
	if wait, asked := c.asksToWait(gt, u, resp); wait > 0 {
		gt.closed, gt.status, gt.asked = c.opts.Clock.Now().Add(wait), resp.StatusCode, asked
		return nil, nil, refusal(u, resp.StatusCode, wait, asked)
	}
	answer, err := c.answer(ctx, t, u, resp)
	return answer, nil, err
}

// slurp ends a body. A short rest of it is read, if it is there by now, so that
// the connection can be used again.
func slurp(body io.ReadCloser, cancel context.CancelFunc) {
	late := time.AfterFunc(slurpTime, cancel)
	defer late.Stop()
	_, _ = io.CopyN(io.Discard, body, maxSlurp)
	_ = body.Close()
}

// ask sends the request. No cookie, no Referer: nothing but what the server
// needs to answer.
func (c *Client) ask(ctx context.Context, t *trip, u *url.URL) (*http.Response, error) {
	named := c.opts.Allow.named(u)
	var inner atomic.Bool
	if !named {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			ConnectDone: func(_, addr string, _ error) { note(&inner, addr) },
			GotConn:     func(info httptrace.GotConnInfo) { note(&inner, info.Conn.RemoteAddr().String()) },
		})
	}
	r, err := http.NewRequestWithContext(ctx, cmp.Or(t.method, http.MethodGet), u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", c.opts.UserAgent)
	r.Header.Set("Accept-Encoding", acceptEncoding)
	v := t.validators(u)
	for name, value := range map[string]string{"Accept": t.req.Accept, "If-None-Match": v.ETag, "If-Modified-Since": v.LastModified} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	resp, err := c.http.Do(r)
	if err != nil && (inner.Load() || !named && isNotFound(err)) {
		err = errPrivate // whatever stands there, or does not
	}
	return resp, err
}

// validators gives those to send to an address: none to another than gave them.
func (t *trip) validators(u *url.URL) digest.Validators {
	if u.String() != t.from {
		return digest.Validators{}
	}
	return t.req.Validators
}

// note notes whether an address of a private network was tried.
func note(inner *atomic.Bool, addr string) {
	if ap, err := netip.ParseAddrPort(addr); err == nil && Private(ap.Addr()) {
		inner.Store(true)
	}
}

func isRedirect(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// follow resolves a redirect; the target is checked like a first address.
func (t *trip) follow(from *url.URL, location string, status int) (*url.URL, error) {
	const hint = "The owner of the blog has to mend it."
	target, err := from.Parse(strings.TrimSpace(location))
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, hint, "%s redirects to something that is no address", from.Hostname())
	}
	next, err := checkURL(target.String())
	if err != nil {
		return nil, digest.Fail(digest.Invalid, hint, "%s redirects to what cannot be asked for: %w", from.Hostname(), err)
	}
	if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
		t.permanent = false
	}
	if t.permanent {
		t.moved = next.String()
	}
	return next, nil
}

// answer makes the response of the last hop.
func (c *Client) answer(ctx context.Context, t *trip, u *url.URL, resp *http.Response) (*pull.Response, error) {
	sent := t.validators(u)
	out := &pull.Response{
		Status:      resp.StatusCode,
		NotModified: resp.StatusCode == http.StatusNotModified,
		URL:         u.String(),
		ContentType: clip(strings.ToValidUTF8(resp.Header.Get("Content-Type"), ""), maxType),
		Validators: digest.Validators{
			ETag:          validator(resp.Header.Get("ETag")),
			LastModified:  validator(resp.Header.Get("Last-Modified")),
			ValidatorsURL: u.String(),
		},
		CacheMaxAge: CacheAge(resp.Header, c.opts.Clock.Now()),
		Listed:      listed(resp.Header.Get("X-WP-Total")),
		Moved:       t.moved,
	}
	switch {
	case out.NotModified && (sent.ETag != "" || sent.LastModified != ""):
		return out, nil
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, refusal(u, resp.StatusCode, 0, false)
	}
	if t.method == http.MethodHead || t.bare {
		return out, nil
	}
	body, err := readBody(resp, c.opts.Limits)
	if err != nil {
		return nil, fault(ctx, u, err)
	}
	out.Body = body
	return out, nil
}
