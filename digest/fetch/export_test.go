package fetch

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
)

// Hosts tells how many hosts are remembered.
func (c *Client) Hosts() int {
	c.gates.mu.Lock()
	defer c.gates.mu.Unlock()
	return len(c.gates.hosts)
}

// ReadBody is readBody of a body that is packed as named.
func ReadBody(codings string, body io.Reader, l Limits) ([]byte, error) {
	h := http.Header{"Content-Encoding": {codings}}
	return readBody(&http.Response{Header: h, Body: io.NopCloser(body), ContentLength: -1}, l.withDefaults())
}

// IsBody tells whether an error is about what a body holds.
func IsBody(err error) bool { return isBody(err) }

// CheckURL is checkURL.
func CheckURL(raw string) (*url.URL, error) { return checkURL(raw) }

// Refuses tells whether an address is refused without being looked up.
func (a Allow) Refuses(u *url.URL) bool { return a.refuses(u) != nil }

// Control tells whether the dialer may connect.
func (a Allow) Control(addr netip.AddrPort) error { return a.control("tcp", addr.String(), nil) }
