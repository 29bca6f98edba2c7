package deliver

import (
	"context"
	"sync"
	"time"

	"postbag/digest"
)

const (
	// A run waits for so long within itself; for longer it ends, and lets its
	// connections go.
	longestStay = 10 * time.Second
	// How often an issue's state is looked at, by the machine's clock, while somebody waits.
	lookEvery = 400 * time.Millisecond
)

// waits is where the connections of a run wait: for the rate, for a server that takes no
// more, before they connect again. A wait ends with the issue's being sent.
type waits struct {
	run *run

	mu      sync.Mutex
	ctx     context.Context // ends when the issue is not being sent any more
	end     context.CancelFunc
	waiting int           // connections that wait
	onWire  int           // messages on the wire
	sleeps  bool          // one sleeps for all
	changed chan struct{} // closed when any of these changes
	until   time.Time     // the run ended to wait for this moment
	why     Waits
}

// Waits says what a run waits for.
type Waits string

// What a run may wait for.
const (
	WaitsForRate   Waits = "rate"   // the limit in the settings
	WaitsForServer Waits = "server" // the server takes only so much
)

func newWaits(r *run) *waits {
	w := &waits{run: r, changed: make(chan struct{})}
	w.ctx, w.end = context.WithCancel(r.ctx)
	return w
}

func (w *waits) tell() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// look watches the issue's state while somebody waits, until done is closed.
func (w *waits) look(done <-chan struct{}) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		w.mu.Lock()
		idle := w.waiting == 0
		w.mu.Unlock()
		if idle {
			continue
		}
		state, err := w.run.sender.o.Ledger.IssueState(w.run.ctx, w.run.mailing.IssueID)
		switch {
		case err != nil: // whoever sends finds out
		case state != digest.Sending:
			w.stop()
		default:
			w.resume()
		}
	}
}

// stop ends all waits: the issue is not being sent.
func (w *waits) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end()
}

// resume lets those go on that waited for a message on the wire.
func (w *waits) resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() == nil || w.run.ctx.Err() != nil {
		return
	}
	w.ctx, w.end = context.WithCancel(w.run.ctx)
	w.tell()
}

// close ends what newWaits began.
func (w *waits) close() { w.stop() }

// begins and ends count messages on the wire.
func (w *waits) begins() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onWire++
}

func (w *waits) ends() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.onWire--; w.onWire == 0 {
		w.tell()
	}
}

// enter begins a wait and gives the context that ends it.
func (w *waits) enter() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting++
	return w.ctx
}

func (w *waits) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting--
}

// sleep waits for some time of the clock, unless the issue stops.
func (w *waits) sleep(d time.Duration) error {
	ctx := w.enter()
	defer w.leave()
	return w.run.sender.o.Clock.Sleep(ctx, d)
}

// turn waits until a moment, or for what changed is closed by where that is zero. It is
// false when the connection is to end, because the wait is long. When the issue stops it
// is over at once.
func (w *waits) turn(until time.Time, why Waits, changed <-chan struct{}) bool {
	ctx := w.enter()
	defer w.leave()
	clock := w.run.sender.o.Clock
	pause := until.Sub(clock.Now())
	switch {
	case until.IsZero():
		select {
		case <-changed:
		case <-ctx.Done():
		}
		return true
	case pause > longestStay:
		w.mu.Lock()
		defer w.mu.Unlock()
		if until.After(w.until) {
			w.until, w.why = until, why
		}
		return false
	}
	w.mu.Lock()
	if w.sleeps {
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		return true
	}
	w.sleeps = true
	w.mu.Unlock()
	_ = clock.Sleep(ctx, pause) // whoever goes on finds out that the issue stops
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sleeps = false
	w.tell()
	return true
}

// resumed waits, once the issue is not being sent, for as long as a message is on the
// wire, and tells whether the issue goes on meanwhile.
func (w *waits) resumed() bool {
	w.enter()
	defer w.leave()
	for {
		w.mu.Lock()
		ctx, onWire, changed := w.ctx, w.onWire, w.changed
		w.mu.Unlock()
		switch {
		case w.run.ctx.Err() != nil:
			return false
		case ctx.Err() == nil:
			return true
		case onWire == 0:
			return false
		}
		select {
		case <-changed:
		case <-w.run.ctx.Done():
		}
	}
}

// context is that of a wait that is done elsewhere.
func (w *waits) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}
