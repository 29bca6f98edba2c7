// Package parallel spreads work of the same kind over the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls fn for every range of a split of 0 to n into pieces of at most size, on as
// many processors as there are, and returns when all are done. What fn makes must not
// depend on the order of the pieces. Each goroutine has a worker of its own, in which fn
// may keep what it needs or gathers; Each gives them all. Where fn panics Each does, so
// that whoever recovers from it can.
func Each[Worker any](n, size int, worker func() Worker, fn func(w Worker, from, to int)) []Worker {
	pieces := (n + size - 1) / size
	workers := make([]Worker, max(1, min(runtime.GOMAXPROCS(0), pieces)))
	for i := range workers {
		workers[i] = worker()
	}
	if len(workers) == 1 {
		fn(workers[0], 0, n)
		return workers
	}
	var next atomic.Int64
	var failure atomic.Pointer[any]
	work := func(w Worker) {
		defer func() {
			if r := recover(); r != nil {
				failure.CompareAndSwap(nil, &r)
				next.Store(int64(pieces)) // the others need not go on
			}
		}()
		for {
			piece := int(next.Add(1)) - 1
			if piece >= pieces {
				return
			}
			fn(w, piece*size, min(n, (piece+1)*size))
		}
	}
	var all sync.WaitGroup
	for _, w := range workers[1:] {
		all.Go(func() { work(w) })
	}
	work(workers[0])
	all.Wait()
	if r := failure.Load(); r != nil {
		panic(*r)
	}
	return workers
}

// Do is [Each] for what needs no worker, one number at a time.
func Do(n, size int, fn func(i int)) {
	Each(n, size, func() struct{} { return struct{}{} }, func(_ struct{}, from, to int) {
		for i := from; i < to; i++ {
			fn(i)
		}
	})
}
