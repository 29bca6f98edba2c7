package webpage

import (
	"strings"

	"postbag/digest/field"
)

// generators are generators that blogs and forums give, by a word in their name.
var generators = []struct{ word, name string }{
	{"ghost", "Ghost"}, {"substack", "Substack"}, {"medium", "Medium"}, {"tumblr", "Tumblr"},
	{"squarespace", "Squarespace"}, {"typepad", "TypePad"}, {"movable type", "Movable Type"},
	{"drupal", "Drupal"}, {"discourse", "Discourse"}, {"disqus", "Disqus"}, {"mastodon", "Mastodon"},
	{"reddit", "Reddit"}, {"jekyll", "Jekyll"}, {"hugo", "Hugo"}, {"wix", "Wix"}, {"joomla", "Joomla"},
	{"feedburner", "FeedBurner"}, {"livejournal", "LiveJournal"}, {"youtube", "YouTube"},
	{"isso", "Isso"}, {"remark42", "Remark42"}, {"hnrss", "hnrss"}, {"lobsters", "Lobsters"},
	{"eleventy", "Eleventy"}, {"webflow", "Webflow"}, {"blogger", "Blogger"}, {"wordpress", "WordPress"},
	{"phpbb", "phpBB"}, {"nodebb", "NodeBB"}, {"peertube", "PeerTube"}, {"lemmy", "Lemmy"}, {"typecho", "Typecho"}, {"comentario", "Comentario"},
}

// Software names the software behind a generator text, as far as it is known;
// else it gives the text itself, shortened.
func Software(generator string) string {
	lower := strings.ToLower(generator)
	for _, m := range generators {
		if strings.Contains(lower, m.word) {
			return m.name
		}
	}
	return field.Line(generator, 60)
}
