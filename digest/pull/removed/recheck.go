package removed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/poll"
	"postbag/digest/pull/reader"
)

const (
	// DefaultLimit bounds one recheck in real time.
	DefaultLimit = time.Minute

	recheckAgain = 10 * time.Minute // a comment is not looked at again within
	listFaults   = 3                // lists in a row that cannot be read, after which the blog is left alone
)

// Result counts what looking at comments once more found.
type Result struct {
	Looked   int // comments of which the blog was asked
	Requests int
	Gone     int // newly marked gone
	// Unsure are the comments of which nothing shows whether they are still there.
	Unsure []int64
	// Notices say what could not be looked at, and why.
	Notices []pull.Notice
}

// Checker looks whether comments are still on their blogs. It remembers what it
// looked at a few minutes ago, and is safe for use by several goroutines at once.
type Checker struct {
	*pull.Tools
	poller *poll.Poller
	// Limit bounds one recheck in real time; the blogs that it asks share it.
	Limit time.Duration
	// Progress, if set, is told of how many comments it is found out whether they are
	// there, of how many: when a recheck begins to ask, and whenever an answer came. Only
	// one recheck at a time may be watched.
	Progress func(done, total int)

	mu     sync.Mutex
	looked map[int64]time.Time // when comments were last looked at, by id
}

// New makes a checker that takes [DefaultLimit].
func New(p *poll.Poller) *Checker {
	return &Checker{Tools: p.Tools, poller: p, Limit: DefaultLimit, looked: map[int64]time.Time{}}
}

// Recheck looks once more whether comments are still on their blog, right before
// an issue with them goes out. It reads the comments feeds of their posts; a
// comment that these do not show, though they need not be complete (the posts' own
// feed is asked how many there are where they are short), is looked for
// at its permalink, see [checkRun.permalinkOf], and at last in the blog's feed of all
// comments. A comment that was looked at a few minutes ago is left alone, and so is
// one that is gone already. It takes Limit at most. What cannot be reached is no
// error but a notice; the error is the store's, or the end of ctx.
func (p *Checker) Recheck(ctx context.Context, commentIDs []int64) (Result, error) {
	due := p.toRecheck(commentIDs)
	if len(due) == 0 {
		return Result{}, nil
	}
	return p.look(ctx, due, false, nil)
}

// Ask looks as Recheck does, whatever was looked at lately, and also at what is gone: a
// comment that its blog lists again is there again. It tells each as soon as it is known.
func (p *Checker) Ask(ctx context.Context, commentIDs []int64, each func(id int64, there bool)) (Result, error) {
	if len(commentIDs) == 0 {
		return Result{}, nil
	}
	return p.look(ctx, commentIDs, true, each)
}

// look looks at comments, with those that are gone or without.
func (p *Checker) look(ctx context.Context, ids []int64, gone bool, each func(id int64, there bool)) (Result, error) {
	var out Result
	found, err := p.Store.CandidatesByID(ctx, ids)
	if err != nil {
		return out, fmt.Errorf("look at picked comments: %w", err)
	}
	if each == nil {
		each = func(int64, bool) {}
	}
	bySource := map[int64][]digest.Comment{}
	var sources []int64
	for _, c := range found {
		if c.Gone && !gone {
			continue
		}
		if bySource[c.SourceID] == nil {
			sources = append(sources, c.SourceID)
		}
		bySource[c.SourceID] = append(bySource[c.SourceID], c.Comment)
		out.Unsure = append(out.Unsure, c.ID)
	}
	ends := time.Now().Add(p.Limit)
	before, total := 0, len(out.Unsure)
	for i, id := range sources {
		share := time.Until(ends) / time.Duration(len(sources)-i)
		watch := func(sure int) {
			if p.Progress != nil {
				p.Progress(min(before+sure, total), total)
			}
		}
		if err := p.recheckSource(ctx, share, id, bySource[id], &out, watch, each); err != nil {
			return out, fmt.Errorf("look at picked comments: %w", err)
		}
		before += len(bySource[id])
		watch(0)
	}
	return out, nil
}

// toRecheck leaves out comments that were looked at a short while ago.
func (p *Checker) toRecheck(ids []int64) (due []int64) {
	now := p.Clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, at := range p.looked {
		if since := now.Sub(at); since >= recheckAgain || since < 0 {
			delete(p.looked, id)
		}
	}
	for _, id := range ids {
		if _, lately := p.looked[id]; !lately {
			due = append(due, id)
		}
	}
	return due
}

func (p *Checker) lookedAt(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked[id] = p.Clock.Now()
}

// recheckSource looks at the comments of one source for so long. One that is not
// followed any more is left alone.
func (p *Checker) recheckSource(ctx context.Context, limit time.Duration, id int64, comments []digest.Comment, out *Result, watch func(sure int), each func(id int64, there bool)) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shown, late := map[int64]bool{}, false
	told := map[int64]bool{}
	l, err := p.lookThrough(bounded, id, comments, shown, out, func(sure int) {
		for _, c := range comments {
			if shown[c.ID] && !told[c.ID] && !c.Gone {
				told[c.ID] = true
				each(c.ID, true)
			}
		}
		watch(sure)
	})
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		out.Notices = append(out.Notices, pull.Notice{Text: "the blog takes too long to answer, and not every pick was looked at"})
		err, late = nil, true
	}
	if l == nil || err != nil {
		return err
	}
	// What was found counts, though there was no time for the rest.
	err = l.markMissing(ctx, shown)
	if backErr := p.back(ctx, comments, shown); err == nil {
		err = backErr
	}
	for _, c := range comments {
		there, sure := shown[c.ID]
		if sure && !told[c.ID] {
			each(c.ID, there)
		}
		if sure {
			out.Unsure = slices.DeleteFunc(out.Unsure, func(id int64) bool { return id == c.ID })
		}
		if there || !sure && !late { // what is gone, and is listed again, is looked at again at once
			p.lookedAt(c.ID)
		}
	}
	out.Requests += l.Count.Requests
	out.Gone += l.Count.Stored.GoneComments
	out.Notices = append(out.Notices, l.Count.Notices...)
	return err
}

// back tells of comments that were gone whether they are there again: what the blog
// lists was stored so.
func (p *Checker) back(ctx context.Context, comments []digest.Comment, shown map[int64]bool) error {
	var gone []int64
	for _, c := range comments {
		if c.Gone {
			gone = append(gone, c.ID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	now, err := p.Store.CandidatesByID(ctx, gone)
	for _, c := range now {
		shown[c.ID] = !c.Gone
	}
	return err
}

// checkRun is the recheck of one source's comments under way.
type checkRun struct {
	*reader.Lists
	poller  *poll.Poller
	inRow   int       // lists in a row that could not be read
	alive   bool      // an answer of the blog was good
	missing []missing // comments whose pages are not there
	// askedFeed tells whether the feed of all comments was asked, if need be, and reaches
	// when the oldest of those that it lists was written; zero where that is not known.
	askedFeed bool
	reaches   time.Time
	short     map[int64]bool           // posts whose list is no longer than they announce
	of        map[int64]digest.Listing // what is known of the comments' posts
	pages     map[string]*postPage     // pages of posts that were asked for
	watch     func(sure int)           // is told how many comments are sure whenever an answer came
}

// lookThrough asks the blog, and notes in shown which comments are there and which
// are not; those that nothing tells of are not in it.
func (p *Checker) lookThrough(ctx context.Context, id int64, comments []digest.Comment, shown map[int64]bool, out *Result, watch func(sure int)) (*checkRun, error) {
	src, err := p.Store.Source(ctx, id)
	if err != nil {
		if digest.KindOf(err) == digest.NotFound {
			err = nil
		}
		return nil, err
	}
	leave, err := p.Enter(ctx, id)
	if err != nil {
		return nil, err
	}
	defer leave()
	feeds, err := p.Store.Feeds(ctx, id)
	if err != nil {
		return nil, err
	}
	l := &checkRun{
		Lists: reader.NewLists(reader.New(p.Tools, src, identity.HostsOf(src.URL)), feeds), poller: p.poller,
		short: map[int64]bool{}, of: map[int64]digest.Listing{}, pages: map[string]*postPage{}, watch: watch,
	}
	watch(0)
	l.KnownBefore, l.Backfill = l.Began.Truncate(time.Microsecond), true
	if err := l.show(ctx, comments, shown); err != nil {
		return l, err
	}
	if err := l.askREST(ctx, comments, shown); err != nil {
		return l, err
	}
	if doubted := l.doubted(comments, shown); len(doubted) > 0 {
		if _, err := l.reread(ctx, digest.PostsFeed); err != nil { // for the counts it announces
			return l, err
		}
		if err := l.show(ctx, doubted, shown); err != nil {
			return l, err
		}
	}
	out.Looked += len(comments)
	if err := l.lookAtPages(ctx, comments, shown); err != nil {
		return l, err
	}
	return l, l.lookInFeed(ctx, comments, shown)
}

// doubted gives the comments that are not on their posts' lists while those are no
// longer than the posts announced: a comment may have been removed since the counts
// were read.
func (l *checkRun) doubted(comments []digest.Comment, shown map[int64]bool) (out []digest.Comment) {
	for _, c := range comments {
		if _, sure := shown[c.ID]; !sure && l.short[c.PostID] {
			out = append(out, c)
		}
	}
	return out
}

// reread reads a feed of the source from its beginning, as a pull does, and gives the
// ids of the comments that it lists. One that does not answer is no error.
func (l *checkRun) reread(ctx context.Context, kind digest.FeedKind) (listed []int64, err error) {
	feeds, err := l.Store.Feeds(ctx, l.Source.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range feeds {
		if f.Kind != kind || f.Stopped || f.Suspect != "" || pull.Waits(f.RetryAt, l.Began) {
			continue
		}
		got, err := l.poller.Reread(ctx, l.Source, f, l.Own)
		l.Count.Requests += got.Requests
		l.Count.Stored = l.Count.Stored.Add(got.Stored)
		if err != nil {
			l.Note("%s", err)
		}
		listed = append(listed, got.Stored.CommentIDs...)
	}
	return listed, ctx.Err()
}

// show reads the comments feeds of the comments' posts, and notes of those that they
// leave no doubt of whether they are there.
func (l *checkRun) show(ctx context.Context, comments []digest.Comment, sure map[int64]bool) error {
	of := map[int64][]int64{}
	var ids []int64
	for _, c := range comments {
		if c.PostID != 0 {
			ids = append(ids, c.PostID)
			of[c.PostID] = append(of[c.PostID], c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	listings, err := l.Store.Listings(ctx, l.Source.ID, pull.ListingFilter{PostIDs: ids, Limit: len(ids)})
	if err != nil {
		return err
	}
	for _, x := range listings {
		l.of[x.PostID] = x
		if l.Address(x) == "" || l.inRow >= listFaults {
			continue
		}
		got, err := l.Read(ctx, x, l.now(x))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			l.inRow++
			l.Note("the comments of %s could not be read: %s", cmp.Or(x.URL, x.GUID), err)
			continue
		case got.None:
			continue // which shows nothing of the comments, nor that the blog is well
		}
		l.inRow, l.alive = 0, true
		l.short[x.PostID] = !got.Complete && got.Entries <= x.Announced
		for _, id := range of[x.PostID] {
			if unchanged := got.Unchanged && l.Traits.WholeListing; unchanged || got.Complete {
				sure[id] = unchanged
			}
		}
		for _, id := range got.Present {
			sure[id] = true
		}
		l.watch(len(sure))
	}
	return nil
}

// now gives the validators for a listing whose removals must show.
func (l *checkRun) now(x digest.Listing) digest.Validators {
	if l.Traits.HidesEdits {
		return digest.Validators{}
	}
	return x.Validators
}
