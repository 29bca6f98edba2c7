// Package wording compares two texts word by word, and carries over to the second
// what was kept of the first.
package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// Change tells what became of a part of a text.
type Change string

// The changes.
const (
	Same Change = ""
	Out  Change = "out" // only in the first text
	In   Change = "in"  // only in the second
)

// Part is a run of words in one or both of two texts.
type Part struct {
	Text   string
	Change Change
}

// most bounds the work: comparing takes time and room by the product of what differs,
// in words. Texts that differ in more than that are one whole change.
const most = 9_000_000

// Compare gives both texts as one: what they share, in order, and between it what was
// taken out and what came in. Put together, the parts that are not In are the first text, and
// those that are not Out the second.
func Compare(was, is string) []Part {
	a, b := words(was), words(is)
	// What both begin and end with is found without comparing all with all.
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var parts []Part
	for _, w := range a[:start] {
		parts = add(parts, w, Same)
	}
	parts = middle(parts, a[start:len(a)-end], b[start:len(b)-end])
	for _, w := range a[len(a)-end:] {
		parts = add(parts, w, Same)
	}
	return joined(parts)
}

// middle adds what differs, by the longest common subsequence of words.
func middle(parts []Part, a, b []string) []Part {
	if len(a)*len(b) > most {
		for _, w := range a {
			parts = add(parts, w, Out)
		}
		for _, w := range b {
			parts = add(parts, w, In)
		}
		return parts
	}
	width := len(b) + 1
	longest := make([]uint16, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			at := i*width + j
			if a[i] == b[j] {
				longest[at] = longest[at+width+1] + 1
				continue
			}
			longest[at] = max(longest[at+width], longest[at+1])
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			parts = add(parts, a[i], Same)
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || longest[(i+1)*width+j] >= longest[i*width+j+1]):
			parts = add(parts, a[i], Out)
			i++
		default:
			parts = add(parts, b[j], In)
			j++
		}
	}
	return parts
}

func add(parts []Part, word string, change Change) []Part {
	if n := len(parts); n > 0 && parts[n-1].Change == change {
		parts[n-1].Text += word
		return parts
	}
	return append(parts, Part{Text: word, Change: change})
}

// words parts a text into words and the white space between them.
func words(text string) (all []string) {
	for text != "" {
		first, _ := utf8.DecodeRuneInString(text)
		end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) != unicode.IsSpace(first) })
		if end < 0 {
			end = len(text)
		}
		all, text = append(all, text[:end]), text[end:]
	}
	return all
}

// joined makes whole phrases of changes that share no more than the white space between
// them.
func joined(parts []Part) (all []Part) {
	var out, in string
	flush := func() {
		if out != "" {
			all = append(all, Part{out, Out})
		}
		if in != "" {
			all = append(all, Part{in, In})
		}
		out, in = "", ""
	}
	for i, p := range parts {
		isBetween := p.Change == Same && i > 0 && i+1 < len(parts) && strings.TrimSpace(p.Text) == ""
		switch {
		case p.Change == Out:
			out += p.Text
		case p.Change == In:
			in += p.Text
		case isBetween:
			out, in = out+p.Text, in+p.Text
		default:
			flush()
			all = append(all, p)
		}
	}
	flush()
	return all
}

// Carry gives the ranges of the second text that hold what some ranges of the first
// held. What came in within a range is in it; of what was taken out nothing is. A range
// of which nothing is left is left out, and nil is given when none is left. Fits tells
// whether every range is the same words as before.
func Carry(parts []Part, kept []digest.Range) (carried []digest.Range, fits bool) {
	fits = true
	for _, r := range kept {
		got, same := carry(parts, r)
		fits = fits && same
		if got.End > got.Start {
			carried = append(carried, got)
		}
	}
	return carried, fits && len(carried) > 0
}

// At gives where a place in the first text is in the second: before the same word, or
// after it. It is not ok when neither word is there any more.
func At(parts []Part, at int) (to int, ok bool) {
	was, is := 0, 0
	for _, p := range parts {
		n := len(p.Text)
		switch p.Change {
		case Same:
			if at >= was && at <= was+n {
				return is + at - was, true
			}
			was, is = was+n, is+n
		case Out:
			was += n
		case In:
			is += n
		}
	}
	return 0, was == at && was == 0
}

// carry carries one range: from the first byte of it that both texts share to the last.
func carry(parts []Part, r digest.Range) (to digest.Range, same bool) {
	was, is := 0, 0
	to.Start, same = -1, true
	for _, p := range parts {
		n := len(p.Text)
		inside := was < r.End && was+n > r.Start
		switch p.Change {
		case Same:
			if inside {
				from, end := max(r.Start, was)-was, min(r.End, was+n)-was
				if to.Start < 0 {
					to.Start = is + from
				}
				to.End = is + end
			}
			was, is = was+n, is+n
		case Out:
			same = same && !inside
			was += n
		case In:
			same = same && !(was > r.Start && was < r.End)
			is += n
		}
	}
	if to.Start < 0 {
		return digest.Range{}, false
	}
	return to, same
}
