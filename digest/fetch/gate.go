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

// gate is the queue before one host. Whoever holds the token in turn may read
// and write the other fields.
type gate struct {
	turn   chan struct{}
	next   time.Time // no request before it, for the pause's sake
	closed time.Time // no request before it, because the host asked so
	status int       // with which it asked
}

func (g *gates) of(host string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts[host] == nil {
		g.hosts[host] = &gate{turn: make(chan struct{}, 1)}
	}
	return g.hosts[host]
}

// enter waits for the turn to ask a host. Its caller must leave the gate unless
// there is an error. A host that asked to be left alone for longer is not
// waited for: that is a [closedError].
func (g *gates) enter(ctx context.Context, host string) (*gate, error) {
	gt := g.of(host)
	select {
	case gt.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := g.clock.Now()
	if gt.closed.After(now) {
		defer func() { <-gt.turn }()
		return nil, closedError{status: gt.status, wait: gt.closed.Sub(now)}
	}
	if err := g.clock.Sleep(ctx, gt.next.Sub(now)); err != nil {
		<-gt.turn
		return nil, err
	}
	return gt, nil
}

// closedError tells how long a host still asks to be left alone.
type closedError struct {
	status int
	wait   time.Duration
}

func (e closedError) Error() string { return "the host asks to be left alone" }

// leave lets the next request pass after the pause.
func (g *gates) leave(gt *gate, pause time.Duration) {
	gt.next = g.clock.Now().Add(pause)
	<-gt.turn
}
