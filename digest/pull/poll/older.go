package poll

import (
	"net/url"
	"strconv"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
)

// older gives the address of the page after this one, or "" if there is none,
// if it was asked before, or if it leads to another site.
func (r *run) older(doc *feed.Document, resp *pull.Response) string {
	next := doc.NextURL
	switch {
	case next == "" && r.byNumber() && doc.Entries() > 0:
		next = numbered(r.at)
	case next == "", r.Asked[next]:
		return ""
	case r.History, r.first, r.Count.Pages > 0:
		// Many entries are wanted, or more than one page of them: fewer requests bring them.
		next = r.Sized(next, r.feed.Kind)
	}
	next, elsewhere := r.Next(doc, resp, r.feed.URL, next)
	if elsewhere {
		r.Note("the feed's next page lies on another host and was not asked for")
	}
	return next
}

// byNumber tells whether older pages are reached by counting.
func (r *run) byNumber() bool { return r.Traits.Numbered && r.feed.Kind == digest.PostsFeed }

// numbered gives the address of the page after a numbered one; the first page has
// no number.
func numbered(address string) string {
	n := 1
	if u, err := url.Parse(address); err == nil {
		if at, err := strconv.Atoi(u.Query().Get("paged")); err == nil && at > 0 {
			n = at
		}
	}
	return reader.WithQuery(address, "paged", strconv.Itoa(n+1))
}
