package removed

import (
	"context"
	"strings"

	"postbag/digest"
	"postbag/digest/pull/reader"
)

// restAtOnce is how many comments WordPress's REST API is asked for by number, one
// less than it gives at once: one is the witness.
const restAtOnce = 99

// askREST asks WordPress's REST API for comments that no list has shown: a list
// holds the newest of a post, and the pages of comments are those of their posts.
// A comment that the API does not give is gone, if the API gives the witness, which a
// list has just shown, and nothing that was not asked for, and lacks the comment also
// when asked for it alone; else the API is switched off or answers something else. It
// adds to shown what it found out.
func (l *checkRun) askREST(ctx context.Context, comments []digest.Comment, shown map[int64]bool) error {
	if !l.Traits.REST || l.Witness == "" {
		return nil
	}
	numbers, asked := []string{strings.TrimPrefix(l.Witness, "comment-")}, map[string]digest.Comment{}
	for _, c := range comments {
		_, sure := shown[c.ID]
		if key, number, ok := reader.WordPressNumber(c.GUID); ok && !sure && len(asked) < restAtOnce {
			numbers, asked[key] = append(numbers, number), c
		}
	}
	if len(asked) == 0 {
		return nil
	}
	feeds, err := l.Store.Feeds(ctx, l.Source.ID)
	if err != nil || len(feeds) == 0 {
		return err
	}
	given, err := l.RESTGives(ctx, feeds[0].URL, numbers)
	if err != nil || !given[l.Witness] {
		return err
	}
	for key := range given {
		if _, ok := asked[key]; !ok && key != l.Witness {
			return nil
		}
	}
	for key, c := range asked {
		if given[key] {
			shown[c.ID] = true
			continue
		}
		gone, err := l.MarkIfLacking(ctx, feeds[0].URL, strings.TrimPrefix(key, "comment-"), c.ID)
		if gone {
			shown[c.ID] = false
		}
		if err != nil {
			return err
		}
	}
	return nil
}
