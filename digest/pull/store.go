package pull

import (
	"context"
	"time"

	"postbag/digest"
)

// Store is what pulling asks of the database.
type Store interface {
	// Sources lists the sources that are followed, by id.
	Sources(ctx context.Context) ([]digest.Source, error)
	// Source gives a source that is followed, or an error of kind NotFound.
	Source(ctx context.Context, id int64) (digest.Source, error)
	// AddSource stores a source and the feeds it is followed through, and fills
	// in their ids. When no series exists it creates the given one, and gives
	// the publication the source's name, language and home page. A source that
	// was removed is taken up again, with what was stored of it. A feed address
	// that is followed already is an error of kind Conflict, and changes nothing.
	AddSource(ctx context.Context, src *digest.Source, feeds []digest.FeedState, first digest.Series) error
	// Feeds gives the feeds of a source, posts before comments.
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	// SaveFeed stores the polling state of a feed. Held is the CatchUp that the
	// caller last read or stored. When another is stored by now, a pull in
	// another process has begun or ended a catching up of its own: then CatchUp
	// stays as it is, and so do the validators and LastSuccess, lest the next
	// poll be told that nothing changed while pages are still missing.
	SaveFeed(ctx context.Context, feed digest.FeedState, held time.Time) error
	// StorePage stores a page of entries in one transaction; see [Page]. The
	// error is of kind NotFound when the source is not followed any more.
	StorePage(ctx context.Context, page Page) (Stored, error)
	// RecentPosts gives a source's newest posts by publication.
	RecentPosts(ctx context.Context, sourceID int64, limit int) ([]digest.Post, error)
}

// Page is a page of a feed, ready to be stored. Storing upserts by (source,
// guid): a new entry gets FirstSeen = Seen; a known entry whose Hash differs
// takes the new title, words and Updated, and ChangedAt = Seen; one that is
// equal is not written at all. Gone is taken over both ways and keeps the words
// last seen. Published and FirstSeen of a known entry never change. Post and
// parent links are resolved for the page's comments and for stored comments
// that waited for the page's posts and comments: PostRef names a post's GUID
// or its URL, ParentRef a comment's GUID.
type Page struct {
	SourceID int64
	Posts    []digest.Post
	Comments []digest.Comment
	Seen     time.Time
	// KnownBefore decides what counts in Stored.Known: entries first seen
	// before it. It is when the present catching up began.
	KnownBefore time.Time
	// Feed, when not nil, is saved in the same transaction, as SaveFeed would
	// with Held.
	Feed *digest.FeedState
	Held time.Time
}

// Stored counts what storing a page did.
type Stored struct {
	NewPosts, ChangedPosts       int
	NewComments, ChangedComments int
	GoneComments                 int // newly marked gone
	Known                        int // entries first seen before KnownBefore
}

// Add sums two counts.
func (s Stored) Add(o Stored) Stored {
	s.NewPosts += o.NewPosts
	s.ChangedPosts += o.ChangedPosts
	s.NewComments += o.NewComments
	s.ChangedComments += o.ChangedComments
	s.GoneComments += o.GoneComments
	s.Known += o.Known
	return s
}
