package discover

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/pull"
	"postbag/digest/pull/platform"
	"postbag/digest/webpage"
)

// fromPage goes on from a web page: by the platform that made it, then by the
// feeds it announces or links to, then by where its maker usually puts them.
func (s *search) fromPage(ctx context.Context, resp *pull.Response) (Found, error) {
	page := s.page(resp)
	maker := webpage.Software(page.Generator)
	if s.opts.Platform != "" {
		maker = platform.MakerOf(s.opts.Platform)
	}
	if at, ok := s.byMaker(page, maker); ok {
		return s.assemble(ctx, at)
	}
	o := linkedFeeds(page.Page, page.url)
	switch {
	case o.unclear:
		return Found{}, o.ambiguous(page.url)
	case len(o.posts) > 0:
		return s.announced(ctx, o)
	}
	at := platform.Feeds{Posts: platform.MayBe(maker, page.url), Comments: o.comments}
	if mastodon := platform.FeedsOf(digest.Mastodon, page.url); len(mastodon.Posts) > 0 {
		at.Posts = append(mastodon.Posts, at.Posts...)
	}
	if len(at.Posts) > 0 && maker != "" {
		found, err := s.assemble(ctx, at)
		if digest.KindOf(err) != digest.NotFound && digest.KindOf(err) != digest.Invalid {
			return found, err
		}
	}
	if page.Login {
		return Found{}, digest.Fail(digest.Invalid, "Only public blogs can be followed.", "the address gives a login page")
	}
	if blog := s.blogOf(page); blog != "" {
		s.strayed = true
		if resp, err := s.get(ctx, blog, acceptAny); err == nil && isPage(resp) {
			return s.fromPage(ctx, resp)
		}
	}
	return s.guess(ctx, page, maker)
}

// page reads an answer as a web page and remembers it.
func (s *search) page(resp *pull.Response) seenPage {
	p := seenPage{webpage.Read(resp.Body, resp.URL), resp.URL}
	platform.SecurePage(&p.Page, resp.URL)
	s.pages = append(s.pages, p)
	return p
}

// byMaker gives the feeds of a page whose platform keeps them where it always
// does; those that the page announces come first. On a category of a forum the page's
// own links say more.
func (s *search) byMaker(page seenPage, maker string) (platform.Feeds, bool) {
	o := linkedFeeds(page.Page, page.url)
	for _, l := range page.Links {
		if pair, ok := platform.OfBloggerFeed(l.URL); ok {
			return pair, true
		}
		if at, ok := platform.OfWordPressComments(l.URL); ok {
			return o.before(at, sameFeed), true
		}
		if at, ok := platform.OfPhpBBFeed(l.URL); ok {
			return at, true
		}
	}
	p := cmp.Or(s.opts.Platform, platform.ByMaker(maker))
	switch {
	case p == digest.Blogger:
		return platform.FeedsOf(digest.Blogger, page.url), true
	case page.WordPressHome != "" && related(page.WordPressHome, page.url):
		return o.before(platform.Below(digest.WordPress, page.WordPressHome), sameFeed), true
	case p == digest.WordPress:
		return o.before(s.wordPressPage(page, o), sameFeed), true
	case p == digest.Discourse:
		return o.before(platform.FeedsOf(p, page.url), sameName), !o.onlyCategories()
	case p == digest.Lobsters, p == digest.Reddit:
		at := platform.FeedsOf(p, page.url)
		return o.before(at, sameFeed), len(at.Posts) > 0
	case p == digest.NodeBB, p == digest.PeerTube, p == digest.ForumMagnum, p == digest.Typecho, p == digest.Lemmy:
		at := platform.FeedsOf(p, page.url)
		return at, len(at.Posts) > 0
	}
	return platform.Feeds{}, false
}

// before puts the feeds that a page announces before those that its platform should have:
// first what is announced and is one of these, as the page writes it, then what the page
// seems to mean.
func (o pageFeeds) before(at platform.Feeds, same func(a, b string) bool) platform.Feeds {
	return platform.Feeds{Posts: o.first(at.Posts, o.posts, same), Comments: o.first(at.Comments, o.comments, same)}
}

func (o pageFeeds) first(usual, meant []string, same func(a, b string) bool) (all []string) {
	add := func(address string) {
		if !slices.ContainsFunc(all, func(have string) bool { return sameFeed(have, address) }) {
			all = append(all, address)
		}
	}
	for _, u := range usual {
		for _, c := range o.all {
			if same(c.URL, u) {
				add(c.URL)
			}
		}
	}
	for _, address := range append(slices.Clone(meant), usual...) {
		add(address)
	}
	return all
}

// sameFeed tells that two addresses differ by a slash at the end only.
func sameFeed(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// sameName tells that two addresses have the same last part: a forum may live in a folder.
func sameName(a, b string) bool {
	return path.Base(field.PathOf(a)) == path.Base(field.PathOf(b))
}

// onlyCategories tells whether there are feeds of categories and none of posts.
func (o pageFeeds) onlyCategories() bool {
	has := func(kind string) bool {
		return slices.ContainsFunc(o.all, func(c Choice) bool { return c.Kind == kind })
	}
	return has(ofCategory) && !has(ofPosts)
}

// wordPressPage gives the feeds of a WordPress page that names neither its
// interface nor its comments: beside the posts feed it announces, else at the
// top.
func (s *search) wordPressPage(page seenPage, o pageFeeds) platform.Feeds {
	at := platform.Below(digest.WordPress, platform.Root(page.url))
	if len(o.posts) == 0 || o.unclear {
		return at
	}
	own := platform.Below(digest.WordPress, platform.WordPressHome(&feed.Document{}, o.posts[0]))
	return platform.Feeds{Posts: append(o.posts, at.Posts...), Comments: own.Comments}
}

// announced reads the posts feed that a page announces; where it is dead the
// error is that of the first.
func (s *search) announced(ctx context.Context, o pageFeeds) (Found, error) {
	a, err := s.first(ctx, o.posts, digest.PostsFeed)
	if err != nil {
		return s.mistaken(ctx, o, err)
	}
	at := platform.Feeds{Posts: o.posts, Comments: o.comments}
	switch a.doc.Platform {
	case digest.Blogger:
		at = s.beside(a.doc, a.url)
	case digest.WordPress:
		if len(at.Comments) == 0 {
			at.Comments = s.beside(a.doc, a.url).Comments
		}
	}
	return s.assemble(ctx, at)
}

// mistaken goes on from an announced feed that turned out to list comments: its
// posts are looked for where the platform has them.
func (s *search) mistaken(ctx context.Context, o pageFeeds, cause error) (Found, error) {
	resp := s.answers[o.posts[0]]
	if resp == nil {
		return Found{}, cause
	}
	a, err := s.read(resp, o.posts[0], "")
	if err != nil || a.doc.Kind != digest.CommentsFeed {
		return Found{}, cause
	}
	at := s.beside(a.doc, resp.URL)
	if !a.doc.OnePost {
		at.Comments = append([]string{resp.URL}, at.Comments...)
	}
	if len(at.Posts) == 0 {
		return Found{}, cause
	}
	return s.assemble(ctx, at)
}

// blogOf gives the page that a site calls its blog, when the page at hand has no
// feed; "" when there is none or it was looked for already.
func (s *search) blogOf(page seenPage) string {
	if s.strayed {
		return ""
	}
	for _, address := range page.Blogs {
		if address != page.url && related(address, page.url) {
			return address
		}
	}
	return ""
}

// guess tries where blogs usually keep their feeds.
func (s *search) guess(ctx context.Context, page seenPage, maker string) (Found, error) {
	for _, address := range platform.MayBe("", page.url) {
		a, err := s.feed(ctx, address, digest.PostsFeed, "")
		switch kind := digest.KindOf(err); {
		case ctx.Err() != nil:
			return Found{}, ctx.Err()
		case err == nil:
			return s.announced(ctx, pageFeeds{posts: []string{a.url}})
		case kind != digest.NotFound && kind != digest.Invalid:
			return Found{}, err
		}
		if s.left() == 0 {
			break
		}
	}
	if maker != "" {
		return Found{}, digest.Fail(digest.Invalid, "If it has a feed, name it.", "the page announces no feed; it was made with %s", maker).
			Offer(digest.Act{Do: digest.AddSource, Posts: "ADDRESS"})
	}
	return Found{}, digest.Fail(digest.Invalid, "Give the blog's home page, or the address of its feed. A blog without feeds can be imported.", "no feed was found at %s", page.url).
		Offer(digest.Act{Do: digest.ImportExport})
}
