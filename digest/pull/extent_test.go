package pull_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// What a blog's feeds tell is said before it is followed: how much they list, and how
// far back.
func TestWhatWasFoundIsSaid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		page func(path, query string) (int, string, string)
		want string
	}{
		"the founding blog": {(&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page,
			"Its feed of posts lists 5, from 14 January 2015 to 2 November 2017; that is all there are | " +
				"Its feed of comments lists 25 of 126, from 12 January 2017 to 2 November 2017; the older ones are on further pages"},
		"feeds without pages": {kettleRow().page,
			"Its feed of posts lists 3, all of 5 March 2026; it says nothing of older ones | " +
				"Its feed of comments lists 2, all of 5 March 2026; it says nothing of older ones"},
		"no comments": {webSite{"/": head + linkTo("rss", "Row", "/posts.xml") + "</head></html>", "/posts.xml": fixedIDs("Row", "p1")}.page,
			"Its feed of posts lists 1, all of 5 March 2026; it says nothing of older ones | Its comments do not come by feed"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBlog(t, tt.page)
			r := newRig(t, b, database(t), thatEvening)
			found, err := r.Look(t.Context(), b.url, discover.Options{})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "it says", strings.Join(found.Says(), " | "), tt.want)
			all, err := r.store.Sources(t.Context())
			equal(t, "stored", fmt.Sprint(len(all), err), "0 <nil>")
			r.pull(r.adds(b.url).Source, poll.Options{})
			wantError(t, "again", errOf(r.Look(t.Context(), b.url, discover.Options{})), digest.Conflict, "followed already")
		})
	}
}
