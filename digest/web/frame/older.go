package frame

import (
	"strings"

	"postbag/templates/screen"
)

// WasPrefix begins the names of hidden fields that say what the page showed in the field
// of that name: somebody else may have saved another text since.
const WasPrefix = "was-"

// Fate is what becomes of one field of a form that is sent.
type Fate int

// The fates of a field.
const (
	// Stays is that of a field which nobody typed into, or as it is stored by now.
	Stays Fate = iota
	// Changes is that of one which is to be saved.
	Changes
	// Collides is that of one which was typed into, and which somebody else has saved
	// otherwise since the page was made: it is not saved before its editor has seen that.
	Collides
)

// Fate tells what becomes of a field that is stored as it is by now, and gives what was
// typed into it.
func (f Form) Fate(name, stored string) (typed string, fate Fate) {
	if _, sent := f.Values[name]; !sent {
		return stored, Stays
	}
	typed = f.written(name)
	switch was := f.written(WasPrefix + name); {
	case typed == was || typed == stored:
		return typed, Stays
	case stored != was:
		return typed, Collides
	}
	return typed, Changes
}

// written gives a field as it is stored: lines end as everywhere, and no white space is
// around it.
func (f Form) written(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.Get(name), "\r\n", "\n"))
}

// mostTheirs bounds what is repeated of somebody else's text, in bytes.
const mostTheirs = 2000

// Theirs says, beside a field that collides, what somebody else made of it meanwhile.
func Theirs(stored string) string {
	if stored == "" {
		return "Somebody emptied this meanwhile. Yours stands here: save again to keep it."
	}
	return "Somebody changed this meanwhile: it is “" + Cut(strings.ReplaceAll(stored, "\n", " / "), mostTheirs) + "” now. Yours stands here: save again to keep it."
}

// Was gives what fields show, for their form to send along.
func Was(fields ...screen.Field) (all []screen.Hidden) {
	for _, f := range fields {
		all = append(all, screen.Hidden{Name: WasPrefix + f.Name, Value: f.Shown()})
	}
	return all
}
