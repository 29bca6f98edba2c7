package publish

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Document is a finished answer, plain and compressed. It never changes, so any
// number of requests may be served from it at once.
type Document struct {
	Body        []byte
	Gzip        []byte // the same, compressed
	ContentType string
	// ETag is strong and comes from Body alone, so that it is the same on every
	// machine and after every restart (RFC 9110, 8.8.3). The compressed form has
	// a tag of its own.
	ETag         string
	LastModified time.Time // whole seconds, UTC; zero sends none
	MaxAge       time.Duration

	plain, zipped                          form
	contentType, modified, cache, encoding []string // headers, ready to be sent
}

// form is one of the two forms a document is sent in.
type form struct {
	body              []byte
	tag               string
	tagHeader, length []string
}

func formOf(body []byte, tag string) form {
	return form{body: body, tag: tag, tagHeader: []string{tag}, length: []string{strconv.Itoa(len(body))}}
}

// NewDocument makes a document of a body.
func NewDocument(body []byte, contentType string, modified time.Time, maxAge time.Duration) (*Document, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:16])
	d := &Document{
		Body: body, Gzip: b.Bytes(), ContentType: contentType, ETag: `"` + tag + `"`, MaxAge: maxAge,
		plain: formOf(body, `"`+tag+`"`), zipped: formOf(b.Bytes(), `"`+tag+`-gzip"`),
		contentType: []string{contentType}, encoding: []string{"gzip"},
		cache: []string{"public, max-age=" + strconv.Itoa(int(maxAge.Seconds()))},
	}
	if !modified.IsZero() {
		d.LastModified = modified.UTC().Truncate(time.Second)
		d.modified = []string{d.LastModified.Format(http.TimeFormat)}
	}
	return d, nil
}

// ServeHTTP answers GET and HEAD, conditional ones too (RFC 9110, 13).
func (d *Document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD work here.", http.StatusMethodNotAllowed)
		return
	}
	form := &d.plain
	compressed := acceptsGzip(r.Header["Accept-Encoding"])
	if compressed {
		form = &d.zipped
	}
	matched, fresh := d.unchanged(r.Header)
	if matched != nil {
		form = matched
	}
	// Ready-made values spare a busy feed an allocation each; a handler around
	// this one that adds to them gets a copy, since they are full.
	h["Etag"] = form.tagHeader
	h["Cache-Control"] = d.cache
	h.Add("Vary", "Accept-Encoding")
	if d.modified != nil {
		h["Last-Modified"] = d.modified
	}
	if fresh {
		w.WriteHeader(http.StatusNotModified) // without a body (RFC 9110, 15.4.5)
		return
	}
	h["Content-Type"] = d.contentType
	h["Content-Length"] = form.length
	if compressed {
		h["Content-Encoding"] = d.encoding
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		// A reader who went away needs no answer.
		_, _ = w.Write(form.body)
	}
}

// unchanged tells whether the client has this document already, and in
// which form. If-None-Match wins over If-Modified-Since, even when it is there and
// does not match (RFC 9110, 13.2.2). A tag of either form matches, since both
// hold the same words.
func (d *Document) unchanged(h http.Header) (by *form, fresh bool) {
	if given, ok := h["If-None-Match"]; ok {
		for _, list := range given {
			if by, ok := d.listed(list); ok {
				return by, true
			}
		}
		return nil, false
	}
	since := h.Get("If-Modified-Since")
	if since == "" || d.LastModified.IsZero() {
		return nil, false
	}
	at, err := http.ParseTime(since)
	return nil, err == nil && !d.LastModified.After(at)
}

// listed tells whether a list of entity tags, or "*", names this document. The
// comparison is weak (RFC 9110, 13.1.2).
func (d *Document) listed(list string) (by *form, ok bool) {
	list = strings.TrimSpace(list)
	if list == "*" {
		return nil, true
	}
	for list != "" {
		one := strings.TrimPrefix(list, "W/")
		if !strings.HasPrefix(one, `"`) {
			return nil, false // not a list of tags
		}
		end := strings.IndexByte(one[1:], '"')
		if end < 0 {
			return nil, false
		}
		one, list = one[:end+2], one[end+2:]
		switch one {
		case d.plain.tag:
			return &d.plain, true
		case d.zipped.tag:
			return &d.zipped, true
		}
		list = strings.TrimLeft(list, " \t,")
	}
	return nil, false
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip must be named, or
// meant by "*", with a weight above 0.
func acceptsGzip(given []string) bool {
	named, star := -1.0, -1.0
	for _, list := range given {
		for one := range strings.SplitSeq(list, ",") {
			coding, params, _ := strings.Cut(one, ";")
			switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
			case "gzip", "x-gzip":
				named = weight(params)
			case "*":
				star = weight(params)
			}
		}
	}
	return named > 0 || named < 0 && star > 0
}

func weight(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0
	}
	return q
}
