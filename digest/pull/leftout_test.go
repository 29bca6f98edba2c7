package pull_test

import (
	"fmt"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/poll"
)

// An entry without a date, or with one that cannot be, is sorted by when it was seen, and
// nobody is told that it was written then. What is not stored is counted by reason.
func TestEntriesWithoutADate(t *testing.T) {
	t.Parallel()
	item := func(n int, date string) string {
		return fmt.Sprintf(`<item><guid isPermaLink="false">c%d</guid><link>https://tea.test/urn#comment-%d</link><pubDate>%s</pubDate><description>words %d</description></item>`, n, n, date, n)
	}
	feed := func(items string) string {
		return `<rss version="2.0"><channel><title>Comments</title><link>https://tea.test/</link>` + items + `</channel></rss>`
	}
	p := pages{"/posts": feed(""), "/comments": feed(item(1, "") + item(2, "the other day") + item(3, "Thu, 05 Mar 2099 18:00:00 GMT") +
		item(4, "Thu, 05 Mar 2026 18:00:00 GMT") + item(4, "Thu, 05 Mar 2026 18:00:00 GMT") + "<item/>")}
	r, src, _ := play(t, p.ServeHTTP, digest.Generic)
	report := r.pull(src, poll.Options{})
	equal(t, "new", report.Stored.NewComments, 4)
	equal(t, "left out", fmt.Sprint(report.LeftOut), fmt.Sprint(digest.Outs{digest.RepeatedEntry: 1, digest.EmptyEntry: 1}))
	equal(t, "of the newest page", fmt.Sprint(r.feed(src, digest.CommentsFeed).LeftOut), fmt.Sprint(report.LeftOut))
	for _, c := range r.comments(src) {
		if dated := !c.DatedAt().IsZero(); dated != (c.GUID == "c4") || c.Published.IsZero() {
			t.Errorf("%s: dated at %v, sorted by %v", c.GUID, c.DatedAt(), c.Published)
		}
		if c.Undated && !c.Updated.IsZero() {
			t.Errorf("%s: changed at %v, when nothing says so", c.GUID, c.Updated)
		}
	}

	p["/comments"] = feed(item(1, "Thu, 05 Mar 2026 17:00:00 GMT") + item(2, "the other day"))
	r.after(2*time.Hour).pull(src, poll.Options{})
	for _, c := range r.comments(src) {
		if c.GUID == "c1" && !c.DatedAt().Equal(moment(t, "2026-03-05T17:00:00Z")) {
			t.Errorf("a date that comes later: %v", c.DatedAt())
		}
	}
	equal(t, "nothing left out", len(r.feed(src, digest.CommentsFeed).LeftOut), 0)
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
