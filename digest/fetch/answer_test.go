package fetch_test

import (
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

// answer is one canned answer. The zero value is an empty 200.
type answer struct {
	Status int // 200 if 0
	Type   string
	Header http.Header // further fields
	Body   string
	// Encoding packs the body and says so: gzip, deflate, br, or several with
	// commas between, the last one outermost. "raw-deflate" packs without the zlib
	// wrapper and says deflate.
	Encoding string

	Location   string
	RetryAfter string
	// ETag and LastModified are sent, and a request that brings either back as
	// it was gets a 304.
	ETag, LastModified string

	Wait    time.Duration // before the header
	Drip    time.Duration // before each byte of the body
	Cut     int           // break the connection after so many bytes of the body as sent
	Endless bool          // send the body again and again until the client goes
	// Raw is sent in place of everything, header included, by Drip and Endless
	// where they are set, and the connection then closed (HTTP/1 only).
	Raw string
}

// play sends the answer. It ends early when the client or the test does.
func (a answer) play(t testing.TB, w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
	wait := func(d time.Duration) bool {
		if d <= 0 {
			select {
			case <-done:
				return false
			default:
				return r.Context().Err() == nil
			}
		}
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-r.Context().Done():
		case <-done:
		}
		return false
	}
	if !wait(a.Wait) {
		return
	}
	if a.Raw != "" {
		a.hijack(t, w, wait)
		return
	}
	body := pack(t, a.Encoding, []byte(a.Body))
	if status := a.header(w, r); status == http.StatusNotModified {
		return
	}
	flush := http.NewResponseController(w).Flush
	a.send(w, flush, body, wait)
	if a.Cut > 0 && a.Cut < len(body) {
		_ = flush()
		panic(http.ErrAbortHandler) // the way to break off an answer
	}
}

func (a answer) hijack(t testing.TB, w http.ResponseWriter, wait func(time.Duration) bool) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		t.Error("a raw answer needs HTTP/1")
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	a.send(conn, func() error { return nil }, []byte(a.Raw), wait)
}

// header sends the status and the fields.
func (a answer) header(w http.ResponseWriter, r *http.Request) int {
	h := w.Header()
	for name, values := range a.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	for name, value := range map[string]string{
		"Content-Type": a.Type, "Location": a.Location, "Retry-After": a.RetryAfter,
		"ETag": a.ETag, "Last-Modified": a.LastModified,
		"Content-Encoding": strings.ReplaceAll(a.Encoding, "raw-", ""),
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	status := cmp.Or(a.Status, http.StatusOK)
	if a.fresh(r) {
		status = http.StatusNotModified
		h.Del("Content-Encoding")
	}
	w.WriteHeader(status)
	return status
}

// fresh tells whether the request brings a validator back. If-None-Match wins
// (RFC 9110, 13.2.2).
func (a answer) fresh(r *http.Request) bool {
	if etag := r.Header.Get("If-None-Match"); etag != "" {
		return etag == a.ETag
	}
	since := r.Header.Get("If-Modified-Since")
	return since != "" && since == a.LastModified
}

// send sends the body as the answer says, until the client goes.
func (a answer) send(w io.Writer, flush func() error, body []byte, wait func(time.Duration) bool) {
	if a.Cut > 0 && a.Cut < len(body) {
		body = body[:a.Cut]
	}
	step := len(body)
	if a.Drip > 0 {
		step = 1
	}
	for again := true; again; again = a.Endless && wait(0) {
		for i := 0; i < len(body); i += step {
			if a.Drip > 0 && (flush() != nil || !wait(a.Drip)) {
				return
			}
			if _, err := w.Write(body[i : i+step]); err != nil {
				return
			}
		}
	}
}

// pack packs a body as [answer.Encoding] says.
func pack(t testing.TB, encoding string, body []byte) []byte {
	t.Helper()
	for _, coding := range strings.Split(encoding, ",") {
		var b bytes.Buffer
		var w io.WriteCloser
		switch strings.TrimSpace(coding) {
		case "gzip":
			w = gzip.NewWriter(&b)
		case "deflate":
			w = zlib.NewWriter(&b)
		case "raw-deflate":
			w, _ = flate.NewWriter(&b, flate.DefaultCompression) // fails for an unknown level only
		case "br":
			w = brotli.NewWriter(&b)
		default:
			continue
		}
		// A buffer takes every byte.
		_, _ = w.Write(body)
		_ = w.Close()
		body = b.Bytes()
	}
	return body
}
