package dump

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"postbag/digest/feed"
	"postbag/digest/field"
)

const (
	maxAuthors = 5000
	maxGuids   = 4 << 20 // bytes of ids, remembered to find posts that share one
	maxReplies = 20_000  // of an item, remembered to tell which removed comments have some
)

// wxr reads WordPress's export, an RSS channel whose items hold their comments.
// The comments are units of their own, so that an item may be of any length.
type wxr struct {
	authors map[string]string // names by login
	// guids are those of posts so far, with the number of the first that had each:
	// copies of a post can have the guid of the original.
	guids     map[string]string
	guidBytes int
	item      *node // the item whose comments are read
	post      feed.PostEntry
	why       Reason // why it is no post of its own, if it is none
	standing  standing

	// Of the item, by key: removed comments to which nobody has replied so far, and
	// the comments that were replied to.
	removed map[string]feed.CommentEntry
	parents map[string]bool
}

func newWordPress() *wxr { return &wxr{authors: map[string]string{}, guids: map[string]string{}} }

// above reads the channel's own fields.
func (w *wxr) above(r *Reader, n *node) bool {
	if n.name.Local == "item" || n.in != nil {
		return false
	}
	switch text := n.trimmed(); {
	case n.name.Local == "title" && plain(n.name.Space):
		r.head.Title = field.Title(text)
	case n.name.Local == "link" && plain(n.name.Space):
		r.head.HomeURL = cmp.Or(r.head.HomeURL, webURL(text))
	case n.name.Local == "base_blog_url" && wordPress(n.name.Space):
		r.head.HomeURL = cmp.Or(webURL(text), r.head.HomeURL)
	case n.name.Local == "language" && plain(n.name.Space):
		r.head.Language = field.Line(text, 35)
	case n.name.Local == "author" && wordPress(n.name.Space):
		w.author(n)
	}
	return true
}

// author notes the name of a writer: items give the login only.
func (w *wxr) author(n *node) {
	login, shown := n.value(wordPress, "author_login"), field.Name(n.value(wordPress, "author_display_name"))
	if login != "" && shown != "" && len(w.authors) < maxAuthors {
		w.authors[field.Short(login, field.MaxName)] = shown
	}
}

func (w *wxr) take(r *Reader, n *node) {
	switch {
	case n.in != nil:
		if w.item != n.in {
			w.begin(r, n.in)
		}
		w.comment(r, n)
	case n.name.Local == "item":
		if w.item != n {
			w.begin(r, n)
		}
		w.end(r)
	case n.name.Local == "author" && wordPress(n.name.Space):
		w.author(n)
	}
}

func (w *wxr) finish(*Reader) {}

// begin reads an item's own fields, which stand before its comments.
func (w *wxr) begin(r *Reader, n *node) {
	w.item = n
	w.removed, w.parents = map[string]feed.CommentEntry{}, map[string]bool{}
	w.post = w.read(r, n)
	w.why, w.standing = standingOf(n)
	if w.standing == offered {
		w.give(r)
	}
}

// give makes a post of the item.
func (w *wxr) give(r *Reader) {
	w.standing = given
	if w.item.tooLong() {
		r.tally.leave(LongPost)
		return
	}
	r.post(w.post)
}

// standing is how readers meet an item.
type standing int

const (
	hidden  standing = iota // not at all
	aside                   // beside the posts: as a page, or a picture
	offered                 // as a post
	given                   // as a post, which has been made ready
)

// standingOf tells how readers meet an item. What stands beside the posts becomes one
// with its first comment, which the blog's feed of comments brings, too; why says what
// it is otherwise.
func standingOf(n *node) (why Reason, s standing) {
	s = aside
	switch kind := n.value(wordPress, "post_type"); kind {
	case "post", "":
		s = offered
	case "page":
		why = PageEntry
	case "attachment":
		why = Attachment
	default:
		why = OtherItem
	}
	hiddenBy := Unpublished
	switch status := n.value(wordPress, "status"); status {
	case "publish", "":
		if n.value(wordPress, "post_password") == "" {
			return why, s
		}
		hiddenBy = Protected
	case "inherit":
		if why == Attachment {
			return why, s
		}
	case "draft", "auto-draft", "pending", "future":
		hiddenBy = Draft
	}
	if s == aside {
		return why, hidden
	}
	return hiddenBy, hidden
}

func (w *wxr) read(r *Reader, n *node) feed.PostEntry {
	url := webURL(n.value(plain, "link"))
	body := blocks(n.value(content, "encoded"))
	heading := n.value(plain, "title")
	p := feed.PostEntry{
		ID:        field.ID(n.value(plain, "guid")),
		URL:       url,
		Title:     field.Title(heading),
		Author:    w.writer(n),
		Published: cmp.Or(field.Time(n.value(wordPress, "post_date_gmt")), field.Time(n.value(wordPress, "post_date")), field.Time(n.value(plain, "pubDate"))),
		Updated:   field.Time(n.value(wordPress, "post_modified_gmt")),
		Announced: -1,
		Body:      feed.Body{HTML: body, Base: url},
		Hash:      field.Hash(heading, body),
	}
	if number := number(n.value(wordPress, "post_id")); number != "" {
		p.Key = "post-" + number
		if p.ID == "" && r.head.HomeURL != "" {
			p.ID = strings.TrimSuffix(r.head.HomeURL, "/") + "/?p=" + number
		}
	}
	if p.ID = cmp.Or(p.ID, p.URL); w.copied(p) {
		p.ID = cmp.Or(p.URL, p.ID)
	}
	return p
}

// copied tells that an earlier post had the id of this one.
func (w *wxr) copied(p feed.PostEntry) bool {
	first, known := w.guids[p.ID]
	if !known && p.ID != "" && p.Key != "" && w.guidBytes < maxGuids {
		w.guids[p.ID] = p.Key
		w.guidBytes += len(p.ID) + len(p.Key)
	}
	return known && p.Key != "" && first != p.Key
}

func (w *wxr) writer(n *node) string {
	login := n.value(anySpace, "creator")
	return cmp.Or(w.authors[field.Short(login, field.MaxName)], field.Name(login))
}

// comment reads a comment of the present item.
func (w *wxr) comment(r *Reader, n *node) {
	kind := n.value(wordPress, "comment_type")
	state := n.value(wordPress, "comment_approved")
	switch {
	case w.standing == hidden:
		r.tally.leave(Elsewhere)
	case kind == "pingback", kind == "trackback":
		r.tally.leave(Pingback)
	case kind != "" && kind != "comment" && kind != "review":
		r.tally.leave(OtherItem)
	case state == "spam":
		r.tally.leave(Spam)
	case state == "trash":
		w.trashed(r, w.entry(n))
	case state != "1":
		r.tally.leave(Unapproved)
	case n.tooLong():
		r.tally.leave(LongComment)
	default:
		c := w.entry(n)
		if w.standing == aside {
			w.post.Published = cmp.Or(w.post.Published, c.Published)
			w.give(r)
		}
		w.reply(r, number(n.value(wordPress, "comment_parent")))
		r.comment(c, w.post.Published)
	}
}

// entry makes an entry of a comment under the names that WordPress's feeds give
// it and its post and parent.
func (w *wxr) entry(n *node) feed.CommentEntry {
	body := blocks(n.value(wordPress, "comment_content"))
	c := feed.CommentEntry{
		PostRef:   w.post.ID,
		PostKey:   w.post.Key,
		Author:    cmp.Or(field.Name(n.value(wordPress, "comment_author")), "Anonymous"),
		AuthorURI: webURL(n.value(wordPress, "comment_author_url")),
		Published: cmp.Or(field.Time(n.value(wordPress, "comment_date_gmt")), field.Time(n.value(wordPress, "comment_date"))),
		Body:      feed.Body{HTML: body, Base: w.post.URL},
		Hash:      field.Hash(body),
	}
	mark := func(number string) string { return field.WithoutFragment(w.post.ID) + "#comment-" + number }
	if own := number(n.value(wordPress, "comment_id")); own != "" {
		c.Key = "comment-" + own
		if w.post.ID != "" {
			c.ID = mark(own)
		}
		if w.post.URL != "" {
			c.URL = field.WithoutFragment(w.post.URL) + "#comment-" + own
		}
	}
	if parent := number(n.value(wordPress, "comment_parent")); parent != "" && "comment-"+parent != c.Key {
		c.ParentKey = "comment-" + parent
		if w.post.ID != "" {
			c.ParentRef = mark(parent)
		}
	}
	return c
}

// trashed keeps a removed comment until the item's end: without its words, and as
// an entry only where readers see a gap because somebody replied to it.
func (w *wxr) trashed(r *Reader, c feed.CommentEntry) {
	c.Body.HTML, c.Gone, c.GoneReason = "", true, "it is in the blog's trash"
	if c.Key == "" {
		r.tally.leave(Nameless)
		return
	}
	if w.parents[c.Key] {
		r.comment(c, w.post.Published)
		return
	}
	if len(w.removed) < maxReplies {
		w.removed[c.Key] = c
		return
	}
	r.deleted(c.ID)
}

// reply notes that a comment has a reply, and gives it if it was removed.
func (w *wxr) reply(r *Reader, parent string) {
	if parent == "" {
		return
	}
	key := "comment-" + parent
	if c, ok := w.removed[key]; ok {
		delete(w.removed, key)
		r.comment(c, w.post.Published)
	}
	if len(w.parents) < maxReplies {
		w.parents[key] = true
	}
}

// end marks the removed comments to which nobody replied, and counts an item that
// made no post.
func (w *wxr) end(r *Reader) {
	if w.standing == hidden || w.standing == aside {
		r.tally.leave(w.why)
	}
	for _, key := range slices.Sorted(maps.Keys(w.removed)) {
		r.deleted(w.removed[key].ID)
	}
	w.item, w.removed, w.parents = nil, nil, nil
}
