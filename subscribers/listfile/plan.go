package listfile

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

const saveHint = "Save the list as CSV in UTF-8, with a first row that names the columns."

// Options says what an operator knows about a list.
type Options struct {
	// Columns says what columns are, by their headings or their numbers from 1.
	Columns map[string]Field
	// Dates says how dates such as 03/04/2024 are written; "" is found out.
	Dates DateOrder
}

// Plan is how a list is read.
type Plan struct {
	Columns []Column
	// Dates is the order in which dates such as 03/04/2024 were read. Guessed is
	// such a date, where nothing in the list tells the order.
	Dates   DateOrder
	Guessed string

	// Titles are the lines above the headings, and the heading of the addresses: they
	// may say of all people what they are.
	Titles []string

	comma    byte
	head     int // the line of the headings; rows up to it are none
	headless bool
	width    int // cells of a row
}

// Column is one column of a list.
type Column struct {
	Number int // from 1
	Name   string
	// Field is what it tells, "" where that is not known, and Ignore for what does
	// not matter. Said tells that the operator said so.
	Field Field
	Said  bool
	// Speaks tells of a column that is not read that it speaks of leaving; Example is
	// a value of such a one.
	Speaks  bool
	Example string
	// Hint is what a column that speaks most likely is.
	Hint Field
	// Asks tells of a column that is not read that it could be an answer to whether a
	// person may be mailed.
	Asks bool
	// Foreign tells of a column that is not read that it has letters beyond ASCII, which
	// are other ones in another character set.
	Foreign bool

	heading string // folded
	filled  bool   // a row has a value
	paid    bool   // it speaks of money
}

// Label names a column in a sentence.
func (c Column) Label() string {
	if strings.TrimSpace(c.Name) == "" {
		return fmt.Sprintf("column %d", c.Number)
	}
	return strconv.QuoteToGraphic(short(c.Name, 60))
}

// Key is what names a column in [Options].
func (c Column) Key() string {
	if c.heading == "" || len(c.Name) > 100 {
		return strconv.Itoa(c.Number)
	}
	return c.Name
}

func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Unread lists the columns whose values are not read.
func (p *Plan) Unread() (all []Column) {
	for _, c := range p.Columns {
		if c.Field == "" || c.Field == Ignore {
			all = append(all, c)
		}
	}
	return all
}

// OfLeavers tells whether the columns are those of a file in which everybody left.
func (p *Plan) OfLeavers() bool {
	return slices.ContainsFunc(p.Columns, func(c Column) bool { return leaversTools[c.heading] && c.Field != Ignore })
}

// Asking lists the columns that could be an answer to whether a person may be mailed.
func (p *Plan) Asking() (all []Column) {
	for _, c := range p.Columns {
		if c.Asks {
			all = append(all, c)
		}
	}
	return all
}

// ForeignColumn gives the first column that is not read and depends on the character set.
func (p *Plan) ForeignColumn() (Column, bool) {
	i := slices.IndexFunc(p.Columns, func(c Column) bool { return c.Foreign })
	if i < 0 {
		return Column{}, false
	}
	return p.Columns[i], true
}

// TellsWhoConfirmed tells whether a column says who confirmed.
func (p *Plan) TellsWhoConfirmed() bool {
	return slices.ContainsFunc(p.Columns, func(c Column) bool { return c.filled && (c.Field == State || c.Field == Confirmed) })
}

// Speaking gives the first column that speaks of leaving and is not understood.
func (p *Plan) Speaking() (Column, bool) {
	i := slices.IndexFunc(p.Columns, func(c Column) bool { return c.Speaks })
	if i < 0 {
		return Column{}, false
	}
	return p.Columns[i], true
}

// titleRows is how many rows may stand before the headings.
const titleRows = 10

// Survey reads a whole list in UTF-8 and says how it is read. Its errors are of kind
// Invalid, a failing reader's apart.
func Survey(r io.Reader, o Options) (*Plan, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	p := &Plan{}
	sep := separator(head)
	if p.comma = sep; sep == 0 {
		p.comma = delimiter(head, o)
	}
	rows := newRecords(in, p.comma)
	var first []record
	for len(first) < titleRows+1 {
		rec, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the list: %w", err)
		}
		if sep != 0 && rec.line == 1 {
			p.head = 1
			continue
		}
		first = append(first, rec)
	}
	if len(first) == 0 {
		return nil, digest.Fail(digest.Invalid, saveHint, "the list is empty")
	}
	data, err := p.findHeadings(first, o)
	if err != nil {
		return nil, err
	}
	p.keepTitles(first[:data])
	s := newSurvey(p)
	for _, rec := range first[data:] {
		s.row(rec)
	}
	for {
		rec, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the list: %w", err)
		}
		s.row(rec)
	}
	s.decide(o)
	return p, nil
}

// findHeadings looks for the headings in the first rows and tells at which of them
// the people begin.
func (p *Plan) findHeadings(first []record, o Options) (data int, err error) {
	for i, rec := range first {
		if rec.fault != nil {
			return 0, digest.Fail(digest.Invalid, saveHint, "line %d cannot be read: %w", rec.line, rec.fault)
		}
		if holdsAddress(rec.cells) {
			if p.number(rec, o) {
				return i, p.settle(o)
			}
			break
		}
		columns := columnsOf(rec.cells, o)
		if !hasField(columns, Email) {
			continue
		}
		p.Columns, p.head, p.width = columns, rec.line, len(columns)
		return i + 1, p.settle(o)
	}
	return 0, noAddresses(first[0])
}

// keepTitles keeps what stands above the people, but for the headings of other columns
// than that of the addresses.
func (p *Plan) keepTitles(above []record) {
	if !p.headless {
		above = above[:len(above)-1]
	}
	for _, rec := range above {
		if title := strings.TrimSpace(strings.Join(rec.cells, " ")); title != "" {
			p.Titles = append(p.Titles, title)
		}
	}
	for _, c := range p.Columns {
		if c.Field == Email && c.Name != "" {
			p.Titles = append(p.Titles, c.Name)
		}
	}
}

// number takes a list without headings that are known: one of addresses alone, or one
// whose columns the operator names by their numbers. rec is its first row.
func (p *Plan) number(rec record, o Options) bool {
	cells := rec.cells
	for len(cells) > 1 && strings.TrimSpace(cells[len(cells)-1]) == "" && len(o.Columns) == 0 {
		cells = cells[:len(cells)-1]
	}
	p.head, p.headless, p.width = rec.line-1, true, len(cells)
	p.Columns = make([]Column, len(cells))
	for i := range p.Columns {
		p.Columns[i] = Column{Number: i + 1}
		p.Columns[i].Field, p.Columns[i].Said = said(o, p.Columns[i])
	}
	if len(cells) == 1 && p.Columns[0].Field == "" {
		p.Columns[0].Field = Email
	}
	return hasField(p.Columns, Email)
}

// noAddresses says that no column holds addresses.
func noAddresses(rec record) error {
	names := make([]Column, len(rec.cells))
	for i, cell := range rec.cells {
		names[i] = Column{Number: i + 1, Name: strings.TrimSpace(cell), heading: fold(cell)}
	}
	example := names[0].Key()
	if i := slices.IndexFunc(rec.cells, func(s string) bool { return holdsAddress([]string{s}) }); i >= 0 {
		example = strconv.Itoa(i + 1)
	}
	return digest.Fail(digest.Invalid, "The columns are: "+Labels(names)+". Say which holds the addresses, by its heading or its number.",
		"line %d names no column email", rec.line).Offer(digest.Act{Do: digest.NameColumn, Name: example + "=" + string(Email)})
}

// Labels names columns in a sentence.
func Labels(all []Column) string {
	const most = 30
	names := make([]string, 0, most)
	for _, c := range all[:min(len(all), most)] {
		names = append(names, c.Label())
	}
	if len(all) > most {
		names = append(names, fmt.Sprintf("and %d more", len(all)-most))
	}
	return strings.Join(names, ", ")
}

func hasField(columns []Column, f Field) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return c.Field == f })
}

// holdsAddress tells whether a cell is an address, or a name and an address.
func holdsAddress(cells []string) bool {
	return slices.ContainsFunc(cells, func(s string) bool {
		s = strings.TrimSpace(s)
		return strings.Contains(s, "@") && (!strings.ContainsAny(s, " \t") || strings.HasSuffix(s, ">"))
	})
}

// columnsOf reads headings.
func columnsOf(cells []string, o Options) []Column {
	columns := make([]Column, len(cells))
	paid, typed := false, false
	for i, cell := range cells {
		name := strings.TrimSpace(unquote(cell))
		columns[i] = Column{Number: i + 1, Name: name, heading: fold(name)}
		paid = paid || paidTools[columns[i].heading]
		typed = typed || buttondown[columns[i].heading]
	}
	for i := range columns {
		c := &columns[i]
		if c.Field, c.Said = said(o, *c); c.Said {
			continue
		}
		if c.Field = fieldOf[c.heading]; c.Field == "" {
			c.Field = fieldByWords(c.heading)
		}
		switch {
		case typed && c.heading == "type":
			c.Field = State
		case paid && paidColumns[c.heading]:
			c.Field, c.paid = Ignore, true
		}
	}
	if !hasField(columns, Email) {
		if i := slices.IndexFunc(columns, func(c Column) bool { return c.Field == "" && weakEmail[c.heading] }); i >= 0 {
			columns[i].Field = Email
		}
	}
	return columns
}

// said gives what the operator says a column is, by its heading, else by its number.
func said(o Options, c Column) (Field, bool) {
	for key, field := range o.Columns {
		if key == c.Name || c.heading != "" && fold(key) == c.heading {
			return field, true
		}
	}
	field, is := o.Columns[strconv.Itoa(c.Number)]
	return field, is
}

// settle leaves one column of each field that can be read once.
func (p *Plan) settle(o Options) error {
	if err := p.checkSaid(o); err != nil {
		return err
	}
	for _, field := range append([]Field{Email}, once...) {
		best := -1
		for i, c := range p.Columns {
			if c.Field != field {
				continue
			}
			if best < 0 {
				best = i
				continue
			}
			a, b := p.Columns[best], c
			if a.Said == b.Said && (a.Said || field == Email) {
				return digest.Fail(digest.Invalid, "Say of one of them that it is to be passed over.",
					"%s and %s are both the column %s; it can be there once, not twice", a.Label(), b.Label(), field).
					Offer(digest.Act{Do: digest.NameColumn, Name: b.Key() + "=" + string(Ignore)})
			}
			if b.Said || !a.Said && rankOf[b.heading] < rankOf[a.heading] {
				best, i = i, best
			}
			p.Columns[i].Field = ""
		}
	}
	return nil
}

// checkSaid looks that every column that the operator names is there, and is named once.
func (p *Plan) checkSaid(o Options) error {
	named := map[int]string{}
	for _, key := range slices.Sorted(maps.Keys(o.Columns)) {
		one := Options{Columns: map[string]Field{key: Email}}
		there := false
		for _, c := range p.Columns {
			if _, is := said(one, c); !is {
				continue
			}
			there = true
			if other, twice := named[c.Number]; twice {
				return digest.Fail(digest.Invalid, "Say once what a column is.", "%q and %q name the same column", short(other, 60), short(key, 60))
			}
			named[c.Number] = key
		}
		if !there {
			return digest.Fail(digest.Invalid, "The columns are: "+Labels(p.Columns)+".", "the list has no column %q", short(key, 60))
		}
	}
	return nil
}

// sepLine is what Excel writes and reads before the headings.
var sepLine = lazyregexp.New(`(?i)^"?sep=([^"\r\n])"?[\r\n]`)

// separator gives what the list says itself separates its cells, or 0.
func separator(head []byte) byte {
	if m := sepLine.FindSubmatch(head); m != nil {
		return m[1][0]
	}
	return 0
}

// delimiter finds what separates cells: what makes a column of addresses stand in one
// of the first rows, else what the first line has most of outside quotation marks.
func delimiter(head []byte, o Options) byte {
	line := bytes.TrimLeft(head, " \r\n")
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	counts := map[byte]int{}
	marked := false
	for _, c := range line {
		if c == '"' {
			marked = !marked
		} else if !marked {
			counts[c]++
		}
	}
	all := []byte(",;\t|")
	slices.SortStableFunc(all, func(a, b byte) int { return cmp.Compare(counts[b], counts[a]) })
	for _, comma := range all {
		rows := newRecords(bytes.NewReader(head), comma)
		for range titleRows {
			rec, err := rows.next()
			if err != nil || rec.fault != nil || holdsAddress(rec.cells) {
				break
			}
			if slices.ContainsFunc(columnsOf(rec.cells, o), func(c Column) bool { return c.Field == Email && !weakEmail[c.heading] }) {
				return comma
			}
		}
	}
	return all[0]
}
