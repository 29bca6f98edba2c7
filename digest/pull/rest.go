package pull

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

const (
	acceptJSON = "application/json, */*;q=0.1"
	restPath   = "wp-json/wp/v2/comments"
	restPage   = "100" // comments, the most that WordPress gives
)

// feedPath is what WordPress appends to its home page's address for its feeds.
var feedPath = regexp.MustCompile(`(comments/)?feed/?((rss2?|atom)/?)?$`)

// restAddress gives the first page of all comments of the WordPress site that a
// feed belongs to, oldest first: so what is written meanwhile moves no page.
func restAddress(feedURL string) string {
	u, err := url.Parse(feedURL)
	if err != nil {
		return ""
	}
	u.Path = strings.TrimSuffix(feedPath.ReplaceAllString(u.Path, ""), "/") + "/" + restPath
	u.RawPath, u.Fragment = "", ""
	u.RawQuery = url.Values{"order": {"asc"}, "page": {"1"}, "per_page": {restPage}}.Encode()
	return u.String()
}

// isREST tells whether an address is a page of the REST API.
func isREST(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.HasSuffix(u.Path, "/"+restPath)
}

// rest reads all comments from WordPress's REST API: its feeds give the newest
// only. It goes on where an unfinished run stopped. A site that does not offer it
// is told of, and leaves the comments feeds of the posts.
func (r *run) rest(ctx context.Context) error {
	address := r.feed.Older
	if !isREST(address) || !sameSite(r.feed.URL, address) {
		address = restAddress(r.feed.URL)
	}
	seen := walk(address)
	for n := 0; address != ""; n++ {
		if n == maxPages {
			r.note("the comments go on past %d pages; to go on from there: postbag pull --history", maxPages)
			return nil
		}
		resp, err := r.get(ctx, address, acceptJSON)
		if err != nil && r.restEnds(address, err) {
			break
		}
		if err != nil {
			return err
		}
		if text := bytes.TrimSpace(resp.Body); string(text) == "[]" {
			break
		}
		doc, err := r.parse(resp)
		if err != nil && n == 0 && digest.KindOf(err) == digest.Invalid {
			r.noREST("its answer cannot be read")
			break
		}
		if err != nil {
			return err
		}
		if address, err = r.restPage(ctx, doc, resp, address, seen); err != nil {
			return err
		}
	}
	if err := r.removed(ctx, seen); err != nil {
		return err
	}
	r.feed.Older = ""
	return r.p.opts.Store.SaveFeed(ctx, r.feed, r.held)
}

// restEnds tells whether an error is only the end of the pages, or that the site
// does not offer the API.
func (r *run) restEnds(address string, err error) bool {
	switch status := statusOf(err); {
	case restNumber(address) > 1:
		return status == http.StatusBadRequest || status == http.StatusNotFound
	case refused(err):
		r.noREST(err.Error())
		return true
	}
	return false
}

func (r *run) noREST(why string) {
	r.note("the site does not give its older comments by WordPress's REST API (%s): its feeds give the newest comments only, so those of each post are looked at, and an export holds the rest (postbag import FILE)", why)
}

// restPage stores a page and gives the address of the next one; an empty page is
// the last. Pages may be short, where the site keeps comments to itself.
func (r *run) restPage(ctx context.Context, doc *feed.Document, resp *Response, address string, seen *restWalk) (string, error) {
	if doc.Entries()+len(doc.Skipped) == 0 {
		return "", nil
	}
	r.report.pages++
	r.report.entries += doc.Entries()
	r.report.skipped += len(doc.Skipped)
	if r.remember(doc); r.stale >= stalePages {
		return "", nil
	}
	next := withQuery(address, "page", strconv.Itoa(restNumber(address)+1))
	page := r.convert(doc)
	r.feed.Older = next
	page.Feed, page.Held = &r.feed, r.held
	stored, err := r.p.opts.Store.StorePage(ctx, page)
	if err != nil {
		return "", err
	}
	seen.add(doc, resp, stored)
	r.report.stored = r.report.stored.Add(stored)
	r.p.tell(Progress{Source: r.src.Name, Kind: r.feed.Kind, Pages: r.report.pages, Entries: r.report.entries, Total: doc.TotalResults})
	return next, nil
}

func restNumber(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 1
	}
	n, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}
