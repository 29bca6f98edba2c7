package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/blogs"
)

type sourceListCmd struct{ listing }

// sourceRow is a source in a JSON listing.
type sourceRow struct {
	ID             int64           `json:"id"`
	Name           string          `json:"name"`
	URL            string          `json:"url"`
	Platform       digest.Platform `json:"platform"`
	PlatformSet    bool            `json:"platform_set"`
	Language       string          `json:"language"`
	CommentsOfPost string          `json:"comments_of_post"`
	Added          stamp           `json:"added"`
	LastSuccess    stamp           `json:"last_success"`
	NextPoll       stamp           `json:"next_poll"`
	Health         string          `json:"health"`
	Problem        string          `json:"problem"`
	FailingSince   stamp           `json:"failing_since"`
	Stopped        bool            `json:"stopped"`
	WaitsForYou    string          `json:"waits_for_you"`
	MovingTo       string          `json:"moving_to"`
	Feeds          []string        `json:"feeds"`
}

// Run lists the blogs.
func (c sourceListCmd) Run(ctx context.Context, p *Program, a *app) error {
	sources, err := a.read.Sources(ctx)
	if err != nil {
		return err
	}
	var rows []sourceRow
	for _, x := range sources {
		feeds, err := a.read.Feeds(ctx, x.ID)
		if err != nil {
			return err
		}
		rows = append(rows, sourceRowOf(x, feeds))
	}
	none := "No blogs are followed yet. To follow one: postbag source add URL"
	err = printList(p, c.JSON, rows, none, "ID\tNAME\tHEALTH\tLAST ANSWER\tNEXT\tPLATFORM\tADDRESS", func(r sourceRow) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s", r.ID, cell(r.Name, 30), cell(r.Health, healthCell),
			when(time.Time(r.LastSuccess)), when(time.Time(r.NextPoll)), r.Platform, printable(r.URL))
	})
	if err != nil || c.JSON {
		return err
	}
	return p.printHealth(rows)
}

// healthCell is how much of a blog's health stands in the table. What is longer
// stands below it whole.
const healthCell = 40

// printHealth says in full what is longer than a cell of the table.
func (p *Program) printHealth(rows []sourceRow) error {
	var b strings.Builder
	for _, r := range rows {
		words := oneLine(r.Health)
		if cell(words, healthCell) != words {
			fmt.Fprintf(&b, "\n%d  %s\n   %s\n", r.ID, cell(r.Name, 60), words)
		}
	}
	_, err := fmt.Fprint(p.Stdout, b.String())
	return err
}

// sourceRowOf is a source with its feeds summed up.
func sourceRowOf(x digest.Source, feeds []digest.FeedState) sourceRow {
	sum := blogs.Sum(feeds, healthOf)
	r := sourceRow{ID: x.ID, Name: x.Name, URL: x.URL, Platform: x.Platform, PlatformSet: x.PlatformSet, Language: x.Language,
		CommentsOfPost: x.CommentsPattern, Added: stamp(x.AddedAt), Health: sum.Health, Feeds: []string{},
		LastSuccess: stamp(sum.LastSuccess), NextPoll: stamp(sum.NextPoll), FailingSince: stamp(sum.FailingSince),
		Stopped: sum.Stopped, Problem: sum.Problem, WaitsForYou: sum.WaitsForYou, MovingTo: sum.MovingTo}
	for _, f := range feeds {
		r.Feeds = append(r.Feeds, f.URL)
	}
	return r
}
