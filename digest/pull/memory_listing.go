package pull

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
)

// Listings gives what is remembered of posts' own comments feeds.
func (m *memory) Listings(_ context.Context, sourceID int64, f ListingFilter) ([]digest.Listing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []digest.Listing
	for _, p := range m.posts {
		if p.SourceID != sourceID || p.ID <= f.AfterID || len(f.PostIDs) > 0 && !slices.Contains(f.PostIDs, p.ID) {
			continue
		}
		l, ok := m.listings[p.ID]
		if !ok {
			l.Listed = -1
		}
		l.PostID, l.SourceID, l.GUID, l.URL, l.Key = p.ID, p.SourceID, p.GUID, p.URL, p.Key
		l.Published, l.CommentsURL, l.Announced, l.Stored = p.Published, p.CommentsURL, p.Announced, m.held(p.ID)
		out = append(out, l)
	}
	if f.AfterID == 0 {
		slices.SortStableFunc(out, func(a, b digest.Listing) int { return b.Published.Compare(a.Published) })
	}
	if f.Limit > 0 && len(out) > f.Limit {
		out = out[:f.Limit]
	}
	return out, nil
}

// held counts the comments of a post that its feed should list.
func (m *memory) held(postID int64) int {
	n := 0
	for _, c := range m.comments {
		if c.PostID == postID && (!c.Gone || c.GoneBy == digest.ByMarker) {
			n++
		}
	}
	return n
}

// SaveListing remembers how the reading of a listing went.
func (m *memory) SaveListing(_ context.Context, l digest.Listing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listings[l.PostID] = l
	return nil
}

// LiveComments gives comments that are not gone.
func (m *memory) LiveComments(_ context.Context, sourceID, afterID int64, before time.Time) ([]digest.Comment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []digest.Comment
	for _, c := range m.comments { // by id
		if c.SourceID == sourceID && c.ID > afterID && !c.Gone && c.FirstSeen.Before(before) && len(out) < MaxLive {
			out = append(out, digest.Comment{ID: c.ID, GUID: c.GUID})
		}
	}
	return out, nil
}

// MarkAbsent marks comments of a post gone by absence.
func (m *memory) MarkAbsent(_ context.Context, sourceID, postID int64, present []int64, before time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for i := range m.comments {
		c := &m.comments[i]
		if c.SourceID == sourceID && c.PostID == postID && !c.Gone && c.FirstSeen.Before(before) && !slices.Contains(present, c.ID) {
			c.Gone, c.GoneBy = true, digest.ByAbsence
			n++
		}
	}
	return n, nil
}

// MarkGone marks comments gone.
func (m *memory) MarkGone(_ context.Context, commentIDs []int64, by digest.GoneBy, reason string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for i := range m.comments {
		if c := &m.comments[i]; slices.Contains(commentIDs, c.ID) && !c.Gone {
			c.Gone, c.GoneBy, c.GoneReason = true, by, reason
			n++
		}
	}
	return n, nil
}

// CandidatesByID gives comments by their ids.
func (m *memory) CandidatesByID(_ context.Context, ids []int64) ([]digest.Candidate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []digest.Candidate
	for _, c := range m.comments {
		if slices.Contains(ids, c.ID) {
			out = append(out, digest.Candidate{Comment: c})
		}
	}
	return out, nil
}
