package templates

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"postbag/digest"
	"postbag/digest/markup"
)

// issueView is what all four renderings of an issue are made from: the frozen
// blocks with everything said in words that the templates only have to place.
type issueView struct {
	voice
	Title       string
	Publication string
	Series      string
	Subject     string // of its mail
	Preheader   string // of its mail
	Summary     string
	When        string // its date, in words
	DateISO     string
	Count       string // "23 comments from readers"
	Minutes     string // "about 12 minutes"
	Intro       digest.Prose
	Blocks      []blockView
	Stars       bool     // asterisks, and no hairline, stand between picks
	Postal      []string // lines
	L           Links
}

// blockView is one block; the field of its kind is set.
type blockView struct {
	Rule    bool // a hairline, or asterisks, before it
	Heading string
	Anchor  string // of a heading
	Text    digest.Prose
	Pick    *pickView
	Quote   *quoteView
}

// quoteView is what the editor quotes from elsewhere.
type quoteView struct {
	Words digest.Prose
	Title string
	URL   string
}

// pickView is a reader's words with what stands around them.
type pickView struct {
	Number    int
	Anchor    string // of the pick on a page
	Permalink string // of the pick on the issue's page
	Context   contextView
	Lifted    digest.Prose
	Words     digest.Prose
	Author    string
	Nameless  bool // Author is our word for somebody without a name
	When      string
	WhenISO   string
	PostTitle string
	Untitled  bool // PostTitle names the post by something else
	URL       string
	Shortened bool
}

func viewOf(f *digest.Frozen, l Links) (*issueView, error) {
	zone, err := digest.LoadZone(f.Zone)
	if err != nil {
		return nil, fmt.Errorf("render issue %d: %w", f.Number, err)
	}
	v := &issueView{
		voice: voiceOf(f.Language),
		Title: title(f), Publication: markup.Clean(f.Publication), Series: markup.Clean(f.SeriesName),
		Preheader: markup.Clean(f.Preheader), Summary: markup.Clean(f.Summary()),
		Subject: cmp.Or(markup.Clean(f.Subject), title(f)),
		When:    dateWords(f.Date.In(zone), f.Language), DateISO: f.Date.In(zone).Format("2006-01-02"),
		Count: countOf(f.Picks), Minutes: ReadingTime(f.Minutes),
		Intro: f.Intro, Stars: f.Separator == digest.Asterisks, Postal: lines(f.PostalAddress), L: l,
	}
	headings := 0
	for i, b := range f.Blocks {
		made := blockView{Heading: markup.Clean(b.Heading), Text: b.Text}
		switch b.Kind {
		case digest.HeadingBlock:
			if made.Heading == "" {
				continue // an empty heading is none
			}
			headings++
			made.Anchor = fmt.Sprintf("g%d", headings)
		case digest.PickBlock:
			made.Pick = pickOf(b.Pick, f, l, zone)
		case digest.QuoteBlock:
			made.Quote = &quoteView{Words: b.Quote.Words, Title: markup.Clean(b.Quote.Title), URL: webAddress(b.Quote.URL)}
		}
		made.Rule = i > 0 && f.Blocks[i-1].Kind == digest.PickBlock && b.Kind != digest.HeadingBlock
		v.Blocks = append(v.Blocks, made)
	}
	return v, nil
}

func pickOf(q *digest.Quotation, f *digest.Frozen, l Links, zone *time.Location) *pickView {
	at := q.Published.In(zone)
	p := &pickView{
		Number: q.Number, Anchor: fmt.Sprintf("p%d", q.Number),
		Context: contextOf(q.Context), Lifted: q.Lifted, Words: q.Words, Author: markup.Clean(q.Author),
		PostTitle: markup.Clean(q.PostTitle), Untitled: q.Untitled, URL: webAddress(q.URL), Shortened: q.Shortened,
		When: timeWords(at, f.Date.In(zone), f.Language), WhenISO: at.Format(time.RFC3339),
	}
	p.Permalink = l.Issue + "#" + p.Anchor
	if p.Author == "" {
		p.Author, p.Nameless = anonymous, true
	}
	if p.PostTitle == "" {
		p.PostTitle, p.Untitled = "the blog", true
	}
	return p
}

// webAddress gives an address that may be a link, "" for one that may not: what else
// a store might hold is no place to lead a reader to, nor to be shown as an error.
func webAddress(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// anonymous is our word for a writer without a name.
const anonymous = "Anonymous"

// contextView says what a reply replies to, in words of ours and then, quoted, of
// another writer; both are "" for a comment that is no reply.
type contextView struct{ Ours, Theirs string }

// String gives both as one text.
func (c contextView) String() string { return c.Ours + c.Theirs }

func contextOf(c *digest.Context) contextView {
	switch {
	case c == nil:
		return contextView{}
	case c.Above > 0:
		return contextView{Ours: fmt.Sprintf("In reply to no. %d, above", c.Above)}
	case c.Quote == "":
		return contextView{Ours: "In reply to a comment that is no longer there"}
	}
	quote := "“" + markup.Clean(c.Quote) + "”"
	if author := markup.Clean(c.Author); author != "" {
		return contextView{Ours: "In reply to ", Theirs: author + ": " + quote}
	}
	return contextView{Ours: "In reply to " + anonymous + ": ", Theirs: quote}
}

// title is the issue's title as one line; an issue never goes without.
func title(f *digest.Frozen) string {
	if t := markup.Clean(f.Title); t != "" {
		return t
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d", markup.Clean(f.SeriesName), f.Number))
}

// Groups are the headings, to be linked at the top of a page; none when there
// are fewer than two.
func (v *issueView) Groups() []blockView {
	var groups []blockView
	for _, b := range v.Blocks {
		if b.Heading != "" {
			groups = append(groups, b)
		}
	}
	if len(groups) < 2 {
		return nil
	}
	return groups
}

// lines are those of a text that have letters or digits.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line = markup.Clean(line)
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			out = append(out, line)
		}
	}
	return out
}
