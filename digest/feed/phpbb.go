package feed

import (
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// phpBBPlace is the address of a post of a forum: the forum's folder, and the query.
	phpBBPlace = lazyregexp.New(`^(https?://[^?#]*/)viewtopic\.php\?([^#]+)`)
	phpBBTopic = lazyregexp.New(`(?:^|[&;])t=(\d+)`)
	phpBBPost  = lazyregexp.New(`(?:^|[&;])p=(\d+)`)
	// phpBBTopics are the addresses of feeds that list topics, by their first posts.
	phpBBTopics = lazyregexp.New(`/feed/(?:topics(?:_new|_active)?|news)/?(?:[?#]|$)|[?&;]mode=(?:topics(?:_new|_active)?|news)(?:[&;#]|$)`)
	// phpBBActive is that of topics by their newest posts.
	phpBBActive = lazyregexp.New(`/feed/topics_active|[?&;]mode=topics_active`)
	phpBBOne    = lazyregexp.New(`/feed/topic/\d+|/feed\.php\?(?:[^#]*[&;])?t=\d+`)
	// phpBBTail is what the forum puts behind a post, in its own language: who wrote it
	// and when, and of a topic how many replies and views it has. A post has breaks and no
	// paragraphs of its own.
	phpBBTail = lazyregexp.New(`\s*<p>[^<]*(?:<(?:a|span|strong)\b[^>]*>[^<]*</(?:a|span|strong)>[^<]*)*—[^<]*\d[^<]*</p>\s*<hr\s*/?>\s*$`)
	phpBBRe   = lazyregexp.New(`(?i)^(?:re|aw|antw|sv|odp)\s*:\s*`)
)

// A forum's topics are posts. All its feeds name a post by its number and, as a rule,
// that of its topic; feeds of topics give the first post of each. Which post of a feed
// is the first of its topic is not told, so the overall feed has comments alone.

func phpBBKind(p *page) verdict {
	where := p.where()
	switch {
	case phpBBTopics.MatchString(where):
		return verdict{digest.PostsFeed, true}
	case phpBBOne.MatchString(where), p.some(func(e *entry) bool { return phpBBRe.MatchString(phpBBTitle(e)) }):
		return verdict{digest.CommentsFeed, true}
	}
	return verdict{digest.CommentsFeed, false}
}

func phpBBDocument(p *page, d *Document) {
	d.OnePost = d.Kind == digest.CommentsFeed && phpBBOne.MatchString(p.where())
}

// phpBBTitle gives the title of a post without the name of its board.
func phpBBTitle(e *entry) string {
	title := field.Title(e.title)
	if _, rest, ok := strings.Cut(title, " • "); ok {
		return rest
	}
	return title
}

// phpBBAddress is the address of a post, and of its topic, without the mark of a visit
// (sid) that may be in it; topic is "" where the post is named alone.
func phpBBAddress(e *entry) (post, topic, number, topicNumber string) {
	m := phpBBPlace.FindStringSubmatch(e.url)
	if m == nil {
		return e.url, "", "", ""
	}
	page := m[1] + "viewtopic.php?"
	if t := phpBBTopic.FindStringSubmatch(m[2]); t != nil {
		topic, topicNumber = page+"t="+t[1], t[1]
	}
	p := phpBBPost.FindStringSubmatch(m[2])
	switch {
	case p == nil && topic == "":
		return e.url, "", "", ""
	case p == nil:
		return topic, topic, "", topicNumber
	case topic == "":
		return page + "p=" + p[1] + "#p" + p[1], "", p[1], ""
	}
	return topic + "&p=" + p[1] + "#p" + p[1], topic, p[1], topicNumber
}

// phpBBPostEntry reads a topic. The feed of active ones gives the writer and the text of
// its newest post.
func phpBBPostEntry(p *page, e *entry, post *PostEntry) {
	if phpBBActive.MatchString(p.where()) {
		post.Author, post.Body.HTML, post.Hash = "", "", field.Hash(e.title)
	}
	place, topic, _, number := phpBBAddress(e)
	post.Title = phpBBTitle(e)
	post.Ref = titleRef(post.Title)
	post.URL, post.ID = place, place
	if topic != "" {
		post.URL, post.ID, post.Key = topic, topic, "topic-"+number
	}
}

func phpBBComment(_ *page, e *entry, c *CommentEntry) {
	place, topic, number, topicNumber := phpBBAddress(e)
	c.ID, c.URL = place, place
	if number != "" {
		c.Key = "post-" + number
	}
	if topic == "" {
		c.PostRef = titleRef(phpBBRe.ReplaceAllString(phpBBTitle(e), ""))
		return
	}
	c.PostRef, c.PostKey = topic, "topic-"+topicNumber
}

// phpBBBody takes the forum's own words off, and makes quotations of what older forums
// put into divisions.
func phpBBBody(e *entry) string {
	body := strings.TrimSpace(phpBBTail.ReplaceAllString(e.body(), ""))
	const open, closed = `<div class="quotecontent">`, `</div>`
	if !strings.Contains(body, open) {
		return body
	}
	var out strings.Builder
	var quotes []bool // open divisions, and whether each is a quotation
	for {
		at := strings.Index(body, "<")
		if at < 0 {
			break
		}
		out.WriteString(body[:at])
		body = body[at:]
		switch {
		case strings.HasPrefix(body, open):
			out.WriteString("<blockquote>")
			body, quotes = body[len(open):], append(quotes, true)
		case strings.HasPrefix(body, "<div"):
			out.WriteString("<div")
			body, quotes = body[len("<div"):], append(quotes, false)
		case strings.HasPrefix(body, closed) && len(quotes) > 0 && quotes[len(quotes)-1]:
			out.WriteString("</blockquote>")
			body, quotes = body[len(closed):], quotes[:len(quotes)-1]
		case strings.HasPrefix(body, closed):
			out.WriteString(closed)
			body, quotes = body[len(closed):], quotes[:max(0, len(quotes)-1)]
		default:
			out.WriteString("<")
			body = body[1:]
		}
	}
	out.WriteString(body)
	for _, quoted := range slices.Backward(quotes) {
		if quoted {
			out.WriteString("</blockquote>")
		}
	}
	return out.String()
}
