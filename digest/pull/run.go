package pull

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// acceptFeed is sent with requests for feeds.
const acceptFeed = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, */*;q=0.1"

// run is the pull of one feed under way.
type run struct {
	p    *Puller
	src  digest.Source
	feed digest.FeedState
	mode

	began time.Time
	// known is when the present catching up began: entries seen before it end
	// the way back.
	known time.Time
	// held is the CatchUp last read or stored, by which the store tells whether
	// another process pulls the feed too.
	held   time.Time
	first  bool // the feed was never pulled to the end before
	window window
	ttl    time.Duration // the longest pause asked for, by the feed or its answer
	validators
	seen   map[string]bool // addresses asked in this run
	ids    map[string]bool // entries seen in this run
	report feedReport
}

type validators struct{ etag, lastModified string }

// do pulls the feed and stores how it went.
func (r *run) do(ctx context.Context) {
	r.began = r.p.opts.Clock.Now()
	r.first = r.feed.LastSuccess.IsZero()
	// Whole microseconds, so that no store's rounding of FirstSeen falls before it.
	r.known, r.held = r.began.Truncate(time.Microsecond), r.feed.CatchUp
	if !r.held.IsZero() {
		r.known = r.held
	}
	r.seen, r.ids = map[string]bool{}, map[string]bool{}
	if r.tooSoon() {
		r.report.tooSoon = true
		if r.feed.LastError != "" {
			r.note("the last time, %s", r.feed.LastError)
		}
		return
	}
	if err := r.pages(ctx); err != nil {
		r.report.err = fmt.Errorf("pull the %s of %q: %w", r.feed.Kind, r.src.Name, err)
		r.p.failed(ctx, r.feed, r.held, r.scheduled, err)
	}
}

// tooSoon tells whether a pull by hand would ask again within the minute. One
// that goes back further, or takes up where an interrupted one stopped, asks
// for something else and may.
func (r *run) tooSoon() bool {
	if r.scheduled || r.Force || r.History || !r.feed.CatchUp.IsZero() || r.feed.LastTry.IsZero() {
		return false
	}
	since := r.began.Sub(r.feed.LastTry)
	return since >= 0 && since < ByHand
}

func (r *run) note(format string, args ...any) {
	r.report.notices = append(r.report.notices, fmt.Sprintf(format, args...))
}

// pages asks for the first page and then for older ones, storing each before
// the next is asked for.
func (r *run) pages(ctx context.Context) error {
	address := r.feed.URL
	for address != "" {
		resp, err := r.get(ctx, address)
		if err != nil {
			if r.report.pages > 0 && r.pagedByNumber() && digest.KindOf(err) == digest.NotFound {
				break // WordPress: past the last page
			}
			return err
		}
		if resp.NotModified {
			r.report.notModified = true
			break
		}
		doc, err := feed.Parse(resp.Body, feed.Options{ContentType: resp.ContentType, URL: resp.URL, Want: r.feed.Kind})
		if err != nil {
			return err
		}
		address, err = r.page(ctx, doc, resp)
		if err != nil {
			return err
		}
	}
	return r.finish(ctx)
}

// get asks for one page; only the first one is conditional.
func (r *run) get(ctx context.Context, address string) (*Response, error) {
	req := Request{URL: address, Accept: acceptFeed}
	if len(r.seen) == 0 && r.conditional() {
		req.ETag, req.LastModified = r.feed.ETag, r.feed.LastModified
	}
	r.seen[address] = true
	r.report.requests++
	resp, err := r.p.opts.Fetcher.Get(ctx, req)
	if digest.KindOf(err) != digest.Forbidden {
		r.feed.LastTry = r.began
	}
	if err != nil {
		return nil, err
	}
	if len(r.seen) == 1 {
		r.validators = validators{resp.ETag, resp.LastModified}
		r.ttl = max(r.ttl, resp.CacheMaxAge)
		if resp.Moved != "" && resp.Moved != r.feed.URL {
			r.note("the feed says it has moved for good to %s", resp.Moved)
		}
	}
	return resp, nil
}

// conditional tells whether an unchanged feed may say so instead of answering.
// It may not while older pages are missing. WordPress's validators follow the
// newest comment only and hide edits and removals, so its first scheduled poll
// of a day asks for the whole.
func (r *run) conditional() bool {
	if r.History || r.Force || !r.feed.CatchUp.IsZero() {
		return false
	}
	const day = 24 * time.Hour
	newDay := !r.feed.LastTry.Truncate(day).Equal(r.began.Truncate(day))
	return !(r.src.Platform == digest.WordPress && r.scheduled && newDay)
}

// page stores a page and gives the address of the next one to ask for, or "".
func (r *run) page(ctx context.Context, doc *feed.Document, resp *Response) (string, error) {
	r.report.pages++
	r.report.entries += doc.Entries()
	r.report.skipped += len(doc.Skipped)
	r.ttl = max(r.ttl, doc.TTL)
	older := r.older(doc, resp)
	page := r.convert(doc)
	if r.report.pages == 1 && older != "" {
		r.feed.CatchUp = r.mark()
		page.Feed, page.Held = &r.feed, r.held
	}
	stored, err := r.p.opts.Store.StorePage(ctx, page)
	if err != nil {
		return "", err
	}
	r.held = r.feed.CatchUp
	r.report.stored = r.report.stored.Add(stored)
	r.p.tell(Progress{Source: r.src.Name, Kind: r.feed.Kind, Pages: r.report.pages,
		Entries: r.report.entries, Total: doc.TotalResults})
	r.window.add(page, r.began)
	again, err := r.more(ctx, doc, stored)
	if err != nil || !again || older == "" {
		return "", err
	}
	if r.report.pages >= maxPages {
		r.note("the %s go on past %d pages and were left there", r.feed.Kind, maxPages)
		return "", nil
	}
	return older, nil
}

// mark gives the CatchUp to store with the first of several pages. Should the
// pull stop before the last one, the next pull must not take this page's entries
// for the end of what is new. A mark that is there already is moved back a
// moment: whoever left it may be at work still, and must not clear this one.
func (r *run) mark() time.Time {
	if r.held.IsZero() {
		return r.known
	}
	return r.held.Add(-time.Microsecond)
}

// more tells whether older pages are wanted after this one.
func (r *run) more(ctx context.Context, doc *feed.Document, stored Stored) (bool, error) {
	fresh := r.remember(doc)
	switch {
	case r.History:
		// A numbered page that repeats earlier ones is past the end.
		return !r.pagedByNumber() || fresh, nil
	case !r.first:
		r.turnedOver(doc, stored)
		return stored.Known == 0, nil
	case r.feed.Kind == digest.PostsFeed:
		return r.window.open(), nil
	}
	return r.window.wanted(func() ([]digest.Post, error) {
		return r.p.opts.Store.RecentPosts(ctx, r.src.ID, recentPosts)
	})
}

// remember notes the page's entries and tells whether any is new to this run.
func (r *run) remember(doc *feed.Document) bool {
	before := len(r.ids)
	for _, e := range doc.Posts {
		r.ids[e.ID] = true
	}
	for _, e := range doc.Comments {
		r.ids[e.ID] = true
	}
	return len(r.ids) > before
}

// turnedOver warns when a feed that cannot be paged holds nothing known: what
// came between this poll and the last one is out of reach.
func (r *run) turnedOver(doc *feed.Document, stored Stored) {
	if r.src.Platform == digest.WordPress && doc.NextURL == "" && doc.Entries() > 0 && stored.Known == 0 && r.feed.CatchUp.IsZero() {
		r.note("all %d %s of the feed are new: older ones may have been missed, and it cannot be asked for them",
			doc.Entries(), r.feed.Kind)
	}
}

// finish stores that everything asked for has come.
func (r *run) finish(ctx context.Context) error {
	now := r.p.opts.Clock.Now()
	f := &r.feed
	if !r.report.notModified {
		f.ETag, f.LastModified = r.etag, r.lastModified
	} else {
		f.ETag, f.LastModified = or(r.etag, f.ETag), or(r.lastModified, f.LastModified)
	}
	f.CatchUp, f.LastSuccess, f.Failures, f.LastError = time.Time{}, now, 0, ""
	f.NextPoll = now.Add(r.p.interval(r.ttl, r.crowded()))
	if r.History && r.src.Platform == digest.WordPress && f.Kind == digest.CommentsFeed {
		r.note("WordPress gives its newest comments only; older ones are not in any feed")
	}
	return r.p.opts.Store.SaveFeed(ctx, *f, r.held)
}

// crowded tells whether a feed that cannot be paged filled half its window
// since the last poll, and has to be asked more often.
func (r *run) crowded() bool {
	fresh := r.report.stored.NewComments
	return r.src.Platform == digest.WordPress && r.feed.Kind == digest.CommentsFeed && !r.first &&
		fresh > 0 && 2*fresh >= r.report.entries
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// interval gives the time until the next scheduled poll: the usual one, longer
// if the feed asks for it, the shortest for a feed that would otherwise lose
// entries, and never the same for all feeds.
func (p *Puller) interval(asked time.Duration, crowded bool) time.Duration {
	d := min(max(p.opts.Interval, asked), MaxInterval)
	if crowded {
		d = MinInterval
	}
	return max(MinInterval, time.Duration(float64(d)*(1+jitter*(2*p.opts.Random()-1))))
}

// failed stores why a poll failed and when the schedule tries again: doubling up
// to a day, and no sooner than the host asks for. A pull by hand that failed says
// nothing of how the schedule fares, so it only puts off the next poll, and only
// as the host asks. The end of ctx is no failure of the feed.
func (p *Puller) failed(ctx context.Context, f digest.FeedState, held time.Time, scheduled bool, cause error) {
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return
	}
	f.LastError = cause.Error()
	var wait time.Duration
	if status, ok := errors.AsType[*StatusError](cause); ok {
		wait = status.RetryAfter
	}
	if scheduled {
		f.Failures++
		wait = max(wait, p.opts.Interval<<min(f.Failures-1, 10))
	}
	next := p.opts.Clock.Now().Add(min(wait, MaxInterval))
	if scheduled || wait > 0 && next.After(f.NextPoll) {
		f.NextPoll = next
	}
	if err := p.opts.Store.SaveFeed(ctx, f, held); err != nil {
		p.opts.Log.Error("the state of a feed could not be stored", "feed", f.URL, "error", err)
	}
}

// oldest gives the earliest of some times, zero for none.
func oldest(times []time.Time) time.Time {
	if len(times) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(times, time.Time.Compare)
}
