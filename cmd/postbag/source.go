package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"postbag/digest"
	"postbag/digest/fetch"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/schedule"
)

// sourceCmd groups the commands about blogs.
type sourceCmd struct {
	Add  sourceAddCmd  `cmd:"" help:"Follow a blog: its home page, a post or a feed will do."`
	List sourceListCmd `cmd:"" help:"List the blogs that are followed, and how they are."`

	Remove sourceRemoveCmd `cmd:"" help:"Stop following a blog; what is stored of it stays."`
}

// puller wires pulling to the network and the database. A command prints what a
// pull did; the worker logs it.
func (a *app) puller(log *slog.Logger, progress func(pull.Progress)) (*pull.Puller, error) {
	fetcher, err := a.p.fetcher(a.settings, a.base)
	if err != nil {
		return nil, err
	}
	a.fetcher = fetcher
	return pull.New(pull.Options{
		Store: a.db, Fetcher: fetcher, ToProse: markup.FromHTML, Clock: a.p.Clock, Log: log, Progress: progress,
	}), nil
}

// fetcher is the guarded client, which says who asks and where to complain.
func (p *Program) fetcher(s *Settings, base string) (*fetch.Client, error) {
	allow, err := s.allow()
	if err != nil {
		return nil, err
	}
	return fetch.New(fetch.Options{
		UserAgent: fmt.Sprintf("Postbag/%s (+%s)", version(), base),
		Allow:     allow, Clock: p.Clock,
	}), nil
}

// firstSeries is the series that the first blog brings with it.
func firstSeries(now time.Time) digest.Series {
	return digest.Series{
		Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
		Schedule: digest.DefaultSeriesSchedule, Zone: operatorZone(), NextNumber: 1, Deadline: digest.Hold, CreatedAt: now,
	}
}

type sourceAddCmd struct {
	URL string `arg:"" help:"Any address of the blog."`
}

// Run adds a blog.
func (c sourceAddCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		puller, err := a.puller(nil, nil)
		if err != nil {
			return err
		}
		found, err := puller.Add(ctx, c.URL, firstSeries(p.Clock.Now()), pull.AddOptions{})
		if err != nil {
			return err
		}
		added := found.Source
		for _, n := range found.Notices {
			fmt.Fprintf(p.Stdout, "%s.\n", printable(n))
		}
		fmt.Fprintf(p.Stdout, "Following %q (%s) as source %d.\n", printable(added.Name), added.Platform, added.ID)
		series, err := a.desk.AllSeries(ctx)
		if err != nil || len(series) == 0 {
			return err
		}
		plan, err := schedule.Parse(series[0].Schedule, series[0].Zone)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "It feeds %q, which goes out %s (%s). Change that with: postbag series set\nNext: postbag pull\n",
			series[0].Name, plan.Describe(), series[0].Zone)
		return err
	})
}

type sourceListCmd struct{ listing }

type sourceRow struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	URL         string          `json:"url"`
	Platform    digest.Platform `json:"platform"`
	Language    string          `json:"language"`
	Added       stamp           `json:"added"`
	LastSuccess stamp           `json:"last_success"`
	NextPoll    stamp           `json:"next_poll"`
	Problem     string          `json:"problem"`
	Feeds       []string        `json:"feeds"`
}

// Run lists the blogs.
func (c sourceListCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		sources, err := a.db.Sources(ctx)
		if err != nil {
			return err
		}
		var rows []sourceRow
		for _, x := range sources {
			feeds, err := a.db.Feeds(ctx, x.ID)
			if err != nil {
				return err
			}
			rows = append(rows, sourceRowOf(x, feeds))
		}
		return printList(p.Stdout, c.JSON, rows, "ID\tNAME\tPLATFORM\tLAST ANSWER\tNEXT\tADDRESS\tPROBLEM", func(r sourceRow) string {
			return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s", r.ID, cell(r.Name, 40), r.Platform,
				when(time.Time(r.LastSuccess)), when(time.Time(r.NextPoll)), cell(r.URL, 60), cell(r.Problem, 80))
		})
	})
}

// sourceRowOf sums the feeds of a source up: the oldest success, the next poll,
// the first problem.
func sourceRowOf(x digest.Source, feeds []digest.FeedState) sourceRow {
	r := sourceRow{ID: x.ID, Name: x.Name, URL: x.URL, Platform: x.Platform, Language: x.Language, Added: stamp(x.AddedAt), Feeds: []string{}}
	for i, f := range feeds {
		r.Feeds = append(r.Feeds, f.URL)
		if i == 0 || f.LastSuccess.Before(time.Time(r.LastSuccess)) {
			r.LastSuccess = stamp(f.LastSuccess)
		}
		if i == 0 || f.NextPoll.Before(time.Time(r.NextPoll)) {
			r.NextPoll = stamp(f.NextPoll)
		}
		if r.Problem == "" {
			r.Problem = f.LastError
		}
	}
	return r
}
