package feed

import (
	"time"

	"postbag/digest/field"
)

// reasonEmpty is why an entry without identity is skipped.
const reasonEmpty = "it is empty"

// reasonLink is why WordPress's notice that another page links here is left out.
const reasonLink = "it is the notice of a link, not a comment"

// addPost takes a post up. Its identity is its id, else its address, else what
// it says: see [derivedID].
func (d *Document) addPost(p PostEntry) {
	if p.ID == "" {
		p.ID = p.URL
	}
	if p.ID == "" {
		p.ID = derivedID(p.Title, p.Body.HTML, p.Author, p.Published)
	}
	if p.ID = d.nameOf(p.ID, p.URL); p.ID != "" {
		d.Posts = append(d.Posts, p)
	}
}

// addComment takes a comment up. Its identity is its id, else its permalink with
// the fragment, else what it says: see [derivedID]. Author and date alone are
// none: most comments are by "Anonymous".
func (d *Document) addComment(c CommentEntry, rawTitle string) {
	if c.ID == "" && c.URL != field.WithoutFragment(c.URL) {
		c.ID = c.URL
	}
	if c.ID == "" {
		c.ID = derivedID(field.Title(rawTitle), c.Body.HTML, c.Author, c.Published)
	}
	if c.PostRef == c.ID {
		c.PostRef = ""
	}
	if c.ParentRef == c.ID {
		c.ParentRef = ""
	}
	if c.ParentKey != "" && c.ParentKey == c.Key {
		c.ParentKey = ""
	}
	if c.ID = d.nameOf(c.ID, c.URL); c.ID != "" {
		d.Comments = append(d.Comments, c)
	}
}

// derivedID names an entry that has neither id nor address of its own by its
// title, text, author and time of publication; "" if it has none of these. An
// edit makes another entry of it: nothing better can be known.
func derivedID(title, html, author string, published time.Time) string {
	when := ""
	if !published.IsZero() {
		when = published.UTC().Format(time.RFC3339)
	}
	if title == "" && html == "" && author == "" && when == "" {
		return ""
	}
	return "hash:" + field.Hash(title, html, author, when)
}

// nameOf gives the id that an entry goes by, or "" for one that is listed as
// skipped: because it has none, or because the page had it before. An id that the
// page gives to entries with different addresses tells nothing; all but the first
// of them go by their addresses.
func (d *Document) nameOf(id, url string) string {
	if id == "" {
		d.Skipped = append(d.Skipped, Skip{Reason: reasonEmpty})
		return ""
	}
	if d.seen == nil {
		d.seen = map[string]string{}
	}
	first, twice := d.seen[id]
	if twice && url != "" && first != "" && url != first {
		id = url
		_, twice = d.seen[id]
	}
	if twice {
		d.Skipped = append(d.Skipped, Skip{ID: id, Reason: "it stands twice on the page"})
		return ""
	}
	d.seen[id] = url
	return id
}
