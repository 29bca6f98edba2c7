package dump

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/jsonread"
)

// maxWriters is how much is held of the names of writers, in bytes, about; those beyond
// are nameless.
const maxWriters = 8 << 20

// commento reads the exports of Commento (version 1) and of Comentario (1 and 3), which
// have lists of comments, of writers, and in the end of pages. Comments come first, so the
// file is looked through before.
type commento struct {
	writers map[string]writer
	pages   map[string]commentoPage
	size    int // of both
	sites   sites
}

type writer struct{ name, url string }

type commentoPage struct {
	Path    text `json:"path"`
	Title   text `json:"title"`
	Created text `json:"createdTime"`
}

// commentoRow has the members of both versions.
type commentoRow struct {
	Hex       text `json:"commentHex"`
	Writer    text `json:"commenterHex"`
	Parent    text `json:"parentHex"`
	Domain    text `json:"domain"`
	Host      text `json:"host"`
	Path      text `json:"path"`
	URL       text `json:"url"`
	Markdown  text `json:"markdown"`
	HTML      text `json:"html"`
	State     text `json:"state"`
	Date      text `json:"creationDate"`
	Deleted   text `json:"deleted"`
	ID        text `json:"id"`
	ParentID  text `json:"parentId"`
	PageID    text `json:"pageId"`
	Created   text `json:"createdTime"`
	Edited    text `json:"editedTime"`
	UserID    text `json:"userCreated"`
	Name      text `json:"authorName"`
	Approved  text `json:"isApproved"`
	IsDeleted text `json:"isDeleted"`
}

func newCommento() *commento {
	return &commento{writers: map[string]writer{}, pages: map[string]commentoPage{}}
}

func (*commento) survey(path string) jsonread.Action {
	switch path {
	case "", "commenters", "pages":
		return jsonread.Enter
	case "commenters/*", "pages/*":
		return jsonread.Take
	}
	return jsonread.Skip
}

func (x *commento) note(_ *Reader, v jsonread.Value) error {
	var row struct {
		Hex  text `json:"commenterHex"`
		ID   text `json:"id"`
		Name text `json:"name"`
		Link text `json:"link"`
		URL  text `json:"websiteUrl"`
		commentoPage
	}
	if v.TooLong {
		return nil
	}
	if err := decode(v.Raw, &row); err != nil {
		return err
	}
	id := cmp.Or(row.Hex.id(), row.ID.id())
	if x.size += len(v.Raw); id == "" || x.size > maxWriters {
		return nil
	}
	if v.Path == "pages/*" {
		x.pages[id] = row.commentoPage
		return nil
	}
	x.writers[id] = writer{field.Name(row.Name.String()), webURL(cmp.Or(row.URL, row.Link).String())}
	return nil
}

func (*commento) plan(path string) jsonread.Action {
	switch path {
	case "", "comments":
		return jsonread.Enter
	case "comments/*":
		return jsonread.Take
	}
	return jsonread.Skip
}

func (x *commento) take(r *Reader, v jsonread.Value) error {
	c, ok, err := commentRow[commentoRow](r, v)
	if !ok {
		return err
	}
	gone := c.Deleted.is() || c.IsDeleted.is() || c.Markdown == "[deleted]"
	switch {
	case c.State == "flagged":
		r.tally.leave(Spam)
		return nil
	case c.State != "" && c.State != "approved", c.Approved != "" && !c.Approved.is() && !gone:
		r.tally.leave(Unapproved)
		return nil
	}
	mark := "commento-"
	if c.Hex == "" {
		mark = "comentario-"
	}
	by := x.writers[cmp.Or(c.Writer, c.UserID).id()]
	body := string(c.HTML)
	if strings.TrimSpace(body) == "" {
		body = markdownHTML(string(c.Markdown))
	}
	entry := feed.CommentEntry{
		ID: cmp.Or(c.Hex, c.ID).id(), Author: cmp.Or(field.Name(c.Name.String()), by.name, "Anonymous"), AuthorURI: by.url,
		Published: cmp.Or(c.Date, c.Created).when(), Updated: c.Edited.when(), Body: feed.Body{HTML: body}, Hash: field.Hash(body),
	}
	if entry.ID != "" {
		entry.Key = mark + entry.ID
	}
	if parent := cmp.Or(c.Parent, c.ParentID).id(); parent != "" && parent != "root" {
		entry.ParentRef, entry.ParentKey = parent, mark+parent
	}
	var created time.Time
	if page := x.pageOf(c); page.link != "" {
		own := page.link
		of := x.sites.give(r, x.sites.at(page), entry.Published)
		created = moment(of.created)
		entry.PostRef, entry.Body.Base = of.link, of.link
		if entry.Key != "" {
			entry.URL = own + "#" + entry.Key
		}
	}
	if gone {
		entry.Body.HTML, entry.Gone, entry.GoneReason = "", true, "it was deleted there"
	}
	r.comment(entry, created)
	return nil
}

// pageOf gives the page of a comment: a path where the export does not name the host.
func (x *commento) pageOf(c commentoRow) (s site) {
	page := x.pages[c.PageID.id()]
	s.title = field.Title(page.Title.String())
	if created := page.Created.when(); !created.IsZero() {
		s.created = created.Unix()
	}
	path := cmp.Or(page.Path, c.Path)
	if whole := webURL(c.URL.String()); whole != "" {
		s.link = field.WithoutFragment(whole)
		return s
	}
	if path == "" {
		path = c.URL // where Commento has the path
	}
	if path == "" && c.Domain == "" && c.Host == "" {
		return site{}
	}
	s.link = field.WithoutFragment("/" + strings.TrimPrefix(path.id(), "/"))
	if host := cmp.Or(c.Domain, c.Host).id(); host != "" {
		s.link = webURL("https://" + host + s.link)
	}
	return s
}
