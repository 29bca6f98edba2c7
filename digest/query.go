package digest

import "time"

// CommentState is how a comment stands towards the issue being made.
type CommentState string

// The states of a comment that commands and pages show.
const (
	CommentNew    CommentState = "new"
	CommentPicked CommentState = "picked" // a pick of an issue that is not cancelled
	// CommentMaybe and CommentSkipped are decisions of a series' editors on what no
	// issue picks.
	CommentMaybe   CommentState = "maybe"
	CommentSkipped CommentState = "skipped"
	CommentGone    CommentState = "gone"
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
	Text         string // a query of the search that must match
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

// SearchFilter limits a search. Zero fields limit nothing, but that what is gone
// is found only when its state is asked for.
type SearchFilter struct {
	SourceID     int64
	Since, Until time.Time    // by publication
	State        CommentState // of comments
	Limit        int
}

// Snippet is a piece of a text, in parts that follow each other.
type Snippet []SnippetPart

// SnippetPart is a part of a text that matches a query, or one that does not.
type SnippetPart struct {
	Text  string `json:"text"`
	Match bool   `json:"match"`
}

// FoundComment is a comment that a search found.
type FoundComment struct {
	ListedComment
	Rank    float64 // how well it matches; more is better
	Snippet Snippet
}

// FoundPost is a post that a search found.
type FoundPost struct {
	Post
	Rank    float64 // how well it matches; more is better
	Snippet Snippet
}

// Found is what a search found, best first, with what a person has to know of
// how complete it is.
type Found[T any] struct {
	All []T
	// Ranked is how many matches were ranked, the newest ones; HasMore tells that
	// there are others.
	Ranked  int
	HasMore bool
	// Waiting counts entries that are not indexed yet, as far as [MostWaiting].
	Waiting int
	// Notes tell what of the query means nothing here, in whole sentences.
	Notes []string
}

// MostWaiting is as far as the entries that wait for the index are counted.
const MostWaiting = 100_000
