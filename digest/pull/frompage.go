package pull

import (
	"context"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/webpage"
)

// fromPage goes on from a web page: by the platform that made it, then by the
// feeds it announces or links to, then by where its maker usually puts them.
func (s *search) fromPage(ctx context.Context, resp *Response) (Found, error) {
	page := s.page(resp)
	maker := webpage.Software(page.Generator)
	if s.opts.Platform != "" {
		maker = makerOf(s.opts.Platform)
	}
	if at, ok := s.byMaker(page, maker); ok {
		return s.assemble(ctx, at)
	}
	o := offers(page.Page, page.url)
	switch {
	case o.unclear:
		return Found{}, o.ambiguous(page.url)
	case len(o.posts) > 0:
		return s.announced(ctx, o)
	}
	at := place{posts: conventional(maker, page.url), comments: o.comments}
	if mastodon := placeOf(digest.Mastodon, page.url); len(mastodon.posts) > 0 {
		at.posts = append(mastodon.posts, at.posts...)
	}
	if len(at.posts) > 0 && maker != "" {
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
func (s *search) page(resp *Response) seenPage {
	p := seenPage{webpage.Read(resp.Body, resp.URL), resp.URL}
	s.pages = append(s.pages, p)
	return p
}

// byMaker gives the feeds of a page whose platform keeps them where it always
// does. On a category of a forum the page's own links say more.
func (s *search) byMaker(page seenPage, maker string) (place, bool) {
	for _, l := range page.Links {
		if pair, ok := bloggerPair(l.URL); ok {
			return pair, true
		}
		if at, ok := wordPressOf(l.URL); ok {
			return at, true
		}
	}
	platform := s.opts.Platform
	if platform == "" {
		platform = platformBy(maker)
	}
	switch {
	case platform == digest.Blogger:
		return bloggerAt(page.url), true
	case page.WordPressHome != "" && related(page.WordPressHome, page.url):
		return wordPressAt(page.WordPressHome), true
	case platform == digest.WordPress:
		return s.wordPressPage(page), true
	case platform == digest.Discourse:
		at := placeOf(platform, page.url)
		return at, offers(page.Page, page.url).only(ofCategory) == 0
	case platform == digest.Lobsters, platform == digest.Reddit:
		at := placeOf(platform, page.url)
		return at, len(at.posts) > 0
	}
	return place{}, false
}

// only counts the feeds of a kind when there are none of posts.
func (o offer) only(kind string) (n int) {
	for _, c := range o.all {
		switch c.Kind {
		case ofPosts:
			return 0
		case kind:
			n++
		}
	}
	return n
}

// wordPressPage gives the feeds of a WordPress page that names neither its
// interface nor its comments: beside the posts feed it announces, else at the
// top.
func (s *search) wordPressPage(page seenPage) place {
	at := wordPressAt(root(page.url))
	o := offers(page.Page, page.url)
	if len(o.posts) == 0 || o.unclear {
		return at
	}
	own := wordPressAt(wordPressHome(&feed.Document{}, o.posts[0]))
	return place{posts: append(o.posts, at.posts...), comments: own.comments}
}

// announced reads the posts feed that a page announces; where it is dead the
// error is that of the first.
func (s *search) announced(ctx context.Context, o offer) (Found, error) {
	a, err := s.first(ctx, o.posts, digest.PostsFeed)
	if err != nil {
		return s.mistaken(ctx, o, err)
	}
	at := place{posts: o.posts, comments: o.comments}
	switch a.doc.Platform {
	case digest.Blogger:
		at = bloggerAt(or(a.doc.HomeURL, a.url))
	case digest.WordPress:
		if len(at.comments) == 0 {
			at.comments = wordPressAt(wordPressHome(a.doc, a.url)).comments
		}
	}
	return s.assemble(ctx, at)
}

// mistaken goes on from an announced feed that turned out to list comments: its
// posts are looked for where the platform has them.
func (s *search) mistaken(ctx context.Context, o offer, cause error) (Found, error) {
	resp := s.answers[o.posts[0]]
	if resp == nil {
		return Found{}, cause
	}
	a, err := s.read(resp, o.posts[0], "")
	if err != nil || a.doc.Kind != digest.CommentsFeed {
		return Found{}, cause
	}
	at := placeOf(s.platform(a.doc), resp.URL)
	switch a.doc.Platform {
	case digest.WordPress:
		at = wordPressAt(wordPressHome(a.doc, resp.URL))
	case digest.Blogger:
		at = bloggerAt(or(a.doc.HomeURL, resp.URL))
	}
	if !a.doc.OnePost {
		at.comments = append([]string{resp.URL}, at.comments...)
	}
	if len(at.posts) == 0 {
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
	for _, address := range conventional("", page.url) {
		a, err := s.feed(ctx, address, digest.PostsFeed, "")
		switch kind := digest.KindOf(err); {
		case ctx.Err() != nil:
			return Found{}, ctx.Err()
		case err == nil:
			return s.announced(ctx, offer{posts: []string{a.url}})
		case kind != digest.NotFound && kind != digest.Invalid:
			return Found{}, err
		}
		if s.left() == 0 {
			break
		}
	}
	if maker != "" {
		return Found{}, digest.Fail(digest.Invalid, "If it has a feed, name it: postbag source add --posts ADDRESS",
			"the page announces no feed; it was made with %s", maker)
	}
	return Found{}, digest.Fail(digest.Invalid, "Give the blog's home page, or the address of its feed. A blog without feeds can be imported: postbag import FILE",
		"no feed was found at %s", page.url)
}
