package pull_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// fixedIDs are the feeds of a blog whose ids do not tell where it lives.
func fixedIDs(title string, names ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title><link>%%BLOG%%/</link>`, title)
	for i, n := range names {
		fmt.Fprintf(&b, `<item><title>%[1]s</title><link>%%BLOG%%/%[1]s</link><guid isPermaLink="false">id:%[1]s</guid>`+
			`<pubDate>Thu, 05 Mar 2026 0%[2]d:00:00 +0000</pubDate><description>Words of %[1]s.</description></item>`, n, i)
	}
	return b.String() + "</channel></rss>"
}

func kettleRow() webSite {
	return webSite{
		"/":             head + linkTo("rss", "Kettle Row", "/posts.xml") + linkTo("rss", "Comments", "/comments.xml") + "</head></html>",
		"/posts.xml":    fixedIDs("Kettle Row", "p1", "p2", "p3"),
		"/comments.xml": fixedIDs("Comments on Kettle Row", "p1#comment-1", "p2#comment-2"),
		"/other.xml":    fixedIDs("Another blog", "x1", "x2"),
	}
}

func TestBlogFollowedUnderAnotherAddress(t *testing.T) {
	t.Parallel()
	old, moved := newBlog(t, kettleRow().page), newBlog(t, kettleRow().page)
	store := database(t)
	r := newRig(t, old, store, thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})

	there := newRig(t, moved, store, thatEvening)
	_, err := there.Add(t.Context(), nobody, moved.url, firstSeries, discover.Options{})
	wantError(t, "the moved blog", err, digest.Conflict, `followed already, as source 1 ("Kettle Row"), under other addresses`)
	equal(t, "offer", fmt.Sprint(digest.ActsOf(err)),
		fmt.Sprint([]digest.Act{{Do: digest.ChangeSource, Source: 1, Posts: moved.url + "/posts.xml", Comments: moved.url + "/comments.xml"}}))
	wantError(t, "the same address", errOf(r.Add(t.Context(), nobody, old.url, firstSeries, discover.Options{})), digest.Conflict, "followed already, as source 1")
	_, err = there.Add(t.Context(), nobody, moved.url+"/other.xml", firstSeries, discover.Options{})
	if err != nil {
		t.Errorf("another blog on the same host: %v", err)
	}
}

func TestBlogThatMovedToAnotherSpellingIsKnown(t *testing.T) {
	t.Parallel()
	page := func(host string) webSite {
		return webSite{host + "/feed.xml": rssOf("Row", "", "/1", "/2", "/3"), host + "/": head + linkTo("rss", "Row", "/feed.xml") + "</head></html>"}
	}
	e := &elsewhere{webSite: page("https://row.test")}
	r := e.puller(t)
	found := r.adds("row.test/")
	r.pull(found.Source, poll.Options{})
	e.webSite = page("https://www.row.test")
	wantError(t, "www.", errOf(r.Add(t.Context(), nobody, "www.row.test/", firstSeries, discover.Options{})), digest.Conflict, "under other addresses")
}

func TestBlogThatAnImportBroughtGetsItsFeeds(t *testing.T) {
	t.Parallel()
	b := newBlog(t, kettleRow().page)
	store := database(t)
	r := newRig(t, b, store, thatEvening)
	imported := r.imported(digest.Source{Name: "Kettle Row, imported", Platform: digest.Generic})
	var page pull.Page
	page.SourceID, page.Seen = imported.ID, at(thatEvening)
	for _, n := range []string{"p1", "p2", "p3", "p4"} {
		page.Posts = append(page.Posts, digest.Post{GUID: "id:" + n, Title: n, Published: at(thatEvening)})
	}
	if _, err := store.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	found := r.adds(b.url)
	equal(t, "attached to", fmt.Sprint(found.Source.ID, found.Attached), fmt.Sprint(imported.ID, true))
	equal(t, "stored again", fmt.Sprint(r.pull(found.Source, poll.Options{}).Stored.NewPosts), "0")
	sources, err := store.Sources(t.Context())
	equal(t, "sources", fmt.Sprint(len(sources), err), "1 <nil>")
	equal(t, "home page", sources[0].URL, b.url+"/")
}

// An export that is older than all that the feed lists is of the same blog when its
// home page is.
func TestBlogThatAnOldExportBroughtGetsItsFeeds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path string
		want bool
	}{"the same home page": {"", true}, "another page of the host": {"/club/", false}} {
		t.Run(name, func(t *testing.T) {
			b := newBlog(t, kettleRow().page)
			r := newRig(t, b, database(t), thatEvening)
			r.imported(digest.Source{Name: "Kettle Row, imported", URL: b.url + tt.path, Platform: digest.Disqus})
			found, err := r.Add(t.Context(), nobody, b.url, firstSeries, discover.Options{})
			equal(t, "attached", fmt.Sprint(found.Attached, err), fmt.Sprint(tt.want, nil))
		})
	}
}

func TestAFeedsAddressIsChanged(t *testing.T) {
	t.Parallel()
	old, moved := newBlog(t, kettleRow().page), newBlog(t, kettleRow().page)
	store := database(t)
	r := newRig(t, old, store, thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})
	stopped := r.feed(src, digest.PostsFeed)
	stopped.Stopped, stopped.GoneSince, stopped.LastError, stopped.Failures = true, r.clock.Now(), "410", 7
	stopped.Suspect, stopped.MovedTo, stopped.MovedPolls = "look", "http://x.test/", 2
	if err := store.SaveFeed(t.Context(), stopped, stopped.CatchUp); err != nil {
		t.Fatal(err)
	}
	r.clock.add(time.Hour)
	there := newRig(t, moved, store, thatEvening)
	there.clock = r.clock
	changed, err := there.Change(t.Context(), nobody, src.ID, discover.Change{
		Options: discover.Options{Posts: moved.url + "/posts.xml", Platform: digest.Drupal, Name: "Row"}, URL: moved.url + "/"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", fmt.Sprint(moved.asked()), "[/posts.xml]")
	equal(t, "source", fmt.Sprint(changed.Source.Name, changed.Source.Platform, changed.Source.URL), fmt.Sprint("Row", digest.Drupal, moved.url+"/"))
	f := r.feed(src, digest.PostsFeed)
	want := digest.FeedState{ID: stopped.ID, SourceID: src.ID, Kind: digest.PostsFeed, URL: moved.url + "/posts.xml",
		LastSuccess: stopped.LastSuccess, NextPoll: f.NextPoll, PageSize: stopped.PageSize, Daily: stopped.Daily, CatchUp: f.CatchUp}
	if !reflect.DeepEqual(f, want) || f.CatchUp.IsZero() {
		t.Errorf("feed is %+v, want %+v", f, want)
	}
	equal(t, "the other feed", r.feed(src, digest.CommentsFeed).URL, old.url+"/comments.xml")
	equal(t, "stored again", there.pull(src, poll.Options{}).Stored.NewPosts, 0)

	changed, err = there.Change(t.Context(), nobody, src.ID, discover.Change{Options: discover.Options{Posts: moved.url + "/other.xml"}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "notice", strings.Contains(fmt.Sprint(changed.Notices), "none of the posts there are known"), true)
}

func TestAPatternIsSetAndForgotten(t *testing.T) {
	t.Parallel()
	s := kettleRow()
	s["/talk?of=%2Fp1"] = fixedIDs("Comments on p1", "p1#comment-1")
	b := newBlog(t, s.page)
	r := newRig(t, b, database(t), thatEvening)
	src := r.add()
	for _, tt := range []struct {
		change discover.Change
		want   string
		asked  string
	}{
		{discover.Change{Options: discover.Options{CommentsPattern: b.url + "/talk?of={path}"}}, b.url + "/talk?of={path}", "[/posts.xml /talk?of=%2Fp1]"},
		{discover.Change{NoPattern: true}, "", "[]"},
	} {
		changed, err := r.Change(t.Context(), nobody, src.ID, tt.change)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "pattern", changed.Source.CommentsPattern, tt.want)
		equal(t, "requests", fmt.Sprint(b.asked()), tt.asked)
	}
}

func TestAChangeThatCannotBeChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBlog(t, kettleRow().page)
	r := newRig(t, b, database(t), thatEvening)
	src := r.add()
	if _, err := r.Add(t.Context(), nobody, "", firstSeries, discover.Options{Posts: b.url + "/other.xml"}); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(r.feed(src, digest.PostsFeed), r.feed(src, digest.CommentsFeed))
	for _, tt := range []struct {
		id     int64
		change discover.Change
		kind   digest.Kind
		words  string
	}{
		{src.ID, discover.Change{}, digest.Invalid, "nothing is named"},
		{src.ID, discover.Change{Options: discover.Options{Posts: b.url + "/404"}}, digest.NotFound, "404"},
		{src.ID, discover.Change{Options: discover.Options{Comments: b.url + "/"}}, digest.Invalid, "web page"},
		{src.ID, discover.Change{Options: discover.Options{Posts: b.url + "/posts.xml", Comments: b.url + "/404"}}, digest.NotFound, "404"},
		{src.ID, discover.Change{Options: discover.Options{Posts: b.url + "/other.xml"}}, digest.Conflict, "by source 2"},
		{src.ID, discover.Change{Options: discover.Options{Platform: "x"}}, digest.Invalid, "no platform"},
		{src.ID, discover.Change{URL: "two words"}, digest.Invalid, "not an address"},
	} {
		tt.change.Name = strings.TrimSuffix("changed", map[bool]string{true: "changed"}[tt.words == "nothing is named"])
		wantError(t, fmt.Sprint(tt.change), errOf(r.Change(t.Context(), nobody, tt.id, tt.change)), tt.kind, tt.words)
	}
	_, err := r.Change(t.Context(), nobody, 77, discover.Change{URL: b.url})
	equal(t, "unknown source", digest.KindOf(err), digest.NotFound)
	equal(t, "feeds", fmt.Sprint(r.feed(src, digest.PostsFeed), r.feed(src, digest.CommentsFeed)), before)
	still, err := r.store.Source(t.Context(), src.ID)
	equal(t, "name", fmt.Sprint(still.Name, err), "Kettle Row<nil>")
}

// The editor names another feed while another process pulls the old one: what that
// stores at its end does not undo it.
func TestChangeDuringAPull(t *testing.T) {
	t.Parallel()
	there := newStage(t, pages{"/posts": atomOf("", post(2, 80, -1), post(1, 90, -1))}.ServeHTTP)
	r, src, st := play(t, nil, digest.Generic, "/posts")
	editor := newRig(t, &blog{t: t, url: there.URL}, r.store, "2026-03-05T20:00:00Z")
	st.now(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := editor.Change(t.Context(), nobody, src.ID, discover.Change{Options: discover.Options{Posts: there.URL + "/posts"}}); err != nil {
			t.Error(err)
		}
		w.Header().Set("ETag", `"old"`)
		fmt.Fprint(w, atomOf("", post(1, 90, -1)))
	})
	r.due(src)
	f := r.feed(src, digest.PostsFeed)
	equal(t, "the feed", fmt.Sprintf("%s %q", f.URL, f.ETag), there.URL+`/posts ""`)
	st.now(http.NotFound)
	editor.clock.add(2 * time.Hour)
	editor.due(src)
	equal(t, "posts", editor.posts(src), 2)
	f = r.feed(src, digest.PostsFeed)
	equal(t, "all is there", fmt.Sprint(f.URL, " ", f.CatchUp.IsZero(), f.LastSuccess.Equal(editor.clock.Now())), there.URL+"/posts true true")
}

// An export of Disqus calls posts by their addresses, and the blog's feed may have
// other ids for them. Its home page is the same.
func TestFeedsOfABlogWhoseExportNamesPostsOtherwise(t *testing.T) {
	t.Parallel()
	b := newBlog(t, kettleRow().page)
	r := newRig(t, b, database(t), thatEvening)
	src := r.imported(digest.Source{Name: "Row", URL: b.url + "/", AddedAt: r.clock.Now()})
	post := digest.Post{GUID: b.url + "/p1", URL: b.url + "/p1", URLKey: "/p1", Title: "p1", Published: at("2026-03-05T00:00:00Z"), Announced: -1}
	if _, err := r.store.StorePage(t.Context(), pull.Page{SourceID: src.ID, Posts: []digest.Post{post}, Seen: r.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	found := r.adds(b.url)
	equal(t, "source", fmt.Sprint(found.Source.ID, found.Attached), fmt.Sprint(src.ID, true))
	r.pull(found.Source, poll.Options{})
	equal(t, "posts", r.posts(src), 3)
}
