package feed_test

import (
	"fmt"
	"testing"

	"postbag/digest/feed"
)

func TestReadPage(t *testing.T) {
	p := feed.ReadPage([]byte(`<!doctype html><html><head>
<META NAME="Generator" CONTENT="WordPress 6.7.1">
<link rel="stylesheet" href="/a.css">
<link rel='alternate' type='application/rss+xml' title='All &amp; more' href='/feed/'>
<link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="https://other.test/atom">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="https://api.w.org/" href="/wp-json/">
</head><body><a href=x>x`), "http://blog.test/2026/03/post/")
	equal(t, "generator", p.Generator, "WordPress 6.7.1")
	equal(t, "wordpress", p.WordPress, true)
	equal(t, "login", p.Login, false)
	equal(t, "links", fmt.Sprint(p.Links),
		"[{http://blog.test/feed/ application/rss+xml All & more} {https://other.test/atom application/atom+xml }]")
}

func TestPagesOwnBase(t *testing.T) {
	p := feed.ReadPage([]byte(`<base href="/sub/"><link rel=alternate type=application/rss+xml href=feed>`), "http://blog.test/x")
	equal(t, "links", fmt.Sprint(p.Links), "[{http://blog.test/sub/feed application/rss+xml }]")
}

func TestMaker(t *testing.T) {
	for text, want := range map[string]string{
		"Ghost 5.2": "Ghost", "blogger": "Blogger", "": "", "Acme CMS": "Acme CMS",
	} {
		equal(t, "maker", feed.Maker(text), want)
	}
}
