package feed_test

import (
	"testing"
	"time"

	"postbag/digest/feed"
)

// Dates that gofeed reads otherwise than they are meant, or only in part, are read by
// package field in every format.
func TestTimesInFeeds(t *testing.T) {
	for text, want := range map[string]time.Time{
		"Thu, 05 Mar 2026 18:10:00 +0100":  at("2026-03-05T17:10:00Z"),
		"Thu, 05 Mar 2026 6:10 PM EST":     at("2026-03-05T23:10:00Z"),
		"Thu, 05 Mar 2026 18:10:00 JST":    at("2026-03-05T09:10:00Z"),
		"tor, 05 maj 2026 18:10:00 +0200":  at("2026-05-05T16:10:00Z"),
		"Thu, 05 Mar 2026 18:10:00 nobody": {},
	} {
		for format, body := range map[string]string{
			"RSS":         `<rss><channel><item><guid>1</guid><pubDate>` + text + `</pubDate></item></channel></rss>`,
			"Dublin Core": `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>1</guid><dc:date>` + text + `</dc:date></item></channel></rss>`,
			"Atom":        `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><published>` + text + `</published></entry></feed>`,
			"JSON":        `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","date_published":"` + text + `"}]}`,
		} {
			if got := parse(t, []byte(body), feed.Options{}).Posts[0].Published; !got.Equal(want) {
				t.Errorf("%s: %q is read as %v, want %v", format, text, got, want)
			}
		}
	}
}
