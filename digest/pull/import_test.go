package pull_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/dump"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/importer"
	"postbag/digest/pull/poll"
)

// shelf is a rig with a database of its own, to import into.
type shelf struct{ *rig }

func newShelf(t *testing.T, b *blog, start string) shelf {
	t.Helper()
	return shelf{newRig(t, b, database(t), start)}
}

// imports imports a file and wants no error.
func (s shelf) imports(file io.ReadSeeker, change ...func(*importer.Options)) importer.Result {
	s.t.Helper()
	out, err := s.tryImport(file, change...)
	if err != nil {
		s.t.Fatalf("import: %v", err)
	}
	return out
}

func (s shelf) tryImport(file io.ReadSeeker, change ...func(*importer.Options)) (importer.Result, error) {
	s.t.Helper()
	r, err := dump.Open(s.t.Context(), file)
	if err != nil {
		return importer.Result{}, err
	}
	opts := importer.Options{Export: r, First: firstSeries}
	for _, f := range change {
		f(&opts)
	}
	return s.Import(s.t.Context(), nobody, opts)
}

// follow attaches the blog's feeds to a source that an import made.
func (s shelf) follow(src digest.Source) digest.Source {
	s.t.Helper()
	found := newRig(s.t, s.blog, database(s.t), s.clock.Now().Format("2006-01-02T15:04:05Z"))
	feeds, err := found.store.Feeds(s.t.Context(), found.add().ID)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range feeds {
		feeds[i].ID = 0
	}
	if err := s.store.AddSource(s.t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, feeds, firstSeries); err != nil {
		s.t.Fatal(err)
	}
	return src
}

// rows writes down what is stored, whatever the order in which it came.
func (s shelf) rows() string {
	posts, comments := contents(s.t, s.store)
	post, comment := map[int64]string{}, map[int64]string{}
	var all []string
	for _, p := range posts {
		post[p.ID] = p.GUID
		all = append(all, fmt.Sprintf("post %s %s %q by %q %s: %s", p.GUID, p.URL, p.Title, p.Author, p.Published, p.Body.Text()))
	}
	for _, c := range comments {
		comment[c.ID] = c.GUID
	}
	for _, c := range comments {
		all = append(all, fmt.Sprintf("comment %s %s by %q (%s) %s under %s replying to %s, gone %v %q: %s", c.GUID, c.URL, c.Author,
			c.AuthorURI, c.Published, post[c.PostID], comment[c.ParentID], c.Gone, c.GoneReason, c.Body.Text()))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func sampleExport(t *testing.T, name string) io.ReadSeeker {
	t.Helper()
	f, err := os.Open(filepath.Join(digesttest.SampleBlog(t), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// The founding blog from its feeds, from its exports, and from both in either
// order: the same rows.
func TestFoundingBlogFromFeedsAndExports(t *testing.T) {
	t.Parallel()
	dir := digesttest.SampleBlog(t)
	b := newBlog(t, (&sample{dir: dir, firstPage: 1}).page)
	fromFeeds := newShelf(t, b, afterTheLast)
	fromFeeds.pull(fromFeeds.add(), poll.Options{History: true})
	want := fromFeeds.rows()

	for _, name := range []string{"export.atom", "takeout-feed.atom"} {
		atBlog := func(o *importer.Options) { o.URL = "probationmatters.blogspot.com" }
		t.Run(name+" alone", func(t *testing.T) {
			s := newShelf(t, b, afterTheLast)
			out := s.imports(sampleExport(t, name), atBlog)
			equal(t, "made a source", out.Made, true)
			equal(t, "posts", out.Stored.NewPosts, 5)
			if name != "export.atom" {
				equal(t, "comments", out.Stored.NewComments, 123)
				return // removed comments are not in it
			}
			equal(t, "source", fmt.Sprint(out.Source.Name, out.Source.URL, out.Source.Platform), "On Probation Bloghttps://probationmatters.blogspot.com/blogger")
			equal(t, "comments", out.Stored.NewComments, 126)
			equal(t, "gone", out.Stored.GoneComments, 3)
			posts, comments := contents(s.t, s.store)
			checkSample(t, readExpected(t, dir), posts, comments)
			sameRows(t, s.rows(), want)
		})
		t.Run(name+" after the feeds", func(t *testing.T) {
			s := newShelf(t, b, afterTheLast)
			src := s.add()
			s.pull(src, poll.Options{History: true})
			out := s.imports(sampleExport(t, name))
			equal(t, "source", out.Source.ID, src.ID)
			equal(t, "stored", figures(out.Stored), "0 0 0 0 0")
			sameRows(t, s.rows(), want)
		})
		t.Run(name+" before the feeds", func(t *testing.T) {
			s := newShelf(t, b, afterTheLast)
			src := s.follow(s.imports(sampleExport(t, name), atBlog).Source)
			report := s.pull(src, poll.Options{History: true})
			equal(t, "changed by the feeds", report.Stored.ChangedComments+report.Stored.ChangedPosts, 0)
			sameRows(t, s.rows(), want)
			equal(t, "stored by a second import", figures(s.imports(sampleExport(t, name)).Stored), "0 0 0 0 0")
			sameRows(t, s.rows(), want)
		})
	}
}

func figures(s pull.Stored) string {
	return fmt.Sprint(s.NewPosts, s.ChangedPosts, s.NewComments, s.ChangedComments, s.GoneComments)
}

func sameRows(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	wanted := strings.Split(want, "\n")
	for _, row := range strings.Split(got, "\n") {
		if !slices.Contains(wanted, row) {
			t.Errorf("the rows differ, first by: %.300s", row)
			return
		}
	}
	t.Error("rows are missing")
}

// A cut file brings what was whole, and the whole file the rest.
func TestImportGoesOnAfterACutFile(t *testing.T) {
	t.Parallel()
	body, err := io.ReadAll(sampleExport(t, "export.atom"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page)
	whole := newShelf(t, b, afterTheLast)
	whole.imports(strings.NewReader(string(body)))
	s := newShelf(t, b, afterTheLast)
	out, err := s.tryImport(strings.NewReader(string(body[:len(body)*2/3])))
	wantError(t, "cut file", err, digest.Invalid, "ends in the middle, after tag:blogger.com")
	if n := out.Stored.NewComments; n < 20 || n > 120 {
		t.Errorf("%d comments came of two thirds of the file", n)
	}
	rest := s.imports(strings.NewReader(string(body)))
	equal(t, "comments in all", out.Stored.NewComments+rest.Stored.NewComments, 126)
	sameRows(t, s.rows(), whole.rows())
}

// Old comments that an import brings can be picked, but are no news; those of the
// last week are.
func TestImportedCommentsAreBackfill(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page)
	s := newShelf(t, b, afterTheLast)
	s.imports(sampleExport(t, "export.atom"))
	_, comments := contents(s.t, s.store)
	for _, c := range comments {
		if want := c.Published.Before(s.clock.Now().Add(-digest.FirstWeek)); c.Backfill != want {
			t.Errorf("backfill is %v for a comment of %v", c.Backfill, c.Published)
		}
	}
}

func pressExport(t *testing.T, home string) string {
	t.Helper()
	body := fixture(t, "dump", "wordpress-1.2.xml")
	return strings.ReplaceAll(body, "http://blog.test", home)
}

// A WordPress blog's feeds give its newest comments without their parents, and its
// export all of them with: together each comment is stored once, with its parent.
func TestWordPressFromFeedsAndExport(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	for _, tt := range []struct {
		name        string
		importFirst bool
		home        string // of the export
	}{
		{"feeds first", false, b.url},
		{"export first", true, b.url},
		{"from before the blog moved", false, "http://old.test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(t, b, thatEvening)
			var src digest.Source
			var out importer.Result
			if tt.importFirst {
				out = s.imports(strings.NewReader(pressExport(t, tt.home)))
				src = s.follow(out.Source)
				s.pull(src, poll.Options{})
			} else {
				src = s.add()
				s.pull(src, poll.Options{})
				out = s.imports(strings.NewReader(pressExport(t, tt.home)), func(o *importer.Options) { o.Source = src.ID })
			}
			equal(t, "source", out.Source.ID, src.ID)
			posts, comments := contents(s.t, s.store)
			equal(t, "posts", len(posts), 3)
			equal(t, "comments", len(comments), 8) // 3 in the feed, 6 in the export, 1 of them in both
			byKey := map[string]digest.Comment{}
			for _, c := range comments {
				byKey[c.Key] = c
				if c.PostID == 0 {
					t.Errorf("comment %s has no post", c.GUID)
				}
			}
			equal(t, "parent of a reply", byKey["comment-204"].ParentID, byKey["comment-104"].ID)
			equal(t, "parent that was removed", byKey["comment-203"].ParentID, byKey["comment-202"].ID)
			equal(t, "removed", byKey["comment-202"].Gone, true)
			again := s.imports(strings.NewReader(pressExport(t, tt.home)), func(o *importer.Options) { o.Source = src.ID })
			equal(t, "stored again", figures(again.Stored), "0 0 0 0 0")
		})
	}
}

// Feeds do not undo an import: what WordPress puts around a reply's words, and forms that
// give only their beginning, leave the words and the parent as they are.
func TestFeedsDoNotUndoAnImport(t *testing.T) {
	t.Parallel()
	const page = "%BLOG%/2026/03/who-locks-the-water/"
	item := func(text string) string {
		return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Comments</title><generator>https://wordpress.org/?v=6.8</generator><item><link>` +
			page + `#comment-204</link><guid>%BLOG%/?p=41#comment-204</guid><pubDate>Thu, 05 Mar 2026 19:00:00 +0000</pubDate><content:encoded><![CDATA[` + text + `]]></content:encoded></item></channel></rss>`
	}
	const words = "<blockquote><p>Plot 12 was dry.</p><p>All week.</p></blockquote><p>Mine, too.</p>"
	for name, tt := range map[string]struct{ text, want string }{
		"the line before a reply": {"<p>Als Antwort auf <a href='" + page + "#comment-104'>Bob (the builder)</a>.</p>" + words, "Plot 12 was dry.\n\nAll week.\n\nMine, too."},
		"a line of a plugin's":    {"<p>A reply to <a href='" + page + "'>" + "this post</a> by somebody</p>" + words, "Plot 12 was dry.\n\nAll week.\n\nMine, too."},
		"the beginning":           {"Plot 12 was dry. All week. Mine [&#8230;]", "Plot 12 was dry.\n\nAll week.\n\nMine, too."},
		"an edit":                 {"<p>Plot 12 was wet.</p>", "Plot 12 was wet."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, newBlog(t, (&press{t: t, comments: item(tt.text)}).page), thatEvening)
			src := s.follow(s.imports(strings.NewReader(pressExport(t, s.blog.url))).Source)
			report := s.pull(src, poll.Options{})
			equal(t, "changed", report.Stored.ChangedComments, map[bool]int{true: 1}[name == "an edit"])
			_, comments := contents(s.t, s.store)
			byKey := map[string]digest.Comment{}
			for _, c := range comments {
				byKey[c.Key] = c
			}
			equal(t, "words", byKey["comment-204"].Body.Text(), tt.want)
			equal(t, "writer", byKey["comment-204"].Author, "Ines Vega")
			equal(t, "parent", byKey["comment-204"].ParentID, byKey["comment-104"].ID)
		})
	}
}

// What the blog has put into its trash is marked if it was known, and makes no
// row if it was not.
func TestTrashIsTakenOver(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	s := newShelf(t, b, thatEvening)
	src := s.add()
	s.pull(src, poll.Options{})
	trash := strings.NewReplacer("comment_id>205<", "comment_id>102<").Replace(pressExport(t, b.url))
	out := s.imports(strings.NewReader(trash))
	equal(t, "newly gone", out.Stored.GoneComments, 2)
	_, comments := contents(s.t, s.store)
	for _, c := range comments {
		if strings.HasSuffix(c.GUID, "#comment-102") {
			equal(t, "gone", c.Gone, true)
			equal(t, "words kept", c.Body.Text(), "The key hangs in the shed, behind the seed tins.")
		}
	}
	equal(t, "comments", len(comments), 8)
}

// Disqus keeps a thread for every address of a page; the blog's own posts are
// taken for them where they are known.
func TestDisqusUnderTheBlogsOwnPosts(t *testing.T) {
	t.Parallel()
	s := newShelf(t, newBlog(t, (&press{t: t}).page), thatEvening)
	src := s.imported(digest.Source{Name: "The Towpath", URL: "https://www.towpath.example/", Platform: digest.Generic, AddedAt: s.clock.Now()})
	_, err := s.store.StorePage(t.Context(), pull.Page{SourceID: src.ID, Seen: s.clock.Now(), Posts: []digest.Post{{
		SourceID: src.ID, GUID: "tag:towpath.example,2020:locks", URL: "https://towpath.example/locks/", URLKey: "/locks",
		Title: "Locks, and a pub", Published: at("2020-03-31T20:00:00Z"), Announced: -1, Hash: "h", Body: digest.Plain("Seven of them."),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	body := fixture(t, "dump", "disqus.xml")
	out := s.imports(strings.NewReader(body))
	equal(t, "source", out.Source.ID, src.ID)
	equal(t, "new posts", out.Stored.NewPosts, 1)
	equal(t, "new comments", out.Stored.NewComments, 8)
	posts, comments := contents(s.t, s.store)
	under := map[int64]int{}
	for _, c := range comments {
		under[c.PostID]++
	}
	for _, p := range posts {
		switch p.GUID {
		case "tag:towpath.example,2020:locks":
			equal(t, "title kept", p.Title, "Locks, and a pub")
			equal(t, "comments under it", under[p.ID], 4)
		default:
			equal(t, "the other post", p.URL, "https://towpath.example/by-identifier/")
			equal(t, "comments under it", under[p.ID], 1)
		}
	}
	equal(t, "comments without a post", under[0], 3)
	equal(t, "stored again", figures(s.imports(strings.NewReader(body)).Stored), "0 0 0 0 0")
}

func TestWhoseExportItIs(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	wxr := pressExport(t, "http://blog.test")
	takeout := fixture(t, "dump", "takeout.atom")
	add := func(s shelf, name, url string) digest.Source {
		return s.imported(digest.Source{Name: name, URL: url, Platform: digest.WordPress, AddedAt: s.clock.Now()})
	}
	t.Run("address in another dress", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		add(s, "Other", "https://other.test/")
		want := add(s, "Gate", "https://www.blog.test/")
		equal(t, "source", s.imports(strings.NewReader(wxr)).Source.ID, want.ID)
	})
	t.Run("no head at all", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		want := add(s, "Gate", "https://www.blog.test/")
		_, items, _ := strings.Cut(wxr, "</wp:author>")
		out := s.imports(strings.NewReader(`<rss xmlns:wp="http://wordpress.org/export/1.0/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>` + items))
		equal(t, "source", out.Source.ID, want.ID)
		equal(t, "comments", out.Stored.NewComments, 6)
	})
	t.Run("another folder of the host", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		add(s, "One", "https://blog.test/one/")
		want := add(s, "Two", "https://blog.test/two")
		two := strings.ReplaceAll(wxr, "base_blog_url>http://blog.test<", "base_blog_url>http://blog.test/two/<")
		equal(t, "source", s.imports(strings.NewReader(two)).Source.ID, want.ID)
		_, err := s.tryImport(strings.NewReader(wxr))
		wantError(t, "two candidates", err, digest.Conflict, "2 sources")
	})
	t.Run("its posts", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		want := add(s, "Ferries", "https://moved.example/")
		if _, err := s.store.StorePage(t.Context(), pull.Page{SourceID: want.ID, Seen: s.clock.Now(), Posts: []digest.Post{{
			GUID: "tag:blogger.com,1999:blog-7.post-100", Title: "Late", Published: s.clock.Now(), Hash: "x"}}}); err != nil {
			t.Fatal(err)
		}
		equal(t, "source", s.imports(strings.NewReader(takeout)).Source.ID, want.ID)
		posts, _ := contents(s.t, s.store)
		equal(t, "address filled in", posts[0].URL, "https://moved.example/2019/05/late.html")
	})
	t.Run("nobody's", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		_, err := s.tryImport(strings.NewReader(takeout))
		wantError(t, "no address", err, digest.Invalid, "where the blog lives")
		_, err = s.tryImport(strings.NewReader(wxr), func(o *importer.Options) { o.Source = 9 })
		equal(t, "unknown source", digest.KindOf(err), digest.NotFound)
		dry := s.imports(strings.NewReader(wxr), func(o *importer.Options) { o.DryRun = true })
		equal(t, "counted", fmt.Sprint(dry.Made, dry.Tally.Posts, dry.Tally.Comments), "true 3 6")
		sources, err := s.store.Sources(t.Context())
		posts, comments := contents(s.t, s.store)
		equal(t, "stored so far", len(sources)+len(posts)+len(comments), 0)
		equal(t, "error", err, nil)

		out := s.imports(strings.NewReader(takeout), func(o *importer.Options) { o.URL = "slowferries.example" })
		equal(t, "made", out.Made, true)
		equal(t, "source", out.Source.Name+" "+out.Source.URL, "Slow Ferries https://slowferries.example/")
		posts, _ = contents(s.t, s.store)
		equal(t, "address", posts[0].URL, "https://slowferries.example/2019/05/late.html")
		series, err := s.store.SeriesList(t.Context())
		equal(t, "series", len(series), 1)
		equal(t, "error", err, nil)
	})
	t.Run("said to be another's", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		other := add(s, "Other", "https://other.test/")
		out := s.imports(strings.NewReader(wxr), func(o *importer.Options) { o.Source = other.ID })
		equal(t, "notices", fmt.Sprint(out.Notices), "[the export is of http://blog.test, and the source is at https://other.test/]")
	})
	t.Run("nothing in it", func(t *testing.T) {
		s := newShelf(t, b, thatEvening)
		out := s.imports(strings.NewReader(`<disqus xmlns="http://disqus.com"></disqus>`))
		equal(t, "notices", fmt.Sprint(out.Notices), "[it holds no post and no comment for readers]")
	})
}

// Every other format: imported twice, its rows stay as they are, and each comment has its
// post and its parent. What the blog's own feed of posts gives is one with what the export
// calls so, whichever came first.
func TestOtherFormatsAreImported(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	for _, tt := range []struct {
		file, url string // the address, where the export does not name it
		name      string // of the source
		page      string // of one of its posts
		key       string // by which feeds know that
		under     int    // comments under it

		posts, comments, replies, gone int
	}{
		{"remark42.json", "", "ferns.test https://ferns.test/ remark42", "https://ferns.test/spores/", "/spores", 3, 2, 4, 2, 1},
		{"commento.json", "", "bells.test https://bells.test/ comentario", "https://bells.test/changes/plain-bob/", "/changes/plain-bob", 3, 1, 3, 1, 1},
		{"comentario.json", "bells.test", "bells.test https://bells.test/ comentario", "https://bells.test/changes/grandsire/", "/changes/grandsire", 3, 1, 3, 1, 1},
		{"isso-threads.json", "https://moth.test/", "moth.test https://moth.test/ isso", "https://moth.test/traps/light/", "/traps/light", 2, 2, 3, 0, 0},
		{"isso-rows.json", "https://moth.test/", "moth.test https://moth.test/ isso", "https://moth.test/traps/light/", "/traps/light", 3, 1, 3, 1, 1},
		{"ghost.json", "kiln.test", "Kiln Notes https://kiln.test/ ghost", "https://kiln.test/glaze-and-fire/", "/glaze-and-fire", 3, 1, 3, 2, 1},
		{"movabletype.txt", "", "coldframe.test http://coldframe.test/ movabletype", "http://coldframe.test/2009/11/lifting-leeks.html", "/2009/11/lifting-leeks.html", 2, 2, 2, 0, 0},
		{"list.mbox", "", "Knots and splices https://lists.knots.test/archives/knots/ generic", "https://lists.knots.test/archives/knots/m1/", "/archives/knots/m1", 3, 2, 4, 1, 0},
	} {
		t.Run(tt.file, func(t *testing.T) {
			body := fixture(t, "dump", tt.file)
			at := func(o *importer.Options) { o.URL = tt.url }
			s := newShelf(t, b, "2026-03-09T20:00:00Z")
			out := s.imports(strings.NewReader(body), at)
			equal(t, "source", out.Source.Name+" "+out.Source.URL+" "+string(out.Source.Platform), tt.name)
			equal(t, "stored", figures(out.Stored), fmt.Sprint(tt.posts, 0, tt.comments, 0, tt.gone))
			s.checkImported(tt.page, tt.under, tt.comments, tt.replies)
			want := s.rows()
			equal(t, "stored again", figures(s.imports(strings.NewReader(body), at).Stored), "0 0 0 0 0")
			sameRows(t, s.rows(), want)

			// The blog's own posts were followed before, or are afterwards. What is known of a
			// page by the comments under it may be of another day.
			own := s.ownPost(tt.page, tt.key)
			page := pull.Page{SourceID: out.Source.ID, Seen: s.clock.Now(), Posts: []digest.Post{own}}
			if _, err := s.store.StorePage(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			s.checkImported(tt.page, tt.under, tt.comments, tt.replies)
			posts, _ := contents(t, s.store)
			equal(t, "posts with the blog's own", len(posts), tt.posts)
			equal(t, "stored after it", figures(s.imports(strings.NewReader(body), at).Stored), "0 0 0 0 0")

			s = newShelf(t, b, "2026-03-09T20:00:00Z")
			src := s.imported(digest.Source{Name: "The blog", URL: out.Source.URL, Platform: digest.Generic, AddedAt: s.clock.Now()})
			page.SourceID, page.Posts[0].SourceID = src.ID, src.ID
			if _, err := s.store.StorePage(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			out = s.imports(strings.NewReader(body), func(o *importer.Options) { o.Source = src.ID })
			equal(t, "new posts beside the blog's own", out.Stored.NewPosts, tt.posts-1)
			s.checkImported(tt.page, tt.under, tt.comments, tt.replies)
			posts, _ = contents(t, s.store)
			for _, p := range posts {
				if p.URL == tt.page {
					equal(t, "words kept", p.Title+": "+p.Body.Text(), "The blog's own title: The blog's own words.")
				}
			}
			want = s.rows()
			page.Posts[0].Hash, page.Posts[0].Title = "h2", "Another title"
			if _, err := s.store.StorePage(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			equal(t, "stored again", figures(s.imports(strings.NewReader(body), func(o *importer.Options) { o.Source = src.ID }).Stored), "0 0 0 0 0")
			sameRows(t, s.rows(), strings.ReplaceAll(want, "The blog's own title", "Another title"))
		})
	}
}

// ownPost is a post as the blog's own feed gives it that is imported at an address.
func (s shelf) ownPost(address, key string) digest.Post {
	s.t.Helper()
	posts, _ := contents(s.t, s.store)
	for _, p := range posts {
		if p.URL != address {
			continue
		}
		written := p.Published
		if len(p.Body) == 0 {
			written = written.Add(-5 * 24 * time.Hour)
		}
		return digest.Post{SourceID: p.SourceID, GUID: "tag:own,2026:1", URL: address, URLKey: key, Title: "The blog's own title", Published: written,
			Announced: -1, Hash: "h", Body: digest.Plain("The blog's own words.")}
	}
	s.t.Fatalf("no post at %s", address)
	return digest.Post{}
}

// checkImported counts the comments that are under a page, and those that have a parent.
func (s shelf) checkImported(page string, under, comments, replies int) {
	s.t.Helper()
	posts, all := contents(s.t, s.store)
	var post int64
	for _, p := range posts {
		if p.URL == page {
			post = p.ID
		}
		if !p.Published.Before(s.clock.Now().Add(-time.Hour)) && p.Title != "The blog's own title" {
			s.t.Errorf("post %s has the moment of the import for a date", p.GUID)
		}
	}
	found := [3]int{len(all)}
	for _, c := range all {
		if c.PostID == post && post != 0 {
			found[1]++
		}
		if c.ParentID != 0 {
			found[2]++
		}
		if c.PostID == 0 || !c.Published.Before(s.clock.Now().Add(-time.Hour)) {
			s.t.Errorf("comment %s of %v is under post %d", c.GUID, c.Published, c.PostID)
		}
	}
	equal(s.t, "comments, under the page, with a parent", found, [3]int{comments, under, replies})
}

// Whatever an export holds, a second import changes nothing, and neither does it
// matter that the first one was interrupted.
func TestImportingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	for seed := range uint64(6) {
		body := anyExport(rand.New(rand.NewPCG(seed, 1)))
		once, cut := newShelf(t, b, thatEvening), newShelf(t, b, thatEvening)
		once.imports(strings.NewReader(body))
		want := once.rows()
		again := once.imports(strings.NewReader(body))
		equal(t, "stored again", figures(again.Stored), "0 0 0 0 0")
		sameRows(t, once.rows(), want)
		if _, err := cut.tryImport(strings.NewReader(body[:len(body)/2])); err == nil {
			t.Error("half a file gave no error")
		}
		cut.imports(strings.NewReader(body))
		sameRows(t, cut.rows(), want)
	}
}

// anyExport makes a Blogger backup of whatever can go wrong with one: ids that
// stand twice or are used again, replies before what they reply to, comments
// without a date, a post, a writer or words, removed ones.
func anyExport(r *rand.Rand) string {
	const kind = `<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#%s'/>`
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var out strings.Builder
	out.WriteString(`<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:gd='http://schemas.google.com/g/2005'>` +
		`<id>tag:blogger.com,1999:blog-7.archive</id><title>Slow Ferries</title><link rel='alternate' href='https://slowferries.example/'/>`)
	for i := range 900 {
		fmt.Fprintf(&out, `<entry><id>tag:blogger.com,1999:blog-7.post-%d</id>`, 1+r.IntN(700))
		if r.IntN(9) > 0 {
			fmt.Fprintf(&out, `<published>2019-05-%02dT%02d:%02d:00Z</published>`, 1+r.IntN(28), r.IntN(24), r.IntN(60))
		}
		if i%30 == 0 {
			fmt.Fprintf(&out, kind+`<title>Late %d</title><content type='html'>%s</content><thr:total>%d</thr:total></entry>`, "post", r.IntN(9), pick("", "An hour.", "Two."), r.IntN(40))
			continue
		}
		fmt.Fprintf(&out, kind+`<content type='html'>%s</content><author><name>%s</name></author>`, "comment",
			pick("", "Two hours.", "It was late &lt;b&gt;again&lt;/b&gt;.", fmt.Sprint("No. ", i)), pick("", "Anonymous", "Purser", "Una"))
		if r.IntN(2) > 0 {
			fmt.Fprintf(&out, `<link rel='alternate' href='https://slowferries.example/late.html?showComment=%d#c%d'/>`, i, r.IntN(700))
		}
		if r.IntN(3) > 0 {
			fmt.Fprintf(&out, `<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-%d'/>`, 1+r.IntN(700))
		}
		if r.IntN(2) > 0 {
			fmt.Fprintf(&out, `<link rel='related' href='https://www.blogger.com/feeds/7/1/comments/default/%d'/>`, 1+r.IntN(700))
		}
		out.WriteString(pick("", "", "", `<gd:extendedProperty name='blogger.contentRemoved' value='true'/>`) + "</entry>")
	}
	return out.String() + "</feed>"
}

// What a comment box gives in its feed and in its export is one, whichever came first.
func TestExportsAndFeedsOfCommentBoxes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		export, feed, home string
		same               *strings.Replacer // the words of the feed for those of the export
	}{
		{"remark42.json", "remark42.rss", "https://ferns.test", strings.NewReplacer("<p>Under glass?</p>", "<p>Under glass, yes.</p>",
			"<p>Sow them on <em>peat</em>.</p>", `<p>Do yours come up?</p>\n<blockquote><p>a quotation of her own</p></blockquote>`)},
		{"comentario.json", "comentario.rss", "https://bells.test", strings.NewReplacer("/changes/grandsire/", "/changes/plain-bob/",
			"Mind the <em>thirds</em>.", "Count the handstrokes.")},
	} {
		t.Run(tt.export, func(t *testing.T) {
			b := newBlog(t, stand(t, tt.home, map[string]string{"/talk.rss": tt.feed}).page)
			body := tt.same.Replace(strings.ReplaceAll(fixture(t, "dump", tt.export), tt.home, b.url))
			at := func(o *importer.Options) { o.URL = b.url }
			follow := func(s shelf) digest.Source {
				found, err := s.Add(t.Context(), nobody, "", firstSeries, discover.Options{Comments: b.url + "/talk.rss"})
				if err != nil {
					t.Fatal(err)
				}
				return found.Source
			}
			first := newShelf(t, b, "2026-03-09T20:00:00Z")
			first.imports(strings.NewReader(body), at)
			_, before := contents(t, first.store)
			src := follow(first)
			report := first.pull(src, poll.Options{})
			_, after := contents(t, first.store)
			equal(t, "sources that hold comments", before[0].SourceID, src.ID)
			equal(t, "stored by the feed after the export", figures(report.Stored), "0 0 0 0 0")
			equal(t, "comments", len(after), len(before))
			equal(t, "stored by the export again", figures(first.imports(strings.NewReader(body), at).Stored), "0 0 0 0 0")

			later := newShelf(t, b, "2026-03-09T20:00:00Z")
			later.pull(follow(later), poll.Options{})
			later.imports(strings.NewReader(body), at)
			_, comments := contents(t, later.store)
			equal(t, "comments, the feed first", len(comments), len(before))
			for _, c := range comments {
				if c.PostID == 0 {
					t.Errorf("comment %s has no post", c.GUID)
				}
			}
		})
	}
}
