package pull_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/pull"
)

// site is a web site by path and query; what is not there is a 404.
type site map[string]string

func (s site) page(path, query string) (int, string, string) {
	if query != "" {
		path += "?" + query
	}
	body, ok := s[path]
	switch {
	case !ok:
		return 404, html, "<html>not here</html>"
	case strings.HasPrefix(body, "<rss"):
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
func foundLine(f pull.Found, base string) string {
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
	kettle := rssOf("Kettle Row", "", "/post-1.html", "/post-2.html")
	talk := rssOf("Comments on Kettle Row", "", "/post-1.html#comment-5")
	post := head + "</head><p>No box here.</p></html>"
	for _, tt := range []struct {
		name string
		site site
		from string
		want string
		asks int
	}{
		{"announced in several formats", site{
			"/":         head + linkTo("rss", "Kettle Row RSS", "/feed.rss") + linkTo("atom", "Kettle Row Atom", "/feed.atom") + linkTo("rss", "Comments", "/comments.rss") + "</head></html>",
			"/feed.rss": kettle, "/feed.atom": kettle, "/comments.rss": talk,
		}, "/", "posts /feed.atom, comments /comments.rss", 3},
		{"a dead format gives way to the next", site{
			"/":         head + linkTo("rss", "Kettle Row RSS", "/feed.rss") + linkTo("atom", "Kettle Row Atom", "/feed.atom") + "</head></html>",
			"/feed.rss": kettle, "/post-1.html": post,
		}, "/", "posts /feed.rss, silent", 4},
		{"announced in the body of a post", site{
			"/a/b/post.html": "<html><body><p>x</p>" + linkTo("rss", "", "/index.xml") + "</body></html>",
			"/index.xml":     kettle, "/post-1.html": post,
		}, "/a/b/post.html", "posts /index.xml, silent", 3},
		{"linked to in the text", site{
			"/":         head + `</head><a href="https://elsewhere.test/feed/">a friend</a><a href="news.rss">RSS</a><a href="/comments.rss">comments</a></html>`,
			"/news.rss": kettle, "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 3},
		{"the comments are linked to only", site{
			"/":         head + linkTo("rss", "Kettle Row", "/news.rss") + `</head><a href="/comments.rss">what readers say</a></html>`,
			"/news.rss": kettle, "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 3},
		{"beside categories and a podcast", site{
			"/":     head + linkTo("rss", "Tea", "/category/tea/feed") + linkTo("rss", "Kettle Row", "/feed") + linkTo("rss", "The Kettle podcast", "/casts.xml") + "</head></html>",
			"/feed": kettle, "/post-1.html": post,
		}, "/", "posts /feed, silent", 3},
		{"the nearest folder is meant", site{
			"/blog/x.html":   head + linkTo("rss", "Company news", "/feed.xml") + linkTo("rss", "Blog", "/blog/feed.xml") + "</head></html>",
			"/blog/feed.xml": kettle, "/post-1.html": post,
		}, "/blog/x.html", "posts /blog/feed.xml, silent", 3},
		{"the site's own title is meant", site{
			"/":        head + linkTo("rss", "Small ads", "/ads.xml") + linkTo("rss", "Kettle Row", "/row.xml") + "</head></html>",
			"/row.xml": kettle, "/post-1.html": post,
		}, "/", "posts /row.xml, silent", 3},
		{"in the page's own language", site{
			"/":       `<html lang="en"><link rel=alternate type=application/rss+xml hreflang=de href=/de.xml><link rel=alternate type=application/rss+xml hreflang=en-GB href=/en.xml></html>`,
			"/en.xml": kettle, "/post-1.html": post,
		}, "/", "posts /en.xml, silent", 3},
		{"the blog is a part of the site", site{
			"/":              head + `</head><a href="/about">us</a><a href="/blog/">blog</a></html>`,
			"/blog/":         head + linkTo("rss", "Blog", "/blog/feed.xml") + "</head></html>",
			"/blog/feed.xml": kettle, "/post-1.html": post,
		}, "/", "posts /blog/feed.xml, silent", 4},
		{"where Hugo puts it", site{
			"/": head + `<meta name=generator content="Hugo 0.140.2"></head></html>`, "/index.xml": kettle, "/post-1.html": post,
		}, "/", "posts /index.xml, silent", 3},
		{"where Drupal puts it", site{
			"/node/1": head + `<meta name=generator content="Drupal 10 (https://www.drupal.org)"></head></html>`, "/rss.xml": kettle, "/post-1.html": post,
		}, "/node/1", "posts /rss.xml, silent", 3},
		{"where Movable Type puts it", site{
			"/": head + `<meta name=generator content="Movable Type 7.9"></head></html>`, "/index.xml": kettle, "/post-1.html": post,
		}, "/", "posts /index.xml, silent", 4},
		{"where nobody says", site{
			"/": "<html>hello</html>", "/rss.xml": kettle,
		}, "/", "posts /rss.xml, silent", 4},
		{"a feed of posts that is on no page", site{
			"/deep/feed.rss": kettle, "/post-1.html": post,
		}, "/deep/feed.rss", "posts /deep/feed.rss, silent", 2},
		{"a feed of comments leads to the posts", site{
			"/comments.rss": talk, "/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
		}, "/comments.rss", "posts /news.rss, comments /comments.rss", 3},
		{"comments announced on the pages of posts only", site{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html": head + linkTo("rss", "Kettle Row", "/news.rss") + linkTo("rss", "All comments", "/comments.rss") + "</head></html>", "/comments.rss": talk,
		}, "/", "posts /news.rss, comments /comments.rss", 4},
		{"comments by Isso, one feed a post", site{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html":                  head + `</head><script data-isso="/isso/" src="/isso/js/embed.min.js"></script></html>`,
			"/isso/feed?uri=%2Fpost-1.html": talk,
		}, "/", "posts /news.rss, each /isso/feed?uri={path}", 4},
		{"Isso without feeds", site{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html": head + `</head><script data-isso="/isso/" src="/isso/js/embed.min.js"></script></html>`,
		}, "/", "posts /news.rss, silent", 4},
		{"comments by Remark42", site{
			"/": head + linkTo("rss", "Kettle Row", "/news.rss") + "</head></html>", "/news.rss": kettle,
			"/post-1.html":                head + `</head><script>var remark_config = {host: '%BLOG%/r', site_id: 'row'}</script></html>`,
			"/r/api/v1/rss/site?site=row": rssOf("Remark42 comments", "", "/post-1.html#remark42__comment-5"),
		}, "/", "posts /news.rss, comments /r/api/v1/rss/site?site=row", 4},
	} {
		b := newBlog(t, tt.site.page)
		found, err := newRig(t, b, pull.NewMemory(), thatEvening).Discover(t.Context(), b.url+tt.from, pull.AddOptions{})
		asked := b.asked()
		if err != nil {
			t.Errorf("%s: %v (asked %v)", tt.name, err, asked)
			continue
		}
		equal(t, tt.name, foundLine(found, b.url), tt.want)
		if len(asked) != tt.asks || len(asked) > pull.MaxDiscovery {
			t.Errorf("%s: asked %d times: %v, want %d", tt.name, len(asked), asked, tt.asks)
		}
		if found.Silent && len(found.Notices) == 0 {
			t.Errorf("%s: nothing says why there will be no comments", tt.name)
		}
	}
}

func TestSeveralFeedsAreListedForChoice(t *testing.T) {
	for name, tt := range map[string]struct {
		site site
		want []string
		hint string
	}{
		"two feeds of posts": {
			site{"/": head + linkTo("rss", "News", "/news.xml") + linkTo("rss", "Diary of a kettle", "/diary.xml") + linkTo("rss", "All comments", "/comments.xml") + "</head></html>"},
			[]string{"posts     %BLOG%/news.xml  \"News\"", "posts     %BLOG%/diary.xml  \"Diary of a kettle\"", "comments  %BLOG%/comments.xml  \"All comments\""},
			"postbag source add --posts %BLOG%/news.xml --comments %BLOG%/comments.xml",
		},
		"categories only": {
			site{"/": head + linkTo("rss", "Tea", "/tags/tea/feed?x=1&y=2") + linkTo("rss", "Coffee", "/tags/coffee/feed") + "</head></html>"},
			[]string{"category  %BLOG%/tags/tea/feed?x=1&y=2  \"Tea\"", "category  %BLOG%/tags/coffee/feed  \"Coffee\""},
			"postbag source add --posts '%BLOG%/tags/tea/feed?x=1&y=2'",
		},
	} {
		b := newBlog(t, tt.site.page)
		r := newRig(t, b, pull.NewMemory(), thatEvening)
		_, err := r.Add(t.Context(), b.url, firstSeries, pull.AddOptions{})
		wantError(t, name, err, digest.Invalid, "several feeds")
		for _, line := range tt.want {
			if line = strings.ReplaceAll(line, "%BLOG%", b.url); !strings.Contains(fmt.Sprint(err), line) {
				t.Errorf("%s: error %q lacks %q", name, err, line)
			}
		}
		equal(t, name, strings.HasSuffix(digest.HintOf(err), strings.ReplaceAll(tt.hint, "%BLOG%", b.url)), true)
		equal(t, name+": requests", fmt.Sprint(b.asked()), "[/]")
	}
}

func TestNamedFeedsAreReadAndChecked(t *testing.T) {
	b := newBlog(t, site{
		"/news.xml": rssOf("News", "", "/n-1.html"), "/talk.xml": rssOf("Talk", "", "/n-1.html#comment-1"),
		"/plain.xml": rssOf("Says nothing", "", "/c/1", "/c/2"), "/page": head + "</html>",
		"/talk.php?of=%2Fn-1.html": rssOf("Talk of one", "", "/n-1.html#comment-1"),
	}.page)
	r := newRig(t, b, pull.NewMemory(), thatEvening)
	at := func(path string) string { return b.url + path }
	for _, tt := range []struct {
		opts pull.AddOptions
		want string
		asks int
	}{
		{pull.AddOptions{Posts: at("/news.xml")}, "posts /news.xml, silent", 2},
		{pull.AddOptions{Posts: strings.TrimPrefix(at("/news.xml"), "http://")}, "", 1}, // https is taken, and nobody answers
		{pull.AddOptions{Posts: at("/news.xml"), Comments: at("/talk.xml"), Name: " The  News ", Platform: digest.Ghost}, "posts /news.xml, comments /talk.xml", 2},
		{pull.AddOptions{Posts: at("/news.xml"), Comments: at("/plain.xml")}, "posts /news.xml, comments /plain.xml", 2},
		{pull.AddOptions{Posts: at("/news.xml"), CommentsPattern: at("/talk.php?of={path}")}, "posts /news.xml, each /talk.php?of={path}", 2},
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
		opts  pull.AddOptions
		kind  digest.Kind
		words string
	}{
		{pull.AddOptions{Posts: at("/page")}, digest.Invalid, "web page"},
		{pull.AddOptions{Posts: at("/404")}, digest.NotFound, "404"},
		{pull.AddOptions{Posts: at("/news.xml"), Comments: at("/page")}, digest.Invalid, "web page"},
		{pull.AddOptions{Posts: at("/news.xml"), Comments: at("/404")}, digest.NotFound, "404"},
		{pull.AddOptions{Posts: at("/news.xml"), CommentsPattern: at("/404?of={path}")}, digest.NotFound, "404"},
		{pull.AddOptions{Posts: "two words"}, digest.Invalid, "not an address"},
		{pull.AddOptions{Posts: at("/news.xml"), CommentsPattern: at("/same-for-all")}, digest.Invalid, "no place for the post"},
		{pull.AddOptions{Posts: at("/news.xml"), CommentsPattern: "ftp://x/{path}"}, digest.Invalid, "no address"},
		{pull.AddOptions{Posts: at("/news.xml"), CommentsPattern: at("/{slug}{id}")}, digest.Invalid, "no address"},
		{pull.AddOptions{Posts: at("/news.xml"), Platform: "geocities"}, digest.Invalid, `"geocities" is no platform`},
	} {
		_, err := r.Add(t.Context(), "", firstSeries, tt.opts)
		wantError(t, fmt.Sprint(tt.opts), err, tt.kind, tt.words)
	}
	sources, err := r.store.Sources(t.Context())
	equal(t, "sources", fmt.Sprint(len(sources), err), "0 <nil>")
}

// elsewhere answers for hosts that no test can reach, and notes who was asked.
type elsewhere struct {
	site
	asked []string
}

func (e *elsewhere) puller(t *testing.T) *pull.Puller {
	t.Helper()
	return pull.New(pull.Options{Store: pull.NewMemory(), ToProse: prose, Clock: &clock{now: at(thatEvening)}, Fetcher: fake(func(req pull.Request) (*pull.Response, error) {
		e.asked = append(e.asked, req.URL)
		body, ok := e.site[req.URL]
		if !ok {
			return nil, digest.Fail(digest.NotFound, "x", "404")
		}
		_, kind, _ := site{"/": body}.page("/", "")
		origin, _, _ := strings.Cut(strings.TrimPrefix(req.URL, "https://"), "/")
		return &pull.Response{Status: 200, URL: req.URL, ContentType: kind, Body: []byte(strings.ReplaceAll(body, "%BLOG%", "https://"+origin))}, nil
	})})
}

func TestDisqusIsFoundOnThePageOfAPost(t *testing.T) {
	forum := rssOf("Kettle forum", "", "/post-1.html#comment-5")
	e := &elsewhere{site: site{
		"https://row.test/":                      head + linkTo("rss", "Row", "/index.xml") + "</head></html>",
		"https://row.test/index.xml":             rssOf("Row", "Hugo", "/post-1.html"),
		"https://row.test/post-1.html":           head + `</head><div id="disqus_thread"></div><script>s.src='https://row-test.disqus.com/embed.js'</script></html>`,
		"https://row-test.disqus.com/latest.rss": forum,
	}}
	found, err := e.puller(t).Discover(t.Context(), "row.test/", pull.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "found", foundLine(found, ""), "posts https://row.test/index.xml, comments https://row-test.disqus.com/latest.rss")
	equal(t, "notice", fmt.Sprint(found.Notices), "[its comments are kept by Disqus]")
	equal(t, "requests", len(e.asked), 4)

	delete(e.site, "https://row-test.disqus.com/latest.rss")
	found, err = e.puller(t).Discover(t.Context(), "row.test/", pull.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "without its feed", foundLine(found, ""), "posts https://row.test/index.xml, silent")
	equal(t, "what was tried", strings.Contains(fmt.Sprint(found.Notices), "Disqus, and their feed could not be read"), true)
}

func TestSitesThatTurnProgramsAwayAreKnownByTheirHost(t *testing.T) {
	posts, talk := rssOf("Kettles", "", "/1"), rssOf("Kettles", "", "/1#comment-2")
	e := &elsewhere{site: site{
		"https://www.reddit.com/r/kettles/.rss": posts, "https://www.reddit.com/r/kettles/comments/.rss": talk,
		"https://lobste.rs/rss": posts, "https://lobste.rs/comments.rss": talk,
		"https://news.ycombinator.com/rss": posts,
		"https://hnrss.org/frontpage":      posts, "https://hnrss.org/newcomments": talk,
		"https://github.com/a/kettle/discussions.atom": posts, "https://github.com/1.atom": talk,
		"https://medium.com/feed/@ann": posts,
	}}
	for from, want := range map[string]string{
		"https://www.reddit.com/r/kettles":                         "posts https://www.reddit.com/r/kettles/.rss, comments https://www.reddit.com/r/kettles/comments/.rss",
		"https://www.reddit.com/r/kettles/comments/abc/whistling/": "posts https://www.reddit.com/r/kettles/.rss, comments https://www.reddit.com/r/kettles/comments/.rss",
		"lobste.rs":                                     "posts https://lobste.rs/rss, comments https://lobste.rs/comments.rss",
		"https://news.ycombinator.com/item?id=1":        "posts https://news.ycombinator.com/rss, silent",
		"https://hnrss.org/frontpage":                   "posts https://hnrss.org/frontpage, comments https://hnrss.org/newcomments",
		"https://github.com/a/kettle/discussions/31":    "posts https://github.com/a/kettle/discussions.atom, each {root}{path}.atom",
		"https://medium.com/@ann/how-a-kettle-thinks-1": "posts https://medium.com/feed/@ann, silent",
	} {
		e.asked = nil
		found, err := e.puller(t).Discover(t.Context(), from, pull.AddOptions{})
		if err != nil {
			t.Errorf("%s: %v (asked %v)", from, err, e.asked)
			continue
		}
		equal(t, from, foundLine(found, ""), want)
		if len(e.asked) > 3 || slices.Contains(e.asked, from) && from != "https://hnrss.org/frontpage" {
			t.Errorf("%s: asked %v", from, e.asked)
		}
	}
}
