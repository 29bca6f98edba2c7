package poll

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
)

// The bounds of reading single posts' comments.
const (
	listsAPull  = 20  // posts in a pull, the whole history apart
	listsLooked = 200 // of the newest posts, in one reading of the store
	listsBlind  = 10  // newest posts that are asked where no count tells of news
	listFaults  = 3   // in a row, after which the blog is left alone
)

// listRun reads the comments feeds of single posts after the source's own feeds.
type listRun struct {
	*reader.Lists
	mode
	outcome  outcome // of the source's own feeds
	blind    int     // newest posts without counts that were seen
	read     int
	inRow    int // failures in a row
	failed   int
	why      error // of the first failure
	differ   int
	anywhere string // a post whose count differs, in words
	none     int    // posts that announce comments and have no feed of them
	nowhere  string // one of these feeds, in words
	report   feedReport
}

func (p *Poller) lists(src digest.Source, t outcome, m mode) *listRun {
	l := &listRun{Lists: reader.NewLists(reader.New(p.Tools, src, t.own), t.feeds), mode: m, outcome: t}
	l.Size, l.Backfill, l.Unlimited = t.size, !t.new, m.History
	l.KnownBefore = l.Began.Truncate(time.Microsecond)
	return l
}

// do reads the comments of those posts whose counts say that something is missing
// or removed, newest first and some of them, or all on the way to the beginning.
// Where there are neither counts nor a feed of all comments it asks the newest
// posts, conditionally.
func (l *listRun) do(ctx context.Context) {
	err := l.all(ctx)
	if l.failed > 0 {
		l.Note("the comments of %s could not be read by themselves: %s", posts(l.failed), l.why)
	}
	if l.differ > 0 {
		l.Note("%s another number of comments than its own feed lists: %s", announce(l.differ), l.anywhere)
	}
	if l.none > 0 {
		l.Note("%s comments, and the feed of them is not there: %s", announce(l.none), l.nowhere)
	}
	if err != nil {
		l.report.err = fmt.Errorf("pull the comments of posts of %q: %w", l.Source.Name, err)
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

// all looks at the newest posts, or for the history at all of them. A history that is
// cut off goes on where it stopped, since what was read matches its count then.
func (l *listRun) all(ctx context.Context) error {
	which := pull.ListingFilter{Limit: listsLooked}
	if l.History {
		which.AfterID = -1
	}
	for {
		batch, err := l.Store.Listings(ctx, l.Source.ID, which)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, x := range batch {
			if l.read >= listsAPull && !l.History {
				return nil
			}
			if err := l.one(ctx, x); err != nil {
				return err
			}
		}
		if !l.History {
			return nil
		}
		which.AfterID = batch[len(batch)-1].PostID
	}
}

// one reads a post's comments if that is wanted. A post that cannot be read costs
// itself alone, until too many in a row cannot.
func (l *listRun) one(ctx context.Context, x digest.Listing) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.Announced == x.Stored && x.Listed >= 0 && x.Listed != x.Announced {
		// They agree without its being read. What it was then may come again, and be
		// something else.
		x.Listed = x.Announced
		return l.Store.SaveListing(ctx, x)
	}
	if l.inRow >= listFaults || !l.wanted(x) || l.Address(x) == "" || l.Over() != nil {
		return nil
	}
	l.read++
	got, err := l.Read(ctx, x, l.conditions(x))
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
	if x.Announced < 0 && (got.Unchanged || got.None && !pull.DayAgo(x.ListedAt, l.Began)) {
		return nil // not a row is written
	}
	if l.outcome.new && !l.History && !got.Complete && !got.None && got.Entries < x.Announced {
		l.report.older = true
	}
	if x.Failures == 0 && l.lags(x, got) { // it is read once more, a while later
		x.Failures, x.NextTry = 1, l.Clock.Now().Add(l.BackOff(1))
		return l.keep(ctx, x, got)
	}
	if got.Complete && x.Announced >= 0 && got.Entries != x.Announced {
		if l.differ++; l.anywhere == "" {
			l.anywhere = fmt.Sprintf("%s (%d and %d)", cmp.Or(x.URL, x.GUID), x.Announced, got.Entries)
		}
	}
	if got.None && x.Announced > 0 {
		if l.none++; l.nowhere == "" {
			l.nowhere = fmt.Sprintf("%s (%d)", l.Address(x), x.Announced)
		}
	}
	x.Listed, x.NextTry, x.Failures = x.Announced, time.Time{}, 0
	return l.keep(ctx, x, got)
}

// wanted tells whether a post's comments have to be read.
func (l *listRun) wanted(x digest.Listing) bool {
	if pull.Waits(x.NextTry, l.Began) && !l.Force {
		return false
	}
	if x.Announced >= 0 {
		// A page that was held back and is accepted may bring what is stored by other
		// ids: the old ones are then missing from lists whose length is the same.
		return x.Announced != x.Stored && (x.Announced != x.Listed || l.Accept)
	}
	switch {
	case l.outcome.comments:
		// The feed of all comments tells of news; what it does not reach is read once.
		return l.History && !l.outcome.paged && x.CommentsURL != "" && x.ListedAt.IsZero()
	case l.History:
		return pull.DayAgo(x.ListedAt, l.Began)
	}
	l.blind++
	return l.blind <= listsBlind
}

// conditions gives the validators to send. Where they hide edits and removals
// they are not sent when a count differs, nor once a day.
func (l *listRun) conditions(x digest.Listing) digest.Validators {
	if l.Force || l.Traits.HidesEdits && (x.Announced >= 0 || pull.DayAgo(x.ListedAt, l.Began)) {
		return digest.Validators{}
	}
	return x.Validators
}

// lags tells whether a list may only be behind the count: it has fewer entries, and
// not because it is as long as the blog's feeds get.
func (l *listRun) lags(x digest.Listing, got reader.List) bool {
	if got.Unchanged {
		return x.Stored < x.Announced
	}
	return got.Entries < x.Announced && (l.Traits.WholeListing || l.Size == 0 || got.Entries < l.Size)
}

// keep stores that a post's comments were read.
func (l *listRun) keep(ctx context.Context, x digest.Listing, got reader.List) error {
	if !got.Unchanged {
		x.ListedAt, x.Validators = l.Began, got.Validators
	}
	return l.Store.SaveListing(ctx, x)
}

// putOff stores when a post whose comments could not be read is tried again.
func (l *listRun) putOff(ctx context.Context, x digest.Listing, cause error) error {
	x.Failures++
	wait := l.BackOff(x.Failures)
	if asked := l.LeaveHost(ctx, cause); asked > 0 {
		wait = max(wait, asked)
		l.inRow = listFaults // the host asks to be left alone
	}
	x.NextTry = l.Clock.Now().Add(min(wait, pull.MaxInterval))
	return l.Store.SaveListing(ctx, x)
}
