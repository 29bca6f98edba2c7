package pull

import (
	"context"
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
const acceptAny = "text/html, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"

// Found is a blog behind an address.
type Found struct {
	Source digest.Source
	// Feeds are the posts feed and the comments feed of the whole blog; both
	// were read.
	Feeds []digest.FeedState
	// Notices are sentences for whoever asked, as in [Report].
	Notices []string
}

// Discover finds the posts feed and the site-wide comments feed behind any
// address of a blog: its home page, a post, one of its feeds; https:// may be
// left out. It makes at most [MaxDiscovery] requests and stores nothing. Errors
// are of kind Invalid when the address leads to no blog that Postbag knows, and
// as [Fetcher] gives them when it cannot be reached.
func (p *Puller) Discover(ctx context.Context, rawURL string) (Found, error) {
	address, bare, err := tidy(rawURL)
	if err != nil {
		return Found{}, err
	}
	s := search{p: p, docs: map[string]*answer{}}
	resp, err := s.get(ctx, address, acceptAny)
	if err != nil && bare && digest.KindOf(err) == digest.Unavailable && ctx.Err() == nil {
		if plain, perr := s.get(ctx, "http"+strings.TrimPrefix(address, "https"), acceptAny); perr == nil {
			resp, err = plain, nil
		}
	}
	if err != nil {
		return Found{}, err
	}
	if feed.Sniff(resp.Body, resp.ContentType) == feed.HTML {
		return s.fromPage(ctx, resp)
	}
	return s.fromFeed(ctx, resp)
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// tidy makes an address of what a person typed; bare tells that it had no
// scheme and https was taken.
func tidy(raw string) (address string, bare bool, err error) {
	raw = strings.TrimSpace(raw)
	if rest, ok := strings.CutPrefix(raw, "feed:"); ok {
		raw = strings.TrimPrefix(rest, "//")
	}
	if bare = !hasScheme.MatchString(raw); bare {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(raw, " \t\r\n") {
		return "", false, digest.Fail(digest.Invalid, "Give the address of the blog, such as https://example.blogspot.com.",
			"%q is not an address", raw)
	}
	return raw, bare, nil
}

// search is a discovery under way.
type search struct {
	p        *Puller
	requests int
	docs     map[string]*answer // by the address asked for
}

// answer is a feed that was read.
type answer struct {
	doc *feed.Document
	url string // where to ask for it from now on
}

func (s *search) get(ctx context.Context, address, accept string) (*Response, error) {
	if s.requests >= MaxDiscovery {
		return nil, digest.Fail(digest.Invalid, "Give the address of the blog's home page, or of its posts feed.",
			"the blog's feeds were not found within %d requests", MaxDiscovery)
	}
	s.requests++
	return s.p.opts.Fetcher.Get(ctx, Request{URL: address, Accept: accept})
}

// keep reads a response as a feed and remembers it.
func (s *search) keep(resp *Response, asked string) (*answer, error) {
	doc, err := feed.Parse(resp.Body, feed.Options{ContentType: resp.ContentType, URL: resp.URL})
	if err != nil {
		return nil, err
	}
	a := &answer{doc: doc, url: asked}
	if resp.Moved != "" {
		a.url = resp.Moved
	}
	s.docs[asked] = a
	return a, nil
}

// feed fetches a feed, unless it was read before, and holds it against its kind.
func (s *search) feed(ctx context.Context, address string, want digest.FeedKind) (*answer, error) {
	a := s.docs[address]
	if a == nil {
		resp, err := s.get(ctx, address, acceptFeed)
		if err != nil {
			return nil, err
		}
		if a, err = s.keep(resp, address); err != nil {
			return nil, err
		}
	}
	if a.doc.Kind != want || a.doc.OnePost {
		return nil, digest.Fail(digest.Invalid, "Give the address of the blog's home page.",
			"the feed at %s does not list all %s of the blog", address, want)
	}
	return a, nil
}

// fromFeed goes on from an address that gave a feed, or nothing readable.
func (s *search) fromFeed(ctx context.Context, resp *Response) (Found, error) {
	a, err := s.keep(resp, resp.URL)
	if err != nil {
		// Blogger's RSS leads to its Atom feeds.
		if pair, ok := bloggerPair(resp.URL); ok {
			return s.both(ctx, pair)
		}
		return Found{}, err
	}
	if a.doc.Platform == digest.Blogger {
		if pair, ok := bloggerPair(resp.URL); ok {
			return s.both(ctx, pair)
		}
		return s.both(ctx, bloggerAt(or(a.doc.HomeURL, resp.URL)))
	}
	return s.both(ctx, wordPressAt(wordPressHome(a.doc, resp.URL)))
}

// fromPage goes on from a web page.
func (s *search) fromPage(ctx context.Context, resp *Response) (Found, error) {
	page := feed.ReadPage(resp.Body, resp.URL)
	maker := feed.Maker(page.Generator)
	for _, l := range page.Links {
		if pair, ok := bloggerPair(l.URL); ok {
			return s.both(ctx, pair)
		}
		if home, ok := strings.CutSuffix(strings.TrimSuffix(l.URL, "/"), "/comments/feed"); ok {
			return s.both(ctx, wordPressAt(home+"/"))
		}
	}
	switch {
	case maker == "Blogger":
		return s.both(ctx, bloggerAt(resp.URL))
	case page.WordPressHome != "" || maker == "WordPress":
		return s.both(ctx, wordPressAt(root(resp.URL)))
	case len(page.Links) > 0:
		return s.fromLink(ctx, page.Links[0].URL)
	case maker != "":
		return Found{}, digest.Fail(digest.Invalid, "Postbag reads Blogger and WordPress so far.",
			"the page announces no feed; it was made with %s, which is not known yet", maker)
	case page.Login:
		return Found{}, digest.Fail(digest.Invalid, "Only public blogs can be followed.", "the address gives a login page")
	}
	return s.guess(ctx, resp.URL)
}

// fromLink reads a feed that a page announces without saying what made it.
func (s *search) fromLink(ctx context.Context, address string) (Found, error) {
	resp, err := s.get(ctx, address, acceptFeed)
	if err != nil {
		return Found{}, err
	}
	return s.fromFeed(ctx, resp)
}

// guess tries where the known platforms keep their feeds.
func (s *search) guess(ctx context.Context, address string) (Found, error) {
	for _, pair := range []feedPair{bloggerAt(address), wordPressAt(root(address))} {
		if _, err := s.feed(ctx, pair.posts, digest.PostsFeed); err == nil {
			return s.both(ctx, pair)
		} else if ctx.Err() != nil {
			return Found{}, err
		}
	}
	return Found{}, digest.Fail(digest.Invalid, "Give the blog's home page, or the address of its feed.",
		"no feed was found at %s", address)
}

// both reads a blog's two feeds and makes a source of them.
func (s *search) both(ctx context.Context, pair feedPair) (Found, error) {
	posts, err := s.feed(ctx, pair.posts, digest.PostsFeed)
	if err != nil {
		return Found{}, fmt.Errorf("read the posts feed: %w", err)
	}
	comments, err := s.comments(ctx, pair, posts.doc)
	if err != nil {
		return Found{}, err
	}
	d := posts.doc
	found := Found{
		Source: digest.Source{
			Name:     or(d.Title, or(comments.doc.Title, host(posts.url))),
			URL:      or(d.HomeURL, root(posts.url)),
			Platform: d.Platform,
			Language: or(d.Language, comments.doc.Language),
		},
		Feeds: []digest.FeedState{
			{Kind: digest.PostsFeed, URL: posts.url},
			{Kind: digest.CommentsFeed, URL: comments.url},
		},
	}
	if comments.doc.Entries() == 0 {
		found.Notices = append(found.Notices, "the blog has no comments yet")
	}
	return found, nil
}

// comments reads the comments feed of the whole blog, at the first of its
// possible addresses that has one.
func (s *search) comments(ctx context.Context, pair feedPair, posts *feed.Document) (*answer, error) {
	var last error
	for _, address := range pair.comments {
		a, err := s.feed(ctx, address, digest.CommentsFeed)
		if err == nil {
			return a, nil
		}
		last = err
		if kind := digest.KindOf(err); kind != digest.NotFound && kind != digest.Invalid {
			return nil, fmt.Errorf("read the comments feed: %w", err)
		}
		if s.requests >= MaxDiscovery {
			break
		}
	}
	return nil, digest.Fail(digest.Invalid,
		"Its comment feeds may be switched off, or its comments kept by another service; Postbag needs them.",
		"the blog %q has no comments feed: %w", posts.Title, last)
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Hostname()
}

// root gives the home page of an address's host.
func root(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host + "/"
}
