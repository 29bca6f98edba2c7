package dump

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"strings"

	"postbag/digest/feed"
	"postbag/digest/field"
)

// maxPaths is how many bytes of paths are kept.
const maxPaths = 8 << 20

// takeoutEntry reads an entry of Takeout's format.
func (b *blogger) takeoutEntry(r *Reader, n *node) {
	trashed := n.value(bloggerNS, "trashed") != ""
	live := strings.EqualFold(n.value(bloggerNS, "status"), "LIVE") && !trashed
	switch strings.ToUpper(n.value(bloggerNS, "type")) {
	case "POST":
		if !live {
			b.draft(r, n, Unpublished)
			return
		}
		b.givePost(r, n, b.takeoutPost(n))
	case "COMMENT":
		switch {
		case live:
			b.takeoutComment(r, n)
		case trashed:
			r.deleted(field.ID(n.value(plain, "id")))
		default:
			r.tally.leave(Unapproved)
		}
	case "PAGE":
		if !live {
			b.draft(r, n, PageEntry)
			return
		}
		b.page(r, n, b.takeoutPost(n))
	default:
		r.tally.leave(OtherItem)
	}
}

// takeoutPost reads a post or page.
func (b *blogger) takeoutPost(n *node) feed.PostEntry {
	p := b.post(n)
	p.Published = cmp.Or(p.Published, field.Time(n.value(bloggerNS, "created")))
	p.Title = field.Title(html.UnescapeString(n.value(plain, "title")))
	p.URL = cmp.Or(pathOf(n.value(bloggerNS, "filename")), webURL(link(n, "alternate")))
	p.Body.Base = p.URL
	b.remember(p)
	return p
}

func (b *blogger) takeoutComment(r *Reader, n *node) {
	c := b.comment(n)
	c.Published = cmp.Or(c.Published, field.Time(n.value(bloggerNS, "created")))
	c.PostRef = field.ID(n.value(bloggerNS, "parent"))
	c.ParentRef = field.ID(n.value(bloggerNS, "inReplyTo"))
	// The permalink has the time of the comment and its number.
	post, known := postNumber(c.PostRef)
	own, numbered := postNumber(c.ID)
	if path := b.paths[post]; known && numbered && path != "" && !c.Published.IsZero() {
		c.URL = fmt.Sprintf("%s?showComment=%d#c%d", path, c.Published.UnixMilli(), own)
		c.Body.Base = c.URL
	}
	b.giveComment(r, n, c)
}

// remember keeps the path of a post for the addresses of its comments.
func (b *blogger) remember(p feed.PostEntry) {
	if key, ok := postNumber(p.ID); ok && p.URL != "" && b.size+len(p.URL) <= maxPaths && len(b.paths) < maxRemembered {
		b.paths[key] = p.URL
		b.size += len(p.URL)
	}
}

// pathOf cleans the path of a post; the blog's address comes before it later.
func pathOf(filename string) string {
	u, err := url.Parse(field.ID(filename))
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath}).String()
}
