package screen

// Readers is a page of the list of readers.
type Readers struct {
	States        []Link // of which state readers are shown
	Action        string // where the search goes, by GET
	State, Search string
	Rows          []ReaderRow
	Next          string // where the list goes on; "" where it ends
	Partly        bool   // the search has not looked through the whole list
	First         string // the list's first page; "" on it
	New, Import   string // addresses; Import is "" for whoever may not
	Export        string // "" for who may not
	Reasons       bool   // the list is of people who may not be mailed
}

// Heading names the screen.
func (Readers) Heading() (name, title string) { return "readers", "Readers" }

// ReaderRow is a reader in the list.
type ReaderRow struct{ Email, Address, Name, State, Wants, Since string }

// Reader is one reader.
type Reader struct {
	Email    string
	Facts    []Fact
	Consents []ConsentRow
	Asked    []Fact
	Received []ReceivedRow
	Returned []ReturnedRow // what came back of their mails
	Ask      string        // where a POST asks them to confirm; "" where they are not asked
	AskSays  string        // what the button says
	AskMeans string        // what it means
	Suppress string        // address; "" where nothing is mailed to them as it is
	Erase    string        // address; "" for who may not
	Reason   string        // why they may not be mailed
}

// Heading names the screen.
func (r Reader) Heading() (name, title string) { return "reader", r.Email }

// ConsentRow is how a reader agreed.
type ConsentRow struct{ When, Wording, Where, By string }

// ReceivedRow is an issue that a reader was mailed.
type ReceivedRow struct{ Issue, Address, State, When, Words string }

// ReturnedRow is a bounce, a complaint or another thing that came back of a mail: what it
// means, and the server's words. Email and Address are of the reader, where it is not their page,
// and Issue is the issue's title, where it is not that one's.
type ReturnedRow struct{ When, Issue, Email, Address, Sentence, Words string }

// ReaderNew is the form for one reader.
type ReaderNew struct {
	Action, Back string
	Fields       []Field
	Confirmed    bool
	Consent      Field
	Mistakes     []Field
}

// Heading names the screen.
func (ReaderNew) Heading() (name, title string) { return "readernew", "Add a reader" }

// ReaderImport is the form for a list of readers, and what was found in it.
type ReaderImport struct {
	Action, Back string
	Most         string
	Fields       []Field
	Confirmed    bool
	Skip         bool
	Mistakes     []Field
	Task         Task
	Found        *FoundList
}

// Heading names the screen.
func (ReaderImport) Heading() (name, title string) { return "readerimport", "Import readers" }

// FoundList is what a list of readers would bring.
type FoundList struct {
	Name     string
	Token    string // of the file that is kept until it is imported
	Says     []string
	Notes    []string
	Rejected []Fact  // lines that cannot be used
	Columns  []Field // that are not read, to say what each is
	Button   string  // "" where it cannot be imported as it is
}
