// Package parallel spreads work of the same kind over the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls fn for every range of a split of 0 to n into pieces of at most size, on as
// many processors as there are, and returns when all are done. What fn makes must not
// depend on the order of the pieces. Each goroutine has a worker of its own, which fn may
// keep what it needs from piece to piece in. Where fn panics Each does, so that whoever
// recovers from it can.
func Each[Worker any](n, size int, worker func() Worker, fn func(w Worker, from, to int)) {
	pieces := (n + size - 1) / size
	many := min(runtime.GOMAXPROCS(0), pieces)
	if many <= 1 {
		if n > 0 {
			fn(worker(), 0, n)
		}
		return
	}
	var next atomic.Int64
	var failure atomic.Pointer[any]
	work := func() {
		defer func() {
			if r := recover(); r != nil {
				failure.CompareAndSwap(nil, &r)
				next.Store(int64(pieces)) // the others need not go on
			}
		}()
		for w := worker(); ; {
			piece := int(next.Add(1)) - 1
			if piece >= pieces {
				return
			}
			fn(w, piece*size, min(n, (piece+1)*size))
		}
	}
	var all sync.WaitGroup
	for range many - 1 {
		all.Go(work)
	}
	work()
	all.Wait()
	if r := failure.Load(); r != nil {
		panic(*r)
	}
}
