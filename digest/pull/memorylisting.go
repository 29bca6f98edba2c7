package pull

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postbag/digest"
)

// SaveSource stores what a source is called and where it lives.
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

// SourceOfPosts gives the source that holds most of the posts.
func (m *memory) SourceOfPosts(_ context.Context, guids []string) (sourceID int64, matched int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sources {
		n := 0
		for _, p := range m.posts {
			if p.SourceID == s.ID && slices.Contains(guids, p.GUID) {
				n++
			}
		}
		if n > matched {
			sourceID, matched = s.ID, n
		}
	}
	return sourceID, matched, nil
}

// Listings gives what is remembered of the posts' own comments feeds.
func (m *memory) Listings(_ context.Context, sourceID int64, f ListingFilter) ([]digest.Listing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []digest.Listing
	for _, p := range m.posts {
		if p.SourceID == sourceID && p.ID > f.AfterID && (f.PostIDs == nil || slices.Contains(f.PostIDs, p.ID)) {
			all = append(all, m.listing(p))
		}
	}
	slices.SortFunc(all, func(a, b digest.Listing) int {
		if f.AfterID != 0 {
			return cmp.Compare(a.PostID, b.PostID)
		}
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.PostID, a.PostID))
	})
	if f.Limit > 0 {
		all = all[:min(len(all), f.Limit)]
	}
	return all, nil
}

func (m *memory) listing(p digest.Post) digest.Listing {
	l, ok := m.listings[p.ID]
	if !ok {
		l.Listed = -1
	}
	l.PostID, l.SourceID, l.GUID, l.URL, l.Key = p.ID, p.SourceID, p.GUID, p.URL, p.Key
	l.Published, l.CommentsURL, l.Announced = p.Published, p.CommentsURL, p.Announced
	l.Stored = 0
	for _, c := range m.comments {
		if c.PostID == p.ID && (!c.Gone || c.GoneBy == digest.ByMarker) {
			l.Stored++
		}
	}
	return l
}

// SaveListing remembers how the reading of a post's own comments feed went.
func (m *memory) SaveListing(_ context.Context, l digest.Listing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.listings == nil {
		m.listings = map[int64]digest.Listing{}
	}
	m.listings[l.PostID] = l
	return nil
}

// MarkAbsent marks a post's comments as gone that a complete listing lacks.
func (m *memory) MarkAbsent(_ context.Context, sourceID, postID int64, present []int64, before time.Time) (int, error) {
	return m.markGone(digest.ByAbsence, "", func(c digest.Comment) bool {
		return c.SourceID == sourceID && c.PostID == postID && c.FirstSeen.Before(before) && !slices.Contains(present, c.ID)
	}), nil
}

// MarkGone marks comments as gone.
func (m *memory) MarkGone(_ context.Context, commentIDs []int64, by digest.GoneBy, reason string) (int, error) {
	return m.markGone(by, reason, func(c digest.Comment) bool { return slices.Contains(commentIDs, c.ID) }), nil
}

func (m *memory) markGone(by digest.GoneBy, reason string, which func(digest.Comment) bool) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.comments {
		if c := &m.comments[i]; !c.Gone && which(*c) {
			c.Gone, c.GoneBy, c.GoneReason = true, by, reason
			n++
		}
	}
	return n
}
