// Package bench measures how fast an issue is mailed, beside other ways to do it and
// in the same run, because a machine's speed differs from one hour to the next by more
// than the ways do. Each measurement is a process of its own, and so is the mail server
// that takes the mails: processor time, allocations and memory are those of the sending
// alone. docs/performance.md tells the method.
//
// [Bench.Run] leads; it starts this program again for each [Part].
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postbag/digest"
)

// The alternatives that are measured.
const (
	Postbag = "postbag" // the whole of it: ledger, composing, SMTP
	GoMail  = "go-mail" // a program that sends with that library, message after message
	Raw     = "raw"     // the same bytes again and again, with as few writes as SMTP allows
)

// What Postbag is to hold at least; see [Figures].
const (
	LeastTimesGoMail = 4.0
	AimTimesGoMail   = 6.0
	LeastShareOfRaw  = 1.0 / 3
	AimShareOfRaw    = 0.5
	MostCPUPerMail   = 100 * time.Microsecond
	MostAllocs       = 60.0
	MostResident     = 64 << 20 // bytes
	LeastTwoWorkers  = 1.8      // times one worker
)

// Plan is what is measured.
type Plan struct {
	Mails       int           // sent in each measurement
	Readers     int           // on Postbag's list; the mailing is stopped when Mails are sent. 0 is as many as Mails
	Connections int           // to the mail server, of each process
	Rounds      int           // each alternative in turn
	Latency     time.Duration // of a question to the mail server and its answer
	Workers     int           // Postbag's processes; with more than one, Postbag is measured with one and with them
	DB          string        // the address of a PostgreSQL server's database; "" is SQLite
	Dir         string        // where the SQLite file is made and removed
}

// The bounds of a plan.
const (
	mostReaders     = 2_000_000
	mostConnections = 100
	mostRounds      = 50
	mostLatency     = 5 * time.Second
	mostWorkers     = 8
)

func (p *Plan) check() error {
	if p.Readers == 0 {
		p.Readers = p.Mails
	}
	switch {
	case p.Mails < 1:
		return digest.Fail(digest.Invalid, "Choose a number from 1 to 2000000.", "--mails cannot be %d", p.Mails)
	case p.Readers > mostReaders:
		return digest.Fail(digest.Invalid, "Choose a number up to 2000000.", "so many mails cannot be measured")
	case p.Readers < p.Mails:
		return digest.Fail(digest.Invalid, "Leave --readers out, or give more of them than mails.", "%d readers do not get %d mails", p.Readers, p.Mails)
	case p.Connections < 1 || p.Connections > mostConnections:
		return digest.Fail(digest.Invalid, "Choose a number from 1 to 100.", "--connections cannot be %d", p.Connections)
	case p.Rounds < 1 || p.Rounds > mostRounds:
		return digest.Fail(digest.Invalid, "Choose a number from 1 to 50.", "--rounds cannot be %d", p.Rounds)
	case p.Latency < 0 || p.Latency > mostLatency:
		return digest.Fail(digest.Invalid, "Choose a time up to 5s.", "--latency cannot be %v", p.Latency)
	case p.Workers < 1 || p.Workers > mostWorkers:
		return digest.Fail(digest.Invalid, "Choose a number from 1 to 8.", "--workers cannot be %d", p.Workers)
	case p.Workers > 1 && p.DB == "":
		return digest.Fail(digest.Invalid, "Give --db postgres://user@host/name.", "several workers share a database on PostgreSQL only")
	case p.Workers > 1 && p.Readers > p.Mails:
		return digest.Fail(digest.Invalid, "Leave one of them out.", "--workers and --readers do not go together")
	}
	return nil
}

// database names what the ledger is kept in.
func (p *Plan) database() string {
	if p.DB != "" {
		return "postgresql"
	}
	return "sqlite"
}

// Figures are what came of one alternative: medians over the rounds.
type Figures struct {
	Name      string
	Workers   int
	Mails     int // sent in each round, the median
	Readers   int // 0 where there is no list
	Database  string
	PerSecond float64
	Rounds    []float64     // mails per second, round by round
	CPU       time.Duration // of a mail, user and system, of all workers
	Allocs    float64       // of a mail
	Resident  int64         // the most bytes resident of a worker, in any round; 0 if the system does not tell
	Begin     time.Duration // to freeze the audience before the first mail, where that is measured apart
	// Of Postbag, medians of what each round gives:
	TimesGoMail, ShareOfRaw, TimesOneWorker float64
}

// Bench measures by processes of its own.
type Bench struct {
	// Start gives the process that does a part; see [Part].
	Start Starter
	// Scratch makes an empty database beside the one at a PostgreSQL address.
	Scratch func(ctx context.Context, address string) (scratch string, drop func(context.Context) error, err error)
	// Progress, if set, is told what is begun, and how many steps of all are done.
	Progress func(done, total int, begun string)
}

// variant is an alternative as one run measures it.
type variant struct {
	name    string
	workers int
	samples []sample
}

// sample is what one measurement gave.
type sample struct {
	mails     int
	perSecond float64
	cpu       float64 // seconds a mail
	allocs    float64
	resident  int64
	begin     time.Duration
}

// dropTime bounds how long cleaning up may take.
const dropTime = 30 * time.Second

// Run measures all alternatives in turn, round after round, the first of them only to
// warm up.
func (b *Bench) Run(ctx context.Context, p Plan) (found []Figures, err error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	variants := []*variant{{name: Postbag, workers: 1}, {name: GoMail, workers: 1}, {name: Raw, workers: 1}}
	if p.Workers > 1 {
		variants = slices.Insert(variants, 1, &variant{name: Postbag, workers: p.Workers})
	}
	steps := &steps{tell: b.Progress, total: 2 + len(variants)*(p.Rounds+1)}
	warm := p
	warm.Mails = min(p.Mails, max(p.Mails/10, 100))
	warm.Readers, warm.Rounds = warm.Mails, 1
	if err := b.rounds(ctx, &warm, variants, steps, "warming up"); err != nil {
		return nil, whyEnded(ctx, err)
	}
	for _, v := range variants {
		v.samples = nil
	}
	if err := b.rounds(ctx, &p, variants, steps, "measuring"); err != nil {
		return nil, whyEnded(ctx, err)
	}
	return figures(&p, variants), nil
}

// whyEnded is the end of ctx where that has ended what was under way: a process that
// is told to end complains of it, too.
func whyEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// rounds makes a database with an issue for each measurement, and measures.
func (b *Bench) rounds(ctx context.Context, p *Plan, variants []*variant, steps *steps, what string) (err error) {
	steps.begin(fmt.Sprintf("a list of %d readers", p.Readers))
	dsn, drop, err := b.database(ctx, p)
	if err != nil {
		return err
	}
	defer func() {
		// What was begun is cleaned up, also when ctx has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
		defer cancel()
		err = errors.Join(err, drop(ctx))
	}()
	ofPostbag := 0
	for _, v := range variants {
		if v.name == Postbag {
			ofPostbag++
		}
	}
	issues, err := b.prepare(ctx, Part{Do: preparing, DSN: dsn, Readers: p.Readers, Issues: p.Rounds * ofPostbag})
	if err != nil {
		return err
	}
	for round := range p.Rounds {
		for i := range variants {
			v := variants[(round+i)%len(variants)] // none is always first
			part := Part{Do: v.name, Mails: p.Mails, Connections: p.Connections}
			if v.name == Postbag {
				part.DSN, part.Readers, part.Issue = dsn, p.Readers, issues[0]
				issues = issues[1:]
			}
			steps.begin(fmt.Sprintf("%s %s, round %d of %d", what, v.name, round+1, p.Rounds))
			s, err := b.measure(ctx, part, v.workers, p.Latency)
			if err != nil {
				return err
			}
			v.samples = append(v.samples, s)
		}
	}
	return nil
}

// database makes a place for the ledger, and gives how to remove it.
func (b *Bench) database(ctx context.Context, p *Plan) (dsn string, drop func(context.Context) error, err error) {
	if p.DB != "" {
		return b.Scratch(ctx, p.DB)
	}
	dir, err := os.MkdirTemp(p.Dir, ".postbag-bench-*")
	if err != nil {
		return "", nil, digest.Fail(digest.Unavailable, "Run it in a folder that can be written, on a disk.", "no folder can be made for the database: %w", err)
	}
	return filepath.Join(dir, "postbag.db"), func(context.Context) error { return os.RemoveAll(dir) }, nil
}

// steps counts what is done for who watches.
type steps struct {
	tell        func(done, total int, begun string)
	done, total int
}

func (s *steps) begin(what string) {
	if s.tell != nil {
		s.tell(s.done, s.total, what)
	}
	s.done++
}

// figures are the medians. Ratios are those of the same round: what slows a machine
// for a while slows all that is measured then.
func figures(p *Plan, variants []*variant) []Figures {
	var found []Figures
	of := func(name string) *variant {
		return variants[slices.IndexFunc(variants, func(v *variant) bool { return v.name == name })]
	}
	for _, v := range variants {
		f := Figures{Name: v.name, Workers: v.workers}
		for _, s := range v.samples {
			f.Rounds = append(f.Rounds, s.perSecond)
			f.Resident = max(f.Resident, s.resident)
		}
		f.PerSecond = median(f.Rounds)
		f.Mails = int(v.median(func(s sample) float64 { return float64(s.mails) }))
		f.CPU = time.Duration(v.median(func(s sample) float64 { return s.cpu }) * float64(time.Second))
		f.Allocs = v.median(func(s sample) float64 { return s.allocs })
		f.Begin = time.Duration(v.median(func(s sample) float64 { return float64(s.begin) }))
		if v.name == Postbag {
			f.Readers, f.Database = p.Readers, p.database()
			f.TimesGoMail, f.ShareOfRaw = v.times(of(GoMail)), v.times(of(Raw))
			if v.workers > 1 {
				f.TimesOneWorker = v.times(of(Postbag))
			}
		}
		found = append(found, f)
	}
	return found
}

func (v *variant) median(of func(sample) float64) float64 {
	var all []float64
	for _, s := range v.samples {
		all = append(all, of(s))
	}
	return median(all)
}

// times is how many times as fast v is as another.
func (v *variant) times(other *variant) float64 {
	var all []float64
	for i, s := range v.samples {
		all = append(all, s.perSecond/other.samples[i].perSecond)
	}
	return median(all)
}

// median is the middle, or half the sum of the two in the middle.
func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// IsPostgres tells whether an address names a PostgreSQL database.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}
