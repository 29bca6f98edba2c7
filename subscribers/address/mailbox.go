package address

import (
	"net/netip"
	"strings"
)

// mailbox gives the mailbox behind a key, as far as it can be told from
// outside: mail to anna+news@ reaches anna@ at nearly every provider that
// allows a "+", and Gmail does not see dots.
func mailbox(key string) string {
	local, domain, _ := strings.Cut(key, "@")
	if base, _, ok := strings.Cut(local, "+"); ok && base != "" {
		local = base
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// NetworkOf gives the network that a limit counts an IP address in: the /24 of
// an IPv4 address, the /48 of an IPv6 address. It takes an address with or
// without a port, and gives "" for what is none.
func NetworkOf(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		withPort, err := netip.ParseAddrPort(ip)
		if err != nil {
			return ""
		}
		addr = withPort.Addr()
	}
	addr = addr.WithZone("").Unmap()
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
