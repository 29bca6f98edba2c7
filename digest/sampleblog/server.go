package sampleblog

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

var (
	pages = template.Must(template.New("").Funcs(template.FuncMap{"trusted": func(s string) template.HTML {
		return template.HTML(s) // the blog's own words, or as wild as a test adds them
	}}).ParseFS(pageFiles, "pages/*.html"))

	errNotFound  = errors.New("there is no such page")
	errNotServed = errors.New("the address asks for what is not served here")
)

// answer is a document to be made: its type, and the template with its data.
type answer struct {
	kind string
	form interface{ Execute(io.Writer, any) error }
	data any
}

// page is what the templates of pages see.
type page struct {
	view
	Posts    []Post     // newest first, of the home page
	Post     *Post      // of a post's page
	Account  string     // the name on an account's page
	Comments []*Comment // each followed by its replies
}

// ServeHTTP answers for the blog's feeds and pages.
func (b *Blog) ServeHTTP(rw http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(rw, r) }

func (b *Blog) routes() *http.ServeMux {
	mux := http.NewServeMux()
	posts := func(r *http.Request) (answer, error) { return b.feed(r, "posts") }
	comments := func(r *http.Request) (answer, error) { return b.feed(r, "comments") }
	for pattern, h := range map[string]func(*http.Request) (answer, error){
		"GET /{$}":                                  b.home,
		"GET /{year}/{month}/{file}":                b.postPage,
		"GET /profile/{profile}":                    b.profile,
		"GET /feeds/posts/default":                  posts,
		"GET /feeds/{blog}/posts/default":           posts,
		"GET /feeds/comments/default":               comments,
		"GET /feeds/{post}/comments/default":        comments,
		"GET /feeds/{blog}/{post}/comments/default": comments,
	} {
		mux.HandleFunc(pattern, b.handler(h))
	}
	return mux
}

// handler answers with what a function finds under the lock. Whether it has
// changed is told by its words: the date is that of the last comment, which a
// removal does not move.
func (b *Blog) handler(find func(*http.Request) (answer, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		b.mu.RLock()
		a, err := find(r)
		if err == nil {
			err = a.form.Execute(&body, a.data)
		}
		changed := b.lastChange()
		b.mu.RUnlock()
		if id := r.PathValue("blog"); errors.Is(err, errNotFound) || id != "" && id != b.id {
			http.NotFound(rw, r)
			return
		} else if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		rw.Header().Set("Content-Type", a.kind)
		rw.Header().Set("Cache-Control", "private, max-age=0")
		sum := sha256.Sum256(body.Bytes())
		rw.Header().Set("ETag", fmt.Sprintf(`W/"%x"`, sum[:16]))
		http.ServeContent(rw, r, "", changed, bytes.NewReader(body.Bytes()))
	}
}

// lastChange is when the newest post or comment appeared.
func (b *Blog) lastChange() time.Time {
	last := b.posts[len(b.posts)-1].Updated
	if word := b.comments[len(b.comments)-1].Published; word.After(last) {
		return word
	}
	return last
}

func (b *Blog) home(r *http.Request) (answer, error) {
	v := page{Posts: b.Posts()}
	slices.Reverse(v.Posts)
	return b.page(r, "home.html", v)
}

func (b *Blog) postPage(r *http.Request) (answer, error) {
	v := page{Post: b.post(func(p Post) bool { return p.Path == r.URL.Path })}
	if v.Post == nil {
		return answer{}, errNotFound
	}
	all := b.under(v.Post.ID)
	for _, top := range all {
		if top.ParentID != "" {
			continue
		}
		v.Comments = append(v.Comments, top)
		for _, c := range all {
			if c.ParentID == top.ID {
				v.Comments = append(v.Comments, c)
			}
		}
	}
	return b.page(r, "post.html", v)
}

// profile shows an account, so that the uri of an author leads somewhere.
func (b *Blog) profile(r *http.Request) (answer, error) {
	var v page
	id := r.PathValue("profile")
	if id == authorID {
		v.Account = blogName
	}
	for _, c := range b.comments {
		if c.Profile == id {
			v.Account = c.Author
			v.Comments = append(v.Comments, c)
		}
	}
	if v.Account == "" {
		return answer{}, errNotFound
	}
	return b.page(r, "profile.html", v)
}

func (b *Blog) page(r *http.Request, name string, v page) (answer, error) {
	v.view = b.view(r)
	return answer{"text/html; charset=UTF-8", pages.Lookup(name), v}, nil
}

func (b *Blog) under(post string) []*Comment {
	return slices.DeleteFunc(slices.Clone(b.comments), func(c *Comment) bool { return c.PostID != post })
}

// post finds a post, nil where there is none.
func (b *Blog) post(is func(Post) bool) *Post {
	n := slices.IndexFunc(b.posts, is)
	if n < 0 {
		return nil
	}
	return &b.posts[n]
}
