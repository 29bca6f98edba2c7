package listfile

import (
	"strings"

	"postbag/subscribers"
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
	placed []bool            // a value of a column of states cannot be a place
	tells  []bool            // a value could answer a question
	other  []bool            // a value is neither an answer nor a date
	few    []map[string]bool // values, up to one more than answers have
	states []int             // values that are states
	letter []bool            // a value has a letter beyond ASCII
	// orders counts the dates that can be read in one order only.
	orders map[DateOrder]int
	either string // a date that can be read in both
}

func newSurvey(p *Plan) *survey {
	n := len(p.Columns)
	flags := func() []bool { return make([]bool, n) }
	return &survey{plan: p, seen: make([]map[string]bool, n), mixed: flags(), known: flags(), loud: flags(), says: flags(), zero: flags(), counts: flags(),
		placed: flags(), tells: flags(), other: flags(), few: make([]map[string]bool, n), states: make([]int, n), letter: flags(), orders: map[DateOrder]int{}}
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
			s.question(i, cell)
			s.unread(i, cell)
		case Ignore:
			if !c.Said && !c.paid && wordsOnly(cell) {
				s.unread(i, cell)
			}
		case State:
			text := fold(cell)
			s.known[i] = s.known[i] || states[text] != ""
			s.placed[i] = s.placed[i] || len(text) == 1 || speaksOfLeaving(text) || hasStem(text, plainStems) || hasStem(text, subscribingStems)
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

// question looks whether a value of a column that is not read could answer one.
func (s *survey) question(i int, cell string) {
	s.letter[i] = s.letter[i] || letterBeyondASCII(cell)
	if s.other[i] && len(s.few[i]) > mostAnswers || !telling(cell) {
		return
	}
	s.tells[i] = true
	if s.few[i] == nil {
		s.few[i] = map[string]bool{}
	}
	if key := short(cell, 200); len(s.few[i]) <= mostAnswers {
		s.few[i][key] = true
	}
	if !s.other[i] && answerOf(cell) == unclear {
		_, err := dates{}.read(cell)
		s.other[i] = err != nil
	}
}

// asks tells whether a column that is not read needs a word of the operator.
func (s *survey) asks(i int, c Column) bool {
	switch {
	case !s.tells[i], harmless(c.heading), otherChannel(c.heading), !s.loud[i] && speaksOfLeaving(c.heading):
		return false
	}
	return len(s.few[i]) <= mostAnswers || !s.other[i]
}

// unread looks whether a value of a column that is not read speaks of leaving, or of
// somebody who has not confirmed.
func (s *survey) unread(i int, cell string) {
	c := &s.plan.Columns[i]
	if s.says[i] && s.mixed[i] {
		return
	}
	if len(cell) > surveyValue {
		s.mixed[i] = true
		if hasStem(fold(withoutLinks(cell)), plainStems) {
			s.say(i, cell)
		}
		return
	}
	if s.seen[i] == nil {
		s.seen[i] = map[string]bool{}
	}
	if s.seen[i][cell] {
		return
	}
	if len(s.seen[i]) < max(20, surveyValues/len(s.plan.Columns)) {
		s.seen[i][cell] = true
	} else {
		s.mixed[i] = true
	}
	text := fold(cell)
	state := states[text]
	if state != "" {
		s.states[i]++
	}
	left := len(text) > 4 && (strength[state] > strength[subscribers.Pending] || state == subscribers.Pending && !harmless(c.heading)) ||
		hasStem(fold(withoutLinks(cell)), plainStems)
	if c.Field == Ignore {
		left = left || speaksOfLeaving(text) || lasting.MatchString(text)
	}
	denied := answerOf(cell) == denies && hasStem(c.heading, subscribingStems)
	if denied && text == "0" && !otherChannel(c.heading) {
		s.zero[i] = true // an answer, unless the column counts something
		denied = false
	}
	s.counts[i] = s.counts[i] || answerOf(cell) == unclear
	if left || denied {
		s.say(i, cell)
	}
}

// say notes a value that speaks.
func (s *survey) say(i int, cell string) {
	c := &s.plan.Columns[i]
	if !s.says[i] && !otherChannel(c.heading) {
		s.says[i], c.Example = true, short(cell, 60)
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

// decide says what the columns are, now that their values are known.
func (s *survey) decide(o Options) {
	p := s.plan
	postal := false
	for _, c := range p.Columns {
		postal = postal || places[c.heading]
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Field == State && !c.Said && postal && placeStates[c.heading] && c.filled && !s.known[i] && !s.placed[i] {
			c.Field = "" // part of an address
			continue
		}
		if c.Field != Ignore && s.zero[i] && !s.counts[i] && !s.says[i] {
			s.says[i], c.Example = true, "0"
		}
		if c.Field == "" && s.says[i] && !s.mixed[i] && allStates(s.seen[i]) {
			c.Field = State
		}
		if c.Field == Ignore && s.says[i] {
			c.Field = ""
		}
		if c.Field == "" {
			c.Speaks = s.loud[i] && speaksOfLeaving(c.heading) || s.says[i]
			if c.Hint = Left; s.states[i] > 1 {
				c.Hint = State
			}
			c.Asks = !c.Speaks && s.asks(i, *c)
			c.Foreign = !harmless(c.heading) && fieldOf[c.heading] == "" && (letterBeyondASCII(c.Name) || s.letter[i])
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
