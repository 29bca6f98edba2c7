package fetch

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"postbag/digest"
)

// Allow lists the exceptions that an operator makes for addresses of private
// networks and for other ports than 80 and 443. The zero value makes none.
type Allow struct {
	hosts    map[string]bool // "host:port", lower case
	prefixes []netip.Prefix
}

// ParseAllow reads exceptions: "host:port" opens one port of one name or
// address, a CIDR prefix such as "10.1.0.0/16" opens every port of a network.
// The error is of kind Invalid and names the item.
func ParseAllow(items []string) (Allow, error) {
	a := Allow{hosts: map[string]bool{}}
	for _, item := range items {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if strings.Contains(item, "/") {
			prefix, err := netip.ParsePrefix(item)
			if err != nil {
				return Allow{}, badAllow(item)
			}
			a.prefixes = append(a.prefixes, prefix.Masked())
			continue
		}
		host, port, err := net.SplitHostPort(item)
		if n, perr := strconv.Atoi(port); err != nil || host == "" || perr != nil || n < 1 || n > 65535 {
			return Allow{}, badAllow(item)
		}
		a.hosts[hostPort(host, port)] = true
	}
	return a, nil
}

func badAllow(item string) error {
	return digest.Fail(digest.Invalid, `Write "blog.lan:8080" or "10.1.0.0/16".`,
		"the exception %q is neither host:port nor a network", item)
}

func hostPort(host, port string) string {
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(host, ".")), port)
}

// host tells whether the operator opened this name and port.
func (a Allow) host(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	return err == nil && a.hosts[hostPort(host, port)]
}

// address tells whether the operator opened the network of an address.
func (a Allow) address(ip netip.Addr) bool {
	for _, p := range a.prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// The reasons of the guard. They say nothing about what stands at the address.
var (
	errPrivate = errors.New("the address belongs to a private network")
	errPort    = errors.New("the port is not open to feeds")
)

// control is called by the dialer with each address it is about to connect to,
// after the name was resolved: what is checked is what is dialled.
func (a Allow) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := ap.Addr().Unmap()
	switch {
	case a.address(ip):
		return nil
	case Private(ip):
		return errPrivate
	case ap.Port() != 80 && ap.Port() != 443:
		return errPort
	}
	return nil
}

// refusedNets are the networks that no public blog lives on.
var refusedNets = parseNets(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10",
	"fec0::/10", "ff00::/8",
)

// The networks whose addresses carry an IPv4 address inside.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052, 2.1
	sixTo4 = netip.MustParsePrefix("2002::/16")    // RFC 3056, 2
	teredo = netip.MustParsePrefix("2001::/32")    // RFC 4380, 4
)

func parseNets(texts ...string) []netip.Prefix {
	nets := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		nets[i] = netip.MustParsePrefix(text)
	}
	return nets
}

// Private tells whether an address is one that a stranger's link must not
// reach: loopback, private, link-local, reserved and multicast networks, also
// when an IPv6 address only wraps one of them.
func Private(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" {
		return true
	}
	for _, net := range refusedNets {
		if net.Contains(ip) {
			return true
		}
	}
	if !ip.Is6() {
		return false
	}
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return Private(netip.AddrFrom4([4]byte(b[12:16])))
	case sixTo4.Contains(ip):
		return Private(netip.AddrFrom4([4]byte(b[2:6])))
	case teredo.Contains(ip):
		client := [4]byte{^b[12], ^b[13], ^b[14], ^b[15]}
		return Private(netip.AddrFrom4([4]byte(b[4:8]))) || Private(netip.AddrFrom4(client))
	}
	return false
}

// maxURL bounds an address, in bytes.
const maxURL = 4096

// checkURL reads an address and refuses what can be refused without resolving
// its name.
func checkURL(raw string) (*url.URL, error) {
	const hint = "Give an address that starts with https:// or http://."
	if len(raw) > maxURL {
		return nil, digest.Fail(digest.Invalid, hint, "the address is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, digest.Fail(digest.Invalid, hint, "%q is not an address", raw)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, digest.Fail(digest.Invalid, hint, "the address %q is neither http nor https", u.Redacted())
	case u.User != nil:
		return nil, digest.Fail(digest.Invalid, "Take the name and password out of the address.",
			"the address %q holds a name or password", u.Redacted())
	case u.Hostname() == "":
		return nil, digest.Fail(digest.Invalid, hint, "the address %q names no host", raw)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
