package pull

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"postbag/digest"
)

// Options set up a [Puller]. Store may be nil for a puller that only previews.
type Options struct {
	Store   Store
	Fetcher Fetcher
	// ToProse reads foreign HTML; base resolves its relative addresses.
	ToProse func(html, base string) digest.Prose
	Clock   digest.Clock // nil means the machine's
	Log     *slog.Logger // nil means silence
	// Random gives numbers in [0, 1) for the jitter of polls; nil means the
	// system's.
	Random func() float64
	// Interval is kept between two scheduled polls of a feed, an hour by default
	// and never less than [MinInterval].
	Interval time.Duration
	// Progress, when not nil, is told after each page. It is never called twice
	// at once.
	Progress func(Progress)
}

// The bounds of polling.
const (
	DefaultInterval = time.Hour
	MinInterval     = 15 * time.Minute
	MaxInterval     = 24 * time.Hour
	// ByHand is the least time between two pulls of a feed asked for by hand.
	ByHand = time.Minute

	jitter   = 0.1  // of the interval, either way
	maxPages = 2000 // of one feed in one pull
	together = 4    // sources pulled at once
)

// Progress tells how far the pull of one feed has come.
type Progress struct {
	Source  string // the blog's name
	Kind    digest.FeedKind
	Pages   int
	Entries int
	Total   int // entries the feed says it has, -1 when it does not say
}

// Puller brings blogs into the store. It is safe for use by several goroutines
// at once; pulls of one source wait for each other.
type Puller struct {
	opts Options

	telling sync.Mutex // held while Progress is called

	mu   sync.Mutex
	busy map[int64]chan struct{} // by source; holds a token while it is pulled
	// looked is when comments were last looked at before an issue went out.
	looked map[int64]time.Time
}

// New makes a puller.
func New(opts Options) *Puller {
	if opts.Clock == nil {
		opts.Clock = digest.SystemClock{}
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Random == nil {
		opts.Random = rand.Float64
	}
	if opts.Interval <= 0 {
		opts.Interval = DefaultInterval
	}
	opts.Interval = min(max(opts.Interval, MinInterval), MaxInterval)
	return &Puller{opts: opts, busy: map[int64]chan struct{}{}, looked: map[int64]time.Time{}}
}

// tell reports progress, if anybody listens.
func (p *Puller) tell(pr Progress) {
	if p.opts.Progress == nil {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	p.opts.Progress(pr)
}

// enter waits until no other pull of the source is under way and gives the
// function that lets the next one in.
func (p *Puller) enter(ctx context.Context, sourceID int64) (leave func(), err error) {
	p.mu.Lock()
	token := p.busy[sourceID]
	if token == nil {
		token = make(chan struct{}, 1)
		p.busy[sourceID] = token
	}
	p.mu.Unlock()
	select {
	case token <- struct{}{}:
		return func() { <-token }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
