package feed

import (
	"time"

	"postbag/digest"
	"postbag/digest/feed/scan"
)

// Document is one page of a feed.
type Document struct {
	Platform digest.Platform
	Kind     digest.FeedKind
	Title    string // the blog's name, plain text
	HomeURL  string // the blog's home page; of a single post's comments, the post
	SelfURL  string // where the feed says it lives; may be empty
	// NextURL is the page with older entries: by link rel next or prev-archive (RFC
	// 5005, 3 and 4), by JSON Feed's next_url, or, for Discourse's posts and
	// WordPress's interface, by the parameter that asks for them. "" on the last
	// one, as far as that can be known: WordPress answers 400 past its last page of
	// posts.
	NextURL string
	// NextMade tells that no link names that page: what the platform's parameters ask for
	// may not be there.
	NextMade bool
	Language string // BCP 47, "" when the feed does not say
	// BlogID is Blogger's number of the blog, "" elsewhere.
	BlogID string
	// OnePost marks a comments feed that lists one post's comments only.
	OnePost bool
	// PostRef is the id of that post, where the feed itself names it; "" elsewhere.
	PostRef string
	// TotalResults is how many entries the whole feed has, -1 when it does not
	// say.
	TotalResults int
	// TTL is how long the feed asks to be left alone between polls, 0 when it
	// does not.
	TTL time.Duration
	// SkipHours are the hours of the day, in GMT, at which the feed asks not to be
	// polled (RSS 2.0, skipHours).
	SkipHours []int
	// Complete tells that the document holds every entry there is (RFC 5005, 2).
	Complete bool
	// CutShort tells that the document ended in the middle: what came before is
	// here, and nothing follows from what is not.
	CutShort bool

	Posts    []PostEntry
	Comments []CommentEntry
	Deleted  []Tombstone
	Skipped  []Skip
}

// Entries is how many entries the page holds, skipped ones left out.
func (d *Document) Entries() int { return len(d.Posts) + len(d.Comments) }

// Skip is an entry that was left out, and why.
type Skip struct {
	ID     string // as far as it has one
	Reason digest.LeftOut
}

// Tombstone says that an entry was deleted (RFC 6721, 3).
type Tombstone struct {
	ID   string
	When time.Time // zero when missing or unreadable
}

// PostEntry is a post as its feed gives it.
type PostEntry struct {
	ID        string // see the package's words on identity
	URL       string
	Title     string    // plain text; may be empty
	Author    string    // as the feed writes it, without mail addresses: "@user Real Name", "Bob (the builder)"
	Published time.Time // zero when missing or unreadable
	Updated   time.Time // zero when missing or unreadable
	Announced int       // comments the feed says there are, -1 when it does not
	Body      Body
	Hash      string // of the raw title and body

	// Key is the platform's own number of the post, in a form that all its feeds,
	// exports and interfaces lead to ("post-12"); "" where the platform has none.
	Key string
	// Ref is one more name by which comments call the post ("title:…"), or "".
	Ref string
	// CommentsURL is the feed of the post's own comments, or "".
	CommentsURL string
}

// CommentEntry is a comment as its feed gives it.
type CommentEntry struct {
	ID        string
	Shared    bool   // other entries of the page have the same id: it names none of them
	URL       string // the permalink; may be empty
	PostRef   string // the post's id, else its address, else its Ref; "" when unknown
	ParentRef string // the parent comment's id, "" at top level or when the feed does not say
	Author    string
	AuthorURI string
	Published time.Time // zero when missing or unreadable
	Updated   time.Time // zero when missing or unreadable
	// Gone marks a removed comment; GoneReason is what stands in its place.
	Gone       bool
	GoneReason string
	Body       Body
	Hash       string // of the raw body: titles of comments are generated

	// Key, PostKey and ParentKey are the platform's own numbers of the comment, its
	// post and its parent, as a post's Key; "" where the platform has none, or at
	// top level.
	Key       string
	PostKey   string
	ParentKey string
}

// Body is an entry's text as foreign HTML.
type Body struct {
	HTML string
	Base string // what relative addresses in it are resolved against
	// Summary tells that the entry has nothing but a summary, which may be an excerpt
	// (RFC 4287, 4.2.13).
	Summary bool
}

// The limits of a document.
const (
	MaxEntries    = scan.MaxEntries
	MaxEntryBytes = scan.MaxEntryBytes
	MaxDepth      = scan.MaxDepth
)
