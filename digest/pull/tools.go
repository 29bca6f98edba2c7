package pull

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"postbag/digest"
)

// Options set up [Tools].
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
	// FeedTime and FeedBytes are what one feed may take of a pull that does not go
	// back to the beginning, and the comments of single posts together: real time, a
	// quarter of an hour by default, and bytes of answers, by default 200 MB. A blog
	// whose pages lead on without end gets no more.
	FeedTime  time.Duration
	FeedBytes int64
	// Progress, when not nil, is told after each page. It is never called twice
	// at once.
	Progress func(Progress)
}

// The bounds of polling.
const (
	DefaultInterval = time.Hour
	MinInterval     = 15 * time.Minute
	MaxInterval     = 24 * time.Hour
	// Jitter is the part of an interval by which polls are spread, either way.
	Jitter = 0.1
)

// Progress tells how far the pull of one feed has come.
type Progress struct {
	Source  string // the blog's name
	Kind    digest.FeedKind
	Pages   int
	Entries int
	Total   int // entries that will be read, -1 where that is not known
}

// Notice is a sentence for the person who reads a report, lower case and without a
// full stop: what could not be had, and why. Acts are what can be done about it.
type Notice struct {
	Text string
	Acts []digest.Act
}

// String gives the sentence.
func (n Notice) String() string { return n.Text }

// Tools are what every part of pulling works with: the store, the network, the
// clock, the log, and one lock for each source. All parts that run in one process
// share them; they are safe for use by several goroutines at once.
type Tools struct {
	Options

	telling sync.Mutex // held while Progress is called

	mu   sync.Mutex
	busy map[int64]chan struct{} // by source; holds a token while it is pulled
}

// NewTools fills in what the options leave out.
func NewTools(opts Options) *Tools {
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
	if opts.FeedTime <= 0 {
		opts.FeedTime = 15 * time.Minute
	}
	if opts.FeedBytes <= 0 {
		opts.FeedBytes = 200 << 20
	}
	return &Tools{Options: opts, busy: map[int64]chan struct{}{}}
}

// Tell reports progress, if anybody listens.
func (t *Tools) Tell(p Progress) {
	if t.Progress == nil {
		return
	}
	t.telling.Lock()
	defer t.telling.Unlock()
	t.Progress(p)
}

// Enter waits until nothing else is done to the source in this process, and gives
// the function that lets the next one in. The error is the end of ctx.
func (t *Tools) Enter(ctx context.Context, sourceID int64) (leave func(), err error) {
	t.mu.Lock()
	token := t.busy[sourceID]
	if token == nil {
		token = make(chan struct{}, 1)
		t.busy[sourceID] = token
	}
	t.mu.Unlock()
	select {
	case token <- struct{}{}:
		return func() { <-token }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// LeaveHost gives how long the host asks to be left alone that an error is the answer
// of; 0 if it does not. All feeds there are left alone as long, whichever process
// pulls them and whenever it was started.
func (t *Tools) LeaveHost(ctx context.Context, cause error) time.Duration {
	status, ok := errors.AsType[*StatusError](cause)
	if !ok || status.RetryAfter <= 0 {
		return 0
	}
	wait := min(status.RetryAfter, MaxInterval)
	if status.At == "" {
		return wait
	}
	if err := t.Store.LeaveHost(ctx, status.At, t.Clock.Now().Add(wait)); err != nil {
		t.Log.Error("that a host asks to be left alone could not be stored", "host", status.At, "error", err)
	}
	return wait
}

// BackOff is the wait after so many failures in a row: it doubles up to a day.
func (t *Tools) BackOff(failures int) time.Duration {
	wait := min(t.Interval<<min(failures-1, 10), MaxInterval)
	return min(max(MinInterval, time.Duration(float64(wait)*(1+Jitter*(2*t.Random()-1)))), MaxInterval)
}
