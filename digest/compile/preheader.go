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
// picks add theirs, parted by a stroke. Of a pick it has its writer's words and nothing of
// the editor's. It is too short only when the whole issue is.
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
			sources = append(sources, own(b.Pick.Words))
			if b.Pick.Number == 1 {
				sources = append(sources, f.Intro)
			}
		}
	}
	const stroke = " / "
	line := ""
	for _, p := range sources {
		p = beginning(p)
		used := utf8.RuneCountInString(line)
		if used >= preheaderMin {
			break
		}
		if line != "" && !prose.IsEmpty(p) {
			line += stroke
			used += len(stroke)
		}
		line += opening(p, preheaderMin-used, preheaderMax-used)
	}
	return line
}

// own gives the first sentences of a pick that are the writer's alone: those before an
// editor's note, or where it stands in the first one, after that.
func own(words digest.Prose) (all digest.Prose) {
	for _, para := range beginning(words) {
		run, isWhole := para, true // begins with a sentence
		run.Spans = nil
		for _, s := range para.Spans {
			if !isNote(s) {
				run.Spans = append(run.Spans, s)
				continue
			}
			if before := ended(run); isWhole && len(before) > 0 {
				return append(all, before...)
			} else if len(all) > 0 {
				return all
			}
			isWhole = isWhole && prose.IsEmpty(digest.Prose{run})
			run.Spans = nil
		}
		if isWhole {
			all = append(all, run)
		}
	}
	return all
}

// isNote tells of words that an editor wrote, other than the mark of a cut.
func isNote(s digest.Span) bool {
	text := strings.TrimSpace(s.Text)
	return s.Ours && text != "" && text != digest.Ellipsis
}

// ended gives the sentences of a paragraph that have ended.
func ended(para digest.Para) digest.Prose {
	p := digest.Prose{para}
	all := prose.Sentences(p)
	if text := strings.TrimRight(p.Text(), " \n"); len(all) > 0 && !strings.ContainsRune(`.!?…。！？"”»)`, lastRune(text)) {
		all = all[:len(all)-1]
	}
	if len(all) == 0 {
		return nil
	}
	return p.Slice(digest.Range{Start: all[0].Start, End: all[len(all)-1].End})
}

func lastRune(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
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
