package screen

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"postbag/digest"
)

// Frame is what stands around a screen.
type Frame struct {
	Publication string
	// Assets is where the assets are, up to their names.
	Assets string
	// Editor is who is signed in; zero before.
	Editor digest.Editor
	// Links are the parts of the desk, for the menu; none before anybody is signed in.
	Links []Link
	// Account is where the editor's own page is, SignOut where signing out posts to.
	Account, SignOut string
	Bar              *Bar     // of an issue; nil elsewhere
	Said             string   // what was just done, a sentence
	Problem          *Problem // what did not work
	// Keys is where single keys are switched on or off; "" where that is not served.
	Keys    string
	KeysOff bool // single keys do nothing

	set   *Set
	Title string // set by [Set.Page]
	Page  any
}

// Link is a link with its words.
type Link struct {
	Label, Address string
	Note           string // a few quiet words beside it: "31 left"
	ID             string // of the note's element, "" for none
	Key            string // that follows the link, as keys.js has it: "g r"
	Here           bool   // it is the page that is shown
}

// Bar is the head of an issue's screens.
type Bar struct {
	Title    string // the issue's
	Number   int
	Sentence string // its state, and what it waits for
	Tabs     []Link // Read, Arrange, Check, Send
	Home     string // the desk's first page
	// Others are further issues that are open at the same time.
	Others []Link
}

// Problem says what did not work, and what can be done.
type Problem struct {
	Title string // a few words
	Text  string // sentences
	Hints []string
	Acts  []Link
	// Typed is what somebody had written into the form that was refused: it is not lost.
	Typed []Field
	Back  *Link
	// Again sends the same form once more, to the address To: it was in order, and what
	// was in the way goes by. To is "" where it cannot.
	Again []Hidden
	To    string
}

// Heading makes a problem a screen of its own.
func (p Problem) Heading() (name, title string) { return "problem", p.Title }

// Field is a labelled field of a form.
type Field struct {
	Name, Label string
	Value       string
	Hint        string // what is expected, below the label
	Mistake     string // what is wrong with the value, a sentence; "" when nothing is
	// Type is an input's type, "" for text; "textarea" with Rows, and "select" with
	// Options, are elements of their own.
	Type         string
	Rows         int
	Options      []Option
	Autocomplete string // e.g. "email", "new-password"
	Required     bool
	ReadOnly     bool
	Max          int // characters, 0 for no limit of the page's own
}

// Shown is what stands in the field, as its form sends it.
func (f Field) Shown() string {
	if f.Type != "select" {
		return f.Value
	}
	for _, o := range f.Options {
		if o.Chosen {
			return o.Value
		}
	}
	return ""
}

// InWords is what stands in the field, as people read it.
func (f Field) InWords() string {
	for _, o := range f.Options {
		if o.Chosen {
			return o.Label
		}
	}
	return f.Value
}

// Choose puts a value into the field.
func (f *Field) Choose(value string) {
	f.Value = value
	f.Options = slices.Clone(f.Options)
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == value
	}
}

// Option is a choice of a field.
type Option struct {
	Value, Label string
	Chosen       bool
}

// ID is the field's id on its page.
func (f Field) ID() string { return "field-" + f.Name }

// Lines is how high a textarea is.
func (f Field) Lines() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

// Mistakes gives the fields with a mistake.
func Mistakes(fields ...Field) (wrong []Field) {
	for _, f := range fields {
		if f.Mistake != "" {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// Asset gives the address of an asset.
func (f Frame) Asset(name string) (string, error) {
	hashed, ok := f.set.names[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return f.Assets + hashed, nil
}

// functions are what templates may call: all of them pure.
func functions() template.FuncMap {
	return template.FuncMap{
		"plural": func(n int, one, many string) string {
			if n == 1 {
				return "1 " + one
			}
			return strconv.Itoa(n) + " " + many
		},
		"paragraphs": func(s string) []string { return strings.Split(s, "\n\n") },
		"add":        func(a, b int) int { return a + b },
		"list":       func(all ...any) []any { return all },
	}
}
