package pull

import (
	"context"
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
)

// restAtOnce is how many comments WordPress's REST API is asked for by number, one
// less than it gives at once: one is the witness.
const restAtOnce = 99

// wordpressID is an id that only WordPress itself gives a comment. A comment of a
// comment box on the same site may have the same number.
var wordpressID = regexp.MustCompile(`[?&](?:p|page_id)=\d+#(comment-(\d+))$`)

// askREST asks WordPress's REST API for comments that no list has shown: a list
// holds the newest of a post, and the pages of comments are those of their posts.
// What the API does not give is gone, if it gives a comment that a list has just
// shown and nothing that was not asked for, and has none when asked for it alone; else
// it is switched off, or answers something else. It adds to shown what there is no doubt of any more.
func (l *lister) askREST(ctx context.Context, comments []digest.Comment, shown map[int64]bool) error {
	if !l.habits.rest || l.witness == "" {
		return nil
	}
	numbers, asked := []string{strings.TrimPrefix(l.witness, "comment-")}, map[string]digest.Comment{}
	for _, c := range comments {
		_, sure := shown[c.ID]
		if m := wordpressID.FindStringSubmatch(c.GUID); m != nil && !sure && len(asked) < restAtOnce {
			numbers, asked[m[1]] = append(numbers, m[2]), c
		}
	}
	if len(asked) == 0 {
		return nil
	}
	feeds, err := l.p.opts.Store.Feeds(ctx, l.src.ID)
	if err != nil || len(feeds) == 0 {
		return err
	}
	given, err := l.givenByREST(ctx, feeds[0].URL, numbers)
	if err != nil || !given[l.witness] {
		return err
	}
	for key := range given {
		if _, ok := asked[key]; !ok && key != l.witness {
			return nil
		}
	}
	for key, c := range asked {
		if given[key] {
			shown[c.ID] = true
			continue
		}
		gone, err := l.p.restLost(ctx, feeds[0].URL, strings.TrimPrefix(key, "comment-"), &l.report)
		if err != nil {
			return err
		}
		if !gone {
			continue
		}
		shown[c.ID] = false
		n, err := l.p.opts.Store.MarkGone(ctx, []int64{c.ID}, digest.ByAbsence, notGiven)
		if err != nil {
			return err
		}
		l.report.stored.GoneComments += n
	}
	return nil
}

// givenByREST gives the keys of the comments that the API gives of those asked for;
// none when its answer cannot be relied on.
func (l *lister) givenByREST(ctx context.Context, feedURL string, numbers []string) (map[string]bool, error) {
	address := withQuery(restAddress(feedURL), "include", strings.Join(numbers, ","))
	l.report.requests++
	resp, err := l.p.opts.Fetcher.Get(ctx, Request{URL: address, Accept: acceptJSON})
	if err != nil {
		return nil, ctx.Err() // many sites have it switched off
	}
	doc, err := feed.Parse(resp.Body, feed.Options{ContentType: resp.ContentType, URL: resp.URL, Want: digest.CommentsFeed, Platform: digest.WordPress})
	if err != nil || doc.CutShort || len(doc.Skipped) > 0 {
		return nil, nil
	}
	given := map[string]bool{}
	for _, c := range doc.Comments {
		given[c.Key] = true
	}
	return given, nil
}
