package pull

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"postbag/digest"
)

// PullOptions change what a pull by hand does.
type PullOptions struct {
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
	PullOptions
	scheduled bool
}

// Pull pulls one source by hand: conditionally, and not at all when it was asked
// less than [ByHand] ago, which is no error. A feed that the schedule does not ask
// any more is asked. The error is also in the report's
// Err; it is of kind NotFound for an unknown source.
func (p *Puller) Pull(ctx context.Context, sourceID int64, opts PullOptions) (Report, error) {
	src, err := p.opts.Store.Source(ctx, sourceID)
	if err != nil {
		return Report{}, err
	}
	feeds, err := p.opts.Store.Feeds(ctx, sourceID)
	if err != nil {
		return Report{Source: src}, fmt.Errorf("pull %q: %w", src.Name, err)
	}
	r := p.source(ctx, src, feeds, mode{PullOptions: opts})
	return r, r.Err
}

// PullAll pulls every source by hand, as [Puller.Pull] does. A source that
// fails says so in its report and does not stop the others; the error is that
// of the store, or the end of ctx.
func (p *Puller) PullAll(ctx context.Context, opts PullOptions) ([]Report, error) {
	sources, err := p.opts.Store.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	jobs := make([]job, len(sources))
	for i, src := range sources {
		feeds, err := p.opts.Store.Feeds(ctx, src.ID)
		if err != nil {
			return nil, fmt.Errorf("pull %q: %w", src.Name, err)
		}
		jobs[i] = job{src, feeds}
	}
	return p.all(ctx, jobs, mode{PullOptions: opts})
}

// PullDue pulls a source for the schedule: its feeds whose time has come. Its
// other feed is asked along if its time is near, so that posts keep coming before
// their comments. Errors are as for [Puller.Pull].
func (p *Puller) PullDue(ctx context.Context, sourceID int64) (Report, error) {
	j, err := p.along(ctx, sourceID, p.opts.Clock.Now())
	if err != nil {
		return Report{}, fmt.Errorf("pull: %w", err)
	}
	if len(j.feeds) == 0 {
		return Report{Source: j.src}, nil
	}
	r := p.source(ctx, j.src, j.feeds, mode{scheduled: true})
	return r, r.Err
}

// along gives a source with its feeds that are due, or nearly: those whose next
// poll only the jitter has put off.
func (p *Puller) along(ctx context.Context, sourceID int64, now time.Time) (job, error) {
	src, err := p.opts.Store.Source(ctx, sourceID)
	if err != nil {
		return job{}, err
	}
	feeds, err := p.opts.Store.Feeds(ctx, sourceID)
	if err != nil {
		return job{}, err
	}
	j := job{src: src}
	feeds = slices.DeleteFunc(feeds, func(f digest.FeedState) bool { return f.Stopped })
	if !slices.ContainsFunc(feeds, func(f digest.FeedState) bool { return !f.NextPoll.After(now) }) {
		return j, nil
	}
	near := now.Add(time.Duration(2 * jitter * float64(p.opts.Interval)))
	for _, f := range feeds {
		soon := f.Failures == 0 && !f.NextPoll.After(near) && now.Sub(f.LastTry) >= MinInterval
		if soon || !f.NextPoll.After(now) {
			j.feeds = append(j.feeds, f)
		}
	}
	return j, nil
}

// job is a source to pull through some of its feeds.
type job struct {
	src   digest.Source
	feeds []digest.FeedState
}

// all pulls several sources, a few at a time, and waits for them.
func (p *Puller) all(ctx context.Context, jobs []job, m mode) ([]Report, error) {
	reports := make([]Report, len(jobs))
	slots := make(chan struct{}, together)
	var wg sync.WaitGroup
	for i, j := range jobs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			reports[i] = p.source(ctx, j.src, j.feeds, m)
		})
	}
	wg.Wait()
	return reports, ctx.Err()
}

// source pulls a source's feeds one after the other, posts before comments so
// that comments find their posts, and then the comments of single posts.
func (p *Puller) source(ctx context.Context, src digest.Source, feeds []digest.FeedState, m mode) (r Report) {
	r.Source = src
	began := p.opts.Clock.Now()
	leave, err := p.enter(ctx, src.ID)
	if err != nil {
		r.Err = fmt.Errorf("pull %q: %w", src.Name, err)
		return r
	}
	defer leave()
	t := tour{new: true, own: ownHosts(src.URL)}
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
	if t.listings(m) && ctx.Err() == nil {
		r.add(p.guardedListings(ctx, src, t, m))
	}
	r.NotModified = t.unchanged > 0 && t.unchanged+t.tooSoon == t.asked && r.Stored.nothing()
	r.TooSoon = t.tooSoon > 0 && t.tooSoon == t.asked
	switch {
	case r.TooSoon:
		r.Notices = append(r.Notices, "it was asked less than a minute ago")
	case len(feeds) == 0 && !m.scheduled:
		r.Notices = append(r.Notices, "it has no feed to pull; an import made it")
	}
	p.log(r, p.opts.Clock.Now().Sub(began))
	return r
}

// tour is how the pull of a source's feeds went.
type tour struct {
	own                               hosts
	asked, unchanged, tooSoon, failed int

	new      bool   // no feed of the source was ever pulled
	comments bool   // the source has a feed of all comments
	paged    bool   // and that feed goes on past its first page
	catching bool   // or was cut off, and goes on with the next pull
	feeds    string // the folder of its feeds, at Blogger
	size     int    // entries on the first page of the feed of all comments, else of posts
}

func (t *tour) add(f digest.FeedState, r feedReport) {
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

// listings tells whether the comments of single posts are looked at after the
// feeds: not when none of these answered, nor when the comments feed was cut off
// and will bring more, nor on a first pull whose window it has brought.
func (t *tour) listings(m mode) bool {
	return t.asked > t.tooSoon+t.failed && !t.catching && (m.History || !t.new || !t.paged)
}

// reload reads a feed's state again, right before it is asked: another pull, in
// this process or another, may have begun or ended while this one waited for its
// turn or asked the source's other feed. A feed may be followed no more by then.
func (p *Puller) reload(ctx context.Context, feed digest.FeedState, t *tour) (fresh digest.FeedState, followed bool, err error) {
	all, err := p.opts.Store.Feeds(ctx, feed.SourceID)
	for _, f := range all {
		t.own.add(f.URL)
		t.feeds = or(t.feeds, feedsAt(f.URL))
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

// guarded pulls a feed; a fault of the program costs this feed and no other.
func (p *Puller) guarded(ctx context.Context, src digest.Source, feed digest.FeedState, own hosts, m mode) (f feedReport) {
	defer func() {
		if fault := recover(); fault != nil {
			f.err = p.fault(fault, fmt.Sprintf("pull the %s of %q", feed.Kind, src.Name))
			f.notices = append(f.notices, p.failed(ctx, feed, feed.CatchUp, m.scheduled, f.err)...)
		}
	}()
	r := p.start(src, feed, own, m)
	r.do(ctx)
	return r.report
}

// guardedListings does the same for the comments of single posts.
func (p *Puller) guardedListings(ctx context.Context, src digest.Source, t tour, m mode) (f feedReport) {
	defer func() {
		if fault := recover(); fault != nil {
			f.err = p.fault(fault, fmt.Sprintf("pull the comments of posts of %q", src.Name))
		}
	}()
	l := p.lister(src, t, m)
	l.do(ctx)
	return l.report
}

func (p *Puller) fault(fault any, doing string) error {
	p.opts.Log.Error("pull failed", "at", doing, "panic", fault, "stack", string(debug.Stack()))
	return fmt.Errorf("%s: a fault of the program: %v", doing, fault)
}

func (p *Puller) log(r Report, took time.Duration) {
	s := r.Stored
	args := []any{
		"source", r.Source.Name, "requests", r.Requests, "pages", r.Pages, "took", took,
		"new_posts", s.NewPosts, "new_comments", s.NewComments, "changed", s.ChangedPosts + s.ChangedComments,
		"gone", s.GoneComments, "skipped", r.Skipped,
	}
	for _, n := range r.Notices {
		p.opts.Log.Warn("a source has a notice", "source", r.Source.Name, "notice", n)
	}
	if r.Err != nil {
		p.opts.Log.Warn("pulled with an error", append(args, "error", r.Err)...)
		return
	}
	p.opts.Log.Info("pulled", args...)
}
