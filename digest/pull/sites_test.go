package pull_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// site is a web site by path and query; what is not there is a 404.
type webSite map[string]string

func (s webSite) page(path, query string) (int, string, string) {
	if query != "" {
		path += "?" + query
	}
	body, ok := s[path]
	switch {
	case !ok:
		return 404, html, "<html>not here</html>"
	case strings.HasPrefix(body, "<rss"), strings.HasPrefix(body, "<?xml"):
		return 200, rss, body
	case strings.HasPrefix(body, "<feed"):
		return 200, atom, body
	case strings.HasPrefix(body, "{"):
		return 200, "application/feed+json", body
	}
	return 200, html, body
}

// rssOf writes a feed of posts, or with a "#" in the paths one of comments.
func rssOf(name, generator string, paths ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>%s</title><link>%%BLOG%%/</link><generator>%s</generator>`, name, generator)
	for _, p := range paths {
		fmt.Fprintf(&b, `<item><title>On %[1]s</title><link>%%BLOG%%%[1]s</link><guid>%%BLOG%%%[1]s</guid><dc:creator>Ann</dc:creator>`+
			`<pubDate>Thu, 05 Mar 2026 07:00:00 +0000</pubDate><description>Words of %[1]s.</description></item>`, p)
	}
	return b.String() + "</channel></rss>"
}

func linkTo(kind, title, href string) string {
	return fmt.Sprintf(`<link rel="alternate" type="application/%s+xml" title="%s" href="%s">`, kind, title, href)
}

const head = "<html><head><title>Kettle Row</title>"

// found is what discovery gave, on one line: the feeds, and the pattern.
func foundLine(f discover.Found, base string) string {
	var parts []string
	for _, x := range f.Feeds {
		parts = append(parts, string(x.Kind)+" "+strings.TrimPrefix(x.URL, base))
	}
	if f.Source.CommentsPattern != "" {
		parts = append(parts, "each "+strings.TrimPrefix(f.Source.CommentsPattern, base))
	}
	if f.Silent {
		parts = append(parts, "silent")
	}
	return strings.Join(parts, ", ")
}

func TestFeedsAreFoundFromAnyPage(t *testing.T) {
	t.Parallel()
	kettle := rssOf("Kettle Row", "", "/post-1.html", "/post-2.html")
	talk := rssOf("Comments on Kettle Row", "", "/post-1.html#comment-5")
	post := head + "</head><p>No box here.</p></html>"
	for _, tt := range []struct {
		name string
		site webSite
		from string
		want string
		asks int
	}{
		{"announced in several formats", webSite{
			"/":         head + linkTo("rss", "Kettle Row RSS", "/feed.rss") + linkTo("atom", "Kettle Row Atom", "/feed.atom") + linkTo("rss", "Comments", "/comments.rss") + "</head></html>",
			"/feed.rss": kettle, "/feed.atom": kettle, "/comments.rss": talk,
		}, "/", "posts /feed.atom, comments /comments.rss", 3},
		{"a dead format gives way to the next", webSite{
			"/":         head + linkTo("rss", "Kettle Row RSS", "/feed.rss") + linkTo("atom", "Kettle Row Atom", "/feed.atom") + "</head></html>",
			"/feed.rss": kettle, "/post-1.html": post,
		}, "/", "posts /feed.rss, silent", 4},
		{"announced in the body of a post", webSite{
			"/a/b/post.html": "<html><body><p>x</p>" + linkTo("rss", "", "/index.xml") + "</body></html>",
			"/index.xml":     kettle, "/post-1.html": post,
		}, "/a/b/post.html", "posts /index.xml, silent", 3},
		{"linked to in the text", webSite{
			"/":         head + `</head><a href="https://elsewhere.test/feed/">a friend</a><a href="news.rss">RSS</a><a href="/comments.rss">comments</a></html>`,
			"/news.rss": kettle, "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 3},
		{"the comments are linked to only", webSite{
			"/":         head + linkTo("rss", "Kettle Row", "/news.rss") + `</head><a href="/comments.rss">what readers say</a></html>`,
			"/news.rss": kettle, "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 3},
		{"beside categories and a podcast", webSite{
			"/":     head + linkTo("rss", "Tea", "/category/tea/feed") + linkTo("rss", "Kettle Row", "/feed") + linkTo("rss", "The Kettle podcast", "/casts.xml") + "</head></html>",
			"/feed": kettle, "/post-1.html": post,
		}, "/", "posts /feed, silent", 3},
		{"the nearest folder is meant", webSite{
			"/blog/x.html":   head + linkTo("rss", "Company news", "/feed.xml") + linkTo("rss", "Blog", "/blog/feed.xml") + "</head></html>",
			"/blog/feed.xml": kettle, "/post-1.html": post,
		}, "/blog/x.html", "posts /blog/feed.xml, silent", 3},
		{"the site's own title is meant", webSite{
			"/":        head + linkTo("rss", "Small ads", "/ads.xml") + linkTo("rss", "Kettle Row", "/row.xml") + "</head></html>",
			"/row.xml": kettle, "/post-1.html": post,
		}, "/", "posts /row.xml, silent", 3},
		{"in the page's own language", webSite{
			"/":       `<html lang="en"><link rel=alternate type=application/rss+xml hreflang=de href=/de.xml><link rel=alternate type=application/rss+xml hreflang=en-GB href=/en.xml></html>`,
			"/en.xml": kettle, "/post-1.html": post,
		}, "/", "posts /en.xml, silent", 3},
		{"the blog is a part of the site", webSite{
			"/":              head + `</head><a href="/about">us</a><a href="/blog/">blog</a></html>`,
			"/blog/":         head + linkTo("rss", "Blog", "/blog/feed.xml") + "</head></html>",
			"/blog/feed.xml": kettle, "/post-1.html": post,
		}, "/", "posts /blog/feed.xml, silent", 4},
		{"a page that leaves out what it may", webSite{
			"/": "<!-- hello --><title>Kettle Row</title>" + linkTo("rss", "", "/feed.rss") + "<p>words", "/feed.rss": kettle, "/post-1.html": post,
		}, "/", "posts /feed.rss, silent", 3},
		{"WordPress in a folder of its own", webSite{
			"/blog/2026/03/x/": head + `<link rel="https://api.w.org/" href="%BLOG%/blog/wp-json/">` + linkTo("rss", "x Comments Feed", "/blog/2026/03/x/feed/") + "</head></html>",
			"/blog/feed/":      rssOf("Kettle Row", "https://wordpress.org/?v=6.7", "/blog/?p=1"), "/blog/comments/feed/": rssOf("Comments", "https://wordpress.org/?v=6.7", "/blog/?p=1#comment-3"),
		}, "/blog/2026/03/x/", "posts /blog/feed/, comments /blog/comments/feed/", 4},
		{"WordPress with plain permalinks", webSite{
			"/?p=1":                head + linkTo("rss", "Feed", "/?feed=rss2") + linkTo("rss", "Comments Feed", "/?feed=comments-rss2") + "</head></html>",
			"/?feed=rss2":          rssOf("Kettle Row", "https://wordpress.org/?v=6.7", "/?p=1"),
			"/?feed=comments-rss2": rssOf("Comments", "https://wordpress.org/?v=6.7", "/?p=1#comment-3"),
		}, "/?p=1", "posts /?feed=rss2, comments /?feed=comments-rss2", 4},
		{"WordPress gives Atom, where replies name their parents", webSite{
			"/":      head + `<meta name="generator" content="WordPress 6.7.1">` + "</head></html>",
			"/feed/": rssOf("Kettle Row", "https://wordpress.org/?v=6.7", "/?p=1"),
			"/comments/feed/atom/": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Comments</title><generator uri="https://wordpress.org/">WordPress</generator>` +
				`<entry><id>%BLOG%/?p=1#comment-3</id><title>By: Ann</title><link rel="alternate" href="%BLOG%/?p=1#comment-3"/><updated>2026-03-05T07:00:00Z</updated><content>Hm.</content></entry></feed>`,
		}, "/", "posts /feed/, comments /comments/feed/atom/", 3},
		{"where Hugo puts it", webSite{
			"/": head + `<meta name=generator content="Hugo 0.140.2"></head></html>`, "/index.xml": kettle, "/post-1.html": post,
		}, "/", "posts /index.xml, silent", 3},
		{"where Drupal puts it", webSite{
			"/node/1": head + `<meta name=generator content="Drupal 10 (https://www.drupal.org)"></head></html>`, "/rss.xml": kettle, "/post-1.html": post,
		}, "/node/1", "posts /rss.xml, silent", 3},
		{"where Drupal's module for comments puts them", webSite{
			"/node/1":  head + linkTo("rss", "Tea", "/taxonomy/term/3/0/feed") + linkTo("rss", "Kettle Row", "/rss.xml") + "</head></html>",
			"/rss.xml": strings.ReplaceAll(kettle, "</guid>", `</guid><wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">%BLOG%/crss/node/1</wfw:commentRss>`),
			"/crss":    talk,
		}, "/node/1", "posts /rss.xml, comments /crss", 3},
		{"where Movable Type puts it", webSite{
			"/": head + `<meta name=generator content="Movable Type 7.9"></head></html>`, "/index.xml": kettle, "/post-1.html": post,
		}, "/", "posts /index.xml, silent", 4},
		{"where nobody says", webSite{
			"/": "<html>hello</html>", "/rss.xml": kettle,
		}, "/", "posts /rss.xml, silent", 4},
		{"a feed of posts that is on no page", webSite{
			"/deep/feed.rss": kettle, "/post-1.html": post,
		}, "/deep/feed.rss", "posts /deep/feed.rss, silent", 2},
		{"a feed of comments leads to the posts", webSite{
			"/comments.rss": talk, "/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
		}, "/comments.rss", "posts /news.rss, comments /comments.rss", 3},
		{"comments announced on the pages of posts only", webSite{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html": head + linkTo("rss", "Kettle Row", "/news.rss") + linkTo("rss", "All comments", "/comments.rss") + "</head></html>", "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 4},
		{"a feed for each post, announced on its page", webSite{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": rssOf("Kettle Row", "", "/one/", "/two/"),
			"/one/":             head + linkTo("rss", "Kettle Row", "/news.rss") + linkTo("rss", "Comments on One", "/one/comments.rss") + "</head></html>",
			"/one/comments.rss": rssOf("Comments on One", "", "/one/#comment-1"),
		}, "/", "posts /news.rss, each {root}{path}comments.rss", 4},
		{"from the page of a post that announces its own feed", webSite{
			"/two.html": head + linkTo("rss", "Kettle Row", "/news.rss") + linkTo("rss", "Comments on Two", "/two.html?comments=rss&format=rss") + "</head></html>",
			"/news.rss": rssOf("Kettle Row", "", "/one.html", "/two.html"), "/one.html": post,
			"/one.html?comments=rss&format=rss": rssOf("Comments on One", "", "/one.html#comment-1"),
		}, "/two.html", "posts /news.rss, each {root}{path}?comments=rss&format=rss", 4},
		{"comments by Isso, one feed a post", webSite{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html":                  head + `</head><script data-isso="/isso/" src="/isso/js/embed.min.js"></script></html>`,
			"/isso/feed?uri=%2Fpost-1.html": talk,
		}, "/", "posts /news.rss, each /isso/feed?uri={path}", 4},
		{"Isso without feeds", webSite{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html": head + `</head><script data-isso="/isso/" src="/isso/js/embed.min.js"></script></html>`,
		}, "/", "posts /news.rss, silent", 5},
		{"comments by Remark42", webSite{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html":                head + `</head><script>var remark_config = {host: '%BLOG%/r', site_id: 'row'}</script></html>`,
			"/r/api/v1/rss/site?site=row": rssOf("Remark42 comments", "", "/post-1.html#remark42__comment-5"),
		}, "/", "posts /news.rss, comments /r/api/v1/rss/site?site=row", 4},
	} {
		b := newBlog(t, tt.site.page)
		found, err := newRig(t, b, database(t), thatEvening).Discover(t.Context(), b.url+tt.from, discover.Options{})
		asked := b.asked()
		if err != nil {
			t.Errorf("%s: %v (asked %v)", tt.name, err, asked)
			continue
		}
		equal(t, tt.name, foundLine(found, b.url), tt.want)
		if len(asked) != tt.asks || len(asked) > discover.MaxDiscovery {
			t.Errorf("%s: asked %d times: %v, want %d", tt.name, len(asked), asked, tt.asks)
		}
		if found.Silent && len(found.Notices) == 0 {
			t.Errorf("%s: nothing says why there will be no comments", tt.name)
		}
	}
}

func TestThePlatformIsSaidByHand(t *testing.T) {
	t.Parallel()
	b := newBlog(t, webSite{
		"/": "<html>hello</html>", "/feed/": rssOf("Kettle Row", "hidden", "/one/"), "/comments/feed/": rssOf("Talk", "hidden", "/one/#comment-3"),
	}.page)
	found, err := newRig(t, b, database(t), thatEvening).Discover(t.Context(), b.url, discover.Options{Platform: digest.WordPress})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "found", string(found.Source.Platform)+": "+foundLine(found, b.url), "wordpress: posts /feed/, comments /comments/feed/")
}

func TestEveryPlatformCanBeSaidByHand(t *testing.T) {
	t.Parallel()
	b := newBlog(t, webSite{"/posts.xml": rssOf("Kettle Row", "", "/one/")}.page)
	for _, platform := range digest.Platforms() {
		found, err := newRig(t, b, database(t), thatEvening).Discover(t.Context(), "", discover.Options{Posts: b.url + "/posts.xml", Platform: platform})
		if err != nil || found.Source.Platform != platform {
			t.Errorf("%s: %v, %v", platform, found.Source.Platform, err)
		}
	}
}

func TestSeveralFeedsAreListedForChoice(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		site            webSite
		want            []string
		posts, comments string // offered
	}{
		"two feeds of posts": {
			webSite{"/": head + linkTo("rss", "News", "/news.xml") + linkTo("rss", "Diary of a kettle", "/diary.xml") + linkTo("rss", "All comments", "/comments.xml") + "</head></html>"},
			[]string{"posts     %BLOG%/news.xml  \"News\"", "posts     %BLOG%/diary.xml  \"Diary of a kettle\"", "comments  %BLOG%/comments.xml  \"All comments\""},
			"/news.xml", "/comments.xml",
		},
		"categories only": {
			webSite{"/": head + linkTo("rss", "Tea", "/tags/tea/feed?x=1&y=2") + linkTo("rss", "Coffee", "/tags/coffee/feed") + "</head></html>"},
			[]string{"category  %BLOG%/tags/tea/feed?x=1&y=2  \"Tea\"", "category  %BLOG%/tags/coffee/feed  \"Coffee\""},
			"/tags/tea/feed?x=1&y=2", "",
		},
	} {
		b := newBlog(t, tt.site.page)
		r := newRig(t, b, database(t), thatEvening)
		_, err := r.Add(t.Context(), nobody, b.url, firstSeries, discover.Options{})
		wantError(t, name, err, digest.Invalid, "several feeds")
		for _, line := range tt.want {
			if line = strings.ReplaceAll(line, "%BLOG%", b.url); !strings.Contains(fmt.Sprint(err), line) {
				t.Errorf("%s: error %q lacks %q", name, err, line)
			}
		}
		offered := digest.ActsOf(err)[0]
		equal(t, name+": what to do", offered.Do, digest.AddSource)
		equal(t, name+": posts", offered.Posts, b.url+tt.posts)
		equal(t, name+": comments", strings.TrimPrefix(offered.Comments, b.url), tt.comments)
		equal(t, name+": requests", fmt.Sprint(b.asked()), "[/]")
	}
}

func TestNamedFeedsAreReadAndChecked(t *testing.T) {
	t.Parallel()
	b := newBlog(t, webSite{
		"/news.xml": rssOf("News", "", "/n-1.html"), "/talk.xml": rssOf("Talk", "", "/n-1.html#comment-1"),
		"/plain.xml": rssOf("Says nothing", "", "/c/1", "/c/2"), "/page": head + "</html>", "/page?of=%2Fn-1.html": head + "</html>",
		"/talk.php?of=%2Fn-1.html": rssOf("Talk of one", "", "/n-1.html#comment-1"),
	}.page)
	r := newRig(t, b, database(t), thatEvening)
	at := func(path string) string { return b.url + path }
	for _, tt := range []struct {
		opts discover.Options
		want string
		asks int
	}{
		{discover.Options{Posts: at("/news.xml")}, "posts /news.xml, silent", 2},
		{discover.Options{Posts: strings.TrimPrefix(at("/news.xml"), "http://")}, "", 1}, // https is taken, and nobody answers
		{discover.Options{Posts: at("/news.xml"), Comments: at("/talk.xml"), Name: " The  News ", Platform: digest.Ghost}, "posts /news.xml, comments /talk.xml", 2},
		{discover.Options{Posts: at("/news.xml"), Comments: at("/plain.xml")}, "posts /news.xml, comments /plain.xml", 2},
		{discover.Options{Posts: at("/news.xml"), CommentsPattern: at("/talk.php?of={path}")}, "posts /news.xml, each /talk.php?of={path}", 2},
	} {
		b.asked()
		found, err := r.Discover(t.Context(), "", tt.opts)
		if tt.want == "" {
			equal(t, "kind of error", digest.KindOf(err), digest.Unavailable)
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", tt.opts, err)
			continue
		}
		equal(t, fmt.Sprint(tt.opts), foundLine(found, b.url), tt.want)
		equal(t, "requests", len(b.asked()), tt.asks)
		if tt.opts.Name != "" {
			equal(t, "name", found.Source.Name, "The News")
			equal(t, "platform", found.Source.Platform, digest.Ghost)
		}
	}
	for _, tt := range []struct {
		opts  discover.Options
		kind  digest.Kind
		words string
	}{
		{discover.Options{Posts: at("/page")}, digest.Invalid, "web page"},
		{discover.Options{Posts: at("/404")}, digest.NotFound, "404"},
		{discover.Options{Posts: at("/news.xml"), Comments: at("/page")}, digest.Invalid, "web page"},
		{discover.Options{Posts: at("/news.xml"), Comments: at("/404")}, digest.NotFound, "404"},
		{discover.Options{Posts: at("/news.xml"), CommentsPattern: at("/page?of={path}")}, digest.Invalid, "web page"},
		{discover.Options{Posts: at("/news.xml"), Comments: at("/news.xml")}, digest.Invalid, "named for the posts and for the comments"},
		{discover.Options{Posts: at("/news.xml"), Comments: strings.Replace(at("/news.xml/"), "http:", "https:", 1)}, digest.Invalid, "named for the posts and for the comments"},
		{discover.Options{Comments: at("/page")}, digest.Invalid, "web page"},
		{discover.Options{Comments: at("/404")}, digest.NotFound, "404"},
		{discover.Options{Posts: "two words"}, digest.Invalid, "not an address"},
		{discover.Options{Posts: at("/news.xml"), CommentsPattern: at("/same-for-all")}, digest.Invalid, "no place for the post"},
		{discover.Options{Posts: at("/news.xml"), CommentsPattern: "ftp://x/{path}"}, digest.Invalid, "no address"},
		{discover.Options{Posts: at("/news.xml"), CommentsPattern: at("/{slug}{id}")}, digest.Invalid, "no address"},
		{discover.Options{Posts: at("/news.xml"), Name: strings.Repeat("kettle ", 90)}, digest.Invalid, "longer than 500"},
		{discover.Options{Posts: at("/news.xml"), Name: "ke\x1bttle"}, digest.Invalid, "not plain text"},
		{discover.Options{Posts: at("/news.xml"), Platform: "geocities"}, digest.Invalid, `"geocities" is no platform`},
	} {
		wantError(t, fmt.Sprint(tt.opts), errOf(r.Add(t.Context(), nobody, "", firstSeries, tt.opts)), tt.kind, tt.words)
	}
	sources, err := r.store.Sources(t.Context())
	equal(t, "sources", fmt.Sprint(len(sources), err), "0 <nil>")
}

// TestAnnouncedFeedsGoFirst finds what a page announces, on a site that answers every other
// address with that page.
func TestAnnouncedFeedsGoFirst(t *testing.T) {
	t.Parallel()
	posts, talk := rssOf("Kettle Row", "", "/one", "/two"), rssOf("Talk", "", "/one#comment-5")
	pressed := func(name string, paths ...string) string {
		return rssOf(name, "https://wordpress.org/?v=6.8", paths...)
	}
	link := func(kind, title, href string) string {
		return `<link rel="alternate" type="` + kind + `" title="` + title + `" href="` + href + `">`
	}
	const atomType = "application/atom+xml"
	const rssType = "application/rss+xml"
	for _, tt := range []struct {
		name, head string
		site       webSite
		from, want string
	}{
		{"where WordPress has them, but for the slash", link(rssType, "Kettle Row", "/feed") + link(rssType, "Comments", "/comments/feed"),
			webSite{"/feed": posts, "/comments/feed": talk}, "/", "posts /feed, comments /comments/feed"},
		{"in the other order", link(rssType, "Comments", "/comments/feed") + link(rssType, "Kettle Row", "/feed"),
			webSite{"/feed": posts, "/comments/feed": talk}, "/", "posts /feed, comments /comments/feed"},
		{"WordPress in RSS", `<meta name="generator" content="WordPress 6.8">` + link(rssType, "Feed", "/feed/") + link(rssType, "Comments", "/comments/feed/"),
			webSite{"/feed/": pressed("Row", "/?p=1"), "/comments/feed/": pressed("Talk", "/?p=1#comment-2")}, "/", "posts /feed/, comments /comments/feed/"},
		{"WordPress, elsewhere than usual", `<meta name="generator" content="WordPress 6.8">` + link(rssType, "Row", "/news.xml") + link(rssType, "Comments", "/said.xml"),
			webSite{"/news.xml": pressed("Row", "/?p=1"), "/said.xml": pressed("Talk", "/?p=1#comment-2")}, "/", "posts /news.xml, comments /said.xml"},
		{"relative, with a base", `<base href="/blog/">` + link(atomType, "Row", "feed.atom") + link(atomType, "Comments", "./comments.atom"),
			webSite{"/blog/feed.atom": posts, "/blog/comments.atom": talk}, "/", "posts /blog/feed.atom, comments /blog/comments.atom"},
		{"with odd types", link("text/xml", "Row", "/news.php") + link("application/rss", "Comments", "/said.php?all"),
			webSite{"/news.php": posts, "/said.php?all": talk}, "/", "posts /news.php, comments /said.php?all"},
		{"types in capitals with a parameter", link("Application/RSS+XML; charset=utf-8", "Row", "/news.php") + link("text/rss+xml", "Comments", "/said.php"),
			webSite{"/news.php": posts, "/said.php": talk}, "/", "posts /news.php, comments /said.php"},
		{"two of comments, the first of which is dead", link(rssType, "Row", "/news.xml") + link(rssType, "Comments", "/c.xml") + link(atomType, "Comments", "/comments.atom"),
			webSite{"/news.xml": posts, "/comments.atom": talk}, "/", "posts /news.xml, comments /comments.atom"},
		{"posts.rss where it is no forum", link(rssType, "Kettle Row", "/posts.rss") + link(rssType, "Comments", "/comments.rss"),
			webSite{"/posts.rss": posts, "/comments.rss": talk}, "/", "posts /posts.rss, comments /comments.rss"},
		{"a forum in a folder, from a topic", `<meta name="generator" content="Discourse 3.6.0">` + link(rssType, "Latest posts", "/talk/posts.rss") + link(rssType, "Latest topics", "/talk/latest.rss") +
			`<link rel="alternate nofollow" type="application/rss+xml" title="RSS feed of 'Tea'" href="/talk/t/tea/7.rss" />`,
			webSite{"/talk/latest.rss": forumOf("topic-7", "/talk/t/tea/7"), "/talk/posts.rss": forumOf("post-9", "/talk/t/tea/7#post_2")},
			"/talk/t/tea/7", "posts /talk/latest.rss, comments /talk/posts.rss"},
		{"a forum in a folder, from its home page", `<meta name="generator" content="Discourse 3.6.0">` + link(rssType, "Latest posts", "/talk/posts.rss") + link(rssType, "Latest topics", "/talk/latest.rss"),
			webSite{"/talk/latest.rss": forumOf("topic-7", "/talk/t/tea/7"), "/talk/posts.rss": forumOf("post-9", "/talk/t/tea/7#post_2")},
			"/talk/", "posts /talk/latest.rss, comments /talk/posts.rss"},
	} {
		b := newBlog(t, func(path, query string) (int, string, string) {
			if status, kind, body := tt.site.page(path, query); status == 200 {
				return status, kind, body
			}
			return 200, html, head + tt.head + "</head><body></body></html>"
		})
		found, err := newRig(t, b, database(t), thatEvening).Discover(t.Context(), b.url+tt.from, discover.Options{})
		asked := b.asked()
		if err != nil {
			t.Errorf("%s: %v (asked %v)", tt.name, err, asked)
			continue
		}
		equal(t, tt.name, foundLine(found, b.url), tt.want)
		if len(asked) > discover.MaxDiscovery {
			t.Errorf("%s: asked %d times: %v", tt.name, len(asked), asked)
		}
	}
}

// forumOf writes a feed of a Discourse forum with one entry.
func forumOf(guid, path string) string {
	return `<rss version="2.0" xmlns:discourse="http://www.discourse.org/"><channel><title>Talk</title><link>%BLOG%/talk</link><item><title>Tea</title><link>%BLOG%` +
		path + `</link><guid isPermaLink="false">127.0.0.1-` + guid + `</guid><description>Words.</description></item></channel></rss>`
}

// TestCommentsFeedAlone names nothing but a feed of comments, which is read as one whatever
// it looks like; its posts are looked for, and are no condition.
func TestCommentsFeedAlone(t *testing.T) {
	t.Parallel()
	plain := strings.ReplaceAll(rssOf("Talk", "", "/tea", "/urn"), "<guid>", `<guid isPermaLink="false">`)
	for _, tt := range []struct {
		name string
		site webSite
		want string
	}{
		{"no home page", webSite{"/talk.xml": plain}, "comments /talk.xml"},
		{"a home page without feeds", webSite{"/talk.xml": plain, "/": head + "</head></html>"}, "comments /talk.xml"},
		{"a home page that announces nothing else", webSite{"/talk.xml": plain, "/": head + linkTo("rss", "Talk", "/talk.xml") + "</head></html>"}, "comments /talk.xml"},
		{"a home page with several feeds of posts", webSite{"/talk.xml": plain, "/": head + linkTo("rss", "A", "/a.xml") + linkTo("rss", "B", "/b.xml") + "</head></html>"}, "comments /talk.xml"},
		{"a home page with the posts", webSite{"/talk.xml": plain, "/news.xml": rssOf("Row", "", "/tea"), "/": head + linkTo("rss", "Row", "/news.xml") + "</head></html>"}, "posts /news.xml, comments /talk.xml"},
		{"that of one post", webSite{"/tea/feed/": strings.ReplaceAll(rssOf("Comments on: Tea", "https://wordpress.org/?v=6.8", "/?p=9#comment-1"), "<item>", `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="%BLOG%/tea/feed/"/><item>`)}, "comments /tea/feed/"},
	} {
		b := newBlog(t, tt.site.page)
		r := newRig(t, b, database(t), thatEvening)
		address := b.url + "/talk.xml"
		if _, ok := tt.site["/tea/feed/"]; ok {
			address = b.url + "/tea/feed/"
		}
		found, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Comments: address})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		equal(t, tt.name, foundLine(found, b.url), tt.want)
		report := r.pull(found.Source, poll.Options{})
		equal(t, tt.name+": comments", report.Stored.NewComments, strings.Count(tt.site[strings.TrimPrefix(address, b.url)], "<item>"))
	}
}

// TestFeedOfTheOtherKind says what is wrong with a feed that the source has as its other.
func TestFeedOfTheOtherKind(t *testing.T) {
	t.Parallel()
	b := newBlog(t, webSite{"/news.xml": rssOf("News", "", "/n-1.html"), "/n-1.html": head + "</html>"}.page)
	r := newRig(t, b, database(t), thatEvening)
	found, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Posts: b.url + "/news.xml"})
	if err != nil {
		t.Fatal(err)
	}
	change := func(c discover.Options) error {
		return errOf(r.Change(t.Context(), nobody, found.Source.ID, discover.Change{Options: c}))
	}
	wantError(t, "comments", change(discover.Options{Comments: b.url + "/news.xml"}), digest.Conflict, "followed already, as that of this blog's posts")
	wantError(t, "both", change(discover.Options{Posts: b.url + "/news.xml", Comments: b.url + "/news.xml"}), digest.Invalid, "named for the posts and for the comments")

	// Once it is not followed any more, it can be taken for what it is.
	if err := r.Remove(t.Context(), nobody, found.Source.ID); err != nil {
		t.Fatal(err)
	}
	again, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Comments: b.url + "/news.xml"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "as comments", foundLine(again, b.url), "comments /news.xml")
	equal(t, "comments", r.pull(again.Source, poll.Options{}).Stored.NewComments, 1)
}

// TestPostsNobodyHasCommentedOn may have no feed of comments: 404 or 410 there is neither
// a reason to refuse a pattern, nor an illness, nor the end of a history.
func TestPostsNobodyHasCommentedOn(t *testing.T) {
	t.Parallel()
	site := webSite{"/news.xml": rssOf("News", "", "/6", "/5", "/4", "/3", "/2", "/1")}
	for _, n := range []string{"/1", "/2"} {
		site[n+"/talk.xml"] = rssOf("Talk", "", n+"#comment-1")
	}
	b := newBlog(t, func(path, query string) (int, string, string) {
		if path == "/5/talk.xml" {
			return 410, html, "gone"
		}
		return site.page(path, query)
	})
	r := newRig(t, b, database(t), thatEvening)
	found, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Posts: b.url + "/news.xml", CommentsPattern: "{url}/talk.xml"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "told", fmt.Sprint(found.Notices), "[none of the newest posts has a feed of comments at {url}/talk.xml; if they have comments, look at the pattern]")
	report := r.pull(found.Source, poll.Options{History: true})
	equal(t, "comments and notices", fmt.Sprint(report.Stored.NewComments, report.Notices, report.Err), "2 [] <nil>")

	// A site may answer what is not there with a page.
	soft := newBlog(t, func(path, query string) (int, string, string) {
		if status, kind, body := site.page(strings.Replace(path, "/5/", "/1/", 1), query); status == 200 {
			return status, kind, body
		}
		return 200, html, head + "</head><p>Nothing here.</p></html>"
	})
	_, err = newRig(t, soft, database(t), thatEvening).Discover(t.Context(), "", discover.Options{Posts: soft.url + "/news.xml", CommentsPattern: "{url}/talk.xml"})
	equal(t, "a page in place of the newest post's", err, nil)

	site["/6/talk.xml"] = rssOf("Talk", "", "/6#comment-9")
	b.asked()
	r.after(2 * time.Hour).due(found.Source)
	equal(t, "asked again for it", slices.Contains(b.asked(), "/6/talk.xml"), true)
	_, comments := contents(t, r.store)
	equal(t, "comments then", len(comments), 3)
}

// TestOlderPostsOfAForumThatAreNotThere ends at a page that no link names, but only what
// the forum's software should know: that is neither an illness nor worth a word.
func TestOlderPostsOfAForumThatAreNotThere(t *testing.T) {
	t.Parallel()
	b := newBlog(t, webSite{"/latest.rss": forumOf("topic-7", "/t/tea/7"), "/posts.rss": forumOf("post-90", "/t/tea/7?page=2#post_24")}.page)
	r := newRig(t, b, database(t), thatEvening)
	found, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Posts: b.url + "/latest.rss", Comments: b.url + "/posts.rss"})
	if err != nil {
		t.Fatal(err)
	}
	report := r.pull(found.Source, poll.Options{History: true})
	equal(t, "stored, and notices", fmt.Sprint(report.Stored.NewPosts, report.Stored.NewComments, report.Notices), "1 1 []")
	equal(t, "the feed", r.feed(found.Source, digest.CommentsFeed).LastError, "")

	press := webSite{"/feed/": rssOf("Row", "https://wordpress.org/?v=6.8", "/?p=1"), "/comments/feed/": rssOf("Talk", "https://wordpress.org/?v=6.8", "/?p=1#comment-2")}
	b = newBlog(t, func(path, query string) (int, string, string) {
		if status, kind, body := press.page(path, query); status == 200 {
			return status, kind, body
		}
		return 200, html, head + linkTo("rss", "Row", "/feed/") + linkTo("rss", "Comments", "/comments/feed/") + "</head></html>"
	})
	r = newRig(t, b, database(t), thatEvening)
	report = r.pull(r.adds(b.url).Source, poll.Options{})
	equal(t, "on a site that answers everything with a page", fmt.Sprint(report.Stored.NewPosts, report.Stored.NewComments, report.Notices), "1 1 []")
}

// elsewhere answers for hosts that no test can reach, and notes who was asked.
type elsewhere struct {
	webSite
	asked []string
}

func (e *elsewhere) puller(t *testing.T) *rig {
	t.Helper()
	return faked(t, func(req pull.Request) (*pull.Response, error) {
		e.asked = append(e.asked, req.URL)
		body, ok := e.webSite[req.URL]
		if !ok {
			return nil, digest.Fail(digest.NotFound, "x", "404")
		}
		_, kind, _ := webSite{"/": body}.page("/", "")
		origin, _, _ := strings.Cut(strings.TrimPrefix(req.URL, "https://"), "/")
		return &pull.Response{Status: 200, URL: req.URL, ContentType: kind, Body: []byte(strings.ReplaceAll(body, "%BLOG%", "https://"+origin))}, nil
	})
}

// finds looks for a blog by an address and wants no error.
func (e *elsewhere) finds(t *testing.T, address string) discover.Found {
	t.Helper()
	e.asked = nil
	found, err := e.puller(t).Discover(t.Context(), address, discover.Options{})
	if err != nil {
		t.Errorf("%s: %v (asked %v)", address, err, e.asked)
	}
	return found
}

func TestDisqusIsFoundOnThePageOfAPost(t *testing.T) {
	t.Parallel()
	forum := rssOf("Kettle forum", "", "/post-1.html#comment-5")
	e := &elsewhere{webSite: webSite{
		"https://row.test/":                      head + linkTo("rss", "Row", "/index.xml") + "</head></html>",
		"https://row.test/index.xml":             rssOf("Row", "Hugo", "/post-1.html"),
		"https://row.test/post-1.html":           head + `</head><div id="disqus_thread"></div><script>s.src='https://row-test.disqus.com/embed.js'</script></html>`,
		"https://row-test.disqus.com/latest.rss": forum,
	}}
	found := e.finds(t, "row.test/")
	equal(t, "found", foundLine(found, ""), "posts https://row.test/index.xml, comments https://row-test.disqus.com/latest.rss")
	equal(t, "notice", fmt.Sprint(found.Notices), "[its comments are kept by Disqus]")
	equal(t, "requests", len(e.asked), 4)

	delete(e.webSite, "https://row-test.disqus.com/latest.rss")
	found = e.finds(t, "row.test/")
	equal(t, "without its feed", foundLine(found, ""), "posts https://row.test/index.xml, silent")
	equal(t, "what was tried", strings.Contains(fmt.Sprint(found.Notices), "Disqus, and their feed could not be read"), true)
}

// fixture reads a document that another package is tested with.
func fixture(t testing.TB, pkg, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", pkg, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestSitesThatTurnProgramsAwayAreKnownByTheirHost(t *testing.T) {
	t.Parallel()
	e := &elsewhere{webSite: webSite{
		"https://www.reddit.com/r/nightbuses/.rss":          fixture(t, "feed", "reddit-posts.atom"),
		"https://www.reddit.com/r/nightbuses/comments/.rss": fixture(t, "feed", "reddit-comments.atom"),
		"https://lobste.rs/rss":                             fixture(t, "feed", "lobsters-posts.rss"),
		"https://lobste.rs/comments.rss":                    fixture(t, "feed", "lobsters-comments.rss"),
		"https://news.ycombinator.com/rss":                  fixture(t, "feed", "hackernews.rss"),
		"https://hnrss.org/newest":                          fixture(t, "feed", "hnrss-posts.rss"),
		"https://hnrss.org/frontpage":                       fixture(t, "feed", "hnrss-posts.rss"),
		"https://hnrss.org/newcomments":                     fixture(t, "feed", "hnrss-comments.rss"),
		"https://github.com/a/kettle/discussions.atom":      rssOf("Discussions", "", "/a/kettle/discussions/31"),
		"https://medium.com/feed/@ann":                      rssOf("Ann", "Medium", "/@ann/1"),
	}}
	for from, want := range map[string]string{
		"https://www.reddit.com/r/nightbuses":                         "posts https://www.reddit.com/r/nightbuses/.rss, comments https://www.reddit.com/r/nightbuses/comments/.rss",
		"https://www.reddit.com/r/nightbuses/comments/abc/whistling/": "posts https://www.reddit.com/r/nightbuses/.rss, comments https://www.reddit.com/r/nightbuses/comments/.rss",
		"https://www.reddit.com/r/nightbuses/.rss":                    "posts https://www.reddit.com/r/nightbuses/.rss, comments https://www.reddit.com/r/nightbuses/comments/.rss",
		"https://www.reddit.com/r/nightbuses/comments/.rss":           "posts https://www.reddit.com/r/nightbuses/.rss, comments https://www.reddit.com/r/nightbuses/comments/.rss",
		"lobste.rs":                                     "posts https://lobste.rs/rss, comments https://lobste.rs/comments.rss",
		"https://lobste.rs/s/abcdef/a_story":            "posts https://lobste.rs/rss, comments https://lobste.rs/comments.rss",
		"https://news.ycombinator.com/item?id=1":        "posts https://news.ycombinator.com/rss, silent",
		"https://hnrss.org/frontpage":                   "posts https://hnrss.org/frontpage, comments https://hnrss.org/newcomments",
		"https://hnrss.org/newcomments":                 "posts https://hnrss.org/newest, comments https://hnrss.org/newcomments",
		"https://github.com/a/kettle/discussions/31":    "posts https://github.com/a/kettle/discussions.atom",
		"https://github.com/a/kettle/discussions":       "posts https://github.com/a/kettle/discussions.atom",
		"https://medium.com/@ann/how-a-kettle-thinks-1": "posts https://medium.com/feed/@ann, silent",
	} {
		equal(t, from, foundLine(e.finds(t, from), ""), want)
		if len(e.asked) > 2 || slices.Contains(e.asked, from) && !strings.Contains(want, from) {
			t.Errorf("%s: asked %v", from, e.asked)
		}
	}
}

func TestEveryPlatformIsFound(t *testing.T) {
	t.Parallel()
	page := func(generator string, links ...string) string {
		return head + `<meta name="generator" content="` + generator + `">` + strings.Join(links, "") + "</head><p>No box here.</p></html>"
	}
	forum := page("Discourse 3.4", linkTo("rss", "Latest posts", "/posts.rss"), linkTo("rss", "Latest topics", "/latest.rss"))
	e := &elsewhere{webSite: webSite{
		"https://hedge.test/":                    forum,
		"https://hedge.test/t/lay-a-hedge/7":     page("Discourse 3.4", linkTo("rss", "RSS feed of 'When to lay a hedge'", "/t/lay-a-hedge/7.rss")),
		"https://hedge.test/t/lay-a-hedge/7.rss": fixture(t, "feed", "discourse-topic.rss"),
		"https://hedge.test/latest.rss":          fixture(t, "feed", "discourse-latest.rss"),
		"https://hedge.test/posts.rss":           fixture(t, "feed", "discourse-posts.rss"),

		"https://canal.test/@ines":         head + `<meta name="application-name" content="Mastodon"></head><div id="mastodon"></div></html>`,
		"https://canal.test/@ines/1130001": head + linkTo("rss", "", "/@ines.rss") + "</head></html>",
		"https://canal.test/@ines.rss":     fixture(t, "feed", "mastodon.rss"),

		"https://kiln.test/":                                      page("Ghost 5.9", linkTo("rss", "Kiln Notes", "https://kiln.test/rss/")),
		"https://kiln.test/rss/":                                  fixture(t, "feed", "ghost.rss"),
		"https://tram.test/p/line-9":                              head + linkTo("rss", "The Slow Tram", "/feed") + "</head></html>",
		"https://tram.test/feed":                                  fixture(t, "feed", "substack.rss"),
		"https://parish.test/":                                    page("Drupal 10", linkTo("rss", "", "/rss.xml"), linkTo("rss", "Recent comments", "/comments/feed.xml")),
		"https://parish.test/rss.xml":                             fixture(t, "feed", "drupal-posts.rss"),
		"https://parish.test/comments/feed.xml":                   fixture(t, "feed", "drupal-comments.rss"),
		"https://coldframe.test/blog/":                            page("http://www.typepad.com/"),
		"https://coldframe.test/blog/atom.xml":                    fixture(t, "feed", "typepad.atom"),
		"https://www.youtube.com/@kettles":                        head + linkTo("rss", "RSS", "https://www.youtube.com/feeds/videos.xml?channel_id=UCx") + "</head></html>",
		"https://www.youtube.com/feeds/videos.xml?channel_id=UCx": `<feed xmlns="http://www.w3.org/2005/Atom"><id>yt:channel:x</id><title>Kettles</title><entry><id>yt:video:1</id><title>Steam</title></entry></feed>`,
	}}
	for from, want := range map[string]string{
		"https://hedge.test/":                    "discourse: posts https://hedge.test/latest.rss, comments https://hedge.test/posts.rss",
		"https://hedge.test/t/lay-a-hedge/7":     "discourse: posts https://hedge.test/latest.rss, comments https://hedge.test/posts.rss",
		"https://hedge.test/t/lay-a-hedge/7.rss": "discourse: posts https://hedge.test/latest.rss, comments https://hedge.test/posts.rss",
		"https://hedge.test/posts.rss":           "discourse: posts https://hedge.test/latest.rss, comments https://hedge.test/posts.rss",
		"https://hedge.test/latest.rss":          "discourse: posts https://hedge.test/latest.rss, comments https://hedge.test/posts.rss",
		"https://canal.test/@ines":               "mastodon: posts https://canal.test/@ines.rss, silent",
		"https://canal.test/@ines/1130001":       "mastodon: posts https://canal.test/@ines.rss, silent",
		"https://kiln.test/":                     "ghost: posts https://kiln.test/rss/, silent",
		"https://kiln.test/rss/":                 "ghost: posts https://kiln.test/rss/, silent",
		"https://tram.test/p/line-9":             "substack: posts https://tram.test/feed, silent",
		"https://parish.test/":                   "drupal: posts https://parish.test/rss.xml, comments https://parish.test/comments/feed.xml",
		"https://coldframe.test/blog/":           "movabletype: posts https://coldframe.test/blog/atom.xml, silent",
		"https://www.youtube.com/@kettles":       "generic: posts https://www.youtube.com/feeds/videos.xml?channel_id=UCx, silent",
	} {
		found := e.finds(t, from)
		equal(t, from, string(found.Source.Platform)+": "+foundLine(found, ""), want)
		if len(e.asked) > discover.MaxDiscovery {
			t.Errorf("%s: asked %v", from, e.asked)
		}
		if found.Silent && !strings.Contains(fmt.Sprint(found.Notices), "only the posts will come") {
			t.Errorf("%s: notices %v do not say that comments will not come", from, found.Notices)
		}
	}
}

// FuzzDiscover holds that whatever a site answers, finding its feeds costs at most
// five requests, asks for web addresses only, and ends in feeds or an error with
// a hint.
func FuzzDiscover(f *testing.F) {
	for _, page := range []string{
		head + linkTo("rss", "a", "/a.xml") + linkTo("atom", "b", "/b.xml") + "</head></html>",
		head + `<meta name=generator content="Ghost 5"><link rel=https://api.w.org/ href=//x/wp-json/></head><a href=/blog/>b</a></html>`,
		`<link rel=alternate type=application/rss+xml href=https://www.blogger.com/feeds/1/posts/default>`,
		`<html><script data-isso=/i></script><div id=remark42></div></html>`, rssOf("a", "Discourse", "/t/a/1"), "", "{}",
	} {
		for _, feed := range []string{rssOf("a", "", "/1", "/2#comment-3"), rssOf("a", "https://wordpress.org/", "/?p=1"), "<html>no</html>"} {
			f.Add("https://row.test/x/", []byte(page), []byte(feed))
		}
	}
	f.Fuzz(func(t *testing.T, address string, page, feed []byte) {
		asked := 0
		r := faked(t, func(req pull.Request) (*pull.Response, error) {
			if asked++; asked > discover.MaxDiscovery {
				t.Fatalf("request %d: %s", asked, req.URL)
			}
			body := feed
			if asked == 1 {
				body = page
			}
			if strings.Contains(req.URL, "404") {
				return nil, digest.Fail(digest.NotFound, "x", "404")
			}
			return &pull.Response{Status: 200, URL: req.URL, ContentType: html, Body: body}, nil
		})
		found, err := r.Discover(t.Context(), address, discover.Options{})
		if err != nil {
			if digest.HintOf(err) == "" && len(digest.ActsOf(err)) == 0 {
				t.Errorf("error %q has no hint", err)
			}
			return
		}
		for _, x := range found.Feeds {
			if !strings.Contains(x.URL, "://") {
				t.Errorf("feed at %q", x.URL)
			}
		}
		if found.Source.Name == "" && len(found.Feeds) == 0 {
			t.Error("nothing was found, and no error")
		}
	})
}
