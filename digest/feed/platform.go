package feed

import (
	"cmp"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// platform is what is particular to one. Every part but the name may be missing:
// then the platform does as all others do.
type platform struct {
	name digest.Platform

	// What a feed may say of itself; one of these is enough.
	begins    []string           // beginnings of its generator, lower case
	made      []string           // words of its generator, lower case
	hosts     []string           // where it, its home page or its id may be
	ids, urls *lazyregexp.Regexp // what the ids or addresses of all entries look like
	is        func(*page) bool

	// lists is what its feeds list. Where they list either, isComment tells it of their
	// entries, noComments of the address of an empty feed of comments; kind tells what
	// these cannot. Without any of them a page is judged as any feed.
	lists      digest.FeedKind
	isComment  func(*entry) bool
	noComments *lazyregexp.Regexp
	kind       func(*page) verdict
	// silent is the platform's name, where its feeds never list comments.
	silent string
	// onePost is the path of the feed of a single post's comments.
	onePost *lazyregexp.Regexp
	// numbers are how a comment's key is made of its id or address.
	idNumber, urlNumber numbering
	// paged tells that comments stand on the page of their post.
	paged bool

	// document completes what stands above the entries.
	document func(*page, *Document)
	// body gives an entry's text as HTML.
	body func(*entry) string
	// skip gives the reason to leave an entry of a comments feed out that is nobody's, or
	// "".
	skip func(*entry) digest.LeftOut
	// topic tells that an entry of a comments feed is the post itself.
	topic func(*page, *entry) bool
	// post and comment complete what has been read of an entry.
	post    func(*page, *entry, *PostEntry)
	comment func(*page, *entry, *CommentEntry)
}

// numbering makes a key of the number that a pattern finds.
type numbering struct {
	prefix  string
	pattern *lazyregexp.Regexp
}

func (n numbering) key(text string) string {
	if n.pattern == nil {
		return ""
	}
	return numbered(n.prefix, n.pattern, text)
}

// verdict is what a feed lists. One that is not sure gives way to what the
// operator says the feed is.
type verdict struct {
	kind digest.FeedKind
	sure bool
}

// owns tells whether a page is the platform's, by what it says of itself.
func (pf platform) owns(p *page) bool {
	generator := strings.ToLower(p.generator)
	return slices.ContainsFunc(pf.begins, func(s string) bool { return strings.HasPrefix(generator, s) }) ||
		slices.ContainsFunc(pf.made, func(s string) bool { return strings.Contains(generator, s) }) ||
		p.onHost(pf.hosts...) ||
		pf.ids != nil && p.every(func(e *entry) bool { return pf.ids.MatchString(e.id) }) ||
		pf.urls != nil && p.every(func(e *entry) bool { return pf.urls.MatchString(e.url) }) ||
		pf.is != nil && pf.is(p)
}

// platformOf gives the platform whose page it is, or the named one.
func platformOf(p *page, name digest.Platform) (platform, error) {
	i := slices.IndexFunc(platforms, func(pf platform) bool {
		if name != "" {
			return pf.name == name
		}
		return pf.owns(p)
	})
	if i < 0 {
		return platform{}, digest.Fail(digest.Invalid, "Leave the platform out, and it is recognised.",
			"no platform is called %q", field.Line(string(name), 40))
	}
	return platforms[i], nil
}

// read makes a document of a page.
func (p *page) read(opts Options) (*Document, error) {
	if p.isBackup() {
		return nil, wrongExport("a Blogger blog")
	}
	if _, ok := extension(p.ext, "wxr_version"); ok {
		return nil, wrongExport("a WordPress site")
	}
	pf, err := platformOf(p, opts.Platform)
	if err != nil {
		return nil, err
	}
	if !pf.owns(p) {
		pf = pf.guest()
	}
	if pf.name == digest.Blogger {
		p.withoutTitleTypes()
	}
	d := p.document(pf.name)
	if d.Kind, err = pf.kindOf(p, opts.Want); err != nil {
		return nil, err
	}
	if pf.onePost != nil {
		d.OnePost = d.Kind == digest.CommentsFeed && pf.onePost.MatchString(field.PathOf(p.where()))
	}
	if pf.document != nil {
		pf.document(p, d)
	}
	for i := range p.entries {
		pf.entry(p, &p.entries[i], d)
	}
	d.settle()
	return d, nil
}

// wrongExport says that a file is to be imported.
func wrongExport(of string) error {
	return digest.Fail(digest.Invalid, "Import it, or give the blog's address.",
		"this is a backup of %s, not a feed", of).Offer(digest.Act{Do: digest.ImportExport})
}

// guest reads a page that is not the platform's by its looks, because somebody
// says it is. The platform's own marks are looked for; where there are none, the
// entries are read as those of any feed.
func (pf platform) guest() platform {
	own := pf
	pf.body, pf.topic, pf.lists, pf.paged = nil, topic, "", false
	pf.idNumber, pf.urlNumber = numbering{}, numbering{}
	pf.kind = func(p *page) verdict {
		v := threads(p)
		if !v.sure {
			v.kind = own.judge(p).kind
		}
		return v
	}
	pf.comment = func(p *page, e *entry, c *CommentEntry) {
		reply(p, e, c)
		post, parent := c.PostRef, c.ParentRef
		own.complete(p, e, c)
		c.PostRef, c.ParentRef = cmp.Or(post, c.PostRef), cmp.Or(c.ParentRef, parent)
	}
	return pf
}

// judge tells what a page lists.
func (pf platform) judge(p *page) verdict {
	switch {
	case pf.lists != "":
		return verdict{pf.lists, true}
	case pf.kind != nil:
		return pf.kind(p)
	case pf.isComment == nil:
		return threads(p)
	case p.some(pf.isComment):
		return verdict{digest.CommentsFeed, true}
	case len(p.entries) == 0 && pf.noComments.MatchString(withoutHost(p.where())):
		return verdict{digest.CommentsFeed, false}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0}
}

// kindOf tells what a page lists, which is what is wanted unless the page
// contradicts.
func (pf platform) kindOf(p *page, want digest.FeedKind) (digest.FeedKind, error) {
	v := pf.judge(p)
	if want == "" || want == v.kind {
		return v.kind, nil
	}
	if !v.sure {
		return want, nil
	}
	return "", wrongKind(pf.silent, v.kind, want)
}

// wrongKind says that a feed lists something else. silent is the name of a platform
// without comments in feeds, or "".
func wrongKind(silent string, is, want digest.FeedKind) error {
	hint := "Give the blog's own address, and both feeds are found."
	if want == digest.CommentsFeed && silent != "" {
		hint = silent + " offers no comments in feeds; docs/sources.md says what to do instead."
	}
	return digest.Fail(digest.Invalid, hint, "the feed lists %s where %s are expected", is, want)
}

// entry reads one entry into the document.
func (pf platform) entry(p *page, e *entry, d *Document) {
	body := ""
	if pf.body != nil {
		body = pf.body(e)
	} else {
		body = e.body()
	}
	if pf.isPost(p, e, d.Kind) {
		post := p.post(e, body)
		if pf.post != nil {
			pf.post(p, e, &post)
		}
		d.addPost(post)
		return
	}
	if pf.skip != nil {
		if reason := pf.skip(e); reason != "" {
			d.Skipped = append(d.Skipped, Skip{ID: cmp.Or(e.id, e.url), Reason: reason})
			return
		}
	}
	c := p.comment(e, body)
	pf.complete(p, e, &c)
	if !c.Gone && isBlank(c.Body.HTML) { // what damage leaves of an entry
		d.leaveOut(cmp.Or(c.ID, c.URL), digest.EmptyEntry)
		return
	}
	d.addComment(c, e.title)
}

// isPost tells whether an entry of a feed of some kind is a post. Where no platform says
// what its feeds list, that is for the entry to say, in a feed of posts too.
func (pf platform) isPost(p *page, e *entry, kind digest.FeedKind) bool {
	if kind == digest.CommentsFeed {
		return pf.topic != nil && pf.topic(p, e)
	}
	return pf.lists != "" || pf.kind != nil || pf.isComment != nil || !p.isReply(e)
}

// complete adds to a comment what the platform alone knows.
func (pf platform) complete(p *page, e *entry, c *CommentEntry) {
	c.Key = cmp.Or(pf.idNumber.key(e.id), pf.urlNumber.key(e.url))
	if pf.paged {
		c.PostRef = field.WithoutFragment(e.url)
	}
	if pf.comment != nil {
		pf.comment(p, e, c)
	}
}
