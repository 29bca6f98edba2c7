package sampleblog

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// homeView and the views below are what the templates see.
type homeView struct {
	Base, BlogID, Name, Subtitle string
	Posts                        []postView
}

type postView struct {
	ID, Path, Title, Date, Excerpt string
	HTML                           template.HTML
	Count                          int
	Threads                        []commentView
}

type commentView struct {
	ID, Name, Date, Permalink, Profile string
	HTML                               template.HTML
	Removed                            bool
	Replies                            []commentView
}

type pageView struct {
	homeView
	Post    postView
	Person  string
	Written []commentView
}

func (b *Blog) home(base string) homeView {
	return homeView{Base: base, BlogID: b.id, Name: blogName, Subtitle: blogSubtitle}
}

func (b *Blog) serveHome(rw http.ResponseWriter, r *http.Request) {
	b.servePage(rw, r, "home.html", func(base string) any {
		v := b.home(base)
		for i := len(b.posts) - 1; i >= 0; i-- {
			v.Posts = append(v.Posts, b.postView(b.posts[i]))
		}
		return v
	})
}

func (b *Blog) servePost(rw http.ResponseWriter, r *http.Request) {
	b.servePage(rw, r, "post.html", func(base string) any {
		for _, p := range b.posts {
			if p.path == r.URL.Path {
				v := pageView{homeView: b.home(base), Post: b.postView(p)}
				v.Post.Threads = b.threads(p)
				return v
			}
		}
		return nil
	})
}

// serveProfile shows an account, so that the uri of an author leads somewhere.
func (b *Blog) serveProfile(rw http.ResponseWriter, r *http.Request) {
	id := r.PathValue("profile")
	b.servePage(rw, r, "profile.html", func(base string) any {
		v := pageView{homeView: b.home(base)}
		if id == b.authorID() {
			v.Person = blogName
		}
		for _, c := range b.comments {
			if c.profile == id {
				v.Person = c.name
				v.Written = append(v.Written, b.commentView(c))
			}
		}
		if v.Person == "" {
			return nil
		}
		return v
	})
}

func (b *Blog) postView(p *post) postView {
	const excerptWords = 40
	words := strings.Fields(plain(p.html))
	more := ""
	if len(words) > excerptWords {
		words, more = words[:excerptWords], " …"
	}
	return postView{
		ID: p.id, Path: p.path, Title: p.title, Count: len(b.byPost[p]),
		Date:    p.at.In(b.zone).Format("Monday, 2 January 2006"),
		Excerpt: unescapeText.Replace(strings.Join(words, " ")) + more,
		HTML:    template.HTML(p.html), // the blog's own words
	}
}

// threads sets the replies of a post under what they answer, oldest first. A
// reply whose parent was deleted stands on its own.
func (b *Blog) threads(p *post) []commentView {
	var out []commentView
	place := map[string]int{}
	for _, c := range b.byPost[p] {
		v := b.commentView(c)
		if n, ok := place[c.parent]; ok && c.parent != "" {
			out[n].Replies = append(out[n].Replies, v)
			continue
		}
		place[c.id] = len(out)
		out = append(out, v)
	}
	return out
}

func (b *Blog) commentView(c *comment) commentView {
	return commentView{
		ID: c.id, Name: c.name, Date: b.display(c), Permalink: c.permalink(), Profile: c.profile,
		HTML: template.HTML(c.html), Removed: c.removed != kept, // as wild as a test adds it
	}
}

// unescapeText undoes escapeText.
var unescapeText = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&amp;", "&")
