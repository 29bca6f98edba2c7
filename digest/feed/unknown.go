package feed

import (
	"bytes"
	"strings"

	"postbag/digest"
)

// makers are generators that blogs and forums give, by a word in their name.
var makers = []struct{ word, name string }{
	{"ghost", "Ghost"}, {"substack", "Substack"}, {"medium", "Medium"}, {"tumblr", "Tumblr"},
	{"squarespace", "Squarespace"}, {"typepad", "TypePad"}, {"movable type", "Movable Type"},
	{"drupal", "Drupal"}, {"discourse", "Discourse"}, {"disqus", "Disqus"}, {"mastodon", "Mastodon"},
	{"reddit", "Reddit"}, {"jekyll", "Jekyll"}, {"hugo", "Hugo"}, {"wix", "Wix"}, {"joomla", "Joomla"},
	{"feedburner", "FeedBurner"}, {"livejournal", "LiveJournal"}, {"youtube", "YouTube"},
	{"isso", "Isso"}, {"remark42", "Remark42"}, {"hnrss", "hnrss"}, {"lobsters", "Lobsters"},
	{"eleventy", "Eleventy"}, {"webflow", "Webflow"}, {"blogger", "Blogger"}, {"wordpress", "WordPress"},
}

// Maker names the software behind a generator text, as far as it is known;
// else it gives the text itself, shortened.
func Maker(generator string) string {
	lower := strings.ToLower(generator)
	for _, m := range makers {
		if strings.Contains(lower, m.word) {
			return m.name
		}
	}
	return short(plain(generator), 60)
}

// Unknown platform: the error names what the feed looks like.
func unknownFeed(generator string, doc []byte) error {
	looks := Maker(generator)
	if looks == "" {
		looks = markOf(doc)
	}
	if looks == "" {
		return digest.Fail(digest.Invalid, knownHint, "%w: it does not name its maker", ErrUnknown)
	}
	return digest.Fail(digest.Invalid, knownHint, "%w: it looks like %s", ErrUnknown, looks)
}

// markOf looks for addresses that give a platform away when there is no
// generator.
func markOf(doc []byte) string {
	head := bytes.ToLower(doc[:min(len(doc), 4000)])
	for _, m := range []struct{ mark, name string }{
		{"substack.com", "Substack"}, {"substackcdn.com", "Substack"}, {"www.reddit.com", "Reddit"},
		{"youtube.com/xml", "YouTube"}, {"disqus.com", "Disqus"}, {"medium.com", "Medium"},
		{"news.ycombinator.com", "Hacker News"}, {"lobste.rs", "Lobsters"}, {"feedburner", "FeedBurner"},
		{"webfeeds.org", "a feed by Mastodon or Feedly's rules"},
	} {
		if bytes.Contains(head, []byte(m.mark)) {
			return m.name
		}
	}
	return ""
}
