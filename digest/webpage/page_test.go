package webpage_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postbag/digest/digesttest"
	"postbag/digest/field"
	"postbag/digest/webpage"
)

func TestRead(t *testing.T) {
	p := webpage.Read([]byte(`<!doctype html><html lang="en-GB"><head><title>The Gate &amp;
 others</title>
<META NAME="Generator" CONTENT="WordPress 6.7.1">
<meta property="og:site_name" content="The Gate">
<link rel="stylesheet" href="/a.css">
<link rel='alternate' type='application/rss+xml' title='All &amp; more' href='/feed/'>
<link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="https://other.test/atom">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" type="text/xml" href="/index.xml#top">
<link rel="alternate" type="application/rss+xml" href="/feed/">
<!-- <link rel="alternate" type="application/rss+xml" href="/commented-out.rss"> -->
<link rel="https://api.w.org/" href="/sub/wp-json/">
<script>var s = '<link rel="alternate" type="application/rss+xml" href="/scripted.rss">'</script>
</head><body><a href=x>x</a> <svg><title>an icon</title></svg>
<link rel="alternate" type="application/rdf+xml" href="/in-the-body.rdf" hreflang=fr>
<a href="/comments.rss" title="what people say">talk</a> <a href="/feeds/">a page about feeds</a>
<a href="?feed=comments-rss2">more talk</a> <a href="/blog/">the blog</a>`), "http://blog.test/2026/03/post/")
	equal(t, "title", p.Title, "The Gate & others")
	equal(t, "site", p.SiteName, "The Gate")
	equal(t, "language", p.Language, "en-GB")
	equal(t, "generator", p.Generator, "WordPress 6.7.1")
	equal(t, "wordpress", p.WordPressHome, "http://blog.test/sub/")
	equal(t, "login", p.Login, false)
	equal(t, "links", fmt.Sprint(p.Links),
		"[{http://blog.test/feed/ application/rss+xml All & more } {https://other.test/atom application/atom+xml  }"+
			" {http://blog.test/index.xml text/xml  } {http://blog.test/in-the-body.rdf application/rdf+xml  fr}]")
	equal(t, "anchors", fmt.Sprint(p.Anchors),
		"[{http://blog.test/comments.rss  what people say } {http://blog.test/2026/03/post/?feed=comments-rss2   }]")
	equal(t, "blogs", fmt.Sprint(p.Blogs), "[http://blog.test/blog/]")
}

func TestPagesOwnBase(t *testing.T) {
	p := webpage.Read([]byte(`<base href="/sub/"><link rel=alternate type=application/rss+xml href=feed>`), "http://blog.test/x")
	equal(t, "links", fmt.Sprint(p.Links), "[{http://blog.test/sub/feed application/rss+xml  }]")
}

func TestWordPressSaysWhereItLives(t *testing.T) {
	for api, want := range map[string]string{
		"https://a.test/wp-json/":                 "https://a.test/",
		"https://a.test/news/wp-json/":            "https://a.test/news/",
		"https://a.test/index.php?rest_route=/":   "https://a.test/",
		"https://a.test/blog/?rest_route=/":       "https://a.test/blog/",
		"https://a.test/index.php/wp-json/":       "https://a.test/index.php/", // where its feeds are, too
		"javascript:alert(1)":                     "",
		"https://public-api.a.test/wp-json/?x=#y": "https://public-api.a.test/",
	} {
		p := webpage.Read([]byte(`<link rel="https://api.w.org/" href="`+api+`">`), "https://b.test/")
		equal(t, api, p.WordPressHome, want)
	}
}

func TestEmbedsAreRecognised(t *testing.T) {
	for page, want := range map[string]string{
		`<div id="disqus_thread"></div><script>var s=d.createElement('script');s.src='https://Kettle-Club.disqus.com/embed.js';</script>`: "Disqus https://kettle-club.disqus.com/latest.rss -",
		`<div id="disqus_thread"></div>`: "Disqus - -",
		`<div id="disqus_thread"></div><script>s.src='https://kettle-club.disqus.com/embed.js';</script>`:                            "Disqus https://kettle-club.disqus.com/latest.rss -",
		`<script>var disqus_shortname = "kettle";</script>`:                                                                          "Disqus https://kettle.disqus.com/latest.rss -",
		`<script>dsq.src = '//' + "kettle" + '.disqus.com/embed.js';</script>`:                                                       "Disqus https://kettle.disqus.com/latest.rss -",
		`<script id="dsq-count-scr" src="//kettle.disqus.com/count.js" async></script>`:                                              "Disqus https://kettle.disqus.com/latest.rss -",
		`<a href="https://help.disqus.com/x">about Disqus</a>`:                                                                       "",
		`<script data-isso="//talk.test/isso/" src="//talk.test/isso/js/embed.min.js"></script><section id="isso-thread"></section>`: "Isso - https://talk.test/isso/feed?uri={path}",
		`<script data-isso="/isso" src="/isso/js/embed.min.js"></script>`:                                                            "Isso - https://blog.test/isso/feed?uri={path}",
		`<script>var remark_config = {host: "https://talk.test/r/", site_id: 'a&b'}</script><div id="remark42"></div>`:               "Remark42 https://talk.test/r/api/v1/rss/site?site=a%26b -",
		`<div id="remark42"></div>`: "Remark42 - -",
		`<script src="https://giscus.app/client.js" data-repo="a/b" async></script>`:                             "giscus in the discussions of https://github.com/a/b - -",
		`<script src="https://utteranc.es/client.js" repo="a/b"></script>`:                                       "utterances - -",
		`<div class="x fb-comments" data-href="y"></div>`:                                                        "Facebook comments - -",
		`<div id="discourse-comments"></div><script>DiscourseEmbed = {discourseUrl: 'https://f.test/'}</script>`: "a Discourse forum - -",
		`<script defer src="https://cdn.commento.io/js/commento.js"></script>`:                                   "Commento - -",
	} {
		got := []string{}
		for _, b := range webpage.Read([]byte(page), "https://blog.test/post.html").Embeds {
			got = append(got, fmt.Sprint(b.Name, " ", or(b.Feed, "-"), " ", or(b.Pattern, "-")))
		}
		equal(t, page, strings.Join(got, "; "), want)
	}
}

// TestServicesWithoutFeeds goes through the services that are told by a script.
func TestServicesWithoutFeeds(t *testing.T) {
	for src, want := range map[string]string{
		"https://giscus.app/client.js": "giscus", "https://utteranc.es/client.js": "utterances", "https://cdn.commento.io/js/commento.js": "Commento",
		"https://comentario.example/x.js": "Comentario", "https://cusdis.com/js/cusdis.es.js": "Cusdis", "https://talk.hyvor.com/embed/embed.js": "Hyvor Talk",
		"https://www.intensedebate.com/js/wordpress.js": "IntenseDebate", "https://cdn.fastcomments.com/js/embed.min.js": "FastComments",
		"https://graphcomment.com/js/integration.js": "GraphComment", "https://launcher.spot.im/launcher/bundle.js": "OpenWeb", "https://cdn.viafoura.net/vf-v2.js": "Viafoura",
		"https://latest.cactus.chat/cactus.js": "Cactus Comments", "https://unpkg.com/@waline/client/dist/waline.js": "Waline",
		"https://cdn.example/twikoo.all.min.js": "Twikoo", "https://cdn.example/gitalk.min.js": "Gitalk", "https://cdn.example/Artalk.js": "Artalk",
		"https://cdn.example/jquery.js": "", "": "",
	} {
		got := ""
		for _, e := range webpage.Read([]byte(`<script src="`+src+`"></script>`), "https://blog.test/").Embeds {
			got += e.Name
		}
		equal(t, src, got, want)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func TestAddressesThatLookLikeFeeds(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.test/feed": true, "https://a.test/feed/": true, "https://a.test/blog/rss.xml": true,
		"https://a.test/x.atom": true, "https://a.test/r/x/.rss": true, "https://a.test/index.xml": true,
		"https://a.test/feed.json": true, "https://a.test/?feed=rss2": true, "https://a.test/x?format=feed&type=atom": true,
		"https://a.test/feeds/posts/default": true, "https://a.test/feeds/12/comments/default?alt=rss": true,
		"https://a.test/@ann.rss": true, "https://a.test/my_feed.xml": true,
		"https://a.test/": false, "https://a.test/feeds/": false, "https://a.test/feedback": false,
		"https://a.test/sitemap.xml": false, "https://a.test/the-press": false, "https://a.test/rss-readers/": false,
	} {
		equal(t, address, webpage.LooksLikeFeed(address), want)
	}
}

func TestSoftware(t *testing.T) {
	for text, want := range map[string]string{
		"Ghost 5.2": "Ghost", "blogger": "Blogger", "": "", "Acme CMS": "Acme CMS",
	} {
		equal(t, "maker", webpage.Software(text), want)
	}
}

// TestPageWithALongBase holds that a page's base address is not read again and again
// for each of its links.
func TestPageWithALongBase(t *testing.T) {
	began := digesttest.CPU(t)
	p := webpage.Read([]byte(`<base href="https://blog.test/`+strings.Repeat("a", 1<<20)+`">`+
		strings.Repeat(`<a href="/feed.rss">x</a>`, 20_000)), "https://blog.test/")
	equal(t, "anchors", fmt.Sprint(p.Anchors), "[{https://blog.test/feed.rss   }]")
	if took := digesttest.CPU(t) - began; took > 30*time.Second {
		t.Errorf("read for %v", took)
	}
}

// FuzzRead holds that whatever a page says, what is taken from it are web
// addresses, in bounded number, and lines of valid text.
func FuzzRead(f *testing.F) {
	for _, page := range []string{
		"", "<", "<html lang=\x00><title>", "<base href='//x/'><link rel=alternate type=application/rss+xml href='../y#z'>",
		"<link rel='alternate feed' href='javascript:1.rss'><a href=/feed/>x</a><a href='?feed=rss2'>",
		"<script>var disqus_shortname='a'; remark_config={host:'https://h.test/',site_id:'s'}</script><div id=disqus_thread>",
		"<script data-isso='//i.test/{path}'></script><script data-isso=/isso/></script>",
		"<link rel=https://api.w.org/ href=/a/wp-json/><meta name=generator content='Ghost \u202e5'>",
		strings.Repeat("<link rel=alternate type=application/atom+xml href=/a>", 3) + strings.Repeat("<div><a href=blog/>", 70),
	} {
		f.Add([]byte(page), "https://blog.test/2026/x.html")
	}
	f.Fuzz(func(t *testing.T, body []byte, base string) {
		p := webpage.Read(body, base)
		if len(p.Links) > 50 || len(p.Anchors) > 50 || len(p.Blogs) > 50 || len(p.Embeds) > 5 {
			t.Fatalf("%d links, %d anchors, %d blogs, %d embeds", len(p.Links), len(p.Anchors), len(p.Blogs), len(p.Embeds))
		}
		addresses := append([]string{p.WordPressHome}, p.Blogs...)
		for _, l := range append(p.Links, p.Anchors...) {
			addresses = append(addresses, l.URL)
			if strings.ContainsAny(l.Title, "\n\r\x00\u202e") {
				t.Errorf("title %q", l.Title)
			}
		}
		for _, b := range p.Embeds {
			addresses = append(addresses, b.Feed, b.Pattern)
		}
		for _, a := range addresses {
			if a == "" {
				continue
			}
			u, err := url.Parse(a)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("%q is no web address: %v", a, err)
			}
		}
		if len([]rune(p.Title)) > field.MaxTitle || utf8.ValidString(string(body)) && !utf8.ValidString(p.Title) {
			t.Errorf("title %q", p.Title)
		}
	})
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
