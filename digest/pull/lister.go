package pull

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
)

// The bounds of reading single posts' comments.
const (
	listingsAPull  = 20  // posts in a pull, the whole history apart
	listingsLooked = 200 // of the newest posts, in one reading of the store
	listingsBlind  = 10  // newest posts that are asked where no count tells of news
	listingPages   = 100 // of one post
	listingFaults  = 3   // in a row, after which the blog is left alone
)

// lister reads the comments feeds of single posts.
type lister struct {
	*run
	tour     tour
	blind    int // newest posts without counts that were seen
	read     int
	inRow    int // failures in a row
	failed   int
	why      error // of the first failure
	differ   int
	anywhere string         // a post whose count differs, in words
	alive    bool           // an answer of the blog was good
	missing  []missing      // comments whose pages are not there
	witness  string         // the key of a comment that a list showed
	short    map[int64]bool // posts whose list is no longer than they announce

	of     map[int64]digest.Listing // what is known of the posts of comments that are looked at
	places map[int64][]string       // where their lists say that comments are on their pages
	pages  map[string]*postPage     // pages of posts that were asked for
}

func (p *Puller) lister(src digest.Source, t tour, m mode) *lister {
	l := &lister{tour: t, short: map[int64]bool{}, of: map[int64]digest.Listing{}, places: map[int64][]string{}, pages: map[string]*postPage{}, run: p.start(src, digest.FeedState{SourceID: src.ID, Kind: digest.CommentsFeed}, t.own, m)}
	l.first = t.new
	l.backfill = !t.new
	return l
}

// do reads the comments of those posts whose counts say that something is missing
// or removed, newest first and some of them, or all on the way to the beginning.
// Where there are neither counts nor a feed of all comments it asks the newest
// posts, conditionally.
func (l *lister) do(ctx context.Context) {
	err := l.all(ctx)
	if l.failed > 0 {
		l.note("the comments of %s could not be read by themselves: %s", posts(l.failed), l.why)
	}
	if l.differ > 0 {
		l.note("%s another number of comments than its own feed lists: %s", announce(l.differ), l.anywhere)
	}
	if err != nil {
		l.report.err = fmt.Errorf("pull the comments of posts of %q: %w", l.src.Name, err)
	}
}

func posts(n int) string {
	if n == 1 {
		return "a post"
	}
	return fmt.Sprintf("%d posts", n)
}

func announce(n int) string {
	if n == 1 {
		return "a post announces"
	}
	return fmt.Sprintf("each of %d posts announces", n)
}

func (l *lister) all(ctx context.Context) error {
	if l.History {
		return l.history(ctx)
	}
	batch, err := l.p.opts.Store.Listings(ctx, l.src.ID, ListingFilter{Limit: listingsLooked})
	if err != nil {
		return err
	}
	for _, x := range batch {
		if l.read >= listingsAPull {
			return nil
		}
		if err := l.one(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// history looks at all posts. A run that is cut off goes on where it stopped,
// since what was read matches its count then.
func (l *lister) history(ctx context.Context) error {
	after := beforeAll
	for {
		batch, err := l.p.opts.Store.Listings(ctx, l.src.ID, ListingFilter{AfterID: after, Limit: listingsLooked})
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, x := range batch {
			if err := l.one(ctx, x); err != nil {
				return err
			}
		}
		next := batch[len(batch)-1].PostID
		if next <= after {
			return nil
		}
		after = next
	}
}

// beforeAll is an AfterID that lists all posts in ascending order.
const beforeAll int64 = -1

// one reads a post's comments if that is wanted. A post that cannot be read costs
// itself alone, until too many in a row cannot.
func (l *lister) one(ctx context.Context, x digest.Listing) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.Announced == x.Stored && x.Listed >= 0 && x.Listed != x.Announced {
		// They agree without its being read. What it was then may come again, and be
		// something else.
		x.Listed = x.Announced
		return l.p.opts.Store.SaveListing(ctx, x)
	}
	if l.inRow >= listingFaults || !l.wanted(x) || l.address(x) == "" || l.over() != nil {
		return nil
	}
	l.read++
	got, err := l.list(ctx, x, l.conditions(x))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		l.inRow++
		l.failed++
		if l.why == nil {
			l.why = err
		}
		return l.putOff(ctx, x, err)
	}
	l.inRow = 0
	if got.unchanged && x.Announced < 0 {
		return nil // not a row is written
	}
	if l.first && !l.History && !got.complete && got.entries < x.Announced {
		l.report.older = true
	}
	if x.Failures == 0 && l.lags(x, got) {
		return l.onceMore(ctx, x, got)
	}
	if got.complete && x.Announced >= 0 && got.entries != x.Announced {
		if l.differ++; l.anywhere == "" {
			l.anywhere = fmt.Sprintf("%s (%d and %d)", or(x.URL, x.GUID), x.Announced, got.entries)
		}
	}
	return l.keep(ctx, x, got)
}

// wanted tells whether a post's comments have to be read.
func (l *lister) wanted(x digest.Listing) bool {
	if waits(x.NextTry, l.began) && !l.Force {
		return false
	}
	if x.Announced >= 0 {
		// A page that was held back and is accepted may bring what is stored by other
		// ids: the old ones are then missing from lists whose length is the same.
		return x.Announced != x.Stored && (x.Announced != x.Listed || l.Accept)
	}
	switch {
	case l.tour.comments:
		// The feed of all comments tells of news; what it does not reach is read once.
		return l.History && !l.tour.paged && x.CommentsURL != "" && x.ListedAt.IsZero()
	case l.History:
		return dayAgo(x.ListedAt, l.began)
	}
	l.blind++
	return l.blind <= listingsBlind
}

// conditions gives the validators to send. Where they hide edits and removals
// they are not sent when a count differs, nor once a day.
func (l *lister) conditions(x digest.Listing) validators {
	if l.Force || l.habits.hidesEdits && (x.Announced >= 0 || dayAgo(x.ListedAt, l.began)) {
		return validators{}
	}
	return validators{x.ETag, x.LastModified}
}

// lags tells whether a list may only be behind the count: it has fewer entries, and
// not because it is as long as the blog's feeds get.
func (l *lister) lags(x digest.Listing, got listed) bool {
	if got.unchanged {
		return x.Stored < x.Announced
	}
	return got.entries < x.Announced && (l.habits.wholeListing || l.tour.size == 0 || got.entries < l.tour.size)
}

// onceMore lets a list be read once more, a while later, that may be behind the
// count now.
func (l *lister) onceMore(ctx context.Context, x digest.Listing, got listed) error {
	x.Failures, x.NextTry = 1, l.p.opts.Clock.Now().Add(l.p.backOff(1))
	if !got.unchanged {
		x.ListedAt, x.ETag, x.LastModified = l.began, got.etag, got.lastModified
	}
	return l.p.opts.Store.SaveListing(ctx, x)
}

// keep stores that a post's comments were read.
func (l *lister) keep(ctx context.Context, x digest.Listing, got listed) error {
	x.Listed, x.NextTry, x.Failures = x.Announced, time.Time{}, 0
	if !got.unchanged {
		x.ListedAt, x.ETag, x.LastModified = l.began, got.etag, got.lastModified
	}
	return l.p.opts.Store.SaveListing(ctx, x)
}

// putOff stores when a post whose comments could not be read is tried again.
func (l *lister) putOff(ctx context.Context, x digest.Listing, cause error) error {
	x.Failures++
	wait := l.p.backOff(x.Failures)
	if asked := l.p.leaveHost(ctx, cause); asked > 0 {
		wait = max(wait, asked)
		l.inRow = listingFaults // the host asks to be left alone
	}
	x.NextTry = l.p.opts.Clock.Now().Add(min(wait, MaxInterval))
	return l.p.opts.Store.SaveListing(ctx, x)
}
