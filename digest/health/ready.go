package health

import (
	"context"
	"sync"
	"time"
)

// readyFor is how long an answer to whether a process is ready holds, and readyTime how
// long finding it out may take.
const (
	readyFor  = 3 * time.Second
	readyTime = 2 * time.Second
)

// Readiness tells whether a process can serve: read, and store what readers and editors
// send. Probes ask often, so an answer holds for a few seconds. It is safe for concurrent
// use.
type Readiness struct {
	Store Store

	mu   sync.Mutex
	till time.Time // until when answer holds
	last error
}

// Ready fails when requests cannot be served. Those who ask at once get one answer.
func (r *Readiness) Ready(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.till) {
		return r.last
	}
	// Whoever asked may be gone before the others who wait for the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
	defer cancel()
	r.last = r.Store.Ping(ctx)
	if r.last == nil {
		r.last = r.Store.Writable(ctx)
	}
	r.till = time.Now().Add(readyFor)
	return r.last
}
