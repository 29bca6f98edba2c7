package feed

import (
	"cmp"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/field"
)

// addPost takes a post up. Its identity is its id, else its address, else what
// it says: see [derivedID].
func (d *Document) addPost(p PostEntry) {
	if p.ID == "" {
		p.ID = p.URL
	}
	if p.ID == "" {
		p.ID = p.said()
	}
	if p.ID == "" {
		d.leaveOut("", digest.EmptyEntry)
		return
	}
	d.Posts = append(d.Posts, p)
}

// said names a comment by what it says.
func (c *CommentEntry) said() string { return derivedID("", c.Body.HTML, c.Author, c.Published) }

// Name is the id of a comment, with what it says where others share the id.
func (c *CommentEntry) Name() string {
	if !c.Shared {
		return c.ID
	}
	return c.ID + " " + c.said()
}

// said names a post by what it says.
func (p *PostEntry) said() string { return derivedID(p.Title, p.Body.HTML, p.Author, p.Published) }

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
	if c.ParentRef == c.ID {
		c.ParentRef = ""
	}
	if c.ParentKey != "" && c.ParentKey == c.Key {
		c.ParentKey = ""
	}
	if c.ID == "" {
		d.leaveOut("", digest.EmptyEntry)
		return
	}
	d.Comments = append(d.Comments, c)
}

// leaveOut notes an entry that is not taken up.
func (d *Document) leaveOut(id string, why digest.LeftOut) {
	d.Skipped = append(d.Skipped, Skip{ID: id, Reason: why})
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

// settle tells entries apart that have one id, once all are there. An id names none of
// them where several entries have it: those with addresses of their own go by these, the
// others by what they say. Comments keep the id then, and [CommentEntry.Shared] tells of
// it, so that the store finds what it knows by it. What says the same twice is there once;
// of an entry in several states (RFC 4287, 4.1.1) the newest counts.
func (d *Document) settle() {
	d.Posts = tellApart(d, d.Posts, (*PostEntry).naming, func(p *PostEntry, address string) {
		p.ID = cmp.Or(address, p.said())
	})
	d.Comments = tellApart(d, d.Comments, (*CommentEntry).naming, func(c *CommentEntry, address string) {
		c.ID, c.Shared = cmp.Or(address, c.ID), address == ""
	})
	for i := range d.Comments {
		switch c := &d.Comments[i]; {
		case c.Shared:
			c.PostRef = cmp.Or(c.PostRef, c.URL)
		case c.PostRef == c.ID:
			c.PostRef = ""
		}
	}
}

// naming is what tells an entry from another of its id: its address, what it says, and
// what all its states have in common, "" for nothing.
type naming struct {
	id, url string
	said    func() string
	state   string
	updated time.Time
}

func (p *PostEntry) naming() naming {
	return naming{p.ID, p.URL, p.said, stateOf(p.Author, p.Published, p.Updated), p.Updated}
}

func (c *CommentEntry) naming() naming {
	return naming{c.ID, c.URL, c.said, stateOf(c.Author, c.Published, c.Updated), c.Updated}
}

// stateOf gives what the states of an entry have in common, its writer and its moment, if
// it says that it was changed.
func stateOf(author string, published, updated time.Time) string {
	if published.IsZero() || updated.IsZero() || updated.Equal(published) {
		return ""
	}
	return author + "\x00" + published.UTC().Format(time.RFC3339Nano)
}

// tellApart renames entries of which several have one id, by an address of their own or
// by none, and leaves out those that are there twice.
func tellApart[E any](d *Document, entries []E, naming func(*E) naming, rename func(e *E, address string)) []E {
	byID := make(map[string][]*E, len(entries))
	for i := range entries {
		id := naming(&entries[i]).id
		byID[id] = append(byID[id], &entries[i])
	}
	if len(byID) == len(entries) {
		return entries
	}
	dropped, address := map[*E]bool{}, map[*E]string{}
	for id, all := range byID {
		all = distinct(all, naming, dropped)
		if len(all) < 2 {
			continue
		}
		urls := map[string]int{}
		for _, e := range all {
			urls[naming(e).url]++
		}
		for _, e := range all {
			if url := naming(e).url; url != id && urls[url] == 1 && len(byID[url]) == 0 {
				address[e] = url
			} else {
				address[e] = ""
			}
		}
	}
	out := make([]E, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if dropped[e] {
			d.leaveOut(naming(e).id, digest.RepeatedEntry)
			continue
		}
		if url, named := address[e]; named {
			rename(e, url)
		}
		out = append(out, *e)
	}
	return out
}

// distinct gives the entries of one id that are different ones.
func distinct[E any](all []*E, naming func(*E) naming, dropped map[*E]bool) []*E {
	if len(all) < 2 {
		return all
	}
	said, states := map[string]bool{}, map[string]*E{}
	for _, e := range all {
		n := naming(e)
		words := n.said() + " " + n.url
		switch before := states[n.state]; {
		case said[words]:
			dropped[e] = true
			continue
		case n.state != "" && before != nil && !n.updated.After(naming(before).updated):
			dropped[e] = true
			continue
		case n.state != "" && before != nil:
			dropped[before] = true
		}
		said[words], states[n.state] = true, e
	}
	return slices.DeleteFunc(slices.Clone(all), func(e *E) bool { return dropped[e] })
}
