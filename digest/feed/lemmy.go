package feed

import (
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	lemmyNumber = lazyregexp.New(`/post/(\d+)$`)
	// lemmyFrame is what stands before a text: who brought it where, points and a count
	// that change all the time, and the link it is about.
	lemmyFrame = lazyregexp.New(`^submitted by <a href="[^"]*">([^<]*)</a> to <a href="[^"]*">[^<]*</a><br\s*/?>-?\d+ points? \| <a href="[^"]*">(\d+) comments?</a>(?:<br\s*/?><a href="[^"]*">[^<]*</a>)?`)
)

func hasLemmyNames(p *page) bool {
	return p.every(func(e *entry) bool {
		return lemmyNumber.MatchString(e.id) && e.discussion == e.id && (lemmyFrame.MatchString(e.summary) || lemmyFrame.MatchString(e.content))
	})
}

func lemmyBody(e *entry) string {
	return strings.TrimSpace(lemmyFrame.ReplaceAllString(e.body(), ""))
}

func lemmyPost(_ *page, e *entry, post *PostEntry) {
	post.Key = numbered("post-", lemmyNumber, e.id)
	if m := lemmyFrame.FindStringSubmatch(e.body()); m != nil {
		post.Author, post.Announced = field.Name(m[1]), field.Number(m[2])
	}
}
