package digest

import (
	"context"
	"sync/atomic"
	"time"
)

type patienceKey struct{}

// patience is how long somebody waits for a database that does not answer; once that was
// in vain, there is little left for the next time.
type patience struct {
	ctx   context.Context // of who waits: what goes on after it is nobody's wait
	most  time.Duration
	spent atomic.Bool
}

// afterInVain is how long is waited once a wait was in vain: the page that says so does
// not take as long again.
const afterInVain = 100 * time.Millisecond

// Impatient gives a context for somebody who waits, such as for a page: until ctx ends,
// a database that does not answer is waited for so long at the most.
func Impatient(ctx context.Context, most time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, &patience{ctx: ctx, most: most})
}

// Patience tells how long a database may be waited for; ok is false where nobody is
// [Impatient]. Whoever waited in vain calls inVain.
func Patience(ctx context.Context) (most time.Duration, inVain func(), ok bool) {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	switch {
	case p == nil || p.ctx.Err() != nil:
		return 0, func() {}, false
	case p.spent.Load():
		return min(p.most, afterInVain), func() {}, true
	}
	return p.most, func() { p.spent.Store(true) }, true
}
