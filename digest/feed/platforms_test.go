package feed_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// TestPlatforms reads a feed of every platform. A post is written as
//
//	id | key | ref | comments announced | feed of its comments | author | title
//
// and a comment as
//
//	id | key | post | post's key | parent | parent's key | author | address of the author
func TestPlatforms(t *testing.T) {
	const (
		posts    = digest.PostsFeed
		comments = digest.CommentsFeed
		water    = "http://blog.test/2026/03/who-locks-the-water/"
		hedge    = "https://hedge.test/t/when-to-lay-a-hedge/31"
		topic    = "hedge.test-topic-31 | topic-31 |  | -1 | " + hedge + ".rss | @oda Oda Marsh | When to lay a hedge"
		berta    = "hedge.test-post-31-3 | post-31-3 | " + hedge + " | topic-31 |  |  | @berta Berta Quill | https://hedge.test/u/berta"
		owl      = "t3_1b6aaa |  |  | -1 | https://www.reddit.com/r/nightbuses/comments/1b6aaa/who_takes_the_n9/.rss | /u/owlrider | Who takes the N9?"
		lamp     = "t1_kx0002 |  | t3_1b6aaa |  |  |  | /u/lampwright | https://www.reddit.com/user/lampwright"
		tides    = "https://github.com/tidewater/almanac/discussions/14"
		board    = "https://kites.test/board/viewtopic.php?"
		worms    = "https://loam.test/forum/topic/90"
		knots    = "https://knots.stackexchange.com"
		bend     = knots + "/q/410 | question-410 |  | -1 | " + knots + "/feeds/question/410 | tar | Which bend holds in wet rope?"
	)
	for _, tt := range []struct {
		file          string
		platform      digest.Platform
		kind          digest.FeedKind
		onePost       bool
		replies, gone int
		posts         []string
		comments      []string
	}{
		{"blogger-short.atom", digest.Blogger, comments, true, 1, 1, nil, []string{
			"tag:blogger.com,1999:blog-7.post-73 |  | tag:blogger.com,1999:blog-7.post-70 |  |  |  | Unknown | https://www.blogger.com/profile/5",
			"tag:blogger.com,1999:blog-7.post-72 |  | tag:blogger.com,1999:blog-7.post-70 |  | tag:blogger.com,1999:blog-7.post-71 |  | Skipper | ",
			"tag:blogger.com,1999:blog-7.post-71 |  | tag:blogger.com,1999:blog-7.post-70 |  |  |  | Anonymous | "}},
		{"blogger-posts.rss", digest.Blogger, posts, false, 0, 0, []string{
			"tag:blogger.com,1999:blog-7.post-70 |  |  | 2 |  | Skipper | Late again"}, nil},
		{"blogger-comments.rss", digest.Blogger, comments, false, 0, 0, nil, []string{
			"tag:blogger.com,1999:blog-7.post-72 |  | tag:blogger.com,1999:blog-7.post-70 |  |  |  | Anonymous | ",
			"tag:blogger.com,1999:blog-7.post-71 |  | https://ferry.test/2026/03/late-again.html |  |  |  | Tam | "}},
		{"wordpress-posts.rss", digest.WordPress, posts, false, 0, 0, []string{
			"http://blog.test/?p=41 | post-41 |  | 4 | " + water + "feed/ | Marta (plot 9) | Who locks the water?",
			"http://blog.test/?p=37 | post-37 |  | -1 |  | Marta (plot 9) | Beans & bindweed"}, nil},
		{"wordpress-comments.rss", digest.WordPress, comments, false, 0, 0, nil, []string{
			"http://blog.test/?p=41#comment-104 | comment-104 | http://blog.test/?p=41 | post-41 |  |  | Bob (the builder) | ",
			"http://blog.test/?p=41#comment-102 | comment-102 | http://blog.test/?p=41 | post-41 |  |  | @ines Ines Vega | ",
			"http://blog.test/?p=37#comment-88 | comment-88 | http://blog.test/?p=37 | post-37 |  |  | Anonymous | "}},
		{"wordpress-comments.atom", digest.WordPress, comments, false, 1, 0, nil, []string{
			"http://blog.test/?p=41#comment-104 | comment-104 | http://blog.test/?p=41 | post-41 | http://blog.test/?p=41#comment-102 | comment-102 | Bob (the builder) | http://bob.test/",
			"http://blog.test/?p=41#comment-102 | comment-102 | http://blog.test/?p=41 | post-41 |  |  | Ines | "}},
		{"wordpress-rest-posts.json", digest.WordPress, posts, false, 0, 0, []string{
			"http://blog.test/?p=41 | post-41 |  | -1 |  | Marta (plot 9) | Who locks the water?"}, nil},
		{"wordpress-rest-comments.json", digest.WordPress, comments, false, 1, 0, nil, []string{
			water + "comment-page-1/#comment-104 | comment-104 | " + water + " | post-41 | " + water + "#comment-102 | comment-102 | Bob (the builder) | http://bob.test/",
			water + "#comment-102 | comment-102 | " + water + " | post-41 |  |  | @ines Ines Vega | "}},
		{"ghost.rss", digest.Ghost, posts, false, 0, 0, []string{"66500c1fa3 |  |  | -1 |  | Ola | Glaze"}, nil},
		{"substack.rss", digest.Substack, posts, false, 0, 0, []string{
			"https://tram.test/p/stop-request |  |  | -1 |  | Petra | Stop request",
			"https://tram.test/p/depot-cats |  |  | -1 |  | Petra | Depot cats"}, nil},
		{"mastodon.rss", digest.Mastodon, posts, false, 0, 0, []string{
			"https://canal.test/@ines/1130001 |  |  | -1 |  | Ines at the lock | ",
			"https://canal.test/@ines/1130000 |  |  | -1 |  | Ines at the lock | "}, nil},
		{"disqus.rss", digest.Disqus, comments, false, 0, 0, nil, []string{
			"https://kiln.test/glaze/#comment-5100000007 | comment-5100000007 | https://kiln.test/glaze/ |  |  |  | Wim (again) | ",
			"https://kiln.test/glaze/#comment-5100000005 | comment-5100000005 | https://kiln.test/glaze/ |  |  |  | fen | "}},
		{"discourse-latest.rss", digest.Discourse, posts, false, 0, 0, []string{topic}, nil},
		{"discourse-posts.rss", digest.Discourse, comments, false, 0, 0, []string{topic}, []string{
			"hedge.test-post-31-24 | post-31-24 | " + hedge + " | topic-31 |  |  | @wim | https://hedge.test/u/wim", berta,
			"hedge.test-post-31-2 | post-31-2 | " + hedge + " | topic-31 |  |  | @tom | https://hedge.test/u/tom"}},
		{"discourse-topic-today.rss", digest.Discourse, comments, true, 0, 0, []string{
			"hedge.test-topic-31 | topic-31 |  | -1 | " + hedge + ".rss | oda | When to lay a hedge"}, []string{
			"hedge.test-post-31-4 | post-31-4 | " + hedge + " | topic-31 |  |  | tom | ",
			"hedge.test-post-31-3 | post-31-3 | " + hedge + " | topic-31 |  |  | berta | "}},
		{"discourse-topic.rss", digest.Discourse, comments, true, 0, 0, []string{topic}, []string{berta}},
		{"reddit-posts.atom", digest.Reddit, posts, false, 0, 0, []string{owl}, nil},
		{"reddit-thread.atom", digest.Reddit, comments, true, 0, 0, []string{owl}, []string{lamp}},
		{"reddit-comments.atom", digest.Reddit, comments, false, 0, 1, nil, []string{lamp,
			"t1_kx0001 |  | t3_1b6aaa |  |  |  | /u/[deleted] | https://www.reddit.com/user/[deleted]"}},
		{"hackernews.rss", digest.HackerNews, posts, false, 0, 0, []string{
			"https://news.ycombinator.com/item?id=90000100 | item-90000100 | title:a clock that runs on rain | -1 |  |  | A clock that runs on rain"}, nil},
		{"hnrss-posts.rss", digest.HackerNews, posts, false, 0, 0, []string{
			"https://news.ycombinator.com/item?id=90000100 | item-90000100 | title:a clock that runs on rain | 2 |  | dripfeed | A clock that runs on rain"}, nil},
		{"hnrss-comments.rss", digest.HackerNews, comments, false, 0, 0, nil, []string{
			"https://news.ycombinator.com/item?id=90000107 | item-90000107 | title:a clock that runs on rain |  |  |  | weir | ",
			`https://news.ycombinator.com/item?id=90000103 | item-90000103 | title:a "dry" run |  |  |  | gutter | `}},
		{"lobsters-posts.rss", digest.Lobsters, posts, false, 0, 0, []string{
			"https://lobste.rs/s/abc123 |  | title:sorting socks in linear time | -1 |  | heel | Sorting socks in linear time"}, nil},
		{"lobsters-comments.rss", digest.Lobsters, comments, false, 0, 0, nil, []string{
			"https://lobste.rs/c/xy12zz | comment-xy12zz | title:sorting socks in linear time |  |  |  | toe | "}},
		{"drupal-posts.rss", digest.Drupal, posts, false, 0, 0, []string{"5 at https://parish.test | node-5 |  | -1 |  | rector | The bell"}, nil},
		{"drupal-crss.rss", digest.Drupal, comments, false, 0, 0, nil, []string{
			"comment 14 at https://parish.test | comment-14 | https://parish.test/news/bell |  |  |  | Anonymous | ",
			"comment 12 at https://parish.test | comment-12 | https://parish.test/news/bell |  |  |  | rector | "}},
		{"drupal-comments.rss", digest.Drupal, comments, false, 0, 0, nil, []string{
			"comment 12 at https://parish.test | comment-12 | https://parish.test/node/5 | node-5 |  |  | Anonymous (not verified) | ",
			"comment 11 at https://parish.test | comment-11 |  |  |  |  | rector | "}},
		{"typepad.atom", digest.MovableType, posts, false, 0, 0, []string{
			"tag:typepad.com,2003:post-6a00e7 |  |  | 7 |  | Gwen | Lifting leeks",
			"tag:typepad.com,2003:post-6a00e6 |  |  | -1 |  | Gwen | Nothing to see"}, nil},
		{"movabletype-comments.atom", digest.MovableType, comments, false, 0, 0, nil, []string{
			"tag:coldframe.test,2026:/3.40-comment:81 |  | tag:coldframe.test,2026:/3.40 |  |  |  | Idris | https://idris.test/",
			"tag:coldframe.test,2026:/3.40-comment:80 |  | tag:coldframe.test,2026:/3.40 |  |  |  | Anonymous | "}},
		{"github-discussion.atom", digest.GitHub, comments, true, 0, 0, []string{
			"tag:github.com,2008:Discussion/600014 | discussion-14 |  | -1 | " + tides + ".atom | mudlark | Spring tables"}, []string{
			"tag:github.com,2008:DiscussionComment/8800021 | discussioncomment-8800021 | " + tides + " | discussion-14 |  |  | ebb | https://github.com/ebb"}},
		{"isso.atom", digest.Isso, comments, true, 1, 0, nil, []string{
			"tag:moth.test,2018:/isso/4/9 | isso-9 | https://moth.test/traps/light/ |  | tag:moth.test,2018:/isso/4/8 | isso-8 |  | ",
			"tag:moth.test,2018:/isso/4/8 | isso-8 | https://moth.test/traps/light/ |  |  |  | Vera | https://vera.test/"}},
		{"remark42.rss", digest.Remark42, comments, false, 0, 0, nil, []string{
			"0b2f | comment-0b2f | https://ferns.test/spores/ |  |  |  | Nils | ",
			"0a1e | comment-0a1e | https://ferns.test/spores/ |  |  |  | Ada | "}},
		{"phpbb-posts.atom", digest.PhpBB, comments, false, 0, 0, nil, []string{
			board + "t=31&p=208#p208 | post-208 | " + board + "t=31 | topic-31 |  |  | wes | ",
			board + "p=207#p207 | post-207 | title:frayed ends |  |  |  | Guest | "}},
		{"phpbb-topics.atom", digest.PhpBB, posts, false, 0, 0, []string{
			board + "t=31 | topic-31 | title:which bridle? | -1 |  | ada | Which bridle?",
			board + "p=190#p190 |  | title:frayed ends | -1 |  | Guest | Frayed ends"}, nil},
		{"nodebb-recentposts.rss", digest.NodeBB, comments, false, 0, 0, nil, []string{
			"https://loam.test/forum/post/812 | post-812 | title:worms in the bin |  |  |  | hoe | ",
			"https://loam.test/forum/post/https://soil.test/notes/77 |  | title:worms in the bin |  |  |  | fork | "}},
		{"nodebb-recent.rss", digest.NodeBB, posts, false, 0, 0, []string{
			worms + " | topic-90 | title:worms in the bin | -1 | " + worms + ".rss |  | Worms in the bin"}, nil},
		{"nodebb-topics.rss", digest.NodeBB, posts, false, 0, 0, []string{
			worms + " | topic-90 | title:worms in the bin | -1 | " + worms + ".rss | spade | Worms in the bin"}, nil},
		{"nodebb-topic.rss", digest.NodeBB, comments, true, 0, 0, nil, []string{
			"https://loam.test/forum/post/812 | post-812 | " + worms + " | topic-90 |  |  | hoe | "}},
		{"peertube-videos.rss", digest.PeerTube, posts, false, 0, 0, []string{
			"https://reel.test/w/kX3aB |  |  | -1 |  | lathe | Turning a bowl"}, nil},
		{"peertube-comments.rss", digest.PeerTube, comments, false, 0, 0, nil, []string{
			"https://reel.test/w/kX3aB;threadId=55@1772734200 |  | https://reel.test/w/kX3aB |  |  |  | gouge | ",
			"https://reel.test/w/kX3aB;threadId=55@1772730600 |  | https://reel.test/w/kX3aB |  |  |  | chisel | ",
			"https://reel.test/w/kX3aB;threadId=52@1772727000 |  | https://reel.test/w/kX3aB |  |  |  | rasp | "}},
		{"stackexchange-question.atom", digest.StackExchange, comments, true, 0, 0, []string{bend}, []string{
			knots + "/questions/410/-/415#415 | answer-415 | " + knots + "/q/410 | question-410 |  |  | splice | " + knots + "/users/9",
			knots + "/questions/410/-/412#412 | answer-412 | " + knots + "/q/410 | question-410 |  |  | marline | " + knots + "/users/11"}},
		{"stackexchange-site.atom", digest.StackExchange, posts, false, 0, 0, []string{bend}, nil},
		{"stackexchange-user.atom", digest.StackExchange, comments, false, 0, 0, nil, []string{
			knots + "/questions/410/-/415#415 | answer-415 | " + knots + "/q/410 | question-410 |  |  | splice | " + knots + "/users/9",
			knots + "/questions/410/x/412#comment900_412 | note-900 | " + knots + "/q/410 | question-410 |  | answer-412 | splice | " + knots + "/users/9"}},
		{"forummagnum-posts.rss", digest.ForumMagnum, posts, false, 0, 0, []string{
			"aB3dE5gH7jK9mN1pQ | post-aB3dE5gH7jK9mN1pQ |  | -1 | https://www.dimlamp.test/feed.xml?type=comments&view=postCommentsNew&postId=aB3dE5gH7jK9mN1pQ | Orla | On guessing well"}, nil},
		{"forummagnum-comments.rss", digest.ForumMagnum, comments, false, 0, 0, nil, []string{
			"zY8xW6vU4tS2rQ0pO | comment-zY8xW6vU4tS2rQ0pO | aB3dE5gH7jK9mN1pQ | post-aB3dE5gH7jK9mN1pQ |  |  | Wick | ",
			"yX7wV5uT3sR1qP9oN | comment-yX7wV5uT3sR1qP9oN | aB3dE5gH7jK9mN1pQ | post-aB3dE5gH7jK9mN1pQ |  |  | Taper | "}},
		{"lemmy.rss", digest.Lemmy, posts, false, 0, 0, []string{
			"https://reeds.test/post/640 | post-640 |  | 3 |  | oboe | Cane or plastic"}, nil},
		{"typecho-comments.rss", digest.Typecho, comments, false, 0, 0, nil, []string{
			"https://teahill.test/archives/12#comment-91 | comment-91 | https://teahill.test/archives/12 |  |  |  | Lin | ",
			"https://teahill.test/archives/12#comment-90 | comment-90 | https://teahill.test/archives/12 |  |  |  | Wu | "}},
		{"comentario.rss", digest.Comentario, comments, false, 0, 0, nil, []string{
			"0b8f6c1e-2a44-4f5e-9a10-7d1c2b3a4e5f | comentario-0b8f6c1e-2a44-4f5e-9a10-7d1c2b3a4e5f | https://bells.test/changes/plain-bob/ |  |  |  | Treble | "}},
		{"threads.atom", digest.Generic, comments, false, 1, 0, []string{
			"urn:uuid:f0000001 |  |  | 2 | https://weir.test/2026/level/replies | Keeper | Level"}, []string{
			"urn:uuid:c0000003 |  | urn:uuid:f0000001 |  | urn:uuid:c0000002 |  | Ro | ",
			"urn:uuid:c0000002 |  | urn:uuid:f0000001 |  |  |  | Sal (upstream) | "}},
		{"feed.json", digest.Generic, posts, false, 0, 0, []string{
			"31 |  |  | -1 |  | The Warden | Planks & nails",
			"https://pier.test/30 |  |  | -1 |  | Jo @ the kiosk | "}, nil},
		{"rss091.rss", digest.Generic, posts, false, 0, 0, []string{
			"http://steam.test/washout.html |  |  | -1 |  |  | Boiler wash out",
			"http://steam.test/coal.html |  |  | -1 |  |  | Coal"}, nil},
		{"rss090.rdf", digest.Generic, posts, false, 0, 0, []string{
			"http://signals.test/distant |  |  | -1 |  |  | Distant",
			"http://signals.test/home |  |  | -1 |  |  | Home"}, nil},
		{"rss10.rdf", digest.Generic, posts, false, 0, 0, []string{"http://lamp.test/2 |  |  | 3 |  | Dai (lamps) | Wicks"}, nil},
	} {
		t.Run(tt.file, func(t *testing.T) {
			d := parse(t, fixture(t, tt.file), feed.Options{URL: map[string]string{"threads.atom": "https://weir.test/talk/2.atom"}[tt.file]})
			equal(t, "platform", d.Platform, tt.platform)
			equal(t, "kind", d.Kind, tt.kind)
			equal(t, "one post", d.OnePost, tt.onePost)
			equal(t, "cut short", d.CutShort, false)
			var posts, comments []string
			replies, gone := 0, 0
			for _, p := range d.Posts {
				posts = append(posts, line(p.ID, p.Key, p.Ref, p.Announced, p.CommentsURL, p.Author, p.Title))
			}
			for _, c := range d.Comments {
				comments = append(comments, line(c.ID, c.Key, c.PostRef, c.PostKey, c.ParentRef, c.ParentKey, c.Author, c.AuthorURI))
				replies += map[bool]int{true: 1}[c.ParentRef != ""]
				gone += map[bool]int{true: 1}[c.Gone]
			}
			equal(t, "replies", replies, tt.replies)
			equal(t, "gone", gone, tt.gone)
			equal(t, "posts", strings.Join(posts, "\n"), strings.Join(tt.posts, "\n"))
			equal(t, "comments", strings.Join(comments, "\n"), strings.Join(tt.comments, "\n"))
		})
	}
}

func line(parts ...any) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = fmt.Sprint(p)
	}
	return strings.Join(texts, " | ")
}

func TestPlatformsOwnWays(t *testing.T) {
	url := func(u string) feed.Options { return feed.Options{URL: u} }

	forum := parse(t, fixture(t, "discourse-posts.rss"), url("https://hedge.test/posts.rss?x=1"))
	equal(t, "Discourse: older posts", forum.NextURL, "https://hedge.test/posts.rss?before=204&x=1")
	framed := parse(t, fixture(t, "discourse-topic.rss"), feed.Options{})
	equal(t, "Discourse: the text without its frame", framed.Comments[0].Body.HTML, forum.Comments[1].Body.HTML)
	equal(t, "Discourse: hash in both feeds", framed.Comments[0].Hash, forum.Comments[1].Hash)
	today := parse(t, fixture(t, "discourse-topic-today.rss"), feed.Options{})
	equal(t, "Discourse: the text without its link", today.Comments[1].Body.HTML, forum.Comments[1].Body.HTML)
	equal(t, "Discourse: the writer's own link", strings.HasSuffix(today.Comments[0].Body.HTML, "Billhooks</a></p>"), true)
	equal(t, "Discourse: a note without text", line(len(today.Skipped), today.Skipped[0].ID), "1 | hedge.test-post-31-5")
	equal(t, "Discourse: hash of the topic in its own feed", today.Posts[0].Hash, forum.Posts[0].Hash)
	topics := parse(t, fixture(t, "discourse-latest.rss"), feed.Options{})
	equal(t, "Discourse: the name of the forum", topics.Title+", "+forum.Title, "Hedge Forum, Hedge Forum")
	equal(t, "Discourse: the topic without its tail", topics.Posts[0].Body.HTML, forum.Posts[0].Body.HTML)
	equal(t, "Discourse: hash of the topic in both feeds", topics.Posts[0].Hash, forum.Posts[0].Hash)

	reddit := parse(t, fixture(t, "reddit-comments.atom"), feed.Options{})
	equal(t, "Reddit: what stands for the removed", reddit.Comments[1].GoneReason, "[removed]")
	equal(t, "Reddit: time where there is only updated", reddit.Comments[0].Published, at("2026-03-05T18:10:00Z"))

	remark := parse(t, fixture(t, "remark42.rss"), feed.Options{})
	equal(t, "Remark42: reply without the quotation", remark.Comments[0].Body.HTML, "<p>Under glass, yes.</p>")
	equal(t, "Remark42: her own quotation stays", strings.Contains(remark.Comments[1].Body.HTML, "a quotation of her own"), true)

	rest := parse(t, fixture(t, "wordpress-rest-comments.json"), url("https://blog.test/wp-json/wp/v2/comments?post=41&per_page=3"))
	equal(t, "WordPress: page after a full one", rest.NextURL, "https://blog.test/wp-json/wp/v2/comments?page=2&per_page=3&post=41")
	equal(t, "WordPress: one post asked for", rest.OnePost, true)
	rest = parse(t, fixture(t, "wordpress-rest-comments.json"), url("https://blog.test/wp-json/wp/v2/comments?per_page=100&page=4"))
	equal(t, "WordPress: page after a short one", rest.NextURL, "")
	_, err := feed.Parse([]byte(`[{"id":7,"post":41,"guid":{"rendered":"x"},"status":"inherit","type":"attachment"}]`), feed.Options{})
	wantInvalid(t, "WordPress: a list of attachments", err, "JSON data")
	rest = parse(t, []byte("[]"), url("https://blog.test/?rest_route=/wp/v2/comments"))
	equal(t, "WordPress: empty list", rest.Kind, digest.CommentsFeed)

	old := strings.Replace(string(fixture(t, "mastodon.rss")), "<generator>Mastodon v4.3.1</generator>", "", 1)
	equal(t, "Mastodon: without generator", parse(t, []byte(old), feed.Options{}).Platform, digest.Mastodon)
	page := strings.ReplaceAll(string(fixture(t, "disqus.rss")), "disqus.com/latest.rss", "disqus.com/glaze/latest.rss")
	equal(t, "Disqus: one page", parse(t, []byte(page), feed.Options{}).OnePost, true)

	crss := parse(t, fixture(t, "drupal-crss.rss"), url("https://parish.test/crss"))
	equal(t, "Drupal: the text as it was typed", crss.Comments[0].Body.HTML, "It is the rope.<br>Look at <em>the knot</em>.<p>Then pull.")
	equal(t, "Drupal: the time among keys", crss.Comments[0].Published, at("2026-03-05T19:10:00Z"))
	equal(t, "Drupal: a text with markup", crss.Comments[1].Body.HTML, "<p>It always was.</p>")
	equal(t, "Drupal: all comments", crss.OnePost, false)
	equal(t, "Drupal: one node", parse(t, fixture(t, "drupal-crss.rss"), url("https://parish.test/crss/node/5")).OnePost, true)

	stories := strings.Replace(string(fixture(t, "lobsters-posts.rss")), "heel@users.lobste.rs (heel)", "kiln.test via fen", 1)
	equal(t, "Lobsters: who brought a story", parse(t, []byte(stories), feed.Options{}).Posts[0].Author, "fen")

	hnrss := string(fixture(t, "hnrss-posts.rss"))
	later := parse(t, []byte(strings.Replace(hnrss, "Points: 12", "Points: 13", 1)), feed.Options{})
	equal(t, "Hacker News: hash after a vote", later.Posts[0].Hash, parse(t, []byte(hnrss), feed.Options{}).Posts[0].Hash)

	thread := string(fixture(t, "github-discussion.atom"))
	from, to := strings.Index(thread, "<entry>"), strings.Index(thread, "</entry>")+len("</entry>")
	alone := parse(t, []byte(thread[:from]+thread[to:]), feed.Options{})
	if len(alone.Posts) != 1 || alone.Posts[0].Title != "Spring tables" || alone.Posts[0].Key != alone.Comments[0].PostKey {
		t.Errorf("GitHub: the feed is not taken for the discussion: %+v", alone.Posts)
	}
}

// TestForumsOwnWords takes what forums put around texts off, and follows their feeds
// where they lead.
func TestForumsOwnWords(t *testing.T) {
	html := func(file string) (all []string) {
		d := parse(t, fixture(t, file), feed.Options{})
		for _, p := range d.Posts {
			all = append(all, p.Body.HTML)
		}
		for _, c := range d.Comments {
			all = append(all, c.Body.HTML)
		}
		return all
	}
	for file, want := range map[string]string{
		"phpbb-posts.atom":         `<div class="quotetitle">Ada wrote:</div><blockquote>Three legs, <div class="codecontent">2:1</div>always.</blockquote><br />Two will do — in 10 knots. | Wax them.`,
		"phpbb-topics.atom":        "For a delta of two metres. | What to do?",
		"nodebb-recent.rss":        "",
		"nodebb-topics.rss":        "<p>Do they mind the cold?</p>",
		"forummagnum-posts.rss":    "<p>Write it down first.</p>",
		"forummagnum-comments.rss": "<p>Then bet.</p> | <p>Published on nothing, then.</p>",
		"lemmy.rss":                "<p>Who has tried both?</p>",
	} {
		equal(t, file, strings.Join(html(file), " | "), want)
	}
	lemmy := string(fixture(t, "lemmy.rss"))
	voted := parse(t, []byte(strings.NewReplacer("12 points", "-1 points", "3 comments", "1 comment").Replace(lemmy)), feed.Options{})
	equal(t, "Lemmy: hash after a vote", voted.Posts[0].Hash, parse(t, []byte(lemmy), feed.Options{}).Posts[0].Hash)
	equal(t, "Lemmy: comments", voted.Posts[0].Announced, 1)

	page := nodeBBPage(20)
	equal(t, "NodeBB: older posts", parse(t, page, feed.Options{URL: "https://loam.test/recentposts.rss"}).NextURL, "https://loam.test/recentposts.rss?page=2")
	equal(t, "NodeBB: and older ones", parse(t, page, feed.Options{URL: "https://loam.test/recentposts.rss?page=4&uid=2"}).NextURL, "https://loam.test/recentposts.rss?page=5&uid=2")
	equal(t, "NodeBB: the last page", parse(t, nodeBBPage(19), feed.Options{URL: "https://loam.test/recentposts.rss?page=4"}).NextURL, "")
	topic := parse(t, fixture(t, "nodebb-topic.rss"), feed.Options{})
	loam := parse(t, fixture(t, "nodebb-topics.rss"), feed.Options{})
	equal(t, "NodeBB: name and home of the forum", loam.Title+" "+loam.HomeURL, " https://loam.test/forum/")
	equal(t, "NodeBB: name of a topic", topic.Title, "Worms in the bin")
	equal(t, "Stack Exchange: name of the site", parse(t, fixture(t, "stackexchange-site.atom"), feed.Options{}).Title, "Knots Stack Exchange")
	equal(t, "NodeBB: the topic of a feed", topic.PostRef, "https://loam.test/forum/topic/90")

	equal(t, "Stack Exchange: the site of a question", parse(t, fixture(t, "stackexchange-question.atom"), feed.Options{}).Title, "Stack Exchange")
	film := strings.Replace(string(fixture(t, "peertube-comments.rss")), "video-comments.xml", "video-comments.xml?videoId=7", 1)
	equal(t, "PeerTube: one film", parse(t, []byte(film), feed.Options{}).OnePost, true)
	hidden := parse(t, fixture(t, "typecho-comments.rss"), feed.Options{})
	equal(t, "Typecho: left out", line(len(hidden.Skipped), hidden.Skipped[0].Reason, hidden.Skipped[1].Reason), "2 | notice | link_notice")
	one := strings.Replace(string(fixture(t, "typecho-comments.rss")), "/feed/comments/", "/feed/archives/12/", 1)
	equal(t, "Typecho: one post", parse(t, []byte(one), feed.Options{}).OnePost, true)
	atom := `<feed xmlns="http://www.w3.org/2005/Atom"><generator uri="http://typecho.org/" version="1.2.1">Typecho</generator><link rel="self" href="https://teahill.test/feed/atom/comments/"/></feed>`
	equal(t, "Typecho: no comments yet", parse(t, []byte(atom), feed.Options{}).Kind, digest.CommentsFeed)
	bob := strings.Replace(string(fixture(t, "comentario.rss")), "comments on", "page comments on", 1)
	equal(t, "Comentario: one page", parse(t, []byte(bob), feed.Options{URL: "https://talk.test/api/rss/comments?domain=x&page=0b8f6c1e-2a44-4f5e-9a10-7d1c2b3a4e5f"}).OnePost, true)
	board := strings.Replace(string(fixture(t, "phpbb-posts.atom")), "app.php/feed\"", "feed.php?f=4&amp;t=31\"", 1)
	active := parse(t, []byte(strings.ReplaceAll(string(fixture(t, "phpbb-topics.atom")), "/feed/topics", "/feed/topics_active")), feed.Options{})
	equal(t, "phpBB: active topics without the words of their newest posts", line(len(active.Posts), active.Posts[0].Title, active.Posts[0].Author, active.Posts[0].Body.HTML), "2 | Which bridle? |  | ")
	equal(t, "phpBB: one topic", parse(t, []byte(board), feed.Options{}).OnePost, true)
}

// nodeBBPage is a page of so many recent posts.
func nodeBBPage(n int) []byte {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Recent Posts</title><generator>RSS for Node</generator>`)
	for i := range n {
		fmt.Fprintf(&b, `<item><title>Loam</title><link>https://loam.test/post/%[1]d</link><guid>https://loam.test/post/%[1]d</guid><description>No. %[1]d</description></item>`, 100+i)
	}
	return []byte(b.String() + "</channel></rss>")
}

func TestWantDecidesWhereTheFeedDoesNotTell(t *testing.T) {
	plainFeed := fixture(t, "rss091.rss")
	d := parse(t, plainFeed, feed.Options{Want: digest.CommentsFeed})
	equal(t, "kind", d.Kind, digest.CommentsFeed)
	if len(d.Comments) != 2 || !strings.HasPrefix(d.Comments[0].ID, "hash:") || d.Comments[0].PostRef != "http://steam.test/washout.html" {
		t.Errorf("comments %+v, want 2 with an id of what they say and the post at their address", d.Comments)
	}
	for _, tt := range []struct {
		file string
		want digest.FeedKind
		hint string
	}{
		{"wordpress-posts.rss", digest.CommentsFeed, "both feeds are found"},
		{"blogger-posts.rss", digest.CommentsFeed, "both feeds are found"},
		{"disqus.rss", digest.PostsFeed, "both feeds are found"},
		{"movabletype-comments.atom", digest.PostsFeed, "both feeds are found"},
		{"wordpress-rest-posts.json", digest.CommentsFeed, "both feeds are found"},
		{"ghost.rss", digest.CommentsFeed, "Ghost offers no comments in feeds"},
		{"substack.rss", digest.CommentsFeed, "Substack offers no comments in feeds"},
		{"mastodon.rss", digest.CommentsFeed, "Mastodon offers no comments in feeds"},
		{"lemmy.rss", digest.CommentsFeed, "Lemmy offers no comments in feeds"},
		{"nodebb-recentposts.rss", digest.PostsFeed, "both feeds are found"},
		{"phpbb-topics.atom", digest.CommentsFeed, "both feeds are found"},
	} {
		_, err := feed.Parse(fixture(t, tt.file), feed.Options{Want: tt.want})
		wantInvalid(t, tt.file, err, "are expected")
		if hint := digest.HintOf(err); !strings.Contains(hint, tt.hint) {
			t.Errorf("%s: hint %q does not say %q", tt.file, hint, tt.hint)
		}
	}
}

func TestPlatformOverridesWhatTheFeedSays(t *testing.T) {
	d := parse(t, fixture(t, "ghost.rss"), feed.Options{Platform: digest.Generic, Want: digest.CommentsFeed})
	equal(t, "platform", d.Platform, digest.Generic)
	equal(t, "kind", d.Kind, digest.CommentsFeed)
	d = parse(t, fixture(t, "rss091.rss"), feed.Options{Platform: digest.Disqus})
	equal(t, "platform", d.Platform, digest.Disqus)
	for _, platform := range []digest.Platform{digest.Ghost, digest.HackerNews, digest.Discourse, digest.WordPress, digest.GitHub} {
		d = parse(t, fixture(t, "threads.atom"), feed.Options{Platform: platform, Want: digest.CommentsFeed})
		equal(t, string(platform)+": comments of another maker", line(len(d.Posts), len(d.Comments)), "1 | 2")
		equal(t, string(platform)+": their post", d.Comments[0].PostRef, "urn:uuid:f0000001")
		equal(t, string(platform)+": the parent", d.Comments[0].ParentRef, "urn:uuid:c0000002")
	}
	_, err := feed.Parse(fixture(t, "ghost.rss"), feed.Options{Platform: "geocities"})
	wantInvalid(t, "an unknown platform", err, `no platform is called "geocities"`)
}

// TestDiscourseAddresses reads the forms of address that Discourse has given posts, each
// beside an entry with a number, as a forum writes all its addresses alike.
func TestDiscourseAddresses(t *testing.T) {
	item := func(guid, link string) string {
		return "<item><guid>" + guid + "</guid><link>" + link + "</link><description>&lt;p&gt;Hazel.&lt;/p&gt;</description></item>"
	}
	wrap := func(items string) []byte {
		return []byte(`<rss version="2.0" xmlns:discourse="http://www.discourse.org/"><channel><title>Hedge</title>` + items + `</channel></rss>`)
	}
	other := item("hedge.test-post-9", "https://hedge.test/t/elm/8#post_2")
	for _, tt := range []struct{ name, guid, link, want string }{
		{"in the fragment", "hedge.test-post-90", "https://hedge.test/t/oak/7#post_2", "comment post-7-2 of topic-7 at https://hedge.test/t/oak/7"},
		{"on a later page", "hedge.test-post-90", "https://hedge.test/t/oak/7?page=2#post_24", "comment post-7-24 of topic-7 at https://hedge.test/t/oak/7"},
		{"in the path", "hedge.test-post-90", "https://hedge.test/t/oak/7/24", "comment post-7-24 of topic-7 at https://hedge.test/t/oak/7"},
		{"in the path, shared by a member", "hedge.test-post-90", "https://hedge.test/t/oak/7/24?u=ann", "comment post-7-24 of topic-7 at https://hedge.test/t/oak/7"},
		{"the first, in the fragment", "hedge.test-post-90", "https://hedge.test/t/oak/7#post_1", "topic topic-7 at https://hedge.test/t/oak/7"},
		{"the first, in the path", "hedge.test-post-90", "https://hedge.test/t/oak/7/1", "topic topic-7 at https://hedge.test/t/oak/7"},
		{"the first, without a number", "hedge.test-post-90", "https://hedge.test/t/oak/7", "topic topic-7 at https://hedge.test/t/oak/7"},
		{"without a number, which the guid has", "hedge.test-post-7-24", "https://hedge.test/t/oak/7", "comment post-7-24 of topic-7 at https://hedge.test/t/oak/7"},
		{"the first, by the guid", "hedge.test-post-7-1", "https://hedge.test/t/oak/7", "topic topic-7 at https://hedge.test/t/oak/7"},
		{"a topic", "hedge.test-topic-7", "https://hedge.test/t/oak/7", "topic topic-7 at https://hedge.test/t/oak/7"},
		{"in a folder", "hedge.test-post-90", "https://hedge.test/talk/t/oak/7?page=3#post_41", "comment post-7-41 of topic-7 at https://hedge.test/talk/t/oak/7"},
		{"without a slug", "hedge.test-post-90", "https://hedge.test/t/7/24", "comment post-7-24 of topic-7 at https://hedge.test/t/7"},
		{"without a slug, in the fragment", "hedge.test-post-90", "https://hedge.test/t/7#post_24", "comment post-7-24 of topic-7 at https://hedge.test/t/7"},
		{"with a slug of another script", "hedge.test-post-90", "https://hedge.test/t/%E6%A8%AB/7#post_3", "comment post-7-3 of topic-7 at https://hedge.test/t/%E6%A8%AB/7"},
		{"with the slug of a topic that is a number", "hedge.test-post-90", "https://hedge.test/t/2024-topic/7#post_3", "comment post-7-3 of topic-7 at https://hedge.test/t/2024-topic/7"},
	} {
		d := parse(t, wrap(item(tt.guid, tt.link)+other), feed.Options{})
		got := "nothing"
		switch {
		case len(d.Posts) == 1:
			got = "topic " + d.Posts[0].Key + " at " + d.Posts[0].URL
		case len(d.Comments) == 2:
			got = "comment " + d.Comments[0].Key + " of " + d.Comments[0].PostKey + " at " + d.Comments[0].PostRef
		}
		if d.Kind == digest.PostsFeed && len(d.Posts) == 2 {
			got = "topics"
		}
		equal(t, tt.name, got, tt.want)
	}

	// Where something on the way has taken the numbers out, nothing is taken for the topic.
	d := parse(t, wrap(item("hedge.test-post-91", "https://hedge.test/t/oak/7")+item("hedge.test-post-90", "https://hedge.test/t/oak/7")), feed.Options{})
	equal(t, "no entry has a number", line(len(d.Posts), len(d.Comments), d.Comments[0].ID, d.Comments[1].ID, d.Comments[0].PostKey),
		"0 | 2 | hedge.test-post-91 | hedge.test-post-90 | topic-7")

	tail := `&lt;p&gt;Hazel.&lt;/p&gt;&lt;p&gt;&lt;a href="https://hedge.test/t/oak/7?page=2&amp;amp;u=x#post_24"&gt;Leggi tutto&lt;/a&gt;&lt;/p&gt;`
	d = parse(t, []byte(strings.Replace(string(wrap(item("hedge.test-post-7-24", "https://hedge.test/t/oak/7?page=2#post_24"))), "&lt;p&gt;Hazel.&lt;/p&gt;", tail, 1)), feed.Options{})
	equal(t, "the link to its place", d.Comments[0].Body.HTML, "<p>Hazel.</p>")
}

// TestWordPressOwnWordsAreAlwaysTheSame keeps a line that is like WordPress's where the
// other replies of the page begin otherwise.
func TestWordPressOwnWordsAreAlwaysTheSame(t *testing.T) {
	const page = "https://blog.test/2026/03/leeks/"
	reply := func(n int, before, after string) string {
		return fmt.Sprintf(`<item><link>%[1]s#comment-%[2]d</link><guid>https://blog.test/?p=9#comment-%[2]d</guid><dc:creator>Jo</dc:creator>`+
			`<content:encoded><![CDATA[<p>%[3]s<a href="%[1]s#comment-1">Meg</a>%[4]s</p><p>Sand.</p>]]></content:encoded></item>`, page, n, before, after)
	}
	for _, lines := range [][]string{
		{reply(2, "Als Antwort auf ", "."), reply(3, "", " hat recht."), reply(4, "Als Antwort auf ", ".")},
		{reply(2, "In reply to ", "."), reply(3, "I agree with ", "."), reply(4, "In reply to ", ".")},
	} {
		d := parse(t, []byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>`+
			strings.Join(lines, "")+`</channel></rss>`), feed.Options{})
		for i, c := range d.Comments {
			if kept := strings.Contains(c.Body.HTML, "Meg"); kept != (i == 1) || (c.ParentKey == "") != kept {
				t.Errorf("comment %d: %q, in reply to %q", i, c.Body.HTML, c.ParentKey)
			}
		}
	}
}

// TestWordPressOwnWords takes off what WordPress puts before a reply's words, in any
// language, and takes the parent from its link; what a writer says stays.
func TestWordPressOwnWords(t *testing.T) {
	const page = "https://blog.test/2026/03/leeks/"
	link := func(to, name string) string { return `<a href="` + to + `">` + name + `</a>` }
	meg := link(page+"#comment-3", "Meg")
	const rest = "<p>Not in clay.</p>"
	for _, tt := range []struct{ name, text, words, parent string }{
		{"English", "<p>In reply to " + meg + ".</p>\n" + rest, rest, "comment-3"},
		{"German", "<p>Als Antwort auf " + meg + ".</p>\n" + rest, rest, "comment-3"},
		{"Japanese, the words behind", "<p>" + meg + " への返信。</p>\n" + rest, rest, "comment-3"},
		{"Arabic", "<p>رداً على " + meg + ".</p>\n" + rest, rest, "comment-3"},
		{"Hebrew, with a reference", "<p>&#1489;&#1514;&#1490;&#1493;&#1489;&#1492; &#1500;-" + meg + ".</p>\n" + rest, rest, "comment-3"},
		{"on a page of comments", "<p>In reply to " + link(page+"comment-page-2/#comment-3", "Meg") + ".</p>\n" + rest, rest, "comment-3"},
		{"without paragraphs", "In reply to " + meg + ".\n\nNot in clay.", "Not in clay.", "comment-3"},
		{"a name with markup", "<p>In reply to " + link(page+"#comment-3", `Meg <img src="s.png" alt=":)"> &#8220;x&#8221;`) + ".</p>\n" + rest, rest, "comment-3"},
		{"relative, with other quotation marks", "<p class='x'>In reply to <a class='u' href='#comment-3'>Meg</a>.</p>\n" + rest, rest, "comment-3"},
		{"whose parent the page does not hold", "<p>In reply to " + link(page+"#comment-1", "Ivo") + ".</p>\n" + rest, rest, "comment-1"},
		{"before a list", "<p>In reply to " + meg + ".</p>\n<ul><li>Sand</li></ul>", "<ul><li>Sand</li></ul>", "comment-3"},

		{"the writer's own link", "<p>Look at " + link(page+"#comment-3", "what was said above") + ".</p>\n" + rest, "", ""},
		{"more than a few words", "<p>I should like to say something about what I was told by " + meg + ".</p>\n" + rest, "", ""},
		{"more in the paragraph", "<p>In reply to " + meg + ". I <em>never</em> said so.</p>\n" + rest, "", ""},
		{"two links", "<p>" + meg + " is right, " + link(page, "here") + ".</p>\n" + rest, "", ""},
		{"a name with more behind it", "<p>" + link(page+"#comment-3", "Meg is right") + ".</p>\n" + rest, "", ""},
		{"a comment on another post", "<p>In reply to " + link("https://blog.test/2026/03/kale/#comment-3", "Meg") + ".</p>\n" + rest, "", ""},
		{"on another site", "<p>In reply to " + link("https://other.test/2026/03/leeks/#comment-3", "Meg") + ".</p>\n" + rest, "", ""},
		{"the comment itself", "<p>In reply to " + link(page+"#comment-4", "Jo") + ".</p>\n" + rest, "", ""},
		{"the second paragraph", rest + "\n<p>In reply to " + meg + ".</p>", "", ""},
		{"nothing else", "<p>In reply to " + meg + ".</p>", "", ""},
		{"a writer's link has a rel", `<p>I agree with <a href="` + page + `#comment-3" rel="nofollow ugc">Meg</a>.</p>` + rest, "", ""},
		{"no words at all", "<p>@" + meg + "</p>" + rest, "", ""},
	} {
		item := func(n, writer, text string) string {
			return "<item><link>" + page + "#comment-" + n + "</link><guid>https://blog.test/?p=9#comment-" + n + "</guid><dc:creator>" + writer +
				"</dc:creator><content:encoded><![CDATA[" + text + "]]></content:encoded></item>"
		}
		d := parse(t, []byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>`+
			item("4", "Jo", tt.text)+item("3", "Meg", "<p>Sand.</p>")+`</channel></rss>`), feed.Options{})
		want := line(cmp.Or(tt.words, tt.text), tt.parent, map[bool]string{true: "https://blog.test/?p=9#" + tt.parent}[tt.parent != ""])
		equal(t, tt.name, line(d.Comments[0].Body.HTML, d.Comments[0].ParentKey, d.Comments[0].ParentRef), want)
	}

	// Atom says what is answered: at top level such a paragraph is the writer's own.
	entry := func(ref string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><entry><id>https://blog.test/?p=9#comment-4</id><link href="` + page + `#comment-4"/>` +
			`<content type="html"><![CDATA[<p>In reply to ` + meg + `.</p>` + rest + `]]></content><thr:in-reply-to ref="` + ref + `"/></entry></feed>`
	}
	d := parse(t, []byte(entry("https://blog.test/?p=9#comment-3")), feed.Options{})
	equal(t, "Atom, a reply", line(d.Comments[0].Body.HTML, d.Comments[0].ParentKey), rest+" | comment-3")
	d = parse(t, []byte(entry("https://blog.test/?p=9")), feed.Options{})
	equal(t, "Atom, at top level", line(strings.Contains(d.Comments[0].Body.HTML, "In reply to"), d.Comments[0].ParentKey), "true | ")
}

// TestWordPressThatDoesNotSayIt reads the feed of a site that hides its maker and writes ids
// of its own, and one that gives descriptions only.
func TestWordPressThatDoesNotSayIt(t *testing.T) {
	item := func(n, writer, text string) string {
		return "<item><link>https://blog.test/leeks#comment-" + n + "</link><guid isPermaLink='false'>c" + n + "</guid><dc:creator>" + writer + "</dc:creator>" + text + "</item>"
	}
	wrap := func(items string) []byte {
		return []byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>` + items + `</channel></rss>`)
	}
	reply := `<content:encoded><![CDATA[<p>In reply to <a href="https://blog.test/leeks#comment-3">Meg</a>.</p><p>Not in clay.</p>]]></content:encoded>`
	d := parse(t, wrap(item("4", "Jo", reply)+item("3", "Meg", "<description>Sand.</description>")), feed.Options{})
	equal(t, "no maker", line(d.Platform, d.Comments[0].Body.HTML, d.Comments[0].ParentRef), "generic | <p>Not in clay.</p> | c3")
	d = parse(t, wrap(item("4", "Jo", reply)), feed.Options{})
	equal(t, "no maker, nor the parent", line(d.Comments[0].Body.HTML, d.Comments[0].ParentRef), "<p>Not in clay.</p> | https://blog.test/leeks#comment-3")
	escaped := "<description><![CDATA[In reply to &lt;a href=&quot;https://blog.test/leeks#comment-3&quot;&gt;Meg&lt;/a&gt;.\n\nNot in &lt;em&gt;clay&lt;/em&gt;.\n\nNor in sand.]]></description>"
	d = parse(t, wrap("<generator>https://wordpress.org/?v=6.8</generator>"+item("4", "Jo", escaped)+item("3", "Meg", "<description>Sand.</description>")), feed.Options{})
	equal(t, "descriptions only", line(d.Comments[0].Body.HTML, d.Comments[0].ParentKey), "Not in <em>clay</em>.<p>Nor in sand. | comment-3")
}

// TestRedditsTail takes off what Reddit puts behind a post.
func TestRedditsTail(t *testing.T) {
	const tail = `&amp;#32; submitted by &amp;#32; &lt;a href="https://www.reddit.com/user/owl"&gt; /u/owl &lt;/a&gt; &lt;br/&gt; &lt;span&gt;&lt;a href="https://x.test/"&gt;[link]&lt;/a&gt;&lt;/span&gt; &amp;#32; &lt;span&gt;&lt;a href="https://www.reddit.com/r/n/comments/1/"&gt;[comments]&lt;/a&gt;&lt;/span&gt;`
	for text, want := range map[string]string{
		`&lt;div class="md"&gt;&lt;p&gt;Who takes it?&lt;/p&gt;&lt;/div&gt; ` + tail: `<div class="md"><p>Who takes it?</p></div>`,
		tail: "",
		`&lt;table&gt;&lt;tr&gt;&lt;td&gt;&lt;img src="x.png"/&gt;&lt;/td&gt;&lt;td&gt; ` + tail + ` &lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;`: `<table><tr><td><img src="x.png"/></td><td></td></tr></table>`,
		`&lt;p&gt;submitted by nobody&lt;/p&gt;`: `<p>submitted by nobody</p>`,
	} {
		body := `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>t3_1</id><link href="https://www.reddit.com/r/n/comments/1/x/"/><content type="html">` + text + `</content></entry></feed>`
		equal(t, text, parse(t, []byte(body), feed.Options{}).Posts[0].Body.HTML, want)
	}
}

// TestWordPressProtected leaves out what asks for a password: it is nobody's words.
func TestWordPressProtected(t *testing.T) {
	const form = `<form action="https://blog.test/wp-login.php?action=postpass" class="post-password-form" method="post"><p>Dieser Inhalt ist geschützt.</p><p><label>Passwort: <input name="post_password" type="password" /></label></p></form>`
	const old = `<form action='https://blog.test/wp-pass.php' method='post'><input type='password' size='20' name='post_password' id='pwbox-2'></form>`
	rss := func(content string) string {
		return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>https://blog.test/?p=9#comment-4</guid><link>https://blog.test/leeks/#comment-4</link>` + content + `</item></channel></rss>`
	}
	for name, text := range map[string]string{
		"RSS":            rss(`<description>Geschützte Kommentare: Bitte das Passwort eingeben.</description><content:encoded><![CDATA[` + form + `]]></content:encoded>`),
		"RSS of old":     rss(`<content:encoded><![CDATA[` + old + `]]></content:encoded>`),
		"in English":     rss(`<description>Protected Comments: Please enter your password to view comments.</description>`),
		"Atom":           `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://blog.test/?p=9#comment-4</id><content type="html"><![CDATA[` + form + `]]></content></entry></feed>`,
		"told by person": strings.ReplaceAll(rss(`<content:encoded><![CDATA[`+form+`]]></content:encoded>`), "?p=9", "leeks/"),
	} {
		d := parse(t, []byte(text), feed.Options{Platform: digest.WordPress})
		if len(d.Comments) != 0 || len(d.Skipped) != 1 || d.Skipped[0].Reason != digest.BehindPassword {
			t.Errorf("%s: %+v and %+v, want a skip for its password", name, d.Comments, d.Skipped)
		}
	}
	post := strings.ReplaceAll(rss(`<title>Protected: Rota</title><content:encoded><![CDATA[`+form+`]]></content:encoded>`), "#comment-4", "")
	d := parse(t, []byte(post), feed.Options{})
	equal(t, "a post with a password", line(d.Posts[0].Title, d.Posts[0].Body.HTML), "Protected: Rota | ")
}

// TestStatesOfWordPressComments goes by the state that the interface tells, under the
// key that the feed's permalink leads to.
func TestStatesOfWordPressComments(t *testing.T) {
	for status, want := range map[string]string{
		"approved": "shown", "approve": "shown", "Approve": "shown", "": "shown",
		"trash": "gone: trash", "spam": "gone: spam", "hold": "left out: not_approved", "unapproved": "left out: not_approved", "0": "left out: not_approved",
	} {
		d := parse(t, []byte(`[{"id":7,"post":3,"link":"https://a.test/p/#comment-7","status":"`+status+`","content":{"rendered":"x"}}]`), feed.Options{})
		got := "nothing"
		switch {
		case len(d.Skipped) == 1:
			got = "left out: " + string(d.Skipped[0].Reason)
		case len(d.Comments) == 1 && d.Comments[0].Gone:
			got = "gone: " + d.Comments[0].GoneReason
		case len(d.Comments) == 1:
			got = "shown"
		}
		equal(t, "a comment with the state "+status, got, want)
	}
	d := parse(t, []byte(`<rss version="2.0"><channel><generator>https://wordpress.org/</generator><item><guid>x</guid>`+
		`<link>https://a.test/p/comment-page-2/#comment-7</link><description>x</description></item></channel></rss>`), feed.Options{})
	equal(t, "key by the permalink", d.Comments[0].Key, "comment-7")
}

func TestContentThatIsNoText(t *testing.T) {
	for kind, want := range map[string]string{
		"image/png": "", "IMAGE/svg+xml; charset=utf-8": "", "audio/ogg": "", "video/mp4": "", "application/octet-stream": "",
		"html": "QUJD", "text/html": "QUJD", "text": "QUJD", "text/plain": "QUJD", "": "QUJD",
	} {
		d := parse(t, []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><entry><id>1</id><content type="`+kind+`">QUJD</content></entry></feed>`), feed.Options{})
		equal(t, "content of the type "+kind, d.Posts[0].Body.HTML, want)
	}
}

func TestThreadsOfFeedsOfNoKnownMaker(t *testing.T) {
	comment := func(id, link, rest string) string {
		return "<entry><id>" + id + "</id><link href='" + link + "'/><content type='html'>x</content>" + rest + "</entry>"
	}
	wrap := func(entries ...string) []byte {
		return []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>x</id>` + strings.Join(entries, "") + `</feed>`)
	}
	for _, tt := range []struct{ name, entry, post, parent string }{
		{"a post by its id", comment("c:1", "https://a.test/p#c1", `<thr:in-reply-to ref="p:1"/>`), "p:1", ""},
		{"a post by its address", comment("c:1", "https://a.test/c/1", `<thr:in-reply-to href="https://a.test/p"/>`), "https://a.test/p", ""},
		{"a comment elsewhere, by its place", comment("c:1", "https://a.test/p#c1", `<thr:in-reply-to ref="c:0" href="https://a.test/p#c0"/>`), "https://a.test/p", "c:0"},
		{"a comment elsewhere, own page", comment("c:1", "https://a.test/c/1", `<thr:in-reply-to ref="c:0" href="https://a.test/p#c0"/>`), "https://a.test/p", "c:0"},
		{"both", comment("c:1", "https://a.test/c/1", `<thr:in-reply-to ref="p:1" href="https://a.test/p"/><thr:in-reply-to ref="https://a.test/p#c0"/>`), "p:1", "https://a.test/p#c0"},
		{"nothing, on a page", comment("c:1", "https://a.test/p#comment-1", ""), "https://a.test/p", ""},
		{"related, which names no parent", comment("c:1", "https://a.test/p#c1", `<link rel="related" href="https://a.test/p#c0"/>`), "https://a.test/p", ""},
	} {
		d := parse(t, wrap(tt.entry), feed.Options{})
		if len(d.Comments) != 1 {
			t.Errorf("%s: %d comments, want 1", tt.name, len(d.Comments))
			continue
		}
		equal(t, tt.name+": post", d.Comments[0].PostRef, tt.post)
		equal(t, tt.name+": parent", d.Comments[0].ParentRef, tt.parent)
	}
	loop := wrap(comment("c:1", "https://a.test/1", `<thr:in-reply-to ref="c:2"/>`), comment("c:2", "https://a.test/2", `<thr:in-reply-to ref="c:1"/>`))
	equal(t, "comments that reply to each other", len(parse(t, loop, feed.Options{}).Comments), 2)

	address := "https://a.test/blog/comments.xml"
	empty := parse(t, wrap(), feed.Options{URL: address})
	equal(t, "an empty feed, by its address", empty.Kind, digest.CommentsFeed)
}

func TestFeedsOwnWords(t *testing.T) {
	d := parse(t, fixture(t, "threads.atom"), feed.Options{URL: "https://weir.test/talk/2.atom"})
	equal(t, "archive before", d.NextURL, "https://weir.test/talk/1.atom")
	equal(t, "complete", d.Complete, false)
	if len(d.Deleted) != 1 || d.Deleted[0].ID != "urn:uuid:c0000009" || !d.Deleted[0].When.Equal(at("2026-03-05T12:00:00Z")) {
		t.Errorf("deleted %v, want the one tombstone", d.Deleted)
	}
	equal(t, "plain text as HTML", d.Posts[0].Body.HTML, "1 &lt; 2")
	typed := parse(t, []byte("<rss><channel><item><guid>1</guid><description>One\ntwo.\n\nThree.</description></item></channel></rss>"), feed.Options{})
	equal(t, "plain text with blank lines", typed.Posts[0].Body.HTML, "One<br>two.<br><br>Three.")
	whole := strings.Replace(string(fixture(t, "threads.atom")), "<fh:archive/>", "<fh:complete/>", 1)
	equal(t, "complete", parse(t, []byte(whole), feed.Options{}).Complete, true)
	cut := whole[:strings.LastIndex(whole, "<entry>")]
	equal(t, "complete when it is cut short", parse(t, []byte(cut), feed.Options{}).Complete, false)

	old := parse(t, fixture(t, "rss091.rss"), feed.Options{})
	equal(t, "hours to skip", fmt.Sprint(old.SkipHours), "[0 3]")
	equal(t, "named entities are text", old.Posts[0].Body.HTML, "Limescale éverywhere.")
	equal(t, "syndication module", parse(t, fixture(t, "rss10.rdf"), feed.Options{}).TTL, 6*time.Hour)
	equal(t, "ttl", parse(t, fixture(t, "lobsters-posts.rss"), feed.Options{}).TTL, 2*time.Hour)
	j := parse(t, fixture(t, "feed.json"), feed.Options{URL: "https://pier.test/feed.json"})
	equal(t, "JSON: next page", j.NextURL, "https://pier.test/feed.json?page=2")
	equal(t, "JSON: relative address", j.Posts[1].URL, "https://pier.test/30")
	equal(t, "JSON: text as HTML", j.Posts[1].Body.HTML, "Wind &lt; gale<br>All shut.")
}

func TestNamesInRSS(t *testing.T) {
	for author, want := range map[string]string{
		"bob@mail.test (Bob Stay)":      "Bob Stay",
		"Bob Stay (bob@mail.test)":      "Bob Stay",
		"Bob Stay <bob@mail.test>":      "Bob Stay",
		"bob@mail.test":                 "bob",
		"Bob (the builder)":             "Bob (the builder)",
		"@ines Ines Vega":               "@ines Ines Vega",
		"noreply@blogger.com (A (b))":   "A (b)",
		"Tom &amp;amp; Di \u202Etxet\n": "Tom & Di txet",
	} {
		for _, element := range []string{"author", "dc:creator"} {
			body := `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>1</guid><` + element + `>` +
				strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(author) + `</` + element + `></item></channel></rss>`
			equal(t, element+" "+author, parse(t, []byte(body), feed.Options{}).Posts[0].Author, want)
		}
	}
}

// TestNobodysMailAddressIsAName reads writers whose name is their mail address, in every
// format that names writers.
func TestNobodysMailAddressIsAName(t *testing.T) {
	for name, body := range map[string]string{
		"Atom":               `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><author><name>jane.doe@mail.test</name><email>jane.doe@mail.test</email></author></entry></feed>`,
		"Atom, of the feed":  `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>jane.doe@mail.test</name></author><entry><id>1</id></entry></feed>`,
		"RSS":                `<rss><channel><item><guid>1</guid><author>jane.doe@mail.test</author></item></channel></rss>`,
		"RSS, Atom's author": `<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><item><guid>1</guid><atom:author><atom:name>jane.doe@mail.test</atom:name></atom:author></item></channel></rss>`,
		"Dublin Core":        `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>1</guid><dc:creator>jane.doe&amp;#64;mail.test</dc:creator></item></channel></rss>`,
		"JSON Feed":          `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","authors":[{"name":"jane.doe@mail.test"}]}]}`,
		"WordPress's posts":  `[{"id":1,"guid":{"rendered":"x"},"_embedded":{"author":[{"name":"jane.doe@mail.test"}]}}]`,
	} {
		equal(t, name, parse(t, []byte(body), feed.Options{}).Posts[0].Author, "jane.doe")
	}
	equal(t, "WordPress's comments", parse(t, []byte(`[{"id":7,"post":3,"link":"https://a.test/p/#comment-7","author_name":"jane.doe@mail.test","content":{"rendered":"x"}}]`), feed.Options{}).Comments[0].Author, "jane.doe")
	remark := strings.NewReplacer("Nils", "jane.doe@mail.test").Replace(string(fixture(t, "remark42.rss")))
	equal(t, "Remark42", parse(t, []byte(remark), feed.Options{}).Comments[0].Author, "jane.doe")
}
