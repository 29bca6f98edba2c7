package main

import (
	"fmt"
	"net/http"
	"strings"
)

// smallSite is a site of a few pages and feeds by path and query; %HERE% in them
// is its address.
type smallSite map[string]string

func (s smallSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s[r.URL.RequestURI()]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	if strings.HasPrefix(body, "<rss") {
		w.Header().Set("Content-Type", "application/rss+xml; charset=UTF-8")
	}
	fmt.Fprint(w, strings.ReplaceAll(body, "%HERE%", "http://"+r.Host))
}

// smallSites are blogs of the shapes that are neither Blogger's nor WordPress's.
var smallSites = map[string]smallSite{
	"TWOFEEDS": {
		"/":          `<html><head><title>The Row</title>` + feedLink("Small ads", "/ads.xml") + feedLink("Kettle diary", "/diary.xml") + `</head></html>`,
		"/diary.xml": rssFeed("Kettle diary", "", "diary", "/d-1.html"),
		"/d-1.html":  `<html><p>No box here.</p></html>`,
	},
	"GHOST": {
		"/":     `<html><head><title>Kiln</title><meta name="generator" content="Ghost 5.9">` + feedLink("Kiln", "/rss/") + `</head></html>`,
		"/rss/": rssFeed("Kiln", "Ghost 5.9", "kiln", "/glaze/"),
	},
	"ROW":      rowSite,
	"MOVEDROW": rowSite,
	"CARDS": {
		"/":                          `<html><head><title>Cards</title>` + feedLink("Cards", "/cards.xml") + `</head></html>`,
		"/cards.xml":                 rssFeed("Cards", "", "cards", "/c-1.html"),
		"/c-1.html":                  `<html><script data-isso="/isso/" src="/isso/embed.js"></script></html>`,
		"/isso/feed?uri=%2Fc-1.html": rssFeed("Comments", "", "talk", "/c-1.html#isso-1"),
	},
	"ONEPAGE": {"/": `<html><head><title>Nothing here</title></head><p>No feed at all.</p></html>`},
}

// rowSite is a blog with a feed of posts and one of comments.
var rowSite = smallSite{
	"/":             `<html><head><title>Kettle Row</title>` + feedLink("Kettle Row", "/posts.xml") + feedLink("Kettle Row comments", "/comments.xml") + `</head></html>`,
	"/posts.xml":    rssFeed("Kettle Row", "", "row", "/r-1.html", "/r-2.html", "/r-3.html"),
	"/comments.xml": rssFeed("Kettle Row comments", "", "talk", "/r-1.html#comment-1", "/r-2.html#comment-2"),
	"/r-1.html":     `<html><p>No box here.</p></html>`,
}

func feedLink(title, href string) string {
	return fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" title="%s" href="%s">`, title, href)
}

func rssFeed(title, generator, ids string, paths ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title><link>%%HERE%%/</link><generator>%s</generator>`, title, generator)
	for i, p := range paths {
		fmt.Fprintf(&b, `<item><title>Title %[1]d</title><link>%%HERE%%%[2]s</link><guid isPermaLink="false">%[3]s:%[1]d</guid>`+
			`<pubDate>Thu, 05 Mar 2026 0%[1]d:00:00 +0000</pubDate><description>What was said, %[3]s %[1]d.</description></item>`, i+1, p, ids)
	}
	return b.String() + "</channel></rss>"
}
