package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/prose"
	"postbag/digest/search"
)

// commentCmd groups the commands about comments.
type commentCmd struct {
	List   commentListCmd   `cmd:"" help:"List comments, newest first."`
	Search commentSearchCmd `cmd:"" help:"Search comments, best match first."`
	Show   commentShowCmd   `cmd:"" help:"Show one comment in full."`
}

type commentListCmd struct {
	listing
	published
	Post  int64  `help:"Only under this post." placeholder:"ID"`
	State string `help:"Only those that are new, picked, maybe, skipped or gone." enum:",new,picked,maybe,skipped,gone" default:"" placeholder:"STATE"`
	Text  string `help:"Only those that match this, written as for comment search." placeholder:"QUERY"`
	Limit int    `help:"At most so many." default:"200"`
}

// commentRow is a comment in a JSON listing.
type commentRow struct {
	ID         int64               `json:"id"`
	SourceID   int64               `json:"source_id"`
	GUID       string              `json:"guid"`
	URL        string              `json:"url"`
	PostID     int64               `json:"post_id"`
	PostGUID   string              `json:"post_guid"`
	ParentID   int64               `json:"parent_id"`
	ParentGUID string              `json:"parent_guid"`
	Author     string              `json:"author"`
	Published  stamp               `json:"published"`
	Updated    stamp               `json:"updated"`
	State      digest.CommentState `json:"state"`
	Words      int                 `json:"words"`
	Text       string              `json:"text"`
}

// versionRow is an earlier text of a comment in JSON.
type versionRow struct {
	Until  stamp  `json:"until"`
	Author string `json:"author"`
	Words  int    `json:"words"`
	Text   string `json:"text"`
}

// shownRow is a comment with its earlier texts, newest first, and what it has to
// do with others.
type shownRow struct {
	commentRow
	Earlier []versionRow `json:"earlier"`
	// NearCopies are the comments that are near copies of it, and QuotedInPosts the
	// later posts that quote it.
	NearCopies    []int64 `json:"near_copies"`
	QuotedInPosts []int64 `json:"quoted_in_posts"`
}

func shownRowOf(c digest.ListedComment, others []near.Other, earlier []digest.CommentVersion) shownRow {
	row := shownRow{commentRow: commentRowOf(c), Earlier: []versionRow{}, NearCopies: []int64{}, QuotedInPosts: []int64{}}
	for _, v := range earlier {
		row.Earlier = append(row.Earlier, versionRow{stamp(v.Replaced), v.Author, v.Words, v.Body.Shown()})
	}
	for _, o := range others {
		switch {
		case o.Relation == near.Copy && !o.IsPost:
			row.NearCopies = append(row.NearCopies, o.ID)
		case o.IsPost && o.IsLater:
			row.QuotedInPosts = append(row.QuotedInPosts, o.ID)
		}
	}
	return row
}

func commentRowOf(c digest.ListedComment) commentRow {
	guid := c.PostGUID
	if guid == "" {
		guid = c.PostRef
	}
	return commentRow{
		ID: c.ID, SourceID: c.SourceID, GUID: c.GUID, URL: c.URL,
		PostID: c.PostID, PostGUID: guid, ParentID: c.ParentID, ParentGUID: c.ParentRef,
		Author: c.Author, Published: stamp(c.DatedAt()), Updated: stamp(c.Updated),
		State: c.State, Words: c.Words, Text: c.Body.Shown(),
	}
}

// Run lists comments.
func (c commentListCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.read.Comments(ctx, digest.CommentFilter{
		SourceID: c.Source, PostID: c.Post, Since: time.Time(c.Since), Until: time.Time(c.Until),
		State: digest.CommentState(c.State), Text: c.Text, Limit: c.Limit,
	})
	if err != nil {
		return err
	}
	if err := a.known(ctx, c.Source, len(found)); err != nil {
		return err
	}
	if query, err := search.Parse(c.Text); err == nil {
		p.sayNotes(query.Notes)
	}
	rows := rowsOf(found, commentRowOf)
	p.more(len(rows), c.Limit)
	return printList(p, c.JSON, rows, noneOf("comment", c.narrowed()), "ID\tPOST\tREPLY TO\tPUBLISHED\tSTATE\tWORDS\tWRITER\tWORDS BEGIN", func(r commentRow) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%d\t%s\t%s", r.ID, idOr(r.PostID, r.PostGUID), idOr(r.ParentID, r.ParentGUID),
			when(time.Time(r.Published)), r.State, r.Words, cell(r.Author, 20), cell(r.Text, 60))
	})
}

// narrowed tells whether only some comments are asked for.
func (c commentListCmd) narrowed() bool {
	c.Limit, c.JSON = 0, false
	return c != commentListCmd{}
}

// idOr shows an id, a question mark for what is named but not known yet, or
// nothing.
func idOr(id int64, ref string) string {
	switch {
	case id != 0:
		return fmt.Sprint(id)
	case ref != "":
		return "?"
	}
	return ""
}

type commentShowCmd struct {
	ID   int64 `arg:"" help:"The comment's id."`
	JSON bool  `name:"json" help:"Print JSON: an array of one."`
}

// momentOf says when a comment was written, as far as that is known.
func momentOf(t time.Time) string {
	if t.IsZero() {
		return "undated"
	}
	return when(t) + " UTC"
}

// headOf says who wrote a comment, when, and below which post, as far as that is known.
func headOf(c digest.ListedComment) string {
	head := fmt.Sprintf("%s, %s, %s, %s\n", cmp.Or(c.Author, "Anonymous"), momentOf(c.DatedAt()), plural(c.Words, "word"), c.State)
	if title := cmp.Or(c.PostTitle, c.PostURL); title != "" {
		head += fmt.Sprintf("on %q\n", title)
	}
	return head
}

// Run shows a comment, with its sentences numbered as trimming counts them.
func (c commentShowCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.read.Comment(ctx, c.ID)
	if err != nil {
		return err
	}
	others, err := a.desk.Near(ctx, found.Comment)
	if err != nil {
		return err
	}
	earlier, err := a.read.CommentVersions(ctx, found.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, shownRowOf(found, others, earlier))
	}
	var b strings.Builder
	b.WriteString(headOf(found))
	if found.URL != "" {
		fmt.Fprintln(&b, found.URL)
	}
	if found.ParentRef != "" {
		fmt.Fprintf(&b, "in reply to comment %s\n", idOr(found.ParentID, found.ParentRef))
	}
	if found.Gone {
		fmt.Fprintf(&b, "gone: %s\n", found.GoneReason)
	}
	for _, line := range near.Words(others) {
		fmt.Fprintln(&b, line)
	}
	fmt.Fprintf(&b, "\n%s\n", prose.Wrap(found.Body, 72, ""))
	for _, v := range earlier {
		fmt.Fprintf(&b, "\nuntil %s UTC it read:\n\n%s\n", when(v.Replaced), prose.Wrap(v.Body, 72, "  "))
	}
	_, err = fmt.Fprint(p.Stdout, printable(b.String()))
	return err
}
