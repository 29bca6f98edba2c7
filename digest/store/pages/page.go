package pages

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/store/audit"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// StorePage stores a page of entries in one transaction; see [pull.Page]. Of a comment's
// earlier texts the newest [blog.MaxVersions] are kept.
func (db *Store) StorePage(ctx context.Context, page pull.Page) (stored pull.Stored, err error) {
	err = db.Update(ctx, "store the page", func(t *database.Tx) error {
		if err := lockForPage(t, page.SourceID); err != nil {
			return err
		}
		s, err := db.newStoring(t, page)
		if err != nil {
			return err
		}
		for _, step := range []func() error{s.posts, s.comments, s.deleted, s.suspect, s.tieWaiting, s.noteForSearch} {
			if err := step(); err != nil {
				return err
			}
		}
		stored = s.stored
		if told := page.Told; told.By != (digest.Actor{}) {
			if err := audit.Grow(t, told.At, told.By, told.Did, told.On, told.Words); err != nil {
				return err
			}
		}
		if page.Feed == nil {
			return nil
		}
		return blog.Store{DB: db.DB}.SaveFeedIn(t, *page.Feed, page.StoredCatchUp)
	})
	if err != nil {
		return pull.Stored{}, err
	}
	return stored, nil
}

// lockForPage makes those who store pages of one source take turns, so that the
// same page stored twice finds itself known; and it keeps the issues' windows
// where they are until the page is in.
func lockForPage(t *database.Tx, sourceID int64) error {
	if err := t.Lock(`SELECT id FROM sources WHERE id = $1 FOR NO KEY UPDATE`, sourceID); err != nil {
		return err
	}
	return t.Lock(`SELECT id FROM series
		WHERE id IN (SELECT series_id FROM series_sources WHERE source_id = $1) ORDER BY id FOR SHARE`, sourceID)
}

// firstOf leaves out entries whose GUID was there before.
func firstOf[T any](entries []T, guid func(T) string) []T {
	seen := make(map[string]bool, len(entries))
	out := make([]T, 0, len(entries))
	for _, e := range entries {
		if g := guid(e); !seen[g] {
			seen[g] = true
			out = append(out, e)
		}
	}
	return out
}

// differentOf leaves out comments that the page has twice. Several may have one GUID, if
// they say something else.
func differentOf(comments []digest.Comment) []digest.Comment {
	having := make(map[string]int, len(comments))
	for i := range comments {
		having[comments[i].GUID]++
	}
	if len(having) == len(comments) {
		return comments
	}
	return firstOf(comments, func(c digest.Comment) string {
		if having[c.GUID] == 1 {
			return c.GUID
		}
		return identity.NamesOf(c.GUID, c).Words
	})
}

// storing is a page being stored.
type storing struct {
	*database.Tx
	dialect database.Dialect
	page    pull.Page
	seen    time.Time // first_seen of what is new
	stored  pull.Stored
	// What others may have waited for: posts by any name, comments by GUID and by
	// key.
	newPosts       map[string]int64
	newComments    map[string]int64
	newCommentKeys map[string]int64
	// Known comments of this page that got references, by id.
	untied []digest.Comment
	late   int // new entries that should have been known
	// What the search has to look at again.
	forSearch map[blog.Kind][]int64
}

func (db *Store) newStoring(t *database.Tx, page pull.Page) (*storing, error) {
	page.Posts = firstOf(page.Posts, func(p digest.Post) string { return p.GUID })
	page.Comments = differentOf(page.Comments)
	s := &storing{Tx: t, dialect: db.Dialect, page: page, seen: page.Seen,
		newPosts: map[string]int64{}, newComments: map[string]int64{}, newCommentKeys: map[string]int64{},
		forSearch: map[blog.Kind][]int64{}}
	var closed time.Time
	if err := blog.IsFollowed(t, page.SourceID); err != nil {
		return nil, err
	}
	if _, err := t.One([]any{&closed}, queryClosedForSource, page.SourceID); err != nil {
		return nil, err
	}
	if seen := time.UnixMicro(page.Seen.UnixMicro()); !closed.IsZero() && !seen.After(closed) {
		s.seen = closed.Add(time.Microsecond)
	}
	return s, nil
}

const queryClosedForSource = `
	SELECT MAX(i.closed_at) FROM issues i
	WHERE i.closed_at IS NOT NULL AND i.` + rules.Counts + `
		AND i.series_id IN (SELECT series_id FROM series_sources WHERE source_id = $1)`

// noteForSearch notes what this page changed for the search index.
func (s *storing) noteForSearch() error {
	for k, ids := range s.forSearch {
		if err := blog.Note(s.Tx, k, ids); err != nil {
			return err
		}
	}
	return nil
}

// changed keeps in mind that an entry is to be indexed.
func (s *storing) changed(k blog.Kind, id int64) { s.forSearch[k] = append(s.forSearch[k], id) }

// count notes that a known entry was met.
func (s *storing) count(firstSeen time.Time) {
	if s.page.Knew(firstSeen) {
		s.stored.Known++
	}
}

// lateIf notes a new entry that is from before what was covered.
func (s *storing) lateIf(published time.Time) {
	if !published.IsZero() && published.Before(s.page.Covered) {
		s.late++
	}
}

// suspectAt is the least number of late entries that make a page suspect.
const suspectAt = 4

// suspect refuses a page most of whose entries should have been known.
func (s *storing) suspect() error {
	entries := len(s.page.Posts) + len(s.page.Comments)
	if s.late < suspectAt || 2*s.late <= entries {
		return nil
	}
	return database.Conflict("Look at the blog: if it has moved or changed its entries' ids, its feed is to be accepted anew.",
		"%d of the page's %d entries are new, and nothing of it was stored: %w", s.late, entries, pull.ErrSuspect)
}
