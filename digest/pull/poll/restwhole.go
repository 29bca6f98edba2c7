package poll

import (
	"context"
	"strconv"
	"strings"

	"postbag/digest/feed"
	"postbag/digest/pull"
)

// restMissing is how many comments that a REST listing lacks are asked for one by one
// in a pull.
const restMissing = 50

// restWalk is what a run has seen of WordPress's REST listing of all comments.
type restWalk struct {
	whole   bool // from the first page on, every page was read, and all of them count alike
	total   int  // as the first page says
	ends    int  // entries of the whole run, once the last page is read; -1 while not known
	entries map[string]bool
	present map[int64]bool
	largest int64 // number of a comment
}

// walk begins at a page.
func walk(address string) *restWalk {
	return &restWalk{whole: restNumber(address) == 1, ends: -1, entries: map[string]bool{}, present: map[int64]bool{}}
}

// add notes a page that was read.
func (w *restWalk) add(doc *feed.Document, resp *pull.Response, stored pull.Stored) {
	if len(w.entries) == 0 {
		w.total = resp.Listed
	}
	w.whole = w.whole && !doc.CutShort && resp.Listed == w.total
	for _, c := range doc.Comments {
		w.entries[c.Name()] = true
		if n, err := strconv.ParseInt(strings.TrimPrefix(c.Key, "comment-"), 10, 64); err == nil {
			w.largest = max(w.largest, n)
		}
	}
	for _, s := range doc.Skipped {
		w.whole = w.whole && s.ID != ""
		w.entries[s.ID] = true
	}
	for _, id := range stored.CommentIDs {
		w.present[id] = true
	}
}

// removed marks those of the source's comments gone that the REST listing lacks, if
// that was whole: walked from its first page to its last in one run, with as many
// entries as it counted all the way. Comments of other kinds, as webmentions, are in
// the feeds and not in that listing, and one may have slipped from page to page
// meanwhile: so each is asked for by itself before it counts as gone.
func (r *run) removed(ctx context.Context, w *restWalk) error {
	if !w.whole || w.total == 0 || len(w.entries) != w.total {
		return nil
	}
	for after, asked := int64(0), 0; ; {
		some, err := r.Store.LiveComments(ctx, r.Source.ID, after, r.Began)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, c := range some {
			after = c.ID
			number := r.RESTNumber(c.GUID, w.largest)
			if w.present[c.ID] || number == "" {
				continue
			}
			if asked++; asked > restMissing {
				r.Note("more than %d comments are missing from the site's REST API; the others are looked at the next time", restMissing)
				return nil
			}
			if _, err := r.MarkIfLacking(ctx, r.feed.URL, number, c.ID); err != nil {
				return err
			}
		}
	}
}
