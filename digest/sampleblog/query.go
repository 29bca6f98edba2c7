package sampleblog

import (
	"fmt"
	"net/url"
	"strconv"
)

// The most entries Blogger gives on one page, and what it gives unless asked.
const (
	commentLimit = 500
	postLimit    = 150
	pageSize     = 25
)

// query is what a feed's address asks for.
type query struct {
	start, max int // start counts from 1
	values     url.Values
}

// parseQuery reads the parameters of a feed. What cannot be understood is an
// error, and the server answers 400 as Blogger does.
func parseQuery(v url.Values, limit int) (query, error) {
	q := query{values: v}
	if alt := v.Get("alt"); alt != "" && alt != "atom" {
		return q, fmt.Errorf("alt=%s is not served here", alt)
	}
	var err error
	if q.start, err = number(v, "start-index", 1, 1); err != nil {
		return q, err
	}
	if q.max, err = number(v, "max-results", pageSize, 0); err != nil {
		return q, err
	}
	q.max = min(q.max, limit)
	return q, nil
}

func number(v url.Values, key string, unset, least int) (int, error) {
	if !v.Has(key) {
		return unset, nil
	}
	n, err := strconv.Atoi(v.Get(key))
	if err != nil || n < least {
		return 0, fmt.Errorf("invalid %s %q", key, v.Get(key))
	}
	return n, nil
}

// page is a slice of a list, and the size of the whole.
type page[E any] struct {
	query
	entries []E
	total   int
}

// paginate takes from list, which has the oldest first, the entries that q asks for,
// the newest first.
func paginate[E any](list []E, q query) page[E] {
	first := min(q.start-1, len(list))
	last := min(first+q.max, len(list))
	p := page[E]{query: q, total: len(list)}
	for i := first; i < last; i++ {
		p.entries = append(p.entries, list[len(list)-1-i])
	}
	return p
}

// next is the query of the page after this one, or empty on the last.
func (p page[E]) next() string {
	if len(p.entries) == 0 || p.start-1+len(p.entries) >= p.total {
		return ""
	}
	return p.at(p.start + p.max)
}

// previous is the query of the page before this one, or empty on the first.
func (p page[E]) previous() string {
	if p.start == 1 || p.max == 0 {
		return ""
	}
	return p.at(max(1, p.start-p.max))
}

// at is this query with another start.
func (q query) at(start int) string {
	s := fmt.Sprintf("?start-index=%d&max-results=%d", start, q.max)
	rest := url.Values{}
	for k, v := range q.values {
		if k != "start-index" && k != "max-results" {
			rest[k] = v
		}
	}
	if len(rest) > 0 {
		s += "&" + rest.Encode()
	}
	return s
}

// self is the query as it was asked.
func (q query) self() string {
	if q.values.Has("start-index") {
		return q.at(q.start)
	}
	if len(q.values) == 0 {
		return ""
	}
	return "?" + q.values.Encode()
}
