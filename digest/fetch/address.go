package fetch

import (
	"net/netip"
	"slices"
)

// refusedNets are the networks of IPv4 that no public blog lives on.
var refusedNets = parseNets(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // the inner service of a cloud, on an address that looks public
)

// refusedNets6 are those within what is public of IPv6.
var refusedNets6 = parseNets("2001:db8::/32", "3fff::/20", "2001:2::/48", "2001:10::/28", "2001:20::/28")

// The public part of IPv6, and the networks whose addresses carry an IPv4
// address inside.
var (
	global = netip.MustParsePrefix("2000::/3")     // RFC 4291, 2.4
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

func within(ip netip.Addr, nets []netip.Prefix) bool {
	return slices.ContainsFunc(nets, func(net netip.Prefix) bool { return net.Contains(ip) })
}

// Private tells whether an address is one that a stranger's link must not
// reach: loopback, private, link-local, reserved and multicast networks, also
// when an IPv6 address only wraps one of them.
func Private(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" {
		return true
	}
	if ip.Is4() {
		return within(ip, refusedNets)
	}
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return within(v4(b[12:16]), refusedNets)
	case !global.Contains(ip) || within(ip, refusedNets6):
		return true
	case sixTo4.Contains(ip):
		return within(v4(b[2:6]), refusedNets)
	case teredo.Contains(ip):
		client := netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
		return within(v4(b[4:8]), refusedNets) || within(client, refusedNets)
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5E && b[11] == 0xFE: // ISATAP (RFC 5214, 6.1)
		return within(v4(b[12:16]), refusedNets)
	}
	return false
}

func v4(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b)) }
