package fetch

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/hostname"
)

// maxURL bounds an address, in bytes.
const maxURL = 4096

// checkURL reads an address and gives it in one spelling: the host in lower
// case and ASCII, without a final dot and the scheme's own port, no fragment, no
// byte that a request line may not hold. It refuses what can be refused without
// resolving a name, which is for good manners only: what is safe to connect to
// is decided by [Allow] when connecting.
func checkURL(raw string) (*url.URL, error) {
	const hint = "Give an address that starts with https:// or http://."
	if len(raw) > maxURL {
		return nil, digest.Fail(digest.Invalid, hint, "the address is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil && strings.Contains(raw, "@") {
		raw = "…" + raw[strings.LastIndex(raw, "@"):] // what is before it may be a password
	}
	switch {
	case err != nil:
		return nil, digest.Fail(digest.Invalid, hint, "%q is not an address", raw)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, digest.Fail(digest.Invalid, hint, "the address %q is neither http nor https", u.Redacted())
	case u.User != nil:
		return nil, digest.Fail(digest.Invalid, "Take the name and password out of the address.",
			"the address %q holds a name or password", u.Redacted())
	}
	host := hostname.Normal(u.Hostname())
	if !hostname.Valid(host) {
		return nil, digest.Fail(digest.Invalid, hint, "the address %q names no host", raw)
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return nil, digest.Fail(digest.Invalid, hint, "the address %q has a port that cannot be", raw)
		}
		u.Host = net.JoinHostPort(host, strconv.Itoa(n))
	}
	u.Host = hostname.WithPort(u)
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = visible(u.RawQuery)
	if len(u.String()) > maxURL {
		return nil, digest.Fail(digest.Invalid, hint, "the address is longer than %d bytes", maxURL)
	}
	return u, nil
}

// visible percent-encodes what a request line may not hold (RFC 3986, 2.1).
func visible(query string) string {
	var b strings.Builder
	for i := 0; i < len(query); i++ {
		const hex = "0123456789ABCDEF"
		if c := query[i]; c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' {
			b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// oddNumber tells whether a host is a number in a spelling that only some
// resolvers read as an address, such as 2130706433 or 0x7f.1.
func oddNumber(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return digits(last) || strings.HasPrefix(last, "0x")
}

// nearby tells whether a name by its spelling alone is none of the public net
// (RFC 6761, 6762, 8375, and the usual ones).
func nearby(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch last {
	case host, "localhost", "local", "localdomain", "internal", "intranet", "lan", "corp", "home", "private":
		return true
	}
	return strings.HasSuffix(host, ".home.arpa")
}
