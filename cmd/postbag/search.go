package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"postbag/digest"
)

// searching is what both searches have in common.
type searching struct {
	listing
	Query []string `arg:"" help:"Words, \"a phrase\", begin*, -without, author:name, post:12 or post:word of its title; best within one pair of single quotes."`
	published
	Limit int `help:"At most so many, up to 2000." default:"50"`
}

func (s searching) query() string { return strings.Join(s.Query, " ") }

// sayNotes says on standard error what of a query was not understood.
func (p *Program) sayNotes(notes []string) {
	for _, note := range notes {
		fmt.Fprintf(p.Stderr, "postbag: %s\n", printable(note))
	}
}

// lostQuotes tells that the shell took the quotation marks of a phrase: then one of
// several arguments has spaces.
func (s searching) lostQuotes() (notes []string) {
	for i, arg := range s.Query {
		if len(s.Query) > 1 && strings.Contains(strings.TrimSpace(arg), " ") && !strings.Contains(arg, `"`) {
			meant := slices.Clone(s.Query)
			meant[i] = `"` + arg + `"`
			notes = append(notes, fmt.Sprintf("the shell took the quotation marks of %q, and its words were looked for one by one; in a row: '%s'", arg, strings.Join(meant, " ")))
		}
	}
	return notes
}

func (s searching) filter() digest.SearchFilter {
	return digest.SearchFilter{SourceID: s.Source, Since: time.Time(s.Since), Until: time.Time(s.Until), Limit: s.Limit}
}

type commentSearchCmd struct {
	searching
	State string `help:"Only those that are new, picked, maybe, skipped or gone; without it, all but those that are gone." enum:",new,picked,maybe,skipped,gone" default:"" placeholder:"STATE"`
}

// commentHit is a found comment in a JSON listing.
type commentHit struct {
	commentRow
	Rank    float64        `json:"rank"`
	Snippet digest.Snippet `json:"snippet"`
}

// Run searches comments.
func (c commentSearchCmd) Run(ctx context.Context, p *Program, a *app) error {
	filter := c.filter()
	filter.State = digest.CommentState(c.State)
	found, err := a.desk.SearchComments(ctx, c.query(), filter)
	if err != nil {
		return err
	}
	if err := a.known(ctx, c.Source, len(found.All)); err != nil {
		return err
	}
	rows := rowsOf(found.All, func(x digest.FoundComment) commentHit {
		return commentHit{commentRow: commentRowOf(x.ListedComment), Rank: x.Rank, Snippet: x.Snippet}
	})
	searched(p, c.searching, found)
	bold := p.isBold()
	return printList(p, c.JSON, rows, "No comment has these words.", "ID\tPOST\tPUBLISHED\tSTATE\tWRITER\tWORDS", func(r commentHit) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s", r.ID, idOr(r.PostID, r.PostGUID),
			when(time.Time(r.Published)), r.State, cell(r.Author, 20), marked(r.Snippet, bold))
	})
}

type postSearchCmd struct{ searching }

// postHit is a found post in a JSON listing.
type postHit struct {
	postRow
	Rank    float64        `json:"rank"`
	Snippet digest.Snippet `json:"snippet"`
}

// Run searches posts.
func (c postSearchCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.desk.SearchPosts(ctx, c.query(), c.filter())
	if err != nil {
		return err
	}
	if err := a.known(ctx, c.Source, len(found.All)); err != nil {
		return err
	}
	rows := rowsOf(found.All, func(x digest.FoundPost) postHit {
		return postHit{postRow: postRowOf(x.Post), Rank: x.Rank, Snippet: x.Snippet}
	})
	searched(p, c.searching, found)
	bold := p.isBold()
	return printList(p, c.JSON, rows, "No post has these words.", "ID\tPUBLISHED\tTITLE\tWORDS", func(r postHit) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s", r.ID, when(time.Time(r.Published)), cell(r.title(), 40), marked(r.Snippet, bold))
	})
}

// searched says on standard error what of the query was not understood, and what is
// missing from the list.
func searched[T any](p *Program, asked searching, found digest.Found[T]) {
	limit := asked.Limit
	p.sayNotes(append(found.Notes, asked.lostQuotes()...))
	p.more(len(found.All), limit)
	if found.HasMore {
		fmt.Fprintf(p.Stderr, "postbag: only the newest %d that match were looked at; say more, or narrow it with --since and --until\n", found.Ranked)
	}
	if found.Waiting > 0 {
		fmt.Fprintf(p.Stderr, "postbag: %s not indexed yet and may be missing; a running worker does that, and so does the next pull\n", unready(found.Waiting))
	}
}

func unready(n int) string {
	if n >= digest.MostWaiting {
		return fmt.Sprintf("more than %d entries are", digest.MostWaiting-1)
	}
	return counted(n, "entry is", "entries are")
}

// marked shows a snippet on one line, what matches in bold or between asterisks.
func marked(s digest.Snippet, bold bool) string {
	before, after := "*", "*"
	if bold {
		before, after = "\x1b[1m", "\x1b[22m"
	}
	var b strings.Builder
	for _, part := range s {
		text := strings.Map(spaced, part.Text)
		if part.Match {
			text = before + text + after
		}
		b.WriteString(text)
	}
	return b.String()
}

// spaced drops control characters, and makes white space a space.
func spaced(r rune) rune {
	if r == '\t' || r == '\n' {
		return ' '
	}
	for _, kept := range printable(string(r)) {
		return kept
	}
	return -1
}

// isBold tells whether standard output shows bold letters; no-color.org.
func (p *Program) isBold() bool {
	return isTerminal(p.Stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// withNegations lets a search's arguments begin with a hyphen. A space before
// it, which says nothing in a query, keeps it from being read as a flag.
func withNegations(args []string) []string {
	at := slices.Index(args, "search")
	if at < 1 || args[at-1] != "comment" && args[at-1] != "post" {
		return args
	}
	args = slices.Clone(args)
	for i, arg := range args[at+1:] {
		if arg == "--" {
			break
		}
		if len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && arg != "-h" {
			args[at+1+i] = " " + arg
		}
	}
	return args
}
