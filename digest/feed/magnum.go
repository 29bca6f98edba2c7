package feed

import (
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// What is particular to ForumMagnum, the software of LessWrong and the EA Forum.

var (
	// magnumPost is the address of a post: the site, and the post's id.
	magnumPost = lazyregexp.New(`^(https?://[^/?#]+)/(?:posts|events|s/[A-Za-z0-9]+/p|groups/[A-Za-z0-9]+/p)/([A-Za-z0-9]{17})(?:/[^?#]*)?`)
	// magnumMark is the id of a comment in its address.
	magnumMark = lazyregexp.New(`(?:[?&]commentId=|#)([A-Za-z0-9]{17})(?:[&#]|$)`)
	magnumID   = lazyregexp.New(`^[A-Za-z0-9]{17}$`)
	// What the forum puts around a text: when it was published, and a link to the
	// discussion.
	magnumLead  = lazyregexp.New(`^\s*Published on [^<]{1,80}(?:<br\s*/?>\s*){2}`)
	magnumTail  = lazyregexp.New(`(?:\s*</?br\s*/?>){2}\s*<a href=['"][^'"]*['"]>Discuss</a>\s*$`)
	magnumEmpty = lazyregexp.New(`[?&]type=comments(?:&|$)`)
)

func hasMagnumNames(p *page) bool {
	own := 0
	for i := range p.entries {
		if e := &p.entries[i]; magnumID.MatchString(e.id) && (magnumPost.MatchString(e.url) || isMagnumComment(e)) {
			own++
		}
	}
	return own > 0 && own*2 >= len(p.entries)
}

// isMagnumComment tells whether an entry's address holds its own id as a comment's does.
func isMagnumComment(e *entry) bool {
	m := magnumMark.FindStringSubmatch(e.url)
	return m != nil && m[1] == e.id
}

func magnumBody(e *entry) string {
	body := e.body()
	if magnumTail.MatchString(body) {
		body = magnumLead.ReplaceAllString(magnumTail.ReplaceAllString(body, ""), "")
	}
	return strings.TrimSpace(body)
}

func magnumDocument(p *page, d *Document) {
	d.OnePost = d.Kind == digest.CommentsFeed && strings.Contains(p.where(), "postId=")
}

func magnumPostEntry(_ *page, e *entry, post *PostEntry) {
	m := magnumPost.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	post.Key = "post-" + m[2]
	post.CommentsURL = m[1] + "/feed.xml?type=comments&view=postCommentsNew&postId=" + m[2]
}

func magnumComment(_ *page, e *entry, c *CommentEntry) {
	if magnumID.MatchString(e.id) {
		c.Key = "comment-" + e.id
	}
	if m := magnumPost.FindStringSubmatch(e.url); m != nil {
		c.PostRef, c.PostKey = m[2], "post-"+m[2]
		return
	}
	c.PostRef, _, _ = strings.Cut(field.WithoutFragment(e.url), "?") // on the page of a tag
}
