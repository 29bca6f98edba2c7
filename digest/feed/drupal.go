package feed

import (
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// drupalID is the guid of a node or a comment.
	drupalID       = lazyregexp.New(`^(?:(comment) )?(\d+) at https?://`)
	drupalFragment = lazyregexp.New(`#comment-(\d+)$`)
	drupalNode     = lazyregexp.New(`/node/(\d+)(?:[/?#]|$)`)
	drupalAlone    = lazyregexp.New(`/comment/\d+(?:[/?#]|$)`)
	// drupalThread is the path of the feed of one node's comments, which a module
	// gives (Comment RSS); that of all is crss.
	drupalThread = lazyregexp.New(`/crss/node/\d+$`)
	// drupalReply is what that module puts before a comment, in the site's language: a
	// link to the page. The name of the page may hold anything.
	drupalReply = lazyregexp.New(`^\s*<p>[^<]*<a href="([^"]*)">[^<]*</a>[^<]*</p>`)
	// drupalBlock is markup that parts lines. Texts without it come as they were
	// typed, for the module does not filter them.
	drupalBlock = lazyregexp.New(`(?i)<(?:p|br|div|pre|table)[\s/>]`)
	blankLines  = lazyregexp.New(`\n[ \t]*(?:\n[ \t]*)+`)
)

func drupalKind(p *page) verdict {
	if p.some(isDrupalComment) {
		return verdict{digest.CommentsFeed, true}
	}
	return threads(p)
}

func drupalPost(_ *page, e *entry, post *PostEntry) { post.Key = drupalNodeKey(e) }

func drupalComment(_ *page, e *entry, c *CommentEntry) {
	if m := drupalID.FindStringSubmatch(e.id); m != nil && m[1] != "" {
		c.Key = "comment-" + m[2]
	}
	if !drupalAlone.MatchString(e.url) {
		c.PostRef, c.PostKey = field.WithoutFragment(e.url), numbered("node-", drupalNode, e.url)
	}
}

// drupalBody gives the text as HTML, without the link to its page.
func drupalBody(e *entry) string {
	body := e.body()
	if m := drupalReply.FindStringSubmatch(body); m != nil && isDrupalComment(e) && m[1] == field.WithoutFragment(e.url) {
		body = body[len(m[0]):]
	}
	body = strings.TrimSpace(body)
	if drupalBlock.MatchString(body) || !isDrupalComment(e) {
		return body
	}
	return typed(body)
}

func isDrupalComment(e *entry) bool {
	m := drupalID.FindStringSubmatch(e.id)
	return m != nil && m[1] != "" || drupalFragment.MatchString(e.url)
}

func drupalNodeKey(e *entry) string {
	if m := drupalID.FindStringSubmatch(e.id); m != nil && m[1] == "" {
		return "node-" + m[2]
	}
	return numbered("node-", drupalNode, e.url)
}
