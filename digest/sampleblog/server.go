package sampleblog

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Handler returns the blog as a handler, which is the blog itself.
func (b *Blog) Handler() http.Handler { return b }

// ServeHTTP answers for the blog's feeds and pages.
func (b *Blog) ServeHTTP(rw http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(rw, r) }

// routes is everything the blog serves. Each feed stands under two addresses:
// the public one, and the one by the blog's id, which links inside feeds use.
func (b *Blog) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /{$}":                                  b.serveHome,
		"GET /{year}/{month}/{file}":                b.servePost,
		"GET /profile/{profile}":                    b.serveProfile,
		"GET /feeds/posts/default":                  b.servePosts,
		"GET /feeds/{blog}/posts/default":           b.servePosts,
		"GET /feeds/comments/default":               b.serveComments,
		"GET /feeds/{id}/comments/default":          b.serveCommentsOf,
		"GET /feeds/{blog}/{post}/comments/default": b.serveComments,
	} {
		mux.HandleFunc(pattern, h)
	}
	return mux
}

func (b *Blog) servePosts(rw http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.URL.Query(), postLimit)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	b.serveFeed(rw, r, func(w *writer) bool {
		w.postsFeed(q)
		return true
	})
}

func (b *Blog) serveComments(rw http.ResponseWriter, r *http.Request) {
	b.commentsOf(rw, r, r.PathValue("post"))
}

// serveCommentsOf answers for /feeds/ID/comments/default, where ID is the blog
// or a post.
func (b *Blog) serveCommentsOf(rw http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if id == b.id {
		id = ""
	}
	b.commentsOf(rw, r, id)
}

func (b *Blog) commentsOf(rw http.ResponseWriter, r *http.Request, id string) {
	q, err := parseQuery(r.URL.Query(), commentLimit)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	b.serveFeed(rw, r, func(w *writer) bool {
		p := b.post(id)
		if p == nil && id != "" {
			return false
		}
		w.commentsFeed(p, q)
		return true
	})
}

// post finds a post by its id.
func (b *Blog) post(id string) *post {
	for _, p := range b.posts {
		if p.id == id {
			return p
		}
	}
	return nil
}

// serveFeed lets write make an Atom document, and answers 404 if it will not.
func (b *Blog) serveFeed(rw http.ResponseWriter, r *http.Request, write func(*writer) bool) {
	b.serve(rw, r, atomType+"; charset=UTF-8", write)
}

// serve answers with what write makes under the lock. Whether it has changed
// is told by its words: the date is that of the last comment, which a removal
// does not move.
func (b *Blog) serve(rw http.ResponseWriter, r *http.Request, kind string, write func(*writer) bool) {
	if id := r.PathValue("blog"); id != "" && id != b.id {
		http.NotFound(rw, r)
		return
	}
	w := &writer{blog: b}
	b.mu.RLock()
	w.base = baseOf(r)
	ok := write(w)
	changed := b.lastChange()
	b.mu.RUnlock()
	if !ok {
		http.NotFound(rw, r)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age=0")
	sum := sha256.Sum256([]byte(w.String()))
	h.Set("ETag", fmt.Sprintf(`W/"%x"`, sum[:16]))
	http.ServeContent(rw, r, "", changed, strings.NewReader(w.String()))
}

// baseOf is what links start with in the answer to r.
func baseOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// lastChange is when the newest post or comment appeared.
func (b *Blog) lastChange() time.Time {
	last := b.lastWord
	for _, p := range b.posts {
		if p.updated.After(last) {
			last = p.updated
		}
	}
	return last
}

// servePage lets write make an HTML page.
func (b *Blog) servePage(rw http.ResponseWriter, r *http.Request, name string, data func(base string) any) {
	b.serve(rw, r, "text/html; charset=UTF-8", func(w *writer) bool {
		d := data(w.base)
		if d == nil {
			return false
		}
		var page bytes.Buffer
		if err := pages.ExecuteTemplate(&page, name, d); err != nil {
			return false
		}
		w.Write(page.Bytes())
		return true
	})
}
