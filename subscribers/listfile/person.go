package listfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postbag/digest/lazyregexp"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// Person is what a list says of somebody.
type Person struct {
	Address address.Address
	Name    string
	// State is what the list says; "" where it says nothing.
	State       subscribers.State
	Frequency   subscribers.Frequency // "" where it says nothing
	CreatedAt   time.Time
	ConfirmedAt time.Time
	LeftAt      time.Time
	Consent     string
}

// Row is a row of a list: a person, or a fault.
type Row struct {
	Line int // where it begins, from 1
	Person
	// Fault says why the row cannot be used as it stands. Where its address was read all
	// the same, Address has it, and State and LeftAt where the row says that this person
	// left.
	Fault error
	// Named are the addresses that stand in a row with a fault: what is not understood may
	// be that these people left.
	Named []address.Address
}

// Rows calls yield for each row that is not blank, until yield gives an error, which
// it passes on. The list is the one that was surveyed.
func (p *Plan) Rows(r io.Reader, yield func(Row) error) error {
	rows := newRecords(r, p.comma)
	for {
		rec, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		if rec.line <= p.head {
			continue
		}
		if rec.fault == nil && !slices.ContainsFunc(rec.cells, func(s string) bool { return strings.Trim(s, endOfFile) != "" }) {
			continue
		}
		row := Row{Line: rec.line}
		if row.Fault = p.misfit(rec); row.Fault == nil {
			row.Person, row.Fault = p.person(rec.cells)
		}
		switch {
		case row.Fault != nil && row.Address.Key != "":
			row.Named = []address.Address{row.Address}
		case row.Fault != nil:
			row.Named = addressesIn(append(rec.cells, rec.text))
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

// endOfFile is what a row without cells consists of: space, and the sign with which DOS
// ended a file.
const endOfFile = " \t\r\n\u00a0\x1a"

// misfit tells why a row cannot be laid under the columns. Empty cells may be missing
// or too many at its end, unless what is missing bears on who may be mailed, or the
// list breaks off there.
func (p *Plan) misfit(rec record) error {
	if rec.fault != nil {
		return rec.fault
	}
	n := len(rec.cells)
	for n > p.width && strings.TrimSpace(rec.cells[n-1]) == "" {
		n--
	}
	switch {
	case n == p.width:
		return nil
	case n < p.width && !rec.open && !slices.ContainsFunc(p.Columns[n:], Column.decides):
		return nil
	}
	heads := "the heading line"
	if p.headless {
		heads = "the first line"
	}
	return fmt.Errorf("it has %s; %s has %d", counted(n), heads, p.width)
}

// decides tells whether a column bears on who may be mailed.
func (c Column) decides() bool {
	switch c.Field {
	case Name, FirstName, MiddleName, LastName, Created, Frequency, Ignore:
		return false
	case "":
		return c.Speaks || speaksOfLeaving(c.heading)
	}
	return true
}

func counted(cells int) string {
	if cells == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", cells)
}

// reading is a row that is being read.
type reading struct {
	Person
	dates              dates
	first, middle, end string // names
	// unsure tells of somebody who may not have agreed, unless the list calls them active.
	unsure bool
}

// person reads a row. With an error it gives as much as the address, and that the person
// left.
func (p *Plan) person(cells []string) (Person, error) {
	r := reading{dates: dates{order: p.Dates}}
	var faults []error
	for i, c := range p.Columns {
		cell := ""
		if i < len(cells) {
			cell = strings.TrimSpace(unquote(cells[i]))
		}
		if err := r.take(c, cell); err != nil {
			if c.Field == Email {
				return Person{}, err
			}
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		known := Person{Address: r.Address}
		if strength[r.State] > strength[subscribers.Pending] {
			known.State, known.LeftAt = r.State, r.LeftAt
		}
		return known, faults[0]
	}
	if r.unsure && r.State == "" {
		r.State = subscribers.Pending
	}
	r.Name = joined(r.first, r.middle, r.Name, r.end)
	return r.Person, nil
}

// take reads one cell.
func (r *reading) take(c Column, cell string) (err error) {
	if c.Field != Email && c.Field != State && c.Field != Subscribed && c.Field != Confirmed && cell == "" {
		return nil
	}
	switch c.Field {
	case Email:
		return r.readAddress(cell)
	case Name:
		r.Name = cell
	case FirstName:
		r.first = cell
	case MiddleName:
		r.middle = cell
	case LastName:
		r.end = cell
	case Frequency:
		var known bool
		if r.Frequency, known = frequencies[fold(cell)]; !known {
			return fmt.Errorf("the frequency %.40q is not known", cell)
		}
	case State:
		return r.readState(c, cell)
	case Created:
		return r.readMoment(c, cell, &r.CreatedAt)
	case Confirmed:
		return r.readConfirmed(c, cell)
	case Unconfirmed:
		return r.readUnconfirmed(c, cell)
	case Subscribed:
		return r.readSubscribed(c, cell)
	case Left:
		return r.readLeft(c, cell)
	case Reason:
		if a := answerOf(cell); a != silent && (a != denies || coded[c.heading]) {
			r.is(subscribers.Unsubscribed)
			r.is(states[fold(cell)])
		}
	case Bounced:
		return r.readReport(subscribers.Bounced, cell)
	case Complained:
		return r.readReport(subscribers.Complained, cell)
	case Consent:
		return r.readConsent(c, cell)
	}
	return nil
}

// frequencies are the words for how often a person wants the mail.
var frequencies = map[string]subscribers.Frequency{
	"every": subscribers.Every, "weekly": subscribers.Every, "every issue": subscribers.Every, "all": subscribers.Every,
	"monthly": subscribers.Monthly, "once a month": subscribers.Monthly,
}

// is notes a state; of several the one that keeps somebody away most stays.
func (r *reading) is(s subscribers.State) {
	if strength[s] > strength[r.State] {
		r.State = s
	}
}

func (r *reading) readState(c Column, cell string) error {
	text := fold(cell)
	if text == "" && blank(cell) || cell == `\N` {
		return nil
	}
	state, known := states[text]
	if !known {
		return &CellError{Column: c, why: fmt.Sprintf("the state %.40q in the column %s is not known", cell, c.Label())}
	}
	r.is(state)
	return nil
}

func (r *reading) readMoment(c Column, cell string, to *time.Time) error {
	if answerOf(cell) == silent {
		return nil
	}
	at, err := r.dates.read(cell)
	if err != nil {
		return &CellError{Column: c, why: fmt.Sprintf("%s: %s", c.Label(), err)}
	}
	*to = at
	return nil
}

// readConfirmed reads when somebody confirmed, or whether. Who was not asked twice may
// have agreed all the same. Where others have a time, who has none has not confirmed,
// unless the list calls them active.
func (r *reading) readConfirmed(c Column, cell string) error {
	switch answerOf(cell) {
	case silent:
		r.unsure = r.unsure || c.filled
		return nil
	case agrees:
		return nil
	case denies:
		if twice[c.heading] {
			r.unsure = true
		} else {
			r.is(subscribers.Pending)
		}
		return nil
	}
	if state, known := states[fold(cell)]; known {
		r.is(state)
		return nil
	}
	at := r.ConfirmedAt
	if err := r.readMoment(c, cell, &at); err != nil {
		return err
	}
	if r.ConfirmedAt.IsZero() {
		r.ConfirmedAt = at
	}
	return nil
}

// readUnconfirmed reads a column in which yes, or a time, says that somebody has not
// confirmed.
func (r *reading) readUnconfirmed(c Column, cell string) error {
	switch answerOf(cell) {
	case silent, denies:
		return nil
	case unclear:
		if state, known := states[fold(cell)]; known {
			r.is(state)
			return nil
		}
		if _, err := r.dates.read(cell); err != nil {
			return unclearCell(c, cell)
		}
	}
	r.is(subscribers.Pending)
	return nil
}

// coded are the headings whose values are codes, 0 among them.
var coded = set("optout type|opt out type|optout code|opt out code|unsubscribe type|unsubscription type|unsub type")

// twice are the headings that tell whether somebody was asked to confirm.
var twice = set("double opt-in|double optin|doi")

// readSubscribed reads whether somebody wants the mail, or since when. Who did not
// answer where others did has not agreed.
func (r *reading) readSubscribed(c Column, cell string) error {
	state := states[fold(cell)]
	switch a := answerOf(cell); {
	case cell == "" && !c.filled:
	case a == denies || never[fold(cell)]:
		r.is(subscribers.Unsubscribed)
	case a == agrees:
	case a == silent:
		r.unsure = true
	case state != "":
		r.is(state)
	default:
		at, err := r.dates.read(cell)
		if err != nil {
			return unclearCell(c, cell)
		}
		if r.CreatedAt.IsZero() {
			r.CreatedAt = at
		}
	}
	return nil
}

// readLeft reads whether somebody left, or when.
func (r *reading) readLeft(c Column, cell string) error {
	switch answerOf(cell) {
	case silent, denies:
		return nil
	case agrees:
		r.is(subscribers.Unsubscribed)
		return nil
	}
	if state, known := states[fold(cell)]; known {
		r.is(state)
		return nil
	}
	at, err := r.dates.read(cell)
	if err != nil {
		return unclearCell(c, cell)
	}
	r.leftAt(at, subscribers.Unsubscribed)
	return nil
}

// leftAt notes a time of leaving; of several the latest stays.
func (r *reading) leftAt(at time.Time, as subscribers.State) {
	r.is(as)
	if at.After(r.LeftAt) {
		r.LeftAt = at
	}
}

// readReport reads whether mail to somebody bounced or was called spam, when, or why.
func (r *reading) readReport(as subscribers.State, cell string) error {
	switch answerOf(cell) {
	case silent, denies:
		return nil
	case unclear:
		if text := fold(cell); !lasting.MatchString(text) {
			for word := range strings.FieldsSeq(text) {
				if passing[word] {
					return nil
				}
			}
		}
		if at, err := r.dates.read(cell); err == nil {
			r.leftAt(at, as)
			return nil
		}
	}
	r.is(as)
	return nil
}

// passing are words for bounces that say nothing about the address, unless lasting finds
// a word or a code beside them that does: RFC 5321, 4.2.1, and RFC 3463, 3.1.
var (
	passing = set("soft|transient|temporary|softbounce|softbounced")
	lasting = lazyregexp.New(`\bhard|permanent|\bno longer\b|\bnot\b|unknown|\bblocked\b|\b5\d\d\b|\b5 \d{1,3} \d{1,3}\b`)
)

// readConsent reads how somebody agreed, and whether.
func (r *reading) readConsent(c Column, cell string) error {
	text := fold(cell)
	first, _, _ := strings.Cut(text, " ")
	state := states[text]
	switch a := answerOf(cell); {
	case a == denies, never[text], withheld[text], len(first) > 1 && no[first], a == unclear && hasStem(text, refusalStems):
		r.is(subscribers.Unsubscribed)
	case a != unclear:
		r.unsure = r.unsure || text == "na" || text == "n a"
	case strength[state] > strength[subscribers.Active]:
		r.is(state)
	case text == "", hasWord(text, doubts), speaksOfLeaving(text), negates(text), hasStem(text, leavingStems):
		return unclearCell(c, cell)
	case r.Consent == "":
		r.Consent = cell
	}
	return nil
}

// doubts are words by which nobody can say that somebody agreed.
var doubts = set("missing|unknown|unclear|unsure|doubtful|nope|tbd|lost|out|pending|fehlt|unbekannt|unklar|inconnu|inconnue|manquant|desconocido|sconosciuto|onbekend|perhaps|maybe|vielleicht")

// CellError is a cell that is not understood: of a column about who may be mailed, or
// about when something was.
type CellError struct {
	Column Column
	why    string
}

func (e *CellError) Error() string { return e.why }

func unclearCell(c Column, cell string) error {
	return &CellError{Column: c, why: fmt.Sprintf("%.40q in the column %s is not understood: it may say that this person left", cell, c.Label())}
}

// joined makes one name of its parts. The whole name may be there beside them, and
// have them or not.
func joined(first, middle, name, last string) string {
	all := name
	has := func(part string) bool { return strings.Contains(" "+fold(all)+" ", " "+fold(part)+" ") }
	before := func(part string) {
		if part != "" && !has(part) {
			all = strings.TrimSpace(part + " " + all)
		}
	}
	if last != "" && !has(last) {
		all = strings.TrimSpace(all + " " + last)
	}
	if name == "" {
		before(middle)
	}
	before(first)
	return all
}
