package sampleblog

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/digest/lazyregexp"
)

//go:embed posts/*.txt
var scripts embed.FS

var (
	postHead    = lazyregexp.New(`^title: ?(.*)\nslug: (.+)\nat: (.+)\n\n`)
	anyHead     = lazyregexp.New(`(?m)^(?:===|-->).*$`)
	commentHead = lazyregexp.New(`^(===|-->) (-\S+(?: \d\d:\d\d)?)(?: by ([^()\[\]]+?)( \(profile\))?)?` +
		`( \[removed by (author|admin)\])?( \[no link\])?$`)
	dayMoment = lazyregexp.New(`^-(\d)d (\d\d):(\d\d)$`)

	// asHTML sets lines and paragraphs as Blogger does.
	asHTML = strings.NewReplacer("\n\n<blockquote", "\n<blockquote", "</blockquote>\n\n", "</blockquote>\n",
		"\n\n", "<br /><br />", "\\\n", "<br />", "\n", " ", "'", "&#39;")
)

// New makes the sample blog as it would stand at now: the same now gives the
// same bytes. It panics only if the embedded texts are malformed, which the
// tests of this package rule out.
func New(now time.Time) *Blog {
	zone, err := time.LoadLocation(blogZone)
	if err != nil {
		panic(err)
	}
	b := &Blog{now: now.In(zone), id: makeID("blog", blogName)}
	b.mux = b.routes()
	names, _ := fs.Glob(scripts, "posts/*.txt")
	for _, name := range names {
		text, err := scripts.ReadFile(name)
		if err != nil {
			panic(err)
		}
		b.read(name, string(text))
	}
	slices.SortFunc(b.posts, func(x, y Post) int { return x.Published.Compare(y.Published) })
	return b
}

// read adds the post and the comments of a file.
func (b *Blog) read(name, text string) {
	head := postHead.FindStringSubmatch(text)
	if head == nil {
		panic(name + " does not begin with title, slug, at and an empty line")
	}
	heads := anyHead.FindAllStringIndex(text, -1)
	title, slug, at := head[1], head[2], b.moment(head[3])
	p := Post{
		ID: makeID("post", slug), Title: title, Published: at,
		Path: fmt.Sprintf("/%s/%s.html", at.Format("2006/01"), slug),
		HTML: asHTML.Replace(strings.TrimSpace(text[len(head[0]):heads[0][0]])),
	}
	p.Updated = at.Add(2*time.Minute + belowMinute(p.ID))
	b.posts = append(b.posts, p)
	parent := ""
	for i, at := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		head := commentHead.FindStringSubmatch(text[at[0]:at[1]])
		if head == nil {
			panic(fmt.Sprintf("%s: unknown heading %q", name, text[at[0]:at[1]]))
		}
		c := b.said(slug, head, asHTML.Replace(strings.TrimSpace(text[at[1]:end])))
		c.PostID = p.ID
		if head[1] == "-->" {
			c.ParentID = parent
		} else {
			parent = c.ID
		}
		b.insert(c)
	}
}

// said makes a comment of the parts of its heading and its text.
func (b *Blog) said(slug string, head []string, html string) *Comment {
	c := &Comment{Author: anonymous, HTML: html, Removed: head[5] != "", NoLink: head[7] != ""}
	if head[3] != "" {
		c.Author = head[3]
	}
	c.ID = makeID("comment", slug, head[2], c.Author, html)
	c.Published = b.moment(head[2]).Add(belowMinute(c.ID))
	switch head[6] {
	case "author":
		c.HTML = removedByAuthor
	case "admin":
		c.HTML = removedByAdmin
	}
	if head[4] != "" {
		account := c.Author
		if c.Removed { // those who closed their account are all called "Unknown"
			account += c.ID
		}
		c.Profile = makeID("profile", account)
	}
	return c
}

// moment gives the time that "-2d 23:41" or "-50m" means.
func (b *Blog) moment(text string) time.Time {
	if m := dayMoment.FindStringSubmatch(text); m != nil {
		days, _ := strconv.Atoi(m[1])
		hour, _ := strconv.Atoi(m[2])
		minute, _ := strconv.Atoi(m[3])
		y, month, d := b.now.Date()
		return time.Date(y, month, d-days, hour, minute, 0, 0, b.now.Location())
	}
	d, err := time.ParseDuration(text)
	if err != nil || d > -2*time.Minute {
		panic(fmt.Sprintf("unknown moment %q", text))
	}
	return b.now.Add(d).Truncate(time.Minute)
}
