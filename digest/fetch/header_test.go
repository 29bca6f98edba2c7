package fetch_test

import (
	"net/http"
	"testing"
	"time"

	"postbag/digest/fetch"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  time.Duration
	}{
		{"120", 2 * time.Minute},
		{" 0 ", 0},
		{"86401", 24 * time.Hour},
		{"99999999999999999999999", 24 * time.Hour},
		{"-5", time.Hour},
		{"soon", time.Hour},
		{"", time.Hour},
		{"1.5", time.Hour},
		{now.Add(10 * time.Minute).Format(http.TimeFormat), 10 * time.Minute},
		{now.Add(-time.Minute).Format(http.TimeFormat), time.Hour},
		{now.AddDate(1, 0, 0).Format(http.TimeFormat), 24 * time.Hour},
	} {
		if got := fetch.ParseRetryAfter(tt.value, now); got != tt.want {
			t.Errorf("ParseRetryAfter(%q) = %v, want %v", tt.value, got, tt.want)
		}
	}
}

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
