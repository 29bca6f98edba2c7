package reading

import (
	"cmp"
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/desk"
)

// Store is what reading asks of the database.
type Store interface {
	// ReadingPosts counts what an issue offers by post, the newest first and the
	// comments without a known post last. With Older these are the posts of a page,
	// with all that stands under them.
	ReadingPosts(ctx context.Context, q Query) ([]Post, error)
	// ReadingNodes gives what is offered under one post, 0 for no known one, in no
	// order. The filters leave nothing out; [Node.Fits] tells.
	ReadingNodes(ctx context.Context, q Query, postID int64) ([]Node, error)
	// News tells what came to an issue since somebody looked: comments of its window,
	// and changes of others, the last five.
	News(ctx context.Context, seen Seen) (News, error)
	// Newest gives the ids of the newest comment and post, and of an issue's newest
	// change.
	Newest(ctx context.Context, issueID int64) (comment, post, revision int64, err error)
	// Place gives where somebody reads a series, as SavePlace got it; "" for nowhere.
	Place(ctx context.Context, editor string, seriesID int64) (string, error)
	SavePlace(ctx context.Context, editor string, seriesID int64, query string) error
	// KeysOff tells whether somebody has switched single keys off.
	KeysOff(ctx context.Context, editor string) (bool, error)
	SetKeys(ctx context.Context, editor string, on bool) error
	// SaveShown keeps that the editors of a draft had comments before their eyes.
	SaveShown(ctx context.Context, issueID int64, comments []int64) error

	// CandidatesByID gives comments by id, gone ones included; unknown ids are left out.
	CandidatesByID(ctx context.Context, ids []int64) ([]digest.Candidate, error)
}

// Filter says which of the offered comments somebody wants to read.
type Filter struct {
	Named   bool // by writers who gave a name
	Words   int  // at least so many
	Replies int  // at least so many
	// Older takes all that stands under a post, however old.
	Older bool
}

// Query is what is asked of a store: an issue's offer, and a filter. With Older, Posts
// and From are a page of the series' posts.
type Query struct {
	desk.CandidateQuery
	Filter
	Posts, From int
}

// Post is a post with what is offered under it.
type Post struct {
	ID        int64 // 0 for comments whose post is not known
	Title     string
	URL       string
	Published time.Time // what it is sorted by
	Dated     time.Time // zero where its date is not known
	// All counts what fits the filters, Left those of them that nobody decided of.
	All, Left int
	// Offered and Open count the same without the filters.
	Offered, Open int
	// Newest is the newest comment's id, Changed when one was last seen to change.
	Newest  int64
	Changed time.Time
}

// ComparePosts orders posts as they are read.
func ComparePosts(a, b Post) int {
	return cmp.Or(-a.Published.Compare(b.Published), -cmp.Compare(a.ID, b.ID))
}

// Node is an offered comment without its words.
type Node struct {
	compile.Node
	Words   int
	Picked  bool // by this issue
	Fits    bool // the filters
	Decided digest.Decided
}

// IsOpen tells that nobody has decided of it for an issue.
func (n Node) IsOpen(issueID int64) bool {
	return !n.Picked && n.Decided.For(issueID) == digest.Undecided
}

// Seen is what somebody looks at: the newest comment and the newest change that they
// know of.
type Seen struct {
	IssueID           int64
	Comment, Revision int64
	By                digest.Actor
}

// News is what came since.
type News struct {
	Comments int
	Done     []digest.Revision // by others, the earliest first
}
