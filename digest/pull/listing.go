package pull

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// listed is what the reading of a post's own comments gave.
type listed struct {
	validators
	unchanged bool
	entries   int // different ones, those that were left out included
	complete  bool
	present   []int64 // ids of the comments listed
}

// list reads the comments feed of a post and stores what it lists. When it is
// known to be complete, the post's other comments are marked gone.
//
// It is complete when it says so (RFC 5005, 2), when the platform lists all of a
// post's comments and it was read to its last page, or when it holds exactly as
// many entries as the post announces. A document that ends in the middle, one that
// holds fewer entries than it counts itself, and one that lists comments of other
// posts never are. Nor does the count prove anything of one that is as long as the
// blog's feeds get: it may be the newest of more, and the count an old one.
func (l *lister) list(ctx context.Context, x digest.Listing, v validators) (got listed, err error) {
	began := l.p.opts.Clock.Now()
	total, whole, named, stale := -1, true, false, 0
	ids := map[string]bool{}
	for address, n := l.address(x), 0; address != ""; n++ {
		if err := l.over(); err != nil {
			return got, err
		}
		resp, err := l.ask(ctx, address, v)
		if err != nil {
			return got, err
		}
		if n == 0 {
			got.validators = validators{resp.ETag, resp.LastModified}
		}
		if resp.NotModified {
			got.unchanged = true
			return got, nil
		}
		doc, stored, err := l.pageOf(ctx, x, resp)
		if err != nil {
			return got, err
		}
		got.present = append(got.present, stored.CommentIDs...)
		total = max(total, doc.TotalResults)
		before := len(ids)
		whole = l.count(doc, ids) && whole && !foreign(doc, x, l.own)
		named = named || doc.PostRef != "" && doc.PostRef == x.GUID
		if stale++; len(ids) > before {
			stale = 0
		}
		got.complete = got.complete || n == 0 && doc.Complete
		v = validators{}
		if address = l.following(doc, resp, address); (n+1 == listingPages || stale >= stalePages) && address != "" {
			whole, address = false, ""
		}
	}
	got.entries = len(ids)
	counted := got.entries == x.Announced && got.entries < l.tour.size
	// A feed without entries may be anybody's, unless it names the post.
	whole = whole && got.entries >= total
	got.complete = whole && (got.complete || counted || l.habits.wholeListing && (named || got.entries > 0))
	if !got.complete {
		return got, nil
	}
	gone, err := l.p.opts.Store.MarkAbsent(ctx, l.src.ID, x.PostID, got.present, began.Truncate(time.Microsecond))
	l.report.stored.GoneComments += gone
	return got, err
}

// ask asks for a page of a listing.
func (l *lister) ask(ctx context.Context, address string, v validators) (*Response, error) {
	l.seen[address] = true
	l.report.requests++
	resp, err := l.p.opts.Fetcher.Get(ctx, Request{URL: address, Accept: acceptFeed, ETag: v.etag, LastModified: v.lastModified})
	if err == nil {
		l.share.bytes += int64(len(resp.Body))
	}
	return resp, err
}

// pageOf stores a page of a post's comments. Those that do not name their post
// are the post's.
func (l *lister) pageOf(ctx context.Context, x digest.Listing, resp *Response) (*feed.Document, Stored, error) {
	doc, err := l.parse(resp)
	if err != nil {
		return nil, Stored{}, err
	}
	for i := range doc.Comments {
		if c := &doc.Comments[i]; c.PostRef == "" && c.PostKey == "" {
			c.PostRef, c.PostKey = x.GUID, x.Key
		}
		if m := wordpressID.FindStringSubmatch(doc.Comments[i].ID); m != nil {
			l.witness = m[1]
		}
		if u := webAddress(doc.Comments[i].URL); u != nil && u.Fragment != "" {
			l.places[x.PostID] = append(l.places[x.PostID], u.Fragment)
		}
	}
	l.report.pages++
	l.report.entries += doc.Entries()
	l.report.skipped += len(doc.Skipped)
	stored, err := l.p.opts.Store.StorePage(ctx, l.convert(doc))
	if err != nil {
		return nil, Stored{}, err
	}
	l.report.stored = l.report.stored.Add(stored)
	l.p.tell(Progress{Source: l.src.Name, Kind: digest.CommentsFeed, Pages: l.report.pages, Entries: l.report.entries, Total: -1})
	if doc.CutShort {
		return nil, Stored{}, digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.",
			"the feed at %s is cut short: it ends in the middle", resp.URL)
	}
	return doc, stored, nil
}

// count notes a page's entries. An entry that was left out and has no id may be
// any: then nothing is known of the whole.
func (l *lister) count(doc *feed.Document, ids map[string]bool) bool {
	for _, c := range doc.Comments {
		ids[c.ID] = true
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
func foreign(doc *feed.Document, x digest.Listing, own hosts) bool {
	home := own.canonical(x.URL, false)
	for _, c := range doc.Comments {
		switch at := own.canonical(c.PostRef, false); {
		case c.PostKey != "" && c.PostKey == x.Key, c.PostRef != "" && (c.PostRef == x.GUID || c.PostRef == x.URL), at != "" && at == home:
		default:
			return true
		}
	}
	return false
}

// following gives the page after a page of a listing.
func (l *lister) following(doc *feed.Document, resp *Response, address string) string {
	next := doc.NextURL
	if size := l.habits.bigger[digest.CommentsFeed]; next != "" && size != "" {
		next = withQuery(next, "max-results", size)
	}
	if strings.HasPrefix(resp.URL, "https://") && strings.HasPrefix(next, "http://") {
		next = "https" + strings.TrimPrefix(next, "http")
	}
	if next == "" || l.seen[next] || !sameSite(address, next) && !sameSite(resp.URL, next) && !bloggersOwn(doc, next) {
		return ""
	}
	return next
}

// address gives the comments feed of a post: the one that the post names, if it
// is on a host of the source's or is Blogger's own; else by the source's pattern;
// else where the platform keeps it; "" for none.
func (l *lister) address(x digest.Listing) string {
	if u := webAddress(x.CommentsURL); u != nil && (l.own.has(x.CommentsURL) || l.src.Platform == digest.Blogger && plainHost(u) == "blogger.com") {
		if size := l.habits.bigger[digest.CommentsFeed]; size != "" && !u.Query().Has("max-results") {
			return withQuery(x.CommentsURL, "max-results", size)
		}
		return x.CommentsURL
	}
	if l.src.CommentsPattern != "" {
		return fill(l.src.CommentsPattern, x, l.tour.feeds)
	}
	return fill(l.habits.listing, x, l.tour.feeds)
}

var (
	placeholder = regexp.MustCompile(`\{(url|path|id|root|feeds)\}`)
	lastNumber  = regexp.MustCompile(`(\d+)$`)
	letter      = regexp.MustCompile(`^[0-9A-Za-z]`)
)

// fill puts a post into a pattern; "" when the post has nothing to put in a
// place. {url} is the post's address, {path} its path, {root} its address without
// the path, {id} the platform's number of it. Before the question mark an address
// or path meets what follows it with one slash, and has no query of its own;
// behind it they are escaped.
func fill(pattern string, x digest.Listing, feeds string) string {
	query := strings.IndexByte(pattern, '?')
	var b strings.Builder
	last := 0
	for _, m := range placeholder.FindAllStringIndex(pattern, -1) {
		b.WriteString(pattern[last:m[0]])
		last = m[1]
		name, rest := pattern[m[0]:m[1]], pattern[m[1]:]
		value := fillIn(name, x, feeds)
		switch inQuery := query >= 0 && m[0] > query; {
		case value == "", name == "{url}" && !inQuery && strings.ContainsAny(value, "?#"):
			return ""
		case inQuery:
			value = url.QueryEscape(value)
		case strings.HasPrefix(rest, "/"):
			value = strings.TrimSuffix(value, "/")
		case name != "{id}" && name != "{feeds}" && letter.MatchString(rest) && !strings.HasSuffix(value, "/"):
			value += "/"
		}
		b.WriteString(value)
	}
	b.WriteString(pattern[last:])
	if webAddress(b.String()) == nil {
		return ""
	}
	return b.String()
}

// fillIn gives what stands in a place of a pattern.
func fillIn(name string, x digest.Listing, feeds string) string {
	switch name {
	case "{id}":
		return or(lastNumber.FindString(x.Key), lastNumber.FindString(x.GUID))
	case "{feeds}":
		return feeds
	}
	post := webAddress(x.URL)
	switch {
	case post == nil:
		return ""
	case name == "{path}":
		return or(post.EscapedPath(), "/")
	case name == "{root}":
		return post.Scheme + "://" + post.Host
	}
	post.Fragment, post.RawFragment = "", ""
	return post.String()
}

// bloggerFeeds is where Blogger keeps a blog's feeds: on its own host the number
// of the blog belongs to it, on the blog's host a number is that of a post.
var bloggerFeeds = regexp.MustCompile(`^(https?://[^/]+/feeds/(?:[0-9]+/)?)(?:posts|comments)/`)

// feedsAt gives the folder of a Blogger blog's feeds by the address of one of
// them, "" for any other address.
func feedsAt(address string) string {
	if m := bloggerFeeds.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}
