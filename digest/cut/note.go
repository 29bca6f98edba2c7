package cut

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/markup"
)

// Limits of what an editor adds to a reader's words: a note explains a word or two.
const (
	MaxNote  = 200 // characters of one
	MaxNotes = 20  // in one comment
)

// NoteText gives a note as it is kept: one line, without brackets of its own, so that
// nothing in it can pass for the end of it or for the mark of a cut. Brackets around the
// whole are left out, others become parentheses. The error is of kind Invalid when
// nothing is left that says anything, or too much.
func NoteText(s string) (string, error) {
	s = markup.Clean(s)
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") && !strings.ContainsAny(inner[:len(inner)-1], "[]") {
		s = inner[:len(inner)-1]
	}
	s = markup.Clean(strings.Map(func(r rune) rune {
		switch r {
		case '[', '［', '【', '〔', '〖', '〚', '⟦', '⁅', '⦋':
			return '('
		case ']', '］', '】', '〕', '〗', '〛', '⟧', '⁆', '⦌':
			return ')'
		}
		return r
	}, s))
	switch {
	case !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "", digest.Fail(digest.Invalid, "Write a word or two.", "the note says nothing")
	case utf8.RuneCountInString(s) > MaxNote:
		return "", digest.Fail(digest.Invalid, "Shorten it, or write a text of your own below the comment.", "the note has more than %d characters", MaxNote)
	}
	return s, nil
}

// NoteAt gives the place at which a note for an offset stands: before the word that
// begins there, else behind the one that the offset is in or follows, else at the start
// of the line. A note belongs to the word that it stands at, and goes with it when that
// is cut.
func NoteAt(p digest.Prose, at int) int {
	text := p.Text()
	at = edgesOf(p, text).next(min(max(at, 0), len(text)))
	if !beginsWithSpace(text[at:]) && at < len(text) {
		return at
	}
	if bare := strings.TrimRight(text[:at], " \t\u00A0"); bare != "" && !strings.HasSuffix(bare, "\n") {
		return len(bare)
	}
	return at
}

// checkNotes tells whether all notes fit.
func checkNotes(p digest.Prose, text string, notes []digest.Note) error {
	if len(notes) == 0 {
		return nil
	}
	const again = "Take it out, and write it anew where it belongs."
	if len(notes) > MaxNotes {
		return digest.Fail(digest.Invalid, "Take some of them out.", "the comment would have more than %d notes", MaxNotes)
	}
	edges, at := edgesOf(p, text), map[int]bool{}
	for _, n := range notes {
		clean, err := NoteText(n.Text)
		switch {
		case err != nil:
			return err
		case clean != n.Text:
			return digest.Fail(digest.Invalid, again, "the note “%s” holds what a note cannot", clean)
		case n.At < 0 || n.At > len(text) || edges.next(n.At) != n.At:
			return digest.Fail(digest.Invalid, again, "the note “%s” does not stand between two words", clean)
		case at[n.At]:
			return digest.Fail(digest.Invalid, again, "two notes stand at the same place")
		}
		at[n.At] = true
	}
	return nil
}

// placed gives the notes that are shown, in order, each at the byte of what is kept
// where it stands.
func placed(ranges []digest.Range, notes []digest.Note) (shown []digest.Note) {
	for _, n := range notes {
		for _, r := range ranges {
			if n.At >= r.Start && n.At <= r.End {
				shown = append(shown, n)
				break
			}
		}
	}
	slices.SortStableFunc(shown, func(a, b digest.Note) int { return cmp.Compare(a.At, b.At) })
	return shown
}

// Shows tells whether a note is shown where so much is kept.
func Shows(p digest.Prose, kept []digest.Range, n digest.Note) bool {
	ranges, err := joined(p, p.Text(), kept)
	return err == nil && len(placed(ranges, []digest.Note{n})) > 0
}

// closes and opens tell of what stands close to the words before it, and after it.
func closes(after string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	return strings.ContainsRune(".,;:!?…", r) || unicode.In(r, unicode.Pe, unicode.Pf)
}

func opens(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return unicode.In(r, unicode.Ps, unicode.Pi)
}

func endsInSpace(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsSpace(r)
}

func beginsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}
