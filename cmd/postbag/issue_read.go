package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/reading"
	"postbag/digest/suggest"
)

type issueReadCmd struct {
	which
	listing
	Post      int64  `help:"The comments under this post; else under the first with something left." placeholder:"ID"`
	After     int64  `help:"Go on after this comment." placeholder:"COMMENT"`
	Posts     bool   `help:"List the posts, with what is left under each."`
	All       bool   `help:"Also what was decided."`
	Suggested bool   `help:"What the rules suggest comes first."`
	Named     bool   `help:"Only writers who gave a name."`
	Words     int    `help:"Only comments of so many words or more." placeholder:"N"`
	Replies   int    `help:"Only comments with so many replies or more." placeholder:"N"`
	Older     bool   `help:"Also what is older than the issue's window."`
	Search    string `help:"What a query finds instead, written as for comment search." placeholder:"QUERY"`
}

func (c issueReadCmd) view() reading.View {
	return reading.View{
		Filter: reading.Filter{Named: c.Named, Words: c.Words, Replies: c.Replies, Older: c.Older},
		All:    c.All, Suggested: c.Suggested, Post: c.Post, After: c.After, Search: c.Search,
	}
}

// readRow is a comment in the JSON of what is read.
type readRow struct {
	commentRow
	Depth   int         `json:"depth"`
	Replies int         `json:"replies"`
	Reasons []string    `json:"reasons"`
	Why     []reasonRow `json:"why"`
	Notes   []string    `json:"notes"`
	CopyOf  int64       `json:"near_copy_of"`
	UsedIn  int         `json:"used_in"`
	By      string      `json:"decided_by"`
	At      stamp       `json:"decided_at"`
}

// postRow is a post in the JSON of what is left.
type readPostRow struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	Date  stamp  `json:"published"`
	Left  int    `json:"left"`
	All   int    `json:"all"`
}

// Run prints a page of comments in full.
func (c issueReadCmd) Run(ctx context.Context, p *Program, a *app) error {
	page, err := a.patientReading().Page(ctx, c.ref(), c.view())
	if err != nil {
		return err
	}
	p.sayNotes(page.Notes)
	if c.Posts {
		return c.printPosts(p, page)
	}
	if c.JSON {
		return printJSON(p, rowsOf(page.Items, func(i reading.Item) readRow { return readRowOf(page, i) })...)
	}
	var b strings.Builder
	if c.Search == "" {
		fmt.Fprintf(&b, "%s\n%d left of %d under this post; %d left in %s.\n", cmp.Or(oneLine(page.Post.Title), page.Post.URL, "Untitled"),
			page.Post.Left, page.Post.All, page.Left, oneLine(page.Issue.Title))
	}
	for _, i := range page.Items {
		b.WriteString(itemText(page, i))
	}
	if len(page.Items) == 0 {
		b.WriteString("\nNothing is left to read here.\n")
	}
	b.WriteString(c.onward(page))
	_, err = fmt.Fprint(p.Stdout, printable(b.String()))
	return err
}

func readRowOf(page reading.Page, i reading.Item) readRow {
	row := readRow{
		commentRow: commentRowOf(digest.ListedComment{Comment: i.Comment, State: i.State(page.Issue.ID), PostTitle: i.PostTitle}),
		Depth:      i.Depth, Replies: i.Replies, Reasons: suggest.InWords(i.Reasons), Why: reasonRows(i.Body, i.Reasons), Notes: append([]string{}, i.Notes...), CopyOf: i.CopyOf, UsedIn: i.UsedIn,
	}
	if i.Decided.Decision != digest.Undecided {
		row.By, row.At = i.Decided.By.Name, stamp(i.Decided.At)
	}
	return row
}

// printPosts lists the posts with what is left.
func (c issueReadCmd) printPosts(p *Program, page reading.Page) error {
	rows := rowsOf(page.Posts, func(x reading.Post) readPostRow {
		return readPostRow{ID: x.ID, Title: x.Title, Date: stamp(x.Dated), Left: x.Left, All: x.All}
	})
	return printList(p, c.JSON, rows, "Nothing is left to read.", "POST\tLEFT\tOF\tPUBLISHED\tTITLE", func(r readPostRow) string {
		return fmt.Sprintf("%d\t%d\t%d\t%s\t%s", r.ID, r.Left, r.All, when(time.Time(r.Date)), cell(r.Title, 60))
	})
}

// itemText writes a comment as a person reads it.
func itemText(page reading.Page, i reading.Item) string {
	const inset = 2
	indent := strings.Repeat(" ", inset*min(i.Depth, 3))
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s%d  %s, %s, %s", indent, i.ID, cmp.Or(oneLine(i.Author), "Anonymous"), momentOf(i.DatedAt()), plural(i.Words, "word"))
	if state := i.State(page.Issue.ID); state != digest.CommentNew {
		fmt.Fprintf(&b, ", %s", state)
		if i.Decided.By.Name != "" && !i.Picked {
			fmt.Fprintf(&b, " by %s", i.Decided.By)
		}
	}
	b.WriteString("\n")
	if page.View.Search != "" {
		fmt.Fprintf(&b, "%son %q\n", indent, cmp.Or(oneLine(i.PostTitle), i.PostURL))
	}
	var about []string
	if i.UsedIn != 0 {
		about = append(about, fmt.Sprintf("used in issue %d", i.UsedIn))
	}
	if i.Kept {
		about = append(about, "kept for later")
	}
	about = append(append(about, suggest.InWords(i.Reasons)...), i.Notes...)
	if i.CopyOf != 0 {
		about = append(about, fmt.Sprintf("near copy of %d", i.CopyOf))
	}
	if len(about) > 0 {
		fmt.Fprintf(&b, "%s* %s\n", indent, oneLine(strings.Join(about, ", ")))
	}
	if i.Parent != nil {
		fmt.Fprintf(&b, "%s> to %d, %s: %s\n", indent, i.Parent.ID, cmp.Or(oneLine(i.Parent.Author), "Anonymous"), prose.Quote(i.Parent.Body, 60))
	}
	fmt.Fprintf(&b, "\n%s\n", prose.Wrap(i.Body, 72, indent))
	return b.String()
}

// onward says how to go on from a page.
func (c issueReadCmd) onward(page reading.Page) string {
	command := fmt.Sprintf("postbag issue read %d", page.Issue.Number)
	if c.Series != "" {
		command += " --series " + word(c.Series)
	}
	for _, set := range []struct {
		is   bool
		flag string
	}{
		{c.All, " --all"}, {c.Suggested, " --suggested"}, {c.Named, " --named"}, {c.Older, " --older"},
		{c.Words > 0, fmt.Sprintf(" --words %d", c.Words)}, {c.Replies > 0, fmt.Sprintf(" --replies %d", c.Replies)},
	} {
		if set.is {
			command += set.flag
		}
	}
	switch {
	case c.Search != "":
		return ""
	case page.After != 0:
		return fmt.Sprintf("\nMore of this post: %s --post %d --after %d\n", command, page.Post.ID, page.After)
	case page.NextPost != nil:
		return fmt.Sprintf("\nThe next post: %s --post %d\n", command, page.NextPost.ID)
	}
	return ""
}
