package screen

// Home is the desk's first page: what is wrong, what is being made, what was sent.
type Home struct {
	Troubles []Trouble
	// Begin leads on where no blog is followed yet.
	Begin   *Link
	Current []CurrentIssue
	Past    []PastRow
	AllPast string // address
	Several bool   // series: each issue is told with its own
}

// Heading names the screen.
func (Home) Heading() (name, title string) { return "home", "Home" }

// Trouble is what needs a person.
type Trouble struct {
	Grave bool
	Text  string
	Since string // "since Monday 09:10"; may be empty
	Acts  []Link
}

// CurrentIssue is an issue that is being made.
type CurrentIssue struct {
	Series   string
	Title    string
	Sentence string
	Facts    string // "14 picks, 2 to fix"
	Go       Link   // the one button
}

// PastRow is an issue that readers saw.
type PastRow struct {
	Title, Address      string
	Series              string
	State               string // "" where it is sent
	Date                string
	Sent, Refused, Left string
}
