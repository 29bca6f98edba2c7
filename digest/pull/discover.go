package pull

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
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
	// Notices are sentences for whoever asked, as in [Report].
	Notices []string

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
func (p *Puller) Discover(ctx context.Context, rawURL string, opts AddOptions) (Found, error) {
	opts, err := opts.checked()
	if err != nil {
		return Found{}, err
	}
	s := search{p: p, opts: opts, said: opts.Platform != "", answers: map[string]*Response{}, failed: map[string]error{}}
	if opts.Posts != "" && rawURL == "" {
		return s.assemble(ctx, place{posts: []string{opts.Posts}})
	}
	address, bare, err := tidy(or(rawURL, opts.Comments))
	if err != nil {
		return Found{}, err
	}
	if opts.Posts != "" {
		s.home = address
		return s.assemble(ctx, place{posts: []string{opts.Posts}})
	}
	if at, ok := s.known(address); ok {
		return s.assemble(ctx, at)
	}
	resp, err := s.get(ctx, address, acceptAny)
	if err != nil && bare && digest.KindOf(err) == digest.Unavailable && ctx.Err() == nil {
		if plain, perr := s.get(ctx, "http"+strings.TrimPrefix(address, "https"), acceptAny); perr == nil {
			resp, err = plain, nil
		}
	}
	if err != nil {
		return Found{}, err
	}
	if isPage(resp) {
		return s.fromPage(ctx, resp)
	}
	return s.fromFeed(ctx, resp)
}

var (
	pageMark = regexp.MustCompile(`(?i)<(?:body|head|title|meta|link|script|main|div|p|a)[\s>]`)
	feedMark = regexp.MustCompile(`(?i)<(?:[a-z]+:)?(?:rss|feed|rdf)[\s>]`)
)

// isPage tells whether an answer is a web page, also one that leaves out all that
// HTML lets it leave out.
func isPage(resp *Response) bool {
	switch feed.Sniff(resp.Body, resp.ContentType) {
	case feed.HTML:
		return true
	case feed.XML:
		start := resp.Body[:min(len(resp.Body), 4000)]
		return strings.Contains(strings.ToLower(resp.ContentType), "html") && pageMark.Match(start) && !feedMark.Match(start)
	}
	return false
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// tidy makes an address of what a person typed; bare tells that it had no
// scheme and https was taken.
func tidy(raw string) (address string, bare bool, err error) {
	raw = strings.TrimSpace(raw)
	given := raw
	if rest, ok := strings.CutPrefix(raw, "feed:"); ok {
		raw = strings.TrimPrefix(rest, "//")
	}
	if bare = !hasScheme.MatchString(raw); bare {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if at := strings.LastIndex(given, "@"); err != nil && at >= 0 {
		given = "…" + given[at:] // what is before it may be a password
	}
	switch {
	case err != nil || u.Hostname() == "":
	case u.Scheme != "http" && u.Scheme != "https":
		return "", false, digest.Fail(digest.Invalid, "Give an address that starts with https:// or http://.",
			"the address %q is neither http nor https", u.Redacted())
	case u.User != nil:
		return "", false, digest.Fail(digest.Invalid, "Take the name and password out of the address.",
			"the address %q holds a name or password", u.Redacted())
	}
	if err != nil || u.Hostname() == "" || strings.ContainsAny(raw, " \t\r\n") {
		return "", false, digest.Fail(digest.Invalid, "Give the address of the blog, such as https://example.blogspot.com.",
			"%q is not an address", given)
	}
	return raw, bare, nil
}

// known gives the place of the feeds of a site that is known by its host.
func (s *search) known(address string) (place, bool) {
	if at, ok := mediumFeed(address); ok {
		return place{posts: []string{at}}, true
	}
	platform, ok := siteOf(address)
	if !ok {
		return place{}, false
	}
	at := placeOf(platform, address)
	return at, len(at.posts) > 0
}

// assemble reads a blog's posts feed, finds its comments and makes a source of
// them.
func (s *search) assemble(ctx context.Context, at place) (Found, error) {
	posts, err := s.first(ctx, at.posts, digest.PostsFeed)
	if err != nil {
		return Found{}, fmt.Errorf("read the posts feed: %w", err)
	}
	talk, err := s.comments(ctx, posts, at)
	if err != nil {
		return Found{}, err
	}
	d := posts.doc
	found := s.through(posts)
	found.Source.CommentsPattern = talk.pattern
	found.Silent, found.Notices = talk.silent, talk.notices
	if c := talk.feed; c != nil {
		found.Feeds = append(found.Feeds, digest.FeedState{Kind: digest.CommentsFeed, URL: c.url})
		found.Source.Language = or(d.Language, c.doc.Language)
	}
	return found, nil
}

// through makes a source that is followed through one feed.
func (s *search) through(a *answer) Found {
	d := a.doc
	found := Found{
		Source: digest.Source{
			Name:     or(s.opts.Name, or(d.Title, host(a.url))),
			URL:      or(d.HomeURL, or(s.home, root(a.url))),
			Platform: s.platform(d),
			Language: d.Language,

			PlatformSet: s.said,
		},
		Feeds: []digest.FeedState{{Kind: d.Kind, URL: a.url}},
	}
	for _, e := range d.Posts {
		found.guids = append(found.guids, e.ID)
	}
	return found
}

// fromFeed goes on from an address that gave a feed, or nothing readable. When the
// rest of the blog is not to be had, the feed is followed alone: it was given, and
// it can be read.
func (s *search) fromFeed(ctx context.Context, resp *Response) (Found, error) {
	only := s.opts.CommentsPattern == "" && (s.opts.Comments == "" || s.opts.Comments == resp.URL)
	found, err := s.around(ctx, resp)
	_, choice := errors.AsType[*AmbiguousError](err)
	if err == nil || !only || choice || ctx.Err() != nil {
		return found, err
	}
	a, unread := s.read(resp, or(resp.Moved, resp.URL), "")
	if unread != nil {
		return Found{}, err
	}
	found = s.through(a)
	switch {
	case a.doc.Kind == digest.PostsFeed:
		found.Silent = true
		found.Notices = append(found.Notices, "no feed of comments could be read ("+err.Error()+"), so only the posts will come")
	case a.doc.OnePost:
		found.Notices = append(found.Notices, "this feed lists the comments of one post, and no other comments will come")
	default:
		found.Notices = append(found.Notices, "no feed of the posts was found, so only what this one says of them is known")
	}
	return found, nil
}

// around looks for a blog around the address of one of its feeds.
func (s *search) around(ctx context.Context, resp *Response) (Found, error) {
	s.answers[resp.URL] = resp
	if pair, ok := bloggerPair(resp.URL); ok {
		return s.assemble(ctx, pair) // its RSS leads to its Atom feeds, too
	}
	a, err := s.read(resp, or(resp.Moved, resp.URL), "")
	if err != nil {
		return Found{}, err
	}
	d, at := a.doc, place{}
	switch d.Platform {
	case digest.Blogger:
		at = bloggerAt(or(d.HomeURL, resp.URL))
	case digest.WordPress:
		at = wordPressAt(wordPressHome(d, resp.URL))
	default:
		at = placeOf(s.platform(d), resp.URL)
	}
	if whole := d.Platform == digest.Blogger || d.Platform == digest.WordPress; whole {
		if d.Kind == digest.PostsFeed {
			at.posts = append(at.posts, resp.URL)
		}
		return s.assemble(ctx, at)
	}
	if d.Kind == digest.PostsFeed {
		at.posts = []string{resp.URL}
		return s.assemble(ctx, at)
	}
	if !d.OnePost {
		at.comments = append([]string{resp.URL}, at.comments...)
	}
	if len(at.posts) > 0 {
		if _, err := s.first(ctx, at.posts, digest.PostsFeed); err == nil {
			return s.assemble(ctx, at)
		}
	}
	return s.fromHome(ctx, d, resp, at)
}

// fromHome looks for the posts of a comments feed on the home page it names.
func (s *search) fromHome(ctx context.Context, d *feed.Document, resp *Response, at place) (Found, error) {
	home := d.HomeURL
	if home == "" || !related(home, resp.URL) {
		home = root(resp.URL)
	}
	page, err := s.get(ctx, home, acceptAny)
	if err != nil || !isPage(page) {
		return Found{}, digest.Fail(digest.Invalid, "Name its posts feed: postbag source add --posts ADDRESS --comments "+quoted(resp.URL),
			"%s lists comments, and the feed of their posts was not found", resp.URL)
	}
	if s.opts.Comments == "" && !d.OnePost {
		s.opts.Comments = resp.URL
	}
	return s.fromPage(ctx, page)
}
