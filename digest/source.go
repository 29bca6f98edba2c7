package digest

import "time"

// Platform names the software a blog runs on, as far as Postbag knows it.
type Platform string

// The platforms whose feeds Postbag knows. A feed of none of them is Generic.
const (
	Blogger       Platform = "blogger"
	WordPress     Platform = "wordpress"
	Ghost         Platform = "ghost"
	Substack      Platform = "substack"
	Disqus        Platform = "disqus"
	Discourse     Platform = "discourse"
	Reddit        Platform = "reddit"
	HackerNews    Platform = "hackernews"
	Lobsters      Platform = "lobsters"
	Mastodon      Platform = "mastodon"
	Drupal        Platform = "drupal"
	MovableType   Platform = "movabletype" // TypePad, too
	GitHub        Platform = "github"      // Discussions, and giscus with them
	Isso          Platform = "isso"
	Remark42      Platform = "remark42"
	PhpBB         Platform = "phpbb"
	NodeBB        Platform = "nodebb"
	PeerTube      Platform = "peertube"
	StackExchange Platform = "stackexchange"
	ForumMagnum   Platform = "forummagnum" // LessWrong, the EA Forum
	Lemmy         Platform = "lemmy"
	Typecho       Platform = "typecho"
	Comentario    Platform = "comentario" // Commento, too
	Generic       Platform = "generic"    // Atom, RSS, RDF or JSON Feed of no known maker
)

// Source is a blog that Postbag follows.
type Source struct {
	ID       int64
	Name     string // the blog's own title
	URL      string // its home page
	Platform Platform
	Language string // BCP 47, as the feed says; may be empty
	AddedAt  time.Time
	// CommentsPattern is the address of a post's own comments feed on a blog whose
	// posts do not name it, with {url}, {path} or {id} where the post's goes; ""
	// for none.
	CommentsPattern string
	// PlatformSet tells that somebody said what the platform is: its feeds are read as
	// that one's, whatever they say themselves.
	PlatformSet bool
}

// FeedKind tells what a feed lists.
type FeedKind string

// The kinds of feed a source is followed through.
const (
	PostsFeed    FeedKind = "posts"
	CommentsFeed FeedKind = "comments"
)

// Validators are what a server gave with an answer, by which it tells later whether that
// has changed. They are sent back byte for byte (RFC 9110, 13.1), and to no other address
// than the one that gave them: a feed's own may lead on to another one at another time.
type Validators struct {
	ETag         string
	LastModified string
	// ValidatorsURL is where the answer came from, after redirects.
	ValidatorsURL string
}

// FeedState is what is remembered of one feed address between polls: the
// validators of the last good answer and when to ask again.
type FeedState struct {
	ID       int64
	SourceID int64
	Kind     FeedKind
	URL      string

	Validators

	NextPoll    time.Time // not asked by the schedule before this moment
	LastTry     time.Time // the last request, zero if none
	LastSuccess time.Time // the last good answer, 304 included
	Failures    int       // polls by the schedule that failed in a row
	LastError   string    // why the last poll failed, by hand or not, in words; "" if it did not
	// FailingSince is when the first of the present failures was; zero when the
	// last poll went well.
	FailingSince time.Time
	// RetryAt is until when the feed's host is left alone, because it asked for that or
	// was too busy; zero when it is not.
	RetryAt time.Time
	// AskedWhole is the last request without conditions.
	AskedWhole time.Time

	// MovedTo is where the feed says it has moved for good; it is believed after
	// MovedPolls good answers from there.
	MovedTo    string
	MovedPolls int
	// GoneSince is the first of the 410 answers since the last good one. A feed
	// that is Stopped for them is not asked by the schedule any more.
	GoneSince time.Time
	Stopped   bool
	// Suspect says why the last page was not stored and waits for the editor; ""
	// when it does not.
	Suspect string

	// PageSize is how many entries the first page held, and Daily how many new
	// ones came in a day of late, in thousandths.
	PageSize int
	Daily    int
	// Older is the page at which an unfinished pull of the whole history goes on.
	Older string
	// LeftOut is why how many entries of the first page were not stored; nil for none.
	LeftOut Outs

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
	Published time.Time // where it is Undated, only what it is sorted by
	Undated   bool      // the feed gives no date that can be read
	Updated   time.Time
	FirstSeen time.Time
	// Announced is how many comments the feed says the post has, removed
	// placeholders included; -1 when it does not say.
	Announced int
	Hash      string // of the raw title and body, to find edits
	Body      Prose

	// Key and URLKey are names that outlive a change of the id: the platform's own
	// number, and the permalink without what changes when a blog moves. Ref is one
	// more name by which comments may call their post. Each may be empty.
	Key    string
	URLKey string
	Ref    string
	// CommentsURL is the feed of the post's own comments; may be empty.
	CommentsURL string

	// Summary tells of a post that was just read that its feed gives only a summary of the
	// text; it is not stored.
	Summary bool
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
	AuthorURI string    // the only thing that identifies a person; often empty
	Published time.Time // where it is Undated, only what it is sorted by
	Undated   bool      // neither feed nor export gives a date that can be read
	Updated   time.Time
	FirstSeen time.Time
	ChangedAt time.Time // when Postbag last saw the words change

	// Gone marks a comment that its writer or the blog removed. The words last
	// seen are kept, and are no longer offered.
	Gone       bool
	GoneReason string
	GoneBy     GoneBy // how it was found out; "" while it is not gone
	// Backfill marks a comment brought by --history from before the window: it
	// can be found and picked, but is no candidate of the week.
	Backfill bool

	Hash  string // of the raw body, to find edits that leave no other trace
	Words int
	Body  Prose
	// Summary tells of a comment that was just read that its feed gives only a summary of
	// the text; it is not stored.
	Summary bool

	// Key is a name that outlives a change of the id, like a post's; PostKey and
	// ParentKey are the keys of the post and of the parent. Each may be empty.
	Key       string
	PostKey   string
	ParentKey string
}

// DatedAt is when a post was published, zero where that is not known: what may be shown.
func (p Post) DatedAt() time.Time { return dated(p.Published, p.Undated) }

// DatedAt is when a comment was written, zero where that is not known: what may be shown.
func (c Comment) DatedAt() time.Time { return dated(c.Published, c.Undated) }

func dated(published time.Time, undated bool) time.Time {
	if undated {
		return time.Time{}
	}
	return published
}

// CommentVersion is an earlier text of a comment that was edited.
type CommentVersion struct {
	Replaced time.Time // when Postbag saw the next text
	Author   string
	Words    int
	Body     Prose
	Hash     string // as the comment's was; "" where that was not kept
}

// Listing is what is remembered of a post's own comments feed.
type Listing struct {
	PostID    int64
	SourceID  int64
	GUID, URL string // of the post
	Key       string // of the post
	Title     string // of the post; "" where it has none
	Published time.Time
	// CommentsURL is the feed; "" when the post does not name one.
	CommentsURL string

	Announced int // comments that the posts feed says there are, -1 when it does not say
	Stored    int // comments of the post that are stored, those with a marker included
	// Listed is what Announced was when the feed was last read whole, or agreed with
	// Stored since; -1 as long as it was never read.
	Listed   int
	ListedAt time.Time // zero for never
	NextTry  time.Time // not before; zero for any time
	Failures int

	Validators
}
