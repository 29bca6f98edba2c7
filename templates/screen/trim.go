package screen

import (
	"html/template"
	"strconv"
)

// Trim is where a comment is trimmed for an issue: its sentences, and beside them what
// readers will see.
type Trim struct {
	Action  string // where its forms post to
	Version int64  // of the issue, as it is shown
	From    string // the screen that it goes back to, as the forms carry it
	Back    Link

	Author, When, Post string
	OnBlog             string // the comment's own address
	Issue              string // its title
	Picked             bool
	Locked             string // why nothing can be changed: the issue is no draft; "" where it is
	Changed            bool   // on the blog, since it was picked

	// Paras hold the sentences from First to Until: a page of a long comment, of which
	// Earlier and Later lead to those beside it.
	Paras          []TrimPara
	First, Until   int
	Earlier, Later string
	Sentences      []Option // for choosing one; [MostChoices] at most
	Last           int      // the number of the last sentence
	Excerpt        template.HTML
	Line           template.HTML // the lifted line that readers will see
	Lines          []TrimLine    // sentences that may be lifted
	LineCut        string        // the lifted line that they will not, since some of it is cut
	Leads          bool          // the line stands for the issue
	Kept, Of       int           // words
	Notes          []TrimNote

	// Mistake is what did not work, with what was typed: one of the fields' names is In.
	Mistake *Problem
	In      string
	Typed   TrimTyped
}

// MostChoices is how many sentences are offered in a list; of more, one is chosen by
// its number.
const MostChoices = 150

// MostSentences is how many sentences a page shows.
const MostSentences = 300

// IsPart tells that the page shows some of the sentences.
func (t Trim) IsPart() bool { return t.First > 1 || t.Until < t.Last }

// TrimTyped is what stands in the fields of the screen.
type TrimTyped struct {
	Words      string // to be cut, restored or lifted
	Note       string
	After      string // the words that the note stands after
	At         string // the byte that the note stands at, where a script knows it
	AtSentence string
}

// TrimPara is a paragraph of the comment.
type TrimPara struct {
	Quoted, Item, Pre bool
	Number            int // of an item of a numbered list
	Pieces            []TrimPiece
}

// TrimPiece is a sentence, or, with N 0, what stands between two.
type TrimPiece struct {
	N        int
	Kept     string // "true", "mixed" or "false"
	From, To int    // bytes of the comment's text
	Parts    []TrimPart
}

// TrimPart is text in one style, all of it kept or all of it cut.
type TrimPart struct {
	Text                      string
	Cut, Em, Strong, Struck   bool
	Lifted, NotShown, NewLine bool
}

// TrimNote is a note of the editor's.
type TrimNote struct {
	At     int
	Text   string
	Behind string // the words before it
	Hidden bool   // the words at its place are cut
}

// Heading names the screen.
func (t Trim) Heading() (name, title string) { return "trim", "Trim the comment by " + t.Author }

// TrimLine is a sentence that may be lifted.
type TrimLine struct {
	Words      string
	Start, End int
}

// IsWhole tells whether all sentences are kept.
func (t Trim) IsWhole() bool { return t.Kept == t.Of }

// Field gives one of the screen's fields.
func (t Trim) Field(name string) Field {
	f := map[string]Field{
		"words": {Name: "words", Label: "Words of the comment, exactly as they stand there", Value: t.Typed.Words, Max: 2000},
		"note":  {Name: "note", Label: "Your note", Hint: "Readers see it in square brackets, in another type than the comment.", Value: t.Typed.Note, Max: 200},
		"after": {Name: "after", Label: "After the words", Hint: "Copied from the comment; or leave it empty, and choose a sentence.", Value: t.Typed.After, Max: 2000},
	}[name]
	if t.Mistake != nil && t.In == name {
		f.Mistake = t.Mistake.Text
	}
	return f
}

// AfterSentence and LiftSentence are fields to choose a sentence with.
func (t Trim) AfterSentence() Field { return t.choice("sentence-note", "After the sentence") }

// LiftSentence is the field to choose a line with.
func (t Trim) LiftSentence() Field { return t.choice("sentence-lift", "The line") }

func (t Trim) choice(name, label string) Field {
	if t.Last > MostChoices {
		return Field{Name: name, Label: label, Type: "number", Hint: "Its number in the comment, 1 to " + strconv.Itoa(t.Last) + ".", Value: "1"}
	}
	return Field{Name: name, Label: label, Type: "select", Options: t.Sentences}
}
