package dump

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

const (
	kindScheme = "http://schemas.google.com/g/2005#kind"
	kindTerm   = "http://schemas.google.com/blogger/2008/kind#"

	// maxRemembered is how many posts something is remembered of; more are imported
	// all the same.
	maxRemembered = 100_000
)

var (
	bloggerID   = regexp.MustCompile(`^tag:blogger\.com,1999:blog-(\d+)(?:\.|$)`)
	entryID     = regexp.MustCompile(`^tag:blogger\.com,1999:blog-\d+\.post-(\d+)$`)
	commentPath = regexp.MustCompile(`^https?://[^/]+/feeds/(?:(\d+)/)?(\d+)/comments/default/(\d+)(?:[?#].*)?$`)
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
}

func newBlogger() *blogger {
	return &blogger{counted: map[uint64]*counted{}, paths: map[uint64]string{}, drafts: map[uint64]bool{}}
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
		r.head.Language = short(strings.ReplaceAll(words(n.value(plain, "content")), "_", "-"), 35)
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
		m := bloggerID.FindStringSubmatch(n.trimmed())
		if m == nil {
			return
		}
		r.head.BlogID = m[1]
		if strings.HasSuffix(n.trimmed(), ".archive") {
			b.begin(r, BloggerBackup)
		}
	case "title":
		r.head.Title = title(n.trimmed())
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
		if n.child(anySpace, "control").value(anySpace, "draft") == "yes" {
			b.draft(r, n, Draft)
			return
		}
		p := b.post(n)
		p.URL = webURL(link(n, "alternate"))
		p.Title = title(n.value(plain, "title"))
		p.Announced = count(n.value(anySpace, "total"))
		p.Body.Base = p.URL
		b.announce(p)
		b.givePost(r, n, p)
	case "comment":
		b.backupComment(r, n)
	case "page":
		r.tally.leave(PageEntry)
	case "settings":
		r.tally.leave(Settings)
	case "template":
		r.tally.leave(Template)
	default:
		r.tally.leave(OtherItem)
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
		ID:        id(n.value(plain, "id")),
		Author:    author(n),
		Published: stamp(n.value(plain, "published")),
		Updated:   stamp(n.value(plain, "updated")),
		Announced: -1,
		Body:      feed.Body{HTML: body},
		Hash:      hash(n.value(plain, "title"), body),
	}
}

func (b *blogger) givePost(r *Reader, n *node, p feed.PostEntry) {
	if n.tooLong() {
		r.tally.leave(LongPost)
		return
	}
	r.post(p)
}

// comment reads what the formats share of a comment.
func (b *blogger) comment(n *node) feed.CommentEntry {
	body := bodyOf(n)
	return feed.CommentEntry{
		ID:        id(n.value(plain, "id")),
		Author:    author(n),
		AuthorURI: webURL(n.child(plain, "author").value(plain, "uri")),
		Published: stamp(n.value(plain, "published")),
		Updated:   stamp(n.value(plain, "updated")),
		Body:      feed.Body{HTML: body},
		Hash:      hash(body),
	}
}

func (b *blogger) backupComment(r *Reader, n *node) {
	c := b.comment(n)
	c.URL = webURL(link(n, "alternate"))
	c.Body.Base = c.URL
	self := commentPath.FindStringSubmatch(link(n, "self"))
	c.PostRef = id(n.child(anySpace, "in-reply-to").attr("ref"))
	switch {
	case c.PostRef != "":
	case self != nil && blogOf(c.ID, self[1]) != "":
		c.PostRef = tag(blogOf(c.ID, self[1]), self[2])
	default:
		c.PostRef = withoutFragment(c.URL)
	}
	// A post's own related link is no parent: only the address of a comment is.
	if m := commentPath.FindStringSubmatch(link(n, "related")); m != nil && blogOf(c.ID, m[1]) != "" {
		c.ParentRef = tag(blogOf(c.ID, m[1]), m[3])
	}
	for _, property := range n.children {
		if property.name.Local == "extendedProperty" && property.attr("name") == "blogger.contentRemoved" && property.attr("value") == "true" {
			c.Gone, c.GoneReason = true, words(c.Body.HTML)
		}
	}
	b.giveComment(r, n, c)
}

// giveComment leaves out what readers of the blog do not see either.
func (b *blogger) giveComment(r *Reader, n *node, c feed.CommentEntry) {
	if key, ok := postNumber(c.PostRef); ok {
		if b.drafts[key] {
			r.tally.leave(Elsewhere)
			return
		}
		b.found(key)
	}
	if n.tooLong() {
		r.tally.leave(LongComment)
		return
	}
	r.comment(c)
}

// postNumber gives the number at the end of an entry's id.
func postNumber(id string) (n uint64, ok bool) {
	m := entryID.FindStringSubmatch(id)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	return n, err == nil
}

// blogOf takes the number of the blog from an entry's id, else from an address.
func blogOf(entryID, fromPath string) string {
	if m := bloggerID.FindStringSubmatch(entryID); m != nil {
		return m[1]
	}
	return fromPath
}

func tag(blog, post string) string { return "tag:blogger.com,1999:blog-" + blog + ".post-" + post }

// link gives the address of the first link of a relation (RFC 4287, 4.2.7.2).
func link(n *node, rel string) string {
	for _, c := range n.children {
		if c.name.Local == "link" && plain(c.name.Space) && strings.EqualFold(c.attr("rel"), rel) {
			return c.attr("href")
		}
	}
	return ""
}

func author(n *node) string { return name(n.child(plain, "author").value(plain, "name")) }

// bodyOf gives the text as HTML. A summary is plain text escaped as HTML.
func bodyOf(n *node) string {
	c := n.child(plain, "content")
	switch body := c.trimmed(); {
	case body == "":
		return textHTML(html.UnescapeString(n.value(plain, "summary")))
	case c.attr("type") == "text":
		return textHTML(body)
	default:
		return body
	}
}

// textHTML writes plain text as HTML, line ends as breaks.
func textHTML(s string) string {
	return strings.ReplaceAll(html.EscapeString(strings.ReplaceAll(s, "\r\n", "\n")), "\n", "<br>")
}
