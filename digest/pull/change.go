package pull

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
)

// Change says what to change of a source; what is empty stays.
type Change struct {
	AddOptions
	URL       string // its home page
	NoPattern bool   // forget the pattern of the feeds of posts' comments
}

// empty tells whether nothing is to change.
func (c Change) empty() bool { return c == Change{} }

// Change changes a followed source. New addresses of feeds are read first and
// have to list what they are named for; then the feed keeps what was stored of it
// and is asked anew, with all that stood in its way forgotten. Naming the address
// that it has does that, too. A kind of feed that the source had none of is added.
// The error is of kind NotFound for a source that is not followed, Conflict for an
// address under which another one is; an error changes nothing.
func (p *Puller) Change(ctx context.Context, sourceID int64, c Change) (Found, error) {
	src, err := p.opts.Store.Source(ctx, sourceID)
	if err != nil {
		return Found{}, err
	}
	if c.empty() {
		return Found{}, digest.Fail(digest.Invalid, "See postbag source set --help.", "nothing is named that should change")
	}
	if c.AddOptions, err = c.AddOptions.checked(); err != nil {
		return Found{}, err
	}
	if c.URL != "" {
		if c.URL, _, err = tidy(c.URL); err != nil {
			return Found{}, err
		}
	}
	leave, err := p.enter(ctx, sourceID)
	if err != nil {
		return Found{}, err
	}
	defer leave()
	ch := changing{p: p, src: src, change: c}
	if err := ch.look(ctx); err != nil {
		return Found{}, fmt.Errorf("change source %d: %w", sourceID, err)
	}
	if err := ch.save(ctx); err != nil {
		return Found{}, fmt.Errorf("change source %d: %w", sourceID, err)
	}
	feeds, err := p.opts.Store.Feeds(ctx, sourceID)
	return Found{Source: ch.src, Feeds: feeds, Notices: ch.notices}, err
}

// changing is a change under way.
type changing struct {
	p       *Puller
	src     digest.Source
	change  Change
	have    []digest.FeedState // as stored
	moved   []digest.FeedState // of these, with other addresses
	added   []digest.FeedState
	notices []string
}

// look reads the new feeds and makes sure that they can be followed.
func (c *changing) look(ctx context.Context) (err error) {
	if c.have, err = c.p.opts.Store.Feeds(ctx, c.src.ID); err != nil {
		return err
	}
	s := search{p: c.p, opts: c.change.AddOptions, said: c.change.Platform != "" || c.src.PlatformSet, answers: map[string]*Response{}, failed: map[string]error{}}
	if s.opts.Platform == "" {
		s.opts.Platform = c.src.Platform
	}
	posts, err := c.readPosts(ctx, &s)
	if err != nil {
		return err
	}
	if c.change.Comments != "" {
		a, err := s.named(ctx, c.change.Comments, digest.CommentsFeed)
		if err != nil {
			return fmt.Errorf("read the comments feed: %w", err)
		}
		c.take(digest.CommentsFeed, a.url)
	}
	if c.change.CommentsPattern != "" && posts != nil {
		if err := s.tryPattern(ctx, c.change.CommentsPattern, posts); err != nil {
			return err
		}
	}
	return c.free(ctx)
}

// readPosts reads the new posts feed, else the present one if a pattern has to be
// tried on its posts.
func (c *changing) readPosts(ctx context.Context, s *search) (*answer, error) {
	address := c.change.Posts
	if at := slices.IndexFunc(c.have, func(f digest.FeedState) bool { return f.Kind == digest.PostsFeed }); address == "" && at >= 0 && c.change.CommentsPattern != "" {
		address = c.have[at].URL
	}
	if address == "" {
		return nil, nil
	}
	a, err := s.named(ctx, address, digest.PostsFeed)
	if err != nil {
		return nil, fmt.Errorf("read the posts feed: %w", err)
	}
	if c.change.Posts == "" {
		return a, nil
	}
	c.take(digest.PostsFeed, a.url)
	var guids []string
	for _, e := range a.doc.Posts[:min(len(a.doc.Posts), MaxAsked)] {
		guids = append(guids, e.ID)
	}
	known, _, err := c.p.opts.Store.SourceOfPosts(ctx, guids)
	if err == nil && len(guids) > 0 && known != c.src.ID && len(c.have) > 0 {
		c.notices = append(c.notices, "none of the posts there are known: if it is another blog, change the address back and add that one")
	}
	return a, err
}

// take notes a feed's new address.
func (c *changing) take(kind digest.FeedKind, address string) {
	for _, f := range c.have {
		if f.Kind != kind {
			continue
		}
		c.moved = append(c.moved, digest.FeedState{ID: f.ID, SourceID: f.SourceID, Kind: f.Kind, URL: address,
			LastSuccess: f.LastSuccess, PageSize: f.PageSize, Daily: f.Daily, CatchUp: f.CatchUp})
		return
	}
	c.added = append(c.added, digest.FeedState{Kind: kind, URL: address})
}

// free makes sure that no feed of another source has one of the addresses.
func (c *changing) free(ctx context.Context) error {
	sources, err := c.p.opts.Store.Sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		feeds, err := c.p.opts.Store.Feeds(ctx, src.ID)
		if err != nil {
			return err
		}
		for _, f := range feeds {
			for _, mine := range append(c.moved, c.added...) {
				if f.URL == mine.URL && f.ID != mine.ID {
					return digest.Fail(digest.Conflict, "See the sources that are followed with: postbag source list",
						"the feed %s is followed already, by source %d (%q)", f.URL, src.ID, src.Name)
				}
			}
		}
	}
	return nil
}

// save stores the change: first what another process might have come before
// with.
func (c *changing) save(ctx context.Context) error {
	now := c.p.opts.Clock.Now()
	for i := range c.added {
		c.added[i].NextPoll = now
	}
	if len(c.added) > 0 {
		attached := c.src
		if err := c.p.opts.Store.AddSource(ctx, &attached, c.added, digest.Series{}); err != nil {
			return err
		}
	}
	for _, f := range c.moved {
		held, err := c.held(ctx, f.ID)
		if err != nil {
			return err
		}
		// Of a pull under way in another process nothing counts any more: it goes by
		// the old address.
		f.NextPoll, f.CatchUp = now, now.Truncate(time.Microsecond)
		if f.CatchUp.Equal(held) {
			f.CatchUp = held.Add(-time.Microsecond)
		}
		if err := c.p.opts.Store.SaveFeed(ctx, f, held); err != nil {
			return err
		}
	}
	s := &c.src
	s.Name, s.URL = or(c.change.Name, s.Name), or(c.change.URL, s.URL)
	s.CommentsPattern = or(c.change.CommentsPattern, s.CommentsPattern)
	if c.change.NoPattern {
		s.CommentsPattern = ""
	}
	if c.change.Platform != "" {
		s.Platform, s.PlatformSet = c.change.Platform, true
	}
	return c.p.opts.Store.SaveSource(ctx, *s)
}

// held gives the CatchUp of a feed as it is stored now.
func (c *changing) held(ctx context.Context, feedID int64) (time.Time, error) {
	feeds, err := c.p.opts.Store.Feeds(ctx, c.src.ID)
	for _, f := range feeds {
		if f.ID == feedID {
			return f.CatchUp, nil
		}
	}
	return time.Time{}, err
}
