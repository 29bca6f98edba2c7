package sampleblog

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"postbag/digest/lazyregexp"
)

var (
	authorID  = makeID("profile", blogName)
	anyTag    = lazyregexp.New(`<[^>]*>`)
	lineBreak = lazyregexp.New(`<br ?/?>\n?`)
)

// view is what every template sees.
type view struct {
	*Blog
	Base             string // what links start with
	BlogID, AuthorID string
	Name, Subtitle   string
}

func (b *Blog) view(r *http.Request) view {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return view{Blog: b, Base: scheme + r.Host, BlogID: b.id, AuthorID: authorID, Name: blogName, Subtitle: blogSubtitle}
}

// Count is how many comments stand under a post, removed ones included.
func (v view) Count(post string) int { return len(v.under(post)) }

// Excerpt is the beginning of a post.
func (v view) Excerpt(p Post) string {
	words := strings.Fields(html.UnescapeString(plain(p.HTML)))
	return strings.Join(words[:min(40, len(words))], " ") + " …"
}

// Permalink is the address of a comment on its post's page.
func (v view) Permalink(c *Comment) string {
	return fmt.Sprintf("%s?showComment=%d#c%s", v.PostOf(c).Path, c.Published.UnixMilli(), c.ID)
}

// PostOf is the post a comment stands under.
func (v view) PostOf(c *Comment) *Post { return v.post(func(p Post) bool { return p.ID == c.PostID }) }

// CommentTitle is the title Blogger makes up for a comment: the first fifty
// characters of its escaped text, even if that cuts an entity in half.
func (v view) CommentTitle(c *Comment) string {
	const limit = 50
	text := []rune(plain(c.HTML))
	switch {
	case c.Removed:
		return ""
	case len(text) > limit:
		return string(text[:limit]) + "..."
	}
	return string(text)
}

// ItemClass is one value per account, and one for all visitors without.
func (v view) ItemClass(c *Comment) string {
	return fmt.Sprintf("pid-%d", hash("class", c.Profile)%2_000_000_000)
}

// Date is a time in words, as pages show it.
func (v view) Date(t time.Time) string { return t.Format("2 January 2006 at 15:04") }

// Person writes a person into a feed. Only who has an account has a uri.
func (v view) Person(name, profile string) string {
	uri := ""
	if profile != "" {
		uri = "<uri>" + html.EscapeString(v.Base) + "/profile/" + profile + "</uri>"
	}
	return "<author><name>" + html.EscapeString(name) + "</name>" + uri + "<email>noreply@blogger.com</email>" +
		"<gd:image rel='http://schemas.google.com/g/2005#thumbnail' width='16' height='16' src='https://img1.blogblog.com/img/blank.gif'/></author>"
}

// With gives the template of one comment the comment and the view.
func (v view) With(c *Comment) any {
	return struct {
		view
		Comment *Comment
	}{v, c}
}

// plain drops the tags of an HTML text and keeps its entities.
func plain(html string) string {
	return anyTag.ReplaceAllString(lineBreak.ReplaceAllString(html, "\n"), "")
}
