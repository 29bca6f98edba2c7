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

// disqus reads Disqus's export: threads, one a page, and then the comments, which
// it calls posts. A thread becomes a post with its first comment, since Disqus
// makes one for every address under which a page was ever looked at.
type disqus struct {
	threads map[string]*thread
	size    int // of threads
	empty   int // threads without a comment so far
}

// thread is what is held of a thread, the title only until it is given.
type thread struct {
	link, title string
	created     int64 // seconds since 1970, 0 when it does not say
	given       bool
	deleted     bool
}

// post makes an entry of a thread.
func (t *thread) post(number string) feed.PostEntry {
	p := feed.PostEntry{
		ID: t.link, URL: t.link, Title: t.title, Announced: -1, Ref: threadRef(number),
		Body: feed.Body{Base: t.link}, Hash: field.Hash(t.title, ""),
	}
	if t.created != 0 {
		p.Published = time.Unix(t.created, 0).UTC()
	}
	return p
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
func (d *disqus) finish(r *Reader) {
	for range d.empty {
		r.tally.leave(EmptyThread)
	}
}

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
	if t.deleted {
		r.tally.leave(OffThread)
	} else {
		// Some sites use the page's address as the thread's identifier.
		t.link = field.WithoutFragment(cmp.Or(webURL(n.value(anySpace, "link")), webURL(n.value(anySpace, "id"))))
		t.title = field.Title(n.value(anySpace, "title"))
		if created := field.Time(n.value(anySpace, "createdAt")); !created.IsZero() {
			t.created = created.Unix()
		}
	}
	const each = 160 // bytes, of the record
	size := each + len(own) + len(t.link) + len(t.title)
	switch {
	case d.size+size <= maxThreads:
		d.threads[own] = t
		d.size += size
		if !t.deleted {
			d.empty++
		}
	case t.link != "":
		r.post(t.post(own))
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
		d.give(r, thread, t)
		r.comment(d.comment(n, thread, t))
	}
}

// give makes a post of a thread when its first comment comes.
func (d *disqus) give(r *Reader, number string, t *thread) {
	if t == nil || t.given {
		return
	}
	t.given = true
	d.empty--
	if t.link != "" {
		r.post(t.post(number))
	}
	t.title = ""
}

// comment reads a comment. Its id is the permalink that Disqus's feed gives it,
// where the thread's address is known.
func (d *disqus) comment(n *node, thread string, t *thread) feed.CommentEntry {
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
	case t != nil && t.link != "":
		c.PostRef, c.Body.Base = t.link, t.link
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
