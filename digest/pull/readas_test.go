package pull_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// What a person says of a blog's maker counts more than what its feeds say, but a
// comment box elsewhere stays what it is.
func TestThePlatformThatIsSaidCounts(t *testing.T) {
	t.Parallel()
	s := database(t)
	const blogger = `<generator uri="http://www.blogger.com">Blogger</generator>`
	one := post(1, 90, -1)
	one.id = "http://lamp.test/?p=1"
	word := func(n int) entry {
		c := said(n, 1, 30)
		c.id, c.link, c.ref = "http://lamp.test/?p=1#comment-"+string(rune('0'+n)), "/p/1#comment-"+string(rune('0'+n)), one.id
		return c
	}
	p := pages{"/posts": atomOf(blogger, one), "/comments": atomOf(blogger, word(1), word(2))}
	st := newStage(t, nil)
	st.now(func(w http.ResponseWriter, r *http.Request) { p.ServeHTTP(w, r) })
	r, src := playIn(t, s, st, digest.Blogger)
	r.due(src)
	equal(t, "the number of a comment, by what the feed says", r.comments(src)["http://lamp.test/?p=1#comment-1"].Key, "/p/1#comment-1")

	found, err := r.Change(t.Context(), nobody, src.ID, discover.Change{Options: discover.Options{Platform: digest.WordPress}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "said", found.Source.PlatformSet, true)
	p["/comments"] = atomOf(blogger, word(1), word(2), word(3))
	r.after(2*time.Hour).pull(src, poll.Options{Force: true})
	equal(t, "the number of a comment", r.comments(src)["http://lamp.test/?p=1#comment-3"].Key, "comment-3")

	p["/comments"] = strings.ReplaceAll(atomOf(`<generator>Isso</generator><id>tag:talk.test,2018:/isso/thread/p/1</id>`, entry{id: "tag:talk.test,2018:/isso/1/7",
		link: "/p/1#isso-7", text: "From a box.", author: "Ines", hours: 1, total: -1}), "<title>t</title>", "<title>Comment #7</title>")
	r.after(2*time.Hour).pull(src, poll.Options{Force: true})
	equal(t, "the number of a comment of a box", r.comments(src)["tag:talk.test,2018:/isso/1/7"].Key, "isso-7")
}
