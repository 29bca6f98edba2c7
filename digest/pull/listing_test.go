package pull_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/poll"
)

// blogger writes a Blogger feed: of posts, of all comments, or of one post's.
// next is the page after it.
func bloggerOf(what, next string, total int, entries ...entry) string {
	head := `<id>tag:blogger.com,1999:blog-7` + what + `</id><generator>Blogger</generator>` +
		fmt.Sprintf(`<openSearch:totalResults xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">%d</openSearch:totalResults>`, total)
	if next != "" {
		head += `<link rel="next" href="` + strings.ReplaceAll(next, "&", "&amp;") + `"/>`
	}
	for i := range entries {
		entries[i].id = strings.NewReplacer("lamp.test,2026:post-", "blogger.com,1999:blog-7.post-", "lamp.test,2026:c-", "blogger.com,1999:blog-7.post-9").Replace(entries[i].id)
		entries[i].ref = strings.Replace(entries[i].ref, "lamp.test,2026:post-", "blogger.com,1999:blog-7.post-", 1)
	}
	return atomOf(head, entries...)
}

const commentID = "tag:blogger.com,1999:blog-7.post-9"

// A blog that gave all its entries new ids is accepted: what is stored by the old
// ones is missing from the posts' lists, though these are as long as before.
func TestAcceptedIDsReplaceTheOldOnes(t *testing.T) {
	t.Parallel()
	list := func(said ...entry) http.HandlerFunc {
		return pages{
			"/feeds/posts/default":                      bloggerOf("", "", 1, post(1, 90, len(said))),
			"/feeds/comments/default":                   bloggerOf(".comments", "", len(said), slices.Clone(said)...),
			"/feeds/1/comments/default?max-results=500": bloggerOf(".post1..comments", "", len(said), slices.Clone(said)...),
		}.ServeHTTP
	}
	old := manySaid(16, 11, 1, 30)
	r, src, st := play(t, list(old...), digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	r.due(src)
	st.now(list(old[:5]...)) // so that the list was read at this length
	equal(t, "gone", r.after(2*time.Hour).due(src).Stored.GoneComments, 1)

	st.now(list(manySaid(36, 32, 1, 30)...))
	equal(t, "held back", r.after(2*time.Hour).due(src).Stored.NewComments, 0)
	accepted := r.after(2*time.Hour).pull(src, poll.Options{Accept: true}).Stored
	equal(t, "new and gone", fmt.Sprint(accepted.NewComments, accepted.GoneComments), "5 5")
}

func TestRemovedForGoodAndBack(t *testing.T) {
	t.Parallel()
	list := func(total int, said ...entry) pages {
		return pages{
			"/feeds/posts/default":                           bloggerOf("", "", 1, post(1, 90, total)),
			"/feeds/comments/default":                        bloggerOf(".comments", "", len(said), slices.Clone(said)...),
			"/feeds/1/comments/default?max-results=500":      bloggerOf(".post1..comments", "", len(said), slices.Clone(said)...),
			"/feeds/1/comments/default?max-results=500&x=ab": "",
		}
	}
	three := []entry{said(13, 1, 30), said(12, 1, 40), said(11, 1, 50)}
	r, src, st := play(t, list(3, three...).ServeHTTP, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	r.due(src)
	equal(t, "comments", len(r.comments(src)), 3)
	equal(t, "requests when the counts agree", st.requests(), "/feeds/posts/default, /feeds/comments/default")

	// One is deleted without a trace: the count tells, the post's own feed proves.
	st.now(list(2, three[0], three[2]).ServeHTTP)
	report := r.after(2 * time.Hour).due(src)
	equal(t, "gone", report.Stored.GoneComments, 1)
	equal(t, "requests when they do not", st.requests(),
		"/feeds/posts/default, /feeds/comments/default, /feeds/1/comments/default?max-results=500")
	gone := r.comments(src)[commentID+"12"]
	equal(t, "which", fmt.Sprintf("%v %s", gone.Gone, gone.GoneBy), "true absence")
	equal(t, "its words are kept", gone.Body.Text(), "Word 12 of a reader.")
	r.after(2 * time.Hour).due(src)
	equal(t, "requests when they agree again", st.requests(), "/feeds/posts/default, /feeds/comments/default")

	st.now(list(3, three...).ServeHTTP)
	r.after(2 * time.Hour).due(src)
	back := r.comments(src)[commentID+"12"]
	equal(t, "back", fmt.Sprintf("%v %q", back.Gone, back.GoneBy), `false ""`)
	equal(t, "the same comment", back.ID, gone.ID)
}

func TestShortListingsProveNothing(t *testing.T) {
	t.Parallel()
	three := []entry{said(13, 1, 30), said(12, 1, 40), said(11, 1, 50)}
	const listing = "/feeds/1/comments/default?max-results=500"
	for name, tt := range map[string]struct {
		platform digest.Platform
		listing  string
		total    int
		notice   string
	}{
		"fewer entries than it counts":        {digest.Blogger, bloggerOf(".post1..comments", "", 3, said(13, 1, 30)), 2, ""},
		"it ends in the middle":               {digest.Blogger, strings.TrimSuffix(bloggerOf(".post1..comments", "", 1, said(13, 1, 30)), "</feed>"), 2, "cut short"},
		"its next page cannot be read":        {digest.Blogger, bloggerOf(".post1..comments", "/nothing", 1, said(13, 1, 30)), 2, "404"},
		"it lists another post's":             {digest.Blogger, bloggerOf(".comments", "", 2, said(13, 1, 30), said(21, 2, 30)), 2, ""},
		"a feed of something else, and empty": {digest.Blogger, `<rss version="2.0"><channel><title>This domain is for sale</title></channel></rss>`, 2, ""},
		"an empty feed that has no number":    {digest.Blogger, atomOf(""), 2, ""},
		"another blog's list, and empty":      {digest.Blogger, strings.Replace(bloggerOf(".post1..comments", "", 0), "blog-7", "blog-8", 1), 2, ""},
		"another post's list, and empty":      {digest.Blogger, bloggerOf(".post2..comments", "", 0), 2, ""},
		"a web page":                          {digest.Blogger, "<html><title>We are moving</title></html>", 2, "a web page"},
		"WordPress's newest, of more":         {digest.WordPress, atomOf("", said(13, 1, 30)), 2, ""},
		"a plain feed that does not say what": {digest.Generic, atomOf("", said(13, 1, 30)), 2, ""},
	} {
		p := pages{}
		r, src, st := play(t, p.ServeHTTP, tt.platform, "/feeds/posts/default", "/feeds/comments/default")
		make := func(what string, total int, entries ...entry) string {
			if tt.platform == digest.Blogger {
				return bloggerOf(what, "", total, entries...)
			}
			return atomOf("", entries...)
		}
		one := post(1, 90, 3)
		one.listing = st.URL + listing
		p["/feeds/posts/default"] = make("", 1, one)
		p["/feeds/comments/default"] = make(".comments", 3, slices.Clone(three)...)
		r.due(src)
		one.total = tt.total
		p["/feeds/posts/default"] = make("", 1, one)
		p[listing] = tt.listing
		r.clock.add(2 * time.Hour)
		st.requests()
		report := r.due(src)
		equal(t, name+": asked", strings.HasSuffix(strings.TrimSuffix(st.requests(), ", /nothing?max-results=500"), listing), true)
		equal(t, name+": gone", report.Stored.GoneComments, 0)
		if tt.notice != "" && !strings.Contains(fmt.Sprint(report.Notices), tt.notice) {
			t.Errorf("%s: notices %v, want one that says %q", name, report.Notices, tt.notice)
		}
		for id, c := range r.comments(src) {
			if c.Gone {
				t.Errorf("%s: comment %s is gone", name, id)
			}
		}
	}
}

func TestListingThatSaysItIsComplete(t *testing.T) {
	t.Parallel()
	p := pages{}
	r, src, st := play(t, p.ServeHTTP, digest.Generic)
	one := post(1, 90, 3)
	one.listing = st.URL + "/p/1/comments"
	p["/posts"] = atomOf("", one)
	p["/comments"] = atomOf("", manySaid(13, 11, 1, 30)...)
	r.due(src)
	one.total = 1
	p["/posts"] = atomOf("", one)
	p["/p/1/comments"] = atomOf(`<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>`, said(11, 1, 32))
	equal(t, "gone", r.after(2*time.Hour).due(src).Stored.GoneComments, 2)
}

func TestCountThatNeverAgreesIsToldOnce(t *testing.T) {
	t.Parallel()
	p := pages{
		"/feeds/posts/default":                      bloggerOf("", "", 1, post(1, 90, 10)),
		"/feeds/comments/default":                   bloggerOf(".comments", "", 1, said(11, 1, 50)),
		"/feeds/1/comments/default?max-results=500": bloggerOf(".post1..comments", "", 1, said(11, 1, 50)),
	}
	r, src, st := play(t, p.ServeHTTP, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	told := 0
	for range 4 {
		told += strings.Count(fmt.Sprint(r.due(src).Notices), "another number of comments than its own feed lists")
		r.clock.add(2 * time.Hour)
	}
	equal(t, "told", told, 1)
	equal(t, "listings read", strings.Count(st.requests(), "/feeds/1/"), 2) // it might have been behind
}

func TestScheduledPullReadsTwentyPostsNewestFirst(t *testing.T) {
	t.Parallel()
	p := pages{"/comments/feed/": atomOf(`<generator>https://wordpress.org/?v=6.7</generator>`, said(1, 1, 600))}
	var all []entry
	for n := 45; n > 0; n-- {
		all = append(all, post(n, float64(46-n), 1))
		p[fmt.Sprintf("/p/%d/feed/", n)] = atomOf("", said(n, n, float64(46-n)-0.5))
	}
	p["/feed/"] = atomOf(`<generator>https://wordpress.org/?v=6.7</generator>`, all...)
	r, src, st := play(t, p.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
	for _, want := range []int{1 + 20, 1 + 40, 45, 45} {
		before := len(r.comments(src))
		r.due(src)
		equal(t, "comments", len(r.comments(src)), want)
		asked := st.requests()
		equal(t, "listings read", strings.Count(asked, "/p/"), want-max(before, 1))
		if before == 0 {
			equal(t, "newest first", strings.Index(asked, "/p/45/") < strings.Index(asked, "/p/44/"), true)
		}
		r.clock.add(2 * time.Hour)
	}
}

func TestBlindListingsAreConditional(t *testing.T) {
	t.Parallel()
	p := pages{}
	var all []entry
	for n := 12; n > 0; n-- {
		e := post(n, float64(20-n), -1)
		all = append(all, e)
		p[fmt.Sprintf("/c?for=%%2Fp%%2F%d", n)] = atomOf("", entry{id: fmt.Sprint("c", n), text: "Yes.", hours: 1, link: fmt.Sprintf("/p/%d#c", n)})
	}
	p["/posts"] = atomOf("", all...)
	r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		p.ServeHTTP(w, r)
	}, digest.Generic, "/posts")
	src.CommentsPattern = st.URL + "/c?for={path}"
	if err := r.store.SaveSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, src); err != nil {
		t.Fatal(err)
	}
	r.due(src)
	equal(t, "asked at first", strings.Count(st.requests(), "/c?for="), 10)
	equal(t, "comments", len(r.comments(src)), 10)
	for _, c := range r.comments(src) {
		equal(t, "the post is known", c.PostID != 0, true)
		equal(t, "a candidate of the first issue", c.Backfill, false)
	}
	r.after(2 * time.Hour).due(src)
	equal(t, "asked conditionally then", strings.Count(st.requests(), `/c?for=%2Fp%2F12 if-none-match="1"`), 1)
	r.pull(src, poll.Options{History: true})
	equal(t, "all of them with history", len(r.comments(src)), 12)
}

func TestListingOnAnotherHostIsNotAsked(t *testing.T) {
	t.Parallel()
	e := post(1, 5, 3)
	e.listing = "https://elsewhere.test/comments"
	r, src, _ := play(t, pages{"/posts": atomOf("", e), "/comments": atomOf("", said(1, 1, 4))}.ServeHTTP, digest.Generic)
	report := r.due(src)
	equal(t, "requests", report.Requests, 2)
}

func TestListingThatFailsIsPutOff(t *testing.T) {
	t.Parallel()
	p := pages{"/feeds/posts/default": bloggerOf("", "", 1, post(1, 90, 2)), "/feeds/comments/default": bloggerOf(".comments", "", 1, said(11, 1, 50))}
	status := http.StatusInternalServerError
	r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/feeds/1/") {
			w.WriteHeader(status)
			return
		}
		p.ServeHTTP(w, r)
	}, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	day := func() (asked int, notices string) {
		for range 24 {
			report := r.due(src)
			equal(t, "error", report.Err, nil)
			asked += strings.Count(st.requests(), "/feeds/1/")
			notices += fmt.Sprint(report.Notices)
			r.clock.add(66 * time.Minute)
		}
		return asked, notices
	}
	if asked, _ := day(); asked < 4 || asked > 6 {
		t.Errorf("a listing that fails was asked for %d times in a day, want some 5", asked)
	}
	// One that is not there is asked for until its post announces something else.
	status = http.StatusNotFound
	r.clock.add(24 * time.Hour)
	asked, notices := day()
	equal(t, "asked for one that is not there", asked, 1)
	equal(t, "told", strings.Count(notices, "a post announces comments, and the feed of them is not there: "+st.URL+"/feeds/1/comments/default?max-results=500 (2)"), 1)
}

// A list of the newest is as long as a number that was read before more came: that
// proves nothing of those it leaves out, in a pull or right before an issue goes out.
func TestAnOldNumberProvesNothing(t *testing.T) {
	t.Parallel()
	newest := func(from int) http.HandlerFunc {
		p := pages{"/comments": atomOf("", manySaid(from, from-2, 1, 30)...), "/p/1/feed/": atomOf("", manySaid(from, from-2, 1, 30)...),
			"/posts": atomOf("", post(1, 90, from-10)), "/p/1": "<html>the post</html>"}
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/posts" {
				w.Header().Set("ETag", `"posts"`) // comments do not change it
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
			}
			p.ServeHTTP(w, r)
		}
	}
	r, src, st := play(t, newest(13), digest.WordPress)
	r.due(src)
	st.now(newest(15))
	report := r.after(2 * time.Hour).due(src)
	equal(t, "new and gone", fmt.Sprint(report.Stored.NewComments, report.Stored.GoneComments), "2 0")
	st.now(newest(16))
	found, err := r.Recheck(t.Context(), ids(r.comments(src), "tag:lamp.test,2026:c-11", "tag:lamp.test,2026:c-15"))
	equal(t, "gone right before", fmt.Sprint(found.Looked, found.Gone, err), "2 0 <nil>")
}
func TestListingAsLongAsTheCount(t *testing.T) {
	t.Parallel()
	newest := func(from int) string { return atomOf("", append(manySaid(from, from-8, 1, 30), said(5, 2, 60))...) }
	p := pages{"/feed/": atomOf("", post(2, 80, 1), post(1, 90, 9)), "/comments/feed/": newest(20), "/p/1": ""}
	r, src, st := play(t, p.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
	r.due(src)
	equal(t, "comments", len(r.comments(src)), 10)
	named := func(n int) string { return fmt.Sprint("tag:lamp.test,2026:c-", n) }

	// One is removed: the list has fewer entries than the blog's feeds hold.
	p["/feed/"] = atomOf("", post(2, 80, 1), post(1, 90, 8))
	p["/p/1/feed/"] = atomOf("", manySaid(20, 13, 1, 30)...)
	equal(t, "gone", r.after(2*time.Hour).due(src).Stored.GoneComments, 1)
	equal(t, "which", r.comments(src)[named(12)].GoneBy, digest.ByAbsence)

	// Three come, of which the posts feed counts two only, being older: the list
	// gives the newest ten of eleven.
	p["/feed/"] = atomOf("", post(2, 80, 1), post(1, 90, 10))
	p["/comments/feed/"] = atomOf("", manySaid(23, 14, 1, 27)...)
	p["/p/1/feed/"] = p["/comments/feed/"]
	r.clock.add(2 * time.Hour)
	st.requests()
	equal(t, "gone of those beyond the newest", r.due(src).Stored.GoneComments, 0)
	equal(t, "the list was read", strings.HasSuffix(st.requests(), "/p/1/feed/"), true)
	found, err := r.Recheck(t.Context(), ids(r.comments(src), named(13), named(14)))
	equal(t, "gone after a recheck", fmt.Sprint(found.Gone, found.Looked, err), "0 2 <nil>")
}

// A count that was read once says nothing when it has been another meanwhile.
func TestRemovedAgain(t *testing.T) {
	t.Parallel()
	p := pages{}
	r, src, st := play(t, p.ServeHTTP, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	say := func(all ...entry) {
		p["/feeds/posts/default"] = bloggerOf("", "", 1, post(1, 90, len(all)))
		p["/feeds/comments/default"] = bloggerOf(".comments", "", len(all), slices.Clone(all)...)
		p["/feeds/1/comments/default?max-results=500"] = bloggerOf(".post1..comments", "", len(all), slices.Clone(all)...)
		r.due(src)
		r.clock.add(2 * time.Hour)
	}
	for n := 12; n < 15; n++ {
		say(said(n, 1, 40), said(11, 1, 50))
		say(said(11, 1, 50))
		c := r.comments(src)[fmt.Sprint(commentID, n)]
		equal(t, fmt.Sprint("comment ", n), fmt.Sprintf("%v %s", c.Gone, c.GoneBy), "true absence")
	}
	st.requests()
	say(said(11, 1, 50))
	equal(t, "requests when nothing differs", st.requests(), "/feeds/posts/default, /feeds/comments/default")
}

// The count may be ahead of the list for a while, where answers are kept on the way.
func TestListingThatLagsBehindTheCount(t *testing.T) {
	t.Parallel()
	for _, unchanged := range []bool{false, true} {
		t.Run(fmt.Sprint("not modified: ", unchanged), func(t *testing.T) {
			p := pages{}
			r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
				if body := p[r.URL.RequestURI()]; strings.HasPrefix(r.URL.Path, "/c/") {
					tag := fmt.Sprintf(`"%d"`, len(body))
					w.Header().Set("ETag", tag)
					if unchanged && r.Header.Get("If-None-Match") == tag {
						w.WriteHeader(http.StatusNotModified)
						return
					}
				}
				p.ServeHTTP(w, r)
			}, digest.Generic, "/posts")
			src.CommentsPattern = st.URL + "/c{path}"
			if err := r.store.SaveSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, src); err != nil {
				t.Fatal(err)
			}
			announce := func(n int) {
				one := post(1, 90, n)
				p["/posts"] = atomOf("", append(manyPosts(9, 2), one)...)
				r.due(src)
				r.clock.add(3 * time.Hour)
			}
			p["/c/p/1"] = atomOf("", said(11, 1, 50))
			announce(1)
			announce(2)
			equal(t, "comments", len(r.comments(src)), 1)
			p["/c/p/1"] = atomOf("", said(12, 1, 40), said(11, 1, 50))
			announce(2)
			equal(t, "comments when the list has caught up", len(r.comments(src)), 2)
			st.requests()
			announce(2)
			equal(t, "requests then", st.requests(), "/posts")
		})
	}
}

// manyPosts are posts without comments.
func manyPosts(from, to int) (all []entry) {
	for n := from; n >= to; n-- {
		all = append(all, post(n, float64(80-n), 0))
	}
	return all
}

// On the first pull, too, a list of ten of twelve is as long as it gets, and is not
// read again.
func TestListingAsLongAsItGetsIsReadOnce(t *testing.T) {
	t.Parallel()
	p := pages{
		"/feed/":          atomOf("", post(1, 90, 12)),
		"/comments/feed/": atomOf("", append(manySaid(60, 52, 2, 1), said(22, 1, 20))...),
		"/p/1/feed/":      atomOf("", manySaid(22, 13, 1, 20)...),
	}
	r, src, st := play(t, p.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
	for range 3 {
		r.due(src)
		r.clock.add(3 * time.Hour)
	}
	equal(t, "comments", len(r.comments(src)), 19)
	equal(t, "reads", strings.Count(st.requests(), "/p/1/feed/"), 1)
}
