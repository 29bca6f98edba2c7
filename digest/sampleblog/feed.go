package sampleblog

import (
	"fmt"
	"strings"
	"time"
)

const (
	atomType   = "application/atom+xml"
	feedRel    = "http://schemas.google.com/g/2005#feed"
	idPrefix   = "tag:blogger.com,1999:blog-"
	stamp      = "2006-01-02T15:04:05.000Z07:00"
	prolog     = `<?xml version='1.0' encoding='UTF-8'?>`
	stylesheet = `<?xml-stylesheet href="http://www.blogger.com/styles/atom.css" type="text/css"?>`

	// Blogger declares thr at the root of posts feeds, but on each
	// thr:in-reply-to in comments feeds.
	atomSpaces    = ` xmlns='http://www.w3.org/2005/Atom'`
	searchSpace   = ` xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'`
	postSpaces    = ` xmlns:blogger='http://schemas.google.com/blogger/2008' xmlns:georss='http://www.georss.org/georss'`
	googleSpace   = ` xmlns:gd="http://schemas.google.com/g/2005"`
	threadSpace   = ` xmlns:thr='http://purl.org/syndication/thread/1.0'`
	emptyFeedTime = "1970-01-01T00:00:00.000Z"
)

// escapeXML escapes text and attribute values. Blogger writes line feeds in
// titles as character references.
var (
	escapeXML   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeTitle = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "&#xa;")
	escapeAttr  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&quot;")
)

// writer writes documents whose links start with base.
type writer struct {
	strings.Builder
	blog *Blog
	base string
}

// envelope is what the three kinds of feed differ in.
type envelope struct {
	spaces     string
	id, title  string
	updated    string
	subtitle   bool
	public     string // path on the blog's host
	own        string // path by blog id
	page       string // path of the HTML page
	query      query
	next, prev string // queries, or empty
	total      int
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *writer) link(rel, kind, href string) {
	w.f("<link rel='%s' type='%s' href='%s'/>", rel, kind, escapeAttr.Replace(w.base+href))
}

func (w *writer) titledLink(rel, kind, href, title string) {
	w.f("<link rel='%s' type='%s' href='%s' title='%s'/>",
		rel, kind, escapeAttr.Replace(w.base+href), escapeAttr.Replace(title))
}

// head writes a feed down to its first entry.
func (w *writer) head(e envelope) {
	w.WriteString(prolog + stylesheet)
	w.f("<feed%s><id>%s</id><updated>%s</updated><title type='text'>%s</title>",
		e.spaces, e.id, e.updated, escapeTitle.Replace(e.title))
	if e.subtitle {
		w.f("<subtitle type='html'>%s</subtitle>", escapeXML.Replace(escapeText.Replace(blogSubtitle)))
	}
	w.link(feedRel, atomType, e.public)
	w.link("self", atomType, e.own+e.query.self())
	w.link("alternate", "text/html", e.page)
	if e.next != "" {
		w.link("next", atomType, e.own+e.next)
	}
	if e.prev != "" {
		w.link("previous", atomType, e.own+e.prev)
	}
	w.author(blogName, w.blog.authorID())
	w.f("<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>")
	w.f("<openSearch:totalResults>%d</openSearch:totalResults>", e.total)
	w.f("<openSearch:startIndex>%d</openSearch:startIndex>", e.query.start)
	w.f("<openSearch:itemsPerPage>%d</openSearch:itemsPerPage>", e.query.max)
}

// author writes a person. Only who has an account has a uri.
func (w *writer) author(name, profile string) {
	w.f("<author><name>%s</name>", escapeXML.Replace(name))
	picture := "blank.gif"
	if profile != "" {
		w.f("<uri>%s/profile/%s</uri>", escapeXML.Replace(w.base), profile)
		picture = "b16-rounded.gif"
	}
	w.f("<email>noreply@blogger.com</email><gd:image rel='http://schemas.google.com/g/2005#thumbnail' "+
		"width='16' height='16' src='https://img1.blogblog.com/img/%s'/></author>", picture)
}

// postsFeed writes the posts that q asks for.
func (w *writer) postsFeed(q query) {
	b := w.blog
	p := paginate(b.posts, q)
	e := envelope{
		spaces: atomSpaces + searchSpace + postSpaces + googleSpace + threadSpace,
		id:     idPrefix + b.id, title: blogName, subtitle: true, updated: emptyFeedTime,
		public: "/feeds/posts/default", own: "/feeds/" + b.id + "/posts/default", page: "/",
		query: q, next: p.next(), prev: p.previous(), total: p.total,
	}
	if last := len(b.posts) - 1; last >= 0 {
		e.updated = b.stamp(b.posts[last].updated)
	}
	w.head(e)
	for _, post := range p.entries {
		w.postEntry(post)
	}
	w.WriteString("</feed>")
}

// commentsFeed writes the comments that q asks for, of one post or, if that is
// nil, of all. Its "updated" is the whole blog's last comment either way.
func (w *writer) commentsFeed(of *post, q query) {
	b := w.blog
	e := envelope{
		spaces: atomSpaces + searchSpace + googleSpace,
		id:     idPrefix + b.id + ".comments", title: blogName, updated: emptyFeedTime,
		public: "/feeds/comments/default", own: "/feeds/" + b.id + "/comments/default", page: "/", query: q,
	}
	list := b.comments
	if of != nil {
		list = b.byPost[of]
		e.id = idPrefix + b.id + ".post" + of.id + "..comments"
		e.title = "Comments on " + blogName + ": " + of.title
		e.public = "/feeds/" + of.id + "/comments/default"
		e.own = "/feeds/" + b.id + "/" + of.id + "/comments/default"
		e.page = of.path
	}
	p := paginate(list, q)
	e.next, e.prev, e.total = p.next(), p.previous(), p.total
	if !b.lastWord.IsZero() {
		e.updated = b.stamp(b.lastWord)
	}
	w.head(e)
	for _, c := range p.entries {
		w.commentEntry(c)
	}
	w.WriteString("</feed>")
}

// stamp writes a time as Blogger does, in the blog's zone.
func (b *Blog) stamp(t time.Time) string { return t.In(b.zone).Format(stamp) }

// authorID is the account of the blog's author.
func (b *Blog) authorID() string { return profileID(blogName, kept, "") }
