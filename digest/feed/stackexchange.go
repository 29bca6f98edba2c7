package feed

import (
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// stackQuestion is the id or address of a question: the site and the number.
	stackQuestion = lazyregexp.New(`^(https?://[^/?#]+)/(?:q|questions)/(\d+)(?:/[^/?#]*)?$`)
	// stackAnswer is the address of an answer, or of a note under a question or an answer:
	// the site, the number of the question, that of the answer, and that of the note with
	// what it is under.
	stackAnswer = lazyregexp.New(`^(https?://[^/?#]+)/questions/(\d+)/[^/?#]*(?:/(\d+))?(?:\?[^#]*)?#(?:(\d+)|comment(\d+)_(\d+))$`)
	stackOne    = lazyregexp.New(`/feeds/question/(\d+)`)
)

// stackHosts are the sites that are not below stackexchange.com.
var stackHosts = []string{"stackexchange.com", "stackoverflow.com", "serverfault.com", "superuser.com", "askubuntu.com", "mathoverflow.net", "stackapps.com"}

// hasStackNames goes by the addresses of entries and the namespace that ranks them.
func hasStackNames(p *page) bool {
	return strings.Contains(p.head, "purl.org/atompub/rank/") && p.every(func(e *entry) bool {
		return isStackAnswer(e) || stackTopic(nil, e)
	})
}

// Questions are posts, and answers comments: they come in the feed of each question,
// whose first entry it is.

func isStackAnswer(e *entry) bool { return stackAnswer.MatchString(e.url) }

func stackKind(p *page) verdict {
	switch {
	case p.some(isStackAnswer):
		return verdict{digest.CommentsFeed, true}
	case stackOne.MatchString(p.where()): // a question without answers yet
		return verdict{digest.CommentsFeed, false}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0}
}

func stackDocument(p *page, d *Document) {
	d.OnePost = d.Kind == digest.CommentsFeed && stackOne.MatchString(p.where())
	whole := strings.HasSuffix(strings.TrimSuffix(field.PathOf(p.where()), "/"), "/feeds")
	if at := strings.LastIndex(d.Title, " - "); (d.OnePost || whole) && at > 0 {
		d.Title = d.Title[at+len(" - "):]
	}
}

func stackPost(_ *page, e *entry, post *PostEntry) {
	m := stackQuestion.FindStringSubmatch(e.id)
	if m == nil {
		m = stackQuestion.FindStringSubmatch(e.url)
	}
	if m == nil {
		return
	}
	post.ID, post.Key = m[1]+"/q/"+m[2], "question-"+m[2]
	post.CommentsURL = m[1] + "/feeds/question/" + m[2]
}

func stackComment(_ *page, e *entry, c *CommentEntry) {
	m := stackAnswer.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	c.PostRef, c.PostKey = m[1]+"/q/"+m[2], "question-"+m[2]
	if m[5] == "" {
		c.Key = "answer-" + m[4]
		return
	}
	c.Key = "note-" + m[5]
	if m[6] != m[2] {
		c.ParentKey = "answer-" + m[6]
	}
}

// stackTopic tells the question among its answers.
func stackTopic(_ *page, e *entry) bool {
	return !isStackAnswer(e) && (stackQuestion.MatchString(e.id) || stackQuestion.MatchString(field.WithoutFragment(e.url)))
}
