// Package discover finds the feeds of a blog behind any address of it, and adds and
// changes sources: by the site's host, by the platform that made a page, by the feeds
// that the page links to (link discovery), and by where such feeds usually are.
package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/platform"
)

// MaxDiscovery is the most requests that finding a blog's feeds may take.
const MaxDiscovery = 5

// acceptAny is sent with the first request, whose answer may be a page.
const acceptAny = "text/html, application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1"

// Found is a blog behind an address.
type Found struct {
	Source digest.Source
	// Feeds are the posts feed and, where there is one, the comments feed of the
	// whole blog; each was read.
	Feeds []digest.FeedState
	// Silent tells that no comments will come by feed, and a notice says why.
	Silent bool
	// Attached tells that the feeds went to a source that was followed without.
	Attached bool
	// Notices say what could not be had, and why.
	Notices []pull.Notice
	// Posts and Comments are what the first pages of the feeds tell.
	Posts, Comments Extent

	guids []string // of the posts on the first page
}

// Discover finds the posts feed and the comments of the whole blog behind any
// address of it: its home page, a post, one of its feeds; https:// may be left
// out. What opts names is read and checked, and not looked for; with a posts feed
// or a comments feed named the address may be empty. It makes at most
// [MaxDiscovery] requests and stores nothing. A feed that was given is followed
// alone when nothing else of its blog can be read. Errors are of kind Invalid when
// the address leads to no blog, or to several feeds of which somebody has to
// choose (an [AmbiguousError]), and as [Fetcher] gives them when it cannot be
// reached. A blog without comments in feeds is no error.
func (f *Finder) Discover(ctx context.Context, rawURL string, opts Options) (Found, error) {
	opts, err := opts.checked()
	if err != nil {
		return Found{}, err
	}
	s := f.search(opts, opts.Platform != "")
	if opts.Posts != "" && rawURL == "" {
		return s.assemble(ctx, platform.Feeds{Posts: []string{opts.Posts}})
	}
	address, bare, err := identity.Tidy(cmp.Or(rawURL, opts.Comments))
	if err != nil {
		return Found{}, err
	}
	address = platform.Secure(address, "")
	if opts.Posts != "" {
		s.home = address
		return s.assemble(ctx, platform.Feeds{Posts: []string{opts.Posts}})
	}
	if at, ok := platform.FeedsByHost(address); ok {
		return s.assemble(ctx, at)
	}
	resp, err := s.get(ctx, address, acceptAny)
	if err != nil && bare && digest.KindOf(err) == digest.Unavailable && ctx.Err() == nil {
		plain, perr := s.get(ctx, "http"+strings.TrimPrefix(address, "https"), acceptAny)
		if _, answered := errors.AsType[*pull.StatusError](perr); perr == nil || answered {
			resp, err = plain, perr // who answers tells more than who does not
		}
	}
	if err != nil {
		return Found{}, err
	}
	if isPage(resp) && rawURL != "" {
		return s.fromPage(ctx, resp)
	}
	return s.fromFeed(ctx, resp, s.namedAs(address))
}

// namedAs is what a person said that the feed at an address lists; "" for nothing.
func (s *search) namedAs(address string) digest.FeedKind {
	if address == s.opts.Comments {
		return digest.CommentsFeed
	}
	return ""
}

var (
	pageMark = lazyregexp.New(`(?i)<(?:body|head|title|meta|link|script|main|div|p|a)[\s>]`)
	feedMark = lazyregexp.New(`(?i)<(?:[a-z]+:)?(?:rss|feed|rdf)[\s>]`)
)

// isPage tells whether an answer is a web page, also one that leaves out all that
// HTML lets it leave out.
func isPage(resp *pull.Response) bool {
	switch feed.Sniff(resp.Body, resp.ContentType) {
	case feed.HTML:
		return true
	case feed.XML:
		start := resp.Body[:min(len(resp.Body), 4000)]
		return strings.Contains(strings.ToLower(resp.ContentType), "html") && pageMark.Match(start) && !feedMark.Match(start)
	}
	return false
}

// assemble reads a blog's posts feed, finds its comments and makes a source of
// them.
func (s *search) assemble(ctx context.Context, at platform.Feeds) (Found, error) {
	posts, err := s.first(ctx, at.Posts, digest.PostsFeed)
	if err != nil {
		return Found{}, fmt.Errorf("read the posts feed: %w", err)
	}
	comments, err := s.comments(ctx, posts, at)
	if err != nil {
		return Found{}, err
	}
	d := posts.doc
	found := s.through(posts)
	found.Source.CommentsPattern = comments.pattern
	found.Silent, found.Notices = comments.silent, comments.notices
	if c := comments.all; c != nil {
		found.Feeds = append(found.Feeds, digest.FeedState{Kind: digest.CommentsFeed, URL: c.url})
		found.Comments = extentOf(c.doc)
		found.Source.Language = cmp.Or(d.Language, c.doc.Language)
	}
	return found, nil
}

// through makes a source that is followed through one feed.
func (s *search) through(a *answer) Found {
	d := a.doc
	found := Found{
		Source: digest.Source{
			Name:     cmp.Or(s.opts.Name, d.Title, hostname.Of(a.url)),
			URL:      cmp.Or(d.HomeURL, cmp.Or(s.home, platform.Root(a.url))),
			Platform: s.platform(d),
			Language: d.Language,

			PlatformSet: s.said,
		},
		Feeds: []digest.FeedState{{Kind: d.Kind, URL: a.url}},
	}
	for _, e := range d.Posts {
		found.guids = append(found.guids, e.ID)
	}
	if d.Kind == digest.PostsFeed {
		found.Posts = extentOf(d)
	} else {
		found.Comments = extentOf(d)
	}
	return found
}

// fromFeed goes on from an address that gave a feed, or nothing readable. When the
// rest of the blog is not to be had, the feed is followed alone: it was given, and
// it can be read. It is read as what a person said that it lists.
func (s *search) fromFeed(ctx context.Context, resp *pull.Response, want digest.FeedKind) (Found, error) {
	only := s.opts.CommentsPattern == "" && (s.opts.Comments == "" || want == digest.CommentsFeed)
	found, err := s.around(ctx, resp, want)
	_, choice := errors.AsType[*AmbiguousError](err)
	if err == nil || !only || choice && want == "" || ctx.Err() != nil {
		return found, err
	}
	asked := resp.URL
	if want == digest.CommentsFeed {
		asked = s.opts.Comments
	}
	a, unread := s.read(resp, asked, want)
	if unread != nil {
		return Found{}, err
	}
	found = s.through(a)
	switch {
	case a.doc.Kind == digest.PostsFeed:
		found.Silent = true
		found.Notices = append(found.Notices, pull.Notice{Text: "no feed of comments could be read (" + err.Error() + "), so only the posts will come"})
	case a.doc.OnePost:
		found.Notices = append(found.Notices, pull.Notice{Text: "this feed lists the comments of one post, and no other comments will come"})
	default:
		found.Notices = append(found.Notices, pull.Notice{Text: "no feed of the posts was found, so only what this one says of them is known"})
	}
	return found, nil
}

// around looks for a blog around the address of one of its feeds.
func (s *search) around(ctx context.Context, resp *pull.Response, want digest.FeedKind) (Found, error) {
	s.answers[resp.URL] = resp
	if pair, ok := platform.OfBloggerFeed(resp.URL); ok {
		return s.assemble(ctx, pair) // its RSS leads to its Atom feeds, too
	}
	a, err := s.read(resp, resp.URL, want)
	if err != nil {
		return Found{}, err
	}
	d, at := a.doc, s.beside(a.doc, resp.URL)
	if whole := d.Platform == digest.Blogger || d.Platform == digest.WordPress; whole {
		if d.Kind == digest.PostsFeed {
			at.Posts = append(at.Posts, resp.URL)
		}
		return s.assemble(ctx, at)
	}
	if d.Kind == digest.PostsFeed {
		at.Posts = []string{resp.URL}
		return s.assemble(ctx, at)
	}
	if !d.OnePost {
		at.Comments = append([]string{resp.URL}, at.Comments...)
	}
	if len(at.Posts) > 0 {
		if _, err := s.first(ctx, at.Posts, digest.PostsFeed); err == nil {
			return s.assemble(ctx, at)
		}
	}
	return s.fromHome(ctx, d, resp, at)
}

// beside gives where the platform of a feed at an address keeps the feeds of its blog.
func (s *search) beside(d *feed.Document, address string) platform.Feeds {
	switch d.Platform {
	case digest.Blogger:
		return platform.FeedsOf(digest.Blogger, cmp.Or(d.HomeURL, address))
	case digest.WordPress:
		return platform.Below(digest.WordPress, platform.WordPressHome(d, address))
	}
	return platform.FeedsOf(s.platform(d), address)
}

// fromHome looks for the posts of a comments feed on the home page it names.
func (s *search) fromHome(ctx context.Context, d *feed.Document, resp *pull.Response, at platform.Feeds) (Found, error) {
	home := d.HomeURL
	if home == "" || !related(home, resp.URL) {
		home = platform.Root(resp.URL)
	}
	page, err := s.get(ctx, home, acceptAny)
	if err != nil || !isPage(page) {
		return Found{}, digest.Fail(digest.Invalid, "Name the feed of its posts.", "%s lists comments, and the feed of their posts was not found", resp.URL).
			Offer(digest.Act{Do: digest.AddSource, Posts: "ADDRESS", Comments: resp.URL})
	}
	if s.opts.Comments == "" && !d.OnePost {
		s.opts.Comments = resp.URL
	}
	return s.fromPage(ctx, page)
}
