package sampleblog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	blogName     = "Not In Service"
	blogSubtitle = "Notes from the night side of an Ostlemouth bus. Opinions expressed are the driver's own and may be late."
	blogZone     = "Europe/London"
	anonymous    = "Anonymous"

	removedByAuthor = "This comment has been removed by the author."
	removedByAdmin  = "This comment has been removed by a blog administrator."
)

// Blog is the sample blog at one moment. It is an [http.Handler], and safe for
// use by several goroutines at once.
type Blog struct {
	now time.Time // in the blog's zone
	id  string
	mux *http.ServeMux

	mu       sync.RWMutex
	posts    []Post     // oldest first
	comments []*Comment // oldest first
	added    int

	heldPosts    []Post // not shown yet
	heldComments []*Comment
}

// Post is a post as [Blog.Posts] shows it.
type Post struct {
	ID                 string // nineteen digits
	Path               string // on the blog's host, such as /2026/01/hatch.html
	Title              string // may be empty
	HTML               string // the body
	Published, Updated time.Time
}

// Comment is a comment as [Blog.Comments] shows it.
type Comment struct {
	ID        string // nineteen digits
	PostID    string // the post it stands under
	ParentID  string // the comment it answers, or empty
	Author    string // nearly always "Anonymous"
	Profile   string // digits of the account, empty for visitors without one
	HTML      string // the body, or the notice of its removal
	Published time.Time
	Removed   bool // a placeholder is all that is left
	NoLink    bool // the feed gives no permalink
}

// Stats counts what a blog holds.
type Stats struct {
	Posts    int
	Comments int // all entries of the comments feed, placeholders included
	Replies  int // those of them that answer another comment
	Removed  int // those of them that are placeholders
}

// Stats counts what the blog holds now.
func (b *Blog) Stats() Stats {
	s := Stats{Posts: len(b.Posts())}
	for _, c := range b.Comments() {
		s.Comments++
		if c.ParentID != "" {
			s.Replies++
		}
		if c.Removed {
			s.Removed++
		}
	}
	return s
}

// Posts lists the posts, oldest first: the index in this list is what
// [Blog.Add] takes.
func (b *Blog) Posts() []Post {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.posts)
}

// HoldBack leaves out the newest posts, so many, with the comments under them, until
// [Blog.Release]: a week that has not come yet. At least one post stays.
func (b *Blog) HoldBack(posts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	keep := max(len(b.posts)-posts, 1)
	b.posts, b.heldPosts = b.posts[:keep:keep], b.posts[keep:]
	held := map[string]bool{}
	for _, p := range b.heldPosts {
		held[p.ID] = true
	}
	var shown []*Comment
	for _, c := range b.comments {
		if held[c.PostID] {
			b.heldComments = append(b.heldComments, c)
		} else {
			shown = append(shown, c)
		}
	}
	b.comments = shown
}

// Release shows what was held back.
func (b *Blog) Release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts, b.heldPosts = append(b.posts, b.heldPosts...), nil
	for _, c := range b.heldComments {
		b.insert(c)
	}
	b.heldComments = nil
}

// Comments lists the comments of all posts, oldest first.
func (b *Blog) Comments() []Comment {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]Comment, len(b.comments))
	for i, c := range b.comments {
		out[i] = *c
	}
	return out
}

// Add puts a comment under the post of that index in [Blog.Posts] and returns
// its id. parentID is a top-level comment of that post or empty, an empty
// author is Anonymous, and html goes into the feed as it is.
func (b *Blog) Add(postIndex int, parentID, author, html string, at time.Time) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if postIndex < 0 || postIndex >= len(b.posts) {
		return "", fmt.Errorf("add comment: no post %d", postIndex)
	}
	post := b.posts[postIndex].ID
	parent := b.comment(parentID)
	if parentID != "" && (parent == nil || parent.PostID != post || parent.ParentID != "") {
		return "", fmt.Errorf("add comment: %s is no top-level comment of the post", parentID)
	}
	if author == "" {
		author = anonymous
	}
	b.added++
	id := makeID("added", strconv.Itoa(b.added), post, parentID, author, html)
	b.insert(&Comment{ID: id, PostID: post, ParentID: parentID, Author: author, HTML: html, Published: at.In(b.now.Location())})
	return id, nil
}

// insert puts c in its place by time.
func (b *Blog) insert(c *Comment) {
	n, _ := slices.BinarySearchFunc(b.comments, c, func(x, y *Comment) int {
		if n := x.Published.Compare(y.Published); n != 0 {
			return n
		}
		return strings.Compare(x.ID, y.ID)
	})
	b.comments = slices.Insert(b.comments, n, c)
}

// Edit changes the words of a comment and nothing else: "updated" stays.
func (b *Blog) Edit(id, html string) error {
	return b.change("edit", id, func(c *Comment) { c.HTML = html })
}

// Remove turns a comment into the placeholder that a blog's administrator
// leaves. No count moves, and "updated" stays.
func (b *Blog) Remove(id string) error {
	return b.change("remove", id, func(c *Comment) { c.Removed, c.HTML = true, removedByAdmin })
}

func (b *Blog) change(what, id string, f func(*Comment)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.comment(id)
	if c == nil {
		return fmt.Errorf("%s comment: no comment %s", what, id)
	}
	f(c)
	return nil
}

// comment finds a comment by its id, nil where there is none.
func (b *Blog) comment(id string) *Comment {
	for _, c := range b.comments {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// makeID hashes what identifies a thing into nineteen digits, like Blogger's.
func makeID(parts ...string) string {
	const low, span = 1_000_000_000_000_000_000, 8_000_000_000_000_000_000
	return strconv.FormatUint(low+hash(parts...)%span, 10)
}

// belowMinute spreads times over the minute they fall in.
func belowMinute(id string) time.Duration {
	return time.Duration(hash("clock", id)%60_000) * time.Millisecond
}

func hash(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.BigEndian.Uint64(sum[:])
}
