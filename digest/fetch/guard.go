package fetch

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"postbag/digest"
	"postbag/digest/hostname"
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

func hostPort(host, port string) string { return net.JoinHostPort(hostname.Normal(host), port) }

// host tells whether the operator opened this name and port.
func (a Allow) host(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	return err == nil && a.hosts[hostPort(host, port)]
}

// named tells whether the operator opened the host of an address by its name.
func (a Allow) named(u *url.URL) bool { return a.hosts[net.JoinHostPort(u.Hostname(), portOf(u))] }

func portOf(u *url.URL) string { return cmp.Or(u.Port(), hostname.DefaultPort(u.Scheme)) }

// refuses tells why an address need not even be resolved, or nil. Names of a
// nearby network may lead into a network that the operator opened.
func (a Allow) refuses(u *url.URL) error {
	if a.named(u) {
		return nil
	}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	switch port := portOf(u); {
	case err == nil && within(ip.Unmap(), a.prefixes):
	case err == nil && Private(ip), oddNumber(host), len(a.prefixes) == 0 && nearby(host):
		return errPrivate
	case len(a.prefixes) == 0 && port != "80" && port != "443":
		return errPort
	}
	return nil
}

// Why the guard refuses an address.
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
	case within(ip, a.prefixes):
		return nil
	case Private(ip):
		return errPrivate
	case ap.Port() != 80 && ap.Port() != 443:
		return errPort
	}
	return nil
}
