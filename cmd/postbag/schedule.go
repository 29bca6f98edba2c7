package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

// scheduleCmd groups the commands about what is done by itself.
type scheduleCmd struct {
	List scheduleListCmd `cmd:"" help:"List what is done by itself: when next, and who is at it."`
	Run  scheduleRunCmd  `cmd:"" help:"Do one of these things now."`
}

type scheduleListCmd struct {
	listing
	Limit int `help:"At most so many." default:"200"`
}

// dutyRow is a duty in a JSON listing.
type dutyRow struct {
	Name        string    `json:"name"`
	Kind        work.Kind `json:"kind"`
	Next        stamp     `json:"next"`
	Zone        string    `json:"zone"`
	Worker      string    `json:"worker"`
	LeasedSince stamp     `json:"leased_since"`
	LeasedUntil stamp     `json:"leased_until"`
	LastDue     stamp     `json:"last_due"`
	LastDone    stamp     `json:"last_done"`
	Runs        int64     `json:"runs"`
	Failures    int       `json:"failures"`
	Problem     string    `json:"problem"`
	Asks        string    `json:"asks"`
}

// Run lists the duties, what is due first at the top.
func (c scheduleListCmd) Run(ctx context.Context, p *Program, a *app) error {
	plan, err := a.schedule()
	if err != nil {
		return err
	}
	duties, err := plan.List(ctx, c.Limit)
	if err != nil {
		return err
	}
	now := p.Clock.Now()
	rows := rowsOf(duties, func(d work.Listed) dutyRow {
		return dutyRow{
			Name: d.Name, Kind: d.Kind, Next: stamp(d.Next), Zone: d.Zone, Worker: d.Worker,
			LeasedSince: stamp(d.LeasedSince), LeasedUntil: stamp(d.LeasedUntil), LastDue: stamp(d.LastDue), LastDone: stamp(d.LastDone),
			Runs: d.Runs, Failures: d.Failures, Problem: d.LastError, Asks: d.Asks,
		}
	})
	p.more(len(rows), c.Limit)
	return printList(p, c.JSON, rows, "Nothing is done by itself.", "WHAT\tNEXT\tNOW AT IT\tLAST DONE (UTC)\tREMARK", func(r dutyRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", r.Name, nextIn(time.Time(r.Next), now, r.Zone), cmp.Or(cell(r.Worker, 40), "-"),
			when(time.Time(r.LastDone)), r.remark())
	})
}

// nextIn shows a moment on the clock of a zone, or in UTC.
func nextIn(at, now time.Time, zone string) string {
	switch {
	case at.IsZero():
		return "-"
	case !at.After(now):
		return "now"
	}
	loc, err := digest.LoadZone(zone)
	if err != nil {
		loc = time.UTC
	}
	return at.In(loc).Format("Mon 2006-01-02 15:04 MST")
}

// remark says what is unusual about a duty.
func (r dutyRow) remark() string {
	switch {
	case r.Asks != "" && r.Kind == work.Deliver:
		return "asks: " + cell(r.Asks, 60) + " is late and on the web already; send it by hand"
	case r.Asks != "":
		return "asks: " + cell(r.Asks, 60) + " is late; publish and send it, or cancel it"
	case r.Failures > 0:
		return fmt.Sprintf("failed %s: %s", times(r.Failures), oneLine(r.Problem))
	}
	return ""
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

type scheduleRunCmd struct {
	Name string `arg:"" help:"Which, as schedule list calls it."`
}

// Run does a duty now: here when no worker runs on this database, else it is left
// to one of them and waited for.
func (c scheduleRunCmd) Run(ctx context.Context, p *Program, a *app) error {
	plan, err := a.schedule()
	if err != nil {
		return err
	}
	d, err := plan.Run(ctx, p.by(), c.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s is done. Next: %s.\n", d.Name, nextIn(d.Next, p.Clock.Now(), d.Zone))
	return err
}
