package web

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// contentPolicy lets a page use our own style and pictures and send its forms to
// us, and nothing else: no script, no frame, no foreign request.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// setHeaders puts on every answer what keeps browsers strict.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin")
}

// answerTime bounds how long a page waits for the database: longer than the database
// itself waits for a lock, so that whoever leaves while it is busy has left, and less
// than an answer may take.
const answerTime = 90 * time.Second

// bounded ends what a request asks of the database after [answerTime].
func bounded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), answerTime)
		defer cancel()
		next(w, r.WithContext(ctx))
	}
}

// private keeps an answer to a secret link out of caches, search engines and
// Referer headers, and bounds the time it takes.
func private(next http.HandlerFunc) http.HandlerFunc {
	next = bounded(next)
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		next(w, r)
	}
}

// nullOrigin takes "Origin: null" off a request to a secret link, so that it
// counts as what it is: no word about where the form stands. Browsers send it
// with our own forms, because those pages let no Referer out, and where they send
// Sec-Fetch-Site too (over TLS and to localhost) that one tells. Whoever can name
// the link has proved enough; there is no cookie that another site could borrow.
func nullOrigin(r *http.Request, pattern string) {
	if r.Header.Get("Origin") == "null" && strings.Contains(pattern, "{token}") {
		r.Header.Del("Origin")
	}
}

// cleanPath tells whether a request's path is written the one way that can name
// a page of ours: without dot segments, doubled or encoded slashes, backslashes
// and control characters. All else is not found, rather than redirected to what
// it might mean.
func cleanPath(r *http.Request) bool {
	path, raw := r.URL.Path, strings.ToLower(r.URL.EscapedPath())
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(raw, "%2f") || strings.Contains(path, `\`) {
		return false
	}
	if strings.ContainsFunc(path, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(segment, ".") {
			return false
		}
	}
	return true
}
