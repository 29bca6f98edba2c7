package identity

import (
	"net"
	"net/url"
	"strings"

	"postbag/digest/hostname"
)

// Web reads an absolute http or https address; nil for anything else.
func Web(address string) *url.URL {
	address = strings.TrimSpace(address)
	if len(address) < len("http://") || !strings.EqualFold(address[:len("http")], "http") {
		return nil // most names that are no addresses are not parsed for it
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return nil
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" {
		return nil
	}
	return u
}

// Host gives an address's host without www. and without the port that its scheme
// has anyway: by it two addresses are of one blog.
func Host(u *url.URL) string {
	host := hostname.Site(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		return net.JoinHostPort(host, port)
	}
	return host
}

// Server gives whom a question to an address is put to, for those who keep questions
// to one server apart, as [hostname.WithPort]; "" for what is no web address.
func Server(address string) string {
	u := Web(address)
	if u == nil {
		return ""
	}
	return hostname.WithPort(u)
}

// SameHost tells whether two web addresses are of one blog by their hosts.
func SameHost(a, b string) bool {
	ua, ub := Web(a), Web(b)
	return ua != nil && ub != nil && Host(ua) == Host(ub)
}

// SameHome tells whether two addresses are one home page, whatever their schemes.
func SameHome(a, b string) bool {
	return SameHost(a, b) && HomePath(a) == HomePath(b)
}

// HomePath is the path of a home page without what says only that it is one; "" for
// that of a host, and for what is no web address.
func HomePath(address string) string {
	u := Web(address)
	if u == nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "index.html"), "/")
}

// Spellings adds to ids that are addresses the ways in which a blog's move to
// https, or to or from "www.", changes them.
func Spellings(ids []string) []string {
	var all []string
	all = append(all, ids...)
	for _, id := range ids {
		u, err := url.Parse(id)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		for _, scheme := range []string{"http", "https"} {
			bare := strings.TrimPrefix(u.Host, "www.")
			for _, host := range []string{bare, "www." + bare} {
				other := *u
				other.Scheme, other.Host = scheme, host
				if name := other.String(); name != id {
					all = append(all, name)
				}
			}
		}
	}
	return all
}

// DropShared takes a name away from entries of one page that have it in common: an
// address that all of them link to names none of them.
func DropShared[T any](entries []T, name func(*T) *string) {
	count := map[string]int{}
	for i := range entries {
		count[*name(&entries[i])]++
	}
	for i := range entries {
		if n := name(&entries[i]); count[*n] > 1 {
			*n = ""
		}
	}
}
