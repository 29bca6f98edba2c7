package screen

// Check is the screen on which an issue is looked at as its readers will get it, with
// all that is to be fixed or looked at before it goes.
type Check struct {
	Issue   string // its title
	Outputs []Link // mail, text, feed, web page
	Views   []View
	Swap    *Link  // the same with light and dark changed over; nil where there are no two
	Empty   string // why nothing can be shown; "" when something can
	Picks   []Link // each to where it is trimmed
	Before  Before
	Test    Test
}

// View is one frame with an output in it.
type View struct {
	Title, Address string
	Class          string // "phone", "desktop", "text" or "feed"
}

// Before is the list of what was found.
type Before struct {
	Title    string // "Before it goes", while it has not gone
	Note     string // what can still be done; "" where all can
	Nothing  string // what is said where nothing was found
	Asked    Asked
	Findings []Finding
	Seen     []Finding // what somebody has let stand
	Facts    []string  // what is well
	ToFix    int
	Approve  *Link // to where it is approved; nil when it is no draft
	EndMail  *EndMail
	Fix      string // where the acts post to
	Version  int64  // of the issue
}

// Asked is how far the asking of the blogs is.
type Asked struct {
	Words       string
	Notices     []string
	Open        bool   // it is not done yet
	Done, Total int    // of picks, while it is open
	Address     string // where it is told how far it is
	Ask         string // where asking posts to
	Button      string
}

// Finding is one line of the list.
type Finding struct {
	Severity string // in words: "Must fix"
	Class    string // "danger", "warning" or "quiet"
	Words    string
	Acts     []CheckAct
}

// CheckAct is something that mends a finding: a link, or a button that posts Fields.
type CheckAct struct {
	Label   string
	Address string // of a link
	Fields  []HiddenField
	About   string // what the button is about, for who does not see where it stands
}

// HiddenField is a field of a form that nobody sees.
type HiddenField struct{ Name, Value string }

// EndMail is the choice of what the mail leaves to the web.
type EndMail struct {
	Words string
	Field Field
}

// Test is the form that mails a test.
type Test struct {
	Action string
	Field  Field
	Open   bool // it has a mistake
}

// Heading names the screen.
func (Check) Heading() (name, title string) { return "check", "Check" }

// Compare is the screen on which an editor chooses between what was picked and what the
// blog says now.
type Compare struct {
	Issue    string
	Number   int // of the pick
	Author   string
	Was, Now Text
	Parts    []Wording
	WasKept  bool   // the words as picked are known
	Same     bool   // there is nothing to choose
	Carried  string // what becomes of the trimming
	Fix      string
	Version  int64
	Block    int64
	Back     Link
}

// Text is a comment's words as they stood at some time.
type Text struct {
	Label      string
	Paragraphs []string
}

// Wording is a run of words that stayed, was taken out ("out") or came in ("in").
type Wording struct{ Text, Change string }

// Heading names the screen.
func (Compare) Heading() (name, title string) { return "compare", "Compare" }
