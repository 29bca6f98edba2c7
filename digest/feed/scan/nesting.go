package scan

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"

	"postbag/digest/xmlread"
)

// What broken feeds mean. An entry begins with its tag wherever that stands: whatever
// is open around it but the feed itself lacks its end, and so does an entry that another
// one begins in. So does any other element in which one of its entry begins, unless its
// end tag is still to come in that entry.

var _ xmlread.Nesting = (*Scan)(nil)

// isEntry tells whether an element is an entry: it has RSS's or Atom's name for it,
// though maybe a prefix of its own.
func isEntry(name xml.Name) bool {
	return strings.EqualFold(name.Local, "item") || strings.EqualFold(name.Local, "entry")
}

// containers are the elements that entries, and what is said of the feed, stand in.
func isContainer(name xml.Name) bool {
	return slices.ContainsFunc([]string{"channel", "feed", "rss", "rdf"}, func(c string) bool { return strings.EqualFold(c, name.Local) })
}

// parts are elements of an entry or a feed that begin in no text, at most in HTML that
// a text holds.
var parts = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{"title", "link", "guid", "pubdate", "description", "encoded", "category", "comments", "author", "enclosure",
		"source", "creator", "date", "subject", "id", "updated", "published", "issued", "modified", "summary", "content", "contributor", "rights",
		"in-reply-to", "commentrss", "total", "image", "language", "generator", "lastbuilddate", "ttl", "subtitle", "tagline", "icon", "logo"} {
		all[name] = true
	}
	return all
}()

// leaf is an open element of an entry or the feed, by the offset that it was looked at first.
type leaf struct {
	depth  int
	closed int // where its end tag begins, -1 if it lacks that
}

// Stays tells what an element that begins leaves open.
func (s *Scan) Stays(name xml.Name, open []xml.Name, at int) int {
	switch {
	case len(open) < 2:
		return len(open)
	case isEntry(name):
		return s.aroundEntry(name, open)
	case s.entry == 0 && isContainer(name) && strings.EqualFold(name.Local, "channel") && !slices.ContainsFunc(open, isChannel):
		return 1 // what is open before the channel
	}
	base := s.entry // how many elements are around the parts
	if base == 0 {
		base = 1 + slices.IndexFunc(open, isChannel)
		if base == 0 {
			base = 1
		}
	}
	if len(open) <= base || !parts[strings.ToLower(name.Local)] || s.ends(open[base], base+1, at) {
		return len(open)
	}
	return base
}

func isChannel(name xml.Name) bool { return strings.EqualFold(name.Local, "channel") }

// aroundEntry tells what stays open around an entry that begins.
func (s *Scan) aroundEntry(name xml.Name, open []xml.Name) int {
	if s.entry > 0 {
		if open[s.entry-1] == name {
			return s.entry - 1
		}
		return len(open) // an extension's
	}
	for i, around := range slices.Backward(open) {
		if isContainer(around) && (name.Space == "" || name.Space == around.Space || around.Space == "rdf") {
			return i + 1
		}
	}
	return len(open)
}

// ends tells whether the text at a depth, which an offset lies in, has its end tag still
// to come before the entry ends, or the next one begins.
func (s *Scan) ends(name xml.Name, depth, at int) bool {
	if s.leaf.depth == depth && s.leaf.closed >= at {
		return true
	}
	closed := s.after("</"+xmlread.Written(name), at)
	if closed > at+MaxEntryBytes || closed >= s.limit(at) {
		return false
	}
	s.leaf = leaf{depth, closed}
	return true
}

// bound is how far a text goes that belongs to one entry, or to none.
type bound struct{ entry, from, to int }

// limit gives the offset at which what an offset belongs to ends: the entry, else what
// stands before the next one. It stays the same up to there.
func (s *Scan) limit(at int) int {
	if b := s.bound; b.entry == s.entry && b.from <= at && at < b.to {
		return b.to
	}
	end := min(len(s.doc), at+MaxEntryBytes)
	to := end
	if s.entry == 0 {
		to = min(to, s.after(entryTags[0].text, at), s.after(entryTags[1].text, at))
	} else if n := within(at, end, s.after); n >= 0 {
		to = n
	}
	s.bound = bound{s.entry, at, to}
	return to
}

// maxSought is how many different tags are looked for in one document.
const maxSought = 256

// after gives the offset of the next tag at or behind another offset, and the size of the
// document if there is none. Each stretch of the document is looked through once for
// a tag that is not there, however often it is asked for.
func (s *Scan) after(tag string, at int) int {
	known, is := s.sought[tag]
	switch {
	case is && known.from <= at && at <= known.to:
		return known.to
	case !is && len(s.sought) >= maxSought:
		return len(s.doc)
	}
	to := len(s.doc)
	if n := tagIn(s.doc[at:], tag); n >= 0 {
		to = at + n
	}
	if s.sought == nil {
		s.sought = map[string]stretch{}
	}
	s.sought[tag] = stretch{at, to}
	return to
}

// stretch is a part of the document, to whose end a tag was looked for.
type stretch struct{ from, to int }

// Ends believes no end tag that closes the feed while another entry is to come. In an
// entry somebody wrote it there. Between entries the feed was closed too early, or a whole
// document follows: it is read on at the next entry. Of another format it cannot be read.
func (s *Scan) Ends(_ []xml.Name, left, at int) bool {
	switch {
	case s.entry > 0:
		return left >= s.entry-1 || at > s.last
	case left > 0 || at > s.last:
		return true
	}
	own, other := "item", "entry"
	if s.Root == "feed" {
		own, other = other, own
	}
	next := s.nextEntry(at, own)
	if next < 0 {
		s.Cut = s.nextEntry(at, other) >= 0
		return true
	}
	s.in.SkipTo(next)
	return false
}

// nextEntry gives the place at which the next entry of a name begins behind an offset, and
// ends later; -1 for none.
func (s *Scan) nextEntry(at int, tag string) int {
	for {
		n, comment := tagIn(s.doc[at:], "<"+tag), bytes.Index(s.doc[at:], []byte("<!--"))
		switch {
		case n < 0:
			return -1
		case comment < 0 || comment > n:
			if tagIn(s.doc[at+n:], "</"+tag) < 0 {
				return -1
			}
			return at + n
		}
		at += comment
		end := bytes.Index(s.doc[at:], []byte("-->"))
		if end < 0 {
			return -1
		}
		at += end
	}
}

// The tags that entries begin and end with.
var entryTags = []struct {
	text string
	adds int
}{{"<item", 1}, {"<entry", 1}, {"</item", -1}, {"</entry", -1}}

// Within gives the place in a text at which the entry ends that the text begins in, or
// at which another one begins that does not end in the text; -1 if there is none.
func (s *Scan) Within(text []byte) int {
	return within(0, len(text), func(tag string, from int) int {
		if n := tagIn(text[from:], tag); n >= 0 {
			return from + n
		}
		return len(text)
	})
}

// within does so from one offset to another, with what finds the next tag.
func within(from, end int, after func(tag string, from int) int) int {
	next := make([]int, len(entryTags)) // where each comes next
	for i, tag := range entryTags {
		next[i] = after(tag.text, from)
	}
	begun := -1
	for {
		first := 0
		for i := range next {
			if next[i] < next[first] {
				first = i
			}
		}
		at := next[first]
		switch {
		case at >= end:
			return begun
		case entryTags[first].adds < 0 && begun < 0:
			return at
		case entryTags[first].adds < 0:
			begun = -1
		case begun < 0:
			begun = at
		default:
			return begun
		}
		next[first] = after(entryTags[first].text, at+1)
	}
}

// tagIn gives the place of a tag in a text, -1 if it is not there.
func tagIn(text []byte, tag string) int {
	for from := 0; ; from += len(tag) {
		n := bytes.Index(text[from:], []byte(tag))
		if n < 0 {
			return -1
		}
		from += n
		if end := from + len(tag); end == len(text) || !isName(text[end]) {
			return from
		}
	}
}

// firstEntry gives the place at which an entry begins in a text, -1 for none.
func firstEntry(text []byte) int {
	item, entry := tagIn(text, "<item"), tagIn(text, "<entry")
	if item < 0 || entry >= 0 && entry < item {
		return entry
	}
	return item
}

// First gives the place at which an entry begins in a text, -1 for none.
func (s *Scan) First(text []byte) int { return firstEntry(text) }

// isName tells whether a name goes on with a byte.
func isName(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.' || b == ':'
}

// lastEntry gives the place of the last tag of an entry in a document, -1 for none.
func lastEntry(doc []byte) int {
	last := -1
	for _, tag := range entryTags {
		last = max(last, bytes.LastIndex(doc, []byte(tag.text)))
	}
	return last
}
