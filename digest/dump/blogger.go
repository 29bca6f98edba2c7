package dump

import (
	"html"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
)

const (
	kindScheme = "http://schemas.google.com/g/2005#kind"
	kindTerm   = "http://schemas.google.com/blogger/2008/kind#"

	// maxRemembered is how many posts something is remembered of; more are imported
	// all the same.
	maxRemembered = 100_000
)

// blogger reads Blogger's two formats: the backup, whose entries are those of
// its feeds with a category for their kind, and Takeout's, which has elements of
// its own.
type blogger struct {
	takeout bool
	// What is remembered of posts, by their numbers.
	counted map[uint64]*counted
	drafts  map[uint64]bool
	paths   map[uint64]string // Takeout's
	size    int               // of paths
	dates   map[uint64]int64  // when they were published, in seconds since 1970
	pages   map[uint64]feed.PostEntry
	held    int // bytes of pages
	unread  int // pages that were not held
}

// maxPages is how many bytes of pages wait for their first comment; the comments of
// others come without a post.
const maxPages = 4 << 20

func newBlogger() *blogger {
	return &blogger{counted: map[uint64]*counted{}, paths: map[uint64]string{}, drafts: map[uint64]bool{},
		dates: map[uint64]int64{}, pages: map[uint64]feed.PostEntry{}}
}

// above reads the blog's own fields, and the settings that a backup begins with.
func (b *blogger) above(r *Reader, n *node) bool {
	if n.name.Local != "entry" {
		b.field(r, n)
		return true
	}
	kind := kindOf(n)
	switch {
	case r.head.Format != "":
	case n.value(bloggerNS, "type") != "":
		b.begin(r, Takeout)
	case kind != "":
		b.begin(r, BloggerBackup)
	default:
		return false // no export
	}
	if kind != "settings" && kind != "template" {
		return false
	}
	if strings.HasSuffix(n.value(plain, "id"), ".BLOG_LOCALE") {
		r.head.Language = field.Short(strings.ReplaceAll(field.Words(n.value(plain, "content")), "_", "-"), 35)
	}
	b.take(r, n)
	return true
}

func (b *blogger) begin(r *Reader, f Format) {
	b.takeout = f == Takeout
	r.head.Format, r.head.Platform = f, digest.Blogger
}

func (b *blogger) field(r *Reader, n *node) {
	if !plain(n.name.Space) {
		return
	}
	switch n.name.Local {
	case "id":
		blog := field.BloggerBlog(n.trimmed())
		if blog == "" {
			return
		}
		r.head.BlogID = blog
		if strings.HasSuffix(n.trimmed(), ".archive") {
			b.begin(r, BloggerBackup)
		}
	case "title":
		r.head.Title = field.Title(n.trimmed())
	case "link":
		if n.attr("rel") == "alternate" && r.head.HomeURL == "" {
			r.head.HomeURL = webURL(n.attr("href"))
		}
	}
}

// kindOf tells what an entry of a backup is, "" if it does not say.
func kindOf(n *node) string {
	for _, c := range n.children {
		if c.name.Local == "category" && c.attr("scheme") == kindScheme {
			return strings.TrimPrefix(c.attr("term"), kindTerm)
		}
	}
	return ""
}

func (b *blogger) take(r *Reader, n *node) {
	switch {
	case n.name.Local != "entry":
	case b.takeout:
		b.takeoutEntry(r, n)
	default:
		b.backupEntry(r, n)
	}
}

func (b *blogger) backupEntry(r *Reader, n *node) {
	switch kindOf(n) {
	case "post":
		if isDraft(n) {
			b.draft(r, n, Draft)
			return
		}
		p := b.backupPost(n)
		p.Announced = count(n.value(anySpace, "total"))
		b.announce(p)
		b.givePost(r, n, p)
	case "comment":
		b.backupComment(r, n)
	case "page":
		if isDraft(n) {
			b.draft(r, n, PageEntry)
			return
		}
		b.page(r, n, b.backupPost(n))
	case "settings":
		r.tally.leave(Settings)
	case "template":
		r.tally.leave(Template)
	default:
		r.tally.leave(OtherItem)
	}
}

func isDraft(n *node) bool { return n.child(anySpace, "control").value(anySpace, "draft") == "yes" }

// backupPost reads a post or page of a backup.
func (b *blogger) backupPost(n *node) feed.PostEntry {
	p := b.post(n)
	p.URL = webURL(link(n, "alternate"))
	p.Title = field.Title(n.value(plain, "title"))
	p.Body.Base = p.URL
	return p
}

// page keeps a page until a comment on it comes: with that it becomes a post.
func (b *blogger) page(r *Reader, n *node, p feed.PostEntry) {
	key, ok := postNumber(p.ID)
	size := len(p.ID) + len(p.URL) + len(p.Title) + len(p.Body.HTML)
	switch {
	case ok && b.commented(key):
		b.givePost(r, n, p)
	case !ok || n.tooLong() || b.held+size > maxPages || len(b.pages) >= maxRemembered:
		b.unread++
	default:
		b.pages[key] = p
		b.held += size
	}
}

// draft leaves out a post that readers do not see, and later its comments.
func (b *blogger) draft(r *Reader, n *node, why Reason) {
	if key, ok := postNumber(n.value(plain, "id")); ok && len(b.drafts) < maxRemembered {
		b.drafts[key] = true
	}
	r.tally.leave(why)
}

// post reads what the formats share of a post.
func (b *blogger) post(n *node) feed.PostEntry {
	body := bodyOf(n)
	return feed.PostEntry{
		ID:        field.ID(n.value(plain, "id")),
		Author:    author(n),
		Published: field.Time(n.value(plain, "published")),
		Updated:   field.Time(n.value(plain, "updated")),
		Announced: -1,
		Body:      feed.Body{HTML: body},
		Hash:      field.Hash(n.value(plain, "title"), body),
	}
}

func (b *blogger) givePost(r *Reader, n *node, p feed.PostEntry) {
	b.date(p)
	if n.tooLong() {
		r.tally.leave(LongPost)
		return
	}
	r.post(p)
}

// date remembers when a post was published, for its comments that do not say so.
func (b *blogger) date(p feed.PostEntry) {
	if key, ok := postNumber(p.ID); ok && !p.Published.IsZero() && len(b.dates) < maxRemembered {
		b.dates[key] = p.Published.Unix()
	}
}

// comment reads what the formats share of a comment.
func (b *blogger) comment(n *node) feed.CommentEntry {
	body := bodyOf(n)
	return feed.CommentEntry{
		ID:        field.ID(n.value(plain, "id")),
		Author:    author(n),
		AuthorURI: webURL(n.child(plain, "author").value(plain, "uri")),
		Published: field.Time(n.value(plain, "published")),
		Updated:   field.Time(n.value(plain, "updated")),
		Body:      feed.Body{HTML: body},
		Hash:      field.Hash(body),
	}
}

func (b *blogger) backupComment(r *Reader, n *node) {
	c := b.comment(n)
	c.URL = webURL(link(n, "alternate"))
	c.Body.Base = c.URL
	post, _, known := field.BloggerComment(link(n, "self"), c.ID)
	c.PostRef = field.ID(n.child(anySpace, "in-reply-to").attr("ref"))
	switch {
	case c.PostRef != "":
	case known:
		c.PostRef = post
	default:
		c.PostRef = field.WithoutFragment(c.URL)
	}
	// A post's own related link is no parent: only the address of a comment is.
	if _, parent, ok := field.BloggerComment(link(n, "related"), c.ID); ok {
		c.ParentRef = parent
	}
	for _, property := range n.children {
		if property.name.Local == "extendedProperty" && property.attr("name") == "blogger.contentRemoved" && property.attr("value") == "true" {
			c.Gone, c.GoneReason = true, field.Short(field.Words(c.Body.HTML), field.MaxName)
		}
	}
	b.giveComment(r, n, c)
}

// giveComment leaves out what readers of the blog do not see either.
func (b *blogger) giveComment(r *Reader, n *node, c feed.CommentEntry) {
	var post time.Time
	if key, ok := postNumber(c.PostRef); ok {
		if b.drafts[key] {
			r.tally.leave(Elsewhere)
			return
		}
		b.found(key)
		if page, waits := b.pages[key]; waits {
			delete(b.pages, key)
			b.date(page)
			r.post(page)
		}
		if seconds, known := b.dates[key]; known {
			post = time.Unix(seconds, 0).UTC()
		}
	}
	if n.tooLong() {
		r.tally.leave(LongComment)
		return
	}
	r.comment(c, post)
}

// postNumber gives the number at the end of an entry's id.
func postNumber(id string) (n uint64, ok bool) {
	n, err := strconv.ParseUint(field.BloggerPost(id), 10, 64)
	return n, err == nil
}

// link gives the address of the first link of a relation (RFC 4287, 4.2.7.2).
func link(n *node, rel string) string {
	for _, c := range n.children {
		if c.name.Local == "link" && plain(c.name.Space) && strings.EqualFold(c.attr("rel"), rel) {
			return c.attr("href")
		}
	}
	return ""
}

func author(n *node) string { return field.Name(n.child(plain, "author").value(plain, "name")) }

// bodyOf gives the text as HTML. A summary is plain text escaped as HTML.
func bodyOf(n *node) string {
	c := n.child(plain, "content")
	switch body := c.trimmed(); {
	case body == "":
		return field.HTML(html.UnescapeString(n.value(plain, "summary")))
	case c.attr("type") == "text":
		return field.HTML(body)
	default:
		return body
	}
}
