package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/work"
	"postbag/subscribers/signup"
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
	Name      string    `json:"name"`
	Kind      work.Kind `json:"kind"`
	Next      stamp     `json:"next"`
	Zone      string    `json:"zone"`
	Holder    string    `json:"holder"`
	HeldSince stamp     `json:"held_since"`
	HeldUntil stamp     `json:"held_until"`
	LastDue   stamp     `json:"last_due"`
	LastDone  stamp     `json:"last_done"`
	Runs      int64     `json:"runs"`
	Failures  int       `json:"failures"`
	Problem   string    `json:"problem"`
	Asks      string    `json:"asks"`
}

// Run lists the duties, what is due first at the top.
func (c scheduleListCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		if err := a.plan(ctx); err != nil {
			return err
		}
		duties, err := a.db.Duties(ctx, c.Limit)
		if err != nil {
			return err
		}
		now := p.Clock.Now()
		var rows []dutyRow
		for _, d := range duties {
			rows = append(rows, dutyRow{
				Name: d.Name, Kind: d.Kind, Next: stamp(d.Next), Zone: d.Zone, Holder: d.Holder,
				HeldSince: stamp(d.HeldSince), HeldUntil: stamp(d.HeldUntil), LastDue: stamp(d.LastDue), LastDone: stamp(d.LastDone),
				Runs: d.Runs, Failures: d.Failures, Problem: d.LastError, Asks: d.Asks,
			})
		}
		p.more(len(rows), c.Limit)
		return printList(p, c.JSON, rows, "Nothing is done by itself.", "WHAT\tNEXT\tNOW AT IT\tLAST DONE (UTC)\tREMARK", func(r dutyRow) string {
			return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", r.Name, nextIn(time.Time(r.Next), now, r.Zone), orDash(cell(r.Holder, 40)),
				when(time.Time(r.LastDone)), r.remark())
		})
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

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
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

// runWait is how long the command waits for another process to do it.
const runWait = 10 * time.Minute

// Run does a duty now: here when no worker runs on this database, else it is left
// to one of them and waited for.
func (c scheduleRunCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		if err := a.plan(ctx); err != nil {
			return err
		}
		before, err := a.db.Duty(ctx, c.Name)
		if err != nil && c.Name == string(work.Backup) && s.BackupDir == "" {
			return noBackupDir()
		}
		if err != nil {
			return err
		}
		if before.Kind == work.Deadline || before.Kind == work.Deliver {
			return digest.Fail(digest.Invalid, "To do it before its moment: postbag issue publish, postbag issue send.",
				"%s follows an issue's own moment", c.Name)
		}
		if before.Kind == work.Backup && s.BackupDir == "" {
			return noBackupDir()
		}
		return a.runNow(ctx, before)
	})
}

func noBackupDir() error {
	return digest.Fail(digest.Invalid, "Say where with --backup-dir, or use: postbag backup FILE", "there is no folder for backups")
}

// runNow does a duty here once no worker is present. Until then it is made due,
// for a worker to do: one that was killed is present until its lease is over.
func (a *app) runNow(ctx context.Context, before work.Listed) error {
	waiting, cancel := context.WithTimeout(ctx, runWait)
	defer cancel()
	joining := a.joining()
	joining.Alone = true
	for told := false; ; told = true {
		place, err := a.db.Join(ctx, joining)
		if err == nil {
			defer place.Leave()
			now, err := a.db.Duty(ctx, before.Name)
			if err != nil {
				return err
			}
			if now.Runs > before.Runs {
				return a.ranAs(ctx, now) // the last thing that the worker did
			}
			return a.runHere(place, before.Name)
		}
		if digest.KindOf(err) != digest.Conflict {
			return err
		}
		if !told {
			if err := a.db.MakeDue(ctx, before.Name, a.p.Clock.Now()); err != nil {
				return err
			}
		}
		if done, err := a.runThere(waiting, before); done || err != nil {
			return err
		}
	}
}

// runThere waits for a while until a worker has done what was made due.
func (a *app) runThere(ctx context.Context, before work.Listed) (done bool, err error) {
	for until := time.Now().Add(watchFor); time.Now().Before(until); {
		if err := sleepReal(ctx, watchEvery); err != nil {
			return false, digest.Fail(digest.Unavailable, "See how it stands with: postbag schedule list", "%s was made due, and no worker has done it yet: %w", before.Name, err)
		}
		now, err := a.db.Duty(ctx, before.Name)
		if err != nil {
			return false, err
		}
		if now.Runs > before.Runs {
			return true, a.ranAs(ctx, now)
		}
	}
	return false, nil
}

// runHere does a duty in this process.
func (a *app) runHere(place work.Place, name string) error {
	ctx := place.Context()
	office, err := a.newPostOffice(ctx)
	if err != nil {
		return err
	}
	puller, err := a.puller(a.log, nil)
	if err != nil {
		return err
	}
	if err := a.db.MakeDue(ctx, name, a.p.Clock.Now()); err != nil {
		return err
	}
	lease, err := a.db.ClaimNamed(ctx, place.ID(), name, a.p.Clock.Now())
	if err != nil {
		return err
	}
	readers := signup.New(signup.Options{Store: a.db, Clock: a.p.Clock, Log: a.log})
	newWorker(a, puller, office, readers).runner().Do(ctx, lease)
	after, err := a.db.Duty(ctx, name)
	if err != nil {
		return err
	}
	return a.ranAs(ctx, after)
}

// ranAs says how a duty went. A pull that could not read a feed is done as far as the
// schedule goes, which asks again by the feed's own time; whoever asked for it now is
// told.
func (a *app) ranAs(ctx context.Context, d work.Listed) error {
	const again = "It is tried again by itself where a worker runs."
	if d.Failures > 0 {
		return digest.Fail(digest.Unavailable, again, "%s failed: %s", d.Name, d.LastError)
	}
	if d.Kind == work.Pull {
		feeds, err := a.db.Feeds(ctx, d.Subject)
		if err != nil {
			return err
		}
		for _, f := range feeds {
			if f.LastError != "" {
				return digest.Fail(digest.Unavailable, again+" What is known of the blog: postbag source show "+fmt.Sprint(d.Subject), "%s failed: %s", d.Name, f.LastError)
			}
		}
	}
	_, err := fmt.Fprintf(a.p.Stdout, "%s is done. Next: %s.\n", d.Name, nextIn(d.Next, a.p.Clock.Now(), d.Zone))
	return err
}
