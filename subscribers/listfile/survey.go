package listfile

import (
	"strings"
)

// The bounds of what a survey keeps of the values of columns that are not read, so that
// it looks at each once.
const (
	surveyValue  = 40     // bytes of a value
	surveyValues = 20_000 // values of all columns
)

// survey gathers what the rows tell about the columns.
type survey struct {
	plan   *Plan
	seen   []map[string]bool // values of columns that are not read
	mixed  []bool            // the column has more values, or texts too
	known  []bool            // a value of a column of states is a state
	loud   []bool            // a value says something else than no
	says   []bool            // a value speaks of leaving
	zero   []bool            // a value is 0, under a heading that speaks of subscribing
	counts []bool            // a value is no answer of yes or no
	// orders counts the dates that can be read in one order only.
	orders map[DateOrder]int
	either string // a date that can be read in both
}

func newSurvey(p *Plan) *survey {
	n := len(p.Columns)
	return &survey{plan: p, seen: make([]map[string]bool, n), mixed: make([]bool, n), known: make([]bool, n), loud: make([]bool, n), says: make([]bool, n), zero: make([]bool, n), counts: make([]bool, n), orders: map[DateOrder]int{}}
}

func (s *survey) row(rec record) {
	p := s.plan
	if p.misfit(rec) != nil {
		return
	}
	for i, cell := range rec.cells[:min(len(rec.cells), len(p.Columns))] {
		if cell = strings.TrimSpace(unquote(cell)); cell == "" {
			continue
		}
		c := &p.Columns[i]
		c.filled = true
		switch c.Field {
		case "":
			if a := answerOf(cell); a != silent && a != denies {
				s.loud[i] = true
			}
			s.unread(i, cell)
		case State:
			s.known[i] = s.known[i] || states[fold(cell)] != ""
		case Created, Confirmed, Left, Subscribed, Bounced, Complained:
			switch order, is := orderOf(cell); {
			case order != "":
				s.orders[order]++
			case is && s.either == "":
				s.either = cell
			}
		}
	}
}

// unread looks whether a value of a column that is not read speaks of leaving.
func (s *survey) unread(i int, cell string) {
	if len(cell) > surveyValue {
		s.mixed[i] = true
		return
	}
	if s.seen[i] == nil {
		s.seen[i] = map[string]bool{}
	}
	if s.seen[i][cell] || s.says[i] && s.mixed[i] {
		return
	}
	if len(s.seen[i]) < max(20, surveyValues/len(s.plan.Columns)) {
		s.seen[i][cell] = true
	} else {
		s.mixed[i] = true
	}
	c := &s.plan.Columns[i]
	text := fold(cell)
	state := states[text]
	left := strength[state] > 2 && len(text) > 4 || strings.Count(text, " ") < 3 && !strings.Contains(cell, "@") && hasStem(text, plainStems)
	denied := answerOf(cell) == denies && hasStem(c.heading, subscribingStems)
	if denied && text == "0" && !otherChannel(c.heading) {
		s.zero[i] = true // an answer, unless the column counts something
		denied = false
	}
	s.counts[i] = s.counts[i] || answerOf(cell) == unclear
	if (left || denied) && !s.says[i] && !otherChannel(c.heading) {
		s.says[i] = true
		c.Example = cell
	}
}

// allStates tells whether a column holds states and nothing else, whatever it is
// called.
func allStates(values map[string]bool) bool {
	for v := range values {
		if states[fold(v)] == "" {
			return false
		}
	}
	return true
}

func otherChannel(heading string) bool {
	for token := range strings.FieldsSeq(heading) {
		if otherChannels[token] {
			return true
		}
	}
	return false
}

// decide says what the columns are, now that their values are known.
func (s *survey) decide(o Options) {
	p := s.plan
	postal := false
	for _, c := range p.Columns {
		postal = postal || places[c.heading]
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Field == State && !c.Said && postal && placeStates[c.heading] && c.filled && !s.known[i] {
			c.Field = "" // part of an address
			continue
		}
		if s.zero[i] && !s.counts[i] && !s.says[i] {
			s.says[i], c.Example = true, "0"
		}
		if c.Field == "" && s.says[i] && !s.mixed[i] && allStates(s.seen[i]) {
			c.Field = State
		}
		if c.Field == "" {
			c.Speaks = s.loud[i] && speaksOfLeaving(c.heading) || s.says[i]
		}
	}
	p.Dates = o.Dates
	if p.Dates != "" {
		return
	}
	day, month := s.orders[DayFirst], s.orders[MonthFirst]
	switch {
	case day > 0 && month == 0:
		p.Dates = DayFirst
	case month > 0 && day == 0:
		p.Dates = MonthFirst
	default:
		// Semicolons come from where the decimal point is a comma, and the day first.
		p.Guessed = s.either
		if p.Dates = MonthFirst; p.comma == ';' {
			p.Dates = DayFirst
		}
	}
}
