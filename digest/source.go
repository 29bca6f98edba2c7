package digest

import "time"

// Platform names the software a blog runs on, as far as Postbag knows it.
type Platform string

// The platforms whose feeds Postbag reads.
const (
	Blogger   Platform = "blogger"
	WordPress Platform = "wordpress"
)

// Source is a blog that Postbag follows.
type Source struct {
	ID       int64
	Name     string // the blog's own title
	URL      string // its home page
	Platform Platform
	Language string // BCP 47, as the feed says; may be empty
	AddedAt  time.Time
}

// FeedKind tells what a feed lists.
type FeedKind string

// The kinds of feed a source is followed through.
const (
	PostsFeed    FeedKind = "posts"
	CommentsFeed FeedKind = "comments"
)

// FeedState is what is remembered of one feed address between polls: the
// validators of the last good answer and when to ask again.
type FeedState struct {
	ID       int64
	SourceID int64
	Kind     FeedKind
	URL      string

	// Validators are sent back byte for byte (RFC 9110, 13.1).
	ETag         string
	LastModified string

	NextPoll    time.Time // not asked by the schedule before this moment
	LastTry     time.Time // the last request, zero if none
	LastSuccess time.Time // the last good answer, 304 included
	Failures    int       // polls by the schedule that failed in a row
	LastError   string    // why the last poll failed, by hand or not, in words; "" if it did not
	// CatchUp is when an unfinished pull began: pages after the first are still
	// missing, so the next pull goes on past entries stored since then. Zero
	// when nothing is missing. No two pulls under way store the same moment, so
	// it also tells whose it is.
	CatchUp time.Time
}

// Post is an entry of a source's posts feed.
type Post struct {
	ID        int64
	SourceID  int64
	GUID      string
	URL       string
	Title     string // may be empty: Blogger allows it
	Author    string
	Published time.Time
	Updated   time.Time
	FirstSeen time.Time
	// Announced is how many comments the feed says the post has, removed
	// placeholders included; -1 when it does not say.
	Announced int
	Hash      string // of the raw title and body, to find edits
	Body      Prose
}

// Comment is one reader's words under a post.
type Comment struct {
	ID       int64
	SourceID int64
	GUID     string
	URL      string // the permalink; may be empty

	PostID  int64  // 0 while the post is unknown
	PostRef string // the post's guid or address, as the feed names it
	// ParentID is the comment replied to, 0 at top level or while unknown.
	ParentID  int64
	ParentRef string // the parent's guid, as the feed names it; "" at top level

	Author    string
	AuthorURI string // the only thing that identifies a person; often empty
	Published time.Time
	Updated   time.Time
	FirstSeen time.Time
	ChangedAt time.Time // when Postbag last saw the words change

	// Gone marks a comment that its writer or the blog removed. The words last
	// seen are kept, and are no longer offered.
	Gone       bool
	GoneReason string
	// Backfill marks a comment brought by --history from before the window: it
	// can be found and picked, but is no candidate of the week.
	Backfill bool

	Hash  string // of the raw body, to find edits that leave no other trace
	Words int
	Body  Prose
}
