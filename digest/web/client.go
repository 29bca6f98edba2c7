package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks of the trusted reverse proxies.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// client gives the address a request comes from: the peer's, or behind trusted
// proxies the last one in X-Forwarded-For that is none of them. What stands
// before that anybody could have written. It gives "" when the peer has no
// address, as on a Unix socket.
func (p proxies) client(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trust(addr) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = next.Unmap().WithZone("")
	}
	return addr.String()
}

// ClientOf gives the address that a request comes from, by the networks of the trusted
// proxies; "" for none.
func ClientOf(trusted []netip.Prefix, r *http.Request) string { return proxies(trusted).client(r) }

// proxyHint warns, once, when X-Forwarded-For comes from a peer that is no
// trusted proxy. It is either a stranger's lie, or a proxy that nobody named:
// then all readers behind it look like one. The header is not believed. The
// peer is named where it cannot be a reader: on this machine, or in a private
// network.
func (s *Server) proxyHint(r *http.Request) {
	if r.Header.Get("X-Forwarded-For") == "" {
		return
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return // a socket has no address to trust
	}
	addr := peer.Addr().Unmap().WithZone("")
	if s.proxies.trust(addr) {
		return
	}
	s.hinted.Do(func() {
		var at []any
		if addr.IsLoopback() || addr.IsPrivate() {
			at = []any{"peer", addr.String()}
		}
		s.log.WarnContext(r.Context(), "X-Forwarded-For from a peer that is no trusted proxy is not believed; if a proxy of yours sends it, name it among the trusted proxies", at...)
	})
}
