package screen

// Reminder is the page of a link in a reminder: what would happen, and one button.
type Reminder struct {
	Title          string
	Editor         string // in whose name
	Lines          []string
	Problems       []string // what keeps it from being sent; there is no button then
	Action, Button string
	Danger         bool
	Version        int64 // of the draft that the page is about
	Check, Desk    string
}

// Heading names the screen.
func (v Reminder) Heading() (name, title string) { return "reminder", v.Title }

// Replied says what a link of a reminder has done.
type Replied struct{ Said, Desk string }

// Heading names the screen.
func (Replied) Heading() (name, title string) { return "replied", "Done" }
