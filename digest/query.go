package digest

import "time"

// CommentState is how a comment stands towards the issue being made.
type CommentState string

// The states of a comment that commands and pages show.
const (
	CommentNew    CommentState = "new"
	CommentPicked CommentState = "picked" // a pick of an issue that is not cancelled
	CommentGone   CommentState = "gone"
)

// PostFilter selects posts for a listing, newest first. Zero fields select all.
type PostFilter struct {
	SourceID     int64
	Since, Until time.Time // by publication
	Limit        int
}

// CommentFilter selects comments for a listing, newest first. Zero fields
// select all.
type CommentFilter struct {
	SourceID     int64
	PostID       int64
	Since, Until time.Time // by publication
	State        CommentState
	Text         string // the words must contain it, in any letter case
	Limit        int
}

// ListedComment is a comment with what a listing shows beside it.
type ListedComment struct {
	Comment
	State     CommentState
	PostTitle string
	PostURL   string
	PostGUID  string
	// PickedIn is the number of the issue that picked it, else 0.
	PickedIn int
}

// Candidate is a comment that an issue may pick, with its place in its thread.
type Candidate struct {
	Comment
	PostTitle     string
	PostURL       string
	PostPublished time.Time
	Replies       int // how many comments reply to it
}
