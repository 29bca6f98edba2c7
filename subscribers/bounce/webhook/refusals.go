package webhook

import (
	"net/netip"
	"sync"
	"time"

	"postbag/digest"
)

// The bounds of requests that are refused.
const (
	refusalWindow = time.Minute
	mostRefusals  = 30   // of one client in a window
	mostClients   = 4096 // that are counted at once
)

// refusals counts the requests of each client that were not proved, so that nobody
// tries keys out, or keeps us checking. What is proved is not counted.
type refusals struct {
	clock digest.Clock
	mu    sync.Mutex
	began time.Time
	told  bool // that something is refused in this window
	count map[string]int
}

// window begins a new window when it is time.
func (r *refusals) window() {
	now := r.clock.Now()
	if age := now.Sub(r.began); r.count == nil || age >= refusalWindow || age < 0 {
		r.began, r.told, r.count = now, false, map[string]int{}
	}
}

func (r *refusals) tooMany(client string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window()
	return r.count[network(client)] >= mostRefusals
}

// add counts a refusal. It tells whether it is the first in a window, which is logged.
func (r *refusals) add(client string) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window()
	name := network(client)
	if _, known := r.count[name]; known || len(r.count) < mostClients {
		r.count[name]++
	}
	first, r.told = !r.told, true
	return first
}

// network gives what is one client: an address, or the /64 of an IPv6 one.
func network(client string) string {
	addr, err := netip.ParseAddr(client)
	if err != nil || addr.Is4() {
		return client
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return client
	}
	return prefix.String()
}
