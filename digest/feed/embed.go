package feed

import (
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// What is particular to comments that pages embed, and to Mastodon.

var (
	// issoID is the id of an entry: the thread and the comment. That of the feed
	// names the page instead.
	issoID   = lazyregexp.New(`^tag:[^,]+,2018:/isso/\d+/(\d+)$`)
	issoFeed = lazyregexp.New(`^tag:[^,]+,2018:/isso/thread/`)

	remarkPlace = lazyregexp.New(`#remark42__comment-(\S+)$`)
	// remarkQuote is the beginning of the parent, which Remark42 appends to a reply.
	remarkQuote = lazyregexp.New(`(?s)\s*<blockquote>\s*<p>.*</p>\s*</blockquote>\s*$`)

	// comentarioMark is the fragment of a comment's address.
	comentarioMark = lazyregexp.New(`#comentario-([0-9a-f-]{36})$`)
	comentarioPage = lazyregexp.New(`[?&]page=[0-9a-f-]{36}`)

	// mastodonStatus is the address of a status; older servers name no generator.
	mastodonStatus = lazyregexp.New(`^https?://[^/]+/(?:@[^/]+|users/[^/]+/statuses)/\d+$`)
)

func issoComment(_ *page, e *entry, c *CommentEntry) {
	for _, r := range e.repliesTo() {
		c.ParentRef, c.ParentKey = r.ref, numbered("isso-", issoID, r.ref)
	}
}

func remarkBody(e *entry) string {
	body := e.body()
	if !strings.Contains(e.title, " > ") {
		return body
	}
	if at := strings.LastIndex(body, "<blockquote>"); at >= 0 && remarkQuote.MatchString(body[at:]) {
		return strings.TrimSpace(body[:at])
	}
	return body
}

func remarkComment(_ *page, e *entry, c *CommentEntry) {
	if c.Author == "" {
		writer, _, _ := strings.Cut(e.title, " > ")
		writer, _, _ = strings.Cut(writer, ", ")
		c.Author = field.Name(writer)
	}
}

func comentarioDocument(p *page, d *Document) { d.OnePost = comentarioPage.MatchString(p.where()) }

func hasMastodonNames(p *page) bool {
	return strings.Contains(p.head, "http://webfeeds.org/rss/1.0") && p.every(func(e *entry) bool { return mastodonStatus.MatchString(e.url) })
}

// mastodonPost names the writer: in an account's feed that is the title of the feed.
func mastodonPost(p *page, _ *entry, post *PostEntry) {
	if post.Author == "" && !strings.HasPrefix(p.title, "#") {
		post.Author = field.Name(p.title)
	}
}
