package main

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"postbag/subscribers/bench"
)

// benchCmd groups what measures this machine.
type benchCmd struct {
	Deliver benchDeliverCmd `cmd:"" help:"Mail an issue to a server that keeps nothing, beside go-mail and beside what SMTP allows. --db postgres://… measures in a scratch database there."`
	Part    benchPartCmd    `cmd:"" hidden:"" help:"Do a part of a measurement; it comes in from the program that leads."`
}

type benchDeliverCmd struct {
	listing
	Mails       int           `help:"Mails to send in each measurement." default:"10000"`
	Readers     int           `help:"Readers on the list, of whom only so many as --mails are sent to; as many as --mails when left out." placeholder:"N"`
	Connections int           `help:"Connections to the mail server." default:"10"`
	Latency     time.Duration `help:"How much longer the mail server takes to answer, such as 20ms." default:"0s"`
	Rounds      int           `help:"Measure each in turn so often, and give the median." default:"3"`
	Workers     int           `help:"Measure so many processes that share the work, beside one; on PostgreSQL." default:"1"`
}

func (benchDeliverCmd) settingless() {}

// benchRow is an alternative in a JSON listing.
type benchRow struct {
	Name           string    `json:"name"`
	PerSecond      float64   `json:"mails_per_second"`
	CPU            float64   `json:"cpu_us_per_mail"`
	Allocs         float64   `json:"allocs_per_mail"`
	RSS            *float64  `json:"rss_mb"`
	Rounds         []float64 `json:"rounds"`
	Mails          int       `json:"mails"`
	Readers        *int      `json:"readers"`
	Connections    int       `json:"connections"`
	Workers        int       `json:"workers"`
	Latency        float64   `json:"latency_ms"`
	Database       *string   `json:"database"`
	Begin          *float64  `json:"begin_seconds"`
	TimesGoMail    *float64  `json:"times_go_mail"`
	ShareOfRaw     *float64  `json:"share_of_raw"`
	TimesOneWorker *float64  `json:"times_one_worker"`
}

// Run measures, and prints the figures with what they are to hold.
func (c benchDeliverCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	plan := bench.Plan{
		Mails: c.Mails, Readers: c.Readers, Connections: c.Connections, Rounds: c.Rounds, Latency: c.Latency, Workers: c.Workers, Dir: ".",
	}
	// Only what is asked for here: the database of the settings is at work.
	if bench.IsPostgres(s.DB) && (s.source == nil || s.source.at["db"] == "") {
		plan.DB = s.DB
	}
	b := benchProcesses()
	shown := p.bar("measuring", 1)
	defer shown.done()
	b.Progress = func(done, total int, begun string) {
		shown.says(begun)
		shown.of(done, total)
	}
	found, err := b.Run(ctx, plan)
	if err != nil {
		return stopped(ctx, err, "Nothing of it is left.")
	}
	shown.done()
	err = printList(p, c.JSON, rowsOf(found, c.row), "nothing was measured", "NAME\tMAILS/S\tCPU µS/MAIL\tALLOCS/MAIL\tRSS MB\tROUNDS", benchRow.line)
	if err == nil && !c.JSON {
		_, err = fmt.Fprint(p.Stdout, "\nmeasured on ", measuredOn(plan.DB), "\n", strings.Join(budgets(found), "\n"), "\n")
	}
	return err
}

// measuredOn names the database that was measured.
func measuredOn(db string) string {
	if db == "" {
		return "SQLite, in a folder that is gone again"
	}
	if u, err := url.Parse(db); err == nil {
		return "PostgreSQL, in a scratch database at " + u.Host
	}
	return "PostgreSQL, in a scratch database"
}

func (c benchDeliverCmd) row(f bench.Figures) benchRow {
	r := benchRow{
		Name: f.Name, PerSecond: rounded(f.PerSecond, 1), CPU: rounded(float64(f.CPU)/float64(time.Microsecond), 1), Allocs: rounded(f.Allocs, 1),
		Mails: f.Mails, Connections: c.Connections, Workers: f.Workers, Latency: float64(c.Latency) / float64(time.Millisecond),
		RSS:         given(rounded(megabytes(f.Resident), 1)),
		TimesGoMail: given(rounded(f.TimesGoMail, 2)), ShareOfRaw: given(rounded(f.ShareOfRaw, 3)), TimesOneWorker: given(rounded(f.TimesOneWorker, 2)),
		Begin: given(rounded(f.Begin.Seconds(), 3)), Readers: given(f.Readers), Database: given(f.Database),
	}
	for _, n := range f.Rounds {
		r.Rounds = append(r.Rounds, rounded(n, 1))
	}
	return r
}

// given is a value, or nothing for one that was not measured.
func given[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

func rounded(x float64, digits int) float64 {
	by := math.Pow10(digits)
	return math.Round(x*by) / by
}

// megabytes are those of budgets for memory, of 1024 × 1024 bytes.
func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// line is a row of the table.
func (r benchRow) line() string {
	name, rss := r.Name, "-"
	if r.Workers > 1 {
		name = fmt.Sprintf("%s, %d workers", r.Name, r.Workers)
	}
	if r.RSS != nil {
		rss = fmt.Sprintf("%.1f", *r.RSS)
	}
	var rounds []string
	for _, n := range r.Rounds {
		rounds = append(rounds, fmt.Sprintf("%.0f", n))
	}
	return fmt.Sprintf("%s\t%.0f\t%.1f\t%.1f\t%s\t%s", name, r.PerSecond, r.CPU, r.Allocs, rss, strings.Join(rounds, " "))
}

// budgets say what Postbag is to hold, and whether it does.
func budgets(found []bench.Figures) []string {
	var lines []string
	say := func(holds bool, format string, args ...any) {
		word := "held"
		if !holds {
			word = "missed"
		}
		lines = append(lines, fmt.Sprintf(format, args...)+", "+word)
	}
	for _, f := range found {
		switch {
		case f.Name != bench.Postbag:
			continue
		case f.Workers > 1:
			say(f.TimesOneWorker >= bench.LeastTwoWorkers, "%d workers, at least %.1f × one: %.2f ×", f.Workers, bench.LeastTwoWorkers, f.TimesOneWorker)
			continue
		}
		if f.Begin > 0 {
			lines = append(lines, fmt.Sprintf("to freeze the audience of %d readers, not in the figures above: %.1f s", f.Readers, f.Begin.Seconds()))
		}
		say(f.TimesGoMail >= bench.LeastTimesGoMail, "budget %.0f × go-mail, aim %.0f ×: %.1f ×", bench.LeastTimesGoMail, bench.AimTimesGoMail, f.TimesGoMail)
		say(f.ShareOfRaw >= bench.LeastShareOfRaw, "budget a third of raw, aim half: %.0f %%", 100*f.ShareOfRaw)
		say(f.CPU <= bench.MostCPUPerMail, "budget %d µs of processor time a mail: %.1f µs", bench.MostCPUPerMail.Microseconds(), float64(f.CPU)/float64(time.Microsecond))
		say(f.Allocs <= bench.MostAllocs, "budget %.0f allocations a mail: %.1f", bench.MostAllocs, f.Allocs)
		if f.Resident > 0 {
			say(f.Resident < bench.MostResident, "budget under %d MB resident: %.1f MB", bench.MostResident>>20, megabytes(f.Resident))
		}
	}
	return lines
}

type benchPartCmd struct{}

func (benchPartCmd) settingless() {}

// Run does one part, as a process of its own.
func (benchPartCmd) Run(ctx context.Context, p *Program) error {
	return bench.Do(ctx, p.Stdin, p.Stdout, benchParts(p.Clock))
}
