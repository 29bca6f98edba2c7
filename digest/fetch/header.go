package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of what a server may ask for.
const (
	// DefaultRetryAfter is taken when a server asks to be left alone without
	// saying for how long in a way that can be read.
	DefaultRetryAfter = time.Hour
	// MaxWait caps every wait that a server asks for.
	MaxWait = 24 * time.Hour
)

// ParseRetryAfter reads the Retry-After field, seconds or a date (RFC 9110,
// 10.2.3), as the time to wait from now. It is never negative and never longer
// than [MaxWait]; what cannot be read, or lies in the past, is
// [DefaultRetryAfter].
func ParseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if digits(value) {
		return seconds(value)
	}
	if !isRetryAfter(value, now) {
		return DefaultRetryAfter
	}
	at, _ := http.ParseTime(value) // it can be read
	return min(at.Sub(now), MaxWait)
}

// isRetryAfter tells whether the Retry-After field says for how long.
func isRetryAfter(value string, now time.Time) bool {
	value = strings.TrimSpace(value)
	at, err := http.ParseTime(value)
	return digits(value) || err == nil && !at.Before(now)
}

// CacheAge reads how long an answer stays fresh: Cache-Control's max-age, else
// Expires (RFC 9111, 4.2.1). It is 0 when nothing is said and at most
// [MaxWait].
func CacheAge(h http.Header, now time.Time) time.Duration {
	for _, part := range strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			return seconds(strings.Trim(value, `"`))
		}
	}
	at, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(0, min(at.Sub(now), MaxWait))
}

// seconds reads a number of seconds, at most [MaxWait]; 0 for what is no number.
func seconds(value string) time.Duration {
	if !digits(value) {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n > int64(MaxWait/time.Second) {
		return MaxWait
	}
	return time.Duration(n) * time.Second
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// listed reads how many entries a listing has; 0 for what is no number.
func listed(value string) int {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
