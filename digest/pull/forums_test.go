package pull_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// stand serves fixtures of package feed, by path and query, as if they were the blog's.
func stand(t *testing.T, home string, files map[string]string) webSite {
	t.Helper()
	site := webSite{}
	for path, name := range files {
		body := name
		if !strings.HasPrefix(name, "<") {
			file, err := os.ReadFile(filepath.Join("..", "feed", "testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			body = string(file)
		}
		if at := strings.Index(body, "<rss"); at > 0 {
			body = body[at:]
		} else if at := strings.Index(body, "<feed"); at > 0 {
			body = body[at:]
		}
		site[path] = strings.ReplaceAll(body, home, "%BLOG%")
	}
	return site
}

// TestForumsAndTheirLikes follows what each of them offers, from an address that a person
// would give, and ties what is said to what it is said about.
func TestForumsAndTheirLikes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		home  string
		files map[string]string
		from  string // an address, behind the blog's
		opts  discover.Options
		feeds string

		posts, comments, tied int
	}{
		"phpBB, from its front page": {home: "https://kites.test", from: "/board/", files: map[string]string{
			"/board/":             head + linkTo("atom", "Feed - Kite Board", "%BLOG%/board/app.php/feed") + linkTo("atom", "Feed - New Topics", "%BLOG%/board/app.php/feed/topics") + "</head></html>",
			"/board/app.php/feed": "phpbb-posts.atom", "/board/app.php/feed/topics": "phpbb-topics.atom"},
			feeds: "posts /board/app.php/feed/topics, comments /board/app.php/feed", posts: 2, comments: 2, tied: 2},
		"phpBB, from its feed of all posts": {home: "https://kites.test", from: "/board/app.php/feed",
			files: map[string]string{"/board/app.php/feed": "phpbb-posts.atom", "/board/app.php/feed/topics": "phpbb-topics.atom"},
			feeds: "posts /board/app.php/feed/topics, comments /board/app.php/feed", posts: 2, comments: 2, tied: 2},
		"phpBB, of which only the posts come": {home: "https://kites.test", opts: discover.Options{Comments: "/board/app.php/feed"},
			files: map[string]string{"/board/app.php/feed": "phpbb-posts.atom"},
			feeds: "comments /board/app.php/feed", comments: 2},
		"NodeBB, from a page": {home: "https://loam.test", from: "/forum/recent", files: map[string]string{
			"/forum/recent":     head + `<meta name="generator" content="NodeBB"></head></html>`,
			"/forum/topics.rss": "nodebb-topics.rss", "/forum/recentposts.rss": "nodebb-recentposts.rss", "/forum/topic/90.rss": "nodebb-topic.rss"},
			feeds: "posts /forum/topics.rss, comments /forum/recentposts.rss", posts: 1, comments: 2, tied: 2},
		"NodeBB, from its recent topics": {home: "https://loam.test", from: "/forum/recent.rss",
			files: map[string]string{"/forum/recent.rss": "nodebb-recent.rss", "/forum/recentposts.rss": "nodebb-recentposts.rss"},
			feeds: "posts /forum/recent.rss, comments /forum/recentposts.rss", posts: 1, comments: 2, tied: 2},
		"PeerTube, a channel": {home: "https://reel.test", from: "/feeds/videos.xml?videoChannelId=3",
			files: map[string]string{"/feeds/videos.xml?videoChannelId=3": "peertube-videos.rss", "/feeds/video-comments.xml?videoChannelId=3": "peertube-comments.rss"},
			feeds: "posts /feeds/videos.xml?videoChannelId=3, comments /feeds/video-comments.xml?videoChannelId=3", posts: 1, comments: 3, tied: 3},
		"Stack Exchange, one question": {home: "https://knots.stackexchange.com", from: "/feeds/question/410",
			files: map[string]string{"/feeds/question/410": "stackexchange-question.atom"},
			feeds: "comments /feeds/question/410", posts: 1, comments: 2, tied: 2},
		"ForumMagnum, both feeds": {home: "https://www.dimlamp.test", from: "/feed.xml",
			files: map[string]string{"/feed.xml": "forummagnum-posts.rss", "/feed.xml?type=comments": "forummagnum-comments.rss"},
			feeds: "posts /feed.xml, comments /feed.xml?type=comments", posts: 1, comments: 2, tied: 2},
		"Lemmy": {home: "https://reeds.test", from: "/feeds/c/bindings.xml",
			files: map[string]string{"/feeds/c/bindings.xml": "lemmy.rss"},
			feeds: "posts /feeds/c/bindings.xml, silent", posts: 1},
		"Typecho": {home: "https://teahill.test", from: "/", files: map[string]string{
			"/":               head + `<meta name="generator" content="Typecho 1.2.1"></head></html>`,
			"/feed/":          strings.ReplaceAll(rssOf("Tea Hill", "", "/archives/12"), "%BLOG%", "https://teahill.test"),
			"/feed/comments/": "typecho-comments.rss"},
			feeds: "posts /feed/, comments /feed/comments/", posts: 1, comments: 2, tied: 2},
		"Comentario, beside a blog": {home: "https://bells.test", opts: discover.Options{Posts: "/index.xml", Comments: "/talk/api/rss/comments?domain=x"},
			files: map[string]string{"/index.xml": strings.ReplaceAll(rssOf("Bells", "Hugo", "/changes/plain-bob/"), "%BLOG%", "https://bells.test"), "/talk/api/rss/comments?domain=x": "comentario.rss"},
			feeds: "posts /index.xml, comments /talk/api/rss/comments?domain=x", posts: 1, comments: 1, tied: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, newBlog(t, stand(t, tt.home, tt.files).page), database(t), thatEvening)
			for _, address := range []*string{&tt.opts.Posts, &tt.opts.Comments, &tt.from} {
				if *address != "" {
					*address = r.blog.url + *address
				}
			}
			found, err := r.Add(t.Context(), nobody, tt.from, firstSeries, tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "feeds", foundLine(found, r.blog.url), tt.feeds)
			for range 2 { // a second pull changes nothing
				r.pull(found.Source, poll.Options{Force: true})
				equal(t, "posts", r.posts(found.Source), tt.posts)
				comments := r.comments(found.Source)
				equal(t, "comments", len(comments), tt.comments)
				tied := 0
				for _, c := range comments {
					tied += map[bool]int{true: 1}[c.PostID != 0]
				}
				equal(t, "comments with a post", tied, tt.tied)
			}
		})
	}
}

// The newest post of a topic is not the topic's: recent topics come with its words.
func TestNodeBBTopicsKeepTheirWords(t *testing.T) {
	t.Parallel()
	s := stand(t, "https://loam.test", map[string]string{"/forum/topics.rss": "nodebb-topics.rss", "/forum/recentposts.rss": "nodebb-recentposts.rss"})
	r := newRig(t, newBlog(t, s.page), database(t), thatEvening)
	src := r.adds(r.blog.url + "/forum/topics.rss").Source
	r.pull(src, poll.Options{})
	posts, _ := contents(t, r.store)
	equal(t, "words", posts[0].Author+": "+posts[0].Body.Text(), "spade: Do they mind the cold?")
	equal(t, "platform", src.Platform, digest.NodeBB)
}
