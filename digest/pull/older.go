package pull

import (
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

// The page sizes asked of Blogger when going back to the beginning. It may give
// fewer: pages are never computed from these.
const (
	bloggerPosts    = "150"
	bloggerComments = "500"
)

// older gives the address of the page after this one, or "" if there is none,
// if it was asked before, or if it leads to another site.
func (r *run) older(doc *feed.Document, resp *Response) string {
	next := doc.NextURL
	switch {
	case r.pagedByNumber():
		next = numbered(r.feed.URL, r.report.pages+1)
		if doc.Entries() == 0 {
			next = ""
		}
	case next == "":
		return ""
	case r.src.Platform == digest.Blogger && r.History:
		next = bigger(next, r.feed.Kind)
	}
	if strings.HasPrefix(resp.URL, "https://") && strings.HasPrefix(next, "http://") {
		next = "https" + strings.TrimPrefix(next, "http")
	}
	if next == "" || r.seen[next] {
		return ""
	}
	if !sameSite(r.feed.URL, next) && !sameSite(resp.URL, next) && !bloggersOwn(doc, next) {
		r.note("the feed's next page lies on another host and was not asked for")
		return ""
	}
	return next
}

// pagedByNumber tells whether older pages are reached by counting: WordPress's
// posts, whose feed has no link to the next page.
func (r *run) pagedByNumber() bool {
	return r.src.Platform == digest.WordPress && r.feed.Kind == digest.PostsFeed && r.History
}

// numbered gives the n-th page of a WordPress feed.
func numbered(address string, n int) string {
	return withQuery(address, "paged", strconv.Itoa(n))
}

// bigger asks Blogger for more entries on the next page.
func bigger(next string, kind digest.FeedKind) string {
	if kind == digest.PostsFeed {
		return withQuery(next, "max-results", bloggerPosts)
	}
	return withQuery(next, "max-results", bloggerComments)
}

func withQuery(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// sameSite tells whether two addresses are on one host and port. https may
// follow http, but not the other way.
func sameSite(from, to string) bool {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	if errA != nil || errB != nil || a.Scheme == "https" && b.Scheme != "https" {
		return false
	}
	return strings.EqualFold(a.Hostname(), b.Hostname()) && (a.Port() == b.Port())
}

// bloggersOwn tells whether an address is Blogger's own for this blog: the
// feeds of every blog name their next page there.
func bloggersOwn(doc *feed.Document, next string) bool {
	u, err := url.Parse(next)
	return err == nil && doc.Platform == digest.Blogger && doc.BlogID != "" && u.Scheme == "https" &&
		(u.Host == "www.blogger.com" || u.Host == "blogger.com") &&
		strings.HasPrefix(u.Path, "/feeds/"+doc.BlogID+"/")
}
