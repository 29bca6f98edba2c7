package pull

import (
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// convert makes a page for the store of a page of a feed.
func (r *run) convert(doc *feed.Document) Page {
	page := Page{SourceID: r.src.ID, Seen: r.p.opts.Clock.Now(), KnownBefore: r.since}
	for _, e := range doc.Posts {
		page.Posts = append(page.Posts, r.post(e, page.Seen))
	}
	for _, e := range doc.Comments {
		page.Comments = append(page.Comments, r.comment(e, page.Seen))
	}
	for _, d := range doc.Deleted {
		page.Deleted = append(page.Deleted, d.ID)
	}
	shared(page.Posts, func(p *digest.Post) *string { return &p.URLKey })
	shared(page.Comments, func(c *digest.Comment) *string { return &c.Key })
	return page
}

// shared takes a name away from entries of one page that have it in common: an
// address that all of them link to names none of them.
func shared[T any](entries []T, name func(*T) *string) {
	count := map[string]int{}
	for i := range entries {
		count[*name(&entries[i])]++
	}
	for i := range entries {
		if n := name(&entries[i]); count[*n] > 1 {
			*n = ""
		}
	}
}

func (r *run) post(e feed.PostEntry, seen time.Time) digest.Post {
	published := moment(e.Published, seen, seen)
	return digest.Post{
		SourceID:    r.src.ID,
		GUID:        e.ID,
		URL:         e.URL,
		Title:       e.Title,
		Author:      e.Author,
		Published:   published,
		Updated:     moment(e.Updated, seen, published),
		FirstSeen:   seen,
		Announced:   e.Announced,
		Hash:        e.Hash,
		Body:        r.p.opts.ToProse(e.Body.HTML, e.Body.Base),
		Key:         e.Key,
		URLKey:      r.own.canonical(e.URL, false),
		Ref:         e.Ref,
		CommentsURL: e.CommentsURL,
	}
}

func (r *run) comment(e feed.CommentEntry, seen time.Time) digest.Comment {
	published := moment(e.Published, seen, seen)
	body := r.p.opts.ToProse(e.Body.HTML, e.Body.Base)
	c := digest.Comment{
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
		Backfill:   r.backfill && published.Before(r.began.Add(-Week)),
		Hash:       e.Hash,
		Words:      body.Words(),
		Body:       body,
		Key:        or(e.Key, r.own.canonical(r.permalink(e.URL), true)),
		PostKey:    or(e.PostKey, r.own.canonical(e.PostRef, false)),
		ParentKey:  or(e.ParentKey, r.own.canonical(r.permalink(e.ParentRef), true)),
	}
	if c.Gone {
		c.GoneBy = digest.ByMarker
	}
	return c
}

// permalink gives a comment's address if it leads to that comment alone: with a
// fragment, or where each comment has a page of its own.
func (r *run) permalink(address string) string {
	if _, mark, _ := strings.Cut(address, "#"); mark == "" && !r.habits.ownPages {
		return ""
	}
	return address
}

// derived begins the id of an entry that has neither an id nor an address: package
// feed makes it of what the entry says.
const derived = "hash:"

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
