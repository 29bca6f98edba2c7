package poll

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/reader"
)

// run is the pull of one feed under way.
type run struct {
	*reader.Session
	feed   digest.FeedState
	before digest.FeedState // the feed as it was when the run began
	mode

	// known is when the present catching up began. Entries seen before KnownBefore end
	// the way back: since known, or since the feed's last good answer if that was
	// earlier. What came between by other ways, as the comments of a single post or
	// an export, may have gaps.
	known time.Time
	// storedCatchUp is the CatchUp last read or stored, by which the store tells whether
	// another process pulls the feed too.
	storedCatchUp time.Time
	storedOlder   string // the Older last read or stored
	first         bool   // the feed was never pulled to the end before
	window        window

	digest.Validators
	moved     string // where the first answer says that the feed has moved
	ttl       time.Duration
	fresh     time.Duration // how long the first answer stays fresh
	skipHours []int
	newest    pull.Page // the first page
	lists     bool      // the first page lists something that is known
	resume    string    // where an unfinished history goes on once the newest part is joined to it
	joined    bool      // the pages so far reach down to something that was known before
	left      bool      // there were too many pages
	made      bool      // no link names the page that is asked for next; see [feed.Document]

	at     string          // the page that was asked for last
	ids    map[string]bool // entries seen in this run
	stale  int             // pages in a row, up to now, that held none but these
	report feedReport
}

// start makes a run of a feed.
func (p *Poller) start(src digest.Source, f digest.FeedState, own identity.Hosts, m mode) *run {
	r := &run{Session: reader.New(p.Tools, src, own), feed: f, before: f, mode: m,
		storedCatchUp: f.CatchUp, storedOlder: f.Older, first: f.LastSuccess.IsZero(), ids: map[string]bool{}}
	r.Unlimited, r.Backfill = r.History, r.History && !r.first
	// Whole microseconds, so that no store's rounding of FirstSeen falls before it.
	r.known = r.Began.Truncate(time.Microsecond)
	if !r.storedCatchUp.IsZero() && r.storedCatchUp.Before(r.known) {
		r.known = r.storedCatchUp
	}
	r.KnownBefore = r.known
	if last := f.LastSuccess.Add(time.Microsecond); !r.first && last.Before(r.KnownBefore) {
		r.KnownBefore = last
	}
	if r.History && !reader.IsREST(f.Older) {
		r.resume = f.Older
	}
	return r
}

// do pulls the feed and stores how it went.
func (r *run) do(ctx context.Context) {
	if r.tooSoon() {
		r.report.tooSoon = true
		if r.feed.LastError != "" {
			r.Note("the last time, %s", r.feed.LastError)
		}
		return
	}
	if pull.Waits(r.feed.RetryAt, r.Began) && !r.Force {
		r.report.err = r.leave(ctx)
		return
	}
	err := r.pages(ctx)
	if err == nil && r.History && r.Traits.REST && r.feed.Kind == digest.CommentsFeed {
		err = r.rest(ctx)
	}
	if errors.Is(err, pull.ErrSuspect) {
		err = r.suspect(ctx, err)
	}
	if r.Count.Pages > 0 && pull.StatusOf(err) == http.StatusGone {
		// The feed is there: this says nothing of it.
		err = digest.Fail(digest.NotFound, digest.HintOf(err), "an older page: %v", err)
	}
	if err != nil {
		r.report.catching = !r.feed.CatchUp.IsZero()
		r.report.err = fmt.Errorf("pull the %s of %q: %w", r.feed.Kind, r.Source.Name, err)
		r.failed(ctx, err)
	}
}

// leave does not ask a feed whose host is to be left alone, whichever process
// was told so.
func (r *run) leave(ctx context.Context) error {
	if r.feed.NextPoll.Before(r.feed.RetryAt) {
		r.feed.NextPoll = r.feed.RetryAt
		if err := r.Store.SaveFeed(ctx, r.feed, r.storedCatchUp); err != nil {
			return err
		}
	}
	return digest.Fail(digest.Unavailable, "", "the %s of %q were not asked for, since their host, which asked for that or was too busy, is left alone until %s",
		r.feed.Kind, r.Source.Name, r.feed.RetryAt.UTC().Format("2 January 15:04 MST")).
		Offer(digest.Act{Do: digest.PullAnyway, Source: r.Source.ID})
}

// tooSoon tells whether a pull by hand would ask again within the minute. One
// that goes back further, or takes up where an interrupted one stopped, asks
// for something else and may.
func (r *run) tooSoon() bool {
	if r.scheduled || r.Force || r.Accept || r.History || !r.feed.CatchUp.IsZero() || r.feed.LastTry.IsZero() {
		return false
	}
	since := r.Began.Sub(r.feed.LastTry)
	return since >= 0 && since < ByHand
}

// pages asks for the first page and then for older ones, storing each before
// the next is asked for.
func (r *run) pages(ctx context.Context) error {
	address := r.feed.URL
	for address != "" {
		if err := r.Over(); err != nil {
			return err
		}
		resp, err := r.get(ctx, address, reader.AcceptFeed)
		if err != nil {
			if r.beyond() && refused(err) {
				if digest.KindOf(err) != digest.NotFound {
					r.Note("older %s were refused: %s", r.feed.Kind, err)
				}
				break // past the last page, or the site gives none by number
			}
			if address == r.feed.Older && digest.KindOf(err) == digest.NotFound {
				r.feed.Older = "" // the next one begins anew
			}
			return err
		}
		if resp.NotModified {
			r.report.notModified = true
			break
		}
		if r.beyond() && feed.Sniff(resp.Body, resp.ContentType) == feed.HTML {
			break // some sites answer what is not there with a page
		}
		doc, err := r.Parse(resp, r.feed.Kind)
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

// beyond tells that the page asked for is named by no link, but only by its number or by
// what the platform's parameters ask for: it need not be there.
func (r *run) beyond() bool { return r.Count.Pages > 0 && (r.byNumber() || r.made) }

// page stores a page and gives the address of the next one to ask for, or "".
func (r *run) page(ctx context.Context, doc *feed.Document, resp *pull.Response) (string, error) {
	r.Own.Add(resp.URL)
	older := r.older(doc, resp)
	r.made = doc.NextMade
	if doc.CutShort {
		older = ""
	}
	page := r.Convert(doc)
	if r.Count.Pages == 1 {
		r.ttl, r.skipHours, r.newest, r.report.paged = doc.TTL, doc.SkipHours, page, older != ""
		r.report.size = doc.Entries()
		r.feed.LeftOut = r.Count.LeftOut
		if !r.first && !r.History && !r.Accept {
			page.Covered = pull.Sooner(r.feed.LastSuccess, r.Began).Add(-24 * time.Hour)
		}
		if r.Accept {
			page.Told = r.accepted()
		}
	}
	if r.keepPlace(doc, older) {
		page.Feed, page.StoredCatchUp = &r.feed, r.storedCatchUp
	}
	stored, err := r.StorePage(ctx, page, r.feed.Kind, r.total(doc))
	if err != nil {
		r.feed.CatchUp, r.feed.Older = r.storedCatchUp, r.storedOlder
		return "", err
	}
	r.storedCatchUp, r.storedOlder = r.feed.CatchUp, r.feed.Older
	if doc.CutShort {
		return "", reader.CutShort("the feed is cut short: it ends in the middle, and what came before that is stored (%d entries)", doc.Entries())
	}
	r.window.add(page, r.Began)
	return r.goOn(ctx, doc, stored, older)
}

// accepted is what the audit list says of a page that a person accepts as it is.
func (r *run) accepted() digest.Audited {
	words := string(r.feed.Kind)
	if r.feed.Suspect != "" {
		words += ": " + r.feed.Suspect
	}
	return digest.Audited{At: r.Began, By: r.by, Did: digest.SourceAccepted, On: "the blog " + r.Source.Name, Words: words}
}

// total is how many entries will be read, where that is known: of a history from its
// first page on. Any other pull ends as soon as it meets what is known or has enough.
func (r *run) total(doc *feed.Document) int {
	if r.History && r.before.Older == "" {
		return doc.TotalResults
	}
	return -1
}

// keepPlace notes in the feed's state, to be stored with the page, that pages are
// missing, and tells whether it has to be.
//
// CatchUp says that what was seen since then may have a hole beneath it. The
// first of several pages sets it. The way to the beginning is remembered beside
// it: as soon as its pages reach down to what was known, nothing is missing above
// the page at which it goes on, and CatchUp is cleared. On a blog that was never
// pulled that is so from the first page on.
func (r *run) keepPlace(doc *feed.Document, older string) bool {
	newest := r.Count.Pages == 1
	if older == "" {
		if newest && doc.CutShort {
			r.feed.CatchUp = r.mark()
			return true
		}
		return false
	}
	if !r.History {
		if newest {
			r.feed.CatchUp = r.mark()
		}
		return newest
	}
	if r.resume == "" {
		r.feed.Older = older
	}
	switch {
	case newest && r.first && r.before.Older == "", r.joined:
		r.feed.CatchUp = time.Time{}
	case newest:
		r.feed.CatchUp = r.mark()
	}
	return true
}

// mark gives the CatchUp to store with the first of several pages: if the pull stops
// before the last one, the next pull must not take this page's entries for the end of
// what is new. An earlier mark is moved back a microsecond, so that a process that set
// it and is still at work does not clear this one.
func (r *run) mark() time.Time {
	if r.storedCatchUp.IsZero() {
		return r.known
	}
	return r.storedCatchUp.Add(-time.Microsecond)
}

// goOn gives the page to ask for after this one, or "" when no more is wanted.
func (r *run) goOn(ctx context.Context, doc *feed.Document, stored pull.Stored, older string) (string, error) {
	fresh := r.remember(doc)
	r.joined = r.joined || stored.Known > 0
	r.lists = r.lists || r.Count.Pages == 1 && stored.Known > 0
	if r.resume != "" && r.joined {
		if !r.Asked[r.resume] {
			older = r.resume
		}
		r.resume = ""
	}
	again, err := r.more(ctx, doc, stored, fresh, older)
	if err != nil || !again || older == "" || r.stale >= reader.StalePages {
		r.report.older = err == nil && r.first && older != "" && !r.History
		return "", err
	}
	if r.Count.Pages >= maxPages {
		r.left = true
		r.Note("the %s go on past %d pages and were left there", r.feed.Kind, maxPages)
		return "", nil
	}
	return older, nil
}

// more tells whether older pages are wanted after this one.
func (r *run) more(ctx context.Context, doc *feed.Document, stored pull.Stored, fresh bool, older string) (bool, error) {
	switch {
	case r.History, !r.first && r.byNumber() && !fresh:
		// A numbered page that repeats earlier ones is past the end.
		return !r.byNumber() || fresh, nil
	case !r.first:
		r.turnedOver(doc, stored, older)
		return stored.Known == 0, nil
	case r.feed.Kind == digest.PostsFeed:
		return fresh && r.window.open(), nil
	}
	return r.window.wanted(func() ([]digest.Post, error) {
		return r.Store.RecentPosts(ctx, r.Source.ID, recentPosts)
	})
}

// remember notes the page's entries and tells whether any is new to this run.
func (r *run) remember(doc *feed.Document) bool {
	before := len(r.ids)
	for _, e := range doc.Posts {
		r.ids[e.ID] = true
	}
	for _, e := range doc.Comments {
		r.ids[e.Name()] = true
	}
	for _, e := range doc.Skipped {
		r.ids[cmp.Or(e.ID, string(e.Reason))] = true
	}
	if r.stale++; len(r.ids) > before {
		r.stale = 0
	}
	return r.stale == 0
}

// turnedOver warns when a feed that cannot be paged holds nothing known: what
// came between this poll and the last one is out of its reach.
func (r *run) turnedOver(doc *feed.Document, stored pull.Stored, older string) {
	if older == "" && !doc.Complete && doc.Entries() > 0 && doc.TotalResults != doc.Entries() &&
		stored.Known == 0 && r.feed.CatchUp.IsZero() && r.feed.PageSize > 0 {
		r.Note("all that the feed of the %s lists is new: older ones may have been missed, and it cannot be asked for them", r.feed.Kind)
	}
}

// finish stores that everything asked for has come.
func (r *run) finish(ctx context.Context) error {
	now := r.Clock.Now()
	f := &r.feed
	if !r.report.notModified {
		f.Validators = r.Validators
	} else {
		f.ETag, f.LastModified = cmp.Or(r.ETag, f.ETag), cmp.Or(r.LastModified, f.LastModified)
	}
	if f.Stopped {
		r.Note("the feed answers again, and the schedule asks it again")
	}
	r.measure(now)
	f.CatchUp, f.LastSuccess, f.Failures, f.LastError = time.Time{}, now, 0, ""
	f.FailingSince, f.GoneSince, f.Stopped, f.Suspect = time.Time{}, time.Time{}, false, ""
	f.RetryAt = time.Time{}
	f.NextPoll = r.nextPoll(now)
	if r.History && !reader.IsREST(f.Older) && !r.left {
		f.Older = ""
	}
	r.follow()
	err := r.Store.SaveFeed(ctx, *f, r.storedCatchUp)
	if err != nil && digest.KindOf(err) == digest.Conflict && f.URL != r.before.URL {
		r.Note("the feed has moved to %s, which is followed already", f.URL)
		f.URL = r.before.URL
		err = r.Store.SaveFeed(ctx, *f, r.storedCatchUp)
	}
	r.storedCatchUp = f.CatchUp
	return err
}

// suspect leaves a page to the editor that was not stored because too much of
// it is new for its age. The validators stay, so that the next poll sees it again.
func (r *run) suspect(ctx context.Context, cause error) error {
	r.feed.Suspect, r.feed.LastError = cause.Error(), ""
	r.feed.NextPoll = r.nextPoll(r.Clock.Now())
	r.NoteWith(digest.Act{Do: digest.AcceptPage, Source: r.Source.ID},
		"the newest page of the %s waits for you: %s; look at the blog, and store it if all is well", r.feed.Kind, r.feed.Suspect)
	return r.Store.SaveFeed(ctx, r.feed, r.storedCatchUp)
}
