package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// Options set up a [Client].
type Options struct {
	// UserAgent names the program, its version and an address where its operator
	// can be reached. Empty means "Postbag".
	UserAgent string
	Allow     Allow
	Clock     digest.Clock // nil means the machine's
	// Pause is kept between two requests to one host; 0 means one second, less
	// means none. A host that Allow names is the operator's own and not paused
	// for.
	Pause time.Duration
	// HeaderTimeout bounds the wait for an answer to begin, 30 s by default;
	// Timeout bounds the whole, redirects included and waiting for one's turn
	// left out, 60 s by default. Both are real time.
	HeaderTimeout, Timeout time.Duration
	Limits                 Limits
}

// The defaults of [Options].
const (
	DefaultPause         = time.Second
	DefaultHeaderTimeout = 30 * time.Second
	DefaultTimeout       = 60 * time.Second

	maxRedirects   = 10
	maxHeaderBytes = 64 << 10
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
	if opts.Pause == 0 {
		opts.Pause = DefaultPause
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
	open := &net.Dialer{Timeout: c.opts.HeaderTimeout}
	guarded := &net.Dialer{Timeout: c.opts.HeaderTimeout, Control: c.opts.Allow.control}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if c.opts.Allow.host(addr) {
				return open.DialContext(ctx, network, addr)
			}
			return guarded.DialContext(ctx, network, addr)
		},
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
// for what the guard refuses, NotFound for 404 and 410, Unavailable for the
// rest; only the end of ctx is given as it is.
func (c *Client) Get(ctx context.Context, req pull.Request) (*pull.Response, error) {
	u, err := checkURL(req.URL)
	if err != nil {
		return nil, err
	}
	t := trip{req: req, permanent: true, left: c.opts.Timeout, seen: map[string]bool{}}
	for range maxRedirects + 1 {
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
	return nil, digest.Fail(digest.Unavailable, "The owner of the blog has to mend it.",
		"%s redirects more than %d times", u.Hostname(), maxRedirects)
}

// trip is one Get under way.
type trip struct {
	req       pull.Request
	seen      map[string]bool
	permanent bool   // every redirect so far was for good
	moved     string // where those lead
	left      time.Duration
}

// pause is what is kept after a request to a host.
func (c *Client) pause(u *url.URL) time.Duration {
	if c.opts.Allow.host(u.Host) {
		return 0
	}
	return max(0, c.opts.Pause)
}

// hop asks one host once: the answer, or where it redirects to.
func (c *Client) hop(ctx context.Context, t *trip, u *url.URL) (*pull.Response, *url.URL, error) {
	gt, err := c.gates.enter(ctx, u.Host)
	if closed, ok := errors.AsType[closedError](err); ok {
		return nil, nil, refusal(u.Hostname(), closed.status, closed.wait)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("fetch from %s: %w", u.Hostname(), err)
	}
	defer c.gates.leave(gt, c.pause(u))

	began := time.Now()
	hopCtx, cancel := context.WithTimeout(ctx, t.left)
	defer cancel()
	resp, err := c.ask(hopCtx, t.req, u)
	if err != nil {
		return nil, nil, fault(ctx, u.Hostname(), err)
	}
	defer resp.Body.Close()
	defer func() { t.left -= time.Since(began) }()

	if location := resp.Header.Get("Location"); isRedirect(resp.StatusCode) && location != "" {
		next, err := t.follow(u, location, resp.StatusCode)
		return nil, next, err
	}
	if retry := c.retryAfter(resp); retry > 0 {
		gt.closed, gt.status = c.opts.Clock.Now().Add(retry), resp.StatusCode
		return nil, nil, refusal(u.Hostname(), resp.StatusCode, retry)
	}
	answer, err := c.answer(ctx, t, u, resp)
	return answer, nil, err
}

// ask sends the request. No cookie, no Referer: nothing but what the server
// needs to answer.
func (c *Client) ask(ctx context.Context, req pull.Request, u *url.URL) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", c.opts.UserAgent)
	r.Header.Set("Accept-Encoding", "gzip")
	for name, value := range map[string]string{
		"Accept": req.Accept, "If-None-Match": req.ETag, "If-Modified-Since": req.LastModified,
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return c.http.Do(r)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow resolves a redirect; the target is checked like a first address.
func (t *trip) follow(from *url.URL, location string, status int) (*url.URL, error) {
	target, err := from.Parse(strings.TrimSpace(location))
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "The owner of the blog has to mend it.",
			"%s redirects to something that is no address", from.Hostname())
	}
	next, err := checkURL(target.String())
	if err != nil {
		return nil, err
	}
	if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
		t.permanent = false
	}
	if t.permanent {
		t.moved = next.String()
	}
	return next, nil
}

// retryAfter tells how long a 429 or 503 closes its host; 0 for anything else,
// and for a 503 that does not say.
func (c *Client) retryAfter(resp *http.Response) time.Duration {
	value := resp.Header.Get("Retry-After")
	switch {
	case resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode == http.StatusServiceUnavailable && value != "":
		return max(time.Second, ParseRetryAfter(value, c.opts.Clock.Now()))
	}
	return 0
}

// answer makes the response of the last hop.
func (c *Client) answer(ctx context.Context, t *trip, u *url.URL, resp *http.Response) (*pull.Response, error) {
	conditional := t.req.ETag != "" || t.req.LastModified != ""
	out := &pull.Response{
		Status:       resp.StatusCode,
		NotModified:  resp.StatusCode == http.StatusNotModified,
		URL:          u.String(),
		ContentType:  resp.Header.Get("Content-Type"),
		ETag:         resp.Header.Get("ETag"),
		LastModified: resp.Header.Get("Last-Modified"),
		CacheMaxAge:  CacheAge(resp.Header, c.opts.Clock.Now()),
		Moved:        t.moved,
	}
	switch {
	case out.NotModified && conditional:
		return out, nil
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, refusal(u.Hostname(), resp.StatusCode, 0)
	}
	body, err := readBody(resp, c.opts.Limits)
	if err != nil {
		return nil, fault(ctx, u.Hostname(), err)
	}
	out.Body = body
	return out, nil
}
