package reader

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// Convert makes a page for the store of a page of a feed, and counts its entries.
func (s *Session) Convert(doc *feed.Document) pull.Page {
	s.Count.Pages++
	s.Count.Entries += doc.Entries()
	s.Count.LeftOut = s.Count.LeftOut.Plus(outsOf(doc))
	page := pull.Page{SourceID: s.Source.ID, Seen: s.Clock.Now(), KnownBefore: s.KnownBefore}
	for _, e := range doc.Posts {
		page.Posts = append(page.Posts, s.post(e, page.Seen))
	}
	for _, e := range doc.Comments {
		page.Comments = append(page.Comments, s.comment(e, page.Seen))
	}
	for _, d := range doc.Deleted {
		page.Deleted = append(page.Deleted, d.ID)
	}
	identity.DropShared(page.Posts, func(p *digest.Post) *string { return &p.URLKey })
	identity.DropShared(page.Comments, func(c *digest.Comment) *string { return &c.Key })
	return page
}

// outsOf counts the entries of a document that are not stored.
func outsOf(doc *feed.Document) (all digest.Outs) {
	for _, skip := range doc.Skipped {
		all = all.Add(skip.Reason, 1)
	}
	return all
}

func (s *Session) post(e feed.PostEntry, seen time.Time) digest.Post {
	published, undated := dated(e.Published, seen)
	return digest.Post{
		SourceID:    s.Source.ID,
		GUID:        e.ID,
		URL:         e.URL,
		Title:       e.Title,
		Author:      e.Author,
		Published:   published,
		Undated:     undated,
		Updated:     changed(e.Updated, seen, published, undated),
		FirstSeen:   seen,
		Announced:   e.Announced,
		Hash:        e.Hash,
		Body:        s.ToProse(e.Body.HTML, e.Body.Base),
		Summary:     e.Body.Summary,
		Key:         e.Key,
		URLKey:      s.Own.Key(e.URL, false),
		Ref:         e.Ref,
		CommentsURL: e.CommentsURL,
	}
}

func (s *Session) comment(e feed.CommentEntry, seen time.Time) digest.Comment {
	published, undated := dated(e.Published, seen)
	body := s.ToProse(e.Body.HTML, e.Body.Base)
	c := digest.Comment{
		SourceID:   s.Source.ID,
		GUID:       e.ID,
		URL:        e.URL,
		PostRef:    e.PostRef,
		ParentRef:  e.ParentRef,
		Author:     e.Author,
		AuthorURI:  e.AuthorURI,
		Published:  published,
		Undated:    undated,
		Updated:    changed(e.Updated, seen, published, undated),
		FirstSeen:  seen,
		Gone:       e.Gone,
		GoneReason: e.GoneReason,
		Backfill:   s.Backfill && published.Before(s.Began.Add(-digest.FirstWeek)),
		Hash:       e.Hash,
		Words:      prose.Words(body),
		Body:       body,
		Summary:    e.Body.Summary,
		Key:        cmp.Or(e.Key, s.Own.Key(s.permalink(e.URL), true)),
		PostKey:    cmp.Or(e.PostKey, s.Own.Key(e.PostRef, false)),
		ParentKey:  cmp.Or(e.ParentKey, s.Own.Key(s.permalink(e.ParentRef), true)),
	}
	if c.Gone {
		c.GoneBy = digest.ByMarker
	}
	return c
}

// permalink gives a comment's address if it leads to that comment alone: with a
// fragment, or where each comment has a page of its own.
func (s *Session) permalink(address string) string {
	if _, mark, _ := strings.Cut(address, "#"); mark == "" && !s.Traits.OwnPages {
		return ""
	}
	return address
}

// dated reads when an entry was published. One without a date, or with one from more than
// a day ahead, which no zone explains, is undated: it is sorted by when it was seen.
func dated(published, seen time.Time) (at time.Time, undated bool) {
	if published.IsZero() || published.Sub(seen) > 24*time.Hour {
		return seen, true
	}
	return moment(published, seen, seen), false
}

// changed reads when an entry was changed last: when it was published, where the feed does
// not say, and never when it was seen.
func changed(updated, seen, published time.Time, undated bool) time.Time {
	if undated {
		published = time.Time{}
	}
	return moment(updated, seen, published)
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
