package fetch

import (
	"context"
	"sync"
	"time"

	"postbag/digest"
)

// gates keep the requests to one host apart.
type gates struct {
	clock digest.Clock

	mu    sync.Mutex
	hosts map[string]*gate
}

// maxGates is the number of hosts past which those that nothing is known of any
// more are forgotten.
const maxGates = 1000

// gate is the queue before one host. Whoever holds the token in turn may read
// and write the fields below it.
type gate struct {
	users int // those who hold or wait for the token; guarded by gates

	turn     chan struct{}
	next     time.Time     // no request before it, for the pause's sake
	pause    time.Duration // the last one, the longest wait: the clock may be put back
	closed   time.Time     // no request before it, because the host asked so or was too busy
	status   int           // with which it answered
	asked    bool          // it said for how long
	refusals int           // answers in a row that were too busy and did not say for how long
}

// of gives the gate of a host and counts its caller as a user.
func (g *gates) of(host string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts[host] == nil {
		g.forget()
		g.hosts[host] = &gate{turn: make(chan struct{}, 1)}
	}
	g.hosts[host].users++
	return g.hosts[host]
}

// forget drops the gates that are open and unused, when there are many.
func (g *gates) forget() {
	if len(g.hosts) < maxGates {
		return
	}
	now := g.clock.Now()
	for host, gt := range g.hosts {
		if gt.users == 0 && !gt.next.After(now) && !gt.closed.After(now) {
			delete(g.hosts, host)
		}
	}
}

// drop ends a use that of began.
func (g *gates) drop(gt *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	gt.users--
}

// enter waits for the turn to ask a host. Its caller must leave the gate unless
// there is an error. A host that is to be left alone for longer is not
// waited for: that is a [closedError].
func (g *gates) enter(ctx context.Context, host string) (*gate, error) {
	gt := g.of(host)
	select {
	case gt.turn <- struct{}{}:
	case <-ctx.Done():
		g.drop(gt)
		return nil, ctx.Err()
	}
	now := g.clock.Now()
	if gt.closed.After(now) {
		err := closedError{status: gt.status, wait: gt.closed.Sub(now), asked: gt.asked}
		g.release(gt)
		return nil, err
	}
	if err := g.clock.Sleep(ctx, min(gt.next.Sub(now), gt.pause)); err != nil {
		g.release(gt)
		return nil, err
	}
	return gt, nil
}

// closedError tells how long a host is still left alone, and whether it asked for that.
type closedError struct {
	status int
	wait   time.Duration
	asked  bool
}

func (e closedError) Error() string { return "the host is left alone" }

// leave lets the next request pass after the pause.
func (g *gates) leave(gt *gate, pause time.Duration) {
	gt.next, gt.pause = g.clock.Now().Add(pause), pause
	g.release(gt)
}

func (g *gates) release(gt *gate) {
	<-gt.turn
	g.drop(gt)
}
