package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
)

// postCmd groups the commands about posts.
type postCmd struct {
	List   postListCmd   `cmd:"" help:"List posts, newest first."`
	Search postSearchCmd `cmd:"" help:"Search posts by titles and words, best match first."`
}

// published narrows a listing to a source and a time.
type published struct {
	Source int64    `help:"Only of this source." placeholder:"ID"`
	Since  dateFlag `help:"Published at or after this day or moment." placeholder:"DATE"`
	Until  dateFlag `help:"Published before this day or moment." placeholder:"DATE"`
}

type postListCmd struct {
	listing
	published
	Limit int `help:"At most so many." default:"200"`
}

// postRow is a post in a JSON listing.
type postRow struct {
	ID        int64  `json:"id"`
	SourceID  int64  `json:"source_id"`
	GUID      string `json:"guid"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Author    string `json:"author"`
	Published stamp  `json:"published"`
	Updated   stamp  `json:"updated"`
	FirstSeen stamp  `json:"first_seen"`
	Announced int    `json:"announced"`
	Text      string `json:"text"`
}

func postRowOf(p digest.Post) postRow {
	return postRow{
		ID: p.ID, SourceID: p.SourceID, GUID: p.GUID, URL: p.URL, Title: p.Title, Author: p.Author,
		Published: stamp(p.DatedAt()), Updated: stamp(p.Updated), FirstSeen: stamp(p.FirstSeen),
		Announced: p.Announced, Text: p.Body.Shown(),
	}
}

// title is the post's title in a table; of one without it, how it begins.
func (r postRow) title() string {
	if r.Title == "" {
		return "(no title) " + r.Text
	}
	return r.Title
}

// Run lists posts.
func (c postListCmd) Run(ctx context.Context, p *Program, a *app) error {
	posts, err := a.read.Posts(ctx, digest.PostFilter{
		SourceID: c.Source, Since: time.Time(c.Since), Until: time.Time(c.Until), Limit: c.Limit,
	})
	if err != nil {
		return err
	}
	if err := a.known(ctx, c.Source, len(posts)); err != nil {
		return err
	}
	rows := rowsOf(posts, postRowOf)
	p.more(len(rows), c.Limit)
	return printList(p, c.JSON, rows, noneOf("post", c.narrowed()), "ID\tPUBLISHED\tCOMMENTS\tTITLE", func(r postRow) string {
		announced := "-"
		if r.Announced >= 0 {
			announced = fmt.Sprint(r.Announced)
		}
		return fmt.Sprintf("%d\t%s\t%s\t%s", r.ID, when(time.Time(r.Published)), announced, cell(r.title(), 60))
	})
}

// narrowed tells whether only some posts are asked for.
func (c postListCmd) narrowed() bool {
	c.Limit, c.JSON = 0, false
	return c != postListCmd{}
}

// noneOf says that no posts or comments are listed.
func noneOf(what string, narrowed bool) string {
	if narrowed {
		return "No " + what + " is like that."
	}
	return "No " + what + "s are stored yet. To bring them: postbag source add URL, then postbag pull"
}

// dateFlag is a day (in UTC) or a moment in RFC 3339.
type dateFlag time.Time

// UnmarshalText reads 2026-01-31 or 2026-01-31T18:00:00Z.
func (d *dateFlag) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			*d = dateFlag(t)
			return nil
		}
	}
	return fmt.Errorf("%q is no date such as 2026-01-31 or 2026-01-31T18:00:00Z", text)
}
