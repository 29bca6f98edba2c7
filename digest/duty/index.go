package duty

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

const (
	// indexEvery is the time between two looks at what is not indexed yet.
	indexEvery = time.Minute
	// indexPause, between batches, lets other processes write.
	indexPause = 20 * time.Millisecond
)

// Indexer keeps the index of the search.
type Indexer interface {
	// Index indexes some of the entries that are new or have changed, and gives how
	// many, 0 when the index is up to date.
	Index(ctx context.Context, limit int) (int, error)
}

// Index brings the index of the search up to date. A worker does so by itself; a
// command that stores entries does it at its end. Several may do it at once.
func Index(ctx context.Context, store Indexer) error {
	for {
		n, err := store.Index(ctx, 0)
		if n == 0 || err != nil {
			return err
		}
		if err := (digest.SystemClock{}).Sleep(ctx, indexPause); err != nil {
			return err
		}
	}
}

// index brings the index of the search up to date. When others keep the database
// from being written, it leaves the rest for later.
func (w *Worker) index(ctx context.Context, _ work.Lease) (time.Time, error) {
	err := Index(ctx, w.Store)
	if digest.KindOf(err) == digest.Unavailable && err != nil {
		w.Log.Debug("the search index waits", "err", err)
		err = nil
	}
	return w.Clock.Now().Add(indexEvery), err
}
