package index

import (
	"context"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// Comments lists comments, newest first. Since is included, Until is not. One
// that is gone has that state even when it was picked; PickedIn still tells. A text
// that is no query gives an error of kind Invalid; see [search.Parse].
func (db *Store) Comments(ctx context.Context, f digest.CommentFilter) (all []digest.ListedComment, err error) {
	query, args, err := listComments(db.Dialect, f)
	if err != nil {
		return nil, err
	}
	err = db.View(ctx, "list the comments", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			l, err := blog.ScanListed(r)
			all = append(all, l)
			return err
		}, query, args...)
	})
	return all, err
}

// listComments makes the query of a listing.
func listComments(d database.Dialect, f digest.CommentFilter) (query string, args []any, err error) {
	var w database.Where
	w.ID("c.source_id = ", f.SourceID)
	w.ID("c.post_id = ", f.PostID)
	w.Moment("c.published >= ", f.Since)
	w.Moment("c.published < ", f.Until)
	w.Terms = append(w.Terms, inState("c", f.State)...)
	if f.Text != "" {
		q, err := search.Parse(f.Text)
		if err != nil {
			return "", nil, err
		}
		w.Terms = append(w.Terms, `c.id IN (`+matching(&w, d, searchable[blog.KindComment], q)+`)`)
	}
	query = blog.SelectListed + w.Clause() + ` ORDER BY c.published DESC, c.id DESC LIMIT ` + w.Param(database.Limit(f.Limit))
	return query, w.Args, nil
}

// inState gives the conditions of comments in a state, none for any.
func inState(table string, state digest.CommentState) []string {
	switch state {
	case digest.CommentGone:
		return []string{table + "." + rules.Gone}
	case digest.CommentPicked:
		return []string{table + "." + rules.Present, table + ".id IN " + blog.PickedComments}
	case digest.CommentMaybe:
		return []string{table + "." + rules.Present, table + ".id NOT IN " + blog.PickedComments, table + ".id IN " + blog.MaybeComments}
	case digest.CommentSkipped:
		return []string{table + "." + rules.Present, table + ".id NOT IN " + blog.PickedComments,
			table + ".id IN " + blog.DecidedComments, table + ".id NOT IN " + blog.MaybeComments}
	case digest.CommentNew:
		return []string{table + "." + rules.Present, table + ".id NOT IN " + blog.PickedComments, table + ".id NOT IN " + blog.DecidedComments}
	}
	return nil
}
