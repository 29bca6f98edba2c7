package main

import (
	"context"
	"fmt"

	"postbag/digest"
	"postbag/digest/desk"
)

// seriesCmd groups the commands about series.
type seriesCmd struct {
	List seriesListCmd `cmd:"" help:"List the series and what all of them share."`
	Set  seriesSetCmd  `cmd:"" help:"Change a series' schedule, zone, numbering or wording."`
}

type seriesListCmd struct{ listing }

type seriesRow struct {
	ID            int64  `json:"id"`
	Slug          string `json:"slug"`
	Name          string `json:"name"`
	Title         string `json:"title"`
	Schedule      string `json:"schedule"`
	Zone          string `json:"zone"`
	NextNumber    int    `json:"next_number"`
	Publication   string `json:"publication"`
	Language      string `json:"language"`
	PostalAddress string `json:"postal_address"`
}

func printSeries(p *Program, asJSON bool, all []digest.Series, pub digest.Publication) error {
	rows := rowsOf(all, func(s digest.Series) seriesRow {
		return seriesRow{
			ID: s.ID, Slug: s.Slug, Name: s.Name, Title: s.Title, Schedule: s.Schedule, Zone: s.Zone, NextNumber: s.NextNumber,
			Publication: pub.Name, Language: pub.Language, PostalAddress: pub.PostalAddress,
		}
	})
	return printList(p, asJSON, rows, "No series yet. The first blog brings one: postbag source add URL", "SERIES\tNAME\tTITLE\tSCHEDULE\tZONE\tNEXT\tPUBLICATION", func(r seriesRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%d\t%s", r.Slug, r.Name, r.Title, r.Schedule, r.Zone, r.NextNumber, cell(r.Publication, 40))
	})
}

// Run lists the series.
func (c seriesListCmd) Run(ctx context.Context, p *Program, a *app) error {
	all, err := a.read.SeriesList(ctx)
	if err != nil {
		return err
	}
	pub, err := a.read.Publication(ctx)
	if err != nil {
		return err
	}
	return printSeries(p, c.JSON, all, pub)
}

type seriesSetCmd struct {
	listing
	Series        string  `arg:"" optional:"" help:"The series; the only one if there is one."`
	Name          *string `help:"Its name." placeholder:"NAME"`
	Title         *string `help:"Pattern of issue titles, with {name} and {number}." placeholder:"PATTERN"`
	Schedule      *string `help:"When issues go out: a cron expression of five fields." placeholder:"CRON"`
	Zone          *string `help:"The zone the schedule is read in." placeholder:"ZONE"`
	NextNumber    *int    `help:"The number the next issue takes." placeholder:"N"`
	Publication   *string `help:"The name on the masthead." placeholder:"NAME"`
	Language      *string `help:"The language of issues." placeholder:"TAG"`
	PostalAddress *string `help:"The postal address in the footer of mails." placeholder:"TEXT"`
}

// Run changes the settings given and prints the series as it is now.
func (c seriesSetCmd) Run(ctx context.Context, p *Program, a *app) error {
	after, pub, err := a.desk.Set(ctx, p.by(), c.Series, desk.Settings{
		Name: c.Name, Title: c.Title, Schedule: c.Schedule, Zone: c.Zone, NextNumber: c.NextNumber,
		Publication: c.Publication, Language: c.Language, PostalAddress: c.PostalAddress,
	})
	if err != nil {
		return err
	}
	return printSeries(p, c.JSON, []digest.Series{after}, pub)
}
