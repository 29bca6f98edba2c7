package pull

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

// checkPattern refuses a pattern that can give no address of a post's comments.
func checkPattern(pattern string) error {
	if pattern == "" {
		return nil
	}
	sample := filled(pattern, feed.PostEntry{URL: "http://blog.example/post", ID: "1"})
	u, err := url.Parse(sample)
	switch {
	case sample == pattern:
		err = errors.New("it has no place for the post")
	case err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(sample, "{} \t\r\n")):
		err = errors.New("it gives no address")
	}
	if err != nil {
		return digest.Fail(digest.Invalid,
			"Write it like {url}feed/ or https://talk.example/feed?uri={path}; {id} is the post's number.",
			"%q is no pattern for the comments of a post: %w", pattern, err)
	}
	return nil
}

// filled puts a post into a pattern as a pull does; "" if the post lacks what it
// asks for.
func filled(pattern string, e feed.PostEntry) string {
	return fill(pattern, digest.Listing{URL: e.URL, Key: e.Key, GUID: e.ID}, "")
}

// tryPattern holds a pattern against the newest post that it can be made an
// address for; a blog without posts says nothing about it.
func (s *search) tryPattern(ctx context.Context, pattern string, posts *answer) error {
	address := ""
	for _, e := range posts.doc.Posts {
		if address = filled(pattern, e); address != "" {
			break
		}
	}
	if address == "" {
		if len(posts.doc.Posts) > 0 {
			return digest.Fail(digest.Invalid, "A place stays empty that the blog's posts have nothing for; try {url} or {path}.",
				"the pattern %s gives no address for the blog's posts", pattern)
		}
		return nil
	}
	resp, err := s.get(ctx, address, acceptFeed)
	if err == nil {
		_, err = s.read(resp, address, digest.CommentsFeed)
	}
	if err != nil {
		return fmt.Errorf("read the comments of a post at %s: %w", address, err)
	}
	return nil
}
