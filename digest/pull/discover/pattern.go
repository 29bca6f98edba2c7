package discover

import (
	"context"
	"fmt"

	"postbag/digest"
	"postbag/digest/pull/platform"
	"postbag/digest/pull/reader"
)

// patternTries is how many posts a pattern is tried on: those that nobody has commented
// on may have no feed of comments.
const patternTries = 3

// tryPattern holds a pattern against the newest posts that it can be made an address for,
// until one of them has a feed of comments there, and tells whether one had. A post
// without one (404 or 410) has no comments, and a blog without posts says nothing: these
// are no errors. Some sites answer what is not there with a page, which is an error if
// none of the posts has a feed.
func (s *search) tryPattern(ctx context.Context, pattern string, posts *answer) (seen bool, err error) {
	tried, failed := 0, error(nil)
	for _, e := range posts.doc.Posts {
		address := platform.Fill(pattern, digest.Listing{URL: e.URL, Key: e.Key, GUID: e.ID}, "")
		if address == "" {
			continue
		}
		if tried == patternTries || tried > 0 && s.left() == 0 {
			break
		}
		tried++
		resp, err := s.get(ctx, address, reader.AcceptFeed)
		if digest.KindOf(err) == digest.NotFound {
			continue
		}
		if err == nil {
			_, err = s.read(resp, address, digest.CommentsFeed)
		}
		switch {
		case err == nil:
			return true, nil
		case failed == nil:
			failed = fmt.Errorf("read the comments of a post at %s: %w", address, err)
		}
		if resp == nil || !isPage(resp) {
			break
		}
	}
	if failed != nil {
		return false, failed
	}
	if tried == 0 && len(posts.doc.Posts) > 0 {
		return false, digest.Fail(digest.Invalid, "A place stays empty that the blog's posts have nothing for; try {url} or {path}.",
			"the pattern %s gives no address for the blog's posts", pattern)
	}
	return false, nil
}

// given tries a pattern that a person gives, who may know better than the newest posts.
func (s *search) given(ctx context.Context, pattern string, posts *answer) (note string, err error) {
	seen, err := s.tryPattern(ctx, pattern, posts)
	if err != nil || seen || len(posts.doc.Posts) == 0 {
		return "", err
	}
	return fmt.Sprintf("none of the newest posts has a feed of comments at %s; if they have comments, look at the pattern", pattern), nil
}
