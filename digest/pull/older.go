package pull

import (
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/hostname"
)

// older gives the address of the page after this one, or "" if there is none,
// if it was asked before, or if it leads to another site.
func (r *run) older(doc *feed.Document, resp *Response) string {
	next := doc.NextURL
	switch size := r.habits.bigger[r.feed.Kind]; {
	case next == "" && r.byNumber() && doc.Entries() > 0:
		next = numbered(r.at)
	case next == "":
		return ""
	case size != "" && r.History:
		next = withQuery(next, "max-results", size)
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

// byNumber tells whether older pages are reached by counting.
func (r *run) byNumber() bool { return r.habits.numbered && r.feed.Kind == digest.PostsFeed }

// numbered gives the address of the page after a numbered one; the first page has
// no number.
func numbered(address string) string {
	n := 1
	if u, err := url.Parse(address); err == nil {
		if at, err := strconv.Atoi(u.Query().Get("paged")); err == nil && at > 0 {
			n = at
		}
	}
	return withQuery(address, "paged", strconv.Itoa(n+1))
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
	return hostname.Normal(a.Hostname()) == hostname.Normal(b.Hostname()) && a.Port() == b.Port()
}

// bloggersOwn tells whether an address is Blogger's own for this blog: the
// feeds of every blog name their next page there.
func bloggersOwn(doc *feed.Document, next string) bool {
	u, err := url.Parse(next)
	return err == nil && doc.Platform == digest.Blogger && doc.BlogID != "" && u.Scheme == "https" &&
		(u.Host == "www.blogger.com" || u.Host == "blogger.com") &&
		strings.HasPrefix(u.Path, "/feeds/"+doc.BlogID+"/")
}
