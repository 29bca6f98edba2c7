package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
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

// sourceRowOf sums the feeds of a source up: the oldest success, the next poll
// of one that is polled, the first of each trouble.
func sourceRowOf(x digest.Source, feeds []digest.FeedState) sourceRow {
	r := sourceRow{ID: x.ID, Name: x.Name, URL: x.URL, Platform: x.Platform, PlatformSet: x.PlatformSet, Language: x.Language,
		CommentsOfPost: x.CommentsPattern, Added: stamp(x.AddedAt), Health: sourceHealth(feeds), Feeds: []string{}}
	for i, f := range feeds {
		r.Feeds = append(r.Feeds, f.URL)
		if i == 0 || f.LastSuccess.Before(time.Time(r.LastSuccess)) {
			r.LastSuccess = stamp(f.LastSuccess)
		}
		r.NextPoll = earlier(r.NextPoll, nextTry(f))
		r.FailingSince = earlier(r.FailingSince, f.FailingSince)
		r.Stopped = r.Stopped || f.Stopped
		r.Problem = cmp.Or(r.Problem, f.LastError)
		r.WaitsForYou = cmp.Or(r.WaitsForYou, f.Suspect)
		r.MovingTo = cmp.Or(r.MovingTo, f.MovedTo)
	}
	return r
}

// nextTry is when the schedule asks a feed again, zero for never.
func nextTry(f digest.FeedState) time.Time {
	if f.Stopped {
		return time.Time{}
	}
	return f.NextPoll
}

// earlier gives the earlier of two moments, where zero is none.
func earlier(a stamp, b time.Time) stamp {
	if t := time.Time(a); b.IsZero() || !t.IsZero() && t.Before(b) {
		return a
	}
	return stamp(b)
}
