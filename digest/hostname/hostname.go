// Package hostname writes the names of hosts in one way, so that they can be
// compared and stored. It looks nothing up.
package hostname

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// Normal gives a name, without a port, in lower-case ASCII (RFC 5891, 5) and
// without the final dot of an absolute name; a number in its usual form. It is ""
// for a name that has no form in ASCII. What the name is made of is not checked:
// see [Valid].
func Normal(name string) string {
	if isNumber(name) {
		if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
			return ip.String()
		}
	}
	name = strings.ToLower(name)
	if strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return ""
		}
		name = ascii
	}
	return strings.TrimSuffix(name, ".")
}

// isNumber tells whether a name may be an IP address.
func isNumber(name string) bool {
	if name == "" {
		return false
	}
	last := name[len(name)-1]
	return last >= '0' && last <= '9' || strings.Contains(name, ":")
}

// letters are what the names of hosts are made of (RFC 1123, 2.1, and the
// underscore that some have all the same).
const letters = "abcdefghijklmnopqrstuvwxyz0123456789-._"

// Valid tells whether a name that [Normal] gave can be that of a host on a network.
func Valid(name string) bool {
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Zone() == ""
	}
	return name != "" && len(name) < 254 && strings.Trim(name, letters) == "" && !strings.HasSuffix(name, ".")
}

// Of gives the host of an address without its port, in the form of [Normal]; "" for
// what names none.
func Of(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return Normal(u.Hostname())
}

// WithPort gives the host of an address in the form of [Normal], and its port if it
// is not the one that the scheme has anyway: whom a question is put to, and what
// may stand in an address.
func WithPort(u *url.URL) string {
	name, port := Normal(u.Hostname()), u.Port()
	switch {
	case port != "" && port != DefaultPort(u.Scheme):
		return net.JoinHostPort(name, port)
	case strings.Contains(name, ":"):
		return "[" + name + "]"
	}
	return name
}

// DefaultPort gives the port of a web scheme, in any case of letters; "" for another
// scheme.
func DefaultPort(scheme string) string {
	switch strings.ToLower(scheme) {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// Site gives a host in the form of [Normal] without the "www." that a blog may add
// or drop.
func Site(name string) string {
	name = Normal(name)
	for strings.HasPrefix(name, "www.") {
		name = strings.TrimPrefix(name, "www.")
	}
	return name
}

// Within tells whether a host in the form of [Normal] is a domain or a part of it.
func Within(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// Loopback tells whether a host is this machine by its name or number.
func Loopback(name string) bool {
	if name = Normal(name); Within(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback()
}
