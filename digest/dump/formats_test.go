package dump_test

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/feed"
	"postbag/digest/markup"
)

func fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func at(text string) time.Time {
	tm, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return tm.UTC()
}

func textOf(b feed.Body) string { return markup.FromHTML(b.HTML, b.Base).Text() }

// WordPress has written three versions of its format; they differ in the address
// of the namespace.
func TestWordPressExports(t *testing.T) {
	for _, version := range []string{"1.0", "1.1", "1.2"} {
		t.Run(version, func(t *testing.T) {
			body := strings.ReplaceAll(fixture(t, "wordpress-1.2.xml"), "export/1.2/", "export/"+version+"/")
			got := readWhole(t, strings.NewReader(body), "")
			equal(t, "head", got.head, dump.Head{Format: dump.WXR, Platform: digest.WordPress,
				Title: "The Allotment Gate – plots & people", HomeURL: "http://blog.test", Language: "en-GB"})
			equal(t, "posts", got.tally.Posts, 3)
			equal(t, "comments", got.tally.Comments, 6)
			equal(t, "replies", got.tally.Replies, 3)
			equal(t, "gone", got.tally.Gone, 1)
			equal(t, "deleted", fmt.Sprint(got.deleted), "[http://blog.test/?p=41#comment-205]")
			equal(t, "left out", got.left(), "1 attachment, 1 entry of another kind, 1 draft, 1 comment under what is no published post, "+
				"1 post with a password, 1 comment that is not approved, 1 spam comment, 1 notice of a link")
			checkWordPress(t, got)
		})
	}
}

// A copy of a post can have the guid of the original.
func TestWordPressPostsOfOneGUID(t *testing.T) {
	item := func(number string) string {
		return `<item><title>Gate ` + number + `</title><link>http://blog.test/` + number + `/</link><guid isPermaLink="false">http://blog.test/?p=41</guid>` +
			`<wp:post_id>` + number + `</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>` +
			`<wp:comment><wp:comment_id>1` + number + `</wp:comment_id><wp:comment_content>x</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment></item>`
	}
	got := readWhole(t, strings.NewReader(`<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>`+
		item("41")+item("42")+`</channel></rss>`), "")
	var names []string
	for _, p := range got.posts {
		names = append(names, p.ID+" "+p.Key)
	}
	equal(t, "posts", strings.Join(names, ", "), "http://blog.test/?p=41 post-41, http://blog.test/42/ post-42")
	equal(t, "the copy's comment", got.comment(t, "comment-142").PostRef, "http://blog.test/42/")
}

func checkWordPress(t *testing.T, got whole) {
	t.Helper()
	equal(t, "page with a comment", got.posts[0].ID+" "+got.posts[0].Title, "http://blog.test/?page_id=2 About these plots")
	equal(t, "its comment", got.comment(t, "comment-3").PostRef, "http://blog.test/?page_id=2")
	p := got.posts[1]
	equal(t, "post", fmt.Sprint(p.ID, p.Key, p.URL, p.Title, p.Author, p.Announced),
		fmt.Sprint("http://blog.test/?p=41", "post-41", "http://blog.test/2026/03/who-locks-the-water/", "Who locks the water?", "Maureen at the Gate", -1))
	equal(t, "published", p.Published, at("2026-03-05T08:00:00Z"))
	equal(t, "text", textOf(p.Body), "The tap by the gate was locked\nagain.\n\nWho has the key?")
	equal(t, "title", got.posts[2].Title, "Beans & bindweed")
	equal(t, "writer without a name", got.posts[2].Author, "somebody-else")
	equal(t, "fallen back to the local date", got.posts[2].Published, at("2026-02-14T19:30:00Z"))
	equal(t, "text in blocks", textOf(got.posts[2].Body), "Written in blocks.")

	bob := got.comment(t, "comment-104")
	equal(t, "names", fmt.Sprint(bob.ID, bob.URL, bob.PostRef, bob.PostKey, bob.ParentRef, bob.ParentKey),
		fmt.Sprint("http://blog.test/?p=41#comment-104", "http://blog.test/2026/03/who-locks-the-water/#comment-104", "http://blog.test/?p=41", "post-41", "", ""))
	equal(t, "author", bob.Author+" "+bob.AuthorURI, "Bob (the builder) https://bob.example/")
	equal(t, "text", textOf(bob.Body), "I saw the parish van there at seven. They don't ask.\n\nPlot 12 & 13 were dry all week.")
	equal(t, "published", bob.Published, at("2026-03-05T18:10:00Z"))

	removed, reply := got.comment(t, "comment-202"), got.comment(t, "comment-203")
	equal(t, "removed", fmt.Sprintf("%v %s %s", removed.Gone, removed.GoneReason, removed.Body.HTML), "true it is in the blog's trash ")
	equal(t, "reply to it", reply.ParentRef+" "+reply.ParentKey, removed.ID+" "+removed.Key)
	equal(t, "nameless writer", reply.Author, "Anonymous")
	equal(t, "local date", reply.Published, at("2026-03-05T09:00:00Z"))
	equal(t, "two lines", textOf(reply.Body), "A reply to what is gone.\nOn two lines.")

	quoted := got.comment(t, "comment-204")
	equal(t, "no date at all: the post's", quoted.Published, at("2026-03-05T08:00:00Z"))
	equal(t, "quote of two paragraphs", textOf(quoted.Body), "Plot 12 was dry.\n\nAll week.\n\nMine, too.")
	equal(t, "unknown parent", got.comment(t, "comment-209").ParentKey, "comment-150")
	if dump := fmt.Sprint(got.posts, got.comments); strings.Contains(dump, "secret.test") || strings.Contains(dump, "203.0.113.9") {
		t.Error("an e-mail or IP address was read")
	}
}

func TestDisqusExport(t *testing.T) {
	got := readWhole(t, strings.NewReader(fixture(t, "disqus.xml")), "")
	equal(t, "head", got.head, dump.Head{Format: dump.DisqusXML, Platform: digest.Disqus, Title: "towpath"})
	equal(t, "comments", got.tally.Comments, 8)
	equal(t, "replies", got.tally.Replies, 2)
	equal(t, "gone", got.tally.Gone, 1)
	equal(t, "left out", got.left(), "1 deleted thread, 1 spam comment, 1 comment under what is no published post, 1 thread without comments")
	var posts []string
	for _, p := range got.posts {
		posts = append(posts, p.ID+" "+p.Title)
	}
	equal(t, "posts", strings.Join(posts, "; "), "https://towpath.example/locks/ Seven locks & a pub; "+
		"https://towpath.example/by-identifier/ Known by its identifier")
	equal(t, "under the page by another address", got.comment(t, "comment-110").PostRef, "https://towpath.example/locks/")

	removed, reply := got.comment(t, "comment-101"), got.comment(t, "comment-102")
	equal(t, "removed", fmt.Sprintf("%v %s %s", removed.Gone, removed.Author, removed.Body.HTML), "true Wren ")
	equal(t, "reply to it", reply.ParentRef+" "+reply.ParentKey, removed.ID+" comment-101")
	equal(t, "names", reply.ID+" "+reply.URL+" "+reply.PostRef,
		"https://towpath.example/locks/#comment-102 https://towpath.example/locks/#comment-102 https://towpath.example/locks/")
	equal(t, "author", reply.Author+" "+reply.AuthorURI, "Perry https://disqus.com/by/perry/")
	equal(t, "text", textOf(reply.Body), "Seven with the guard lock.")

	orphan := got.comment(t, "comment-105")
	equal(t, "orphan", orphan.ID+" "+orphan.PostRef+" "+orphan.URL, "disqus:comment-105 disqus-thread:99 ")
	equal(t, "without a thread", got.comment(t, "comment-106").PostRef+"|"+got.comment(t, "comment-106").Author, "|Anonymous")
	equal(t, "thread without an address", got.comment(t, "comment-108").PostRef, "disqus-thread:14")
	for _, c := range got.comments {
		if c.Key == "" {
			equal(t, "without a number", strings.HasPrefix(c.ID, "hash:"), true)
		}
	}
	if dump := fmt.Sprint(got.posts, got.comments); strings.Contains(dump, "secret.example") || strings.Contains(dump, "203.0.113.77") {
		t.Error("an e-mail or IP address was read")
	}
}

// forum is a Disqus export of threads, each an address and a title, with a comment each.
func forum(threads ...[2]string) string {
	var b strings.Builder
	b.WriteString(`<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	for i, x := range threads {
		fmt.Fprintf(&b, `<thread dsq:id="%d"><id/><link>%s</link><title>%s</title><createdAt>2019-06-%02dT08:00:00Z</createdAt></thread>`,
			i+1, html.EscapeString(x[0]), x[1], i%28+1)
	}
	for i := range threads {
		fmt.Fprintf(&b, `<post dsq:id="%d"><message>Said %d.</message><createdAt>2019-07-01T09:00:00Z</createdAt><author><name>Wren</name></author>`+
			`<thread dsq:id="%d"/></post>`, 500+i, i, i+1)
	}
	return b.String() + "</disqus>"
}

// Disqus makes a thread of every address under which a page was looked at.
func TestDisqusThreadsOfOnePage(t *testing.T) {
	const page, lock = "https://towpath.example/lock-gates.html", "Lock gates"
	for name, tt := range map[string]struct {
		threads [][2]string
		want    string // addresses of posts
	}{
		"decorations of what is not known": {[][2]string{{page + "?m=1", lock}, {"http://www.towpath.example/lock-gates.html?spref=tw", lock},
			{page + "?utm_source=x&utm_medium=y", "Lock gates | Towpath"}, {page + "?replytocom=51", lock}, {page + "?from=timeline&isappinstalled=0", lock},
			{page + "/?fbclid=abc", lock}, {page + "?_escaped_fragment_=", lock}}, page + "?m=1"},
		"the page itself among them": {[][2]string{{page + "?amp=1", lock}, {page, lock}, {page + "?showComment=7#c7", lock}}, page},
		"by https and without":       {[][2]string{{"http://towpath.example/mill/", "Mill"}, {"https://www.towpath.example/mill", "The mill"}}, "https://www.towpath.example/mill"},
		"with the blog's name": {[][2]string{{page, lock}, {page + "?nomobile", lock + " | Towpath"}, {page + "?x=1", "Towpath - " + lock}, {page + "?x=2", lock + "s of Ely"}},
			page + " " + page + "?x=2"},
		"what nobody knows, of one title": {[][2]string{{page, lock}, {page + "?nomobile&x=9", lock}, {page + "?share=jabber", lock}}, page},
		"a version for telephones":        {[][2]string{{"https://towpath.example/mill/", "Mill"}, {"https://towpath.example/mill/amp/", "Mill"}, {"https://towpath.example/mill/index.html", "Mill"}}, "https://towpath.example/mill/"},
		"copies elsewhere": {[][2]string{{page, lock},
			{"http://translate.googleusercontent.com/translate_c?depth=1&hl=fr&u=" + url.QueryEscape(page) + "&usg=abc", lock},
			{"http://webcache.googleusercontent.com/search?q=cache:Ab-12:" + "towpath.example/lock-gates.html+gates&hl=en", lock},
			{"https://web.archive.org/web/20190801000000/" + page, lock}}, page},
		"other pages by their number": {[][2]string{{"https://towpath.example/?p=7", "Mill"}, {"https://towpath.example/?p=8", "Weir"}, {"https://towpath.example/", "Towpath"}},
			"https://towpath.example/?p=7 https://towpath.example/?p=8 https://towpath.example/"},
		"a real m": {[][2]string{{"https://towpath.example/board?m=41", "Board"}, {"https://towpath.example/board?m=42", "Board"}},
			"https://towpath.example/board?m=41 https://towpath.example/board?m=42"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readWhole(t, strings.NewReader(forum(tt.threads...)), "")
			var posts []string
			for _, p := range got.posts {
				posts = append(posts, p.URL)
			}
			equal(t, "posts", strings.Join(posts, " "), tt.want)
			equal(t, "comments", len(got.comments), len(tt.threads))
			for _, c := range got.comments {
				if !slices.Contains(posts, c.PostRef) {
					t.Errorf("%s is under %q, which is no post", c.ID, c.PostRef)
				}
			}
		})
	}
}

// A comment without a date that can be read has that of what it is under, in every
// format.
func TestCommentsWithoutADate(t *testing.T) {
	disqus := strings.Replace(forum([2]string{"https://towpath.example/mill/", "Mill"}), "2019-07-01T09:00:00Z", "the other day", 1)
	backup := strings.Replace(backupOf(1, "words"), "<published>2019-05-01T09:00:00.000Z<", "<published>soon<", 1)
	takeout := strings.NewReplacer("2019-05-01T09:00:00.250Z", "", "2019-05-01T09:05:00Z", "0000-00-00").Replace(fixture(t, "takeout.atom"))
	for name, tt := range map[string]struct{ body, want string }{
		"Disqus": {disqus, "2019-06-01T08:00:00Z"}, "backup": {backup, "2019-05-01T07:00:00Z"}, "Takeout": {takeout, "2019-05-01T07:00:00Z"},
	} {
		for _, c := range readWhole(t, strings.NewReader(tt.body), "").comments {
			equal(t, name+": published", c.Published, at(tt.want))
		}
	}
}

// What stands before the first date of a file has that, and an order is kept.
func TestCommentsBeforeTheFirstDate(t *testing.T) {
	body := forum([2]string{"https://towpath.example/mill/", "Mill"}, [2]string{"https://towpath.example/weir/", "Weir"}, [2]string{"https://towpath.example/lock/", "Lock"})
	body = regexp.MustCompile(`<createdAt>[^<]*</createdAt>`).ReplaceAllString(body, "")
	dated := strings.Replace(body, "<message>Said 1.</message>", "<message>Said 1.</message><createdAt>2019-07-01T09:00:00Z</createdAt>", 1)
	got := readWhole(t, strings.NewReader(dated), "")
	equal(t, "entries", fmt.Sprint(len(got.posts), len(got.comments)), "3 3")
	equal(t, "the first", got.comments[0].Key, "comment-500")
	for _, p := range got.posts {
		equal(t, p.Title, p.Published, at("2019-07-01T09:00:00Z"))
	}
	for _, c := range got.comments {
		equal(t, c.ID, c.Published, at("2019-07-01T09:00:00Z"))
	}
	got = readWhole(t, strings.NewReader(body), "")
	equal(t, "entries without any date", fmt.Sprint(len(got.posts), len(got.comments), got.comments[2].Published.IsZero()), "3 3 true")
}

// A date that is still to come is a fault, too.
func TestCommentsOfTheFuture(t *testing.T) {
	body := strings.Replace(forum([2]string{"https://towpath.example/mill/", "Mill"}), "2019-07-01T09:00:00Z", "2109-07-01T09:00:00Z", 1)
	r, err := dump.Open(t.Context(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetNow(at("2026-03-05T20:00:00Z"))
	b, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "published", b.Comments[0].Published, at("2019-06-01T08:00:00Z"))
}

// What readers write under a page is given with the page, wherever that stands in the
// file; a page to which nobody wrote is none.
func TestCommentsUnderPages(t *testing.T) {
	page := strings.NewReplacer("kind#post", "kind#page", "post-100<", "post-90<", "2019/05/late.html", "p/guests.html").Replace(fmt.Sprintf(backupPost, 1))
	under := strings.NewReplacer("ref='tag:blogger.com,1999:blog-7.post-100'", "ref='tag:blogger.com,1999:blog-7.post-90'").Replace(backupComment(4, "Hello."))
	draft := strings.Replace(strings.ReplaceAll(page, "post-90<", "post-91<"), "</entry>", "<app:control xmlns:app='x'><app:draft>yes</app:draft></app:control></entry>", 1)
	hidden := strings.ReplaceAll(strings.ReplaceAll(under, "post-90", "post-91"), "post-1004", "post-1005")
	empty := strings.ReplaceAll(page, "post-90<", "post-92<")
	for name, body := range map[string]string{"before": page + under, "behind": under + page} {
		got := readWhole(t, strings.NewReader(backupHead+empty+draft+body+hidden+"</feed>"), "")
		equal(t, name+": posts", len(got.posts), 1)
		equal(t, name+": post", got.posts[0].ID, got.comment(t, "tag:blogger.com,1999:blog-7.post-1004").PostRef)
		equal(t, name+": left out", got.left(), "1 setting, 2 pages, 1 comment under what is no published post")
	}
}

// Some writers of the format leave the quotation marks out, or number otherwise.
func TestDisqusInAnotherHand(t *testing.T) {
	body := strings.NewReplacer(`<thread dsq:id="11"/>`, `<thread dsq:id=11/>`, `"102"`, `"x102"`).Replace(fixture(t, "disqus.xml"))
	got := readWhole(t, strings.NewReader(body), "")
	equal(t, "comments", got.tally.Comments, 8)
	equal(t, "its post", got.comment(t, "comment-x102").PostRef, "https://towpath.example/locks/")
}

// TestStatesOfWordPress goes through what items and comments may be: what readers of
// the blog do not see is left out, each under its name.
func TestStatesOfWordPress(t *testing.T) {
	const head = `<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:base_blog_url>https://a.test</wp:base_blog_url>`
	item := func(kind, status, rest string) string {
		return head + `<item><link>https://a.test/p/</link><wp:post_id>1</wp:post_id><wp:post_type>` + kind + `</wp:post_type><wp:status>` + status +
			`</wp:status>` + rest + `</item></channel></rss>`
	}
	for kind, want := range map[[2]string]string{
		{"post", "publish"}: "", {"", ""}: "", {"post", ""}: "",
		{"page", "publish"}: "1 page", {"attachment", "inherit"}: "1 attachment", {"nav_menu_item", "publish"}: "1 entry of another kind",
		{"post", "draft"}: "1 draft", {"post", "auto-draft"}: "1 draft", {"post", "pending"}: "1 draft", {"post", "future"}: "1 draft",
		{"post", "private"}: "1 unpublished post", {"post", "trash"}: "1 unpublished post", {"page", "draft"}: "1 page",
	} {
		got := readWhole(t, strings.NewReader(item(kind[0], kind[1], "")), "")
		equal(t, fmt.Sprint(kind)+" left out", got.left(), want)
		equal(t, fmt.Sprint(kind)+" posts", len(got.posts) == 1, want == "")
	}
	const said = `<wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_content>x</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>`
	for kind, want := range map[[2]string]string{
		{"page", "publish"}: "", {"attachment", "inherit"}: "", {"recipe", "publish"}: "",
		{"page", "private"}: "1 comment under what is no published post, 1 page", {"recipe", "inherit"}: "1 comment under what is no published post, 1 entry of another kind",
	} {
		got := readWhole(t, strings.NewReader(item(kind[0], kind[1], said)), "")
		equal(t, fmt.Sprint(kind)+" with a comment left out", got.left(), want)
		equal(t, fmt.Sprint(kind)+" posts and comments", fmt.Sprint(len(got.posts) == 1, len(got.comments) == 1), fmt.Sprint(want == "", want == ""))
	}
	for state, want := range map[[2]string]string{
		{"1", "review"}: "", {"1", "order_note"}: "1 entry of another kind",
		{"1", ""}: "", {"1", "comment"}: "", {"0", ""}: "1 comment that is not approved", {"post-trashed", ""}: "1 comment that is not approved",
		{"spam", ""}: "1 spam comment", {"1", "pingback"}: "1 notice of a link", {"1", "trackback"}: "1 notice of a link",
	} {
		got := readWhole(t, strings.NewReader(item("post", "publish", `<wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_approved>`+state[0]+
			`</wp:comment_approved><wp:comment_type>`+state[1]+`</wp:comment_type></wp:comment>`)), "")
		equal(t, fmt.Sprint(state)+" left out", got.left(), want)
		equal(t, fmt.Sprint(state)+" comments", len(got.comments) == 1, want == "")
	}
	trashed := readWhole(t, strings.NewReader(item("post", "publish", `<wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_approved>trash</wp:comment_approved></wp:comment>`)), "")
	equal(t, "a comment in the trash", fmt.Sprintf("%d, %q, %d", len(trashed.comments), trashed.left(), len(trashed.deleted)), `0, "", 1`)
}

func TestTakeout(t *testing.T) {
	got := readWhole(t, strings.NewReader(fixture(t, "takeout.atom")), "https://slowferries.example/")
	equal(t, "posts", len(got.posts), 1)
	equal(t, "title escaped twice", got.posts[0].Title, `The "Marram" is late & wet`)
	equal(t, "address", got.posts[0].URL, "https://slowferries.example/2019/05/late.html")
	equal(t, "comments", len(got.comments), 2)
	first, reply := got.comments[0], got.comments[1]
	equal(t, "permalink", first.URL, "https://slowferries.example/2019/05/late.html?showComment=1556701200250#c1001")
	equal(t, "parent", reply.ParentRef, first.ID)
	equal(t, "profile", reply.AuthorURI, "https://www.blogger.com/profile/55")
	equal(t, "deleted", fmt.Sprint(got.deleted), "[tag:blogger.com,1999:blog-7.post-1004]")
	equal(t, "left out", got.left(), "2 unpublished posts, 1 comment that is not approved, 1 comment under what is no published post, 1 page")

	homeless := readWhole(t, strings.NewReader(fixture(t, "takeout.atom")), "")
	equal(t, "address while the blog's is not known", homeless.posts[0].URL+homeless.comments[0].URL, "")
}

func TestBackup(t *testing.T) {
	body := strings.Replace(backupOf(3, "Late &lt;b&gt;again&lt;/b&gt;"), "<thr:total>3<", "<thr:total>10<", 1)
	body = strings.Replace(body, "</feed>", strings.Replace(backupComment(7, "x"), "</entry>",
		`<link rel='related' href='http://www.blogger.com/feeds/7/100/comments/default/1000?v=2'/>`+
			`<gd:extendedProperty name='blogger.contentRemoved' value='true'/></entry>`, 1)+"</feed>", 1)
	got := readWhole(t, strings.NewReader(body), "")
	equal(t, "language", got.head.Language, "en-GB")
	equal(t, "title", got.posts[0].Title, `The "Marram" is late`)
	equal(t, "announced", got.posts[0].Announced, 10)
	equal(t, "differing counts", fmt.Sprint(got.tally.Differ), `[{The "Marram" is late 10 4}]`)
	equal(t, "related link of a reply", got.comment(t, "tag:blogger.com,1999:blog-7.post-1007").ParentRef, "tag:blogger.com,1999:blog-7.post-1000")
	equal(t, "removed", got.tally.Gone, 1)
}

// Batches stay small, and hold no two entries of one name.
func TestBatches(t *testing.T) {
	got := readWhole(t, strings.NewReader(backupOf(1000, "words")), "")
	equal(t, "comments", len(got.comments), 1000)
	equal(t, "batches", got.batches, 4)
	big := readWhole(t, strings.NewReader(backupOf(6, strings.Repeat("x", 900_000))), "")
	equal(t, "batches of big comments", big.batches, 3)
	twice := strings.Replace(backupOf(2, "words"), "</feed>", backupComment(1, "again")+"</feed>", 1)
	got = readWhole(t, strings.NewReader(twice), "")
	equal(t, "comments, one of them twice", len(got.comments), 3)
	equal(t, "batches", got.batches, 2)
}

// No writer's mail address comes out of an export, also where it stands for the name.
func TestNobodysMailAddressIsAName(t *testing.T) {
	for file, names := range map[string][]string{
		"wordpress-1.2.xml": {"[Len]", "[Bob (the builder)]"},
		"disqus.xml":        {"<name>Perry<", "<name>Wren<", "<name>Heron<"},
		"takeout.atom":      {"<name>Una<", "<name>Purser<"},
	} {
		body := fixture(t, file)
		for i, name := range names {
			if !strings.Contains(body, name) {
				t.Fatalf("%s has no %s", file, name)
			}
			address := fmt.Sprintf("jane.%d@mail.example", i)
			if strings.HasPrefix(name, "[") {
				address = "[" + address + "]"
			} else {
				address = "<name>" + address + "<"
			}
			body = strings.ReplaceAll(body, name, address)
		}
		got, found := readWhole(t, strings.NewReader(body), "https://towpath.example/"), 0
		for _, p := range got.posts {
			found += checkName(t, file, p.Author)
		}
		for _, c := range got.comments {
			found += checkName(t, file, c.Author)
		}
		if found == 0 {
			t.Errorf("%s: no name was read of an address", file)
		}
	}
}

func checkName(t *testing.T, file, name string) int {
	t.Helper()
	if strings.Contains(name, "mail.example") {
		t.Errorf("%s: the writer is %q", file, name)
	}
	return strings.Count(name, "jane.")
}
