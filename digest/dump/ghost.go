package dump

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/jsonread"
)

// ghost reads Ghost's export: the tables of its database, in the order of their names.
// Those of readers and comments are in it when they were asked for. Names stand in other
// tables than texts, so the file is looked through before.
type ghost struct {
	users   map[string]string // names by id
	authors map[string]string // the first writer of a post, by the post's id
	members map[string]string // names of readers, by id
	posts   map[string]ghostPage
	size    int    // of all these
	pattern string // of the path of a post
}

// ghostPage is what is held of a post or page.
type ghostPage struct {
	path      string
	published int64 // seconds since 1970
	standing  standing
}

// ghostPost is a post or page, with the names that older versions gave its members.
type ghostPost struct {
	ID         text `json:"id"`
	Slug       text `json:"slug"`
	Title      text `json:"title"`
	HTML       text `json:"html"`
	Markdown   text `json:"markdown"`
	Plain      text `json:"plaintext"`
	Type       text `json:"type"`
	Page       text `json:"page"`
	Status     text `json:"status"`
	Visibility text `json:"visibility"`
	Published  text `json:"published_at"`
	Updated    text `json:"updated_at"`
	Author     text `json:"author_id"`
}

type ghostComment struct {
	ID      text `json:"id"`
	Post    text `json:"post_id"`
	Member  text `json:"member_id"`
	Parent  text `json:"parent_id"`
	Answers text `json:"in_reply_to_id"`
	Status  text `json:"status"`
	HTML    text `json:"html"`
	Created text `json:"created_at"`
	Edited  text `json:"edited_at"`
}

func newGhost() *ghost {
	return &ghost{users: map[string]string{}, authors: map[string]string{}, members: map[string]string{}, posts: map[string]ghostPage{}, pattern: "/:slug/"}
}

// tableOf gives the table that a value is a row of, "" for another value. Newer exports
// have all under "db".
func tableOf(path string) string {
	path = strings.TrimPrefix(path, "db/*/")
	if table, ok := strings.CutPrefix(path, "data/"); ok {
		if name, row, isRow := strings.Cut(table, "/"); isRow && row == "*" {
			return name
		}
	}
	return ""
}

func ghostPlan(path string, tables ...string) jsonread.Action {
	switch path {
	case "", "db", "db/*", "db/*/data", "data":
		return jsonread.Enter
	}
	for _, t := range tables {
		switch strings.TrimPrefix(path, "db/*/") {
		case "data/" + t:
			return jsonread.Enter
		case "data/" + t + "/*":
			return jsonread.Take
		}
	}
	return jsonread.Skip
}

func (*ghost) survey(path string) jsonread.Action {
	return ghostPlan(path, "users", "posts_authors", "members", "posts", "settings")
}

func (*ghost) plan(path string) jsonread.Action { return ghostPlan(path, "posts", "comments") }

func (g *ghost) note(r *Reader, v jsonread.Value) error {
	var row struct {
		ghostPost
		Name  text `json:"name"`
		Key   text `json:"key"`
		Value text `json:"value"`
		Post  text `json:"post_id"`
		Order text `json:"sort_order"`
	}
	if v.TooLong {
		return nil
	}
	if err := decode(v.Raw, &row); err != nil {
		return err
	}
	table := tableOf(v.Path)
	if table == "settings" {
		g.setting(r, row.Key.String(), row.Value.String())
		return nil
	}
	const each = 120 // bytes, of the record
	id, name := row.ID.id(), field.Name(row.Name.String())
	if g.size += each + len(id) + len(name) + len(row.Slug) + len(row.Post); g.size > maxWriters {
		return nil
	}
	switch table {
	case "users":
		g.users[id] = name
	case "members":
		g.members[id] = name
	case "posts_authors":
		if post := row.Post.id(); row.Order == "0" || g.authors[post] == "" {
			g.authors[post] = row.Author.id()
		}
	case "posts":
		g.posts[id] = row.page()
	}
	return nil
}

func (g *ghost) setting(r *Reader, key, value string) {
	switch key {
	case "title":
		r.head.Title = field.Title(value)
	case "lang", "default_locale", "locale":
		r.head.Language = field.Line(value, 35)
	case "permalinks":
		if strings.HasPrefix(value, "/") && strings.Contains(value, ":slug") {
			g.pattern = field.ID(value)
		}
	}
}

// page gives what is held of a post, but for its path.
func (p ghostPost) page() (of ghostPage) {
	of.path = p.Slug.id()
	if at := p.Published.when(); !at.IsZero() {
		of.published = at.Unix()
	}
	if p.Status == "published" && (p.Visibility == "public" || p.Visibility == "") {
		if of.standing = offered; p.isPage() {
			of.standing = aside
		}
	}
	return of
}

func (p ghostPost) isPage() bool { return p.Type == "page" || p.Page.is() }

// path gives where a post lives: its own slug in the pattern of the site's addresses.
func (g *ghost) path(slug string, published time.Time) string {
	if slug == "" {
		return ""
	}
	path := strings.NewReplacer(":slug", slug, ":year", published.Format("2006"), ":month", published.Format("01"), ":day", published.Format("02")).Replace(g.pattern)
	if strings.Contains(path, ":") {
		path = "/" + slug + "/"
	}
	return pathOf(path)
}

func (g *ghost) take(r *Reader, v jsonread.Value) error {
	switch {
	case tableOf(v.Path) != "posts":
		return g.comment(r, v)
	case v.TooLong:
		r.tally.leave(LongPost)
		return nil
	}
	var p ghostPost
	if err := decode(v.Raw, &p); err != nil {
		return err
	}
	switch {
	case p.isPage():
		r.tally.leave(PageEntry)
	case p.Status == "draft", p.Status == "scheduled":
		r.tally.leave(Draft)
	case p.Status != "published":
		r.tally.leave(Unpublished)
	case p.Visibility != "public" && p.Visibility != "":
		r.tally.leave(MembersPost)
	default:
		g.post(r, p)
	}
	return nil
}

func (g *ghost) post(r *Reader, p ghostPost) {
	body := string(p.HTML)
	switch {
	case body != "":
	case p.Markdown != "":
		body = markdownHTML(string(p.Markdown))
	default:
		body = field.HTML(string(p.Plain))
	}
	published := p.Published.when()
	entry := feed.PostEntry{
		ID: p.ID.id(), Title: field.Title(p.Title.String()), Published: published, Updated: p.Updated.when(), Announced: -1,
		Author: g.users[cmp.Or(g.authors[p.ID.id()], p.Author.id())],
		URL:    g.path(p.Slug.id(), published),
		// Addresses on the site itself are written without it.
		Body: feed.Body{HTML: strings.ReplaceAll(body, "__GHOST_URL__", "")}, Hash: field.Hash(string(p.Title), body),
	}
	entry.Body.Base = entry.URL
	r.post(entry)
}

// comment reads a comment. A reply answers a comment, or another reply to it.
func (g *ghost) comment(r *Reader, v jsonread.Value) error {
	c, ok, err := commentRow[ghostComment](r, v)
	if !ok {
		return err
	}
	post, known := g.posts[c.Post.id()]
	switch {
	case known && post.standing == hidden:
		r.tally.leave(Elsewhere)
		return nil
	case c.Status != "published" && c.Status != "deleted" && c.Status != "":
		r.tally.leave(Unapproved)
		return nil
	}
	const name = "ghost-comment:"
	published := moment(post.published)
	entry := feed.CommentEntry{
		PostRef: c.Post.id(), Author: cmp.Or(g.members[c.Member.id()], "Anonymous"), Published: c.Created.when(), Updated: c.Edited.when(),
		Body: feed.Body{HTML: string(c.HTML), Base: g.path(post.path, published)}, Hash: field.Hash(string(c.HTML)),
	}
	if own := c.ID.id(); own != "" {
		entry.ID = name + own
		if entry.Body.Base != "" {
			entry.URL = entry.Body.Base + "#ghost-comments-" + own
		}
	}
	if parent := cmp.Or(c.Answers.id(), c.Parent.id()); parent != "" {
		entry.ParentRef = name + parent
	}
	if c.Status == "deleted" {
		entry.Body.HTML, entry.Gone, entry.GoneReason = "", true, "it was deleted on the blog"
	}
	r.comment(entry, published)
	return nil
}
