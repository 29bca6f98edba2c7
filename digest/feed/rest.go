package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/feed/scan"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// restRoute is the part of an address that names a list of WordPress's
// interface.
var restRoute = lazyregexp.New(`/wp/v2/(posts|comments)/?$`)

// rendered is a text of WordPress's interface, as HTML.
type rendered struct {
	Rendered string `json:"rendered"`
}

func (r rendered) html() string { return charset.Clean(r.Rendered) }

// restEntry is a post (wp/v2/posts) or a comment (wp/v2/comments).
type restEntry struct {
	ID       int64    `json:"id"`
	Link     string   `json:"link"`
	DateGMT  string   `json:"date_gmt"`
	Modified string   `json:"modified_gmt"`
	Content  rendered `json:"content"`
	Status   string   `json:"status"`
	Type     string   `json:"type"`

	// Posts only.
	GUID     *rendered `json:"guid"`
	Title    rendered  `json:"title"`
	Excerpt  rendered  `json:"excerpt"`
	Embedded struct {
		Author []struct {
			Name string `json:"name"`
		} `json:"author"`
	} `json:"_embedded"`

	// Comments only.
	Post       *int64 `json:"post"`
	Parent     int64  `json:"parent"`
	AuthorName string `json:"author_name"`
	AuthorURL  string `json:"author_url"`
}

// parseREST reads a list of posts or comments from WordPress's interface. It
// names parents, which WordPress's feeds do not.
func parseREST(text []byte, opts Options) (*Document, error) {
	list := readArray(json.NewDecoder(bytes.NewReader(text)), text)
	if list.cut && len(list.items) == 0 {
		if list.early {
			return nil, scan.CutShort()
		}
		return nil, wrongJSON()
	}
	d := &Document{Platform: digest.WordPress, TotalResults: -1, Skipped: list.skipped, CutShort: list.cut}
	for _, raw := range list.items {
		e, err := decode[restEntry](raw)
		if err != nil || e.ID <= 0 {
			d.leaveOut("", digest.UnreadableEntry)
			continue
		}
		switch {
		case e.Post != nil && e.GUID == nil && d.Kind != digest.PostsFeed: // attachments have a post, too
			d.Kind = digest.CommentsFeed
			d.restComment(&e, opts.URL)
		case e.GUID != nil && e.Post == nil && d.Kind != digest.CommentsFeed:
			d.Kind = digest.PostsFeed
			d.addPost(e.post(opts.URL))
		default:
			return nil, wrongJSON()
		}
	}
	if len(list.items) > 0 && d.Kind == "" {
		return nil, wrongJSON()
	}
	d.settle()
	route := restRoute.FindStringSubmatch(restPath(opts.URL))
	if d.Kind == "" { // an empty list
		if route == nil {
			return nil, wrongJSON()
		}
		d.Kind = digest.FeedKind(route[1])
	}
	if opts.Want != "" && opts.Want != d.Kind {
		return nil, wrongKind("", d.Kind, opts.Want)
	}
	if route != nil {
		d.restPage(opts.URL, len(list.items)+len(list.skipped))
	}
	return d, nil
}

// restPath gives the route of an address: its path, or the parameter that sites
// without pretty addresses use.
func restPath(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if r := u.Query().Get("rest_route"); r != "" {
		return r
	}
	return u.Path
}

// restPage works out the page after this one: as long as pages are full, another
// may follow. It also sees whether only one post's comments were asked for.
func (d *Document) restPage(address string, entries int) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	q := u.Query()
	d.OnePost = d.Kind == digest.CommentsFeed && field.Number(q.Get("post")) > 0
	size := 10
	if n := field.Number(q.Get("per_page")); n > 0 {
		size = n
	}
	if entries < size || d.CutShort {
		return
	}
	q.Set("page", strconv.Itoa(max(1, field.Number(q.Get("page")))+1))
	u.RawQuery = q.Encode()
	d.NextURL = field.URL("", u.String())
}

func (e *restEntry) post(base string) PostEntry {
	body := cmp.Or(e.Content.html(), e.Excerpt.html())
	p := PostEntry{
		ID:        field.ID(html.UnescapeString(e.GUID.Rendered)),
		URL:       field.URL(base, e.Link),
		Title:     field.Title(e.Title.Rendered),
		Published: field.Time(e.DateGMT),
		Updated:   field.Time(e.Modified),
		Announced: -1,
		Body:      Body{HTML: body, Base: field.URL(base, e.Link)},
		Hash:      field.Hash(e.Title.Rendered, body),
		Key:       "post-" + strconv.FormatInt(e.ID, 10),
	}
	for _, a := range e.Embedded.Author {
		if p.Author == "" {
			p.Author = field.Name(a.Name)
		}
	}
	return p
}

// restComment takes a comment up. Its id in the feeds is not in the list, so the
// permalink stands for it; its key is the same everywhere.
func (d *Document) restComment(e *restEntry, base string) {
	page := commentPage.ReplaceAllString(field.WithoutFragment(field.URL(base, e.Link)), "$1")
	key := func(n int64) string { return "comment-" + strconv.FormatInt(n, 10) }
	c := CommentEntry{
		URL:       field.URL(base, e.Link),
		PostRef:   page,
		Author:    field.Name(e.AuthorName),
		AuthorURI: field.URL("", e.AuthorURL),
		Published: field.Time(e.DateGMT),
		Body:      Body{HTML: e.Content.html(), Base: field.URL(base, e.Link)},
		Hash:      field.Hash(e.Content.html()),
		Key:       key(e.ID),
	}
	if *e.Post > 0 {
		c.PostKey = "post-" + strconv.FormatInt(*e.Post, 10)
	}
	if e.Parent > 0 {
		c.ParentKey = key(e.Parent)
		if page != "" {
			c.ParentRef = page + "#" + c.ParentKey
		}
	}
	switch {
	case e.Type == "pingback" || e.Type == "trackback":
		d.Skipped = append(d.Skipped, Skip{ID: c.URL, Reason: digest.LinkNotice})
		return
	case e.Status == "trash" || e.Status == "spam":
		c.Gone, c.GoneReason = true, e.Status
	case e.Status != "" && e.Status != "approved" && !strings.EqualFold(e.Status, "approve"):
		d.Skipped = append(d.Skipped, Skip{ID: c.URL, Reason: digest.NotApproved})
		return
	}
	d.addComment(c, c.Key)
}
