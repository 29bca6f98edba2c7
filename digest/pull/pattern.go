package pull

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

var (
	patternMark = regexp.MustCompile(`\{(?:url|path|id|root)\}`)
	endNumber   = regexp.MustCompile(`\d+$`)
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
			"Write it like {url}feed/ or https://talk.example/feed?uri={path}; {url} ends in a slash, {id} is the post's number.",
			"%q is no pattern for the comments of a post: %w", pattern, err)
	}
	return nil
}

// filled puts a post into a pattern; "" if the post lacks what it asks for.
// {url} is the post's address, ending in a slash and without a query, {path} its
// path, {id} the platform's number of it and {root} its address without the path.
// Behind the question mark they are escaped as a parameter's value.
func filled(pattern string, e feed.PostEntry) string {
	before, query, _ := strings.Cut(pattern, "?")
	u, err := url.Parse(e.URL)
	if err != nil || u.Host == "" {
		u = nil
	}
	missing := false
	put := func(mark string) string {
		value := ""
		switch {
		case mark == "{id}":
			value = or(endNumber.FindString(e.Key), endNumber.FindString(e.ID))
		case u == nil:
		case mark == "{path}":
			value = or(u.EscapedPath(), "/")
		case mark == "{root}":
			value = u.Scheme + "://" + u.Host
		default:
			value = strings.TrimSuffix(u.Scheme+"://"+u.Host+u.EscapedPath(), "/") + "/"
		}
		missing = missing || value == ""
		return value
	}
	out := patternMark.ReplaceAllStringFunc(before, put)
	if query != "" {
		out += "?" + patternMark.ReplaceAllStringFunc(query, func(mark string) string { return url.QueryEscape(put(mark)) })
	}
	if missing {
		return ""
	}
	return out
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
