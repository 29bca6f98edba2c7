package digest

import (
	"fmt"
	"strings"
)

// People are what the desk calls its editors, by their addresses.
type People map[string]string

// PeopleOf names editors: where two share a name, with their addresses.
func PeopleOf(all []Editor) People {
	same := map[string]int{}
	for _, e := range all {
		same[strings.ToLower(e.Name)]++
	}
	p := People{}
	for _, e := range all {
		switch {
		case e.Name == "":
		case same[strings.ToLower(e.Name)] > 1:
			p[e.Email] = fmt.Sprintf("%s (%s)", e.Name, e.Email)
		default:
			p[e.Email] = e.Name
		}
	}
	return p
}

// Name names somebody in a sentence.
func (p People) Name(a Actor) string {
	if name := p[a.Name]; name != "" && a.Kind == ByEditor {
		return name
	}
	return a.String()
}

// Told gives what is kept of a change, with whom it names called by their names.
func (p People) Told(words string) string {
	for address, name := range p {
		if rest, is := strings.CutPrefix(words, undidOf+address+" "); is {
			return undidOf + name + " " + rest
		}
	}
	return words
}

// undidOf begins what is kept of an undoing; whose it was follows.
const undidOf = "undid what "

// Undid says what is kept of undoing a change.
func Undid(last Revision) string { return undidOf + last.By.String() + " did: " + last.Words }
