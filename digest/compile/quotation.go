package compile

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// contextLength is how many characters of the words replied to are quoted.
const contextLength = 80

// quoter turns blocks into what readers see, and remembers the picks it made.
type quoter struct {
	comments map[int64]digest.Candidate
	zone     *time.Location
	picked   map[int64]*digest.Quotation // by comment
	lead     *digest.Quotation           // whose lifted line stands for the issue, or nil
}

// isMissing tells whether a block picks a comment that is not there any more.
func (q *quoter) isMissing(b digest.Block) bool {
	c, known := q.comments[b.CommentID]
	return b.Kind == digest.PickBlock && (!known || b.IsGone(c.Comment))
}

func (q *quoter) block(b digest.Block) (digest.FrozenBlock, error) {
	frozen := digest.FrozenBlock{Kind: b.Kind}
	switch b.Kind {
	case digest.HeadingBlock:
		frozen.Heading = markup.Clean(b.Text)
	case digest.TextBlock:
		frozen.Text = markup.FromMarkdown(b.Text)
	case digest.QuoteBlock:
		frozen.Quote = passage(b)
	case digest.PickBlock:
		pick, err := q.quotation(b)
		if err != nil {
			return frozen, err
		}
		frozen.Pick = pick
		if b.Leads && len(pick.Lifted) > 0 {
			q.lead = pick
		}
	}
	return frozen, nil
}

// passage gives what the editor quotes from elsewhere: plain words, whatever signs are
// in them.
func passage(b digest.Block) *digest.Passage {
	var words digest.Prose
	for _, para := range digest.Plain(b.Text) {
		var lines []string
		for line := range strings.Lines(para.Spans[0].Text) {
			if line = markup.Clean(line); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			para.Spans[0].Text = strings.Join(lines, "\n")
			words = append(words, para)
		}
	}
	return &digest.Passage{Words: words, Title: markup.Clean(b.SourceTitle), URL: b.SourceURL}
}

func (q *quoter) quotation(b digest.Block) (*digest.Quotation, error) {
	c := q.comments[b.CommentID]
	number := len(q.picked) + 1
	words, err := cut.Excerpt(c.Body, b.Kept, b.Notes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name(number, c), err)
	}
	pick := &digest.Quotation{
		Number:    number,
		CommentID: c.ID,
		Author:    author(c),
		Published: utc(c.DatedAt()),
		URL:       cmp.Or(c.URL, c.PostURL),
		PostTitle: q.postTitle(c),
		Untitled:  markup.Clean(c.PostTitle) == "",
		PostURL:   c.PostURL,
		Words:     words,
		Shortened: !cut.IsWhole(c.Body, b.Kept),
		Lifted:    cut.Line(c.Body, b.Kept, b.Lifted),
	}
	q.picked[c.ID] = pick
	return pick, nil
}

// author gives the name that a comment is signed with.
func author(c digest.Candidate) string { return cmp.Or(markup.Clean(c.Author), "Anonymous") }

// postTitle names the post that a comment stands under, by its date when it has
// no title.
func (q *quoter) postTitle(c digest.Candidate) string {
	title := markup.Clean(c.PostTitle)
	switch {
	case title != "":
		return title
	case c.PostPublished.IsZero():
		return "a post"
	}
	return "a post of " + c.PostPublished.In(q.zone).Format("2 January 2006")
}

// addContexts says of every picked reply what it replies to.
func (q *quoter) addContexts(blocks []digest.FrozenBlock) {
	var above *digest.Quotation // the pick in the row above
	for _, b := range blocks {
		if b.Pick != nil {
			b.Pick.Context = q.context(b.Pick, above)
		}
		above = b.Pick
	}
}

// context tells what a pick replies to, or gives nil when it is no reply or its
// parent is not known. Of a parent that is a pick itself, only words that the
// editor kept are quoted; of one that is gone, none.
func (q *quoter) context(pick, above *digest.Quotation) *digest.Context {
	parent, known := q.comments[q.comments[pick.CommentID].ParentID]
	if !known || parent.ID == pick.CommentID {
		return nil
	}
	context := &digest.Context{Author: author(parent)}
	picked := q.picked[parent.ID]
	switch {
	case picked != nil && picked == above:
		context.Above = above.Number
	case picked != nil:
		context.Quote = prose.Quote(beginning(picked.Words), contextLength)
	case !parent.Gone:
		context.Quote = prose.Quote(beginning(parent.Body), contextLength)
	}
	return context
}
