package discover

import (
	"context"
	"fmt"

	"postbag/digest"
	"postbag/digest/pull/platform"
	"postbag/digest/pull/reader"
)

// tryPattern holds a pattern against the newest post that it can be made an
// address for; a blog without posts says nothing about it.
func (s *search) tryPattern(ctx context.Context, pattern string, posts *answer) error {
	address := ""
	for _, e := range posts.doc.Posts {
		if address = platform.Fill(pattern, digest.Listing{URL: e.URL, Key: e.Key, GUID: e.ID}, ""); address != "" {
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
	resp, err := s.get(ctx, address, reader.AcceptFeed)
	if err == nil {
		_, err = s.read(resp, address, digest.CommentsFeed)
	}
	if err != nil {
		return fmt.Errorf("read the comments of a post at %s: %w", address, err)
	}
	return nil
}
