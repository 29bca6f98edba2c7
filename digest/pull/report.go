package pull

import (
	"postbag/digest"
)

// Report says what the pull of one source did.
type Report struct {
	Source digest.Source
	// NotModified tells that every feed asked said it had not changed.
	NotModified bool
	// TooSoon tells that nothing was asked, because it was asked less than a
	// minute ago.
	TooSoon  bool
	Requests int // HTTP requests, redirects not counted
	Pages    int // of feeds, those of single posts included, parsed and stored
	Entries  int // on those pages
	Skipped  int // entries that could not be used
	Stored   Stored
	// Notices are sentences for the person who reads the report, lower case and
	// without a full stop: what could not be had, and why.
	Notices []string
	// Err is why a feed failed; the other one was pulled all the same.
	Err error
}

// add counts the pull of one feed.
func (r *Report) add(f feedReport) {
	r.Requests += f.requests
	r.Pages += f.pages
	r.Entries += f.entries
	r.Skipped += f.skipped
	r.Stored = r.Stored.Add(f.stored)
	r.Notices = append(r.Notices, f.notices...)
	switch {
	case f.err == nil:
	case r.Err == nil:
		r.Err = f.err
	default:
		r.Notices = append(r.Notices, f.err.Error())
	}
}

// feedReport is a feed's share of a report.
type feedReport struct {
	requests, pages, entries, skipped int
	stored                            Stored
	notModified, tooSoon              bool
	paged                             bool // the feed goes on past its first page
	size                              int  // entries on that
	catching                          bool // the pull was cut off between two pages
	notices                           []string
	err                               error
}
