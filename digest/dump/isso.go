package dump

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/jsonread"
)

// issoRow is a comment as Isso's database has it, with the page's path and title; in a
// list of threads a comment has fewer members, and its text a time.
type issoRow struct {
	ID       text `json:"id"`
	Parent   text `json:"parent"`
	URI      text `json:"uri"`
	Title    text `json:"title"`
	Created  text `json:"created"`
	Modified text `json:"modified"`
	Mode     text `json:"mode"`
	Text     text `json:"text"`
	Author   text `json:"author"`
	Website  text `json:"website"`
}

// The modes of a comment in Isso's database.
const (
	issoHeld    = "2"
	issoDeleted = "4"
)

// issoThreads reads the list of threads that Isso itself imports (its "generic" format).
// Comments are numbered in each thread, and answer nothing.
type issoThreads struct {
	ids, titles []string // by the place of the thread in the list
	now         int      // the thread that is read
	size        int
	sites       sites
}

func (x *issoThreads) survey(path string) jsonread.Action {
	switch path {
	case "":
		x.now = -1
	case "*":
		x.now++
		x.ids, x.titles = append(x.ids, ""), append(x.titles, "")
		x.size += 32
	case "*/id", "*/title":
		if x.size < maxThreads {
			return jsonread.Take
		}
		return jsonread.Skip
	default:
		return jsonread.Skip
	}
	return jsonread.Enter
}

func (x *issoThreads) note(_ *Reader, v jsonread.Value) error {
	var t text
	if v.TooLong {
		return nil
	}
	if err := decode(v.Raw, &t); err != nil {
		return err
	}
	x.size += len(t)
	if v.Path == "*/id" {
		x.ids[x.now] = t.id()
	} else {
		x.titles[x.now] = field.Title(t.String())
	}
	return nil
}

func (x *issoThreads) plan(path string) jsonread.Action {
	switch path {
	case "":
		x.now = -1
	case "*":
		x.now++
	case "*/comments/*":
		return jsonread.Take
	case "*/comments":
	default:
		return jsonread.Skip
	}
	return jsonread.Enter
}

func (x *issoThreads) take(r *Reader, v jsonread.Value) error {
	c, ok, err := commentRow[issoRow](r, v)
	if !ok {
		return err
	}
	c.URI, c.Title, c.Parent, c.Mode = text(x.ids[x.now]), text(x.titles[x.now]), "", ""
	entry, made := c.entry(r, &x.sites)
	if entry.ID = ""; c.ID != "" && c.URI != "" {
		entry.ID = field.ID("isso:" + c.URI.id() + "#" + c.ID.id())
	}
	r.comment(entry, made)
	return nil
}

// issoRows reads the comments of Isso's database, as a list or line by line.
type issoRows struct {
	list  bool
	sites sites
}

func (x *issoRows) plan(path string) jsonread.Action {
	if path == "" && x.list {
		return jsonread.Enter
	}
	return jsonread.Take
}

func (x *issoRows) take(r *Reader, v jsonread.Value) error {
	c, ok, err := commentRow[issoRow](r, v)
	if !ok {
		return err
	}
	if c.Mode == issoHeld {
		r.tally.leave(Unapproved)
		return nil
	}
	entry, made := c.entry(r, &x.sites)
	const key = "isso-" // as its feeds have it
	if own := number(c.ID.String()); own != "" {
		entry.ID, entry.Key = "isso:"+own, key+own
		if page := entry.Body.Base; page != "" {
			entry.URL = page + "#isso-" + own
		}
	}
	if parent := number(c.Parent.String()); parent != "" {
		entry.ParentRef, entry.ParentKey = "isso:"+parent, key+parent
	}
	if c.Mode == issoDeleted {
		entry.Body.HTML, entry.Gone, entry.GoneReason = "", true, "it was deleted on the blog"
	}
	r.comment(entry, made)
	return nil
}

// entry reads what both have, and gives when the page was made as far as it is known. A page goes by its path until it is known where the blog
// lives.
func (c issoRow) entry(r *Reader, all *sites) (entry feed.CommentEntry, made time.Time) {
	body := markdownHTML(string(c.Text))
	entry = feed.CommentEntry{
		Author: cmp.Or(field.Name(c.Author.String()), "Anonymous"), AuthorURI: webURL(c.Website.String()),
		Published: c.Created.when(), Updated: c.Modified.when(), Body: feed.Body{HTML: body}, Hash: field.Hash(string(c.Text)),
	}
	link := field.WithoutFragment(c.URI.id())
	if !strings.HasPrefix(link, "/") {
		link = webURL(link)
	}
	if link != "" {
		page := all.give(r, all.at(site{link: link, title: field.Title(c.Title.String())}), entry.Published)
		entry.PostRef, entry.Body.Base, made = page.link, page.link, moment(page.created)
	}
	return entry, made
}
