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
	// was removed is taken up again, with what was stored of it. A source may have
	// one feed only, or none. With an ID the feeds are attached to that source,
	// which is followed already and else stays as it is; one that has a feed of
	// the kind is an error of kind Conflict, one that is not followed of kind
	// NotFound. A feed address that is followed already is an error of kind
	// Conflict. The source feeds the series with the given slugs, without any the
	// oldest one, and one that is followed already those that it fed, too; an unknown
	// slug is an error of kind NotFound. An error changes nothing.
	AddSource(ctx context.Context, by digest.Actor, src *digest.Source, feeds []digest.FeedState, first digest.Series, series ...string) error
	// SaveSource stores the name, home page, platform, language and pattern of the
	// comments feeds of a source that is followed, else the error is of kind
	// NotFound.
	// The audit list names what changed of it, and what else was changed with it.
	SaveSource(ctx context.Context, by digest.Actor, src digest.Source, also ...string) error
	// RemoveSource ends that a source is followed, else the error is of kind NotFound.
	// What is stored of it stays.
	RemoveSource(ctx context.Context, by digest.Actor, id int64) error
	// SourceOfPosts gives the followed source that holds most of the posts with
	// these GUIDs, and how many of them it holds; 0 when none holds any. Of many
	// GUIDs the first [MaxAsked] are looked at.
	SourceOfPosts(ctx context.Context, guids []string) (sourceID int64, matched int, err error)
	// Feeds gives the feeds of a source, posts before comments.
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	// SaveFeed stores the polling state of a feed. Stored is the CatchUp that the
	// caller last read or stored. When another is stored by now, a pull in
	// another process has begun or ended a catching up of its own: then CatchUp,
	// the validators, LastSuccess, Older and URL stay as they are, or the next poll
	// would be told that nothing changed while pages are missing. A feed that is
	// Stopped is left alone by the schedule. The error is of kind NotFound for an
	// unknown feed, and of kind Conflict when another feed has the address.
	SaveFeed(ctx context.Context, feed digest.FeedState, stored time.Time) error
	// LeaveHost stores that a host, see [identity.Server], asks to be left alone until a
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
