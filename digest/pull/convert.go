package pull

import (
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// convert makes a page for the store of a page of the feed.
func (r *run) convert(doc *feed.Document) Page {
	page := Page{SourceID: r.src.ID, Seen: r.p.opts.Clock.Now(), KnownBefore: r.known}
	for _, e := range doc.Posts {
		page.Posts = append(page.Posts, r.post(e, page.Seen))
	}
	for _, e := range doc.Comments {
		page.Comments = append(page.Comments, r.comment(e, page.Seen))
	}
	return page
}

func (r *run) post(e feed.PostEntry, seen time.Time) digest.Post {
	published := moment(e.Published, seen, seen)
	return digest.Post{
		SourceID:  r.src.ID,
		GUID:      e.ID,
		URL:       e.URL,
		Title:     e.Title,
		Author:    e.Author,
		Published: published,
		Updated:   moment(e.Updated, seen, published),
		FirstSeen: seen,
		Announced: e.Announced,
		Hash:      e.Hash,
		Body:      r.p.opts.ToProse(e.Body.HTML, e.Body.Base),
	}
}

func (r *run) comment(e feed.CommentEntry, seen time.Time) digest.Comment {
	published := moment(e.Published, seen, seen)
	body := r.p.opts.ToProse(e.Body.HTML, e.Body.Base)
	return digest.Comment{
		SourceID:   r.src.ID,
		GUID:       e.ID,
		URL:        e.URL,
		PostRef:    e.PostRef,
		ParentRef:  e.ParentRef,
		Author:     e.Author,
		AuthorURI:  e.AuthorURI,
		Published:  published,
		Updated:    moment(e.Updated, seen, published),
		FirstSeen:  seen,
		Gone:       e.Gone,
		GoneReason: e.GoneReason,
		Backfill:   r.History && !r.first && published.Before(r.began.Add(-Week)),
		Hash:       e.Hash,
		Words:      body.Words(),
		Body:       body,
	}
}

// moment reads a feed's time: one that is missing is replaced, and one in the
// future becomes the present, so that no entry stands before all others for
// ever.
func moment(t, seen, missing time.Time) time.Time {
	switch {
	case t.IsZero():
		return missing
	case t.After(seen):
		return seen
	}
	return t
}
