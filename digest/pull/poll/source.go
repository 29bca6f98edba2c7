package poll

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/reader"
)

// The bounds of polling.
const (
	// ByHand is the least time between two pulls of a feed asked for by hand.
	ByHand = time.Minute

	maxPages = 2000 // of one feed in one pull
	together = 4    // sources pulled at once
)

// Poller pulls sources. It is safe for use by several goroutines at once; pulls of
// one source wait for each other.
type Poller struct{ *pull.Tools }

// New makes a poller.
func New(t *pull.Tools) *Poller { return &Poller{t} }

// Options change what a pull by hand does.
type Options struct {
	// History goes on to the feeds' beginning. Comments it newly brings from
	// more than a week back, on a blog that was followed already, are marked as
	// backfill.
	History bool
	// Force asks without conditions, and however short ago it was asked.
	Force bool
	// Accept stores a page once that was left to the editor because too much of it
	// is new for its age.
	Accept bool
}

// mode is how the feeds of a source are asked.
type mode struct {
	Options
	scheduled bool
	by        digest.Actor // who pulls by hand
}

// Pull pulls one source by hand: conditionally, and not at all when it was asked
// less than [ByHand] ago, which is no error. A feed that the schedule does not ask
// any more is asked. The error is also in the report's
// Err; it is of kind NotFound for an unknown source.
func (p *Poller) Pull(ctx context.Context, by digest.Actor, sourceID int64, opts Options) (Report, error) {
	src, err := p.Store.Source(ctx, sourceID)
	if err != nil {
		return Report{}, err
	}
	feeds, err := p.Store.Feeds(ctx, sourceID)
	if err != nil {
		return Report{Source: src}, fmt.Errorf("pull %q: %w", src.Name, err)
	}
	r := p.source(ctx, src, feeds, mode{Options: opts, by: by})
	return r, r.Err
}

// PullAll pulls every source by hand, as [Poller.Pull] does. A source that
// fails says so in its report and does not stop the others; the error is that
// of the store, or the end of ctx.
func (p *Poller) PullAll(ctx context.Context, by digest.Actor, opts Options) ([]Report, error) {
	sources, err := p.Store.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	feeds := make([][]digest.FeedState, len(sources))
	for i, src := range sources {
		if feeds[i], err = p.Store.Feeds(ctx, src.ID); err != nil {
			return nil, fmt.Errorf("pull %q: %w", src.Name, err)
		}
	}
	reports := make([]Report, len(sources))
	slots := make(chan struct{}, together)
	var wg sync.WaitGroup
	for i, src := range sources {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			reports[i] = p.source(ctx, src, feeds[i], mode{Options: opts, by: by})
		})
	}
	wg.Wait()
	return reports, ctx.Err()
}

// PullDue pulls a source for the schedule: its feeds whose time has come. Its
// other feed is asked along if its time is near, so that posts keep coming before
// their comments. Errors are as for [Poller.Pull].
func (p *Poller) PullDue(ctx context.Context, sourceID int64) (Report, error) {
	src, err := p.Store.Source(ctx, sourceID)
	if err != nil {
		return Report{}, fmt.Errorf("pull: %w", err)
	}
	feeds, err := p.Store.Feeds(ctx, sourceID)
	if err != nil {
		return Report{}, fmt.Errorf("pull: %w", err)
	}
	if feeds = p.due(feeds); len(feeds) == 0 {
		return Report{Source: src}, nil
	}
	r := p.source(ctx, src, feeds, mode{scheduled: true})
	return r, r.Err
}

// due leaves the feeds whose time has come, and with them those whose next poll only
// the jitter has put off.
func (p *Poller) due(feeds []digest.FeedState) []digest.FeedState {
	now := p.Clock.Now()
	due := func(f digest.FeedState) bool { return !f.Stopped && !pull.Waits(f.NextPoll, now) }
	if !slices.ContainsFunc(feeds, due) {
		return nil
	}
	near := now.Add(time.Duration(2 * pull.Jitter * float64(p.Interval)))
	return slices.DeleteFunc(feeds, func(f digest.FeedState) bool {
		soon := !f.Stopped && f.Failures == 0 && !f.NextPoll.After(near) && now.Sub(f.LastTry) >= pull.MinInterval
		return !soon && !due(f)
	})
}

// source pulls a source's feeds one after the other, posts before comments so
// that comments find their posts, and then the comments of single posts.
func (p *Poller) source(ctx context.Context, src digest.Source, feeds []digest.FeedState, m mode) (r Report) {
	r.Source = src
	began := p.Clock.Now()
	leave, err := p.Enter(ctx, src.ID)
	if err != nil {
		r.Err = fmt.Errorf("pull %q: %w", src.Name, err)
		return r
	}
	defer leave()
	t := outcome{new: true, own: identity.HostsOf(src.URL)}
	for _, feed := range feeds {
		feed, followed, err := p.reload(ctx, feed, &t)
		if err != nil {
			r.add(feedReport{err: fmt.Errorf("pull %q: %w", src.Name, err)})
			break
		}
		if !followed {
			continue
		}
		f := p.guarded(ctx, src, feed, t.own, m)
		r.add(f)
		t.add(feed, f)
		if ctx.Err() != nil {
			break
		}
	}
	if t.lists(m) && ctx.Err() == nil {
		r.add(p.guardedLists(ctx, src, t, m))
	}
	r.NotModified = t.unchanged > 0 && t.unchanged+t.tooSoon == t.asked && r.Stored.Nothing()
	r.TooSoon = t.tooSoon > 0 && t.tooSoon == t.asked
	switch {
	case r.TooSoon:
		r.Notices = append(r.Notices, pull.Notice{Text: "it was asked less than a minute ago"})
	case len(feeds) == 0 && !m.scheduled:
		r.NoFeed = true
		r.Notices = append(r.Notices, pull.Notice{Text: "it has no feed to pull; an import made it"})
	}
	p.log(r, m, p.Clock.Now().Sub(began))
	return r
}

// outcome is how the pull of a source's feeds went.
type outcome struct {
	own                               identity.Hosts
	feeds                             []digest.FeedState // as last read
	asked, unchanged, tooSoon, failed int

	new      bool // no feed of the source was ever pulled
	comments bool // the source has a feed of all comments
	paged    bool // and that feed goes on past its first page
	catching bool // or was cut off, and goes on with the next pull
	size     int  // entries on the first page of the feed of all comments, else of posts
}

func (t *outcome) add(f digest.FeedState, r feedReport) {
	t.asked++
	switch {
	case r.notModified:
		t.unchanged++
	case r.tooSoon:
		t.tooSoon++
	case r.err != nil:
		t.failed++
	}
	if f.Kind == digest.CommentsFeed {
		t.paged, t.catching = r.paged, r.catching
	}
	if f.Kind == digest.CommentsFeed || !t.comments {
		t.size = max(t.size, r.size)
	}
}

// lists tells whether the comments of single posts are looked at after the
// feeds: not when none of these answered, nor when the comments feed was cut off
// and will bring more, nor on a first pull whose window it has brought.
func (t *outcome) lists(m mode) bool {
	return t.asked > t.tooSoon+t.failed && !t.catching && (m.History || !t.new || !t.paged)
}

// reload reads a feed's state again, right before it is asked: another pull, in
// this process or another, may have begun or ended while this one waited for its
// turn or asked the source's other feed. A feed may be followed no more by then.
func (p *Poller) reload(ctx context.Context, feed digest.FeedState, t *outcome) (fresh digest.FeedState, followed bool, err error) {
	t.feeds, err = p.Store.Feeds(ctx, feed.SourceID)
	for _, f := range t.feeds {
		t.own.Add(f.URL)
		t.comments = t.comments || f.Kind == digest.CommentsFeed
		t.size = f.PageSize // posts come before comments
		if t.asked == 0 {
			t.new = t.new && f.LastSuccess.IsZero()
		}
		if f.ID == feed.ID {
			fresh, followed = f, true
		}
	}
	return fresh, followed, err
}

// Reread pulls a feed from its beginning, without conditions, as a source with its own
// hosts has it. The error is that of the feed.
func (p *Poller) Reread(ctx context.Context, src digest.Source, feed digest.FeedState, own identity.Hosts) (reader.Counts, error) {
	f := p.guarded(ctx, src, feed, own, mode{Options: Options{Force: true}})
	return f.Counts, f.err
}

// guarded pulls a feed; a fault of the program costs this feed and no other.
func (p *Poller) guarded(ctx context.Context, src digest.Source, feed digest.FeedState, own identity.Hosts, m mode) feedReport {
	r := p.start(src, feed, own, m)
	p.guard(&r.report, fmt.Sprintf("pull the %s of %q", feed.Kind, src.Name), func() { r.do(ctx) }, func(fault error) {
		r.feed, r.storedCatchUp = feed, feed.CatchUp
		r.failed(ctx, fault)
	})
	r.report.Counts = r.Count
	return r.report
}

// guardedLists does the same for the comments of single posts.
func (p *Poller) guardedLists(ctx context.Context, src digest.Source, t outcome, m mode) feedReport {
	l := p.lists(src, t, m)
	p.guard(&l.report, fmt.Sprintf("pull the comments of posts of %q", src.Name), func() { l.do(ctx) }, func(error) {})
	l.report.Counts = l.Count
	return l.report
}

// guard does something whose panic becomes the report's error.
func (p *Poller) guard(f *feedReport, doing string, do func(), failed func(error)) {
	defer func() {
		if fault := recover(); fault != nil {
			p.Log.Error("pull failed", "at", doing, "panic", fault, "stack", string(debug.Stack()))
			f.err = fmt.Errorf("%s: a fault of the program: %v", doing, fault)
			failed(f.err)
		}
	}()
	do()
}

func (p *Poller) log(r Report, m mode, took time.Duration) {
	s := r.Stored
	args := []any{
		"source", r.Source.Name, "requests", r.Requests, "pages", r.Pages, "took", took,
		"new_posts", s.NewPosts, "new_comments", s.NewComments, "changed", s.ChangedPosts + s.ChangedComments,
		"gone", s.GoneComments, "left_out", r.LeftOut, "by", m.by.Name,
	}
	for _, n := range r.Notices {
		p.Log.Warn("a source has a notice", "source", r.Source.Name, "notice", n.Text)
	}
	if r.Err != nil {
		p.Log.Warn("pulled with an error", append(args, "error", r.Err)...)
		return
	}
	p.Log.Info("pulled", args...)
}
