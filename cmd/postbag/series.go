package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
)

// seriesCmd groups the commands about series.
type seriesCmd struct {
	List     seriesListCmd     `cmd:"" help:"List the series and what all of them share."`
	Glossary seriesGlossaryCmd `cmd:"" help:"Add an abbreviation that readers know, or list those that are known."`
	Add      seriesAddCmd      `cmd:"" help:"Make a further series, with numbers and a feed of its own."`
	Set      seriesSetCmd      `cmd:"" help:"Change a series' schedule, zone, numbering or wording."`
}

type seriesListCmd struct{ listing }

type seriesRow struct {
	ID            int64    `json:"id"`
	Slug          string   `json:"slug"`
	Name          string   `json:"name"`
	Title         string   `json:"title"`
	Schedule      string   `json:"schedule"`
	Zone          string   `json:"zone"`
	NextNumber    int      `json:"next_number"`
	Publication   string   `json:"publication"`
	Language      string   `json:"language"`
	PostalAddress string   `json:"postal_address"`
	WatchList     []string `json:"watch_list"`
	Glossary      []string `json:"glossary"`
	Separator     string   `json:"separator"`
	Deadline      string   `json:"deadline"`
	AtLeast       int      `json:"at_least"`
	Sources       []int64  `json:"sources"`
	blogs         []string // their names
}

// printSeries prints series, each with the blogs that feed it.
func (a *app) printSeries(ctx context.Context, asJSON bool, all []digest.Series, pub digest.Publication) error {
	p := a.p
	sources, err := a.read.Sources(ctx)
	if err != nil {
		return err
	}
	feeds := map[int64][]int64{}
	for _, s := range all {
		if feeds[s.ID], err = a.desk.SourcesOf(ctx, s.ID); err != nil {
			return err
		}
	}
	rows := rowsOf(all, func(s digest.Series) seriesRow {
		var names []string
		for _, src := range sources {
			if slices.Contains(feeds[s.ID], src.ID) {
				names = append(names, src.Name)
			}
		}
		return seriesRow{
			Deadline: string(s.Deadline), AtLeast: s.AtLeast, Sources: append([]int64{}, feeds[s.ID]...), blogs: names,
			ID: s.ID, Slug: s.Slug, Name: s.Name, Title: s.Title, Schedule: s.Schedule, Zone: s.Zone, NextNumber: s.NextNumber,
			Publication: pub.Name, Language: pub.Language, PostalAddress: pub.PostalAddress, Separator: string(pub.Separator),
			WatchList: append([]string{}, pub.Watched()...), Glossary: append([]string{}, pub.Terms()...),
		}
	})
	err = printList(p, asJSON, rows, "No series yet. The first blog brings one: postbag source add URL", "SERIES\tNAME\tTITLE\tSCHEDULE\tZONE\tNEXT\tBLOGS", func(r seriesRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%d\t%s", r.Slug, cell(r.Name, 40), cell(r.Title, 40), r.Schedule, r.Zone, r.NextNumber, cell(strings.Join(r.blogs, ", "), 80))
	})
	if err != nil || asJSON || len(rows) == 0 {
		return err
	}
	address := "none yet; set it with: postbag series set --postal-address TEXT"
	if pub.PostalAddress != "" {
		address = cell(pub.PostalAddress, 200)
	}
	_, err = fmt.Fprintf(p.Stdout, "Publication: %s, in the language %s, with %s between picks\nPostal address: %s\n", cell(pub.Name, 60), cmp.Or(pub.Language, "en"), parted[pub.Separator], address)
	return err
}

// parted says what stands between picks.
var parted = map[digest.Separator]string{digest.Hairline: "a hairline", digest.Asterisks: "asterisks"}

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
	return a.printSeries(ctx, c.JSON, all, pub)
}

type seriesGlossaryCmd struct {
	Term string `arg:"" optional:"" help:"The abbreviation, and what it stands for after a colon if you like: 'CPC: Certificate of Professional Competence'."`
}

// Run adds to the glossary, or lists it.
func (c seriesGlossaryCmd) Run(ctx context.Context, p *Program, a *app) error {
	if c.Term != "" {
		added, err := a.desk.AddTerm(ctx, p.by(), c.Term)
		if err != nil {
			return err
		}
		if !added {
			fmt.Fprintln(p.Stdout, "It is there already.")
		}
	}
	pub, err := a.read.Publication(ctx)
	if err != nil {
		return err
	}
	if pub.Glossary == "" {
		_, err = fmt.Fprintln(p.Stdout, "The glossary is empty.")
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s\n", printable(pub.Glossary))
	return err
}

type seriesAddCmd struct {
	listing
	Name        string  `arg:"" help:"Its name, such as 'Month in Comments'."`
	Slug        string  `help:"What it is called in addresses; made of the name unless given." placeholder:"NAME"`
	FirstNumber int     `help:"The number of its first issue." default:"1" placeholder:"N"`
	Title       string  `help:"Pattern of issue titles, with {name} and {number}." placeholder:"PATTERN"`
	Schedule    string  `help:"When issues go out: a cron expression of five fields; Sunday 18:00 unless given." placeholder:"CRON"`
	Zone        string  `help:"The zone the schedule is read in; that of the first series unless given." placeholder:"ZONE"`
	Source      []int64 `help:"A source that it takes comments of; all unless given. May be repeated." placeholder:"ID"`
}

// Run makes a series.
func (c seriesAddCmd) Run(ctx context.Context, p *Program, a *app) error {
	if c.FirstNumber < 1 {
		return digest.Fail(digest.Invalid, "Issues count from 1.", "%d cannot be an issue's number", c.FirstNumber)
	}
	added, err := a.desk.AddSeries(ctx, p.by(), desk.NewSeries{
		Name: c.Name, Slug: c.Slug, Title: c.Title, Schedule: c.Schedule, Zone: c.Zone, FirstNumber: c.FirstNumber, Sources: c.Source,
	})
	if err != nil {
		return err
	}
	pub, err := a.read.Publication(ctx)
	if err != nil {
		return err
	}
	if err := a.printSeries(ctx, c.JSON, []digest.Series{added}, pub); err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "Its first draft: postbag issue draft --series %s\n", added.Slug)
	return err
}

type seriesSetCmd struct {
	listing
	Series        string            `arg:"" optional:"" help:"The series; the only one if there is one."`
	Name          *string           `help:"Its name." placeholder:"NAME"`
	Title         *string           `help:"Pattern of issue titles, with {name} and {number}." placeholder:"PATTERN"`
	Schedule      *string           `help:"When issues go out: a cron expression of five fields." placeholder:"CRON"`
	Zone          *string           `help:"The zone the schedule is read in." placeholder:"ZONE"`
	NextNumber    *int              `help:"The number the next issue takes." placeholder:"N"`
	Deadline      *string           `help:"What happens if nobody approves in time: hold it, or send-picked, send-suggested, posts-only." placeholder:"RULE"`
	AtLeast       *int              `help:"With send-picked, how many picks it needs." placeholder:"N"`
	Source        []int64           `help:"A source that it takes comments of, instead of those that it has. May be repeated." placeholder:"ID"`
	HomeURL       *string           `name:"home-url" help:"The address of the blog's home page, which pages and mails lead to." placeholder:"ADDRESS"`
	Publication   *string           `help:"The name on the masthead." placeholder:"NAME"`
	Language      *string           `help:"The language of issues." placeholder:"TAG"`
	PostalAddress *string           `help:"The postal address in the footer of mails." placeholder:"TEXT"`
	Separator     *digest.Separator `help:"What stands between picks: hairline or asterisks." placeholder:"hairline|asterisks"`
	WatchList     []string          `help:"Names of people that no issue should have unseen, separated by commas; the list is replaced." placeholder:"NAMES"`
}

// Run changes the settings given and prints the series as it is now.
func (c seriesSetCmd) Run(ctx context.Context, p *Program, a *app) error {
	var watched *string
	if c.WatchList != nil {
		names := strings.Join(c.WatchList, "\n")
		watched = &names
	}
	var sources *[]int64
	if c.Source != nil {
		sources = &c.Source
	}
	done, err := a.desk.Set(ctx, p.by(), c.Series, desk.Settings{
		Sources: sources, HomeURL: c.HomeURL,
		Name: c.Name, Title: c.Title, Schedule: c.Schedule, Zone: c.Zone, NextNumber: c.NextNumber, Deadline: c.Deadline, AtLeast: c.AtLeast,
		Publication: c.Publication, Language: c.Language, PostalAddress: c.PostalAddress, Separator: c.Separator, WatchList: watched,
	})
	if err != nil {
		return err
	}
	if err := a.printSeries(ctx, c.JSON, []digest.Series{done.Series}, done.Publication); err != nil || c.JSON {
		return err
	}
	if c.Deadline != nil || c.AtLeast != nil {
		fmt.Fprintf(p.Stdout, "If nobody approves an issue in time: %s\n", done.Series.Deadline.Words())
	}
	c.sayDraft(p, done)
	return nil
}

// sayDraft says what became of the open draft, and what stays as it was.
func (c seriesSetCmd) sayDraft(p *Program, done desk.Changed) {
	was, is := done.Was, done.Draft
	name := cell(was.Title, 150)
	if was.ID != 0 && c.NextNumber != nil {
		switch {
		case is.Number != was.Number:
			fmt.Fprintf(p.Stdout, "The open draft was %s and is %s.\n", name, cell(is.Title, 150))
		case is.Number != *c.NextNumber:
			fmt.Fprintf(p.Stdout, "%s is open and has been worked on: it keeps its number, and the draft after it takes %d.\n", name, *c.NextNumber)
		}
	}
	if c.Schedule == nil && c.Zone == nil {
		return
	}
	if was.ID != 0 && !is.DueAt.Equal(was.DueAt) {
		fmt.Fprintf(p.Stdout, "%s moves: it was due %s, and is due %s.\n", cell(is.Title, 150), desk.Moment(done.Series, was.DueAt), desk.Moment(done.Series, is.DueAt))
	}
	for _, issue := range done.Kept {
		if !issue.DueAt.IsZero() {
			fmt.Fprintf(p.Stdout, "%s is approved and keeps its moment, %s.\n", cell(issue.Title, 150), desk.Moment(done.Series, issue.DueAt))
		}
	}
}
