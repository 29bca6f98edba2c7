package near

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest/markup"
)

// mostNamed is how many others are named in one line.
const mostNamed = 10

// Words says what a comment and others have to do with each other, a line for each
// relation, as "2 near copies: 17, 23", "repeats comment 12 of 3 March 2026" or
// "quoted in “A post”". The others come by time.
func Words(others []Other) (lines []string) {
	var copies, repeats, quotes, quoted []string
	for _, o := range others {
		switch {
		case o.Relation == Copy && o.IsLater && !o.IsPost:
			copies = append(copies, fmt.Sprint(o.ID))
		case o.Relation == Copy && !o.IsLater:
			repeats = append(repeats, o.dated())
		case o.IsLater:
			quoted = append(quoted, o.name())
		default:
			quotes = append(quotes, o.dated())
		}
	}
	switch len(copies) {
	case 0:
	case 1:
		lines = append(lines, "1 near copy: "+copies[0])
	default:
		lines = append(lines, fmt.Sprintf("%d near copies: %s", len(copies), named(copies)))
	}
	for _, of := range []struct {
		verb string
		all  []string
	}{{"repeats", repeats}, {"quotes", quotes}, {"quoted in", quoted}} {
		if len(of.all) > 0 {
			lines = append(lines, of.verb+" "+named(of.all))
		}
	}
	return lines
}

func named(all []string) string {
	if len(all) > mostNamed {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:mostNamed], ", "), len(all)-mostNamed)
	}
	return strings.Join(all, ", ")
}

// name names a post by its title.
func (o Other) name() string {
	if !o.IsPost {
		return fmt.Sprint("comment ", o.ID)
	}
	if title := markup.Clean(o.Title); title != "" {
		return "“" + title + "”"
	}
	return fmt.Sprint("post ", o.ID)
}

func (o Other) dated() string {
	if o.Published.IsZero() {
		return o.name()
	}
	return o.name() + " of " + day(o.Published)
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
