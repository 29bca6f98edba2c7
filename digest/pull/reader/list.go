package reader

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/platform"
)

// pagesOfList bounds the pages that are read of one post's comments.
const pagesOfList = 100

// Lists reads the lists of single posts' comments: each post's own comments feed.
type Lists struct {
	*Session
	// Size is how many entries the blog's feeds hold at most, as far as is known; 0
	// when it is not.
	Size int
	// Folder is that of the source's feeds, at Blogger.
	Folder string

	// Witness is the key of a comment that a list showed, by WordPress's number.
	Witness string
	// Fragments say by which fragments a post's page should name its comments, as
	// its list links to them.
	Fragments map[int64][]string
}

// NewLists makes a session read lists. Feeds are those of the source, posts first.
func NewLists(s *Session, feeds []digest.FeedState) *Lists {
	l := &Lists{Session: s, Fragments: map[int64][]string{}}
	for _, f := range feeds {
		s.Own.Add(f.URL)
		l.Folder, l.Size = cmp.Or(l.Folder, platform.FolderOf(f.URL)), f.PageSize
	}
	return l
}

// List is what the reading of a post's own comments feed gave.
type List struct {
	digest.Validators
	Unchanged bool
	None      bool // there is no such feed (404 or 410): nobody has commented yet
	Entries   int  // different ones, those that were left out included
	Complete  bool
	Present   []int64 // ids of the comments listed
}

// Read reads the comments feed of a post and stores what it lists. When it is
// known to be complete, the post's other comments are marked gone. Where there is none,
// nobody has commented; of comments that are stored that proves nothing.
//
// It is complete when it says so (RFC 5005, 2), when the platform lists all of a
// post's comments and it was read to its last page, or when it holds exactly as
// many entries as the post announces. A document that ends in the middle, one that
// holds fewer entries than it counts itself, and one that lists comments of other
// posts never are. Nor does the count prove anything of one that is as long as the
// blog's feeds get: it may be the newest of more, and the count an old one.
func (l *Lists) Read(ctx context.Context, x digest.Listing, v digest.Validators) (got List, err error) {
	began := l.Clock.Now()
	total, whole, named, stale := -1, true, false, 0
	ids := map[string]bool{}
	for address, n := l.Address(x), 0; address != ""; n++ {
		if err := l.Over(); err != nil {
			return got, err
		}
		resp, err := l.Get(ctx, address, AcceptFeed, v)
		if status := pull.StatusOf(err); n == 0 && (status == http.StatusNotFound || status == http.StatusGone) {
			got.None = true
			return got, nil
		}
		if err != nil {
			return got, err
		}
		if n == 0 {
			got.Validators = resp.Validators
		}
		if resp.NotModified {
			got.Unchanged = true
			return got, nil
		}
		doc, stored, err := l.pageOf(ctx, x, resp)
		if err != nil {
			return got, err
		}
		got.Present = append(got.Present, stored.CommentIDs...)
		total = max(total, doc.TotalResults)
		before := len(ids)
		whole = l.count(doc, ids) && whole && !foreign(doc, x, l.Own)
		named = named || doc.PostRef != "" && doc.PostRef == x.GUID
		if stale++; len(ids) > before {
			stale = 0
		}
		got.Complete = got.Complete || n == 0 && doc.Complete
		v = digest.Validators{}
		if address = l.following(doc, resp, address); (n+1 == pagesOfList || stale >= StalePages) && address != "" {
			whole, address = false, ""
		}
	}
	got.Entries = len(ids)
	counted := got.Entries == x.Announced && got.Entries < l.Size
	// A feed without entries may be anybody's, unless it names the post.
	whole = whole && got.Entries >= total
	got.Complete = whole && (got.Complete || counted || l.Traits.WholeListing && (named || got.Entries > 0))
	if !got.Complete {
		return got, nil
	}
	gone, err := l.Store.MarkAbsent(ctx, l.Source.ID, x.PostID, got.Present, began.Truncate(time.Microsecond))
	l.Count.Stored.GoneComments += gone
	return got, err
}

// pageOf stores a page of a post's comments. Those that do not name their post
// are the post's.
func (l *Lists) pageOf(ctx context.Context, x digest.Listing, resp *pull.Response) (*feed.Document, pull.Stored, error) {
	doc, err := l.Parse(resp, digest.CommentsFeed)
	if err != nil {
		return nil, pull.Stored{}, err
	}
	for i := range doc.Comments {
		if c := &doc.Comments[i]; c.PostRef == "" && c.PostKey == "" {
			c.PostRef, c.PostKey = x.GUID, x.Key
		}
		if m := wordPressID.FindStringSubmatch(doc.Comments[i].ID); m != nil {
			l.Witness = m[1]
		}
		if u := identity.Web(doc.Comments[i].URL); u != nil && u.Fragment != "" {
			l.Fragments[x.PostID] = append(l.Fragments[x.PostID], u.Fragment)
		}
	}
	stored, err := l.StorePage(ctx, l.Convert(doc), digest.CommentsFeed, -1)
	if err == nil && doc.CutShort {
		err = CutShort("the feed at %s is cut short: it ends in the middle", resp.URL)
	}
	return doc, stored, err
}

// count notes a page's entries. An entry that was left out and has no id may be
// any: then nothing is known of the whole.
func (l *Lists) count(doc *feed.Document, ids map[string]bool) bool {
	for _, c := range doc.Comments {
		ids[c.Name()] = true
	}
	for _, s := range doc.Skipped {
		if s.ID == "" {
			return false
		}
		ids[s.ID] = true
	}
	return true
}

// foreign tells whether a document lists a comment of another post.
func foreign(doc *feed.Document, x digest.Listing, own identity.Hosts) bool {
	home := own.Key(x.URL, false)
	for _, c := range doc.Comments {
		switch at := own.Key(c.PostRef, false); {
		case c.PostKey != "" && c.PostKey == x.Key, c.PostRef != "" && (c.PostRef == x.GUID || c.PostRef == x.URL), at != "" && at == home:
		default:
			return true
		}
	}
	return false
}

// following gives the page after a page of a list.
func (l *Lists) following(doc *feed.Document, resp *pull.Response, address string) string {
	if doc.NextURL == "" {
		return ""
	}
	next, _ := l.Next(doc, resp, address, l.Sized(doc.NextURL, digest.CommentsFeed))
	return next
}

// Address gives the comments feed of a post: the one that the post names, if it
// is on a host of the source's or is Blogger's own; else by the source's pattern;
// else where the platform keeps it; "" for none.
func (l *Lists) Address(x digest.Listing) string {
	if u := identity.Web(x.CommentsURL); u != nil && (l.Own.Has(x.CommentsURL) || l.Source.Platform == digest.Blogger && identity.Host(u) == "blogger.com") {
		if u.Query().Has("max-results") {
			return x.CommentsURL
		}
		return l.Sized(x.CommentsURL, digest.CommentsFeed)
	}
	if l.Source.CommentsPattern != "" {
		return platform.Fill(l.Source.CommentsPattern, x, l.Folder)
	}
	return platform.Fill(l.Traits.Listing, x, l.Folder)
}
