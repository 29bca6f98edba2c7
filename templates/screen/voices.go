package screen

// Voices are those that the picks of an issue leave out.
type Voices struct {
	Issue, Arrange string
	Off            string // where this is switched on; "" where it is
	Posts          []Link
	Often          string // names
	FirstTime      []Voice
	More           int // first comments that are not listed
}

// Heading names the screen.
func (v Voices) Heading() (name, title string) { return "voices", "Voices missing in " + v.Issue }

// IsNone tells whether there is nothing to say.
func (v Voices) IsNone() bool {
	return v.Off == "" && len(v.Posts) == 0 && v.Often == "" && len(v.FirstTime) == 0
}

// Voice is a comment of somebody who wrote for the first time.
type Voice struct{ Author, When, Begins, Address string }
