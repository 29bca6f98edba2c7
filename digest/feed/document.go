package feed

import (
	"time"

	"postbag/digest"
)

// Document is one page of a feed.
type Document struct {
	Platform digest.Platform
	Kind     digest.FeedKind
	Title    string // the blog's name, plain text
	HomeURL  string // the blog's home page; of a single post's comments, the post
	SelfURL  string // where the feed says it lives; may be empty
	NextURL  string // the page with older entries, "" on the last one
	Language string // BCP 47, "" when the feed does not say
	// BlogID is Blogger's number of the blog, "" elsewhere.
	BlogID string
	// OnePost marks a comments feed that lists one post's comments only.
	OnePost bool
	// TotalResults is how many entries the whole feed has, -1 when it does not
	// say.
	TotalResults int
	// TTL is how long the feed asks to be left alone between polls, 0 when it
	// does not.
	TTL time.Duration

	Posts    []PostEntry
	Comments []CommentEntry
	Skipped  []Skip

	seen map[string]bool // ids on the page so far
}

// Entries is how many entries the page holds, skipped ones left out.
func (d *Document) Entries() int { return len(d.Posts) + len(d.Comments) }

// Skip is an entry that was left out, and why.
type Skip struct {
	ID     string // as far as it has one
	Reason string
}

// PostEntry is a post as its feed gives it.
type PostEntry struct {
	ID        string
	URL       string
	Title     string // plain text; may be empty
	Author    string
	Published time.Time // zero when missing or unreadable
	Updated   time.Time // zero when missing or unreadable
	Announced int       // comments the feed says there are, -1 when it does not
	Body      Body
	Hash      string // of the raw title and body
}

// CommentEntry is a comment as its feed gives it.
type CommentEntry struct {
	ID        string
	URL       string // the permalink; may be empty
	PostRef   string // the post's id, else its address
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
}

// Body is an entry's text as foreign HTML.
type Body struct {
	HTML string
	Base string // what relative addresses in it are resolved against
}

// The limits of a document.
const (
	MaxEntries    = 5000
	MaxEntryBytes = 1 << 20
	MaxTitle      = 500 // characters
	MaxDepth      = 500 // nested elements

	maxName = 200  // characters of an author's name
	maxID   = 2000 // bytes of an id or address
)
