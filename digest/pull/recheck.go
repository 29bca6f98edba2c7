package pull

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"postbag/digest"
)

// recheckLimit bounds one recheck; the blogs that it asks share it.
var recheckLimit = time.Minute

const (
	recheckAgain = 10 * time.Minute // a comment is not looked at again within
	acceptPage   = "text/html, application/xhtml+xml, */*;q=0.5"
)

// Rechecked counts what looking at comments once more found.
type Rechecked struct {
	Looked   int // comments of which the blog was asked
	Requests int
	Gone     int // newly marked gone
	// Notices say what could not be looked at, and why.
	Notices []string
}

// Recheck looks once more whether comments are still on their blog, right before
// an issue with them goes out. It reads the comments feeds of their posts; a
// comment that these do not show, though they need not be complete (the posts' own
// feed is asked how many there are where they are short), is looked for
// at its permalink, where only 404 or 410 means that it is gone. A comment that was
// there a few minutes ago is left alone, and so is one that is gone already. It
// takes a minute at most. What cannot be reached is no error but a notice; the
// error is the store's, or the end of ctx.
func (p *Puller) Recheck(ctx context.Context, commentIDs []int64) (Rechecked, error) {
	var out Rechecked
	due := p.toRecheck(commentIDs)
	if len(due) == 0 {
		return out, nil
	}
	found, err := p.opts.Store.CandidatesByID(ctx, due)
	if err != nil {
		return out, fmt.Errorf("look at picked comments: %w", err)
	}
	bySource := map[int64][]digest.Comment{}
	var sources []int64
	for _, c := range found {
		if c.Gone {
			continue
		}
		if bySource[c.SourceID] == nil {
			sources = append(sources, c.SourceID)
		}
		bySource[c.SourceID] = append(bySource[c.SourceID], c.Comment)
	}
	ends := time.Now().Add(recheckLimit)
	for i, id := range sources {
		share := time.Until(ends) / time.Duration(len(sources)-i)
		if err := p.recheckSource(ctx, share, id, bySource[id], &out); err != nil {
			return out, fmt.Errorf("look at picked comments: %w", err)
		}
	}
	return out, nil
}

// toRecheck leaves out comments that were looked at a short while ago.
func (p *Puller) toRecheck(ids []int64) (due []int64) {
	now := p.opts.Clock.Now()
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

func (p *Puller) lookedAt(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked[id] = p.opts.Clock.Now()
}

// recheckSource looks at the comments of one source for so long. One that is not
// followed any more is left alone.
func (p *Puller) recheckSource(ctx context.Context, limit time.Duration, id int64, comments []digest.Comment, out *Rechecked) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l, err := p.lookThrough(bounded, id, comments, out)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		out.Notices = append(out.Notices, "the blog takes too long to answer, and not every pick was looked at")
		err = nil
	}
	if l == nil || err != nil {
		return err
	}
	// What was found counts, though there was no time for the rest.
	err = l.markMissing(ctx)
	out.Requests += l.report.requests
	out.Gone += l.report.stored.GoneComments
	out.Notices = append(out.Notices, l.report.notices...)
	return err
}

// lookThrough asks the blog, and notes which comments are missing.
func (p *Puller) lookThrough(ctx context.Context, id int64, comments []digest.Comment, out *Rechecked) (*lister, error) {
	src, err := p.opts.Store.Source(ctx, id)
	if err != nil {
		if digest.KindOf(err) == digest.NotFound {
			err = nil
		}
		return nil, err
	}
	leave, err := p.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	defer leave()
	t := tour{own: ownHosts(src.URL)}
	if _, _, err := p.reload(ctx, digest.FeedState{SourceID: id}, &t); err != nil {
		return nil, err
	}
	l := p.lister(src, t, mode{})
	shown, err := l.show(ctx, comments)
	if err != nil {
		return l, err
	}
	if err := l.askREST(ctx, comments, shown); err != nil {
		return l, err
	}
	if doubted := l.doubted(comments, shown); len(doubted) > 0 {
		if err := l.recount(ctx); err != nil {
			return l, err
		}
		again, err := l.show(ctx, doubted)
		if err != nil {
			return l, err
		}
		maps.Copy(shown, again)
	}
	for _, c := range comments {
		there, sure := shown[c.ID]
		if !sure {
			missing := len(l.missing)
			if err := l.permalinkOf(ctx, c); err != nil {
				return l, err
			}
			there = len(l.missing) == missing
		}
		out.Looked++
		if there { // what is gone, and is listed again, is looked at again at once
			p.lookedAt(c.ID)
		}
	}
	return l, nil
}

// doubted gives the comments that are not on their posts' lists while those are no
// longer than the posts announced: a comment may have been removed since the counts
// were read.
func (l *lister) doubted(comments []digest.Comment, shown map[int64]bool) (out []digest.Comment) {
	for _, c := range comments {
		if _, sure := shown[c.ID]; !sure && l.short[c.PostID] {
			out = append(out, c)
		}
	}
	return out
}

// recount reads the newest page of the posts feed for the counts it announces. A
// feed that does not answer is no error: the counts stay in doubt.
func (l *lister) recount(ctx context.Context) error {
	feeds, err := l.p.opts.Store.Feeds(ctx, l.src.ID)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if f.Kind != digest.PostsFeed || f.Stopped || f.Suspect != "" {
			continue
		}
		r := l.p.guarded(ctx, l.src, f, l.own, mode{PullOptions: PullOptions{Force: true}})
		l.report.requests += r.requests
		l.report.stored = l.report.stored.Add(r.stored)
		if r.err != nil {
			l.note("%s", r.err)
		}
	}
	return ctx.Err()
}

// show reads the comments feeds of the comments' posts, and tells of those that they
// leave no doubt of whether they are there.
func (l *lister) show(ctx context.Context, comments []digest.Comment) (map[int64]bool, error) {
	sure := map[int64]bool{}
	of := map[int64][]int64{}
	var ids []int64
	for _, c := range comments {
		if c.PostID != 0 {
			ids = append(ids, c.PostID)
			of[c.PostID] = append(of[c.PostID], c.ID)
		}
	}
	if len(ids) == 0 {
		return sure, nil
	}
	listings, err := l.p.opts.Store.Listings(ctx, l.src.ID, ListingFilter{PostIDs: ids, Limit: len(ids)})
	if err != nil {
		return sure, err
	}
	for _, x := range listings {
		if l.address(x) == "" || l.inRow >= listingFaults {
			continue
		}
		got, err := l.list(ctx, x, l.now(x))
		switch {
		case ctx.Err() != nil:
			return sure, ctx.Err()
		case err != nil:
			l.inRow++
			l.note("the comments of %s could not be read: %s", or(x.URL, x.GUID), err)
			continue
		}
		l.inRow, l.alive = 0, true
		l.short[x.PostID] = !got.complete && got.entries <= x.Announced
		for _, id := range of[x.PostID] {
			if unchanged := got.unchanged && l.habits.wholeListing; unchanged || got.complete {
				sure[id] = unchanged
			}
		}
		for _, id := range got.present {
			sure[id] = true
		}
	}
	return sure, nil
}

// now gives the validators for a listing whose removals must show.
func (l *lister) now(x digest.Listing) validators {
	if l.habits.hidesEdits {
		return validators{}
	}
	return validators{x.ETag, x.LastModified}
}

// permalinkOf asks for a comment's page and notes when it is missing: 404 and 410
// by its own host say so, anything else proves nothing.
func (l *lister) permalinkOf(ctx context.Context, c digest.Comment) error {
	u := webAddress(c.URL)
	if u == nil {
		return nil
	}
	address := *u
	address.Fragment, address.RawFragment = "", ""
	status, asked := l.answers[address.String()]
	if !asked {
		l.report.requests++
		_, err := l.p.opts.Fetcher.Get(ctx, Request{URL: address.String(), Accept: acceptPage})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e, ok := statusError(err); ok && bareHost(e.Host) == bareHost(u.Hostname()) {
			status = e.Status
		} else if err != nil {
			l.note("the page of the comment by %s could not be read: %s", c.Author, err)
		}
		l.alive = l.alive || err == nil
		l.answers[address.String()] = status
	}
	if status == http.StatusNotFound || status == http.StatusGone {
		l.missing = append(l.missing, missing{c.ID, status, address.String()})
	}
	return nil
}

// bareHost is a host without the www. that a blog may redirect to, or from.
func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// missing is a comment whose page is not there.
type missing struct {
	id      int64
	status  int
	address string
}

// markMissing marks comments gone whose pages are missing. When not one of several
// pages is there, nor the comments feed of a post, the blog has moved or is ill, and
// 404 proves nothing.
func (l *lister) markMissing(ctx context.Context) error {
	pages := map[string]bool{}
	for _, m := range l.missing {
		pages[m.address] = true
	}
	ill := len(pages) > 1 && !l.alive
	told := false
	for _, m := range l.missing {
		if ill && m.status == http.StatusNotFound {
			if !told {
				l.note("none of the %d pages that were asked for is there, so that proves nothing", len(pages))
			}
			told = true
			continue
		}
		n, err := l.p.opts.Store.MarkGone(ctx, []int64{m.id}, digest.ByPermalink, fmt.Sprintf("its page answers %d %s", m.status, http.StatusText(m.status)))
		if err != nil {
			return err
		}
		l.report.stored.GoneComments += n
	}
	return nil
}
