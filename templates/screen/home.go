package screen

// Home is the desk's first page: what is wrong, what is being made, what was sent.
type Home struct {
	Troubles []Trouble
	// Begin leads on where the set-up is not done.
	Begin   *Begin
	Current []CurrentIssue
	Past    []PastRow
	AllPast string // address
	Several bool   // series: each issue is told with its own
}

// Begin is what of the set-up is left.
type Begin struct {
	Title, Text string
	Go          Link
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
