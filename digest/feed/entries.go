package feed

// reasonNoID is why an entry without identity is skipped.
const reasonNoID = "it has neither an id nor an address"

// addPost takes a post up unless it has no identity: its id, else its address.
func (d *Document) addPost(p PostEntry) {
	if p.ID == "" {
		p.ID = p.URL
	}
	if d.usable(p.ID) {
		d.Posts = append(d.Posts, p)
	}
}

// addComment takes a comment up unless it has no identity: its id, else its
// permalink with the fragment. Author and date are none: most comments are by
// "Anonymous".
func (d *Document) addComment(c CommentEntry) {
	if c.ID == "" && c.URL != withoutFragment(c.URL) {
		c.ID = c.URL
	}
	if d.usable(c.ID) {
		d.Comments = append(d.Comments, c)
	}
}

// usable tells whether an entry has an id that the page did not have before,
// and lists it as skipped if not.
func (d *Document) usable(id string) bool {
	if id == "" {
		d.Skipped = append(d.Skipped, Skip{Reason: reasonNoID})
		return false
	}
	if d.seen[id] {
		d.Skipped = append(d.Skipped, Skip{ID: id, Reason: "it stands twice on the page"})
		return false
	}
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	d.seen[id] = true
	return true
}
