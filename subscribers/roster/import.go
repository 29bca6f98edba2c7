package roster

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/listfile"
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
	// As says that everybody in the list is unsubscribed, bounced or complained;
	// what a row says of the kind goes before it.
	As subscribers.State
	// SkipInvalid imports the good rows of a list that has bad ones too.
	SkipInvalid bool
	// File is the name of the list's file: where no column tells, some tools say there
	// that those in it left.
	File string
	// List says what the operator knows of the columns and dates.
	List listfile.Options
	// Charset names the list's character set; "" is found out.
	Charset string
	// Progress, unless nil, is called with the rows done so far and the rows in
	// all, after each batch.
	Progress func(done, total int)
}

// ImportReport tells what became of the rows of a list, or would become of them
// in a dry run.
type ImportReport struct {
	Rows       int // that are not blank, the headings apart
	Added      int
	States     map[subscribers.State]int // of those added
	Known      int                       // on the list already, active or pending; left as they were
	Ended      int                       // on the list until now, and left, bounced or complained by what the list says
	KeptOut    int                       // on the list before, and left, bounced or complained
	Duplicated int                       // further rows with the same address
	// RejectedCount counts the rows that cannot be imported; Rejected lists the
	// first 20 of them.
	RejectedCount int
	Rejected      []RejectedLine
	// Departed counts the rows of people who left that have a fault of another kind; it is
	// told in Rejected, and these people are kept as having left all the same.
	Departed int
	// Concerned are people who are on the list, active or pending, and of whom a row is not
	// understood: it may say that they left. ConcernedCount counts them all.
	Concerned      []string
	ConcernedCount int
	// Unread lists the columns that were not read.
	Unread []listfile.Column
	// Charset is the character set that was guessed, or "".
	Charset string
	// Dates is the order in which dates such as GuessedDate were read; GuessedDate is
	// "" where the list itself tells the order.
	Dates       listfile.DateOrder
	GuessedDate string
}

// RejectedLine is a row that cannot be imported.
type RejectedLine struct {
	Line int // of the input, from 1
	Why  string
}

// Import puts the people of a list on the list, and keeps with each consent who
// did; package listfile reads it. The whole input is checked before anything is
// written: one that cannot be read as a list, one that holds nobody, and rows with
// bad addresses, states or times give one error of kind Invalid, and nothing is
// changed. With o.SkipInvalid such rows are passed over; the report lists them. So
// does a list that is to be confirmed and has a column that speaks of leaving and is
// not understood. People are stored in batches, and a failure of the store in between
// leaves the batches before it; importing again completes the rest.
func (s *Service) Import(ctx context.Context, by digest.Actor, r io.Reader, o ImportOptions) (ImportReport, error) {
	if err := checkConsent(o.Confirmed, o.Consent); err != nil {
		return ImportReport{}, err
	}
	if o.As != "" && !o.As.Suppressed() {
		return ImportReport{}, digest.Fail(digest.Invalid, "Use unsubscribed, bounced or complained.", "%q is no state of people who left", o.As)
	}
	list, err := newSpool(ctx, r, o.Charset)
	if err != nil {
		return ImportReport{}, fmt.Errorf("import: %w", err)
	}
	run := &importRun{Service: s, by: by, list: list, o: o, now: s.clock.Now(), seed: maphash.MakeSeed(),
		seen: map[uint64]struct{}{}, doubtful: map[uint64]int{}, found: map[subscribers.State]int{}}
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
	plan   *listfile.Plan
	o      ImportOptions
	now    time.Time
	report ImportReport
	found  map[subscribers.State]int // good rows by state
	// unclear is the first cell about who may be mailed that is not understood.
	unclear *listfile.CellError
	// doubtful holds hashes of addresses with a row that is not understood, and that
	// row's line: it may say that the person left.
	doubtful map[uint64]int
	done     int
	batch    []Entry
	// seen holds hashes of the addresses enrolled so far. Two addresses with one
	// hash do no harm: the store has the last word on who is new.
	seed maphash.Seed
	seen map[uint64]struct{}
}

func (i *importRun) all(ctx context.Context) error {
	if err := i.survey(ctx); err != nil {
		return err
	}
	if err := i.check(ctx); err != nil {
		return err
	}
	// People who left are stored first, the gravest reason before others, and who has not
	// confirmed before who has: an address that the list has twice, once as active, is then
	// not stored as that.
	for _, state := range []subscribers.State{subscribers.Complained, subscribers.Bounced, subscribers.Unsubscribed, subscribers.Pending, subscribers.Active} {
		if i.found[state] == 0 {
			continue
		}
		if err := i.enrolThose(ctx, func(e Entry) bool { return e.Subscriber.State == state }); err != nil {
			return err
		}
	}
	return i.concern(ctx)
}

// concern finds those on the list of whom a row is not understood.
func (i *importRun) concern(ctx context.Context) error {
	if len(i.doubtful) == 0 {
		return nil
	}
	return i.store.Subscribers(ctx, Filter{}, func(sub subscribers.Subscriber) error {
		if _, is := i.doubtful[i.hash(sub.Key)]; !is || sub.State.Suppressed() {
			return nil
		}
		if i.report.ConcernedCount++; len(i.report.Concerned) < maxRejected {
			i.report.Concerned = append(i.report.Concerned, sub.Email)
		}
		return nil
	})
}

// survey finds out what the columns are.
func (i *importRun) survey(ctx context.Context) error {
	text, err := i.list.text(ctx)
	if err != nil {
		return err
	}
	if i.plan, err = listfile.Survey(text, i.o.List); err != nil {
		return err
	}
	i.report.Unread = i.plan.Unread()
	i.report.Charset = i.list.in.Guessed
	i.report.Dates, i.report.GuessedDate = i.plan.Dates, i.plan.Guessed
	if i.o.As != "" {
		return nil
	}
	if err := i.speaking(); err != nil || !i.o.Confirmed {
		return err
	}
	return i.question()
}

// speaking refuses a list of which a column speaks of leaving and is not understood:
// whoever left is neither made active nor asked.
func (i *importRun) speaking() error {
	if column, speaks := i.plan.Speaking(); speaks {
		value := ""
		if column.Example != "" {
			value = fmt.Sprintf(" (%q)", column.Example)
		}
		return digest.Fail(digest.Invalid, "Say what the column is, for example left_at or subscribed; ignore passes over it. Nothing was changed.",
			"the column %s%s speaks of leaving and is not understood, and nobody who left may get mail", column.Label(), value).
			Offer(digest.Act{Do: digest.NameColumn, Name: column.Key() + "=" + string(column.Hint)})
	}
	return nil
}

// question stops an import for columns that may tell who left and are not understood.
func (i *importRun) question() error {
	if column, is := i.plan.ForeignColumn(); is && i.list.in.Guessed != "" {
		return digest.Fail(digest.Invalid, "Name the character set, such as windows-1252, windows-1250, windows-1254 or iso-8859-2. Nothing was changed.",
			"the column %s is not known, the character set was guessed to be %s, and in another one the column may tell who left", column.Label(), i.list.in.Guessed).
			Offer(digest.Act{Do: digest.NameCharset})
	}
	asking := i.plan.Asking()
	if len(asking) == 0 {
		return nil
	}
	act := digest.Act{Do: digest.NameColumn}
	for n, c := range asking {
		if said := c.Key() + "=" + string(listfile.Ignore); n == 0 {
			act.Name = said
		} else {
			act.Names = append(act.Names, said)
		}
	}
	return digest.Fail(digest.Invalid, "If they have nothing to do with it, pass over them; else say what they are, for example subscribed, left_at or state. Nothing was changed.",
		"nobody who left may become active, and what is in these columns is not known: %s", listfile.Labels(asking)).Offer(act)
}

// check reads the whole list without storing anything.
func (i *importRun) check(ctx context.Context) error {
	err := i.each(ctx, func(row listfile.Row, e Entry) error {
		i.report.Rows++
		if row.Fault == nil {
			i.found[e.Subscriber.State]++
			return nil
		}
		if i.o.SkipInvalid && e.Gone() {
			i.found[e.Subscriber.State]++
			i.report.Departed++
			i.tell(row.Line, fmt.Sprintf("%s; kept as %s all the same", row.Fault, e.Subscriber.State))
			return nil
		}
		i.reject(row.Line, row.Fault)
		for _, named := range row.Named {
			i.doubtful[i.hash(named.Key)] = row.Line
		}
		if i.unclear == nil {
			i.unclear, _ = errors.AsType[*listfile.CellError](row.Fault)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := i.doubt(ctx); err != nil {
		return err
	}
	return i.verdict()
}

// doubt rejects rows of people who are not said to have left, but may be by another
// row that is not understood.
func (i *importRun) doubt(ctx context.Context) error {
	if len(i.doubtful) == 0 {
		return nil
	}
	err := i.each(ctx, func(row listfile.Row, e Entry) error {
		if row.Fault == nil && !e.Gone() {
			if line, is := i.doubtful[i.hash(e.Subscriber.Key)]; is {
				i.found[e.Subscriber.State]--
				i.reject(row.Line, fmt.Errorf("line %d, of the same address, is not understood", line))
			}
		}
		return nil
	})
	slices.SortFunc(i.report.Rejected, func(a, b RejectedLine) int { return a.Line - b.Line })
	return err
}

// verdict says whether the list can be imported.
func (i *importRun) verdict() error {
	bad, rows := i.report.RejectedCount, i.report.Rows
	switch {
	case rows == 0:
		return digest.Fail(digest.Invalid, "Look whether it is the right file. Nothing was changed.", "there is nobody in the list: it has headings and no rows")
	case bad == rows || bad > 0 && !i.o.SkipInvalid:
		first := i.report.Rejected[0]
		fail := digest.Fail(digest.Invalid, "Mend these lines. Nothing was changed.",
			"%d of %d rows cannot be imported, the first in line %d: %s", bad, rows, first.Line, first.Why)
		if bad < rows {
			fail.Offer(digest.Act{Do: digest.ImportGoodRows})
		}
		if i.unclear != nil {
			fail.Offer(digest.Act{Do: digest.NameColumn, Name: i.unclear.Column.Key() + "=FIELD"})
		}
		return fail
	}
	return i.named()
}

// named refuses a list of people who left, or never confirmed, where only the name of
// the file or a line above the people says so.
func (i *importRun) named() error {
	where, state := i.spoken()
	stay := i.found[subscribers.Active] + i.found[subscribers.Pending]
	switch {
	case state == subscribers.Pending && i.found[subscribers.Active] > 0 && !i.plan.TellsWhoConfirmed():
		return digest.Fail(digest.Invalid, "Import them without --confirmed: they are asked. If they did confirm, call it otherwise. Nothing was changed.",
			"%s says that those in the list never confirmed", where)
	case state == subscribers.Unsubscribed && stay > 0:
		return digest.Fail(digest.Invalid, "If they left, say as what they are to be kept. If they are readers, call it otherwise. Nothing was changed.",
			"%s says that those in the list left, and %d of %d rows do not say it", where, stay, i.report.Rows).
			Offer(digest.Act{Do: digest.ImportAsLeft})
	case stay > 0 && i.plan.OfLeavers():
		return digest.Fail(digest.Invalid, "If they left, say as what they are to be kept. Nothing was changed.",
			"the columns are those of a file of people who left, and %d of %d rows do not say it", stay, i.report.Rows).
			Offer(digest.Act{Do: digest.ImportAsLeft})
	}
	return nil
}

// spoken gives what the name of the file and the lines above the people say of them all,
// and which of them says so. That they left counts more than that they never confirmed.
func (i *importRun) spoken() (where string, state subscribers.State) {
	where, state = "the name of the file", listfile.NameSpeaks(i.o.File)
	for _, title := range i.plan.Titles {
		if says := listfile.NameSpeaks(title); says == subscribers.Unsubscribed && state != says || state == "" && says != "" {
			where, state = fmt.Sprintf("the line %.60q", title), says
		}
	}
	return where, state
}

func (i *importRun) reject(line int, why error) {
	i.report.RejectedCount++
	i.tell(line, why.Error())
}

// tell lists what is wrong with a row.
func (i *importRun) tell(line int, why string) {
	if len(i.report.Rejected) < maxRejected {
		i.report.Rejected = append(i.report.Rejected, RejectedLine{Line: line, Why: why})
	}
}

// enrolThose stores the people of the list whom want selects.
func (i *importRun) enrolThose(ctx context.Context, want func(Entry) bool) error {
	err := i.each(ctx, func(row listfile.Row, e Entry) error {
		if row.Fault != nil && !(i.o.SkipInvalid && e.Gone()) || !want(e) {
			return nil
		}
		if _, is := i.doubtful[i.hash(e.Subscriber.Key)]; is && !e.Gone() {
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

// each calls yield for every row, with an entry for a row without a fault.
func (i *importRun) each(ctx context.Context, yield func(listfile.Row, Entry) error) error {
	text, err := i.list.text(ctx)
	if err != nil {
		return err
	}
	rows := 0
	return i.plan.Rows(text, func(row listfile.Row) error {
		if rows++; rows > maxRows {
			return digest.Fail(digest.Invalid, "Import it in parts.", "the list has more than %d rows", maxRows)
		}
		if row.Fault != nil && !row.State.Suppressed() {
			return yield(row, Entry{})
		}
		return yield(row, i.o.entry(i.by, row.Person, i.now))
	})
}

// maxRows bounds a list.
const maxRows = 5_000_000

// flush stores the batch and counts what became of it.
func (i *importRun) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	outcomes, err := i.store.Enrol(ctx, i.told(), i.batch, i.o.DryRun)
	if err != nil {
		return err
	}
	for n, outcome := range outcomes {
		i.count(i.batch[n].Subscriber, outcome)
	}
	i.done += len(i.batch)
	i.batch = i.batch[:0]
	if i.o.Progress != nil {
		i.o.Progress(i.done, i.report.Rows-i.report.RejectedCount)
	}
	return nil
}

// told is what the audit list says of the import, as far as it is.
func (i *importRun) told() digest.Audited {
	on := i.o.File
	if on == "" {
		on = "a list"
	}
	return digest.Audited{At: i.now, By: i.by, Did: digest.ReadersImported, On: on, Words: fmt.Sprintf("%d of %d rows", i.done+len(i.batch), i.report.Rows)}
}

func (i *importRun) hash(key string) uint64 { return maphash.String(i.seed, key) }

func (i *importRun) count(s subscribers.Subscriber, outcome Enrolled) {
	hash := i.hash(s.Key)
	_, again := i.seen[hash]
	i.seen[hash] = struct{}{}
	switch {
	// A dry run stores nothing, so to the store every row of a new address is
	// new.
	case outcome == Duplicated, again && (outcome != Added || i.o.DryRun):
		i.report.Duplicated++
	case outcome == Added:
		i.report.Added++
		if i.report.States == nil {
			i.report.States = map[subscribers.State]int{}
		}
		i.report.States[s.State]++
	case outcome == Ended:
		i.report.Ended++
	case outcome == Kept:
		i.report.KeptOut++
	default:
		i.report.Known++
	}
}
