package poll

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
)

// rest reads all comments from WordPress's REST API: its feeds give the newest
// only. It goes on where an unfinished run stopped. A site that does not offer it
// is told of, and leaves the comments feeds of the posts.
func (r *run) rest(ctx context.Context) error {
	address := r.feed.Older
	if !reader.IsREST(address) || !reader.SameSite(r.feed.URL, address) {
		address = reader.RESTAddress(r.feed.URL)
	}
	seen := walk(address)
	for n := 0; address != ""; n++ {
		if n == maxPages {
			r.NoteWith(digest.Act{Do: digest.PullHistory, Source: r.Source.ID}, "the comments go on past %d pages and were left there", maxPages)
			return nil
		}
		resp, err := r.get(ctx, address, reader.AcceptJSON)
		if err != nil && r.restEnds(address, err) {
			break
		}
		if err != nil {
			return err
		}
		if text := bytes.TrimSpace(resp.Body); string(text) == "[]" {
			break
		}
		doc, err := r.Parse(resp, r.feed.Kind)
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
	return r.Store.SaveFeed(ctx, r.feed, r.storedCatchUp)
}

// restEnds tells whether an error is only the end of the pages, or that the site
// does not offer the API.
func (r *run) restEnds(address string, err error) bool {
	switch status := pull.StatusOf(err); {
	case restNumber(address) > 1:
		return status == http.StatusBadRequest || status == http.StatusNotFound
	case refused(err):
		r.noREST(err.Error())
		return true
	}
	return false
}

func (r *run) noREST(why string) {
	r.NoteWith(digest.Act{Do: digest.ImportExport}, "the site does not give its older comments by WordPress's REST API (%s): its feeds give the newest comments only, so those of each post are looked at, and an export holds the rest", why)
}

// restPage stores a page and gives the address of the next one; an empty page is
// the last. Pages may be short, where the site keeps comments to itself.
func (r *run) restPage(ctx context.Context, doc *feed.Document, resp *pull.Response, address string, seen *restWalk) (string, error) {
	if seen.whole && len(seen.entries) == 0 && resp.Listed > 0 {
		seen.ends = r.Count.Entries + resp.Listed
	}
	if doc.Entries()+len(doc.Skipped) == 0 {
		return "", nil
	}
	page := r.Convert(doc)
	if r.remember(doc); r.stale >= reader.StalePages {
		return "", nil
	}
	next := reader.WithQuery(address, "page", strconv.Itoa(restNumber(address)+1))
	r.feed.Older = next
	page.Feed, page.StoredCatchUp = &r.feed, r.storedCatchUp
	stored, err := r.StorePage(ctx, page, r.feed.Kind, seen.ends)
	if err != nil {
		return "", err
	}
	seen.add(doc, resp, stored)
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
