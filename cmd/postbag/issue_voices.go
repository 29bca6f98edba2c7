package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"postbag/digest/prose"
)

// issueVoicesCmd tells whom the picks of an issue leave out.
type issueVoicesCmd struct {
	which
	listing
}

// voiceRow is a post without a pick, a writer who is often picked, or a first comment.
type voiceRow struct {
	Kind      string `json:"kind"` // "post", "often" or "first"
	ID        int64  `json:"id,omitempty"`
	Name      string `json:"name"` // of the post, or the writer
	Comments  int    `json:"comments,omitempty"`
	Published stamp  `json:"published"`
	Text      string `json:"text,omitempty"`
}

// Run tells it.
func (c issueVoicesCmd) Run(ctx context.Context, p *Program, a *app) error {
	v, err := a.desk.Voices(ctx, c.ref())
	if err != nil {
		return err
	}
	if v.Off {
		fmt.Fprintln(p.Stderr, "This series does without this help. To switch it on: postbag suggest on voices")
	}
	var rows []voiceRow
	for _, post := range v.Posts {
		rows = append(rows, voiceRow{Kind: "post", ID: post.ID, Name: post.Title, Comments: post.Comments})
	}
	for _, name := range v.Often {
		rows = append(rows, voiceRow{Kind: "often", Name: name})
	}
	for _, f := range v.FirstTime {
		rows = append(rows, voiceRow{Kind: "first", ID: f.ID, Name: cmp.Or(f.Author, "Anonymous"), Published: stamp(f.DatedAt()), Text: f.Body.Text()})
	}
	if c.JSON {
		return printJSON(p, rows...)
	}
	if len(rows) == 0 && !v.Off {
		_, err := fmt.Fprintln(p.Stdout, "Every post that many spoke under has a pick, and nobody is picked again and again.")
		return err
	}
	var out strings.Builder
	if len(v.Posts) > 0 {
		out.WriteString("Posts with ten comments or more, and no pick:\n")
		for _, post := range v.Posts {
			fmt.Fprintf(&out, "  %d  %s, %s\n", post.ID, cell(post.Title, 60), plural(post.Comments, "comment"))
		}
	}
	if len(v.Often) > 0 {
		fmt.Fprintf(&out, "Picked here, and in three or more of the last five issues: %s\n", cell(strings.Join(v.Often, ", "), 300))
	}
	if len(v.FirstTime) > 0 {
		out.WriteString("They wrote for the first time, and are not picked:\n")
		for _, f := range v.FirstTime {
			fmt.Fprintf(&out, "  %d  %s: %s\n", f.ID, cell(cmp.Or(f.Author, "Anonymous"), 24), prose.Quote(f.Body, 60))
		}
		if more := v.Newcomers - len(v.FirstTime); more > 0 {
			fmt.Fprintf(&out, "  and %d more\n", more)
		}
	}
	_, err = fmt.Fprint(p.Stdout, out.String())
	return err
}
