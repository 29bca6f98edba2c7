package fetch_test

import (
	"net/http"
	"testing"
	"time"

	"postbag/digest/fetch"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestCacheAge(t *testing.T) {
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"nothing said", http.Header{}, 0},
		{"max-age", http.Header{"Cache-Control": {"private, max-age=300"}}, 5 * time.Minute},
		{"quoted and upper case", http.Header{"Cache-Control": {`Max-Age="60"`}}, time.Minute},
		{"no-cache", http.Header{"Cache-Control": {"no-cache", "max-age=300"}}, 0},
		{"junk", http.Header{"Cache-Control": {"max-age=-1"}}, 0},
		{"a year", http.Header{"Cache-Control": {"max-age=31536000"}}, 24 * time.Hour},
		{"Expires by the sender's clock", http.Header{"Expires": {at(time.Hour)}, "Date": {at(30 * time.Minute)}}, 30 * time.Minute},
		{"Expires in the past", http.Header{"Expires": {at(-time.Hour)}}, 0},
		{"Expires 0", http.Header{"Expires": {"0"}}, 0},
	} {
		if got := fetch.CacheAge(tt.header, now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
