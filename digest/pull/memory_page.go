package pull

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/digest"
)

// StorePage stores a page as [Page] says. It looks through everything it holds
// for each entry: a preview holds little.
func (m *memory) StorePage(_ context.Context, page Page) (Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.suspect(page); err != nil {
		return Stored{}, err
	}
	var s Stored
	for _, p := range page.Posts {
		s.PostIDs = append(s.PostIDs, m.storePost(p, page, &s))
	}
	for _, c := range page.Comments {
		s.CommentIDs = append(s.CommentIDs, m.storeComment(c, page, &s))
	}
	for i := range m.comments {
		c := &m.comments[i]
		if c.SourceID == page.SourceID && !c.Gone && slices.Contains(page.Deleted, c.GUID) {
			c.Gone, c.GoneBy = true, digest.ByTombstone
			s.GoneComments++
		}
	}
	m.link()
	if page.Feed != nil {
		m.saveFeed(*page.Feed, page.Held)
	}
	return s, nil
}

// suspect refuses a page of which too much is new for its age.
func (m *memory) suspect(page Page) error {
	if page.Covered.IsZero() {
		return nil
	}
	odd, all := 0, len(page.Posts)+len(page.Comments)
	for _, p := range page.Posts {
		if p.Published.Before(page.Covered) && m.knownPost(p) < 0 {
			odd++
		}
	}
	for _, c := range page.Comments {
		if c.Published.Before(page.Covered) && m.knownComment(&c) < 0 {
			odd++
		}
	}
	if odd < 4 || 2*odd <= all {
		return nil
	}
	return digest.Fail(digest.Conflict, "Look at the blog; to store the page all the same: postbag pull --source ID --accept",
		"%d of the page's %d entries are new, and nothing of it was stored: %w", odd, all, ErrSuspect)
}

// knownPost finds a post by its id, else by a name that outlives it; -1 when it
// is not known.
func (m *memory) knownPost(p digest.Post) int {
	same := func(by func(digest.Post) string) int {
		return slices.IndexFunc(m.posts, func(o digest.Post) bool {
			return o.SourceID == p.SourceID && by(o) != "" && by(o) == by(p)
		})
	}
	if at := same(func(p digest.Post) string { return p.GUID }); at >= 0 {
		return at
	}
	if at := same(func(p digest.Post) string { return p.Key }); at >= 0 {
		return at
	}
	return same(func(p digest.Post) string { return p.URLKey })
}

// knownComment does the same for a comment. A comment whose id was another's
// takes an id of its own.
func (m *memory) knownComment(c *digest.Comment) int {
	for range 2 {
		at := slices.IndexFunc(m.comments, func(o digest.Comment) bool { return o.SourceID == c.SourceID && o.GUID == c.GUID })
		if at < 0 {
			break
		}
		if o := m.comments[at]; !reused(o, *c) {
			return at
		}
		c.GUID = fmt.Sprintf("%s@%d", c.GUID, c.Published.Unix())
	}
	return slices.IndexFunc(m.comments, func(o digest.Comment) bool {
		return o.SourceID == c.SourceID && c.Key != "" && o.Key == c.Key
	})
}

// reused tells whether two comments of one id are two all the same.
func reused(a, b digest.Comment) bool {
	return a.Published.Sub(b.Published).Abs() > time.Minute && a.Hash != b.Hash && a.URL != b.URL && a.Key != b.Key
}

// takesID tells whether a known entry takes another id: one that a feed gives,
// not one that was made for want of it.
func takesID(id, url string) bool { return id != url && !strings.HasPrefix(id, derived) }

func (m *memory) storePost(p digest.Post, page Page, s *Stored) int64 {
	at := m.knownPost(p)
	if at < 0 {
		p.ID, p.FirstSeen = int64(len(m.posts)+1), page.Seen
		m.posts = append(m.posts, p)
		s.NewPosts++
		return p.ID
	}
	old := &m.posts[at]
	if page.Knew(old.FirstSeen) {
		s.Known++
	}
	if old.GUID != p.GUID && takesID(p.GUID, p.URL) {
		old.GUID = p.GUID
	}
	old.URL, old.Key, old.URLKey = or(old.URL, p.URL), or(old.Key, p.Key), or(old.URLKey, p.URLKey)
	old.Ref, old.CommentsURL = or(old.Ref, p.Ref), or(p.CommentsURL, old.CommentsURL)
	if p.Announced >= 0 {
		old.Announced = p.Announced
	}
	if old.Hash != p.Hash && !page.KeepWords {
		old.Title, old.Body, old.Updated, old.Hash, old.URL = p.Title, p.Body, p.Updated, p.Hash, or(p.URL, old.URL)
		s.ChangedPosts++
	}
	return old.ID
}

func (m *memory) storeComment(c digest.Comment, page Page, s *Stored) int64 {
	at := m.knownComment(&c)
	if at < 0 {
		c.ID, c.FirstSeen = int64(len(m.comments)+1), page.Seen
		m.comments = append(m.comments, c)
		s.NewComments++
		if c.Gone {
			s.GoneComments++
		}
		return c.ID
	}
	old := &m.comments[at]
	if page.Knew(old.FirstSeen) {
		s.Known++
	}
	if old.GUID != c.GUID && takesID(c.GUID, c.URL) {
		old.GUID = c.GUID
	}
	old.URL, old.Key = or(old.URL, c.URL), or(old.Key, c.Key)
	old.PostRef, old.PostKey = or(old.PostRef, c.PostRef), or(old.PostKey, c.PostKey)
	old.ParentRef, old.ParentKey = or(old.ParentRef, c.ParentRef), or(old.ParentKey, c.ParentKey)
	back := old.Gone && !c.Gone
	if c.Gone && !old.Gone {
		s.GoneComments++
	}
	old.Gone, old.GoneReason, old.GoneBy = c.Gone, c.GoneReason, c.GoneBy
	edited := !c.Gone && old.Hash != c.Hash && !page.KeepWords
	reworded := edited && old.Body.Text() != c.Body.Text()
	if edited {
		old.Body, old.Words, old.Updated, old.Hash = c.Body, c.Words, c.Updated, c.Hash
	}
	if reworded {
		old.ChangedAt = page.Seen
	}
	if reworded || back {
		s.ChangedComments++
	}
	return old.ID
}

// link resolves what comments say of their posts and parents.
func (m *memory) link() {
	posts, comments := map[named]int64{}, map[named]int64{}
	for _, p := range m.posts {
		for _, name := range []string{p.Ref, p.URL, p.URLKey, p.Key, p.GUID} {
			posts[named{p.SourceID, name}] = p.ID
		}
	}
	for _, c := range m.comments {
		for _, name := range []string{c.Key, c.GUID} {
			comments[named{c.SourceID, name}] = c.ID
		}
	}
	for i := range m.comments {
		c := &m.comments[i]
		c.PostID = first(c.PostID, posts, c.SourceID, c.PostRef, c.PostKey)
		if parent := first(c.ParentID, comments, c.SourceID, c.ParentRef, c.ParentKey); parent != c.ID {
			c.ParentID = parent
		}
	}
}

// named is a name that an entry has in its source.
type named struct {
	source int64
	name   string
}

// first gives an id that is set, else that of the first name that leads to one.
func first(id int64, ids map[named]int64, source int64, names ...string) int64 {
	for _, name := range names {
		if id == 0 && name != "" {
			id = ids[named{source, name}]
		}
	}
	return id
}

// SourceOfPosts gives the source that holds most of some posts.
func (m *memory) SourceOfPosts(_ context.Context, guids []string) (sourceID int64, matched int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	held := map[int64]int{}
	for _, p := range m.posts {
		if slices.Contains(guids, p.GUID) {
			held[p.SourceID]++
		}
	}
	for id, n := range held {
		if n > matched || n == matched && id < sourceID {
			sourceID, matched = id, n
		}
	}
	return sourceID, matched, nil
}
