package templates_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/templates"
)

// traps are comments that want a browser to run something of theirs (RUN) or to ask
// for something (//SPY/…). Each is tried in the place of a comment's words, of its
// writer's name and of its post's title.
var traps = []string{
	`<script>RUN</script><script src=//SPY/s.js></script><script>/*`,
	`<img src=//SPY/i onerror=RUN><img srcset="//SPY/a 1x, //SPY/b 2x"><picture><source srcset=//SPY/p><img></picture>`,
	`<svg onload=RUN><image href=//SPY/svg xlink:href=//SPY/x></image><use href=//SPY/u#a /></svg>`,
	`<svg><style><img src=//SPY/st onerror=RUN></style></svg><svg><a><animate attributeName=href values=javascript:RUN /><text>x</text></a></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=//SPY/m onerror=RUN&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src=//SPY/f onerror=RUN>`,
	`<math><annotation-xml encoding="text/html"><style><img src=//SPY/an onerror=RUN></style></annotation-xml></math>`,
	`<noscript><p title="</noscript><img src=//SPY/no onerror=RUN>">`,
	`<template><img src=//SPY/t onerror=RUN></template><div><template shadowrootmode=open><img src=//SPY/sh onerror=RUN></template></div>`,
	`<select><template><style></select><img src=//SPY/se onerror=RUN></style>`,
	`<textarea></textarea><a title="</textarea><img src=//SPY/ta onerror=RUN>">`,
	`<xmp><p title="</xmp><img src=//SPY/xm onerror=RUN>">`, `<title><a title="</title><img src=//SPY/ti onerror=RUN>">`,
	`<iframe src=//SPY/if srcdoc="<script>parent.RUN</script>"></iframe><object data=//SPY/o></object><embed src=//SPY/e>`,
	`<video src=//SPY/v poster=//SPY/vp autoplay onerror=RUN></video><audio src=//SPY/au autoplay></audio><track src=//SPY/tr>`,
	`<link rel=stylesheet href=//SPY/css><link rel=preload as=image href=//SPY/pl><link rel=prefetch href=//SPY/pf><link rel=dns-prefetch href=//SPY>`,
	`<style>@import "//SPY/im";*{background:url(//SPY/bg)}</style><p style="background:url(//SPY/sa)">x</p><table background=//SPY/tb><tr><td background=//SPY/td>x</table>`,
	`<meta http-equiv=refresh content="0;url=//SPY/mr"><base href="//SPY/">`,
	`<body onload=RUN background=//SPY/bo><input autofocus onfocus=RUN type=image src=//SPY/in><details open ontoggle=RUN>x</details>`,
	`<a href="javascript:RUN">x</a><a href="java&#10;script&colon;RUN">x</a><a href="&#1;javascript:RUN">x</a><a href="data:text/html,<script>RUN</script>">x</a>`,
	`<a href="https://blog.example/&quot;onmouseover=&quot;RUN" ping=//SPY/pi>x</a><a href='https://blog.example/"autofocus/onfocus="RUN'>x</a>`,
	`<form action=//SPY/fo id=f><input name=a></form><button form=f formaction=javascript:RUN autofocus onfocus=RUN>x</button>`,
	`<marquee onstart=RUN>x</marquee><x-evil onpointerrawupdate=RUN tabindex=1 autofocus onfocus=RUN>x</x-evil>`,
	`&lt;img src=//SPY/esc onerror=RUN&gt; &amp;lt;script&amp;gt;RUN&amp;lt;/script&amp;gt;`,
	`--><img src=//SPY/c onerror=RUN> ]]><img src=//SPY/cd onerror=RUN> </style><img src=//SPY/es onerror=RUN></title><img src=//SPY/et onerror=RUN>`,
	`"><img src=//SPY/q onerror=RUN> '><img src=//SPY/qq onerror=RUN> ` + "`><img src=//SPY/bq onerror=RUN> \x00<\x00img src=//SPY/nul onerror=RUN>",
	`{{"<img src=//SPY/go onerror=RUN>"}} ${RUN} {{constructor.constructor('RUN')()}} <!--[if gte IE 4]><script>RUN</script><![endif]-->`,
}

// spy is a server that no page may ask for anything.
func spy(t *testing.T) (host string, asked func() []string) {
	var mu sync.Mutex
	var all []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, r.URL.Path)
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := all
		all = nil
		return out
	}
}

// trapped is an issue made of traps.
func trapped(traps []string) *digest.Frozen {
	f := bare()
	f.Publication, f.Title, f.Preheader = traps[0], traps[1], traps[2]
	for i, trap := range traps {
		words := markup.FromHTML("<p>Before.</p>"+trap+"<p>After.", "http://blog.example/")
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.PickBlock, Pick: &digest.Quotation{Number: i + 1, Author: trap, PostTitle: trap,
			URL: "https://blog.example/" + strconv.Itoa(i), Published: at(28, 8, i), Words: words, Context: &digest.Context{Author: trap, Quote: trap}}})
	}
	f.Picks = len(traps)
	return f
}

// TestNothingOfABlogRunsOrIsFetched opens an issue of traps in a browser, as a page
// and as a mail, without any policy that would help; reads each quotation once more as
// a feed reader would; and moves over all of it. The traps as they came have to be
// noticed, so that silence means something.
func TestNothingOfABlogRunsOrIsFetched(t *testing.T) {
	ctx := browser(t)
	host, asked := spy(t)
	var armed []string
	for _, trap := range traps {
		armed = append(armed, strings.NewReplacer("RUN", "fetch('//"+host+"/ran')", "SPY", host).Replace(trap))
	}
	set := newSet(t)
	issue := trapped(armed)
	page, err := set.IssuePage(templates.IssuePage{Site: templates.Site{Base: "http://post.example"}, Issue: issue})
	if err != nil {
		t.Fatal(err)
	}
	mail, err := set.IssueMail(issue, links)
	if err != nil {
		t.Fatal(err)
	}
	var reader strings.Builder
	for _, b := range issue.Blocks {
		fmt.Fprintf(&reader, `<div class=item data-html="%s"></div>`, html.EscapeString(string(markup.Look{Rel: markup.ReaderRel}.HTML(b.Pick.Words))))
	}
	reader.WriteString(`<script>for (const e of document.querySelectorAll(".item")) { e.innerHTML = e.dataset.html; e.innerHTML = e.innerHTML; }</script>`)
	docs := map[string]string{"/page": string(page), "/mail": mail.HTML, "/reader": reader.String(),
		"/raw": strings.Join(armed[1:2], "")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, docs[r.URL.Path])
	}))
	defer server.Close()
	open := func(path string) {
		t.Helper()
		at, err := "", chromedp.Do(ctx, chromedp.Navigate(server.URL+path))
		if err == nil {
			// Whatever waits for a hand on it, and for its own turn.
			_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`for (const e of document.querySelectorAll("*")) {
				for (const kind of ["mouseover", "pointerover", "focus", "toggle"]) e.dispatchEvent(new Event(kind, {bubbles: true}));
			} true`))
		}
		if err == nil {
			at, err = chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname`))
		}
		if err != nil || at != path {
			t.Errorf("%s leads to %s, %v", path, at, err)
		}
	}
	open("/raw")
	if len(asked()) == 0 {
		t.Error("traps as they came are not noticed: this test proves nothing")
	}
	for _, path := range []string{"/page", "/mail", "/reader"} {
		open(path)
		if got := asked(); len(got) > 0 {
			t.Errorf("%s asked for %q", path, got)
		}
		links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href]")].map(a => a.protocol).filter(p => !/^(https?|mailto):$/.test(p))`))
		if err != nil || len(links) > 0 {
			t.Errorf("%s has links to %q, %v", path, links, err)
		}
	}
	if got := asked(); len(got) > 0 {
		t.Errorf("what was asked for later: %q", got)
	}
}
