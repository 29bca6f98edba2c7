package poll

import (
	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
)

// Report says what the pull of one source did. Its counts take in the comments of
// single posts.
type Report struct {
	Source digest.Source
	reader.Counts
	// NotModified tells that every feed asked said it had not changed.
	NotModified bool
	// TooSoon tells that nothing was asked, because it was asked less than a
	// minute ago.
	TooSoon bool
	// NoFeed tells that an import made the source, and nothing of it is followed.
	NoFeed bool
	// Older tells that a first pull left older pages, which History goes back to.
	Older bool
	// Err is why a feed failed; the other one was pulled all the same.
	Err error
}

// add counts the pull of one feed.
func (r *Report) add(f feedReport) {
	r.Counts = r.Counts.Add(f.Counts)
	r.Older = r.Older || f.older
	switch {
	case f.err == nil:
	case r.Err == nil:
		r.Err = f.err
	default:
		r.Notices = append(r.Notices, pull.Notice{Text: f.err.Error(), Acts: digest.ActsOf(f.err)})
	}
}

// feedReport is a feed's share of a report.
type feedReport struct {
	reader.Counts
	notModified, tooSoon bool
	paged                bool // the feed goes on past its first page
	size                 int  // entries on that
	older                bool // a first pull left older pages
	catching             bool // the pull was cut off between two pages
	err                  error
}
