package cut

import (
	"strings"
	"unicode"

	"postbag/digest"
)

// Find gives where words stand in a text, as somebody types or copies them: white space
// is any, and quotation marks and apostrophes may be straight. The error is of kind
// NotFound when they do not stand there as whole words, and Invalid when they stand
// there more than once.
func Find(p digest.Prose, words string) (digest.Range, error) {
	text := p.Text()
	hay, at := plain(text)
	needle, _ := plain(words)
	needle = strings.TrimSpace(needle)
	if needle == "" {
		return digest.Range{}, digest.Fail(digest.Invalid, "Copy them from the comment.", "no words are given")
	}
	edges := edgesOf(p, text)
	var found []digest.Range
	for from := 0; ; {
		i := strings.Index(hay[from:], needle)
		if i < 0 {
			break
		}
		r := digest.Range{Start: at[from+i], End: at[from+i+len(needle)]}
		if edges.last(r.Start) == r.Start && edges.next(r.End) == r.End {
			found = append(found, r)
			from += i + len(needle)
		} else {
			from += i + 1
		}
	}
	switch {
	case len(found) == 0:
		return digest.Range{}, digest.Fail(digest.NotFound, "Copy whole words from the comment, as they stand there.", "the comment does not say “%s”", short(words))
	case len(found) > 1:
		return digest.Range{}, digest.Fail(digest.Invalid, "Give more of the words around them.", "the comment says “%s” %d times", short(words), len(found))
	}
	return found[0], nil
}

// short keeps what is quoted back to its writer short.
func short(s string) string {
	const room = 60
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > room {
		return string(r[:room]) + "…"
	}
	return s
}

// plain gives a text with one space for any white space and straight quotation marks,
// and for each of its bytes, and its end, the offset in the text.
func plain(text string) (string, []int) {
	var b strings.Builder
	var at []int
	space := false
	write := func(s string, offset int) {
		b.WriteString(s)
		for range len(s) {
			at = append(at, offset)
		}
	}
	for i, r := range text {
		if unicode.IsSpace(r) {
			if !space {
				write(" ", i)
			}
			space = true
			continue
		}
		space = false
		switch r {
		case '‘', '’', '‚', '‛':
			write("'", i)
		case '“', '”', '„', '‟':
			write(`"`, i)
		default:
			write(string(r), i)
		}
	}
	return b.String(), append(at, len(text))
}
