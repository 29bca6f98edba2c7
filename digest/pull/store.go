package pull

import (
	"context"
	"errors"
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
	// was removed is taken up again, with what was stored of it. A source may have
	// one feed only, or none. With an ID the feeds are attached to that source,
	// which is followed already and else stays as it is; one that has a feed of
	// the kind is an error of kind Conflict, one that is not followed of kind
	// NotFound. A feed address that is followed already is an error of kind
	// Conflict. An error changes nothing.
	AddSource(ctx context.Context, src *digest.Source, feeds []digest.FeedState, first digest.Series) error
	// SaveSource stores the name, home page, platform, language and pattern of the
	// comments feeds of a source that is followed, else the error is of kind
	// NotFound.
	SaveSource(ctx context.Context, src digest.Source) error
	// SourceOfPosts gives the followed source that holds most of the posts with
	// these GUIDs, and how many of them it holds; 0 when none holds any. Of many
	// GUIDs the first [MaxAsked] are looked at.
	SourceOfPosts(ctx context.Context, guids []string) (sourceID int64, matched int, err error)
	// Feeds gives the feeds of a source, posts before comments.
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	// SaveFeed stores the polling state of a feed. Held is the CatchUp that the
	// caller last read or stored. When another is stored by now, a pull in
	// another process has begun or ended a catching up of its own: then CatchUp
	// stays as it is, and so do the validators and LastSuccess, lest the next
	// poll be told that nothing changed while pages are still missing; and so do
	// Older and URL. A feed that is Stopped is left alone by the schedule.
	SaveFeed(ctx context.Context, feed digest.FeedState, held time.Time) error
	// LeaveHost stores that a host, as [HostOf] gives it, asks to be left alone until a
	// moment: RetryAt of all feeds there becomes that, unless it is later.
	LeaveHost(ctx context.Context, host string, until time.Time) error
	// StorePage stores a page of entries in one transaction; see [Page]. The
	// error is of kind NotFound when the source is not followed any more.
	StorePage(ctx context.Context, page Page) (Stored, error)
	// RecentPosts gives a source's newest posts by publication.
	RecentPosts(ctx context.Context, sourceID int64, limit int) ([]digest.Post, error)
	// Listings gives what is remembered of the own comments feeds of a source's
	// posts, those never read included.
	Listings(ctx context.Context, sourceID int64, f ListingFilter) ([]digest.Listing, error)
	// SaveListing stores Listed, ListedAt, NextTry, Failures and the validators of
	// a post's own comments feed. The error is of kind NotFound for an unknown
	// post.
	SaveListing(ctx context.Context, l digest.Listing) error
	// CandidatesByID gives comments by id, gone ones included; unknown ids are left
	// out.
	CandidatesByID(ctx context.Context, ids []int64) ([]digest.Candidate, error)
	// LiveComments gives the id and GUID of comments of a source that are not gone and
	// were first seen before a moment, by id, those after an id; at most [MaxLive].
	LiveComments(ctx context.Context, sourceID, afterID int64, before time.Time) ([]digest.Comment, error)
	// MarkAbsent marks the comments of a post as gone, by absence, that a complete
	// listing of them did not hold: those that are not gone, whose ids are not
	// among those present, and that were first seen before a moment, which is when
	// the listing was asked for. Their words are kept. It tells how many there
	// were. The error is of kind NotFound when the source is not followed any more.
	MarkAbsent(ctx context.Context, sourceID, postID int64, present []int64, before time.Time) (int, error)
	// MarkGone marks those of the comments as gone that are not yet, by a sign and
	// with a reason in words, which may be empty; and tells how many there were.
	// Their words are kept. An unknown sign is an error of kind Invalid.
	MarkGone(ctx context.Context, commentIDs []int64, by digest.GoneBy, reason string) (int, error)
}

// MaxAsked bounds what one call of [Store.SourceOfPosts] looks at.
const MaxAsked = 5000

// MaxLive bounds what one call of [Store.LiveComments] gives.
const MaxLive = 1000

// ListingFilter says which listings are wanted. The zero value is a source's
// newest posts.
type ListingFilter struct {
	PostIDs []int64 // of these posts only; nil means all
	// AfterID, when not 0, gives them by the posts' ids, ascending, those after
	// this one; -1 begins with the first.
	AfterID int64
	Limit   int // 0 means the store's own
}

// ErrSuspect tells of a page that was not stored because most of its entries are
// new though they should have been known: a blog that gave all its entries new
// names would be stored a second time.
var ErrSuspect = errors.New("most of them are from before the last pull and should have been known")

// Page is a page of a feed or of an export, ready to be stored.
//
// An entry is known by its GUID; else by its Key; else, a post, by its URLKey.
// What is found by a key keeps its row and its FirstSeen, and takes the new GUID
// unless that is a derived one or the mere address of what has a real one. A GUID
// that is used again for something else is another entry, and is stored with "@"
// and the Unix time of its publication behind it: of a comment when its author,
// its text, its permalink and its time of publication, by more than a minute, are
// others; of a post when its title, its text, its URLKey and its time, by more
// than a day, are. An entry that is dated by when it was seen is not told apart by
// its time.
//
// A new entry gets FirstSeen = Seen. A known one whose Hash differs takes the new
// title, words and Updated, and ChangedAt = Seen; the earlier words of a comment
// are kept as a [digest.CommentVersion]. When title, words and links are the same
// all the same, it only takes the Hash and does not count as changed. What a
// stored entry lacks of addresses, names, keys and references is filled in, which
// is no change either. One that is equal is not written at all. Gone is taken
// over both ways and keeps the words last seen; GoneBy is a marker when it is
// empty. Published and FirstSeen of a known entry never change.
//
// Post and parent links are resolved for the page's comments and for stored
// comments that waited for the page's posts and comments: PostRef and PostKey name
// a post's GUID, Key, URLKey, URL or Ref; ParentRef a comment's GUID, and ParentKey
// its Key.
type Page struct {
	SourceID int64
	Posts    []digest.Post
	Comments []digest.Comment
	// Deleted are the GUIDs of comments that are gone by tombstone. One that is
	// among Comments is not.
	Deleted []string
	Seen    time.Time
	// KnownBefore decides what counts in Stored.Known, see [Page.Knew]: entries first seen
	// before it. It is when the present catching up began.
	KnownBefore time.Time
	// KeepWords is for exports, which may be older than what is stored: known
	// entries keep their title, words and Announced, and one that is gone stays
	// so. What is missing is filled in, words too, and gone marks are taken.
	KeepWords bool
	// Covered, when not zero, is a moment before which all entries should be
	// known. When at least 4 and more than half of the page's entries are new all
	// the same and published before it, nothing is stored, Feed neither, and the
	// error, of kind Conflict, wraps [ErrSuspect].
	Covered time.Time
	// Feed, when not nil, is saved in the same transaction, as SaveFeed would
	// with Held.
	Feed *digest.FeedState
	Held time.Time
}

// Knew tells whether an entry that was first seen at some moment was known before
// what is under way: also one that was first seen more than a day from now, by a
// clock that was ahead.
func (p Page) Knew(firstSeen time.Time) bool {
	return firstSeen.Before(p.KnownBefore) || !p.Seen.IsZero() && firstSeen.Sub(p.Seen) > 24*time.Hour
}

// Stored counts what storing a page did.
type Stored struct {
	NewPosts, ChangedPosts       int
	NewComments, ChangedComments int
	GoneComments                 int // newly marked gone
	Known                        int // entries first seen before KnownBefore
	// The ids of the page's entries, known and new, in no order.
	PostIDs, CommentIDs []int64
}

// Add sums two counts.
func (s Stored) Add(o Stored) Stored {
	s.NewPosts += o.NewPosts
	s.ChangedPosts += o.ChangedPosts
	s.NewComments += o.NewComments
	s.ChangedComments += o.ChangedComments
	s.GoneComments += o.GoneComments
	s.Known += o.Known
	s.PostIDs = append(s.PostIDs[:len(s.PostIDs):len(s.PostIDs)], o.PostIDs...)
	s.CommentIDs = append(s.CommentIDs[:len(s.CommentIDs):len(s.CommentIDs)], o.CommentIDs...)
	return s
}

// nothing tells whether storing changed nothing.
func (s Stored) nothing() bool {
	return s.NewPosts+s.ChangedPosts+s.NewComments+s.ChangedComments+s.GoneComments == 0
}
