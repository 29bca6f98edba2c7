package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/templates"
)

type issueShowCmd struct {
	which
	listing
	Row int `help:"Show the pick at this row with its sentences numbered, for trimming." placeholder:"ROW"`
}

type blockRow struct {
	Row       int              `json:"row"`
	ID        int64            `json:"id"`
	Version   int64            `json:"version"`
	Kind      digest.BlockKind `json:"kind"`
	Number    int              `json:"number,omitempty"`
	CommentID int64            `json:"comment_id,omitempty"`
	Author    string           `json:"author,omitempty"`
	Published stamp            `json:"published"`
	PostTitle string           `json:"post_title,omitempty"`
	Words     int              `json:"words"`
	Of        int              `json:"of_words"`
	Text      string           `json:"text"`
	Lifted    string           `json:"lifted,omitempty"`
	Leads     bool             `json:"leads,omitempty"`
	Notes     []digest.Note    `json:"notes,omitempty"`
	Source    string           `json:"source_title,omitempty"`
	SourceURL string           `json:"source_url,omitempty"`
	Answers   int              `json:"answers_row,omitempty"`
	Apart     bool             `json:"apart,omitempty"`
	Question  string           `json:"question,omitempty"`
	Alike     int              `json:"alike_row,omitempty"`
	Problem   string           `json:"problem,omitempty"`
}

// Run shows the rows of an issue.
func (c issueShowCmd) Run(ctx context.Context, p *Program, a *app) error {
	is, err := a.desk.Outlook(ctx, c.ref())
	if err != nil {
		return err
	}
	issue := is.Issue
	rows, err := a.desk.Rows(ctx, issue)
	if err != nil {
		return err
	}
	if c.Row != 0 {
		return showSentences(ctx, a, issue, rows, c.Row)
	}
	if err := a.desk.Pair(ctx, issue, rows); err != nil {
		return err
	}
	if !c.JSON {
		if err := a.head(ctx, is); err != nil {
			return err
		}
	}
	var out []blockRow
	for i, r := range rows {
		out = append(out, blockRowOf(issue, i+1, r))
	}
	if c.JSON {
		found, err := a.desk.Findings(ctx, issue)
		if err != nil {
			return err
		}
		for _, f := range found {
			if f.Row == 0 && issue.State == digest.Draft {
				out = append(out, blockRow{Version: issue.Version, Kind: "issue", Problem: f.Words})
			}
		}
	}
	err = printList(p, c.JSON, out, "It has no rows. To pick comments: postbag issue pick ID…, or: postbag issue pick --suggested", "ROW\tCOMMENT\tWRITER\tPOST\tWORDS\tTEXT", func(r blockRow) string {
		if r.Kind != digest.PickBlock {
			text := cell(r.Text, 60)
			if r.Source != "" {
				text = cell(r.Source, 30) + ": " + text
			}
			return fmt.Sprintf("%d\t%s\t\t\t\t%s", r.Row, r.Kind, text)
		}
		words := fmt.Sprint(r.Words)
		if r.Words != r.Of {
			words = fmt.Sprintf("%d of %d", r.Words, r.Of)
		}
		text := cell(r.Text, 60)
		if r.Problem != "" {
			text = "! " + r.Problem + ": " + text
		}
		if r.Answers != 0 {
			text = fmt.Sprintf("(answers row %d) %s", r.Answers, text)
		}
		if r.Alike != 0 {
			text = fmt.Sprintf("(much as row %d) %s", r.Alike, text)
		}
		return fmt.Sprintf("%d\t%d\t%s\t%s\t%s\t%s", r.Row, r.CommentID, cell(cmp.Or(r.Author, "Anonymous"), 16), cell(r.PostTitle, 20), words, text)
	})
	if err != nil || c.JSON || len(rows) == 0 {
		return err
	}
	return p.sayProblems(is)
}

// sayProblems tells all that stands in the way of an issue, and what to do.
func (p *Program) sayProblems(is desk.Outlook) error {
	if len(is.Problems) == 0 {
		return nil
	}
	what := "It cannot be approved as it is:"
	if is.Issue.State != digest.Draft {
		what = "It cannot go out as it is:"
	}
	_, err := fmt.Fprintf(p.Stdout, "\n%s\n", what)
	for _, problem := range is.Problems {
		for _, line := range strings.Split(problem.Error(), "\n") {
			_, err = fmt.Fprintf(p.Stdout, "  %s\n", printable(line))
		}
		for _, line := range hintLines(problem) {
			_, err = fmt.Fprintf(p.Stdout, "    %s\n", printable(line))
		}
	}
	return err
}

// extent says how much an issue is.
func extent(is desk.Outlook) string {
	f := is.Frozen
	words := fmt.Sprintf("%s, %s, %s", plural(f.Picks, "pick"), plural(f.Words, "word"), templates.ReadingTime(f.Minutes))
	if is.Size > 0 {
		words += fmt.Sprintf("; its mail has %d KB", (is.Size+500)/1000)
	}
	if is.Size > desk.LargeMail {
		words += fmt.Sprintf(", and mail programs begin to cut off at %d KB", desk.TooLargeMail/1000)
	}
	return words + "."
}

// head prints what stands above an issue's rows.
func (a *app) head(ctx context.Context, is desk.Outlook) error {
	issue, version := is.Issue, ""
	if issue.State == digest.Draft {
		version = fmt.Sprintf(" (version %d)", issue.Version)
	}
	fmt.Fprintf(a.p.Stdout, "%s%s\n", cell(issue.Title, 150), version)
	if err := a.sentence(ctx, issue); err != nil {
		return err
	}
	if slices.Contains(digest.UnpublishedStates(), issue.State) || issue.State == digest.Published {
		if err := a.sayWho(ctx, issue); err != nil {
			return err
		}
	}
	if len(issue.Blocks) > 0 {
		fmt.Fprintln(a.p.Stdout, extent(is))
	}
	if issue.State.Public() {
		fmt.Fprintln(a.p.Stdout, a.issueURL(issue.Number))
	}
	if issue.Intro != "" {
		fmt.Fprintf(a.p.Stdout, "\n%s\n", printable(prose.Wrap(markup.FromMarkdown(issue.Intro), 72, "  ")))
	}
	_, err := fmt.Fprintln(a.p.Stdout)
	return err
}

func blockRowOf(issue digest.Issue, row int, r desk.Row) blockRow {
	out := blockRow{Row: row, ID: r.ID, Version: issue.Version, Kind: r.Kind, Text: r.Text, Source: r.SourceTitle, SourceURL: r.SourceURL, Answers: r.Answers, Apart: r.Apart, Question: r.Question, Alike: r.Alike}
	if r.Kind == digest.PickBlock {
		out.Number, out.CommentID, out.Author = r.Number, r.CommentID, r.Comment.Author
		out.Published, out.PostTitle = stamp(r.Comment.DatedAt()), r.Comment.PostTitle
		out.Words, out.Of, out.Text = prose.Words(r.Words), r.Comment.Words, r.Words.Shown()
		out.Lifted, out.Leads, out.Notes = r.Line.Shown(), r.Leads, r.Notes
		out.Problem = r.Problem
	}
	return out
}

// showSentences prints the sentences of a picked comment, with its notes and its lifted
// line. Those that are cut are marked, and those of which some is.
func showSentences(ctx context.Context, a *app, issue digest.Issue, rows []desk.Row, at int) error {
	p := a.p
	if at < 1 || at > len(rows) || rows[at-1].Kind != digest.PickBlock {
		return digest.Fail(digest.NotFound, "", "row %d of issue %d is no pick", at, issue.Number).
			Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
	}
	r := rows[at-1]
	text := r.Comment.Body.Text()
	for i, s := range prose.Sentences(r.Comment.Body) {
		shown, mark := excerptOf(r, s)
		fmt.Fprintf(p.Stdout, "%s %3d  %s%s\n", mark, i+1, indentOf(text, s), cell(shown, 2000))
	}
	p.sayTrim(r)
	if err := a.sayLines(ctx, issue, r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.Stdout, "\n%d of %d words kept. Trim with: postbag issue edit --row %d --keep 1-3,5\n",
		prose.Words(r.Words), r.Comment.Words, at)
	return err
}

// sayLines tells which sentences of a pick may be lifted.
func (a *app) sayLines(ctx context.Context, issue digest.Issue, r desk.Row) error {
	series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	t, err := a.desk.Trimming(ctx, desk.Ref{Series: series.Slug, Number: issue.Number}, r.ID, 0)
	if err != nil || len(t.Lines) == 0 {
		return err
	}
	fmt.Fprint(a.p.Stdout, "\nSentences that may be lifted, with --lift:\n")
	for _, at := range t.Lines {
		fmt.Fprintf(a.p.Stdout, "  “%s”\n", cell(t.Comment.Body.Slice(at).Shown(), 200))
	}
	return nil
}

// indentOf gives the spaces that a line of code begins with; "" before any other
// sentence.
func indentOf(text string, s digest.Range) string {
	before := strings.TrimRight(text[:s.Start], " ")
	if before != "" && !strings.HasSuffix(before, "\n") {
		return ""
	}
	return text[len(before):s.Start]
}
