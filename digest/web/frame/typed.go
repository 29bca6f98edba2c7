package frame

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"postbag/templates/screen"
)

// labels are what a refusal calls the fields that people write into, by their names. A
// field of a row or of a series has its id after a hyphen, or its short name after a dot.
var labels = map[string]string{
	"title": "Title", "intro": "Introduction", "subject": "Subject", "preheader": "First line in the inbox",
	"heading": "Heading", "above": "Heading", "text": "Your text", "quote": "Quotation", "source": "Where it is from", "note": "Note",
	"name": "Name", "slug": "What it is called in addresses", "number": "Number", "zone": "Zone", "at": "Time", "schedule": "Schedule",
	"at-least": "How many picks", "masthead": "The name on the masthead", "home": "The blog’s home page", "language": "Language",
	"watch": "The watch list", "glossary": "The glossary", "address": "Address", "url": "Address",
	"posts": "The feed of posts", "comments": "The feed of comments", "pattern": "Where the comments of one post are",
	"email": "Mail address", "username": "Mail address", "consent": "How they agreed", "reason": "Reason", "key-name": "Name of the passkey", "position": "Position",
}

// unwritten are the fields that nobody writes into, however long they are: what a form
// carries along, and what is chosen or marked.
var unwritten = []string{"version", "last", "block", "do", "view", "series", "back", "next", "when", "state", "act", "decision", "deadline", "separator",
	"comment", "post", "shown", "words", "keep", "kept", "end", "start", "sealed", "session", "response", "to", "from", "f", "how", "publication"}

const (
	// longText is how long a field of another name is that is taken for somebody's words.
	longText = 20
	// mostTyped bounds what is shown of a form.
	mostTyped = MaxForm
	// otherWords is what a field is called that has no label.
	otherWords = "Your words"
)

func isSecret(name string) bool { return strings.Contains(strings.ToLower(name), "password") }

// labelOf gives the label of a field that somebody wrote something into; "" for one that
// nobody did.
func labelOf(fields Form, name, value string) string {
	base, _, _ := strings.Cut(name, ".")
	label, known := labels[base]
	if row := strings.TrimRight(base, "0123456789"); !known && strings.HasSuffix(row, "-") {
		base = strings.TrimSuffix(row, "-")
		label, known = labels[base]
	}
	_, shown := fields.Values[WasPrefix+base]
	switch text := strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n")); {
	case text == "" || isSecret(name) || strings.HasPrefix(name, WasPrefix) || slices.Contains(unwritten, base):
		return ""
	case shown && text == fields.written(WasPrefix+base):
		return ""
	case base == "source" && strings.Trim(text, "0123456789") == "": // it is ticked
		return ""
	case known:
		return label
	case len(text) >= longText:
		return otherWords
	}
	return ""
}

// typed gives what somebody wrote into the form of a request, to be shown again: all of
// it, up to a bound, and nothing else.
func typed(r *http.Request) (fields []screen.Field) {
	room := mostTyped
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			label := labelOf(Form{r.PostForm}, name, value)
			if label == "" || room <= 0 {
				continue
			}
			value = Cut(value, room)
			room -= len(value)
			f := screen.Field{Name: name, Label: label, Value: value, ReadOnly: true}
			if len(value) >= longText {
				f.Type, f.Rows = "textarea", min(3+strings.Count(value, "\n"), 20)
			}
			fields = append(fields, f)
		}
	}
	return fields
}
