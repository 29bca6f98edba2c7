package pull

import (
	"errors"
	"time"

	"postbag/digest"
)

// ErrSuspect tells of a page that was not stored because most of its entries are
// new though they should have been known: a blog that gave all its entries new
// names would be stored a second time.
var ErrSuspect = errors.New("most of them are from before the last pull and should have been known")

// Page is a page of a feed or of an export, ready to be stored.
//
// An entry is known by its GUID; else by its Key; else, a post, by its URLKey. An entry
// that is found by a key keeps its row and its FirstSeen, and takes the new GUID, unless
// that was derived or is only its address; see [identity.TakesID]. A GUID or a key that
// is used again for something else is another entry, stored with "@" and the Unix time
// of its publication behind the GUID; see [identity.OtherComment] and
// [identity.OtherPost]. Comments of one page that have the same GUID are different ones,
// unless they say the same; those that find it taken are stored under names made of
// their writer, moment and words; see [identity.Names]. Of posts with the same GUID on one
// page the first counts, and so it does of entries with the same Key, unless they have
// nothing else in common.
//
// A new entry gets FirstSeen = Seen, or a moment just after the newest issue's window
// closed if that is later: a page that was fetched before an approval and stored after
// it belongs to the next window. A known entry whose Hash differs takes the new title,
// words and Updated, and ChangedAt = Seen; the earlier words of a comment are kept as a
// [digest.CommentVersion]. When title, words and links are the same all the same, or the
// page has them in a poorer form ([identity.Poorer]), the entry only takes the Hash and
// does not count as changed; nor does a post that only
// announces another number of comments, nor an entry that gets an address, name, key or
// reference that it lacked. An equal entry is not written. Gone is taken over both ways
// and keeps the words last seen; a comment that is back counts as changed. GoneBy is a
// marker when it is empty. FirstSeen of a known entry never changes,
// and Published only from none: where it was Undated.
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
	// so. What is missing is filled in, words too, and also where those stored are only a
	// poorer form of the export's; and gone marks are taken.
	KeepWords bool
	// Covered, when not zero, is a moment before which all entries should be
	// known. When at least 4 and more than half of the page's entries are new all
	// the same and published before it, nothing is stored, Feed neither, and the
	// error, of kind Conflict, wraps [ErrSuspect].
	Covered time.Time
	// Feed, when not nil, is saved in the same transaction, as SaveFeed would
	// with StoredCatchUp.
	Feed          *digest.FeedState
	StoredCatchUp time.Time
	// Told is what the audit list says of it: of a person's import, once, and of a page that a
	// person accepted although too much of it is new. It says nothing where no one is named.
	Told digest.Audited
}

// Published gives the times of publication of the page's entries.
func (p Page) Published() (times []time.Time) {
	for _, post := range p.Posts {
		times = append(times, post.Published)
	}
	for _, c := range p.Comments {
		times = append(times, c.Published)
	}
	return times
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

// Nothing tells whether storing changed nothing.
func (s Stored) Nothing() bool {
	return s.NewPosts+s.ChangedPosts+s.NewComments+s.ChangedComments+s.GoneComments == 0
}
