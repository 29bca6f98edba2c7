package reader

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull"
	"postbag/digest/pull/platform"
)

const (
	// AcceptJSON is sent with requests to WordPress's REST API.
	AcceptJSON = "application/json, */*;q=0.1"

	restPath = "wp-json/wp/v2/comments"
	restPage = "100" // comments, the most that WordPress gives
)

// wordPressID is an id that only WordPress itself gives a comment. A comment of
// another service on the same site may have the same number.
var wordPressID = lazyregexp.New(`[?&](?:p|page_id)=\d+#(comment-(\d+))$`)

// WordPressNumber gives the key and the number of a comment that has an id of
// WordPress's own.
func WordPressNumber(guid string) (key, number string, ok bool) {
	m := wordPressID.FindStringSubmatch(guid)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// RESTAddress gives the first page of all comments of the WordPress site that a
// feed belongs to, oldest first: so what is written meanwhile moves no page.
func RESTAddress(feedURL string) string {
	u, err := url.Parse(feedURL)
	if err != nil {
		return ""
	}
	u.Path = strings.TrimSuffix(platform.WordPressPath(u.Path), "/") + "/" + restPath
	u.RawPath, u.Fragment = "", ""
	u.RawQuery = url.Values{"order": {"asc"}, "page": {"1"}, "per_page": {restPage}}.Encode()
	return u.String()
}

// IsREST tells whether an address is a page of the REST API.
func IsREST(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.HasSuffix(u.Path, "/"+restPath)
}

// commentFragment is how the REST API's comments are called, whose ids are not in it.
var commentFragment = lazyregexp.New(`#comment-([0-9]+)$`)

// RESTNumber gives WordPress's number of a comment by its id; "" for one that is
// not, or may not be, WordPress's: what came from a comment embed on the same pages has
// numbers that are larger by far.
func (s *Session) RESTNumber(guid string, largest int64) string {
	if m := wordPressID.FindStringSubmatch(guid); m != nil {
		return m[2]
	}
	m := commentFragment.FindStringSubmatch(guid)
	if m == nil || !s.Own.Has(guid) {
		return ""
	}
	if n, err := strconv.ParseInt(m[1], 10, 64); err != nil || n > largest {
		return ""
	}
	return m[1]
}

// MarkIfLacking asks WordPress's REST API for one comment by its number, marks it as
// gone if the API does not give it, and tells whether that is so.
func (s *Session) MarkIfLacking(ctx context.Context, feedURL, number string, id int64) (gone bool, err error) {
	if gone, err = s.restLacks(ctx, feedURL, number); gone {
		err = s.MarkGone(ctx, id, digest.ByAbsence, "the site does not give it any more")
	}
	return gone, err
}

// restLacks tells whether the REST API says that nobody may read a comment: 404 for
// what is deleted, 401 or 403 for what is in the bin or not approved any more. Other
// errors say nothing.
func (s *Session) restLacks(ctx context.Context, feedURL, number string) (bool, error) {
	base, _, _ := strings.Cut(RESTAddress(feedURL), "?")
	_, err := s.Get(ctx, base+"/"+number, AcceptJSON, digest.Validators{})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	switch pull.StatusOf(err) {
	case http.StatusNotFound, http.StatusGone, http.StatusUnauthorized, http.StatusForbidden:
		return true, nil
	}
	return false, nil
}

// RESTGives gives the keys of the comments that the API gives of those asked for;
// none when its answer cannot be relied on.
func (s *Session) RESTGives(ctx context.Context, feedURL string, numbers []string) (map[string]bool, error) {
	address := WithQuery(RESTAddress(feedURL), "include", strings.Join(numbers, ","))
	resp, err := s.Get(ctx, address, AcceptJSON, digest.Validators{})
	if err != nil {
		return nil, ctx.Err() // many sites have it switched off
	}
	doc, err := feed.Parse(resp.Body, feed.Options{ContentType: resp.ContentType, URL: resp.URL, Want: digest.CommentsFeed, Platform: digest.WordPress})
	if err != nil || doc.CutShort || len(doc.Skipped) > 0 {
		return nil, nil
	}
	given := map[string]bool{}
	for _, c := range doc.Comments {
		given[c.Key] = true
	}
	return given, nil
}
