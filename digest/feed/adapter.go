package feed

import (
	"cmp"
	"slices"

	"postbag/digest"
	"postbag/digest/field"
)

// adapter is what is particular to one platform. Every part but the first two
// may be missing: then the platform does as all others do.
type adapter struct {
	platform digest.Platform
	// is tells whether a page is the platform's, by what it says of itself.
	is func(*page) bool
	// kind tells what the feed lists; without it the page is judged as any feed.
	kind func(*page) verdict
	// document completes what stands above the entries.
	document func(*page, *Document)
	// body gives an entry's text as HTML.
	body func(*entry) string
	// skip gives the reason to leave an entry of a comments feed out, or "".
	skip func(*entry) string
	// topic tells that an entry of a comments feed is the post itself.
	topic func(*page, *entry) bool
	// post and comment complete what has been read of an entry.
	post    func(*page, *entry, *PostEntry)
	comment func(*page, *entry, *CommentEntry)
}

// verdict is what a feed lists. One that is not sure gives way to what the
// operator says the feed is.
type verdict struct {
	kind digest.FeedKind
	sure bool
}

// adapters are tried in this order; the last one takes every feed.
var adapters = []adapter{
	blogger, wordPress, disqus, isso, remark42, discourse, reddit, hackerNews, lobsters,
	gitHub, mastodon, ghost, substack, drupal, movableType, generic,
}

// adapterOf gives the adapter that reads a page.
func adapterOf(p *page, platform digest.Platform) (adapter, error) {
	i := slices.IndexFunc(adapters, func(a adapter) bool {
		if platform != "" {
			return a.platform == platform
		}
		return a.is(p)
	})
	if i < 0 {
		return adapter{}, digest.Fail(digest.Invalid, "Leave the platform out, and it is recognised.",
			"no platform is called %q", field.Line(string(platform), 40))
	}
	return adapters[i], nil
}

// read makes a document of a page.
func (p *page) read(opts Options) (*Document, error) {
	if p.isBackup() {
		return nil, wrongExport("a Blogger blog")
	}
	if _, ok := extension(p.ext, "wxr_version"); ok {
		return nil, wrongExport("a WordPress site")
	}
	a, err := adapterOf(p, opts.Platform)
	if err != nil {
		return nil, err
	}
	if !a.is(p) {
		a = a.guest()
	}
	d := p.document(a.platform)
	if d.Kind, err = a.kindOf(p, opts.Want); err != nil {
		return nil, err
	}
	if a.document != nil {
		a.document(p, d)
	}
	for i := range p.entries {
		a.entry(p, &p.entries[i], d)
	}
	return d, nil
}

// wrongExport says that a file is for postbag import.
func wrongExport(of string) error {
	return digest.Fail(digest.Invalid, "Read it with postbag import, or give the blog's address.",
		"this is a backup of %s, not a feed", of)
}

// guest reads a page that is not the platform's by its looks, because somebody
// says it is. The platform's own marks are looked for; where there are none, the
// entries are read as those of any feed.
func (a adapter) guest() adapter {
	own := a
	a.body, a.topic = nil, topic
	a.kind = func(p *page) verdict {
		v := threads(p)
		if own.kind != nil && !v.sure {
			v.kind = own.kind(p).kind
		}
		return v
	}
	a.comment = func(p *page, e *entry, c *CommentEntry) {
		reply(p, e, c)
		post, parent := c.PostRef, c.ParentRef
		if own.comment != nil {
			own.comment(p, e, c)
		}
		c.PostRef, c.ParentRef = cmp.Or(post, c.PostRef), cmp.Or(c.ParentRef, parent)
	}
	return a
}

// kindOf tells what a page lists, which is what is wanted unless the page
// contradicts.
func (a adapter) kindOf(p *page, want digest.FeedKind) (digest.FeedKind, error) {
	judge := a.kind
	if judge == nil {
		judge = threads
	}
	v := judge(p)
	if want == "" || want == v.kind {
		return v.kind, nil
	}
	if !v.sure {
		return want, nil
	}
	return "", wrongKind(a.platform, v.kind, want)
}

func wrongKind(platform digest.Platform, is, want digest.FeedKind) error {
	hint := "Give the blog's own address, and both feeds are found."
	if want == digest.CommentsFeed && noComments[platform] != "" {
		hint = noComments[platform] + " offers no comments in feeds; docs/sources.md says what to do instead."
	}
	return digest.Fail(digest.Invalid, hint, "the feed lists %s where %s are expected", is, want)
}

// noComments are the platforms whose feeds never list comments.
var noComments = map[digest.Platform]string{
	digest.Ghost: "Ghost", digest.Substack: "Substack", digest.Mastodon: "Mastodon",
}

// entry reads one entry into the document.
func (a adapter) entry(p *page, e *entry, d *Document) {
	body := ""
	if a.body != nil {
		body = a.body(e)
	} else {
		body = e.body()
	}
	if d.Kind == digest.PostsFeed || a.topic != nil && a.topic(p, e) {
		post := p.post(e, body)
		if a.post != nil {
			a.post(p, e, &post)
		}
		d.addPost(post)
		return
	}
	if a.skip != nil {
		if reason := a.skip(e); reason != "" {
			d.Skipped = append(d.Skipped, Skip{ID: cmp.Or(e.id, e.url), Reason: reason})
			return
		}
	}
	c := p.comment(e, body)
	if a.comment != nil {
		a.comment(p, e, &c)
	}
	d.addComment(c, e.title)
}
