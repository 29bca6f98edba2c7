package feed_test

import (
	"strings"
	"testing"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
)

// TestNamesOfMonths reads every month in the languages that feeds name it in.
func TestNamesOfMonths(t *testing.T) {
	for language, names := range map[string]string{
		"English":    "january february march april may june july august september october november december",
		"German":     "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Dutch":      "januari februari maart april mei juni juli augustus september oktober november december",
		"French":     "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"Spanish":    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"Italian":    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	} {
		for i, name := range strings.Fields(names) {
			want := time.Date(2026, time.Month(i+1), 5, 18, 10, 0, 0, time.UTC)
			if got := field.Time("x, 5 " + name + " 2026 18:10 +0000"); !got.Equal(want) {
				t.Errorf("%s: %s is read as %v", language, name, got)
			}
		}
	}
}

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
