package pages

import (
	"maps"
	"slices"

	"postbag/digest"
	"postbag/digest/store/database"
)

// postNames are posts by the names that comments have for them.
type postNames map[string]int64

// of gives a comment's post, 0 while it is unknown.
func (n postNames) of(c digest.Comment) int64 {
	if id := n[c.PostRef]; id != 0 {
		return id
	}
	return n[c.PostKey]
}

// postsNamed finds the posts that comments name. A GUID goes before a key, a key
// before an address, and that before any other name.
func (s *storing) postsNamed(comments []digest.Comment) (postNames, error) {
	refs := map[string]bool{}
	for _, c := range comments {
		refs[c.PostRef], refs[c.PostKey] = true, true
	}
	return s.firstNamed(refs, queryPostNames(s.dialect)...)
}

// parentNames are comments by GUID and by key.
type parentNames struct{ guids, keys map[string]int64 }

// parentsNamed finds the stored comments that comments name as their parents.
func (s *storing) parentsNamed(comments []digest.Comment) (parents parentNames, err error) {
	refs, keys := map[string]bool{}, map[string]bool{}
	for _, c := range comments {
		refs[c.ParentRef], keys[c.ParentKey] = true, true
	}
	if parents.guids, err = s.firstNamed(refs, queryNamed(s.dialect, "comments", "guid", "")); err != nil {
		return parents, err
	}
	parents.keys, err = s.firstNamed(keys, queryNamed(s.dialect, "comments", "key", ""))
	return parents, err
}

// parentOf gives a comment's parent among those stored before and by this page,
// 0 while it is unknown.
func (s *storing) parentOf(c digest.Comment, stored parentNames) int64 {
	for _, id := range []int64{stored.guids[c.ParentRef], s.newComments[c.ParentRef],
		stored.keys[c.ParentKey], s.newCommentKeys[c.ParentKey]} {
		if id != 0 {
			return id
		}
	}
	return 0
}

// firstNamed runs queries that give names and ids, one after the other for the
// names that are not found yet. The empty name is nobody's.
func (s *storing) firstNamed(refs map[string]bool, queries ...string) (map[string]int64, error) {
	delete(refs, "")
	found := make(map[string]int64, len(refs))
	for _, query := range queries {
		err := each(s, query, slices.Sorted(maps.Keys(refs)), func(r database.Row) error {
			var name string
			var id int64
			err := r.Scan(&name, &id)
			found[name] = id
			delete(refs, name)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// queryNamed gives names and ids of a table's rows by a column of names, in an order of
// ids; of several with one name the last counts.
func queryNamed(d database.Dialect, table, column, order string) string {
	return `SELECT ` + column + `, id FROM ` + table + ` WHERE source_id = $1 AND ` + column + ` <> '' AND ` +
		d.Among(column, "$2", "TEXT") + ` ORDER BY id ` + order
}

// queryPostNames gives posts by all their names, the most reliable first.
func queryPostNames(d database.Dialect) []string {
	return []string{queryNamed(d, "posts", "guid", ""), queryNamed(d, "posts", "key", ""), queryNamed(d, "posts", "url_key", "DESC"),
		queryNamed(d, "posts", "url", "DESC"), queryNamed(d, "posts", "ref", "")}
}

// arrived notes what comments may have waited for: a post, by each of its names.
func (s *storing) arrived(p digest.Post, id int64) {
	for _, name := range []string{p.Key, p.URLKey, p.URL, p.Ref} {
		if name != "" && s.newPosts[name] == 0 {
			s.newPosts[name] = id
		}
	}
	s.newPosts[p.GUID] = id
}

// tieComment ties a stored comment to what it waits for, 0 for what is unknown.
func (s *storing) tieComment(id, post, parent int64) error {
	if post != 0 {
		if _, err := s.Exec(tiePost, post, id); err != nil {
			return err
		}
	}
	if parent == 0 || parent == id {
		return nil
	}
	_, err := s.Exec(tieParent, parent, id)
	return err
}

const (
	tiePost   = `UPDATE comments SET post_id = $1 WHERE id = $2 AND post_id IS NULL`
	tieParent = `UPDATE comments SET parent_id = $1 WHERE id = $2 AND parent_id IS NULL`
)

// tieWaiting ties stored comments to what they waited for and this page brought.
func (s *storing) tieWaiting() error {
	toPost := func(id, to int64) error { return s.tieComment(id, to, 0) }
	toParent := func(id, to int64) error { return s.tieComment(id, 0, to) }
	for _, w := range []struct {
		query   string
		arrived map[string]int64
		tie     func(id, to int64) error
	}{
		{queryWaiting(s.dialect, "post_ref"), s.newPosts, toPost},
		{queryWaiting(s.dialect, "post_key"), s.newPosts, toPost},
		{queryWaiting(s.dialect, "parent_ref"), s.newComments, toParent},
		{queryWaiting(s.dialect, "parent_key"), s.newCommentKeys, toParent},
	} {
		if err := s.tie(w.query, w.arrived, w.tie); err != nil {
			return err
		}
	}
	return nil
}

// queryWaiting gives the comments that wait for what a column names. A comment that
// names itself as its parent never finds it.
func queryWaiting(d database.Dialect, column string) string {
	waits := map[string]string{
		"post_ref":   `post_id IS NULL AND post_ref <> ''`,
		"post_key":   `post_id IS NULL AND post_key <> ''`,
		"parent_ref": `parent_id IS NULL AND parent_ref <> '' AND parent_ref <> guid`,
		"parent_key": `parent_id IS NULL AND parent_key <> '' AND parent_key <> key`,
	}[column]
	return `SELECT id, ` + column + ` FROM comments WHERE source_id = $1 AND ` + waits + ` AND ` + d.Among(column, "$2", "TEXT")
}

// tie ties the comments that wait for what arrived.
func (s *storing) tie(waiting string, arrived map[string]int64, to func(id, to int64) error) error {
	ties := map[int64]int64{}
	err := each(s, waiting, slices.Sorted(maps.Keys(arrived)), func(r database.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		ties[id] = arrived[name]
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(ties)) {
		if err := to(id, ties[id]); err != nil {
			return err
		}
	}
	return nil
}
