package compile

import (
	"strings"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
)

// A preheader is the line that mail programs show after the subject. Shorter
// ones let the body leak into it, longer ones are cut by the mail program.
const (
	preheaderMin = 40
	preheaderMax = 110
)

// preheader gives the line lifted for the whole issue, which lead has, else the first
// sentences of the first pick. Where those are too few, the intro and then the other
// picks add theirs, parted by a stroke. It is too short only when the whole issue is.
func preheader(f *digest.Frozen, lead *digest.Quotation) string {
	var sources []digest.Prose
	if lead != nil {
		sources = append(sources, lead.Lifted)
	}
	for _, b := range f.Blocks {
		if b.Pick == lead && lead != nil && lead.Number == 1 {
			sources = append(sources, f.Intro)
		}
		if b.Pick != nil && b.Pick != lead {
			sources = append(sources, b.Pick.Words)
			if b.Pick.Number == 1 {
				sources = append(sources, f.Intro)
			}
		}
	}
	const stroke = " / "
	line := ""
	for _, p := range sources {
		used := utf8.RuneCountInString(line)
		if used >= preheaderMin {
			break
		}
		if line != "" && !prose.IsEmpty(p) {
			line += stroke
			used += len(stroke)
		}
		line += opening(beginning(p), preheaderMin-used, preheaderMax-used)
	}
	return line
}

// opening gives as many whole sentences from the beginning of p as fit, or,
// where those are fewer than least characters, its words up to most.
func opening(p digest.Prose, least, most int) string {
	line := ""
	for _, r := range prose.Sentences(p) {
		next := strings.TrimSpace(line + " " + strings.Join(strings.Fields(p.Slice(r).Shown()), " "))
		if utf8.RuneCountInString(next) > most {
			break
		}
		line = next
	}
	if utf8.RuneCountInString(line) < least {
		return prose.Quote(p, most)
	}
	return line
}
