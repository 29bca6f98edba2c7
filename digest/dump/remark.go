package dump

import (
	"cmp"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/jsonread"
)

// remark reads Remark42's backup: one object that tells of its users and pages, and then
// one for each comment, line by line.
type remark struct{ sites sites }

type remarkComment struct {
	ID    text `json:"id"`
	PID   text `json:"pid"`
	Text  text `json:"text"`
	Title text `json:"title"`
	Time  text `json:"time"`
	User  struct {
		Name text `json:"name"`
	} `json:"user"`
	Locator struct {
		URL text `json:"url"`
	} `json:"locator"`
	Edit struct {
		Time text `json:"time"`
	} `json:"edit"`
	Deleted text `json:"delete"`
}

func (*remark) plan(string) jsonread.Action { return jsonread.Take }

func (x *remark) take(r *Reader, v jsonread.Value) error {
	if v.TooLong { // what it tells of users may be
		if r.tally.Comments > 0 {
			r.tally.leave(LongComment)
		}
		return nil
	}
	var c remarkComment
	if err := decode(v.Raw, &c); err != nil {
		return err
	}
	if c.ID == "" && c.Locator.URL == "" {
		return nil // what stands above the comments
	}
	entry := feed.CommentEntry{
		ID: c.ID.id(), Author: cmp.Or(field.Name(c.User.Name.String()), "Anonymous"), Published: c.Time.when(), Updated: c.Edit.Time.when(),
		Body: feed.Body{HTML: string(c.Text)}, Hash: field.Hash(string(c.Text)),
	}
	const mark = "comment-"
	if entry.ID != "" {
		entry.Key = mark + entry.ID
	}
	if parent := c.PID.id(); parent != "" {
		entry.ParentRef, entry.ParentKey = parent, mark+parent
	}
	var made time.Time
	if own := field.WithoutFragment(webURL(c.Locator.URL.String())); own != "" {
		page := x.sites.give(r, x.sites.at(site{link: own, title: field.Title(c.Title.String())}), entry.Published)
		entry.PostRef, entry.Body.Base, made = page.link, page.link, moment(page.created)
		if entry.ID != "" {
			entry.URL = own + "#remark42__comment-" + entry.ID
		}
	}
	if c.Deleted.is() {
		entry.Body.HTML, entry.Gone, entry.GoneReason = "", true, "it was deleted on Remark42"
	}
	r.comment(entry, made)
	return nil
}
