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
	postAt   map[entryKey]int // index into posts, by guid and by address
	comment  map[entryKey]int // index into comments, by guid
	listings map[int64]digest.Listing
}

type entryKey struct {
	source int64
	ref    string
}

var _ Store = (*memory)(nil)

func newMemory() *memory {
	return &memory{postAt: map[entryKey]int{}, comment: map[entryKey]int{}}
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
	return digest.Source{}, digest.Fail(digest.NotFound, "", "there is no source %d", id)
}

// AddSource stores a source and its feeds; there are no series in memory.
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
	src.ID = int64(len(m.sources) + 1)
	m.sources = append(m.sources, *src)
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
			feed.ETag, feed.LastModified = stored.ETag, stored.LastModified
		}
		m.feeds[i] = feed
	}
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

// StorePage stores a page as [Page] says.
func (m *memory) StorePage(_ context.Context, page Page) (Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var s Stored
	for _, p := range page.Posts {
		m.storePost(p, page, &s)
	}
	for _, c := range page.Comments {
		m.storeComment(c, page, &s)
	}
	m.link()
	if page.Feed != nil {
		m.saveFeed(*page.Feed, page.Held)
	}
	return s, nil
}

func (m *memory) storePost(p digest.Post, page Page, s *Stored) {
	at, known := m.postAt[entryKey{page.SourceID, p.GUID}]
	if !known {
		p.ID, p.FirstSeen = int64(len(m.posts)+1), page.Seen
		m.posts = append(m.posts, p)
		at = len(m.posts) - 1
		m.postAt[entryKey{page.SourceID, p.GUID}] = at
		if p.URL != "" {
			m.postAt[entryKey{page.SourceID, p.URL}] = at
		}
		s.NewPosts++
		return
	}
	old := &m.posts[at]
	if old.FirstSeen.Before(page.KnownBefore) {
		s.Known++
	}
	old.Announced = p.Announced
	if old.Hash != p.Hash {
		old.Title, old.Body, old.Updated, old.Hash = p.Title, p.Body, p.Updated, p.Hash
		s.ChangedPosts++
	}
}

func (m *memory) storeComment(c digest.Comment, page Page, s *Stored) {
	at, known := m.comment[entryKey{page.SourceID, c.GUID}]
	if !known {
		c.ID, c.FirstSeen = int64(len(m.comments)+1), page.Seen
		m.comments = append(m.comments, c)
		m.comment[entryKey{page.SourceID, c.GUID}] = len(m.comments) - 1
		s.NewComments++
		if c.Gone {
			s.GoneComments++
		}
		return
	}
	old := &m.comments[at]
	if old.FirstSeen.Before(page.KnownBefore) {
		s.Known++
	}
	if c.Gone && !old.Gone {
		s.GoneComments++
	}
	old.Gone, old.GoneReason = c.Gone, c.GoneReason
	if !c.Gone && old.Hash != c.Hash {
		old.Body, old.Words, old.Updated, old.Hash, old.ChangedAt = c.Body, c.Words, c.Updated, c.Hash, page.Seen
		s.ChangedComments++
	}
}

// link resolves what comments say of their posts and parents.
func (m *memory) link() {
	for i := range m.comments {
		c := &m.comments[i]
		if at, ok := m.postAt[entryKey{c.SourceID, c.PostRef}]; ok && c.PostRef != "" {
			c.PostID = m.posts[at].ID
		}
		if at, ok := m.comment[entryKey{c.SourceID, c.ParentRef}]; ok && c.ParentRef != "" {
			c.ParentID = m.comments[at].ID
		}
	}
}
