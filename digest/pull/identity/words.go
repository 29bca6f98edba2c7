package identity

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/hostname"
)

// typewriter writes quotation marks, dashes and the like as a typewriter has them:
// WordPress sets these in its feeds, and not in its exports. Spaces that do not break only
// begin lines that are set in; how far they are is no word, and no form tells it alike.
var typewriter = strings.NewReplacer("‘", "'", "’", "'", "‚", "'", "′", "'", "“", `"`, "”", `"`, "„", `"`, "″", `"`,
	"—", "-", "–", "-", "---", "-", "--", "-", "…", "...", "×", "x", "\u00a0", "")

const (
	leastExcerpt = 20 // characters that a text must have to be known as the beginning of another
	mostFrame    = 80 // characters of a paragraph that a platform puts around a text
)

// SameWords tells whether two texts say the same, and link to the same; words that were
// struck out since are no longer said. Quotation marks, dashes and the like count as typed
// on a typewriter, and addresses that were made links as addresses: WordPress does both in
// its feeds and not in its exports.
func SameWords(a, b digest.Prose) bool {
	said, now := a.Shown(), b.Shown()
	return (said == now || typewriter.Replace(said) == typewriter.Replace(now)) && slices.Equal(links(a), links(b))
}

// Poorer tells that a text is the stored one in a form that says less, and no edit of
// it: empty where there were words; run together, without its paragraphs and links; cut
// off after its beginning; or with a line of the blog's own around it, which links to
// the blog. Many feeds give no more of a text that an export, a post's own list or
// another feed gives whole, and the words and links of the fuller form are the writer's.
// The address is that of the entry; summary tells that its feed calls the text one, which
// then may end anywhere.
func Poorer(now, stored digest.Prose, address string, summary bool) bool {
	n, s := flat(now), flat(stored)
	if n == "" || s == "" {
		return s != ""
	}
	switch {
	case asOneLine(n) == asOneLine(s):
		return len(now) < len(stored) && within(links(now), links(stored))
	case isExcerpt(n, s, summary):
		return true
	}
	return framed(now, s, address)
}

// flat gives a text with each run of white space as one space, or as one line end where
// it holds one, in the typewriter's signs.
func flat(p digest.Prose) string {
	var b strings.Builder
	space := ' '
	pending := false
	for _, r := range typewriter.Replace(p.Shown()) {
		if unicode.IsSpace(r) {
			if !pending {
				space = ' '
			}
			if pending = true; r == '\n' {
				space = '\n'
			}
			continue
		}
		if pending && b.Len() > 0 {
			b.WriteRune(space)
		}
		pending = false
		b.WriteRune(r)
	}
	return b.String()
}

func asOneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// isExcerpt tells that a text is only the beginning of another, and that nobody would
// have ended it there: it says so, by dots or as a summary, or ends within a sentence.
func isExcerpt(now, stored string, summary bool) bool {
	begin, dots := withoutDots(now)
	if utf8.RuneCountInString(begin) < leastExcerpt {
		return false
	}
	if len(begin) >= len(stored) || asOneLine(stored[:len(begin)]) != asOneLine(begin) {
		return false
	}
	if dots || summary {
		return true
	}
	rest := stored[len(begin):]
	last, _ := utf8.DecodeLastRuneInString(begin)
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case next == '\n':
		return false
	case next == ' ':
		return !strings.ContainsRune(`.!?:;)]"'。！？»`, last)
	}
	return isWordRune(last) && isWordRune(next)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// withoutDots takes the mark of a cut off the end of a text.
func withoutDots(s string) (begin string, dots bool) {
	begin = s
	for again := true; again; {
		again = false
		begin = strings.TrimRight(begin, " \n")
		for _, mark := range []string{"[...]", "(...)", "..."} {
			if rest, ok := strings.CutSuffix(begin, mark); ok {
				begin, dots, again = rest, true, true
			}
		}
	}
	return begin, dots
}

// framed tells that a text is the stored one with short paragraphs before or behind it
// that link to the blog itself.
func framed(now digest.Prose, stored, address string) bool {
	isFrame := func(para digest.Para) bool {
		if utf8.RuneCountInString(para.Text()) > mostFrame {
			return false
		}
		return slices.ContainsFunc(para.Spans, func(s digest.Span) bool {
			return s.Href != "" && hostname.Site(hostname.Of(s.Href)) == hostname.Site(hostname.Of(address))
		})
	}
	if hostname.Of(address) == "" || len(now) < 2 {
		return false
	}
	without := now
	if isFrame(without[0]) {
		without = without[1:]
	}
	if last := len(without) - 1; last >= 0 && isFrame(without[last]) && len(without) == len(now) {
		without = without[:last]
	}
	return len(without) < len(now) && len(without) > 0 && asOneLine(flat(without)) == asOneLine(stored)
}

// links gives where a text links to, but for addresses that stand in it.
func links(p digest.Prose) (all []string) {
	for _, para := range p {
		for _, s := range para.Spans {
			if s.Href != "" && s.Text != s.Href && (len(all) == 0 || all[len(all)-1] != s.Href) {
				all = append(all, s.Href)
			}
		}
	}
	return all
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
