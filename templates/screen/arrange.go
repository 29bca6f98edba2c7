package screen

import "html/template"

// Arrange is the screen on which an issue is put in order.
type Arrange struct {
	Name   string // the title
	Action string // where its forms post to, and where it is
	// Preview gives the introduction as readers see it.
	Preview string
	// Why says why nothing can be changed; "" for a draft.
	Why   string
	Acts  []Link // what can be done about that
	Title ArrangeText
	Intro ArrangeText
	// Shown is the introduction as readers see it.
	Shown template.HTML
	List  ArrangeList
	Panel ArrangePanel
}

// Heading gives the template and the title.
func (a Arrange) Heading() (name, title string) { return "arrange", "Arrange" }

// Changeable tells whether the issue is a draft.
func (a Arrange) Changeable() bool { return a.Why == "" }

// ArrangeText is the title or the introduction, which are saved by themselves.
type ArrangeText struct {
	Action  string
	Version int64
	Field   Field
	Saved   string // "Saved 18:42 by you"; "" for nothing new
	// Theirs is what somebody else wrote meanwhile, when both wrote: Field has what was
	// typed here.
	Theirs *Theirs
}

// Theirs is what another editor wrote, to choose between.
type Theirs struct {
	Said string // who did what, and when: a sentence
	Text string // what stands there now
	Take string // the address that takes it, and leaves what was typed
}

// ArrangeList is the rows of an issue in order, with the forms that add to them.
type ArrangeList struct {
	Action     string
	Version    int64
	Changeable bool
	Rows       []ArrangeRow
	// Adding are the forms that add a row at the end.
	Heading, Text                    Field
	QuoteText, QuoteSource, QuoteURL Field
	Open                             string // the form that is open: "heading", "text" or "quote"
}

// Count is how many rows there are.
func (l ArrangeList) Count() int { return len(l.Rows) }

// ArrangeRow is one row.
type ArrangeRow struct {
	Action     string
	Version    int64
	Changeable bool
	Block      int64
	Row, Of    int    // from 1
	Kind       string // "pick", "heading", "text" or "quote"
	Here       bool   // it is the row that is looked at
	Look       string // the address that shows it as readers see it

	Number  int    // of a pick
	Words   string // a beginning of its words, or the heading
	Shown   template.HTML
	Facts   string // whose it is, when, under what, how long: in a line
	Source  Link   // of a quotation
	Problem string

	Answers int  // the number of the pick that it answers, 0 for none
	Apart   bool // other rows stand between them
	// Question is what it answers there; "" for nothing that asks. Alike is the number of
	// a pick before it that says much the same, 0 for none.
	Question string
	Alike    int

	Trim string // the address where it is trimmed
	// Up and Down are the blocks that it would stand above one row up and down, 0 for
	// the end; First and Last tell that there is no such row.
	Up, Down    int64
	First, Last bool

	// Fields are what the row says, to be written anew: one, or three of a quotation.
	Fields []Field
	Open   bool // the form of the fields is open
	Theirs *Theirs
	// Above is the form that adds a heading above.
	Above     Field
	OpenAbove bool
}

// IsPick tells whether the row is a reader's words.
func (r ArrangeRow) IsPick() bool { return r.Kind == "pick" }

// ArrangePanel is what stands beside the rows.
type ArrangePanel struct {
	Action     string
	Version    int64
	Changeable bool
	Focus      ArrangeFocus
	Sizes      ArrangeSizes
	Saved      string // "Saved 18:42 by you"
	Undo       string // what undoing takes back; "" for nothing
	Last       int64  // the id of that change
	History    string
	Check      string
	Voices     string // where the voices are that the picks leave out
	News       ArrangeNews
}

// ArrangeFocus is a row as readers see it.
type ArrangeFocus struct {
	Title  string // "Row 2, as readers see it"; "" for no row
	Block  int64
	IsPick bool
	Above  string // what it replies to
	Lifted string
	Words  template.HTML
	// Byline is whose words they are; Number stands before it.
	Number int
	Author string
	When   string
	Post   Link
	Short  bool
	Head   string // the words of a heading
	Quotes Link   // where a quotation is from
	Trim   string
	Lift   string
}

// ArrangeSizes is how much the issue is.
type ArrangeSizes struct {
	Words   string // "20 picks · 14 minutes · 3,100 words"
	Mail    string // "mail 34 KB of 95"; "" where it is not measured
	KB, Of  int
	Level   string // "", "amber" or "red"
	Warning string
}

// ArrangeNews is what others changed since the page was made.
type ArrangeNews struct {
	Address string // that gives it anew
	Show    string
	Said    []string
	More    int
}

// History is the screen that lists who changed an issue, and how.
type History struct {
	Name    string
	Arrange string
	Action  string
	Version int64
	Undo    string // what undoing takes back; "" for nothing
	Last    int64  // the id of that change
	Changes []HistoryChange
	More    bool // there are earlier ones
}

// Heading gives the template and the title.
func (h History) Heading() (name, title string) { return "history", "History" }

// HistoryChange is one change of an issue.
type HistoryChange struct {
	When, Who, What string
	Version         int64
	Next            bool // it is the one that undoing takes back
	Undone          bool
}
