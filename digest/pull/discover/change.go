package discover

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// Change says what to change of a source; what is empty stays.
type Change struct {
	Options
	URL       string // its home page
	NoPattern bool   // forget the pattern of the feeds of posts' comments
}

// Check tells what of a change can never work, before anything is asked; the error is of
// kind Invalid.
func (c Change) Check() error {
	if c == (Change{}) {
		return digest.Fail(digest.Invalid, "Name what is to change: its name, home page, platform or feeds.", "nothing is named that should change")
	}
	return CheckAddress(c.URL, c.Options)
}

// Change changes a followed source. New addresses of feeds are read first and
// have to list what they are named for; then the feed keeps what was stored of it
// and is asked anew, with all that stood in its way forgotten. Naming the address
// that it has does that, too. A kind of feed that the source had none of is added.
// The error is of kind NotFound for a source that is not followed, Conflict for an
// address under which another one is; an error changes nothing.
func (f *Finder) Change(ctx context.Context, by digest.Actor, sourceID int64, c Change) (Found, error) {
	if _, err := f.Store.Source(ctx, sourceID); err != nil {
		return Found{}, err
	}
	if err := c.Check(); err != nil {
		return Found{}, err
	}
	var err error
	if c.Options, err = c.Options.checked(); err != nil {
		return Found{}, err
	}
	if c.URL != "" {
		if c.URL, _, err = identity.Tidy(c.URL); err != nil {
			return Found{}, err
		}
	}
	leave, err := f.Enter(ctx, sourceID)
	if err != nil {
		return Found{}, err
	}
	defer leave()
	src, err := f.Store.Source(ctx, sourceID) // somebody may have changed it while this waited
	if err != nil {
		return Found{}, err
	}
	ch := changing{f: f, by: by, src: src, change: c}
	if err := ch.look(ctx); err != nil {
		return Found{}, fmt.Errorf("change source %d: %w", sourceID, err)
	}
	if err := ch.save(ctx); err != nil {
		return Found{}, fmt.Errorf("change source %d: %w", sourceID, err)
	}
	f.Log.Info("a source was changed", "source", sourceID, "by", by.Name)
	feeds, err := f.Store.Feeds(ctx, sourceID)
	return Found{Source: ch.src, Feeds: feeds, Notices: ch.notices}, err
}

// changing is a change under way.
type changing struct {
	f       *Finder
	by      digest.Actor
	src     digest.Source
	change  Change
	have    []digest.FeedState // as stored
	moved   []digest.FeedState // of these, with other addresses
	added   []digest.FeedState
	notices []pull.Notice
}

// look reads the new feeds and makes sure that they can be followed.
func (c *changing) look(ctx context.Context) (err error) {
	if c.have, err = c.f.Store.Feeds(ctx, c.src.ID); err != nil {
		return err
	}
	s := c.f.search(c.change.Options, c.change.Platform != "" || c.src.PlatformSet)
	s.opts.Platform = cmp.Or(s.opts.Platform, c.src.Platform)
	posts, err := c.readPosts(ctx, s)
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
		note, err := s.given(ctx, c.change.CommentsPattern, posts)
		if err != nil {
			return err
		}
		if note != "" {
			c.notices = append(c.notices, pull.Notice{Text: note})
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
	for _, e := range a.doc.Posts[:min(len(a.doc.Posts), pull.MaxAsked)] {
		guids = append(guids, e.ID)
	}
	known, _, err := c.f.Store.SourceOfPosts(ctx, guids)
	if err == nil && len(guids) > 0 && known != c.src.ID && len(c.have) > 0 {
		c.notices = append(c.notices, pull.Notice{Text: "none of the posts there are known: if it is another blog, change the address back and add that one"})
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
	sources, err := c.f.Store.Sources(ctx)
	if err != nil {
		return err
	}
	next := slices.Concat(c.moved, c.added)
	for i, a := range next {
		if slices.ContainsFunc(next[:i], func(b digest.FeedState) bool { return a.URL == b.URL }) {
			return oneForBoth(a.URL)
		}
	}
	for _, src := range sources {
		feeds, err := c.f.Store.Feeds(ctx, src.ID)
		if err != nil {
			return err
		}
		for _, f := range feeds {
			for _, mine := range next {
				switch {
				case f.URL != mine.URL || f.ID == mine.ID:
				case src.ID == c.src.ID:
					return digest.Fail(digest.Conflict, fmt.Sprintf("If it lists %s, remove the source, and add it by this feed alone.", mine.Kind),
						"the feed %s is followed already, as that of this blog's %s", f.URL, f.Kind).
						Offer(digest.Act{Do: digest.ShowSource, Source: src.ID})
				default:
					return digest.Fail(digest.Conflict, "",
						"the feed %s is followed already, by source %d (%q)", f.URL, src.ID, src.Name).
						Offer(digest.Act{Do: digest.ListSources})
				}
			}
		}
	}
	return nil
}

// save stores the change: first what another process might have come before
// with.
func (c *changing) save(ctx context.Context) error {
	now := c.f.Clock.Now()
	for i := range c.added {
		c.added[i].NextPoll = now
	}
	if len(c.added) > 0 {
		attached := c.src
		if err := c.f.Store.AddSource(ctx, c.by, &attached, c.added, digest.Series{}); err != nil {
			return err
		}
	}
	for _, f := range c.moved {
		stored, err := c.stored(ctx, f.ID)
		if err != nil {
			return err
		}
		// Of a pull under way in another process nothing counts any more: it goes by
		// the old address.
		f.NextPoll, f.CatchUp = now, now.Truncate(time.Microsecond)
		if f.CatchUp.Equal(stored) {
			f.CatchUp = stored.Add(-time.Microsecond)
		}
		if err := c.f.Store.SaveFeed(ctx, f, stored); err != nil {
			return err
		}
	}
	s := &c.src
	s.Name, s.URL = cmp.Or(c.change.Name, s.Name), cmp.Or(c.change.URL, s.URL)
	s.CommentsPattern = cmp.Or(c.change.CommentsPattern, s.CommentsPattern)
	if c.change.NoPattern {
		s.CommentsPattern = ""
	}
	if c.change.Platform != "" {
		s.Platform, s.PlatformSet = c.change.Platform, true
	}
	var also []string
	for _, f := range c.moved {
		also = append(also, string(f.Kind)+" feed "+f.URL)
	}
	return c.f.Store.SaveSource(ctx, c.by, *s, also...)
}

// stored gives the CatchUp of a feed as it is stored now.
func (c *changing) stored(ctx context.Context, feedID int64) (time.Time, error) {
	feeds, err := c.f.Store.Feeds(ctx, c.src.ID)
	for _, f := range feeds {
		if f.ID == feedID {
			return f.CatchUp, nil
		}
	}
	return time.Time{}, err
}
