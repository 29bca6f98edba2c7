package feed

import (
	"encoding/xml"
	"slices"
	"sort"
	"strings"
)

// maxSearch bounds the size of a document in which the last readable entry is
// searched for: each step of the search reads a part of it again.
const maxSearch = 4 << 20

// end is where an entry ends, and what would close the elements around it
// there.
type end struct {
	at      int64
	closers string
}

// closers gives the end tags of the elements around an entry. It is the same
// text for nearly all entries of a document.
func (w *walk) closers(around []xml.Name) string {
	if w.closing != "" && slices.Equal(w.around, around) {
		return w.closing
	}
	var b strings.Builder
	for _, name := range slices.Backward(around) {
		b.WriteString("</")
		if name.Space != "" {
			b.WriteString(name.Space + ":")
		}
		b.WriteString(name.Local + ">")
	}
	w.around, w.closing = slices.Clone(around), b.String()
	return w.closing
}

// whole is the document without what is cut.
func (s *survey) whole() []byte { return s.without(int64(len(s.source)), "") }

// first is the document up to the end of its n-th entry, made complete.
func (s *survey) first(n int) []byte { return s.without(s.ends[n-1].at, s.ends[n-1].closers) }

// without gives the document up to a place, without what is cut.
func (s *survey) without(end int64, closers string) []byte {
	if len(s.cut) == 0 && closers == "" {
		return s.source[:end]
	}
	out := make([]byte, 0, int(end)+len(closers))
	at := int64(0)
	for _, c := range s.cut {
		if c.to > end {
			break
		}
		out = append(out, s.source[at:c.from]...)
		at = c.to
	}
	out = append(out, s.source[at:end]...)
	return append(out, closers...)
}

// salvage reads a broken document up to the last entry before the break. It
// gives nil when there is none.
func (s *survey) salvage(url string) *page {
	read := func(n int) *page {
		part := *s
		part.marks = s.marks[:n]
		p, err := part.parse(s.first(n), url)
		if err != nil || len(p.entries) == 0 {
			return nil
		}
		p.cut = true
		return p
	}
	n := len(s.ends)
	if n == 0 {
		return nil
	}
	if p := read(n); p != nil || len(s.source) > maxSearch {
		return p
	}
	n = sort.Search(n, func(k int) bool { return read(k+1) == nil })
	if n == 0 {
		return nil
	}
	return read(n)
}
