package database

import (
	"context"
	"sync"
	"time"

	"postbag/digest"
)

// wakes tells the goroutines of this process that something may be due.
type wakes struct {
	mu      sync.Mutex
	waiting map[chan struct{}]bool
}

// all tells everybody who waits.
func (w *wakes) all() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.waiting {
		tell(c)
	}
}

func (w *wakes) add(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = map[chan struct{}]bool{}
	}
	w.waiting[c] = true
}

func (w *wakes) remove(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting, c)
}

// tell leaves a message where one is not waiting already.
func tell(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Wake tells those who wait for work, in any process, once this transaction has
// committed: something may have become due.
func (t *Tx) Wake() { t.woken = true }

// Wakes gives a channel that is told when something may have become due, until
// ctx ends; see [work.Store]. Of what other processes do with an SQLite file it
// hears nothing.
func (db *DB) Wakes(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	db.wakes.add(c)
	context.AfterFunc(ctx, func() { db.wakes.remove(c) })
	db.listens.Do(func() {
		if db.Dialect.listen == nil {
			return
		}
		// One connection listens for all of this process, until the database is
		// closed.
		lasting, stop := context.WithCancel(context.WithoutCancel(ctx))
		db.stopListening = stop
		db.listening.Go(func() { db.listen(lasting) })
	})
	return c
}

// listen passes the wake-ups of other processes on. While the database is away,
// those who wait look for themselves.
func (db *DB) listen(ctx context.Context) {
	for ctx.Err() == nil {
		db.Dialect.listen(ctx, db.wakes.all)
		if (digest.SystemClock{}).Sleep(ctx, listenAgain) != nil {
			return
		}
	}
}

// listenAgain is the pause before a lost connection for wake-ups is made anew.
const listenAgain = 2 * time.Second
