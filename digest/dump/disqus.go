package dump

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
)

// maxThreads is how much is held of threads: about 30,000 of them. Those beyond
// become posts at once, by which their comments find them.
const maxThreads = 8 << 20 // bytes, about

// disqus reads Disqus's export: threads, and then the comments, which it calls posts.
// Disqus makes a thread for every address under which a page was ever looked at. Those
// of one page are one post, which is made with its first comment.
type disqus struct {
	threads map[string]*thread
	sites   sites
	size    int // of threads
	empty   int // those without a comment so far
}

// thread is what is held of a thread.
type thread struct {
	link    string
	created int64 // seconds since 1970, 0 when it does not say
	site    *site // nil without an address
	deleted bool
	met     bool // it has a comment
}

// moment gives a time in seconds since 1970, zero for none.
func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func newDisqus() *disqus { return &disqus{threads: map[string]*thread{}} }

// above reads the categories, which name the forum.
func (d *disqus) above(r *Reader, n *node) bool {
	if n.name.Local == "thread" || n.name.Local == "post" {
		return false
	}
	if n.name.Local == "category" && r.head.Title == "" {
		r.head.Title = field.Title(n.value(anySpace, "forum"))
	}
	return true
}

func (d *disqus) take(r *Reader, n *node) {
	switch n.name.Local {
	case "thread":
		d.thread(r, n)
	case "post":
		d.post(r, n)
	}
}

// finish counts the threads that were left out.
func (d *disqus) finish(r *Reader) { r.tally.leaveMany(EmptyThread, d.empty) }

// threadRef is the name under which a comment waits for a thread whose address
// is not known.
func threadRef(number string) string { return "disqus-thread:" + number }

func (d *disqus) thread(r *Reader, n *node) {
	own := field.ID(n.attr("id"))
	if own == "" {
		r.tally.leave(Nameless)
		return
	}
	t := &thread{deleted: isTrue(n, "isDeleted")}
	title := ""
	if t.deleted {
		r.tally.leave(OffThread)
	} else {
		// Some sites use the page's address as the thread's identifier.
		t.link = field.WithoutFragment(cmp.Or(webURL(n.value(anySpace, "link")), webURL(n.value(anySpace, "id"))))
		title = field.Title(n.value(anySpace, "title"))
		if created := field.Time(n.value(anySpace, "createdAt")); !created.IsZero() {
			t.created = created.Unix()
		}
	}
	const each = 160 // bytes, of the record
	size := each + len(own) + len(t.link)
	switch {
	case d.size+size <= maxThreads:
		d.threads[own] = t
		d.size += size
		if t.link != "" {
			t.site = d.sites.at(site{link: t.link, title: title, created: t.created, ref: threadRef(own)})
		}
		if !t.deleted {
			d.empty++
		}
	case t.link != "":
		alone := site{link: t.link, title: title, created: t.created, ref: threadRef(own)}
		r.post(alone.post())
	}
}

func (d *disqus) post(r *Reader, n *node) {
	thread := field.ID(n.child(anySpace, "thread").attr("id"))
	t := d.threads[thread]
	switch {
	case isTrue(n, "isSpam"):
		r.tally.leave(Spam)
	case strings.EqualFold(n.value(anySpace, "isApproved"), "false"):
		r.tally.leave(Unapproved)
	case t != nil && t.deleted:
		r.tally.leave(Elsewhere)
	case n.tooLong():
		r.tally.leave(LongComment)
	default:
		s := d.give(r, n, t)
		var created time.Time
		switch {
		case t != nil && t.created != 0:
			created = moment(t.created)
		case s != nil:
			created = moment(s.created)
		}
		r.comment(d.comment(n, thread, t, s), created)
	}
}

// give makes a post of a thread's page when its first comment comes. The page is nil
// while its address is not known.
func (d *disqus) give(r *Reader, n *node, t *thread) *site {
	if t == nil {
		return nil
	}
	if !t.met {
		t.met = true
		d.empty--
	}
	if t.site == nil {
		return nil
	}
	return d.sites.give(r, t.site, field.Time(n.value(anySpace, "createdAt")))
}

// comment reads a comment. Its id is the permalink that Disqus's feed gives it,
// where the thread's address is known.
func (d *disqus) comment(n *node, thread string, t *thread, s *site) feed.CommentEntry {
	body := n.value(anySpace, "message")
	writer := n.child(anySpace, "author")
	c := feed.CommentEntry{
		Author:    cmp.Or(field.Name(writer.value(anySpace, "name")), "Anonymous"),
		AuthorURI: profile(writer),
		Published: field.Time(n.value(anySpace, "createdAt")),
		Body:      feed.Body{HTML: body},
		Hash:      field.Hash(body),
	}
	mark := func(number string) string { return "disqus:comment-" + number }
	switch {
	case s != nil:
		c.PostRef, c.Body.Base = s.link, s.link
		mark = func(number string) string { return t.link + "#comment-" + number }
	case thread != "":
		c.PostRef = threadRef(thread)
	}
	if own := number(n.attr("id")); own != "" {
		c.ID, c.Key = mark(own), "comment-"+own
		c.URL = webURL(c.ID)
	}
	if parent := number(n.child(anySpace, "parent").attr("id")); parent != "" && "comment-"+parent != c.Key {
		c.ParentRef, c.ParentKey = mark(parent), "comment-"+parent
	}
	if isTrue(n, "isDeleted") {
		c.Body.HTML, c.Gone, c.GoneReason = "", true, "it was deleted on Disqus"
	}
	return c
}

func isTrue(n *node, local string) bool { return strings.EqualFold(n.value(anySpace, local), "true") }

// profile is the page of a writer who has an account.
func profile(writer *node) string {
	user := writer.value(anySpace, "username")
	if user == "" || isTrue(writer, "isAnonymous") || len(user) > field.MaxName ||
		strings.Trim(strings.ToLower(user), "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "" {
		return ""
	}
	return "https://disqus.com/by/" + user + "/"
}
