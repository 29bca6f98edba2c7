package sampleblog

import (
	"fmt"
)

// anonymousClass is the item class all visitors without an account share.
const anonymousClass = "pid-1417730825"

// postEntry writes a post.
func (w *writer) postEntry(p *post) {
	b := w.blog
	count := len(b.byPost[p])
	w.f("<entry><id>%s</id><published>%s</published><updated>%s</updated><title type='text'>%s</title>",
		b.entryID(p.id), b.stamp(p.at), b.stamp(p.updated), escapeTitle.Replace(p.title))
	w.f("<content type='html'>%s</content>", escapeXML.Replace(p.html))
	w.titledLink("replies", atomType, "/feeds/"+p.id+"/comments/default", "Post Comments")
	w.titledLink("replies", "text/html", p.path+"#comment-form", fmt.Sprintf("%d Comments", count))
	w.titledLink("alternate", "text/html", p.path, p.title)
	w.author(blogName, b.authorID())
	w.f("<thr:total>%d</thr:total></entry>", count)
}

// commentEntry writes a comment.
func (w *writer) commentEntry(c *comment) {
	b := w.blog
	folder := "/feeds/" + b.id + "/" + c.post.id + "/comments/default/"
	title := commentTitle(c.html)
	if c.removed != kept {
		title = ""
	}
	at := b.stamp(c.at)
	w.f("<entry><id>%s</id><published>%s</published><updated>%s</updated><title type='text'>%s</title>",
		b.entryID(c.id), at, at, escapeTitle.Replace(title))
	w.f("<content type='html'>%s</content>", escapeXML.Replace(c.html))
	w.link("self", atomType, folder+c.id)
	if !c.noLink {
		w.titledLink("alternate", "text/html", c.permalink(), "")
	}
	if c.parent != "" {
		w.link("related", atomType, folder+c.parent)
	}
	w.author(c.name, c.profile)
	w.inReplyTo(c.post)
	if c.removed != kept {
		w.WriteString("<gd:extendedProperty name='blogger.contentRemoved' value='true'/>")
	}
	w.f(`<gd:extendedProperty name="blogger.itemClass" value="%s"/>`, c.itemClass())
	w.f(`<gd:extendedProperty name="blogger.displayTime" value="%s"/></entry>`, b.display(c))
}

// inReplyTo names the post, for replies to comments too.
func (w *writer) inReplyTo(p *post) {
	b := w.blog
	base := escapeAttr.Replace(w.base)
	w.f("<thr:in-reply-to%s href='%s' ref='%s' source='%s' type='text/html'/>", threadSpace,
		base+p.path, b.entryID(p.id), base+"/feeds/"+b.id+"/posts/default/"+p.id)
}

// entryID is the Atom id of a post or comment: Blogger's does not tell them apart.
func (b *Blog) entryID(id string) string { return idPrefix + b.id + ".post-" + id }

// permalink is the address of a comment on its post's page.
func (c *comment) permalink() string {
	return fmt.Sprintf("%s?showComment=%d#c%s", c.post.path, c.at.UnixMilli(), c.id)
}

// itemClass is one value per account, and one for everybody else.
func (c *comment) itemClass() string {
	if c.profile == "" {
		return anonymousClass
	}
	return fmt.Sprintf("pid-%d", hash("class", c.profile)%2_000_000_000)
}

// display is a comment's time in words, as the page shows it.
func (b *Blog) display(c *comment) string { return c.at.In(b.zone).Format("2 January 2006 at 15:04") }
