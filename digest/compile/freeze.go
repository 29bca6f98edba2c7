package compile

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// wordsAMinute is how fast readers are taken to read.
const wordsAMinute = 200

// Freeze makes the snapshot that an issue is published from. The input is left
// as it is.
//
// The error tells all that stands in the way. It is of kind Invalid when the draft
// itself cannot go out as it is: no title, no pick, a comment picked twice, a heading
// with nothing under it, or trimming that does not fit. It is of kind Conflict when
// only the blog has moved on: a picked comment is gone, or its words have changed since
// they were picked or last trimmed; the message then names every such pick. Hints say
// what to do.
func Freeze(in Input) (*digest.Frozen, error) {
	f, wrong, err := Sketch(in)
	if err == nil {
		err = digest.Join(wrong...)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Sketch makes what [Freeze] would make, of the rows that can be quoted, and tells all
// that stands in the way of freezing. The error is of what no editor can change.
func Sketch(in Input) (f *digest.Frozen, wrong []error, err error) {
	zone, err := in.Series.Location()
	if err != nil {
		return nil, nil, err
	}
	if in.Publication.TagAuthority == "" || in.Series.Slug == "" || in.Date.IsZero() {
		return nil, nil, fmt.Errorf("freeze issue %d: it has no identity or no moment yet", in.Issue.Number)
	}
	wrong = in.check()
	f = &digest.Frozen{
		Publication:   cmp.Or(markup.Clean(in.Publication.Name), markup.Clean(in.Series.Name)),
		HomeURL:       in.Publication.HomeURL,
		Language:      cmp.Or(in.Publication.Language, "en"),
		PostalAddress: strings.TrimSpace(in.Publication.PostalAddress),
		Zone:          in.Series.Zone,
		FeedID:        FeedID(in.Publication, in.Series),
		EntryID:       EntryID(in.Publication, in.Series, in.Issue.Number),
		SeriesSlug:    in.Series.Slug,
		Place:         in.Series.Place(),
		SeriesName:    markup.Clean(in.Series.Name),
		Number:        in.Issue.Number,
		Title:         markup.Clean(in.Issue.Title),
		Subject:       markup.Clean(in.Issue.Subject),
		Date:          utc(in.Date),
		Intro:         markup.FromMarkdown(in.Issue.Intro),
		Separator:     in.Publication.Separator,
	}
	q := quoter{comments: in.Comments, zone: zone, picked: map[int64]*digest.Quotation{}}
	for _, b := range in.Issue.Blocks {
		// A row that cannot be quoted is wrong already.
		if frozen, err := q.block(b); err == nil && !q.isMissing(b) {
			f.Blocks = append(f.Blocks, frozen)
		}
		if b.ID == in.Issue.MailEnds && b.ID != 0 {
			f.MailBlocks = len(f.Blocks)
		}
	}
	if f.LeftForWeb() == 0 {
		f.MailBlocks = 0 // nothing would be left to the page
	}
	q.addContexts(f.Blocks)
	count(f)
	f.Preheader = preheader(f, q.lead)
	if own := markup.Clean(in.Issue.Preheader); own != "" {
		f.Preheader, f.Line = own, f.Preheader // lists show readers' words
	}
	if q.lead != nil {
		f.Line = q.lead.Lifted.Shown()
	}
	return f, wrong, nil
}

// count fills in how much there is to read.
func count(f *digest.Frozen) {
	f.Words = prose.Words(f.Intro)
	for _, b := range f.Blocks {
		f.Words += prose.CountWords(b.Heading) + prose.Words(b.Text)
		if b.Pick != nil {
			f.Picks++
			f.Words += prose.Words(b.Pick.Words)
		}
		if b.Quote != nil {
			f.Words += prose.Words(b.Quote.Words)
		}
	}
	f.Minutes = max(1, (f.Words+wordsAMinute/2)/wordsAMinute)
}

// utc gives a moment without the traces of where it came from, so that equal
// moments are written alike.
func utc(t time.Time) time.Time { return t.UTC().Round(0) }
