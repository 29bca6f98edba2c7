package roster

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"time"

	"postbag/digest"
)

// batchSize is how many people are stored in one transaction.
const batchSize = 500

// maxRejected is how many rejected lines a report lists; it counts them all.
const maxRejected = 20

// ImportOptions says what to make of a list.
type ImportOptions struct {
	// DryRun finds out what would happen and writes nothing.
	DryRun bool
	// Confirmed makes those whom the list calls active, or says nothing about,
	// active without a confirmation of their own. Consent then says how they
	// agreed; a row's own column "consent" goes before it. Without Confirmed
	// they are pending and get a confirmation to answer.
	Confirmed bool
	Consent   string
	// SkipInvalid imports the good rows of a list that has bad ones too.
	SkipInvalid bool
	// Progress, unless nil, is called with the rows done so far and the rows in
	// all, after each batch.
	Progress func(done, total int)
}

// ImportReport tells what became of the rows of a list, or would become of them
// in a dry run.
type ImportReport struct {
	Rows       int // that are not blank, the headings apart
	Added      int
	Known      int // on the list already, active or pending; left as they were
	KeptOut    int // on the list before, and left, bounced or complained
	Duplicated int // further rows with the same address
	// RejectedCount counts the rows that cannot be imported; Rejected lists the
	// first 20 of them.
	RejectedCount int
	Rejected      []RejectedLine
}

// RejectedLine is a row that cannot be imported.
type RejectedLine struct {
	Line int // of the input, from 1
	Why  string
}

// Import puts the people of a CSV list on the list, and keeps with each consent who
// did; the package documentation describes the columns. The whole input is checked before anything is written:
// an input that is damaged (an unclosed quotation mark, a row with another
// number of cells) gives one error of kind Invalid that names the line, and
// nothing is changed. So it is when rows have bad addresses, states or times,
// unless o.SkipInvalid; the report then lists them. People are stored in
// batches, and a failure of the store in between leaves the batches before it;
// importing again completes the rest.
func (s *Service) Import(ctx context.Context, by digest.Actor, r io.Reader, o ImportOptions) (ImportReport, error) {
	if err := checkConsent(o.Confirmed, o.Consent); err != nil {
		return ImportReport{}, err
	}
	list, err := newSpool(ctx, r)
	if err != nil {
		return ImportReport{}, fmt.Errorf("import: %w", err)
	}
	run := &importRun{Service: s, by: by, list: list, o: o, now: s.clock.Now(), seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	err = run.all(ctx)
	if closed := list.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return run.report, fmt.Errorf("import: %w", err)
	}
	return run.report, nil
}

// importRun is one import under way.
type importRun struct {
	*Service
	by     digest.Actor
	list   *spool
	o      ImportOptions
	now    time.Time
	report ImportReport
	gone   int // rows of people who left, bounced or complained
	done   int
	batch  []Entry
	// seen holds hashes of the addresses enrolled so far. Two addresses with one
	// hash do no harm: the store has the last word on who is new.
	seed maphash.Seed
	seen map[uint64]struct{}
}

func (i *importRun) all(ctx context.Context) error {
	if err := i.check(ctx); err != nil {
		return err
	}
	// People who left are stored first: an address that the list has twice, once as
	// active, is then stored as one that left.
	if i.gone > 0 {
		if err := i.enrolThose(ctx, func(e Entry) bool { return left(e.Subscriber.State) }); err != nil {
			return err
		}
	}
	return i.enrolThose(ctx, func(e Entry) bool { return !left(e.Subscriber.State) })
}

// check reads the whole list without storing anything.
func (i *importRun) check(ctx context.Context) error {
	err := i.each(ctx, func(line int, e Entry, bad error) error {
		i.report.Rows++
		switch {
		case bad != nil:
			i.reject(line, bad)
		case left(e.Subscriber.State):
			i.gone++
		}
		return nil
	})
	if err != nil {
		i.report = ImportReport{}
		return err
	}
	if n := i.report.RejectedCount; n > 0 && !i.o.SkipInvalid {
		first := i.report.Rejected[0]
		return digest.Fail(digest.Invalid, "Mend these lines. Nothing was changed.",
			"%d of %d rows cannot be imported, the first in line %d: %s", n, i.report.Rows, first.Line, first.Why).
			Offer(digest.Act{Do: digest.ImportGoodRows})
	}
	return nil
}

func (i *importRun) reject(line int, why error) {
	i.report.RejectedCount++
	if len(i.report.Rejected) < maxRejected {
		i.report.Rejected = append(i.report.Rejected, RejectedLine{Line: line, Why: why.Error()})
	}
}

// enrolThose stores the people of the list whom want selects.
func (i *importRun) enrolThose(ctx context.Context, want func(Entry) bool) error {
	err := i.each(ctx, func(_ int, e Entry, bad error) error {
		if bad != nil || !want(e) {
			return nil
		}
		if i.batch = append(i.batch, e); len(i.batch) < batchSize {
			return nil
		}
		return i.flush(ctx)
	})
	if err != nil {
		return err
	}
	return i.flush(ctx)
}

// each calls yield for every row: with a person, or with the reason why there
// is none.
func (i *importRun) each(ctx context.Context, yield func(line int, e Entry, bad error) error) error {
	text, err := i.list.text(ctx)
	if err != nil {
		return err
	}
	t, err := newTable(text)
	if err != nil {
		return err
	}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e, bad := i.o.entry(i.by, r, i.now)
		if err := yield(r.line, e, bad); err != nil {
			return err
		}
	}
}

// flush stores the batch and counts what became of it.
func (i *importRun) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	outcomes, err := i.store.Enrol(ctx, i.batch, i.o.DryRun)
	if err != nil {
		return err
	}
	for n, outcome := range outcomes {
		i.count(i.batch[n].Subscriber.Key, outcome)
	}
	i.done += len(i.batch)
	i.batch = i.batch[:0]
	if i.o.Progress != nil {
		i.o.Progress(i.done, i.report.Rows-i.report.RejectedCount)
	}
	return nil
}

func (i *importRun) count(key string, outcome Enrolled) {
	hash := maphash.String(i.seed, key)
	_, again := i.seen[hash]
	i.seen[hash] = struct{}{}
	switch {
	// A dry run stores nothing, so to the store every row of a new address is
	// new.
	case outcome == Duplicated, again && (outcome != Added || i.o.DryRun):
		i.report.Duplicated++
	case outcome == Added:
		i.report.Added++
	case outcome == Kept:
		i.report.KeptOut++
	default:
		i.report.Known++
	}
}
