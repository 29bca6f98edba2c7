package feed_test

import (
	"testing"
	"time"

	"postbag/digest/feed"
)

func TestTimesInRSS(t *testing.T) {
	for text, want := range map[string]time.Time{
		"Thu, 05 Mar 2026 18:10:00 +0100":    at("2026-03-05T17:10:00Z"),
		"Qui, 05 Mar 2026 18:10:00 -0300":    at("2026-03-05T21:10:00Z"),
		"jeu., 5 févr. 2026 9:05:00 +0100":   at("2026-02-05T08:05:00Z"),
		"Do, 05 Dez 2024 18:10 +0100":        at("2024-12-05T17:10:00Z"),
		"5 de agosto de 2025 18:10:00":       at("2025-08-05T18:10:00Z"),
		"2026/3/5 8:10:00":                   at("2026-03-05T08:10:00Z"),
		"Xyz, 05 Xyz 2026 18:10:00 +0100":    {},
		"quinta, 45 mar 2026 18:10:00 +0100": {},
	} {
		body := `<rss><channel><item><guid>1</guid><pubDate>` + text + `</pubDate></item></channel></rss>`
		if got := parse(t, []byte(body), feed.Options{}).Posts[0].Published; !got.Equal(want) {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	}
}
