package pull

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

// restMissing is how many comments that a REST listing lacks are asked for one by one
// in a pull.
const restMissing = 50

// restWalk is what a run has seen of WordPress's REST listing of all comments.
type restWalk struct {
	whole   bool // from the first page on, every page was read, and all of them count alike
	total   int  // as the first page says
	entries map[string]bool
	present map[int64]bool
	largest int64 // number of a comment
}

// walk begins at a page.
func walk(address string) *restWalk {
	return &restWalk{whole: restNumber(address) == 1, entries: map[string]bool{}, present: map[int64]bool{}}
}

// add notes a page that was read.
func (w *restWalk) add(doc *feed.Document, resp *Response, stored Stored) {
	if len(w.entries) == 0 {
		w.total = resp.Listed
	}
	w.whole = w.whole && !doc.CutShort && resp.Listed == w.total
	for _, c := range doc.Comments {
		w.entries[c.ID] = true
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
		some, err := r.p.opts.Store.LiveComments(ctx, r.src.ID, after, r.began)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, c := range some {
			after = c.ID
			number := r.restNumberOf(c.GUID, w.largest)
			if w.present[c.ID] || number == "" {
				continue
			}
			if asked++; asked > restMissing {
				r.note("more than %d comments are missing from the site's REST API; the others are looked at the next time", restMissing)
				return nil
			}
			gone, err := r.p.restLost(ctx, r.feed.URL, number, &r.report)
			if err != nil {
				return err
			}
			if !gone {
				continue
			}
			n, err := r.p.opts.Store.MarkGone(ctx, []int64{c.ID}, digest.ByAbsence, notGiven)
			if err != nil {
				return err
			}
			r.report.stored.GoneComments += n
		}
	}
}

// placeOfComment is how the REST API's comments are called, whose ids are not in it.
var placeOfComment = regexp.MustCompile(`#comment-([0-9]+)$`)

// restNumberOf gives WordPress's number of a comment by its id; "" for one that is
// not, or may not be, WordPress's: what came from a comment box on the same pages has
// numbers that are larger by far.
func (r *run) restNumberOf(guid string, largest int64) string {
	if m := wordpressID.FindStringSubmatch(guid); m != nil {
		return m[2]
	}
	m := placeOfComment.FindStringSubmatch(guid)
	if m == nil || !r.own.has(guid) {
		return ""
	}
	if n, err := strconv.ParseInt(m[1], 10, 64); err != nil || n > largest {
		return ""
	}
	return m[1]
}

// notGiven is why a comment is gone that the REST API does not have.
const notGiven = "the site does not give it any more"

// restLost asks WordPress's REST API for one comment, and tells whether it says that
// there is none that everybody may read: 404 for what is deleted, 401 or 403 for
// what is in the bin or not approved any more. Others' error is no answer.
func (p *Puller) restLost(ctx context.Context, feedURL, number string, report *feedReport) (bool, error) {
	base, _, _ := strings.Cut(restAddress(feedURL), "?")
	report.requests++
	_, err := p.opts.Fetcher.Get(ctx, Request{URL: base + "/" + number, Accept: acceptJSON})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusGone, http.StatusUnauthorized, http.StatusForbidden:
		return true, nil
	}
	return false, nil
}
