package dump

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// movableType reads the format in which Movable Type and TypePad hand a blog out: entries of
// sections, and fields or text in each (movabletype.org, Import/Export Format).
type movableType struct {
	in    *bufio.Reader
	post  *feed.PostEntry // until it is given
	of    feed.PostEntry  // what the present comments are under
	more  string          // its extended body
	style string          // how its line ends are meant
	why   Reason          // why the present entry is none
	out   bool            // it is left out
	long  bool            // and why: its text
	begun bool            // an entry is open
}

const (
	sectionEnd = "-----"
	entryEnd   = "--------"
)

var (
	// importField is a field above the sections; commentField one of a comment.
	importField  = lazyregexp.New(`^([A-Z][A-Z ]{1,30}):[ \t]*(.*)$`)
	commentField = lazyregexp.New(`^(AUTHOR|EMAIL|IP|URL|DATE|TITLE|BLOG NAME):[ \t]*(.*)$`)
	// firstFields are those by which the format is known.
	firstFields = []string{"AUTHOR", "TITLE", "BASENAME", "STATUS", "ALLOW COMMENTS", "CONVERT BREAKS", "ALLOW PINGS", "DATE", "UNIQUE URL"}
)

// isImportText tells it by its first fields.
func isImportText(text string) bool {
	fields := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n \t")
		m := importField.FindStringSubmatch(line)
		switch {
		case m != nil && slices.Contains(firstFields, m[1]):
			fields++
		case m != nil:
		case line == sectionEnd:
			return fields >= 2
		case strings.TrimSpace(line) != "":
			return false
		}
	}
	return false
}

func (r *Reader) openImportText(in io.Reader) error {
	r.head = Head{Format: MovableTypeText, Platform: digest.MovableType}
	r.format = &movableType{in: bufio.NewReaderSize(in, headBytes)}
	return nil
}

// next makes entries of one more section.
func (x *movableType) next(r *Reader) error {
	lines, end, long, err := x.section()
	switch {
	case err == io.EOF && len(bytes.TrimSpace(lines)) == 0:
		x.close(r)
		return io.EOF
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	}
	text := strings.ReplaceAll(string(lines), "\r\n", "\n")
	name, body, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	switch name = strings.TrimSpace(name); {
	case !x.begun && strings.TrimSpace(text) != "":
		x.open(text)
	case name == "BODY:":
		x.text(body, long)
	case name == "EXTENDED BODY:":
		x.more, x.long = body, x.long || long
	case name == "COMMENT:":
		x.comment(r, body, long)
	case name == "PING:":
		r.tally.leave(Pingback)
	}
	if end == entryEnd {
		x.close(r)
	}
	return nil
}

// section reads the lines up to the next end of a section or entry; long tells that there
// are too many to be held.
func (x *movableType) section() (lines []byte, end string, long bool, err error) {
	whole := true // the line before was read to its end
	for {
		line, err := x.in.ReadSlice('\n')
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return lines, "", long, err
		}
		if mark := string(bytes.TrimRight(line, "\r\n \t")); whole && (mark == sectionEnd || mark == entryEnd) && err != bufio.ErrBufferFull {
			return lines, mark, long, nil
		}
		if long = long || len(lines)+len(line) > feed.MaxEntryBytes; !long {
			lines = append(lines, line...)
		}
		if err == io.EOF {
			return lines, "", long, err
		}
		whole = err == nil
	}
}

// commentFields reads the fields that a comment begins with, and gives what it says.
func commentFields(text string) (fields map[string]string, said string) {
	fields = map[string]string{}
	for text != "" {
		line, after, _ := strings.Cut(text, "\n")
		m := commentField.FindStringSubmatch(line)
		if m == nil {
			break
		}
		if _, twice := fields[m[1]]; twice { // what is said begins so
			break
		}
		fields[m[1]], text = strings.TrimSpace(m[2]), after
	}
	return fields, text
}

// entryFields reads the fields of an entry.
func entryFields(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if m := importField.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil && fields[m[1]] == "" {
			fields[m[1]] = strings.TrimSpace(m[2])
		}
	}
	return fields
}

// open begins an entry.
func (x *movableType) open(text string) {
	f := entryFields(text)
	link := webURL(f["UNIQUE URL"])
	at := importDate(f["DATE"])
	p := feed.PostEntry{
		ID: cmp.Or(link, field.ID(f["BASENAME"])), URL: link, Title: field.Title(f["TITLE"]), Author: field.Name(f["AUTHOR"]), Published: at,
		Announced: -1, Body: feed.Body{Base: link},
	}
	if link == "" {
		p.ID = "movabletype:" + cmp.Or(p.ID, field.Hash(p.Title, at.String()))
	}
	*x = movableType{in: x.in, begun: true, post: &p, of: p, style: strings.ToLower(f["CONVERT BREAKS"])}
	switch strings.ToLower(f["STATUS"]) {
	case "", "publish", "published":
	case "draft", "future", "scheduled", "review":
		x.out, x.why = true, Draft
	default:
		x.out, x.why = true, Unpublished
	}
}

func (x *movableType) text(body string, long bool) {
	if x.post != nil {
		x.post.Body.HTML, x.long = body, x.long || long
	}
}

// give makes a post of the entry, before its first comment or at its end.
func (x *movableType) give(r *Reader) {
	p := x.post
	if x.post = nil; p == nil {
		return
	}
	switch {
	case x.out:
		r.tally.leave(x.why)
	case x.long:
		r.tally.leave(LongPost)
	default:
		p.Body.HTML = x.shown(p.Body.HTML)
		if more := strings.TrimSpace(x.more); more != "" {
			p.Body.HTML += "\n" + x.shown(x.more)
		}
		p.Hash = field.Hash(p.Title, p.Body.HTML)
		r.post(*p)
	}
}

func (x *movableType) close(r *Reader) {
	x.give(r)
	x.begun, x.of = false, feed.PostEntry{}
}

// hasBlocks tells that a text parts its lines itself.
var hasBlocks = lazyregexp.New(`(?i)<(?:p|br|div|ul|ol|table|blockquote|h[1-6])\b`)

// shown makes HTML of a text as the entry's line ends are meant.
func (x *movableType) shown(text string) string {
	switch text = strings.Trim(text, "\n"); {
	case strings.HasPrefix(x.style, "markdown"):
		return markdownHTML(text)
	case x.style == "0", x.style == "richtext", x.style == "wysiwyg", x.style == "none", hasBlocks.MatchString(text):
		return text
	}
	return blocks(text)
}

func (x *movableType) comment(r *Reader, text string, long bool) {
	x.give(r)
	switch {
	case x.out:
		r.tally.leave(Elsewhere)
		return
	case long:
		r.tally.leave(LongComment)
		return
	}
	f, said := commentFields(text)
	said = strings.Trim(said, "\n")
	if !hasBlocks.MatchString(said) {
		said = blocks(said)
	}
	r.comment(feed.CommentEntry{
		PostRef: x.of.ID, Author: cmp.Or(field.Name(f["AUTHOR"]), "Anonymous"), AuthorURI: webURL(f["URL"]), Published: importDate(f["DATE"]),
		Body: feed.Body{HTML: said, Base: x.of.URL}, Hash: field.Hash(said),
	}, x.of.Published)
}

// importDate reads a date as Movable Type writes it, without a zone: as UTC.
func importDate(s string) time.Time {
	for _, layout := range []string{"1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "1/2/2006 3:04 PM", "1/2/2006 15:04"} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return possible(t)
		}
	}
	return field.Time(s)
}
