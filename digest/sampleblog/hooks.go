package sampleblog

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Post is a post as [Blog.Posts] shows it.
type Post struct {
	ID        string    // nineteen digits
	Path      string    // on the blog's host, such as /2026/01/hatch.html
	Title     string    // may be empty
	HTML      string    // the body
	Published time.Time // in the blog's zone
	Comments  int       // removed ones included
}

// Comment is a comment as [Blog.Comments] shows it.
type Comment struct {
	ID        string    // nineteen digits
	PostID    string    // the post it stands under
	ParentID  string    // the comment it answers, or empty
	Author    string    // nearly always "Anonymous"
	HTML      string    // the body, or the notice of its removal
	Published time.Time // in the blog's zone
	Removed   bool      // a placeholder is all that is left
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
	b.mu.RLock()
	defer b.mu.RUnlock()
	s := Stats{Posts: len(b.posts), Comments: len(b.comments)}
	for _, c := range b.comments {
		if c.parent != "" {
			s.Replies++
		}
		if c.removed != kept {
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
	var out []Post
	for _, p := range b.posts {
		out = append(out, Post{p.id, p.path, p.title, p.html, p.at, len(b.byPost[p])})
	}
	return out
}

// Comments lists the comments of all posts, oldest first.
func (b *Blog) Comments() []Comment {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]Comment, 0, len(b.comments))
	for _, c := range b.comments {
		out = append(out, Comment{c.id, c.post.id, c.parent, c.name, c.html, c.at, c.removed != kept})
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
	p := b.posts[postIndex]
	if parentID != "" {
		parent := b.byID[parentID]
		if parent == nil || parent.post != p || parent.parent != "" {
			return "", fmt.Errorf("add comment: %s is no top-level comment of the post", parentID)
		}
	}
	if author == "" {
		author = anonymous
	}
	b.added++
	c := &comment{
		id:   makeID("added", strconv.Itoa(b.added), p.id, parentID, author, html),
		post: p, parent: parentID, name: author, html: html, at: at.In(b.zone),
	}
	b.insert(c)
	return c.id, nil
}

// insert puts c in its place in every index.
func (b *Blog) insert(c *comment) {
	n, _ := slices.BinarySearchFunc(b.comments, c, byTime)
	b.comments = slices.Insert(b.comments, n, c)
	n, _ = slices.BinarySearchFunc(b.byPost[c.post], c, byTime)
	b.byPost[c.post] = slices.Insert(b.byPost[c.post], n, c)
	b.byID[c.id] = c
	if c.at.After(b.lastWord) {
		b.lastWord = c.at
	}
}

// Edit changes the words of a comment and nothing else: "updated" stays.
func (b *Blog) Edit(id, html string) error {
	return b.change("edit", id, func(c *comment) { c.html = html })
}

// Remove turns a comment into the placeholder that a blog's administrator
// leaves. No count moves, and "updated" stays.
func (b *Blog) Remove(id string) error {
	return b.change("remove", id, func(c *comment) { c.removed, c.html = byAdmin, byAdmin.notice() })
}

func (b *Blog) change(what, id string, f func(*comment)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.byID[id]
	if c == nil {
		return fmt.Errorf("%s comment: no comment %s", what, id)
	}
	f(c)
	return nil
}
