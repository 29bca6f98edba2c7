package pull_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
)

// pageOf writes the page of a post with comments at their places.
func pageOf(more string, numbers ...int) string {
	var b strings.Builder
	b.WriteString("<html><body><h1>The post</h1>" + more)
	for _, n := range numbers {
		fmt.Fprintf(&b, `<li id="c%d"><p>Word %[1]d.</p></li>`, n)
	}
	return b.String() + `<script>var last = '<li id="c11">';</script></body></html>`
}

const longWord = "I lit the lamp again, and - for once - nobody asked me why."

// Of a comment that neither its post's list nor the feed of all comments reaches, the
// page of the post tells, where it holds all the others.
func TestRecheckLooksAtThePage(t *testing.T) {
	t.Parallel()
	const gone, there, unsure = "1 gone, [] unsure", "0 gone, [] unsure", "0 gone, [c-11] unsure"
	for name, tt := range map[string]struct {
		page  string
		more  pages
		found string
	}{
		"it is on the page":                      {pageOf("", 11, 12, 13, 14), nil, there},
		"all others are":                         {pageOf("", 12, 13, 14), nil, gone},
		"not all others are":                     {pageOf("", 13, 14), nil, unsure},
		"not even those that the list shows":     {pageOf("", 15, 16, 17, 18), nil, unsure},
		"the page has no comments":               {pageOf(""), nil, unsure},
		"its words are there, without a place":   {pageOf("<p>I lit the <i>lamp</i> again, and – for once – nobody asked me “why”.</p>"), nil, there},
		"its words are quoted, its place is not": {pageOf("<p>"+longWord+"</p>", 12, 13, 14), nil, gone},
		"it is on another page of comments": {pageOf(`<a href="/p/1/comment-page-1/#comments">Older</a>`, 13, 14),
			pages{"/p/1/comment-page-1/": pageOf("", 11, 12)}, there},
		"it is on no page of comments": {pageOf(`<a href="/p/1/comment-page-1/#comments">Older</a>`, 13, 14),
			pages{"/p/1/comment-page-1/": pageOf(`<a href="/p/1/comment-page-2/">Newer</a>`, 12), "/p/1/comment-page-2/": pageOf("", 13, 14)}, gone},
		"a page of comments cannot be read": {pageOf(`<a href="/p/1/comment-page-1/">Older</a><a href="/p/1/?cpage=2">More</a>`, 12, 13, 14), nil, unsure},
		"other posts' pages of comments":    {pageOf(`<a href="/p/2/comment-page-1/">Another post</a>`, 12, 13, 14), nil, gone},
		"the feed of all comments has it": {pageOf(""),
			pages{"/comments": atomOf("", said(14, 1, 30), said(11, 1, 33))}, there},
	} {
		t.Run(name, func(t *testing.T) {
			eleven := said(11, 1, 33)
			eleven.text = longWord
			p := pages{
				"/posts":     atomOf("", post(1, 90, 4)),
				"/comments":  atomOf("", said(14, 1, 30), said(13, 1, 31), said(12, 1, 32), eleven),
				"/p/1":       tt.page,
				"/p/1/feed/": atomOf("", said(14, 1, 30), said(13, 1, 31)),
			}
			r, src, _ := play(t, p.ServeHTTP, digest.WordPress)
			r.due(src)
			p["/comments"] = atomOf("", said(14, 1, 30), said(13, 1, 31))
			for path, body := range tt.more {
				p[path] = body
			}
			r.clock.add(2 * time.Hour)
			found := r.recheck(ids(r.comments(src), "tag:lamp.test,2026:c-11", "tag:lamp.test,2026:c-13"))
			left := []string{}
			for guid, c := range r.comments(src) {
				for _, id := range found.Unsure {
					if c.ID == id {
						left = append(left, guid[strings.LastIndex(guid, "c-"):])
					}
				}
			}
			equal(t, "found", fmt.Sprintf("%d gone, %v unsure", found.Gone, left), tt.found)
			c := r.comments(src)["tag:lamp.test,2026:c-11"]
			equal(t, "marked", c.Gone, tt.found == gone)
			if c.Gone {
				equal(t, "how", fmt.Sprint(c.GoneBy, ": ", c.GoneReason), "permalink: its page does not hold it any more")
			}
		})
	}
}

// A page that leads elsewhere says nothing of the comments that were on it.
func TestRecheckLeavesInDoubt(t *testing.T) {
	t.Parallel()
	s := database(t)
	p := pages{"/posts": atomOf("", post(1, 90, 1)), "/comments": atomOf("", said(1, 1, 20)), "/": pageOf("", 2, 3)}
	st := newStage(t, nil)
	st.now(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/p/1" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		p.ServeHTTP(w, r)
	})
	r, src := playIn(t, s, st, digest.Generic)
	r.due(src)
	p["/comments"] = atomOf("", said(2, 2, 19))
	r.clock.add(time.Hour)
	picked := ids(r.comments(src), "tag:lamp.test,2026:c-1")
	found, err := r.Recheck(t.Context(), picked)
	equal(t, "found", fmt.Sprint(found.Gone, found.Unsure, err), fmt.Sprint("0 ", picked, " <nil>"))
}
