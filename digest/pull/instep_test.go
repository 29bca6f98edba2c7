package pull_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest"
)

// Each case is a comments feed as it stands first and as it stands two hours
// later, and what has to be stored then.
func TestOddEntriesFollowTheirRule(t *testing.T) {
	t.Parallel()
	at := func(e entry, change func(*entry)) entry { change(&e); return e }
	one := said(1, 1, 30)
	for _, tt := range []struct {
		name          string
		before, after []entry
		want          int // comments in all
		changed       int // by the second pull
	}{
		{"the same again", []entry{one}, []entry{one}, 1, 0},
		{"an edit", []entry{one}, []entry{at(one, func(e *entry) { e.text = "Better words." })}, 1, 1},
		{"an edit of the markup alone", []entry{one}, []entry{at(one, func(e *entry) { e.text = "Word 1  of a reader. " })}, 1, 0},
		{"another id, the same permalink", []entry{one}, []entry{at(one, func(e *entry) { e.id = "tag:lamp.test,2027:other" })}, 1, 0},
		{"no id any more, the same permalink", []entry{one}, []entry{at(one, func(e *entry) { e.id = "" })}, 1, 0},
		{"a permalink with a tracker", []entry{one}, []entry{at(one, func(e *entry) { e.id, e.link = "x", "/p/1/?utm_source=mail#c1" })}, 1, 0},
		{"a re-used id", []entry{one}, []entry{at(one, func(e *entry) {
			e.author, e.text, e.link, e.hours = "Ines", "Something else.", "/p/1#c2", 2
		})}, 2, 0},
		{"a re-used id, all being Anonymous", []entry{one}, []entry{at(one, func(e *entry) {
			e.text, e.link, e.hours = "Something else.", "/p/1#c2", 2
		})}, 2, 0},
		{"one id for all, told apart by their permalinks", []entry{one, at(one, func(e *entry) { e.text, e.link, e.hours = "Something else.", "/p/1#c2", 2 })},
			[]entry{at(one, func(e *entry) { e.text, e.link, e.hours = "Something else.", "/p/1#c2", 2 })}, 2, 0},
		{"a re-used id at the same place by the same author is an edit", []entry{one}, []entry{at(one, func(e *entry) { e.text, e.hours = "Something else.", 2 })}, 1, 1},
		{"neither id nor permalink", []entry{at(one, func(e *entry) { e.id, e.link = "", "" })}, []entry{at(one, func(e *entry) { e.id, e.link = "", "" })}, 1, 0},
		{"the same words by Anonymous, a second apart", []entry{at(one, func(e *entry) { e.id, e.link = "", "" })},
			[]entry{at(one, func(e *entry) { e.id, e.link, e.hours = "", "", 30-1.0/3600 }), at(one, func(e *entry) { e.id, e.link = "", "" })}, 2, 0},
		{"the same words by Anonymous at the same moment, with ids", []entry{one, at(one, func(e *entry) { e.id, e.link = "y", "/p/1#c9" })}, []entry{one}, 2, 0},
		{"others who are called Anonymous", []entry{one, said(2, 1, 30)}, []entry{said(3, 1, 29), one, said(2, 1, 30)}, 3, 0},
		{"all link to one page", []entry{at(one, func(e *entry) { e.link = "/guestbook" }), at(said(2, 1, 31), func(e *entry) { e.link = "/guestbook" })},
			[]entry{at(one, func(e *entry) { e.link = "/guestbook" })}, 2, 0},
		{"all link to one place on a page", []entry{at(one, func(e *entry) { e.link = "/guestbook#end" }), at(said(2, 1, 31), func(e *entry) { e.link = "/guestbook#end" })},
			[]entry{at(one, func(e *entry) { e.link = "/guestbook#end" })}, 2, 0},
		{"a future date", []entry{at(one, func(e *entry) { e.hours = -500 })}, []entry{at(one, func(e *entry) { e.hours = -500 })}, 1, 0},
		{"from 1970", []entry{at(one, func(e *entry) { e.hours = 492_000 })}, []entry{at(one, func(e *entry) { e.hours = 492_000 })}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pages{"/posts": atomOf("", post(1, 90, -1)), "/comments": atomOf("", tt.before...)}
			r, src, _ := play(t, p.ServeHTTP, digest.Generic)
			r.due(src)
			first := r.comments(src)
			equal(t, "comments at first", len(first), len(tt.before))
			p["/comments"] = atomOf("", tt.after...)
			report := r.after(2 * time.Hour).due(src)
			all := r.comments(src)
			equal(t, "comments", len(all), tt.want)
			equal(t, "changed", report.Stored.ChangedComments, tt.changed)
			byID := map[int64]digest.Comment{}
			for _, c := range all {
				byID[c.ID] = c
				equal(t, "its post is known", c.PostID != 0, true)
			}
			for _, c := range first {
				now := byID[c.ID]
				if now.ID == 0 {
					t.Errorf("comment %s lost its row", c.GUID)
				}
				equal(t, "published", now.Published.Equal(c.Published), true)
				equal(t, "first seen", now.FirstSeen.Equal(c.FirstSeen), true)
				if c.Published.After(r.clock.Now()) || c.Published.Year() < 1994 {
					t.Errorf("published %v", c.Published)
				}
			}
		})
	}
}

func TestDatesThatCannotBe(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"":                                "2026-03-05T20:00:00Z", // the moment seen
		"soon":                            "2026-03-05T20:00:00Z",
		"Thu, 01 Jan 1970 00:00:00 +0000": "2026-03-05T20:00:00Z",
		"Thu, 05 Mar 2027 10:00:00 +0000": "2026-03-05T20:00:00Z",
		"2026-03-04T10:00:00":             "2026-03-04T10:00:00Z", // no zone: UTC
		"Wed, 04 Mar 2026 10:00:00 +0200": "2026-03-04T08:00:00Z",
	} {
		body := `<rss version="2.0"><channel><title>x</title><item><guid isPermaLink="false">1</guid><title>One</title><pubDate>` + written + `</pubDate></item></channel></rss>`
		r, src, _ := play(t, pages{"/posts": body}.ServeHTTP, digest.Generic, "/posts")
		for range 2 {
			r.due(src)
			all, err := r.store.RecentPosts(t.Context(), src.ID, 10)
			if err != nil || len(all) != 1 {
				t.Fatalf("%q: %d posts, %v", written, len(all), err)
			}
			equal(t, fmt.Sprintf("%q", written), all[0].Published.Format(time.RFC3339), want)
			known := want != "2026-03-05T20:00:00Z" // else it is only sorted by that
			equal(t, fmt.Sprintf("%q is dated", written), !all[0].DatedAt().IsZero(), known)
			equal(t, fmt.Sprintf("%q was changed then", written), all[0].Updated.Equal(all[0].Published), known)
			r.clock.add(2 * time.Hour)
		}
	}
}

func TestRepliesComeBeforeTheirParents(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf(""), "/comments": atomOf("", said(3, 1, 20))}
	p["/comments"] = strings.Replace(p["/comments"], `<thr:in-reply-to ref="tag:lamp.test,2026:post-1"/>`, `<thr:in-reply-to ref="tag:lamp.test,2026:c-2" href="/p/1#c2"/>`, 1)
	r, src, _ := play(t, p.ServeHTTP, digest.Generic)
	r.due(src)
	p["/posts"] = atomOf("", post(1, 90, -1))
	p["/comments"] = strings.Replace(p["/comments"], "</feed>", "", 1) + strings.SplitN(atomOf("", said(2, 1, 30)), "</title>", 2)[1]
	r.after(2 * time.Hour).due(src)
	all := r.comments(src)
	parent, reply := all["tag:lamp.test,2026:c-2"], all["tag:lamp.test,2026:c-3"]
	equal(t, "comments", len(all), 2)
	equal(t, "post of the parent", parent.PostID != 0, true)
	equal(t, "parent of the reply", reply.ParentID, parent.ID)
}

func TestTombstoneMarksGone(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf("", post(1, 90, -1)), "/comments": atomOf("", manySaid(3, 1, 1, 20)...)}
	r, src, _ := play(t, p.ServeHTTP, digest.Generic)
	r.due(src)
	p["/comments"] = atomOf(`<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:lamp.test,2026:c-2" when="2026-03-05T20:30:00Z"/>`, said(3, 1, 20), said(1, 1, 22))
	equal(t, "gone", r.after(2*time.Hour).due(src).Stored.GoneComments, 1)
	c := r.comments(src)["tag:lamp.test,2026:c-2"]
	equal(t, "how", fmt.Sprintf("%v %s", c.Gone, c.GoneBy), "true tombstone")
}

func TestPostsThatMove(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf("", post(1, 90, -1), post(2, 100, -1)), "/comments": atomOf("", said(1, 1, 20))}
	r, src, _ := play(t, p.ServeHTTP, digest.Generic)
	r.due(src)
	// The same posts under new ids, and one with its old id and new words.
	a, b := post(1, 90, -1), post(2, 100, -1)
	a.id, a.link = "urn:uuid:1", "/p/1/?utm_campaign=x&fbclid=y"
	b.text = "Post 2, mended."
	c := said(2, 1, 10)
	c.ref = "urn:uuid:1"
	p["/posts"], p["/comments"] = atomOf("", a, b), atomOf("", c, said(1, 1, 20))
	report := r.after(2 * time.Hour).due(src)
	equal(t, "posts", r.posts(src), 2)
	equal(t, "changed", report.Stored.ChangedPosts, 1)
	all := r.comments(src)
	equal(t, "both comments on one post", all["tag:lamp.test,2026:c-1"].PostID, all["tag:lamp.test,2026:c-2"].PostID)
}
