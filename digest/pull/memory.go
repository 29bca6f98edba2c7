package pull

import (
	"context"
	"slices"
	"sync"
	"time"

	"postbag/digest"
)

// memory is a [Store] that forgets: previews are pulled into it.
type memory struct {
	mu       sync.Mutex
	sources  []digest.Source
	feeds    []digest.FeedState
	posts    []digest.Post
	comments []digest.Comment
	listings map[int64]digest.Listing // by post
}

var _ Store = (*memory)(nil)

func newMemory() *memory {
	return &memory{listings: map[int64]digest.Listing{}}
}

// Sources lists all sources by id.
func (m *memory) Sources(context.Context) ([]digest.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sources), nil
}

// Source gives one source, or an error of kind NotFound.
func (m *memory) Source(_ context.Context, id int64) (digest.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sources {
		if s.ID == id {
			return s, nil
		}
	}
	return digest.Source{}, digest.Fail(digest.NotFound, "See which there are with: postbag source list", "there is no source %d", id)
}

// SaveSource stores what may change of a source.
func (m *memory) SaveSource(_ context.Context, src digest.Source) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, s := range m.sources {
		if s.ID == src.ID {
			src.AddedAt = s.AddedAt
			m.sources[i] = src
			return nil
		}
	}
	return digest.Fail(digest.NotFound, "", "there is no source %d", src.ID)
}

// AddSource stores a source and its feeds, or the feeds alone when the source is
// there; there are no series in memory.
func (m *memory) AddSource(_ context.Context, src *digest.Source, feeds []digest.FeedState, _ digest.Series) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range feeds {
		for _, known := range m.feeds {
			if known.URL == f.URL {
				return digest.Fail(digest.Conflict, "", "the feed %s is followed already", f.URL)
			}
		}
	}
	if src.ID == 0 {
		src.ID = int64(len(m.sources) + 1)
		m.sources = append(m.sources, *src)
	}
	for i := range feeds {
		feeds[i].ID, feeds[i].SourceID = int64(len(m.feeds)+1), src.ID
		m.feeds = append(m.feeds, feeds[i])
	}
	return nil
}

// Feeds gives the feeds of a source, posts before comments.
func (m *memory) Feeds(_ context.Context, sourceID int64) ([]digest.FeedState, error) {
	return m.pick(func(f digest.FeedState) bool { return f.SourceID == sourceID }), nil
}

func (m *memory) pick(wanted func(digest.FeedState) bool) []digest.FeedState {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []digest.FeedState
	for _, f := range m.feeds {
		if wanted(f) {
			out = append(out, f)
		}
	}
	return out
}

// SaveFeed stores the polling state of a feed as [Store] says.
func (m *memory) SaveFeed(_ context.Context, feed digest.FeedState, held time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saveFeed(feed, held)
	return nil
}

func (m *memory) saveFeed(feed digest.FeedState, held time.Time) {
	for i, stored := range m.feeds {
		if stored.ID != feed.ID {
			continue
		}
		if !stored.CatchUp.Equal(held) {
			feed.CatchUp, feed.LastSuccess = stored.CatchUp, stored.LastSuccess
			feed.ETag, feed.LastModified, feed.Older = stored.ETag, stored.LastModified, stored.Older
			feed.URL = stored.URL
		}
		m.feeds[i] = feed
	}
}

// LeaveHost stores that a host asks to be left alone.
func (m *memory) LeaveHost(_ context.Context, host string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.feeds {
		if f := &m.feeds[i]; HostOf(f.URL) == host && f.RetryAt.Before(until) {
			f.RetryAt = until
		}
	}
	return nil
}

// RecentPosts gives a source's newest posts by publication.
func (m *memory) RecentPosts(_ context.Context, sourceID int64, limit int) ([]digest.Post, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []digest.Post
	for _, p := range m.posts {
		if p.SourceID == sourceID {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b digest.Post) int { return b.Published.Compare(a.Published) })
	return out[:min(len(out), limit)], nil
}
