package screen

// Suggestions are how the rules for a series' suggestions stand, and how well they did.
type Suggestions struct {
	Series       string // its name
	Action, Back string
	Lately       string // a sentence on the newest issues
	Learned      string // and on what the weights come from
	Any          string // "1 of 6": of all comments that were shown, how many were picked; "" for none
	Tables       []RuleTable
	MayForget    bool // something was learned
}

// Heading names the screen.
func (s Suggestions) Heading() (name, title string) {
	return "suggestions", "Suggestions for " + s.Series
}

// RuleTable lists rules of one sort.
type RuleTable struct {
	ID, Title string
	Note      string // a sentence on them; "" for none
	Column    string // what the figures are; "" where only the switches say anything
	Rows      []RuleRow
}

// RuleRow is a rule with its switch.
type RuleRow struct {
	Rule, Name, Says string
	On               bool
	Right            string // "12 of 31"; "" where it said nothing yet
	Change           string // "counts more than at the start"
}

// RuleElement is the id of a rule's row on the page.
func RuleElement(rule string) string { return "rule-" + rule }

// Element is the row's id on the page.
func (r RuleRow) Element() string { return RuleElement(r.Rule) }
