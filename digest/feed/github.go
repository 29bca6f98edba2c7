package feed

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// gitHubThread is the address of a discussion, or of a comment in it: the
	// discussion's address and number.
	gitHubThread = lazyregexp.New(`^(https?://github\.com/[^?#]*?/discussions/(\d+))(?:\.atom)?(?:[?#].*)?$`)
	gitHubMark   = lazyregexp.New(`(?i)#discussioncomment-(\d+)$`)
	gitHubTag    = lazyregexp.New(`^tag:github\.com,2008:`)
)

func hasGitHubNames(p *page) bool {
	return gitHubThread.MatchString(p.where()) || gitHubTag.MatchString(p.id) && strings.Contains(p.id, "/discussions") ||
		p.onHost("github.com") && p.every(func(e *entry) bool { return gitHubThread.MatchString(e.url) })
}

func gitHubKind(p *page) verdict {
	if p.some(isGitHubComment) {
		return verdict{digest.CommentsFeed, true}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0 && p.thread() == ""}
}

func gitHubPost(p *page, e *entry, post *PostEntry) {
	if m := gitHubThread.FindStringSubmatch(cmp.Or(e.url, p.thread())); m != nil {
		post.URL, post.Key, post.CommentsURL = m[1], "discussion-"+m[2], m[1]+".atom"
	}
}

func gitHubComment(p *page, e *entry, c *CommentEntry) {
	if m := gitHubThread.FindStringSubmatch(cmp.Or(e.url, p.thread())); m != nil {
		c.PostRef, c.PostKey = m[1], "discussion-"+m[2]
	}
}

func isGitHubComment(e *entry) bool {
	return gitHubMark.MatchString(e.url) || strings.Contains(e.id, "DiscussionComment")
}

// thread is the address of the one discussion that the feed is about, or "".
func (p *page) thread() string {
	for _, address := range []string{p.home, p.self, p.url} {
		if m := gitHubThread.FindStringSubmatch(address); m != nil {
			return m[1]
		}
	}
	return ""
}

// gitHubDocument takes the feed itself for the discussion when none of its
// entries is.
func gitHubDocument(p *page, d *Document) {
	thread := p.thread()
	d.OnePost = d.Kind == digest.CommentsFeed && thread != ""
	if !d.OnePost || !p.every(isGitHubComment) {
		return
	}
	var first time.Time
	for _, e := range p.entries {
		if first.IsZero() || !e.published.IsZero() && e.published.Before(first) {
			first = e.published
		}
	}
	m := gitHubThread.FindStringSubmatch(thread)
	d.addPost(PostEntry{
		ID: thread, URL: thread, Title: field.Title(p.title), Published: first, Announced: -1, Hash: field.Hash(p.title),
		Key: "discussion-" + m[2], CommentsURL: thread + ".atom", Body: Body{Base: thread},
	})
}
