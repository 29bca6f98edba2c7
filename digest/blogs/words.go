package blogs

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/importer"
	"postbag/digest/pull/poll"
)

// Brought says what a pull brought, in a sentence without a full stop's company: "2 posts
// and 31 comments new, 1 changed, 0 gone; 33 entries on 2 pages."
func Brought(r poll.Report) string {
	return fmt.Sprintf("%s and %s new, %d changed, %d gone; %s on %s.",
		plural(r.Stored.NewPosts, "post", "posts"), plural(r.Stored.NewComments, "comment", "comments"),
		r.Stored.ChangedPosts+r.Stored.ChangedComments, r.Stored.GoneComments,
		plural(r.Entries, "entry", "entries"), plural(r.Pages, "page", "pages"))
}

// LeftOut says, reason by reason, how many entries of a feed are not stored. What is no
// fault is not said to be one.
func LeftOut(outs digest.Outs) (lines []string) {
	for _, reason := range digest.AllLeftOut() {
		n := outs[reason]
		switch {
		case n == 0:
		case reason.IsFault():
			lines = append(lines, fmt.Sprintf("%s could not be used: %s", plural(n, "entry", "entries"), reason.Words(n)))
		default:
			lines = append(lines, fmt.Sprintf("%s left out: %s", plural(n, "entry", "entries"), reason.Words(n)))
		}
	}
	return lines
}

// saidOfPull says what a pull brought, for whoever looks at it later.
func saidOfPull(r poll.Report) (lines []string) {
	switch {
	case r.TooSoon:
		return []string{"It was asked less than a minute ago; nothing was asked now."}
	case r.NoFeed:
		return []string{"It came from an import and has no feed to pull."}
	case r.NotModified:
		lines = append(lines, "Nothing new.")
	case r.Pages > 0:
		lines = append(lines, Brought(r))
	}
	for _, line := range LeftOut(r.LeftOut) {
		lines = append(lines, sentence(line))
	}
	lines = append(lines, noticed(r.Notices)...)
	if r.Older {
		lines = append(lines, "There is more from further back: pull its history for that.")
	}
	return lines
}

// saidOfImport says what an export held, and where it went.
func saidOfImport(d importer.Result) (lines []string) {
	t, of := d.Tally, ""
	if d.Head.Title != "" {
		of = fmt.Sprintf(" of “%s”", d.Head.Title)
	}
	lines = append(lines, fmt.Sprintf("%s%s holds %s and %s (%s, %d gone).", d.Head.Format, of,
		plural(t.Posts, "post", "posts"), plural(t.Comments, "comment", "comments"), plural(t.Replies, "reply", "replies"), t.Gone))
	if d.Source.ID != 0 {
		lines = append(lines, fmt.Sprintf("%s and %s are new in “%s”; %d newly gone.",
			plural(d.Stored.NewPosts, "post", "posts"), plural(d.Stored.NewComments, "comment", "comments"), d.Source.Name, d.Stored.GoneComments))
	}
	if len(t.Left) > 0 {
		var all []string
		for _, l := range t.Left {
			all = append(all, l.String())
		}
		lines = append(lines, "Left out: "+strings.Join(all, ", ")+".")
	}
	if b := t.Broken; b.N > 0 {
		lines = append(lines, fmt.Sprintf("%s could not be read, the first at line %d; a fault of the file stands there. All others were read.",
			plural(b.N, "entry", "entries"), b.Line))
	}
	if t.Differs > 0 {
		lines = append(lines, fmt.Sprintf("Of %s the number of comments differs from what the file announces.", plural(t.Differs, "post", "posts")))
	}
	lines = append(lines, noticed(d.Notices)...)
	if d.Made {
		lines = append(lines, "The blog is new, and followed through no feed yet.")
	}
	return lines
}

func noticed(notices []pull.Notice) (lines []string) {
	for _, n := range notices {
		lines = append(lines, sentence(n.Text))
	}
	return lines
}

// sentence makes a sentence of words that begin small and end without a full stop, on
// one line.
func sentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
